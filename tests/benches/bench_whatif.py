"""How quick a what-if is, and how often its 95 % interval holds the truth.

    python -m tests.benches.bench_whatif [--calls 20000] [--units 60] [--experiments 400] [--roads]

The first table replays a year. The second simulates small experiments and looks whether the
interval holds what very many days come to. With --roads the ways are asked of Auckland's roads.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import time

import numpy as np

from dispatch.whatif.calls import Luck
from dispatch.whatif.engine import Rules, replay
from dispatch.whatif.plan import Plan, RemoveUnit, changed
from tests.whatif.past import past
from tests.whatif.small import post, slow_replay, team, ways
from tests.whatif.test_comparing import covered


def main() -> None:
    """Print two tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--calls", type=int, default=20_000)
    asked.add_argument("--units", type=int, default=60)
    asked.add_argument("--experiments", type=int, default=400)
    asked.add_argument("--roads", action="store_true", help="ask Auckland's roads for the ways")
    given = asked.parse_args()
    speed(given.calls, given.units)
    if given.roads:
        roads(given.calls)
    print(f"\n{'days':>5s} {'experiments':>12s} {'95 % held in':>13s}")
    for days in (14, 28, 56, 112):
        share = covered(given.experiments, days=days)
        print(f"{days:5d} {given.experiments:12d} {share:13.1%}")


def speed(count: int, units: int) -> None:
    """A year of so many calls, compiled and step by step."""
    history, _ = past(days=365, a_day=count / 365)
    plan = Plan.of(
        [post("A"), post("B", 110.2)],
        [team(f"U{n:03d}", "AB"[n % 2]) for n in range(units)],
    )
    chance = np.random.default_rng(1)
    calls = history.calls
    seconds = {code: chance.uniform(120, 1500, len(calls)).tolist() for code in "AB"}
    travel, rules = ways([plan], seconds), Rules()
    luck = Luck.drawn(calls, history.pool, (0.45, 0.35), chance)
    replay(calls, plan, travel, luck, rules)  # compiled
    began = time.perf_counter()
    told = replay(calls, plan, travel, luck, rules)
    quick_s = time.perf_counter() - began
    began = time.perf_counter()
    unit, _ = slow_replay(calls, plan, travel, luck, rules)
    slow_s = time.perf_counter() - began
    print(f"{len(calls)} calls, {units} units: the same choices: {told.unit.tolist() == unit}")
    print(f"one replay {quick_s:.3f} s; step by step {slow_s:.1f} s, {slow_s / quick_s:.0f} times")
    fewer = changed(plan, [RemoveUnit("U000")])
    late = [replay(calls, p, travel, luck, rules).response_s.mean() for p in (plan, fewer)]
    print(f"mean response {late[0]:.1f} s, with a unit less {late[1]:.1f} s")


def roads(count: int) -> None:
    """The ways of a year: every post and spot to every call."""
    from geo.routing import Start
    from geo.routing.roads import RoadRouter
    from tests.benches.bench_replay import RULES, ZONE, read_ground, year  # reads the roads

    ground = read_ground()
    calls = year(ground, 365, count / 365)
    router = RoadRouter.of(ground.table, RULES, ZONE)
    starts = [Start(place) for place in ground.stations]
    goals = [call.where for call in calls]
    began = time.perf_counter()
    found = router.times(starts, goals)
    took_s = time.perf_counter() - began
    print(f"ways: {found.shape[0]} posts to {found.shape[1]} calls by road in {took_s:.1f} s")


if __name__ == "__main__":
    main()
