"""More incidents than one machine holds: counted a chunk at a time, the sums added up exactly.

asking    what is counted: steps, villages, kinds, hexagons, cells
chunks    what a chunk is, and whence chunks come
sums      tables of whole numbers: in whatever order they are added, the total is the same
counting  one chunk into the tables
adding    all chunks in this process
workers   all chunks on dask workers, here or elsewhere (extra `cluster`)
folder    chunks as files
made      chunks drawn by a seed, for proofs
"""

from geo.hotspots.many.adding import Done, add_up
from geo.hotspots.many.asking import Ask
from geo.hotspots.many.chunks import BadChunk, Chunk, Source
from geo.hotspots.many.folder import Folder, save
from geo.hotspots.many.made import Made
from geo.hotspots.many.sums import Sums
from geo.hotspots.many.workers import add_up_on, here

__all__ = [
    "Ask",
    "BadChunk",
    "Chunk",
    "Done",
    "Folder",
    "Made",
    "Source",
    "Sums",
    "add_up",
    "add_up_on",
    "here",
    "save",
]
