"""Road networks: read from any extract, cut into roads between junctions, kept, handed out."""

from geo.roads.clip import Clip, around_villages, read_clip, refuse_elsewhere
from geo.roads.network import Network, build
from geo.roads.raw import BadRoads, Extract, RawWay, Restriction
from geo.roads.readers import FORMS, form_of, read_roads, sha256_of
from geo.roads.report import Report, report_of
from geo.roads.store import About, find, in_force, networks, publish, remove, use
from geo.roads.table import read_table, table_of

__all__ = [
    "FORMS",
    "About",
    "BadRoads",
    "Clip",
    "Extract",
    "Network",
    "RawWay",
    "Report",
    "Restriction",
    "around_villages",
    "build",
    "find",
    "form_of",
    "in_force",
    "networks",
    "publish",
    "read_clip",
    "read_roads",
    "read_table",
    "refuse_elsewhere",
    "remove",
    "report_of",
    "sha256_of",
    "table_of",
    "use",
]
