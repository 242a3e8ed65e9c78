"""Travel times on one land mass: by the roads where they reach, else as the crow flies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from geo.point import Point
from geo.routing import Leg, NoRoute, Start, Way
from geo.routing.crow import CrowRouter
from geo.routing.land import AT_SEA, Lands
from geo.routing.roads import RoadRouter

Floats = NDArray[np.float64]
ACROSS_WATER = NoRoute("terpisah laut")
IN_THE_SEA = NoRoute("di laut")
_KEPT = 20_000  # places


@dataclass(frozen=True, slots=True, eq=False)
class Overland:
    """Knows no ferries. `roads` None: no network is in force."""

    lands: Lands
    crow: CrowRouter
    roads: RoadRouter | None = None
    _kept: dict[Point, tuple[int, bool]] = field(default_factory=dict)

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """As Router.legs. A network that does not reach a place leaves it to the straight line."""
        apart, by_road = self._pairs([start.point for start in starts], [goal])
        found: list[Leg | NoRoute] = self._by_road(starts, goal, when, by_road[:, 0])
        line = np.flatnonzero(~by_road[:, 0] & ~apart[:, 0])
        for n, leg in zip(
            line.tolist(),
            self.crow.legs([starts[n] for n in line.tolist()], goal, when),
            strict=True,
        ):
            found[n] = leg
        for n in np.flatnonzero(apart[:, 0]).tolist():
            if isinstance(found[n], NoRoute):
                found[n] = self._why(starts[n].point, goal)
        return found

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> Floats:
        """As Router.times."""
        apart, by_road = self._pairs([start.point for start in starts], goals)
        line = ~by_road & ~apart
        found = np.full(apart.shape, np.nan)
        if line.any():
            found[line] = self.crow.times(starts, goals, when)[line]
        if self.roads is not None and by_road.any():
            rows, columns = by_road.any(axis=1), by_road.any(axis=0)
            found[np.ix_(rows, columns)] = self.roads.times(
                [starts[n] for n in np.flatnonzero(rows).tolist()],
                [goals[n] for n in np.flatnonzero(columns).tolist()],
                when,
            )
        return found

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """As Router.way."""
        apart, by_road = self._pairs([start.point], [goal])
        if self.roads is not None and by_road[0, 0]:
            return self.roads.way(start, goal, when)
        return self._why(start.point, goal) if apart[0, 0] else self.crow.way(start, goal, when)

    def _by_road(
        self,
        starts: Sequence[Start],
        goal: Point,
        when: datetime | None,
        which: NDArray[np.bool_],
    ) -> list[Leg | NoRoute]:
        found: list[Leg | NoRoute] = [ACROSS_WATER] * len(starts)
        if self.roads is not None and which.any():
            some = np.flatnonzero(which).tolist()
            legs = self.roads.legs([starts[n] for n in some], goal, when)
            for n, leg in zip(some, legs, strict=True):
                found[n] = leg
        return found

    def _pairs(
        self, starts: Sequence[Point], goals: Sequence[Point]
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
        """(starts, goals): which lie on different land, and which the roads reach both."""
        one, by_road = self._lie(starts)
        other, to_road = self._lie(goals)
        apart = (one[:, None] != other) | (one[:, None] == AT_SEA)
        return apart, by_road[:, None] & to_road

    def _lie(self, places: Sequence[Point]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Of each place the mass it is on, and whether a road is near on the same mass."""
        known = {place: self._kept.get(place) for place in dict.fromkeys(places)}
        missing = [place for place, lies in known.items() if lies is None]
        if missing:
            found = dict(zip(missing, self._find(missing), strict=True))
            known |= found
            if len(self._kept) > _KEPT:
                self._kept.clear()
            self._kept.update(found)
        both = [lies for place in places if (lies := known[place]) is not None]
        masses = np.array([mass for mass, _ in both], dtype=np.intp)
        return masses, np.array([near for _, near in both], dtype=bool)

    def _find(self, places: Sequence[Point]) -> list[tuple[int, bool]]:
        masses = self.lands.masses_of(places)
        near = np.zeros(len(places), dtype=bool)
        if self.roads is not None:
            feet = self.roads.feet(places)
            near = ~np.isnan(feet[:, 0])
            across = np.full(len(places), AT_SEA)
            across[near] = self.lands.masses(feet[near])
            # Over a strait nobody walks to the road; a road over the sea is a bridge.
            near &= (across == masses) | (across == AT_SEA) | (masses == AT_SEA)
        return list(zip(masses.tolist(), near.tolist(), strict=True))

    def _why(self, start: Point, goal: Point) -> NoRoute:
        one, other = self.lands.masses_of([start, goal]).tolist()
        return IN_THE_SEA if AT_SEA in (one, other) else ACROSS_WATER
