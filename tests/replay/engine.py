"""Replays calls against a fleet: whoever chooses meets the same calls and the same luck.

Common random numbers: what chance adds to a journey depends on the incident and the unit only
(a counter-based generator), never on what was chosen before. Two ways of choosing that choose
alike get times that are alike to the last bit, so that their difference is theirs alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.point import Point

NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class Call:
    """One incident of the replay. Seconds since the beginning."""

    number: int
    at_s: float
    where: Point  # where it really is
    said: Point  # where the control room thinks it is
    radius_m: float  # 68 % radius of that
    priority: int
    busy_s: float  # a unit is held at the place for so long


@dataclass(slots=True)
class Vehicle:
    """A unit of the replay: at home, out, or on its way home."""

    number: int
    home: Point
    here: Point
    free_at_s: float = 0.0
    home_at_s: float = 0.0  # when it is at its post again

    def place(self, now_s: float) -> Point:
        """Where it is: on the straight line home while it returns."""
        if now_s >= self.home_at_s:
            return self.home
        span = self.home_at_s - self.free_at_s
        share = min(max((now_s - self.free_at_s) / span, 0.0), 1.0) if span > 0 else 1.0
        return Point(
            lon=self.here.lon + (self.home.lon - self.here.lon) * share,
            lat=self.here.lat + (self.home.lat - self.here.lat) * share,
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """The unit chosen, and what was promised of it."""

    vehicle: int  # place in the list of idle ones
    expected_s: float = float("nan")
    low_s: float = float("nan")  # 80 %
    high_s: float = float("nan")


@dataclass(frozen=True, slots=True)
class Journey:
    """One that was driven, as the steps of an assignment tell of it."""

    at_s: float
    start: Point
    goal: Point
    travel_s: float


Choose = Callable[[Call, Sequence[Vehicle], Sequence[Point]], Forecast | None]
Travel = Callable[[Point, Point, float], float]  # what the road really asks for; inf: no way


@dataclass(frozen=True, slots=True)
class Luck:
    """What happens on the way, by incident and unit. Seconds and factors."""

    seed: int
    turnout_s: float = 60.0
    turnout_spread: float = 0.4
    spread: float = 0.25  # of the logarithm of a journey against the usual one
    tail: float = 0.05  # share of journeys that meet with something: half as long again, or more

    def of(self, call: Call, vehicle: Vehicle) -> tuple[float, float]:
        """Seconds until it moves, and the factor on its journey."""
        # Not log-normal, on purpose: what is promised must hold for a truth of another form.
        key = call.number * 4096 + vehicle.number
        chance = np.random.Generator(np.random.Philox(key=[self.seed, key]))
        turnout = self.turnout_s * _gamma(chance, self.turnout_spread)
        factor = _gamma(chance, self.spread)
        if chance.random() < self.tail:
            factor *= 1.5 + float(chance.exponential(0.5))
        return turnout, factor


def _gamma(chance: np.random.Generator, spread: float) -> float:
    """Around one, never below nothing."""
    return float(chance.gamma(1 / spread**2, spread**2))


@dataclass(slots=True)
class Told:
    """What came of one way of choosing, a row a call; NaN where nobody could go."""

    response_s: NDArray[np.float64]
    expected_s: NDArray[np.float64]
    low_s: NDArray[np.float64]
    high_s: NDArray[np.float64]
    at_s: NDArray[np.float64]
    journeys: list[Journey] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)


def replay(
    calls: Sequence[Call], homes: Sequence[Point], choose: Choose, travel: Travel, luck: Luck
) -> Told:
    """Every call in its order; one that finds nobody free waits for the first who is."""
    fleet = [Vehicle(number, home, home) for number, home in enumerate(homes)]
    blank = [np.full(len(calls), np.nan) for _ in range(4)]
    told = Told(*blank, np.array([call.at_s for call in calls]))
    for row, call in enumerate(calls):
        now_s = max(call.at_s, min(v.free_at_s for v in fleet))
        idle = [v for v in fleet if v.free_at_s <= now_s]
        forecast = choose(call, idle, [v.place(now_s) for v in idle])
        if forecast is None:
            told.chosen.append(-1)
            continue
        _send(told, row, call, idle[forecast.vehicle], forecast, now_s, travel, luck)
    return told


def _send(
    told: Told,
    row: int,
    call: Call,
    vehicle: Vehicle,
    forecast: Forecast,
    now_s: float,
    travel: Travel,
    luck: Luck,
) -> None:
    turnout_s, factor = luck.of(call, vehicle)
    if now_s < vehicle.home_at_s:
        turnout_s = min(turnout_s, 15.0)  # it is moving already
    way_s = travel(vehicle.place(now_s), call.where, now_s) * factor
    told.chosen.append(vehicle.number)
    if not np.isfinite(way_s):
        return
    waited_s = now_s - call.at_s
    told.response_s[row] = waited_s + turnout_s + way_s
    told.expected_s[row] = waited_s + forecast.expected_s
    told.low_s[row], told.high_s[row] = waited_s + forecast.low_s, waited_s + forecast.high_s
    told.journeys.append(Journey(now_s, vehicle.place(now_s), call.where, way_s))
    vehicle.free_at_s = now_s + turnout_s + way_s + call.busy_s
    vehicle.here = call.where
    vehicle.home_at_s = vehicle.free_at_s + travel(call.where, vehicle.home, now_s)
