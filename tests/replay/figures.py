"""What a replay comes to: shares, percentiles, and how sure their difference is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.replay.engine import Told

WEEK_S = 7 * 86_400.0


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of two ways of choosing, and the 95 % interval of the difference."""

    name: str
    before: float
    after: float
    low: float
    high: float


def within(response_s: NDArray[np.float64], target_s: float) -> float:
    """Share of calls with help there in time; nobody there counts as late."""
    return float(np.mean(np.nan_to_num(response_s, nan=np.inf) <= target_s))


def percentile(response_s: NDArray[np.float64], share: float) -> float:
    """Seconds within which that share had help; those without any count as worst."""
    return float(np.quantile(np.nan_to_num(response_s, nan=86_400.0), share, method="higher"))


def changes(before: Told, after: Told, target_s: float, draws: int = 1000) -> list[Change]:
    """Difference of share in time, 90th percentile and mean; weeks are drawn, not calls.

    Who is busy carries over from call to call, so calls are no independent draws; weeks nearly are.
    """
    weeks = (before.at_s // WEEK_S).astype(int)
    groups = [np.flatnonzero(weeks == week) for week in np.unique(weeks)]
    chance = np.random.default_rng(112)
    figures = {
        "in time": lambda r: within(r, target_s),
        "p90 s": lambda r: percentile(r, 0.9),
        "mean s": lambda r: float(np.nanmean(r)),
    }
    drawn = [
        np.concatenate([groups[g] for g in chance.integers(0, len(groups), len(groups))])
        for _ in range(draws)
    ]
    found = []
    for name, of in figures.items():
        spread = [of(after.response_s[d]) - of(before.response_s[d]) for d in drawn]
        low, high = np.quantile(spread, [0.025, 0.975])
        found.append(Change(name, of(before.response_s), of(after.response_s), low, high))
    return found


def covered(told: Told) -> tuple[float, int]:
    """Share of the promised 80 % intervals that held, and how many there were."""
    known = np.isfinite(told.low_s) & np.isfinite(told.response_s)
    inside = (told.low_s <= told.response_s) & (told.response_s <= told.high_s)
    return float(np.mean(inside[known])), int(np.sum(known))
