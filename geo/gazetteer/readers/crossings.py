"""Crossings of two named roads, named as callers name them by the number of their arms."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geo.gazetteer.place import LONGEST_NAME, NewPlace
from geo.gazetteer.readers.kinds import spread_of_kind
from geo.gazetteer.readers.ways import NamedWay, clusters
from geo.naming import normalise
from geo.point import Point
from geo.shapes import Floats, LocalScale

KIND = "persimpangan"
_ONE_CROSSING_M = 60.0  # where roads have two carriageways, they meet up to four times
_LOOK_M = 25.0  # along an arm, for its bearing
_SAME_ARM_DEG = 35.0  # two carriageways of one arm
_WORDS = {3: "Pertigaan", 4: "Perempatan"}


@dataclass(frozen=True, slots=True)
class _Meeting:
    """A way that passes a node which roads of different names share."""

    way: NamedWay
    at: int  # number of the node in the way


def crossings(ways: Sequence[NamedWay]) -> Iterator[NewPlace]:
    """Nodes that two differently named roads share and that have three arms or more.

    Roads without a name count as arms. A roundabout is no crossing: its roads share no node.
    """
    meetings = _meetings(ways)
    by_pair: dict[tuple[str, str], list[int]] = defaultdict(list)
    for node, passing in meetings.items():
        names = {normalise(one.way.name): one.way.name for one in passing if one.way.name}
        for pair in combinations(sorted(names), 2):
            by_pair[names[pair[0]], names[pair[1]]].append(node)
    for (one, other), nodes in by_pair.items():
        groups = clusters([_spot(meetings[node]) for node in nodes], _ONE_CROSSING_M)
        for which in range(max(groups) + 1):
            members = [node for node, group in zip(nodes, groups, strict=True) if group == which]
            if (place := _place(one, other, {n: meetings[n] for n in members})) is not None:
                yield place


def _meetings(ways: Sequence[NamedWay]) -> dict[int, list[_Meeting]]:
    """By node, all ways through it; only nodes that roads of two names share."""
    if not ways:
        return {}
    numbers: dict[str, int] = {}
    name = [numbers.setdefault(normalise(way.name), len(numbers)) for way in ways]
    lengths = [len(way.nodes) for way in ways]
    node = np.concatenate([way.nodes for way in ways])
    owner = np.repeat(np.arange(len(ways)), lengths)
    at = np.concatenate([np.arange(length) for length in lengths])
    named = np.array([bool(way.name) for way in ways])[owner]
    pairs = np.unique(np.column_stack([node[named], np.array(name)[owner][named]]), axis=0)
    ids, counts = np.unique(pairs[:, 0], return_counts=True)
    shared = np.isin(node, ids[counts > 1])
    found: dict[int, list[_Meeting]] = defaultdict(list)
    for id_, way, place in zip(*(a[shared].tolist() for a in (node, owner, at)), strict=True):
        found[id_].append(_Meeting(ways[way], place))
    return found


def _spot(passing: Sequence[_Meeting]) -> Floats:
    """(1, 2) longitude, latitude."""
    first = passing[0]
    spot: Floats = first.way.line[first.at : first.at + 1]
    return spot


def _place(one: str, other: str, nodes: Mapping[int, list[_Meeting]]) -> NewPlace | None:
    """None where one road only goes on under the other's name."""
    spots = np.vstack([_spot(passing) for passing in nodes.values()])
    lon, lat = spots.mean(axis=0).tolist()
    arms = _arms(nodes, lon, lat)
    name = f"{_WORDS.get(arms, 'Persimpangan')} {one} – {other}"
    if arms < 3 or len(name) > LONGEST_NAME:
        return None
    return NewPlace(
        name=name,
        kind=KIND,
        point=Point(lon=lon, lat=lat),
        spread_m=spread_of_kind(KIND),
        aka=(f"{_WORDS.get(arms, 'Persimpangan')} {other} – {one}",),
        row=f"node {next(iter(nodes))}",
    )


def _arms(nodes: Mapping[int, list[_Meeting]], lon: float, lat: float) -> int:
    """How many directions one can leave in; carriageways side by side are one."""
    scale = LocalScale.at(lat)
    bearings = []
    for passing in nodes.values():
        for one in passing:
            for step in (-1, 1):
                end = _along(one, step, frozenset(nodes), scale)
                if end is not None:
                    east, north = (end[0] - lon) * scale.lon_m, (end[1] - lat) * scale.lat_m
                    bearings.append(math.degrees(math.atan2(east, north)) % 360)
    return _groups(sorted(bearings))


def _along(
    one: _Meeting, step: int, inside: frozenset[int], scale: LocalScale
) -> tuple[float, float] | None:
    """Where one is after some metres along the way; None at its end, and inside the crossing."""
    line, gone_m, at = one.way.line, 0.0, one.at
    while gone_m < _LOOK_M and 0 <= at + step < len(line):
        east, north = (line[at + step] - line[at]) * (scale.lon_m, scale.lat_m)
        gone_m += math.hypot(east, north)
        at += step
        if int(one.way.nodes[at]) in inside:
            return None
    return None if at == one.at else (float(line[at][0]), float(line[at][1]))


def _groups(bearings: list[float]) -> int:
    """Directions that differ by more than two carriageways would; sorted, 0 to 360."""
    if not bearings:
        return 0
    ahead = [*bearings[1:], bearings[0] + 360]
    gaps = sum(b - a > _SAME_ARM_DEG for a, b in zip(bearings, ahead, strict=True))
    return max(gaps, 1)
