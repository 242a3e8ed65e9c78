"""Travel times. Whoever can answer `legs` can be the router."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from geo.point import Point


@dataclass(frozen=True, slots=True)
class Leg:
    """A way from a start to the goal."""

    travel_s: float
    distance_m: float  # along the way, not as the crow flies
    basis: str  # how it was found: "garis lurus x 1,4" or "jalan"


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No road leads there. An answer of its own, never a number."""

    reason: str


class Router(Protocol):
    """Whoever can tell how long the way is."""

    def legs(self, starts: Sequence[Point], goal: Point) -> list[Leg | NoRoute]:
        """One answer for each start, in their order."""
        ...
