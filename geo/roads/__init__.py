"""Road networks: read from any extract, cut into roads between junctions, kept, handed out."""

from geo.roads.clip import Clip, around_villages, read_clip
from geo.roads.network import Network, build
from geo.roads.raw import BadRoads, Extract, RawWay, Restriction
from geo.roads.readers import FORMS, read_roads, sha256_of
from geo.roads.store import About, in_force, networks, publish, remove, use
from geo.roads.table import read_table, table_of

__all__ = [
    "FORMS",
    "About",
    "BadRoads",
    "Clip",
    "Extract",
    "Network",
    "RawWay",
    "Restriction",
    "around_villages",
    "build",
    "in_force",
    "networks",
    "publish",
    "read_clip",
    "read_roads",
    "read_table",
    "remove",
    "sha256_of",
    "table_of",
    "use",
]
