"""How long the intake takes while somebody asks for tiles that nobody has, and without.

    python -m tests.benches.bench_tile_flood [CASES [ROUNDS [SECONDS [FLOOD]]]]

CASES open incidents, calls at a steady ten a second (open loop: a late answer does not hold the
next call back), FLOOD connections that ask for tiles with a filter never asked before, each as
soon as the last was answered. Two workers; commits wait for the disk; rounds with and without in
turn. Server, database, callers and flood share the processors of this machine.
"""

# ruff: noqa: T201 - what it prints is what it is for

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from tests.benches import crowd_map
from tests.benches.machine import durable_world, load_average
from tests.benches.tile_crowd import asking, head, never_asked, tiles
from tests.faults.crowd import call
from tests.faults.talk import Talker, log_in
from tests.world import Server, serve

GOAL_MS = 150.0
CASES, ROUNDS, SECONDS, FLOOD, EVERY_S = 100_000, 5, 10.0, 16, 0.1


def main(cases: int, rounds: int, seconds: float, flood: int) -> int:
    """Exit code 1 when a call is lost or the goal is missed."""
    with durable_world() as world:
        crowd_map.fill(world.owner_url, cases, 1)
        places = tiles(world, (6, 9, 10, 11, 12, 13, 14, 16), 30)
        with serve(world, workers=2) as server:
            operator, other = (log_in(server.url, who) for who in ("operator1", "dispatcher1"))
            calls(operator, 2.0, "warm")
            quiet, flooded, told = [], [], []
            for n in range(rounds):
                quiet.append(calls(operator, seconds, f"quiet {n}"))
                took, figures = _flooded(server, operator, other, seconds, flood, n, places)
                flooded.append(took)
                told.append(figures)
    print(f"tile flood: {cases} open, {rounds} rounds of {seconds:.0f} s, {load_average()}")
    print(f"{'':16} {'p50 ms':>8} {'p99 ms':>8}   (median of rounds; goal: p99 <= {GOAL_MS:.0f})")
    for name, rows in (("without", quiet), ("with the flood", flooded)):
        print(f"{name:16} {_middle(rows, 0.5):8.1f} {_middle(rows, 0.99):8.1f}")
    drawn = statistics.median(one["rate"] for one in told)
    print(f"flood: {flood} connections, {drawn:.0f} answers/s, {[one['statuses'] for one in told]}")
    return int(_middle(flooded, 0.99) > GOAL_MS)


def calls(operator: Talker, seconds: float, name: str) -> list[float]:
    """Milliseconds of each call; every one of them is taken."""

    def one(n: int) -> float:
        begun = time.perf_counter()
        answer = operator.call(call(f"{name} {n}"), f"{name}-{n:05d}-{time.time_ns()}")
        assert answer.status == 201, answer.body
        return 1000 * (time.perf_counter() - begun)

    begun = time.perf_counter()
    with ThreadPoolExecutor(32) as callers:
        sent = []
        for n in range(int(seconds / EVERY_S)):
            time.sleep(max(0.0, begun + n * EVERY_S - time.perf_counter()))
            sent.append(callers.submit(one, n))
        return sorted(future.result() for future in sent)


def _flooded(server: Server, operator: Talker, other: Talker, seconds, flood, n, places):
    paths = never_asked(places, 20_000)
    with asking(operator.port, flood, seconds + 2, head(other), paths) as figures:
        time.sleep(1.0)
        took = calls(operator, seconds, f"flood {n}")
        return took, figures()


def _middle(rounds: list[list[float]], share: float) -> float:
    return statistics.median(took[int(len(took) * share)] for took in rounds)


if __name__ == "__main__":
    given = [CASES, ROUNDS, SECONDS, FLOOD]
    for n, word in enumerate(sys.argv[1:]):
        given[n] = type(given[n])(word)
    sys.exit(main(*given))
