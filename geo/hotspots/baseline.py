"""What is usual on each day: a level, the day of the week, the season, bursts.

A log-linear Poisson model by iterated weighted least squares (McCullagh, Nelder 1989, ch. 6), with
the dispersion of a negative binomial by moments. Many series of one calendar are fitted at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LEAST_DAYS = 28  # of history: four of each day of the week
_YEAR = 365.2425
_SEASONS_FROM = 730  # days of history, two of each season, from which on the season is fitted
_WEEKDAYS_FROM = 70  # incidents in the history, ten for each day of the week
_ROUNDS = 12
_RIDGE = 1e-3  # keeps a weekday on which nothing ever happened at a finite value


@dataclass(frozen=True, slots=True)
class Baseline:
    """Of one series: a history and the days watched after it.

    expected    (history + watched,) a day
    dispersion  k of the negative binomial (variance m + m²/k); infinite for Poisson
    design      (history + watched, terms) of the model, the level first
    """

    expected: Floats
    dispersion: float
    history: int
    design: Floats
    seasonal: bool
    weekly: bool

    @property
    def watched(self) -> int:
        """How many days are watched."""
        return len(self.expected) - self.history


def baseline_of(counts: Ints, first_day: int, watch: int) -> Baseline:
    """What is usual, learnt from all but the last days.

    counts     (days,) incidents a day, every day of the calendar, also those without any
    first_day  of counts, in days since 1970-01-01, local
    watch      how many days at the end are watched, and not learnt from
    Raises TooFew below 28 days of history, NothingToAnalyse without an incident, BadSetting.
    """
    counts = np.asarray(counts)
    if counts.ndim != 1 or not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise BadSetting("counts", "one number a day, none below zero")
    if watch < 1:
        raise BadSetting("watch", "1 day or more")
    history = len(counts) - watch
    if history < LEAST_DAYS:
        raise TooFew(LEAST_DAYS, max(history, 0), "days of history")
    if not counts.any():
        raise NothingToAnalyse
    total = counts[:history].sum()
    weekly, seasonal = bool(total >= _WEEKDAYS_FROM), history >= _SEASONS_FROM
    design = design_of(first_day + np.arange(len(counts)), history, weekly, seasonal and weekly)
    expected, dispersion = fit(counts[None, :history].astype(float), design)
    return Baseline(expected[0], float(dispersion[0]), history, design, seasonal and weekly, weekly)


def design_of(days: Ints, history: int, weekly: bool, seasonal: bool) -> Floats:
    """(days, terms): 1, six weekdays, two waves of the year; what the history can bear."""
    terms = [np.ones(len(days))]
    if weekly:
        weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
        # Against the mean of the week, so that the level stays the level.
        terms += [(weekday == at) - 1 / 7 for at in range(6)]
    if seasonal:
        turn = 2 * np.pi * days / _YEAR
        terms += [np.cos(turn), np.sin(turn), np.cos(2 * turn), np.sin(2 * turn)]
    return np.stack(terms, axis=1)


def fit(histories: Floats, design: Floats) -> tuple[Floats, Floats]:
    """(series, days) expected, also on the days after the history; (series,) dispersion.

    histories  (series, history)
    """
    history = histories.shape[1]
    past = design[:history]
    # Half an incident where there were none: never is not known from a history.
    level = np.maximum(histories.sum(axis=1), 0.5) / history
    weights = np.zeros((len(histories), design.shape[1]))
    weights[:, 0] = np.log(level)
    if design.shape[1] > 1:
        for _ in range(_ROUNDS):
            weights, moved = _improved(weights, histories, past)
            if moved < 1e-6:
                break
    expected = np.exp(np.clip(weights @ design.T, -30, 30))
    return expected, _dispersions(histories, expected[:, :history], design.shape[1])


def _improved(weights: Floats, histories: Floats, past: Floats) -> tuple[Floats, float]:
    """One step of Newton for every series, and the longest of them."""
    expected = np.exp(np.clip(weights @ past.T, -30, 30))
    pull = (histories - expected) @ past
    outer = past[:, :, None] * past[:, None, :]
    bend = (expected @ outer.reshape(len(past), -1)).reshape(len(weights), *outer.shape[1:])
    ridge = np.eye(past.shape[1]) * _RIDGE
    ridge[0, 0] = 0.0
    pull = pull - weights @ ridge
    step = np.linalg.solve(bend + ridge, pull[:, :, None])[:, :, 0]
    step = np.clip(step, -2, 2)
    return weights + step, float(np.abs(step).max())


def _dispersions(histories: Floats, expected: Floats, terms: int) -> Floats:
    """By moments, what the variance has above the mean, as a share of its square: 1/k."""
    history = histories.shape[1]
    spare = history / max(history - terms, 1)
    beyond = ((histories - expected) ** 2 * spare - expected).sum(axis=1)
    squares = (expected**2).sum(axis=1)
    excess = np.maximum(beyond, 0) / squares
    return np.where(excess > 1e-4, 1 / np.maximum(excess, 1e-4), np.inf)


def draws(
    chance: np.random.Generator, expected: Floats, dispersion: Floats | float, runs: int
) -> Floats:
    """(runs, days) counts as the model makes them: Poisson, or negative binomial where bursty."""
    if np.all(np.isinf(dispersion)):
        return chance.poisson(expected, (runs, expected.shape[-1])).astype(float)
    k = np.minimum(dispersion, 1e6)
    means = chance.gamma(np.broadcast_to(k, (runs, expected.shape[-1]))) * expected / k
    return chance.poisson(means).astype(float)
