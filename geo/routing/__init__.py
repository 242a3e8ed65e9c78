"""Travel times by road and sea. Whoever can answer `legs` can be the router."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import LineString

from geo.point import Point


@dataclass(frozen=True, slots=True)
class Start:
    """Where somebody sets out, and with what."""

    point: Point
    kind: str = ""  # of unit: its speed against the usual one
    by_sea: bool = False  # a boat: needs water, not roads


@dataclass(frozen=True, slots=True)
class Leg:
    """A way from a start to the goal."""

    travel_s: float  # expected, at the hour asked for; waiting for a ferry included
    distance_m: float  # along the way
    basis: str  # how it was found: "jalan", "garis lurus × 1,4", "laut"
    wait_s: float = 0.0  # of travel_s: at a quay
    by_ferry: tuple[str, ...] = ()  # names of the ferries on the way
    share_s: Mapping[str, float] = field(default_factory=dict)  # seconds by class of road
    band: str = "*"  # the band of hours whose speeds were taken


@dataclass(frozen=True, slots=True)
class NoRoute:
    """No way leads there. An answer of its own, never a number."""

    reason: str  # an Indonesian phrase: "tidak ada jalan darat"


@dataclass(frozen=True, slots=True)
class Way:
    """A leg with its course, to be drawn."""

    leg: Leg
    course: LineString  # lon, lat; from the start to the goal
    names: tuple[str, ...] = ()  # of the roads, in order, each once in a row


class Router(Protocol):
    """Whoever can tell how long the way is. Never raises for a place without roads."""

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """One answer for each start, in their order; `when` None: now, by the usual speeds."""
        ...

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> NDArray[np.float64]:
        """Seconds, shape (starts, goals); NaN where there is no route. Quicker than legs."""
        ...

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """One way with its course."""
        ...
