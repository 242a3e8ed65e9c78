"""The router of the house: roads or the straight line, ferries across water, boats by sea."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

import numpy as np
from shapely.geometry import LineString

from geo.point import Point
from geo.routing import Leg, NoRoute, Start, Way
from geo.routing.land import AT_SEA
from geo.routing.overland import Floats, Overland
from geo.routing.rides import Landing, Rides
from geo.routing.rules import FERRY
from geo.routing.sea import SeaRouter

NO_BOATS = NoRoute("tidak ada laut")
_AT_ONCE = 1.0  # seconds: two answers nearer than this are the same


@dataclass(frozen=True, slots=True, eq=False)
class HouseRouter:
    """Each leg says by its basis how it was found. Never raises for a place without roads."""

    overland: Overland
    rides: Rides
    sea: SeaRouter | None = None  # None: no boats, or no water

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """As Router.legs. On the far side of a ferry the speeds are still those of `when`."""
        found: list[Leg | NoRoute] = [NO_BOATS] * len(starts)
        boats = [n for n, start in enumerate(starts) if start.by_sea]
        others = [n for n, start in enumerate(starts) if not start.by_sea]
        for which, legs in ((boats, self._by_sea), (others, self._by_land)):
            if which:
                some = legs([starts[n] for n in which], goal, when)
                for n, leg in zip(which, some, strict=True):
                    found[n] = leg
        return found

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> Floats:
        """As Router.times."""
        found = np.full((len(starts), len(goals)), np.nan)
        boats = [n for n, start in enumerate(starts) if start.by_sea]
        others = [n for n, start in enumerate(starts) if not start.by_sea]
        if boats and goals and self.sea is not None:
            found[boats] = self.sea.times([starts[n] for n in boats], goals, when)
        if others and goals:
            some = [starts[n] for n in others]
            direct = self.overland.times(some, goals, when)
            found[others] = np.fmin(direct, self._ferry_times(some, goals, direct, when))
        return found

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """As Router.way."""
        if start.by_sea:
            return NO_BOATS if self.sea is None else self.sea.way(start, goal, when)
        leg = self._by_land([start], goal, when)[0]
        if isinstance(leg, NoRoute):
            return leg
        if not leg.by_ferry:
            return self.overland.way(start, goal, when)
        landing, _ = self._best_ride(start, goal, when)
        return self._drawn(start, goal, landing, leg, when)

    def _by_sea(
        self, starts: Sequence[Start], goal: Point, when: datetime | None
    ) -> list[Leg | NoRoute]:
        return [NO_BOATS] * len(starts) if self.sea is None else self.sea.legs(starts, goal, when)

    def _by_land(
        self, starts: Sequence[Start], goal: Point, when: datetime | None
    ) -> list[Leg | NoRoute]:
        found = self.overland.legs(starts, goal, when)
        direct = np.array([leg.travel_s if isinstance(leg, Leg) else np.nan for leg in found])
        ferried = self._ferry_times(starts, [goal], direct[:, None], when)[:, 0]
        better = ~np.isnan(ferried) & ~(direct <= ferried + _AT_ONCE)
        for n in np.flatnonzero(better).tolist():
            found[n] = self._ferried(starts[n], goal, when)
        for n, leg in enumerate(found):
            if isinstance(leg, NoRoute):
                found[n] = self._why(starts[n].point, goal, leg)
        return found

    def _ferry_times(
        self, starts: Sequence[Start], goals: Sequence[Point], direct: Floats, when: datetime | None
    ) -> Floats:
        """(starts, goals) seconds with at least one ride; NaN where none helps."""
        found, lines = np.full(direct.shape, np.nan), self.rides.lines
        if not lines:
            return found
        to_quay_s = self.overland.times(starts, [line.start for line in lines], when)
        crossing_s = np.array([line.crossing_s for line in lines])
        # Where the quay and the crossing alone take longer no timetable helps.
        least_s = np.nan_to_num(to_quay_s + crossing_s, nan=np.inf).min(axis=1)
        hopeful = (~(direct <= least_s[:, None])).any(axis=1) & (least_s < np.inf)
        order = sorted(np.flatnonzero(hopeful).tolist(), key=lambda n: starts[n].kind)
        for kind, group in groupby(order, key=lambda n: starts[n].kind):
            some = list(group)
            found[some] = self._of_a_kind(kind, to_quay_s[some], goals, when)
        return found

    def _of_a_kind(
        self, kind: str, to_quay_s: Floats, goals: Sequence[Point], when: datetime | None
    ) -> Floats:
        """(starts, goals) of one kind of unit."""
        lines = self.rides.lines
        landings = [Start(line.finish, kind) for line in lines]
        onward_s = self.overland.times(landings, goals, when)
        found = np.full((len(to_quay_s), len(goals)), np.nan)
        if np.isnan(onward_s).all():  # no ferry lands where the goals are
            return found
        hop_s = self.overland.times(landings, [line.start for line in lines], when)
        for n, quay_s in enumerate(to_quay_s):
            after = self.rides.landings(quay_s, hop_s, when)
            landed_s = np.array([np.nan if one is None else one.after_s for one in after])
            total_s = np.nan_to_num(landed_s[:, None] + onward_s, nan=np.inf).min(axis=0)
            found[n] = np.where(np.isinf(total_s), np.nan, total_s)
        return found

    def _best_ride(
        self, start: Start, goal: Point, when: datetime | None
    ) -> tuple[Landing, list[Leg]]:
        """The rides of a start that reaches the goal by ferry, and the legs between them."""
        lines = self.rides.lines
        quays = [line.start for line in lines]
        landings = [Start(line.finish, start.kind) for line in lines]
        after = self.rides.landings(
            self.overland.times([start], quays, when)[0],
            self.overland.times(landings, quays, when),
            when,
        )
        onward_s = self.overland.times(landings, [goal], when)[:, 0]
        _, best = min(
            (one.after_s + float(more_s), one.lines)
            for one, more_s in zip(after, onward_s, strict=True)
            if one is not None and not np.isnan(more_s)
        )
        landing = next(one for one in after if one is not None and one.lines == best)
        legs = [
            self.overland.legs([a], b, when)[0] for a, b in self._stretches(start, goal, landing)
        ]
        return landing, [leg for leg in legs if isinstance(leg, Leg)]

    def _stretches(self, start: Start, goal: Point, landing: Landing) -> list[tuple[Start, Point]]:
        """What is driven: to the first quay, between the rides, from the last one."""
        rode = [self.rides.lines[n] for n in landing.lines]
        begins = [start, *(Start(line.finish, start.kind) for line in rode)]
        return list(zip(begins, [*(line.start for line in rode), goal], strict=True))

    def _ferried(self, start: Start, goal: Point, when: datetime | None) -> Leg:
        landing, legs = self._best_ride(start, goal, when)
        rode = [self.rides.lines[n] for n in landing.lines]
        share_s: dict[str, float] = {FERRY: sum(line.crossing_s for line in rode)}
        for leg in legs:
            for kind, spent_s in leg.share_s.items():
                share_s[kind] = share_s.get(kind, 0.0) + spent_s
        bases = dict.fromkeys(leg.basis for leg in legs)
        return Leg(
            travel_s=landing.after_s + legs[-1].travel_s,
            distance_m=sum(x.distance_m for x in legs) + sum(line.length_m() for line in rode),
            basis=" + ".join([*bases, FERRY]),
            wait_s=landing.wait_s,
            by_ferry=tuple(line.name for line in rode),
            share_s=share_s,
            band=legs[-1].band,
        )

    def _drawn(
        self, start: Start, goal: Point, landing: Landing, leg: Leg, when: datetime | None
    ) -> Way:
        ferries = [list(self.rides.lines[n].line().coords) for n in landing.lines]
        course: list[tuple[float, ...]] = []
        names: list[str] = []
        stretches = self._stretches(start, goal, landing)
        for n, (begin, end) in enumerate(stretches):
            way = self.overland.way(begin, end, when)
            if isinstance(way, Way):
                course += way.course.coords
                names += way.names
            if n < len(ferries):
                course += ferries[n]
                names.append(leg.by_ferry[n])
        return Way(leg, LineString(course), tuple(name for name, _ in groupby(names)))

    def _why(self, start: Point, goal: Point, otherwise: NoRoute) -> NoRoute:
        """The ferry that would join the two, and what keeps it; else what was found already."""
        one, other = self.overland.lands.masses_of([start, goal]).tolist()
        if one == other or AT_SEA in (one, other):
            return otherwise
        for line, why in self.rides.shut:
            ends = self.overland.lands.masses_of([line.start, line.finish]).tolist()
            if ends == [one, other]:
                return NoRoute(f"{line.name} {why}")
        return otherwise
