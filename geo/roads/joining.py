"""From ways to roads: cut where roads meet, join where only a line goes on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from pyproj import Geod

from geo.roads.raw import Floats, Numbers, RawWay
from geo.roads.tags import direction, name_of, speed_kmh

_EARTH = Geod(ellps="WGS84")
_BACK = 1  # of an end: 2 * piece is where a piece begins, 2 * piece + 1 where it ends


@dataclass(frozen=True, slots=True, eq=False)
class Corners:
    """All corners of all ways, one way after the other, one-way streets in their direction.

    node      (m,) which node each is, 0 to k - 1
    coords    (m, 2) lon, lat
    way       (m,) which way, by its place in the list
    step_m    (m,) metres on the ellipsoid to the next corner; 0 at the end of a way
    ids       (k,) the nodes' numbers in the source, rising
    """

    node: Numbers
    coords: Floats
    way: Numbers
    step_m: Floats
    ids: Numbers

    @classmethod
    def of(cls, ways: Sequence[RawWay]) -> Corners:
        """One-way streets that are drawn against their direction are turned round."""
        turned = [-1 if direction(way.tags) < 0 else 1 for way in ways]
        nodes = np.concatenate([w.nodes[::t] for w, t in zip(ways, turned, strict=True)])
        coords = np.concatenate([w.coords[::t] for w, t in zip(ways, turned, strict=True)])
        way = np.repeat(np.arange(len(ways)), [len(one.nodes) for one in ways])
        ids, node = np.unique(nodes, return_inverse=True)
        step_m = np.zeros(len(node))
        goes_on = np.flatnonzero(way[:-1] == way[1:])
        here, there = coords[goes_on], coords[goes_on + 1]
        step_m[goes_on] = _EARTH.inv(here[:, 0], here[:, 1], there[:, 0], there[:, 1])[2]
        return cls(node, coords, way, step_m, ids)

    def numbers_of(self, ids: Collection[int]) -> Numbers:
        """Which nodes these are, by their number in the source; without those that are none."""
        asked = np.array(sorted(ids), dtype=np.int64)
        at = np.searchsorted(self.ids, asked)
        there = at < len(self.ids)
        at, asked = at[there], asked[there]
        return np.asarray(at[self.ids[at] == asked], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Chain:
    """A road: corners in their order, and the ways that they came from.

    corners  (k,) places in Corners; a joint is named once
    ways     of each piece, in order: the way's place in the list, and metres
    """

    corners: Numbers
    ways: tuple[tuple[int, float], ...]

    @property
    def length_m(self) -> float:
        """On the ellipsoid."""
        return sum(length for _, length in self.ways)

    def longest_way(self) -> int:
        """The way most of it came from."""
        return _most(self.ways)

    def name(self, names: Sequence[str | None]) -> str | None:
        """The name that most of it has; names are those of the ways."""
        named = [(name, length) for way, length in self.ways if (name := names[way])]
        return _most(named) if named else None


K = TypeVar("K")


def _most(pieces: Sequence[tuple[K, float]]) -> K:
    """Whatever has the greatest sum; the first of equals."""
    total: dict[K, float] = {}
    for key, length in pieces:
        total[key] = total.get(key, 0.0) + length
    return max(total.items(), key=itemgetter(1))[0]


def join(ways: Sequence[RawWay], corners: Corners, stops: Numbers) -> list[Chain]:
    """The roads between junctions, dead ends, and nodes that are named as stops.

    A node where two ways go on into each other is no junction, unless the class, the direction,
    the signed speed or the name changes. A ring without any junction begins where it was drawn.
    """
    pieces = _Pieces.of(ways, corners, stops)
    return list(pieces.chains(corners))


@dataclass(slots=True)
class _Pieces:
    """Parts of ways between two nodes where something may begin.

    first, last  (p,) places in Corners
    partner      (2p,) the end that goes on from each end; -1 none
    """

    first: Numbers
    last: Numbers
    length_m: Floats
    way: Numbers
    oneway: NDArray[np.bool_]
    partner: Numbers

    @classmethod
    def of(cls, ways: Sequence[RawWay], corners: Corners, stops: Numbers) -> _Pieces:
        meets = np.bincount(corners.node, minlength=len(corners.ids)) * 2
        begins = np.flatnonzero(np.diff(corners.way, prepend=-1))
        ends = np.append(begins[1:], len(corners.way)) - 1
        np.subtract.at(meets, corners.node[begins], 1)
        np.subtract.at(meets, corners.node[ends], 1)
        plain = meets == 2  # one line passes, and nothing else
        plain[stops] = False
        cut = ~plain[corners.node]
        cut[begins] = cut[ends] = True
        at = np.flatnonzero(cut)
        same = corners.way[at[:-1]] == corners.way[at[1:]]
        first, last = at[:-1][same], at[1:][same]
        run = np.concatenate([[0.0], np.cumsum(corners.step_m)])
        way = corners.way[first]
        oneway = np.array([direction(one.tags) != 0 for one in ways])
        made = cls(first, last, run[last] - run[first], way, oneway[way], np.empty(0, np.int64))
        made.partner = made._partners(ways, corners, plain)
        return made

    def _partners(
        self, ways: Sequence[RawWay], corners: Corners, plain: NDArray[np.bool_]
    ) -> Numbers:
        partner = np.full(2 * len(self.first), -1, dtype=np.int64)
        node = np.empty_like(partner)
        node[0::2], node[1::2] = corners.node[self.first], corners.node[self.last]
        order = np.argsort(node, kind="stable")
        joints = np.flatnonzero((node[order][:-1] == node[order][1:]) & plain[node[order][:-1]])
        one, other = order[joints], order[joints + 1]
        goes_on = self._goes_on(ways, one, other)
        partner[one[goes_on]], partner[other[goes_on]] = other[goes_on], one[goes_on]
        return partner

    def _goes_on(self, ways: Sequence[RawWay], one: Numbers, other: Numbers) -> NDArray[np.bool_]:
        """Whether the road stays what it is from the one end to the other."""
        looks = _numbered(
            [(w.tags["highway"], direction(w.tags) != 0, speed_kmh(w.tags)) for w in ways]
        )
        names = _numbered([name_of(w.tags) for w in ways], none=True)
        a, b = self.way[one // 2], self.way[other // 2]
        same = looks[a] == looks[b]
        named = (names[a] == names[b]) | (names[a] < 0) | (names[b] < 0)
        # A one-way street goes on where one piece ends and the next begins.
        along = ~self.oneway[one // 2] | (one % 2 != other % 2)
        return np.asarray(same & named & along)

    def chains(self, corners: Corners) -> list[Chain]:
        partner = self.partner.tolist()
        oneway = self.oneway.tolist()
        taken = [False] * len(self.first)
        found = []
        starts = [end for end in range(len(partner)) if partner[end] < 0]
        # A one-way road is walked from where it begins; what is left then are rings.
        for end in (*starts, *range(0, len(partner), 2)):
            if taken[end // 2] or (oneway[end // 2] and end % 2 == _BACK):
                continue
            found.append(self._chain(self._walk(end, partner, taken), corners))
        return found

    def _walk(self, end: int, partner: list[int], taken: list[bool]) -> list[int]:
        """The ends at which the pieces are entered, in order."""
        entered = []
        while end >= 0 and not taken[end // 2]:
            taken[end // 2] = True
            entered.append(end)
            end = partner[end ^ 1]
        return entered

    def _chain(self, entered: list[int], corners: Corners) -> Chain:
        runs = []
        for end in entered:
            run = np.arange(self.first[end // 2], self.last[end // 2] + 1)
            runs.append(run[::-1] if end % 2 == _BACK else run)
        joined = np.concatenate([runs[0], *(run[1:] for run in runs[1:])])
        ways = tuple((int(self.way[end // 2]), float(self.length_m[end // 2])) for end in entered)
        return Chain(joined, ways)


def _numbered(looks: Sequence[object], none: bool = False) -> Numbers:
    """The same number for the same; -1 for None where that is asked for."""
    numbers: dict[object, int] = {}
    return np.array(
        [-1 if none and one is None else numbers.setdefault(one, len(numbers)) for one in looks],
        dtype=np.int64,
    )
