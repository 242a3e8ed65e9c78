"""Pieces of a road or river with one name, put together into one place."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely.geometry.base import BaseGeometry

from geo.gazetteer.place import MOST_NAMES, NewPlace, middle_of
from geo.gazetteer.readers.reading import ROAD_SPREAD_M, reach_of
from geo.naming import normalise
from geo.shapes import Floats, LocalScale

REACH_M = 300.0  # pieces of one name nearer than this are one road


@dataclass(frozen=True, slots=True)
class NamedWay:
    """A piece of a road or river. The name is "" for a road that has none."""

    name: str
    kind: str
    aka: tuple[str, ...]
    nodes: NDArray[np.int64]  # (n,) ids
    line: Floats  # (n, 2) longitude, latitude


def merged_ways(ways: Sequence[NamedWay]) -> Iterator[NewPlace]:
    """One place for all ways of a name that lie within reach of each other."""
    by_name: dict[tuple[str, str], list[NamedWay]] = defaultdict(list)
    for way in ways:
        if way.name:
            by_name[way.kind, normalise(way.name)].append(way)
    for members in by_name.values():
        for together in _within_reach(members):
            yield _one(together)


def _within_reach(ways: list[NamedWay]) -> list[list[NamedWay]]:
    groups = clusters([way.line for way in ways], REACH_M)
    return [
        [way for way, group in zip(ways, groups, strict=True) if group == which]
        for which in range(max(groups) + 1)
    ]


def clusters(lines: Sequence[Floats], reach_m: float) -> list[int]:
    """Number of the group of each line; those nearer than the reach, in steps, are one group.

    lines  each (n, 2) longitude, latitude; one position is a point
    """
    if len(lines) == 1:
        return [0]
    scale = LocalScale.at(float(lines[0][0][1]))
    metres = [line * (scale.lon_m, scale.lat_m) for line in lines]
    shapes = [
        shapely.LineString(line) if len(line) > 1 else shapely.Point(line[0]) for line in metres
    ]
    one, other = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=reach_m)
    links = coo_array((np.ones(len(one)), (one, other)), shape=(len(lines), len(lines)))
    groups: list[int] = connected_components(links, directed=False)[1].tolist()
    return groups


def _one(ways: list[NamedWay]) -> NewPlace:
    shape = _joined([way.line for way in ways])
    others = dict.fromkeys(name for way in ways for name in (way.name, *way.aka))
    others.pop(ways[0].name)
    return NewPlace(
        name=ways[0].name,
        kind=ways[0].kind,
        point=middle_of(shape),
        spread_m=reach_of(shape, ROAD_SPREAD_M),
        aka=tuple(others)[:MOST_NAMES],
        shape=shape,
        row=f"way {ways[0].name}",
    )


def _joined(lines: list[Floats]) -> BaseGeometry:
    """The lines as one, end to end where they meet."""
    joined: BaseGeometry = shapely.line_merge(shapely.MultiLineString(lines))
    return joined
