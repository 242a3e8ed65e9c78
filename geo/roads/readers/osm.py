"""Roads, ferries, traffic lights and forbidden turns from an OpenStreetMap extract.

Map data of OpenStreetMap contributors, ODbL: name them where the roads are shown.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import osmium
from osmium.osm import Node, Relation, Way

from geo.roads.gathering import Gathering
from geo.roads.raw import BadRoads, Restriction

_IN_MEMORY_BYTES = 300 * 1024 * 1024  # above it, the positions of nodes go to a file
_SHARE_OF_NODES = 0.6  # of the time that a file takes
# Gates and booms are opened for an ambulance; these are not.
_BOLLARDS = frozenset({"bollard", "block", "jersey_barrier", "debris", "log"})
_LET_IN = frozenset({"yes", "designated"})
_ONLY, _NO = "only_", "no_"


def read(path: Path, gathering: Gathering) -> None:
    """All ways with highway or route=ferry; restrictions over one node.

    One pass. Memory grows with the roads that are kept, and with the nodes of the file up to
    300 MB. Raises BadRoads for a file that osmium cannot read to its end.
    """
    try:
        _walk(path, gathering)
    except RuntimeError as wrong:  # all that osmium throws
        raise BadRoads(
            f"{path.name}: bukan berkas OSM yang utuh ({wrong}); unduh lagi berkasnya"
        ) from wrong


def _walk(path: Path, gathering: Gathering) -> None:
    with tempfile.TemporaryDirectory() as folder:
        in_memory = path.stat().st_size <= _IN_MEMORY_BYTES
        store = "flex_mem" if in_memory else f"sparse_file_array,{folder}/nodes"
        objects = (
            osmium.FileProcessor(path)
            .with_locations(store)
            .with_filter(
                osmium.filter.KeyFilter(
                    "highway", "route", "barrier", "restriction", "restriction:motorcar"
                )
            )
        )
        in_ways = False
        for one in objects:
            if isinstance(one, Way):
                if not in_ways:
                    gathering.progress(_SHARE_OF_NODES)
                in_ways = True
                _way(one, gathering)
            elif isinstance(one, Node):
                _node(one, gathering)
            elif isinstance(one, Relation):
                _restriction(one, gathering)


def _node(node: Node, gathering: Gathering) -> None:
    tags = node.tags
    if tags.get("highway") == "traffic_signals":
        gathering.signals.add(node.id)
    if tags.get("barrier") in _BOLLARDS and not _LET_IN & {
        tags.get(key) for key in ("emergency", "motor_vehicle", "access")
    }:
        gathering.blocked.add(node.id)


def _way(way: Way, gathering: Gathering) -> None:
    nodes = way.nodes
    is_ferry = way.tags.get("route") == "ferry"
    if len(nodes) < 2 or not (is_ferry or "highway" in way.tags):
        return
    if gathering.clip is not None and not is_ferry:
        ends = [nodes[0].location, nodes[len(nodes) - 1].location]
        spots = [(end.lon_without_check(), end.lat_without_check()) for end in ends if _known(end)]
        if spots and not any(gathering.clip.may_reach(*spot) for spot in spots):
            gathering.see(*spots[0])
            gathering.roads += 1
            return
    # The place of a node that the extract lacks is not known; one on no earth is, and is judged.
    spots = [
        (at.lon_without_check(), at.lat_without_check()) if _known(at) else (np.nan, np.nan)
        for at in (node.location for node in nodes)
    ]
    gathering.take(
        way.id,
        np.array([node.ref for node in nodes], dtype=np.int64),
        np.array(spots, dtype=np.float64),
        dict(way.tags),
    )


def _known(at: osmium.osm.Location) -> bool:
    return bool(at.x != _UNDEFINED)


_UNDEFINED = osmium.osm.Location().x


def _restriction(relation: Relation, gathering: Gathering) -> None:
    tags = relation.tags
    said = tags.get("restriction:motorcar") or tags.get("restriction") or ""
    if not said.startswith((_ONLY, _NO)) or "emergency" in (tags.get("except") or "").split(";"):
        return
    froms = [one.ref for one in relation.members if one.role == "from" and one.type == "w"]
    tos = [one.ref for one in relation.members if one.role == "to" and one.type == "w"]
    vias = [one.ref for one in relation.members if one.role == "via" and one.type == "n"]
    if len(vias) != 1:  # over a way, or broken
        gathering.left_out["larangan belok lewat ruas"] += 1
        return
    gathering.restrictions.extend(
        Restriction(from_way, vias[0], to_way, only=said.startswith(_ONLY))
        for from_way in froms
        for to_way in tos
    )
