"""Ways of choosing, for the replay: the nearest by straight line, and the house's own rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

from dispatch.rules import eta, selection
from dispatch.rules.candidates import Candidate
from dispatch.rules.eta import Arrivals, Turnout
from dispatch.rules.plans import Filled, Plan, PlanPart
from dispatch.rules.selection import Task
from dispatch.rules.whereabouts import spots_round
from geo.point import Point
from geo.routing import Router, Start
from tests.replay.engine import Call, Forecast, Vehicle

BEGIN = datetime(2026, 1, 4, 17, tzinfo=UTC)  # midnight of a Monday, seven hours east of Greenwich
SKILL = frozenset({"medis"})
SPOTS = 7  # of where the incident may be; the house takes 8 to 16


def nearest_by_line(call: Call, _idle: Sequence[Vehicle], places: Sequence[Point]) -> Forecast:
    """What the peers do: the shortest straight line."""
    return Forecast(int(np.argmin([place.distance_m(call.said) for place in places])))


@dataclass(frozen=True, slots=True)
class House:
    """The rules of dispatch.rules over a router: when is help there, how surely, then rank."""

    router: Router
    target_s: float
    turnout: Turnout
    sd: Callable[[datetime], float]  # of the logarithm of a journey, at that hour

    def choose(
        self, call: Call, idle: Sequence[Vehicle], places: Sequence[Point]
    ) -> Forecast | None:
        """As engine.Choose."""
        now = BEGIN + timedelta(seconds=call.at_s)
        found = self._arrivals(call, idle, places, now)
        part = PlanPart("satu", "1 unit", "1 unit", 1, SKILL)
        task = Task(call.priority, Filled(Plan("uji", 1, 1, self.target_s, (part,))), now)
        candidates = [
            Candidate(n, f"U{v.number:04d}", "ambulans", "", True, SKILL, found.at(n))
            for n, v in enumerate(idle)
        ]
        best = next(iter(selection.rank(candidates, task).units), None)
        if best is None or best.arrival is None:
            return None
        there = best.arrival
        return Forecast(best.unit.unit_id, there.expected_s, there.low_s, there.high_s)

    def _arrivals(
        self, call: Call, idle: Sequence[Vehicle], places: Sequence[Point], now: datetime
    ) -> Arrivals:
        goals = spots_round(call.said, call.radius_m, SPOTS, exact_m=60.0)
        times_s = self.router.times([Start(place) for place in places], goals, now)
        travel_s, weight = eta.crossed(
            times_s, np.arange(len(places)), np.full(len(goals), 1 / len(goals))
        )
        at_post = [call.at_s >= v.home_at_s for v in idle]
        turnout_s = np.array([self.turnout.mean_s("ambulans", post) for post in at_post])
        sds = np.full(len(places), self.sd(now))
        return eta.arrivals(travel_s, weight, turnout_s, sds, self.target_s, self.turnout.sd)
