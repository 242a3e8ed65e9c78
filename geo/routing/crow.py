"""As the crow flies, stretched by a stated detour factor: the router that always answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from geo.point import Point
from geo.routing import Leg, NoRoute


@dataclass(frozen=True, slots=True)
class CrowRouter:
    """Straight line times `detour`, at one speed. Knows no water: ask it for one land mass only."""

    speed_kmh: float = 40.0
    detour: float = 1.4  # road metres a straight metre; a setting of the regency, not measured here

    def legs(self, starts: Sequence[Point], goal: Point) -> list[Leg | NoRoute]:
        """As Router.legs; never NoRoute."""
        return [self._leg(start, goal) for start in starts]

    def _leg(self, start: Point, goal: Point) -> Leg:
        distance_m = start.distance_m(goal) * self.detour
        basis = f"garis lurus × {self.detour:g}".replace(".", ",")
        return Leg(distance_m / (self.speed_kmh / 3.6), distance_m, basis)
