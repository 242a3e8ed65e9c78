"""Whether a series rises or falls, or whether that is chance: Mann-Kendall for many at once.

Mann 1945 and Kendall 1975 with the correction for ties; the slope is Sen's (1968). Equal to
pymannkendall's original_test, place by place.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, in_turns, quiet

Floats = NDArray[np.float64]

_AT_ONCE = 20_000_000  # pairs of steps between two words: some tenths of a second


@dataclass(frozen=True, slots=True)
class Trend:
    """Of each place; a place that never changes has z 0, p 1, slope 0."""

    s: Floats  # pairs of steps that rise, less those that fall
    var: Floats  # of s, where there is no trend
    z: Floats
    p: Floats  # two-sided
    tau: Floats  # s as a share of all pairs, -1..1
    slope: Floats  # median of the slopes of all pairs, per step
    intercept: Floats  # of the line of that slope through the medians, at step 0


def mann_kendall(series: Floats, *, heard: Heard = quiet) -> Trend:
    """The trend of each place.

    series   (steps, places), or (steps,) for one place
    heard    told now and then how far it is; may raise to stop
    returns  (places,) each
    Raises TooFew below 2 steps, NothingToAnalyse without places, BadSetting where a value is
    missing: fill the gaps or leave out the place.
    """
    from geo.hotspots.loops import kendall as loops

    steps, rows = _rows(series)
    s, ties, slope, centre = (np.empty(len(rows)) for _ in range(4))
    pairs = steps * (steps - 1) // 2
    for some in in_turns(len(rows), _AT_ONCE // pairs, heard):
        loops.kendall(rows[some], s[some], ties[some], slope[some], centre[some])
    var = (steps * (steps - 1) * (2 * steps + 5) - ties) / 18
    z = _z(s, var)
    return Trend(
        s=s,
        var=var,
        z=z,
        p=2 * ndtr(-np.abs(z)),
        tau=s / (0.5 * steps * (steps - 1)),
        slope=slope,
        intercept=centre - (steps - 1) / 2 * slope,
    )


def _rows(series: Floats) -> tuple[int, Floats]:
    """How many steps, and the series with the steps of a place side by side."""
    series = np.asarray(series, dtype=np.float64)
    if series.ndim == 1:
        series = series[:, None]
    steps, places = series.shape
    if not places:
        raise NothingToAnalyse
    if steps < 2:
        raise TooFew(2, steps, "steps")
    if not np.isfinite(series).all():
        raise BadSetting("series", "a number at every step; fill the gaps or leave out the place")
    return steps, np.ascontiguousarray(series.T)


def _z(s: Floats, var: Floats) -> Floats:
    """One nearer to zero than s, for s moves in steps, over its deviation."""
    deviation = np.sqrt(np.where(var > 0, var, 1.0))
    z: Floats = (s - np.sign(s)) / deviation
    return z
