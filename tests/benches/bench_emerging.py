"""Emerging hotspots of a raster against pymannkendall, place by place, on the same series.

    python -m tests.benches.bench_emerging [--cells 16000] [--steps 24] [--loop 16000] [--rounds 5]

Prints the best time of each and whether every figure is the same; exits 1 where one differs, or
where our classes take more than 1/100 of pymannkendall's trend alone. --loop N lets pymannkendall
do N of the places and takes its time times cells/N.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
import pymannkendall
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array, kron

from geo.hotspots.emerging import Emerging, emerging
from geo.hotspots.series import gi_series
from geo.hotspots.trend import Trend, mann_kendall
from tests.benches.machine import load_average

GOAL = 100
Answer = TypeVar("Answer")


def main() -> int:
    """Exit code 1 where a figure differs or the goal is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cells", type=int, default=16_000)
    asked.add_argument("--steps", type=int, default=24)
    asked.add_argument("--loop", type=int, default=16_000)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    counts, near = world(given.steps, given.cells)
    cells = counts.shape[1]

    def all_of_it() -> Emerging:
        found = gi_series(counts, near)
        return emerging(found.z, found.p, alone=found.alone)

    all_of_it()  # compiles
    mann_kendall(counts)
    series = gi_series(counts, near)
    trend_s, trend = best(lambda: mann_kendall(series.z), given.rounds)
    classes_s, _ = best(lambda: emerging(series.z, series.p), given.rounds)
    whole_s, found = best(all_of_it, given.rounds)
    some = np.linspace(0, cells - 1, min(given.loop, cells)).astype(int)
    loop_s, theirs = best(lambda: [pymannkendall.original_test(series.z[:, at]) for at in some], 1)
    loop_s *= cells / len(some)
    apart = differing(trend, theirs, some)
    few = some[:: max(1, len(some) // 2000)]
    loop = [pymannkendall.original_test(counts[:, at]) for at in few]
    apart_tied = differing(mann_kendall(counts), loop, few)
    kinds = {int(kind): int((found.kind == kind).sum()) for kind in np.unique(found.kind)}
    print(f"{given.steps} steps x {cells:,} cells; {load_average()}; kinds {kinds}")
    print(f"{'':46}{'seconds':>10}{'ratio':>10}")
    print(f"{'pymannkendall, ' + str(len(some)) + ' places in a loop':46}{loop_s:10.3f}{1:10.0f}")
    for what, took in (
        ("our Mann-Kendall with Sen's slope", trend_s),
        ("our Mann-Kendall and classes", classes_s),
        ("Gi*, its chance, Mann-Kendall and classes", whole_s),
    ):
        print(f"{what:46}{took:10.3f}{loop_s / took:10.0f}")
    print(
        f"places with another s, var, z, tau or slope: {apart} of Gi*, {apart_tied} of tied counts"
    )
    missed = loop_s / classes_s < GOAL or apart or apart_tied
    print("missed" if missed else f"met: {GOAL} times, and exact")
    return int(bool(missed))


def world(steps: int, cells: int) -> tuple[NDArray[np.float64], csr_array]:
    """Counts with a few places that grow, fade and stay, and which cells of the raster touch."""
    chance = np.random.default_rng(1)
    side = int(np.ceil(np.sqrt(cells)))
    mean = np.full((steps, side, side), 3.0)
    grows = np.linspace(0, 12, steps)[:, None, None]
    mean[:, 10:16, 10:16] += grows
    mean[:, 30:36, 10:16] += grows[::-1] + 4
    mean[:, 10:16, 30:36] += 9
    mean[-1, 30:36, 30:36] += 12
    line = diags_array([1.0, 1.0, 1.0], offsets=[-1, 0, 1], shape=(side, side))
    return chance.poisson(mean).reshape(steps, -1).astype(float), csr_array(kron(line, line))


def best(do: Callable[[], Answer], rounds: int) -> tuple[float, Answer]:
    """Seconds of the quickest round, and what it answered."""
    taken = []
    for _ in range(rounds):
        start = perf_counter()
        answer = do()
        taken.append(perf_counter() - start)
    return min(taken), answer


def differing(ours: Trend, theirs: list[Any], some: NDArray[np.int64]) -> int:
    """Places where any figure is not the very same."""
    return sum(
        (ours.s[at], ours.var[at], ours.z[at], ours.tau[at], ours.slope[at])
        != (one.s, one.var_s, one.z, one.Tau, one.slope)
        or abs(ours.p[at] - one.p) > 1e-15
        for at, one in zip(some, theirs, strict=True)
    )


if __name__ == "__main__":
    sys.exit(main())
