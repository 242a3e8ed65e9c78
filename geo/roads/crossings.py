"""Ferries of an extract: lines from quay to quay, joined to the nearest roads."""

from __future__ import annotations

import re
from collections import ChainMap, Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from pyproj import Geod

from geo.roads.joining import Corners
from geo.roads.raw import Floats, Numbers, RawWay
from geo.shapes import LocalScale

QUAY_WITHIN_M = 1_000.0  # of a road: else nobody can drive on board
USUAL_KMH = 18.0  # some 10 knots, where the map does not say how long it takes
_EARTH = Geod(ellps="WGS84")
_LEAST_S, _MOST_S = 60.0, 72 * 3600.0
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_ISO = re.compile(r"PT(?:(\d{1,2})H)?(?:(\d{1,3})M)?")
_TAKES_CARS = ("motorcar", "motor_vehicle", "vehicle")


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """A ferry between two nodes of roads."""

    code: str
    name: str
    start: int  # node, as Corners numbers them
    finish: int
    crossing_s: float
    every_s: float | None
    vehicles: bool | None  # None: not said
    is_timed: bool  # the map says how long it takes
    course: Floats  # (n, 2)

    def between(self, start: int, finish: int) -> Crossing:
        """The same by other numbers of its ends."""
        return replace(self, start=start, finish=finish)


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """Ways of one ferry, joined end to end."""

    ways: tuple[RawWay, ...]
    nodes: Numbers
    coords: Floats

    @property
    def is_open(self) -> bool:
        return bool(self.nodes[0] != self.nodes[-1])

    @property
    def tags(self) -> Mapping[str, str]:
        """Of all its ways; where they differ, the first counts."""
        return ChainMap(*(dict(way.tags) for way in self.ways))

    def seconds(self) -> float | None:
        """How long it takes, where every way says so."""
        said = [seconds(way.tags.get("duration", "")) for way in self.ways]
        known = [one for one in said if one is not None]
        return sum(known) if len(known) == len(said) else None

    def starting_at(self, node: int) -> _Line:
        if self.nodes[0] == node:
            return self
        return _Line(self.ways[::-1], self.nodes[::-1], self.coords[::-1])

    def ending_at(self, node: int) -> _Line:
        turned = self.starting_at(node)
        return _Line(turned.ways[::-1], turned.nodes[::-1], turned.coords[::-1])

    def followed_by(self, other: _Line) -> _Line:
        return _Line(
            self.ways + other.ways,
            np.concatenate([self.nodes, other.nodes[1:]]),
            np.concatenate([self.coords, other.coords[1:]]),
        )


def crossings(ferries: Sequence[RawWay], corners: Corners) -> tuple[list[Crossing], int]:
    """Those with a road at both ends, and how many others there are."""
    if not ferries:
        return [], 0
    lines = _joined(ferries, frozenset(corners.ids.tolist()))
    _, place = np.unique(corners.node, return_index=True)
    ground = corners.coords[place]
    found = []
    for line in lines:
        first, last = _nearest(line.coords[0], ground), _nearest(line.coords[-1], ground)
        if first is not None and last is not None and first != last:
            found.append((_crossing(line, [first, last], ground), line.ways[0].id))
    codes = Counter(made.code for made, _ in found)
    return [_distinct(made, way, codes) for made, way in found], len(lines) - len(found)


def _crossing(line: _Line, quays: list[int], ground: Floats) -> Crossing:
    tags = line.tags
    course = np.vstack([ground[quays[0]], line.coords, ground[quays[1]]])
    course = course[np.append(True, (np.diff(course, axis=0) != 0).any(axis=1))]
    length_m = float(_EARTH.line_length(course[:, 0], course[:, 1]))
    said_s = line.seconds()
    return Crossing(
        code=_slug(tags.get("name", "")) or f"feri-{line.ways[0].id}",
        name=tags.get("name") or f"Feri {line.ways[0].id}",
        start=quays[0],
        finish=quays[1],
        crossing_s=said_s or max(_LEAST_S, length_m / (USUAL_KMH / 3.6)),
        every_s=seconds(tags.get("interval", "")),
        vehicles=_vehicles(tags),
        is_timed=said_s is not None,
        course=course,
    )


def _distinct(crossing: Crossing, way: int, codes: Counter[str]) -> Crossing:
    """Two ferries of one name are told apart by the number of their way."""
    if codes[crossing.code] < 2:
        return crossing
    return replace(crossing, code=f"{crossing.code}-{way}")


def seconds(said: str) -> float | None:
    """Of "01:30", "90" (minutes), "PT1H30M"; None for other words, and for under a minute."""
    said = said.strip()
    if found := _CLOCK.fullmatch(said):
        hours, minutes, rest = (int(part or 0) for part in found.groups())
        value = hours * 3600.0 + minutes * 60.0 + rest
    elif said.isascii() and said.isdigit() and len(said) < 6:
        value = int(said) * 60.0
    elif (found := _ISO.fullmatch(said)) and any(found.groups()):
        hours, minutes = (int(part or 0) for part in found.groups())
        value = hours * 3600.0 + minutes * 60.0
    else:
        return None
    return value if _LEAST_S <= value <= _MOST_S else None


def _vehicles(tags: Mapping[str, str]) -> bool | None:
    said = next((tags[key] for key in _TAKES_CARS if key in tags), None)
    return None if said is None else said not in ("no", "private")


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]


def _nearest(spot: Floats, nodes: Floats) -> int | None:
    """The nearest node; None where it is too far."""
    scale = LocalScale.at(float(spot[1]))
    away = (nodes - spot) * (scale.lon_m, scale.lat_m)
    distances = np.hypot(away[:, 0], away[:, 1])
    best = int(np.argmin(distances))
    return best if distances[best] <= QUAY_WITHIN_M else None


def _joined(ferries: Sequence[RawWay], on_road: Container[int]) -> list[_Line]:
    """Ways that meet at sea, two by two, are one line."""
    lines = [_Line((way,), way.nodes, way.coords) for way in ferries]
    by_end: dict[int, list[_Line]] = defaultdict(list)
    for line in lines:
        for end in {int(line.nodes[0]), int(line.nodes[-1])} if line.is_open else ():
            by_end[end].append(line)
    for node in [n for n, there in by_end.items() if len(there) == 2 and n not in on_road]:
        one, other = by_end[node]
        if one is other:
            continue  # it has become a ring
        joined = one.ending_at(node).followed_by(other.starting_at(node))
        lines = [line for line in lines if line is not one and line is not other] + [joined]
        for end, there in by_end.items():
            by_end[end] = [joined if line is one or line is other else line for line in there]
    return lines
