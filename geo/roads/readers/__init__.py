"""Files of roads: which form a file has, and the ways in it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from geo.roads.clip import Clip
from geo.roads.gathering import Gathering
from geo.roads.raw import BadRoads, Extract
from geo.roads.readers import geojson, graphml, osm

FORMS = ("osm", "graphml", "geojson")
_BY_ENDING = {
    ".pbf": "osm",
    ".osm": "osm",
    ".bz2": "osm",
    ".gz": "osm",
    ".graphml": "graphml",
    ".geojson": "geojson",
    ".json": "geojson",
    ".geojsonl": "geojson",
    ".ndjson": "geojson",
}


def form_of(path: Path) -> str:
    """One of FORMS, by the ending. Raises BadRoads for others."""
    if form := _BY_ENDING.get(path.suffix.lower()):
        return form
    raise BadRoads(
        f"{path.name}: bentuk tidak dikenal; yang dapat dibaca:"
        " .osm.pbf, .osm, .graphml (osmnx), .geojson"
    )


def read_roads(
    path: Path, clip: Clip | None = None, progress: Callable[[float], None] | None = None
) -> Extract:
    """The roads of a file, inside the clip where one is given.

    Raises BadRoads for a file that cannot be used, saying what would be right.
    """
    form = form_of(path)
    if path.stat().st_size == 0:
        raise BadRoads(f"{path.name}: berkas kosong")
    gathering = Gathering(path.name, clip)
    if progress is not None:
        gathering.progress = progress
    reader = {"osm": osm.read, "graphml": graphml.read, "geojson": geojson.read}[form]
    reader(path, gathering)
    return gathering.done()


def sha256_of(path: Path) -> str:
    """Checksum of a file, in hexadecimal."""
    with path.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()
