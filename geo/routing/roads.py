"""Travel times over a network of roads: one search backwards from the goal serves all starts.

Where the starts are fewer than the goals, one search outwards from a start serves all goals.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString

from geo.point import Point
from geo.routing import Leg, NoRoute, Start, Way
from geo.routing.joins import Join, Joiner
from geo.routing.network import NOWHERE, Costs, Network
from geo.routing.outwards import Searches
from geo.routing.rules import ALL, FOOTPATH, Hours, RoadRules
from geo.routing.table import Floats, RoadTable
from geo.routing.trace import chain, totals
from geo.routing.tree import Tree, ends_of

ROAD = "jalan"  # basis of a leg
NO_ROAD = NoRoute("tidak ada jalan darat")
_KMH = 3.6
_JOINS_KEPT, _TREE_BYTES = 20_000, 48_000_000
_ENDS = 4  # two joins of a place, two directions each
_READING = 0.03  # of the work of a search: to read one that is kept


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Where n starts set out: each in up to four ways (n, 4)."""

    state: NDArray[np.intp]  # NOWHERE: none
    share: Floats
    off_m: Floats
    slow: Floats  # (n,) factor on the seconds by the kind of unit


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """From each start to one join of a goal, the quickest way: seconds, and how it begins."""

    travel_s: Floats  # infinite where no way leads there
    end: NDArray[np.intp]  # column of the setting
    ahead: NDArray[np.bool_]  # the goal lies ahead on the same road


