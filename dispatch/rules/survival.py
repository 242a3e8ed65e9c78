"""How long things take, when some of them still last: Kaplan and Meier's estimate."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

_ROUNDING = 1e-12  # 1 - 0.9 is not 0.1 in binary


@dataclass(frozen=True, slots=True)
class Curve:
    """The share that is still open after a time, a staircase.

    times   at which something ended, rising
    open    the share that is left from that time on; 1 before the first
    """

    times: NDArray[np.float64]
    open: NDArray[np.float64]

    def within(self, share: float) -> float | None:
        """The time within which that share has ended; None: it never came so far.

        Where the curve rests exactly at the share, the time at which it got there.
        """
        there = np.flatnonzero(self.open <= 1 - share + _ROUNDING)
        return float(self.times[there[0]]) if there.size else None


def kaplan_meier(durations: ArrayLike, ended: ArrayLike, counts: ArrayLike | None = None) -> Curve:
    """What has ended counts as an end, what still lasts only as long as it has lasted.

    durations  (n,) in any unit, not below zero
    ended      (n,) True where it ended, False where it was still open when looked at
    counts     (n,) how many there are of each; 1 without it

    S(t) = product over t_i <= t of (1 - d_i / n_i); what ends and what is looked at last at the
    same time: the end comes first. After Kaplan and Meier 1958. Raises ValueError for unequal
    lengths and durations below zero.
    """
    lasted = np.asarray(durations, dtype=np.float64)
    over = np.asarray(ended, dtype=bool)
    many = np.ones(lasted.size) if counts is None else np.asarray(counts, dtype=np.float64)
    if not lasted.shape == over.shape == many.shape:
        raise ValueError(f"{lasted.shape}, {over.shape}, {many.shape}: give as many of each")
    if lasted.size and not lasted.min() >= 0:  # NaN is not
        raise ValueError("a duration is not a number, or below zero")
    times, place = np.unique(lasted, return_inverse=True)
    ends = np.bincount(place, weights=many * over, minlength=times.size)
    leave = np.bincount(place, weights=many, minlength=times.size)
    at_risk = leave[::-1].cumsum()[::-1]
    some = ends > 0
    return Curve(times[some], np.cumprod(1 - ends[some] / at_risk[some]))


def within(
    durations: ArrayLike,
    ended: ArrayLike,
    shares: Sequence[float] = (0.5, 0.9),
    counts: ArrayLike | None = None,
) -> tuple[float | None, ...]:
    """The times within which those shares end: the median and the 90th percentile."""
    curve = kaplan_meier(durations, ended, counts)
    return tuple(curve.within(share) for share in shares)
