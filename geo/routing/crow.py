"""As the crow flies, stretched by a stated detour factor: the router that always answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString

from geo.point import Point
from geo.routing import Leg, NoRoute, Start, Way


@dataclass(frozen=True, slots=True)
class CrowRouter:
    """Straight line times `detour`, at one speed. Knows no water: ask it for one land mass only."""

    speed_kmh: float = 40.0
    detour: float = 1.4  # road metres a straight metre; a setting of the regency, not measured here
    speed_kmh_by_kind: Mapping[str, float] = field(default_factory=dict)

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """As Router.legs; never NoRoute."""
        return [self._leg(start, goal) for start in starts]

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> NDArray[np.float64]:
        """As Router.times."""
        rows = [[self._leg(start, goal).travel_s for goal in goals] for start in starts]
        return np.array(rows, dtype=np.float64).reshape(len(starts), len(goals))

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """As Router.way: a straight line."""
        ends = [(start.point.lon, start.point.lat), (goal.lon, goal.lat)]
        return Way(self._leg(start, goal), LineString(ends))

    def _leg(self, start: Start, goal: Point) -> Leg:
        distance_m = start.point.distance_m(goal) * self.detour
        speed_kmh = self.speed_kmh_by_kind.get(start.kind, self.speed_kmh)
        basis = f"garis lurus × {self.detour:g}".replace(".", ",")
        return Leg(distance_m / (speed_kmh / 3.6), distance_m, basis)
