"""How often the analyses find something where there is nothing: worlds without any pattern.

    python -m tests.benches.bench_null [--runs 1000] [--only NAME] [--seed 1]

Prints, of each, the false alarms as simulated, with 95 % interval, beside what is promised; exits 1
where the rate lies above the promise by more than chance has it. The worlds differ from run to run:
few incidents or many, even or with busy places, weekdays and bursts. In those called `_doubt` the
places of some cases, few or nearly all, are in doubt: heard somewhere near, shared by chances.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.hotspots.baseline import baseline_of
from geo.hotspots.cases import Cases
from geo.hotspots.cusum import cusum
from geo.hotspots.emerging import emerging
from geo.hotspots.scan import scan
from geo.hotspots.series import gi_series

ALPHA = 0.05
FALSE_ALARM_DAYS = 90
FIRST_DAY = 20_000


@dataclass(frozen=True)
class Rate:
    """So many false alarms, and the standard error of the mean over worlds."""

    rate: float
    error: float
    promised: float

    @classmethod
    def of(cls, found: NDArray[np.float64], promised: float) -> "Rate":
        # At least the error that the promised rate itself would have, for rates of nearly none.
        error = max(found.std(ddof=1), np.sqrt(promised * (1 - promised)) * 0.1)
        return cls(float(found.mean()), float(error / np.sqrt(len(found))), promised)

    @property
    def kept(self) -> bool:
        """Whether the rate is the promised one or less, but for chance (2 errors)."""
        return self.rate <= self.promised + 2 * self.error


def emerging_worlds(runs: int, seed: int) -> Rate:
    """The share of worlds with any place held to be hot or cold: the false discovery rate."""
    chance = np.random.default_rng(seed)
    found = np.zeros(runs)
    near = raster(10)
    for run in range(runs):
        mean = np.exp(chance.uniform(np.log(0.05), np.log(8)))
        people = chance.lognormal(0, 1, 100) if run % 2 else np.ones(100)
        bursts = chance.gamma(2, 0.5, (12, 100)) if run % 3 == 2 else 1.0
        counts = chance.poisson(mean * people / people.mean() * bursts, (12, 100))
        if counts.any():
            series = gi_series(counts, near, exposure=people if run % 2 else None)
            answer = emerging(series.z, series.p, alone=series.alone, alpha=ALPHA)
            found[run] = answer.hot.any() or answer.cold.any()
    return Rate.of(found, ALPHA)


def raster(side: int) -> csr_array:
    """Which squares of a square touch."""
    middles = np.stack(np.meshgrid(np.arange(side), np.arange(side)), axis=-1).reshape(-1, 2)
    return csr_array(np.abs(middles[:, None] - middles).max(axis=-1) <= 1)


def scan_worlds(runs: int, seed: int, permutations: int = 199) -> Rate:
    """The share of worlds in which the likeliest cluster is held to be sure."""
    chance = np.random.default_rng(seed)
    found = np.zeros(runs)
    for run in range(runs):
        xy = chance.uniform(0, 30_000, (40, 2))
        busy, days = chance.lognormal(0, 1, 40), chance.lognormal(0, 0.4, 60)
        mean = np.exp(chance.uniform(np.log(0.02), np.log(2)))
        usual = mean * np.outer(days / days.mean(), busy / busy.mean())
        counts = chance.poisson(usual)
        if counts.any():
            baseline = usual if run % 2 else None
            answer = scan(
                counts,
                xy,
                baseline=baseline,
                last_days=7,
                permutations=permutations,
                alpha=ALPHA,
                seed=int(chance.integers(1 << 40)),
            )
            found[run] = bool(answer.sure())
    return Rate.of(found, ALPHA)


def scan_doubt_worlds(runs: int, seed: int, permutations: int = 199) -> Rate:
    """As scan_worlds, without a baseline, where places are in doubt."""
    chance = np.random.default_rng(seed)
    found = np.zeros(runs)
    for run in range(runs):
        xy = chance.uniform(0, 30_000, (40, 2))
        busy, days = chance.lognormal(0, 1, 40), chance.lognormal(0, 0.4, 60)
        mean = np.exp(chance.uniform(np.log(0.02), np.log(2)))
        counts = chance.poisson(mean * np.outer(days / days.mean(), busy / busy.mean()))
        if not counts.any():
            continue
        cases = in_doubt(chance, Cases.of(counts), xy, chance.uniform(0.05, 0.95))
        draw = int(chance.integers(1 << 40))
        answer = scan(cases, xy, last_days=7, permutations=permutations, alpha=ALPHA, seed=draw)
        found[run] = bool(answer.sure())
    return Rate.of(found, ALPHA)


def in_doubt(
    chance: np.random.Generator, cases: Cases, xy: NDArray[np.float64], unsure: float
) -> Cases:
    """The same cases, of which so large a share was heard near its place and is shared by chances.

    What is heard is the place or one of the four nearest; the chances lie about what was heard, a
    part of them elsewhere.
    """
    apart = np.hypot(*(xy[:, None] - xy).transpose(2, 0, 1))
    near = np.argsort(apart, axis=1)[:, :5]
    place = cases.shares.indices
    doubtful = chance.random(len(cases)) < unsure
    heard = near[place, chance.choice(5, len(cases), p=(0.5, 0.2, 0.1, 0.1, 0.1))]
    chances = chance.dirichlet((4, 2, 1, 1, 1, 0.5), len(cases))[:, :5]
    who = np.flatnonzero(doubtful)
    rows = np.concatenate([np.flatnonzero(~doubtful), np.repeat(who, 5)])
    columns = np.concatenate([place[~doubtful], near[heard[who]].ravel()])
    values = np.concatenate([np.ones(len(cases) - len(who)), chances[who].ravel()])
    shares = csr_array((values, (rows, columns)), shape=cases.shares.shape)
    return Cases(cases.days, cases.day, shares)


def emerging_doubt_worlds(runs: int, seed: int) -> Rate:
    """As emerging_worlds, where places are in doubt."""
    chance = np.random.default_rng(seed)
    found = np.zeros(runs)
    near, xy = raster(10), np.indices((10, 10)).reshape(2, -1).T * 1000.0
    for run in range(runs):
        mean = np.exp(chance.uniform(np.log(0.05), np.log(8)))
        cases = Cases.of(chance.poisson(mean, (12, 100)))
        if len(cases):
            counts = in_doubt(chance, cases, xy, chance.uniform(0.05, 0.95)).table(12)[::-1]
            series = gi_series(counts, near)
            answer = emerging(series.z, series.p, alone=series.alone, alpha=ALPHA)
            found[run] = answer.hot.any() or answer.cold.any()
    return Rate.of(found, ALPHA)


def cusum_worlds(runs: int, seed: int, watched: int = 180) -> Rate:
    """False alarms a day, where the baseline had to be learnt from 180 to 900 days."""
    chance = np.random.default_rng(seed)
    found = np.zeros(runs)
    for run in range(runs):
        history = int(chance.choice([180, 365, 900]))
        days = np.arange(history + watched)
        mean = np.exp(chance.uniform(np.log(0.1), np.log(12)))
        week = np.exp(0.3 * np.sin(2 * np.pi * days / 7))
        year = np.exp(0.2 * np.sin(2 * np.pi * days / 365.2425)) if history > 700 else 1.0
        bursts = chance.gamma(4, 0.25, len(days)) if run % 2 else 1.0
        counts = chance.poisson(mean * week * year * bursts)
        if counts.any():
            baseline = baseline_of(counts, FIRST_DAY, watched)
            draw = int(chance.integers(1 << 40))
            answer = cusum(counts, baseline, false_alarm_days=FALSE_ALARM_DAYS, seed=draw)
            found[run] = answer.alarm.mean()
    return Rate.of(found, 1 / FALSE_ALARM_DAYS)


WORLDS: dict[str, Callable[[int, int], Rate]] = {
    "emerging": emerging_worlds,
    "emerging_doubt": emerging_doubt_worlds,
    "scan": scan_worlds,
    "scan_doubt": scan_doubt_worlds,
    "cusum": cusum_worlds,
}


def main() -> int:
    """Exit code 1 where a promise is broken."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=1000)
    asked.add_argument("--only", choices=tuple(WORLDS))
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    print(f"{given.runs} worlds without a pattern")
    print(f"{'':16}{'false':>10}{'interval':>20}{'promised':>10}{'seconds':>9}")
    missed = False
    for name in [given.only] if given.only else WORLDS:
        start = perf_counter()
        rate = WORLDS[name](given.runs, given.seed)
        low, high = max(0.0, rate.rate - 1.96 * rate.error), rate.rate + 1.96 * rate.error
        took, missed = perf_counter() - start, missed or not rate.kept
        print(
            f"{name:16}{rate.rate:10.4f}{low:12.4f} .. {high:.4f}{rate.promised:10.4f}{took:9.1f}"
            f"  {'kept' if rate.kept else 'BROKEN'}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
