"""How soon many places are reached by road from many starts, each search only as far as asked.

The answers are those of geo.routing.roads, to rounding; what lies beyond the limit is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.coverage.demand import Floats, Ints
from geo.point import Point
from geo.routing import Start
from geo.routing.joins import Joiner
from geo.routing.land import AT_SEA, Lands
from geo.routing.outwards import Onward
from geo.routing.roads import RoadRouter
from geo.routing.table import RoadTable

_KMH = 3.6


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """k places by where they meet the roads, in the order of the roads.

    road_at  (roads + 1,) where the joins of each road begin in the three below
    place    (joins,) number of the place
    share    (joins,) how far along the road, as it was drawn
    off_s    (joins,) seconds from there to the place
    """

    count: int
    road_at: Ints
    place: Ints
    share: Floats
    off_s: Floats

    @classmethod
    def of(cls, router: RoadRouter, places: Sequence[Point], lands: Lands | None = None) -> Places:
        """Places too far from every road have no join: they are never reached.

        lands  nobody walks to a road over a strait between two of them (as geo.routing.overland)
        """
        table = router.network.table
        # A joiner of its own: the router's keeps what it is asked, and these are many.
        found = Joiner.of(table, router.rules.off_road_most_m).joins(places)
        place = np.repeat(np.arange(len(places)), [len(joins) for joins in found])
        flat = list(chain.from_iterable(found))
        road = np.array([join.road for join in flat], dtype=np.int64)
        share, off_m = (
            np.array([getattr(join, field) for join in flat], dtype=np.float64)
            for field in ("share", "off_m")
        )
        order = np.argsort(road, kind="stable")
        if lands is not None:
            order = order[~_across(table, lands, places, place, road, share)[order]]
        at = np.bincount(road[order], minlength=table.count)
        return cls(
            len(places),
            np.concatenate([[0], np.cumsum(at)]).astype(np.int64),
            place[order],
            share[order],
            off_m[order] / (router.rules.off_road_kmh / _KMH),
        )

    def near(self) -> NDArray[np.bool_]:
        """(k,) which places a road reaches at all."""
        found = np.zeros(self.count, dtype=bool)
        found[self.place] = True
        return found


def _across(
    table: RoadTable, lands: Lands, places: Sequence[Point], place: Ints, road: Ints, share: Floats
) -> NDArray[np.bool_]:
    """(joins,) whether the road lies on another land than the place; a road at sea is a bridge."""
    which = np.repeat(np.arange(table.count), np.diff(table.offsets))
    lines = shapely.linestrings(table.coords, indices=which)
    feet = shapely.line_interpolate_point(lines[road], share, normalized=True)
    there = lands.masses(shapely.get_coordinates(feet))
    here = lands.masses_of(places)[place] if len(places) else there
    across: NDArray[np.bool_] = (here != there) & (here != AT_SEA) & (there != AT_SEA)
    return across


@dataclass(frozen=True, slots=True, eq=False)
class Reached:
    """What n starts reach of k places.

    at       (n + 1,) where each start begins in the two below
    place    (m,) numbers of places, rising within a start
    seconds  (m,) until they are reached; all within the limit
    """

    places: int
    at: Ints
    place: Ints
    seconds: Floats

    @property
    def starts(self) -> int:
        """How many."""
        return len(self.at) - 1

    def within(self, start: int, limit_s: float) -> Ints:
        """The places that one start reaches within a shorter limit, rising."""
        own = slice(self.at[start], self.at[start + 1])
        some: Ints = self.place[own][self.seconds[own] <= limit_s]
        return some

    def soonest(self, starts: NDArray[np.bool_] | None = None) -> Floats:
        """(k,) seconds until the first of these starts is there; infinite for never."""
        found = np.full(self.places, np.inf)
        whose = np.repeat(np.arange(self.starts), np.diff(self.at))
        own = slice(None) if starts is None else starts[whose]
        np.minimum.at(found, self.place[own], self.seconds[own])
        return found

    def table(self) -> Floats:
        """(n, k) seconds, NaN beyond the limit."""
        found = np.full((self.starts, self.places), np.nan)
        found[np.repeat(np.arange(self.starts), np.diff(self.at)), self.place] = self.seconds
        return found

    def later(self, delays_s: Floats) -> Reached:
        """The same, of starts that only set out after so many seconds each."""
        later_s = self.seconds + np.repeat(delays_s, np.diff(self.at))
        return Reached(self.places, self.at, self.place, later_s)

    @classmethod
    def of(cls, places: int, found: Sequence[tuple[Ints, Floats]]) -> Reached:
        """From places and seconds of each start, in any order."""
        orders = [np.argsort(place) for place, _ in found]
        counts = [len(place) for place, _ in found]
        none: list[NDArray[np.float64]] = [np.empty(0)]
        return cls(
            places,
            np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
            np.concatenate(none + [p[o] for (p, _), o in zip(found, orders, strict=True)]).astype(
                np.int64
            ),
            np.concatenate(none + [s[o] for (_, s), o in zip(found, orders, strict=True)]),
        )


def reached(
    router: RoadRouter,
    starts: Sequence[Start],
    places: Places,
    limit_s: float | Sequence[float],
    when: datetime | None = None,
) -> Reached:
    """Every place that each start reaches within the limit, or within its own.

    Starts at one place with one speed and limit are searched once.
    Raises ValueError where limits are given that are not one for each start.
    """
    limits = [limit_s] * len(starts) if isinstance(limit_s, (int, float)) else list(limit_s)
    if len(limits) != len(starts):
        raise ValueError(f"limit_s: {len(limits)} limits for {len(starts)} starts; give one each")
    searcher = _Searcher(router, places, when)
    setting = router.setting(starts)
    known: dict[tuple[Point, float, float], tuple[Ints, Floats]] = {}
    found = []
    for n, (start, limit) in enumerate(zip(starts, limits, strict=True)):
        key = (start.point, float(setting.slow[n]), float(limit))
        if key not in known:
            known[key] = searcher.search(
                setting.state[n], setting.share[n], setting.off_m[n], key[1], key[2]
            )
        found.append(known[key])
    return Reached.of(places.count, found)


class _Searcher:
    """One network with room to search in, which is cleaned after each start."""

    def __init__(self, router: RoadRouter, places: Places, when: datetime | None) -> None:
        from geo.coverage import searching

        self._do = searching
        self._network, self._places = router.network, places
        self._onward = Onward.of(router.network, router.costs(when))
        self._off_ms = router.rules.off_road_kmh / _KMH
        states, turns = router.network.states, len(self._onward.turn_to)
        self._until_s, self._touched = np.full(states, np.inf), np.empty(states, dtype=np.int64)
        # Each turn is taken once at most, and once more out of each way to begin.
        self._heap_s = np.empty(2 * turns + 1)
        self._heap_state = np.empty(2 * turns + 1, dtype=np.int64)
        self._found_s = np.full(places.count, np.inf)
        self._found = np.empty(places.count, dtype=np.int64)

    def search(
        self,
        state: NDArray[np.intp],
        share: Floats,
        off_m: Floats,
        slow: float,
        limit_s: float,
    ) -> tuple[Ints, Floats]:
        """Numbers of the places in time, and their seconds."""
        begin_s = off_m / self._off_ms / slow  # as driven: all of it is slowed in the end
        onward, begin = self._onward, (state, share, begin_s)
        count = self._do.search(
            onward.turn_at, onward.turn_to, onward.step_s, onward.costs.cost_s, *begin,
            limit_s / slow, self._until_s, self._touched, self._heap_s, self._heap_state,
        )  # fmt: skip
        touched = self._touched[:count]
        near = self._places
        some = self._do.gather(
            self._network.road, self._network.against, onward.costs.cost_s, *begin,
            self._until_s, touched, near.road_at, near.place, near.share, near.off_s,
            slow, limit_s, self._found_s, self._found,
        )  # fmt: skip
        place = self._found[:some].copy()
        seconds = self._found_s[place]
        self._until_s[touched], self._found_s[place] = np.inf, np.inf
        return place, seconds
