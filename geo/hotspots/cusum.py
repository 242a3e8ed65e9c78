"""On which day a category became more frequent than usual: CUSUM alarms at a stated rate.

The sum of the log-likelihood ratios of "so many times the usual" against "the usual", day by day,
never below zero (Page 1954; Lucas 1985 for Poisson; Höhle and Paul 2008 for the negative binomial
and a baseline that changes by the day). Tables of thresholds suppose that the baseline is known;
ours is learnt from a short history, which alone can double the false alarms. So the threshold is
found by simulation of both: a history is drawn, learnt from as the real one was, and watched.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.baseline import Baseline, baseline_of, draws, fit
from geo.hotspots.errors import BadSetting
from geo.hotspots.heard import Heard, part_of, quiet

__all__ = ["Achieved", "Alarms", "Baseline", "baseline_of", "cusum"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

_RUNS = 400  # histories drawn for the threshold, and again to measure what it achieves
_HALVINGS = 30
_RAREST = 3650  # days: what is rarer would take too many simulated ones
_SIGMAS = 1.96


@dataclass(frozen=True, slots=True)
class Achieved:
    """False alarms in simulations other than those that set the threshold, with 95 % interval."""

    a_day: float
    low: float
    high: float
    days: int  # simulated

    @property
    def once_in_days(self) -> float:
        """One false alarm in so many days; infinite where there was none."""
        return 1 / self.a_day if self.a_day else np.inf


@dataclass(frozen=True, slots=True)
class Alarms:
    """Of the watched days.

    score     (watched,) the sum, before it starts anew
    alarm     (watched,) whether it went over the threshold
    since     (watched,) for an alarm the day (number among the watched) on which the sum left 0,
              the likeliest day of the change; -1 elsewhere
    expected  (watched,)
    """

    score: Floats
    alarm: Flags
    since: Ints
    expected: Floats
    threshold: float
    ratio: float
    false_alarm_days: float
    achieved: Achieved


def cusum(
    counts: Ints,
    baseline: Baseline,
    *,
    false_alarm_days: float = 90,
    ratio: float = 1.5,
    seed: int = 1,
    heard: Heard = quiet,
) -> Alarms:
    """Alarms on the watched days, one by chance in `false_alarm_days` on the average.

    counts    (days,) as given to baseline_of
    ratio     the rise to be found soonest, in times the usual
    heard     told now and then how far it is; may raise to stop
    Of several categories each has alarms of its own: with ten there is one by chance every ninth
    day, unless false_alarm_days is ten times as large.
    Raises BadSetting.
    """
    if not 1 < false_alarm_days <= _RAREST:
        raise BadSetting("false_alarm_days", f"above 1, up to {_RAREST}")
    if not (ratio > 1 and np.isfinite(ratio)):
        raise BadSetting("ratio", "above 1: how many times the usual is to be found")
    if np.shape(counts) != baseline.expected.shape:
        raise BadSetting("counts", "the days from which the baseline was learnt")
    chance = np.random.default_rng(seed)
    runs = (chance, baseline, ratio, false_alarm_days)
    nothing = _quiet(*runs, part_of(heard, 0.0, 0.3))
    threshold = _threshold(nothing, false_alarm_days, part_of(heard, 0.3, 0.6))
    achieved = _achieved(_quiet(*runs, part_of(heard, 0.6, 0.9)), threshold)
    heard(1.0)
    watched = np.asarray(counts, float)[baseline.history :]
    expected = baseline.expected[baseline.history :]
    steps = _steps(watched, expected, baseline.dispersion, ratio)
    score, alarm, since = _run(steps, threshold)
    return Alarms(score, alarm, since, expected, threshold, ratio, false_alarm_days, achieved)


def _steps(counts: Floats, expected: Floats, dispersion: Floats | float, ratio: float) -> Floats:
    """Log-likelihood ratio of each day: `ratio` times the expected against the expected."""
    if np.all(np.isinf(dispersion)):
        return np.asarray(counts * np.log(ratio) - expected * (ratio - 1), dtype=np.float64)
    k = np.minimum(dispersion, 1e6)
    steps: Floats = counts * np.log(ratio) - (counts + k) * np.log1p(
        expected * (ratio - 1) / (k + expected)
    )
    return steps


def _quiet(
    chance: np.random.Generator,
    baseline: Baseline,
    ratio: float,
    false_alarm_days: float,
    heard: Heard,
) -> Floats:
    """(runs, days) steps where nothing has changed, but the baseline had to be learnt.

    Watched for as long as the series is, or long enough for two false alarms, whichever is more:
    the pattern of the watched days is repeated.
    """
    history, watched = baseline.history, baseline.watched
    turns = int(np.ceil(max(watched, 2 * false_alarm_days) / watched))
    past = baseline.expected[None, :history]
    histories = draws(chance, past, baseline.dispersion, _RUNS)
    heard(0.2)
    learnt, dispersion = fit(histories, baseline.design)
    heard(0.5)
    true = np.tile(baseline.expected[None, history:], (1, turns))
    counts = draws(chance, true, baseline.dispersion, _RUNS)
    heard(0.9)
    return _steps(counts, np.tile(learnt[:, history:], (1, turns)), dispersion[:, None], ratio)


def _threshold(steps: Floats, false_alarm_days: float, heard: Heard) -> float:
    """The lowest by which alarms are no more frequent than stated; sums move in jumps."""
    from geo.hotspots.loops import sums as loops

    allowed = steps.size / false_alarm_days
    low, high = 0.0, 1.0
    while loops.alarms_over(steps, high).sum() > allowed:
        low, high = high, high * 2
    for turn in range(_HALVINGS):
        heard(turn / _HALVINGS)
        middle = (low + high) / 2
        if loops.alarms_over(steps, middle).sum() > allowed:
            low = middle
        else:
            high = middle
    return high


def _achieved(steps: Floats, threshold: float) -> Achieved:
    """The rate, and its interval by the spread between runs, which share a baseline each."""
    from geo.hotspots.loops import sums as loops

    rates = loops.alarms_over(steps, threshold) / steps.shape[1]
    rate, error = float(rates.mean()), float(rates.std(ddof=1) / np.sqrt(len(rates)))
    if not rate:  # none seen: as many days as there were tell at least this (rule of three)
        return Achieved(0.0, 0.0, 3 / steps.size, steps.size)
    low = max(0.0, rate - _SIGMAS * error)
    return Achieved(rate, low, rate + _SIGMAS * error, steps.size)


def _run(steps: Floats, threshold: float) -> tuple[Floats, Flags, Ints]:
    score, alarm = np.zeros(len(steps)), np.zeros(len(steps), np.bool_)
    since = np.full(len(steps), -1, np.int64)
    total, left = 0.0, 0
    for day, step in enumerate(steps):
        if total == 0.0:
            left = day
        total = max(0.0, total + float(step))
        score[day] = total
        if total > threshold:
            alarm[day], since[day], total = True, left, 0.0
    return score, alarm, since
