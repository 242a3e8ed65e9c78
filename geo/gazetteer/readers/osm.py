"""Named places, roads and crossings from an OpenStreetMap extract (PBF and whatever osmium reads).

Map data of OpenStreetMap contributors, ODbL: name them where names from it are shown.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import shapely
from osmium.osm import Area, Node, Way
from shapely.geometry.base import BaseGeometry

from geo.gazetteer.place import LONGEST_NAME, MOST_NAMES, BadPlace, NewPlace, middle_of, reach_m
from geo.gazetteer.readers.crossings import crossings
from geo.gazetteer.readers.kinds import kind_of_tags, spread_of_kind
from geo.gazetteer.readers.reading import Fence, Told
from geo.gazetteer.readers.ways import NamedWay, merged_ways
from geo.point import Point

MOST_WAY_NODES = 5_000_000  # of roads inside the fence: all of Central Java has fewer
_IN_MEMORY_BYTES = 300 * 1024 * 1024  # above it, the positions of nodes go to a file
_LEAST_AREA_M = 150.0  # an area that reaches less far is a point
_OTHER_NAMES = (
    "old_name", "alt_name", "official_name", "short_name", "loc_name",
    "name:id", "name:jv", "name:en",
)  # fmt: skip
_NO_ROADS = frozenset(
    {"bus_stop", "platform", "proposed", "construction", "rest_area", "services", "elevator"}
)


@dataclass(slots=True)
class _Ways:
    """Roads and rivers met so far."""

    found: list[NamedWay] = field(default_factory=list)
    nodes: int = 0

    def add(self, way: NamedWay) -> None:
        self.nodes += len(way.nodes)
        if self.nodes > MOST_WAY_NODES:
            raise BadPlace(f"lebih dari {MOST_WAY_NODES:,} titik jalan: pakai --clip")
        self.found.append(way)


def read(path: Path, told: Told, fence: Fence) -> Iterator[NewPlace]:
    """Named places first, then roads, rivers, and crossings of two named roads.

    Ways of one name that touch, or lie less than 300 m apart, are one place. Two passes over the
    file; memory grows with the roads inside the fence, and with the nodes of the file up to 300 MB.
    Raises BadPlace for a file that osmium cannot read.
    """
    ways = _Ways()
    try:
        yield from _named(path, told, fence, ways)
    except RuntimeError as wrong:  # all that osmium throws
        raise BadPlace(f"{path.name}: bukan berkas OSM yang utuh ({wrong})") from wrong
    told.progress(0.9)
    yield from merged_ways(ways.found)
    yield from crossings([way for way in ways.found if way.kind == "jalan"])
    told.progress(1.0)


def _named(path: Path, told: Told, fence: Fence, ways: _Ways) -> Iterator[NewPlace]:
    with tempfile.TemporaryDirectory() as folder:
        in_memory = path.stat().st_size <= _IN_MEMORY_BYTES
        store = "flex_mem" if in_memory else f"sparse_file_array,{folder}/nodes"
        objects = (
            osmium.FileProcessor(path)
            .with_locations(store)
            .with_areas(osmium.filter.KeyFilter("name"))
            .with_filter(osmium.filter.KeyFilter("name", "highway"))
        )
        in_ways = False
        for one in objects:
            if not in_ways and isinstance(one, Way):
                in_ways = True
                told.progress(0.6)  # nodes are about so much of a file
            if (place := _taken(one, fence, ways)) is not None:
                yield place


def _taken(one: object, fence: Fence, ways: _Ways) -> NewPlace | None:
    """The place that a node or an area is; a way is put aside."""
    if isinstance(one, Node):
        return _node_place(one, fence)
    if isinstance(one, Area):
        return _area_place(one, fence)
    if isinstance(one, Way) and (way := _way(one, fence)) is not None:
        ways.add(way)
    return None


def _node_place(node: Node, fence: Fence) -> NewPlace | None:
    tags = dict(node.tags)
    if not node.location.valid() or (kind := kind_of_tags(tags)) is None or not _fits(tags):
        return None
    if not fence.holds(node.lon, node.lat):
        return None
    return NewPlace(
        name=tags["name"].strip(),
        kind=kind,
        point=Point(lon=node.lon, lat=node.lat),
        spread_m=spread_of_kind(kind),
        aka=_other_names(tags),
        row=f"node {node.id}",
    )


def _area_place(area: Area, fence: Fence) -> NewPlace | None:
    tags = dict(area.tags)
    if (kind := kind_of_tags(tags)) is None or not _fits(tags):
        return None
    shape = _outline(area)
    if shape is None or not fence.meets(shape):
        return None
    middle = middle_of(shape)
    reach = reach_m(middle, shape)
    return NewPlace(
        name=tags["name"].strip(),
        kind=kind,
        point=middle,
        spread_m=reach,
        aka=_other_names(tags),
        shape=shape if reach >= _LEAST_AREA_M else None,
        row=f"{'way' if area.from_way() else 'relation'} {area.orig_id()}",
    )


def _outline(area: Area) -> BaseGeometry | None:
    """Outer rings with their holes; None where a corner is missing or nothing is enclosed."""
    parts = [
        shapely.Polygon(_corners(outer), [_corners(inner) for inner in area.inner_rings(outer)])
        for outer in area.outer_rings()
    ]
    if not parts:
        return None
    shape = parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
    if not shape.is_valid:
        shape = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    return shape if shape.geom_type in ("Polygon", "MultiPolygon") and not shape.is_empty else None


def _corners(ring: Any) -> list[tuple[float, float]]:
    return [(node.lon, node.lat) for node in ring]


def _way(way: Way, fence: Fence) -> NamedWay | None:
    """A road, named or not (it is an arm of crossings), or a named river; None for the rest."""
    tags = dict(way.tags)
    if "highway" in tags and tags["highway"] not in _NO_ROADS:
        kind = "jalan"
    elif "waterway" in tags:
        kind = "sungai"
    else:
        return None
    spots = [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()]
    if len(spots) < 2 or not any(fence.holds(lon, lat) for _, lon, lat in spots):
        return None
    return NamedWay(
        name=tags["name"].strip() if _fits(tags) else "",
        kind=kind,
        aka=_other_names(tags),
        nodes=np.array([spot[0] for spot in spots], dtype=np.int64),
        line=np.array([spot[1:] for spot in spots], dtype=np.float64),
    )


def _fits(tags: dict[str, str]) -> bool:
    """Whether there is a name that can be said: some are not in our letters, some are essays."""
    name = tags.get("name", "")
    return len(name) <= LONGEST_NAME and any(sign.isascii() and sign.isalnum() for sign in name)


def _other_names(tags: dict[str, str]) -> tuple[str, ...]:
    said = [name.strip() for key in _OTHER_NAMES for name in tags.get(key, "").split(";")]
    fitting = [
        name for name in said if name and len(name) <= LONGEST_NAME and name != tags.get("name")
    ]
    return tuple(dict.fromkeys(fitting))[:MOST_NAMES]