@dataclass(slots=True)
class _Kept:
    """What the threads of a process share: joins of places, trees of goals, searches of starts."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    joins: dict[Point, tuple[Join, ...]] = field(default_factory=dict)
    ends: dict[Point, list[float]] = field(default_factory=dict)
    trees: OrderedDict[tuple[Join, str], Tree] = field(default_factory=OrderedDict)
    costs: dict[str, Costs] = field(default_factory=dict)
    searches: Searches = field(default_factory=Searches)


@dataclass(frozen=True, slots=True, eq=False)
class RoadRouter:
    """Routes over one network. A place off every road has no route: it is not guessed here."""

    network: Network
    rules: RoadRules
    hours: Hours
    learned: Mapping[tuple[str, str], float]
    slow_by_kind: Mapping[str, float]  # of units: factor on every time
    _joiner: Joiner
    _kept: _Kept = field(default_factory=_Kept)

    @classmethod
    def of(
        cls,
        table: RoadTable,
        rules: RoadRules,
        zone: ZoneInfo,
        learned: Mapping[tuple[str, str], float] | None = None,
        slow_by_kind: Mapping[str, float] | None = None,
    ) -> RoadRouter:
        """Build it: some seconds for a large network."""
        router = cls(
            Network.of(table, rules),
            rules,
            Hours(zone, rules.bands),
            learned or {},
            slow_by_kind or {},
            Joiner.of(table, rules.off_road_most_m),
        )
        router.costs(None)
        return router

    def relearned(self, learned: Mapping[tuple[str, str], float]) -> RoadRouter:
        """The same roads with other learned factors; nothing is built anew."""
        return replace(self, learned=learned, _kept=_Kept(joins=self._kept.joins))

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """As Router.legs."""
        found: list[Leg | NoRoute] = [NO_ROAD] * len(starts)
        setting = self.setting(starts)
        trees, arrivals, which = self._towards(setting, goal, when)
        for number, tree in enumerate(trees):
            chosen = np.flatnonzero((which == number) & np.isfinite(arrivals[number].travel_s))
            for n, leg in zip(
                chosen.tolist(),
                self._described(tree, arrivals[number], setting, chosen),
                strict=True,
            ):
                found[n] = leg
        return found

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> Floats:
        """As Router.times. Searches from whichever side has fewer places, to rounding the same."""
        search = self._from_starts if self._fewer(starts, goals, when) else self._from_goals
        found = search(starts, goals, when)
        found[np.isinf(found)] = np.nan
        return found

    def _fewer(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None
    ) -> bool:
        """Whether it is less work from the starts; what is kept need not be searched again."""
        band = self.costs(when).band
        ends = {join for joins in self.joins(goals) for join in joins}
        back = sum((join, band) not in self._kept.trees for join in ends)
        if not back and len(starts) >= len(ends):  # as when an incident is looked at again
            return False
        begins = {join for joins in self.joins([s.point for s in starts]) for join in joins}
        out = self._kept.searches.missing(begins, band)
        return out + _READING * len(begins) < back + _READING * len(ends)

    def _from_goals(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None
    ) -> Floats:
        """(starts, goals) seconds by a search for each goal; infinite where no way leads."""
        setting = self.setting(starts)
        found = np.full((len(starts), len(goals)), np.inf)
        for column, goal in enumerate(goals):
            for arrival in self._towards(setting, goal, when)[1]:
                found[:, column] = np.minimum(found[:, column], arrival.travel_s)
        return found

    def _from_starts(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None
    ) -> Floats:
        """(starts, goals) seconds by a search for each start; infinite where no way leads."""
        found = np.full((len(starts), len(goals)), np.inf)
        ends = self.setting([Start(goal) for goal in goals])
        rows: dict[tuple[Join, float], Floats] = {}
        for n, joins in enumerate(self.joins([start.point for start in starts])):
            slow = self.slow_by_kind.get(starts[n].kind, 1.0)
            for join in joins:
                if (join, slow) not in rows:
                    rows[join, slow] = self._out_from(join, ends, slow, when)
                found[n] = np.minimum(found[n], rows[join, slow])
        return found

    def _out_from(self, join: Join, ends: Setting, slow: float, when: datetime | None) -> Floats:
        """(goals,) seconds from one join of a start."""
        onward = self._kept.searches.onward(self.network, self.costs(when))
        until_s = self._kept.searches.until_s(onward, join)
        driven_s = onward.driven_s(until_s, join, ends.state, ends.share)
        travel_s = driven_s * slow + (join.off_m + ends.off_m) / self._off_road_ms
        travel_s[ends.state == NOWHERE] = np.inf
        least_s: Floats = travel_s.min(axis=1)
        return least_s

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """As Router.way."""
        setting = self.setting([start])
        trees, arrivals, which = self._towards(setting, goal, when)
        if not trees or not np.isfinite(arrivals[which[0]].travel_s[0]):
            return NO_ROAD
        tree, arrival = trees[which[0]], arrivals[which[0]]
        leg = self._described(tree, arrival, setting, np.array([0]))[0]
        state, share = _begin(arrival, setting, 0)
        stretches = chain(tree, state, share)
        course = [(start.point.lon, start.point.lat)]
        names: list[str] = []
        for own, begin, end in stretches:
            course += self._course(own, begin, end)
            name = self.network.table.names[self.network.road[own]]
            if name and name not in names[-1:]:
                names.append(name)
        return Way(leg, LineString([*course, (goal.lon, goal.lat)]), tuple(names))

    def joins(self, places: Sequence[Point]) -> list[tuple[Join, ...]]:
        """Where the places meet the roads; () where the nearest road is too far."""
        kept = self._kept.joins
        missing = [place for place in dict.fromkeys(places) if place not in kept]
        if missing:
            found = dict(zip(missing, self._joiner.joins(missing), strict=True))
            with self._kept.lock:
                if len(kept) > _JOINS_KEPT:
                    self._kept.joins = kept = {p: kept[p] for p in places if p in kept}
                kept.update(found)
        return [kept[place] for place in places]

    def feet(self, places: Sequence[Point]) -> Floats:
        """(n, 2) lon, lat of where each place meets the roads; NaN where none is near enough."""
        feet = np.full((len(places), 2), np.nan)
        for n, joins in enumerate(self.joins(places)):
            if joins:
                feet[n] = self._joiner.foot(joins[0])
        return feet

    def costs(self, when: datetime | None) -> Costs:
        """The seconds of that hour; worked out once a band."""
        band = self.hours.band_at(when)
        name = ALL if band is None else band.name
        found = self._kept.costs.get(name)
        if found is None:
            found = Costs.of(self.network, self.rules, band, self.learned)
            self._kept.costs[name] = found
        return found

    def tree(self, join: Join, when: datetime | None = None) -> Tree:
        """The search backwards from a point of a road; the last ones asked for are kept."""
        costs = self.costs(when)
        key = (join, costs.band)
        with self._kept.lock:
            if key in self._kept.trees:
                self._kept.trees.move_to_end(key)
                return self._kept.trees[key]
        tree = Tree.to(self.network, costs, join)
        most = max(4, _TREE_BYTES // (1 + tree.after_s.nbytes + tree.next_state.nbytes))
        with self._kept.lock:
            self._kept.trees[key] = tree
            while len(self._kept.trees) > most:
                self._kept.trees.popitem(last=False)
        return tree

    def setting(self, starts: Sequence[Start]) -> Setting:
        """Where they set out on the roads."""
        places = [start.point for start in starts]
        kept = self._kept.ends
        for place, joins in zip(places, self.joins(places), strict=True):
            if place not in kept:
                kept[place] = self._ends(joins)
        rows = [kept[place] for place in places]
        if len(kept) > _JOINS_KEPT:
            self._kept.ends = {}
        ends = np.array(rows, dtype=np.float64).reshape(-1, 3, _ENDS)
        state = ends[:, 0].astype(np.intp)
        slow = [self.slow_by_kind.get(start.kind, 1.0) for start in starts]
        return Setting(state, ends[:, 1], ends[:, 2], np.array(slow, dtype=np.float64))

    def _ends(self, joins: tuple[Join, ...]) -> list[float]:
        """States, shares and metres off the road of _ENDS ways to set out, one after the other."""
        found = [
            (float(own), share, join.off_m)
            for join in joins
            for own, share in zip(*ends_of(self.network, join), strict=True)
        ]
        found += [(float(NOWHERE), 0.0, 0.0)] * (_ENDS - len(found))
        return [value for column in zip(*found, strict=True) for value in column]

    def _towards(
        self, setting: Setting, goal: Point, when: datetime | None
    ) -> tuple[list[Tree], list[Arrivals], NDArray[np.intp]]:
        """The trees of the goal's joins, the arrivals by each, and which one is best for whom."""
        trees = [self.tree(join, when) for join in self.joins([goal])[0]]
        arrivals = [self._arrivals(setting, tree) for tree in trees]
        which = (
            np.argmin([arrival.travel_s for arrival in arrivals], axis=0)
            if trees
            else np.zeros(len(setting.slow), dtype=np.intp)
        )
        return trees, arrivals, which

    def _arrivals(self, setting: Setting, tree: Tree) -> Arrivals:
        state, cost_s = setting.state, tree.costs.cost_s
        driven_s = tree.after_s[state] + (1.0 - setting.share) * cost_s[state]
        ahead = np.zeros(state.shape, dtype=bool)
        for goal, share in zip(tree.goals, tree.shares, strict=True):
            here = (state == goal) & (setting.share <= share)
            direct_s = (share - setting.share) * cost_s[goal]
            here &= direct_s < driven_s
            driven_s[here], ahead[here] = direct_s[here], True
        travel_s = driven_s * setting.slow[:, None] + setting.off_m / self._off_road_ms
        travel_s[state == NOWHERE] = np.inf
        end = np.argmin(travel_s, axis=1)
        rows = np.arange(len(end))
        return Arrivals(
            travel_s[rows, end] + tree.goal.off_m / self._off_road_ms, end, ahead[rows, end]
        )

    @property
    def _off_road_ms(self) -> float:
        return self.rules.off_road_kmh / _KMH

    def _described(
        self, tree: Tree, arrivals: Arrivals, setting: Setting, chosen: NDArray[np.intp]
    ) -> list[Leg]:
        """The legs of those starts."""
        begins = [_begin(arrivals, setting, n) for n in chosen.tolist()]
        metres, by_kind = totals(tree, [b[0] for b in begins], [b[1] for b in begins])
        by_kind *= setting.slow[chosen][:, None]
        off_m = setting.off_m[chosen, arrivals.end[chosen]] + tree.goal.off_m
        kinds = self.network.table.kinds
        legs = []
        for n, long_m, spent, off in zip(
            chosen.tolist(), metres.tolist(), by_kind.tolist(), off_m.tolist(), strict=True
        ):
            share_s = {kind: s for kind, s in zip(kinds, spent, strict=True) if s > 0}
            if off > 0:
                share_s[FOOTPATH] = off / self._off_road_ms
            travel_s = float(arrivals.travel_s[n])
            legs.append(Leg(travel_s, long_m + off, ROAD, share_s=share_s, band=tree.costs.band))
        return legs

    def _course(self, state: int, begin: float, end: float) -> list[tuple[float, float]]:
        """lon, lat along a stretch of a state."""
        road = int(self.network.road[state])
        if self.network.against[state]:
            return self._joiner.stretch(road, 1.0 - end, 1.0 - begin)[::-1]
        return self._joiner.stretch(road, begin, end)


def _begin(arrivals: Arrivals, setting: Setting, start: int) -> tuple[int, float]:
    """State, and share from where, of a start's quickest way; negative: the goal lies ahead."""
    end = int(arrivals.end[start])
    state, share = int(setting.state[start, end]), float(setting.share[start, end])
    return (-1 - state if arrivals.ahead[start] else state), share
