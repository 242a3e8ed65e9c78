"""As the crow flies, stretched by a stated detour factor: the router that always answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString

from geo.point import EARTH_RADIUS_M, Point
from geo.routing import Leg, NoRoute, Start, Way
from geo.routing.rules import ALL, LINE, Hours, learned_factor

Floats = NDArray[np.float64]
_KMH = 3.6


@dataclass(frozen=True, slots=True)
class CrowRouter:
    """Straight line times `detour`, at one speed. Knows no water: ask it for one land mass only."""

    speed_kmh: float = 40.0
    detour: float = 1.4  # road metres a straight metre; a setting of the regency, not measured here
    speed_kmh_by_kind: Mapping[str, float] = field(default_factory=dict)
    learned: Mapping[tuple[str, str], float] = field(default_factory=dict)
    hours: Hours | None = None  # None: every hour is as the others

    @property
    def basis(self) -> str:
        """What its legs say of themselves."""
        return f"garis lurus × {self.detour:g}".replace(".", ",")

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """As Router.legs; never NoRoute."""
        band, slow, learned = self._at(when)
        legs: list[Leg | NoRoute] = []
        for start, long_m in zip(starts, self._metres(starts, [goal])[:, 0].tolist(), strict=True):
            plain_s = long_m / (self._kmh(start) / _KMH) * slow
            legs.append(
                Leg(plain_s * learned, long_m, self.basis, share_s={LINE: plain_s}, band=band)
            )
        return legs

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> Floats:
        """As Router.times."""
        _, slow, learned = self._at(when)
        kmh = np.array([self._kmh(start) for start in starts], dtype=np.float64)
        return self._metres(starts, goals) / (kmh[:, None] / _KMH) * slow * learned

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """As Router.way: a straight line."""
        leg = self.legs([start], goal, when)[0]
        ends = [(start.point.lon, start.point.lat), (goal.lon, goal.lat)]
        return leg if isinstance(leg, NoRoute) else Way(leg, LineString(ends))

    def _kmh(self, start: Start) -> float:
        return self.speed_kmh_by_kind.get(start.kind, self.speed_kmh)

    def _at(self, when: datetime | None) -> tuple[str, float, float]:
        """Name of the band, its factor, and the learned one."""
        band = self.hours.band_at(when) if self.hours else None
        name = ALL if band is None else band.name
        slow = 1.0 if band is None else band.factor_of(LINE)
        return name, slow, learned_factor(self.learned, LINE, name)

    def _metres(self, starts: Sequence[Start], goals: Sequence[Point]) -> Floats:
        """(starts, goals), detour included."""
        return self.detour * metres_between([start.point for start in starts], goals)


def metres_between(ones: Sequence[Point], others: Sequence[Point]) -> Floats:
    """Great-circle metres (ones, others), as Point.distance_m."""
    one, other = (
        np.radians([(p.lon, p.lat) for p in places], dtype=np.float64).reshape(-1, 2)
        for places in (ones, others)
    )
    east = other[None, :, 0] - one[:, None, 0]
    north = other[None, :, 1] - one[:, None, 1]
    across = np.cos(one[:, None, 1]) * np.cos(other[None, :, 1]) * np.sin(east / 2) ** 2
    half_chord = np.sin(north / 2) ** 2 + across
    metres: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half_chord)))
    return metres
