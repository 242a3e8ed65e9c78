"""How often the analyses find something where there is nothing: worlds without any pattern.

    python -m tests.benches.bench_null [--runs 1000] [--only emerging|scan|cusum] [--seed 1]

Prints, of each, the false alarms as simulated, with 95 % interval, beside what is promised; exits 1
where the rate lies above the promise by more than chance has it. The worlds differ from run to run:
few incidents or many, even or with busy places, weekdays and bursts.
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
    "scan": scan_worlds,
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
    print(f"{'':10}{'false':>10}{'interval':>20}{'promised':>10}{'seconds':>9}")
    missed = False
    for name in [given.only] if given.only else WORLDS:
        start = perf_counter()
        rate = WORLDS[name](given.runs, given.seed)
        low, high = max(0.0, rate.rate - 1.96 * rate.error), rate.rate + 1.96 * rate.error
        took, missed = perf_counter() - start, missed or not rate.kept
        print(
            f"{name:10}{rate.rate:10.4f}{low:12.4f} .. {high:.4f}{rate.promised:10.4f}{took:9.1f}"
            f"  {'kept' if rate.kept else 'BROKEN'}"
        )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
