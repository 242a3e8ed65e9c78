"""What two replays come to: shares in time, percentiles, and how sure their difference is.

Who is busy carries over from call to call, so calls are no independent draws; blocks of days in a
row are drawn instead (Carlstein 1986). Both plans meet each drawn block together, so that what they
share leaves the interval. Few blocks give too narrow an interval: its ends are taken a little
farther out, as of Student's t (Hesterberg 2015, "expanded percentile").
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, stdtr, stdtrit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DRAWS = 1000
LEVEL = 0.95
NEAR = 0.005  # of a share: half a point either way is near enough for a plan
_STEP_S, _STEPS = 15.0, 960  # a ladder of 4 hours, on which percentiles of draws are read
_WEEK, _FEWEST, _MOST = 7, 8, 1000  # days of a block; blocks that there should be, at most


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The same calls under both plans.

    day       (n,) from 0; of repeats with calls of their own each has days of its own
    before_s  (n,) response; infinite where nobody came
    after_s   (n,)
    target_s  (n,)
    days      how many there are, with those on which nothing happened
    """

    day: Ints
    before_s: Floats
    after_s: Floats
    target_s: Floats
    days: int

    def some(self, which: Flags) -> "Pairs":
        """Those calls only."""
        return Pairs(
            self.day[which],
            self.before_s[which],
            self.after_s[which],
            self.target_s[which],
            self.days,
        )


@dataclass(frozen=True, slots=True)
class Figure:
    """One plan. Seconds; None: so many never had help that the percentile is not reached."""

    calls: float  # of one repeat, on average
    in_time: float | None  # share; None: there are no calls
    p50_s: float | None
    p90_s: float | None
    unserved: float  # of one repeat, on average


@dataclass(frozen=True, slots=True)
class Change:
    """After less before, and the 95 % interval; None where it cannot be told."""

    by: float | None
    low: float | None
    high: float | None
    p: float | None = None  # of a change as large, or larger, where there is none

    @property
    def sure(self) -> bool:
        """Whether the interval leaves out no change at all."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high


def figure(response_s: Floats, target_s: Floats, repeats: int) -> Figure:
    """Of all repeats together."""
    n = len(response_s)
    if not n:
        return Figure(0.0, None, None, None, 0.0)
    return Figure(
        n / repeats,
        float(np.mean(response_s <= target_s)),
        percentile(response_s, 0.5),
        percentile(response_s, 0.9),
        float(np.isinf(response_s).sum()) / repeats,
    )


def percentile(response_s: Floats, share: float) -> float | None:
    """Seconds within which that share had help; those without any count as never."""
    if not len(response_s):
        return None
    found = float(np.quantile(response_s, share, method="inverted_cdf"))
    return found if np.isfinite(found) else None


def change_in_time(pairs: Pairs, seed: int, draws: int = DRAWS) -> Change:
    """Of the share in time."""
    if not len(pairs.day):
        return Change(None, None, None)
    block, blocks = _blocks(pairs)
    more = (pairs.after_s <= pairs.target_s).astype(np.float64)
    more -= pairs.before_s <= pairs.target_s
    sums = np.stack(
        [np.bincount(block, weight, minlength=blocks) for weight in (np.ones_like(more), more)],
        axis=1,
    ).astype(np.float64)

    def of(total: Floats) -> Floats:
        with np.errstate(invalid="ignore", divide="ignore"):
            share: Floats = total[:, 1] / total[:, 0]
        return share

    return _interval(sums, of, seed, draws)


def change_of_percentile(pairs: Pairs, share: float, seed: int, draws: int = DRAWS) -> Change:
    """Of a percentile. Its size is exact, its interval read off a ladder of 15 seconds."""
    before, after = percentile(pairs.before_s, share), percentile(pairs.after_s, share)
    if before is None or after is None:
        return Change(None, None, None)
    if np.array_equal(pairs.before_s, pairs.after_s):
        return Change(0.0, 0.0, 0.0)
    ladder = np.hstack([_ladder(pairs, pairs.before_s), _ladder(pairs, pairs.after_s)])

    def of(total: Floats) -> Floats:
        one, other = np.hsplit(total, 2)
        gone: Floats = _read(other, share) - _read(one, share)
        return gone

    found = _interval(ladder, of, seed, draws)
    return Change(after - before, found.low, found.high)


def block_days(days: int) -> int:
    """Days that are drawn together: a week; fewer of a short time, more of a very long one."""
    return max(1, min(_WEEK, days // _FEWEST), days // _MOST)


def repeats_needed(changes: Floats, near: float = NEAR) -> int | None:
    """So many that luck moves the change by no more than `near`, 95 %; None: of one none can say.

    changes  (repeats,) of the share in time, each of one repeat
    """
    if len(changes) < 2:
        return None
    return max(1, ceil((1.96 * float(np.std(changes, ddof=1)) / near) ** 2))


def _blocks(pairs: Pairs) -> tuple[Ints, int]:
    """Of each call its block, and how many blocks there are."""
    long = block_days(pairs.days)
    return pairs.day // long, -(-pairs.days // long)


def _interval(sums: Floats, of: Callable[[Floats], Floats], seed: int, draws: int) -> Change:
    """Of sums (blocks, columns): of(their total) is the change, drawn anew its interval."""
    by = float(of(sums.sum(axis=0, keepdims=True))[0])
    found = of(_drawn(len(sums), seed, draws) @ sums)
    found = found[np.isfinite(found)]
    if len(sums) < 2 or not len(found) or not np.isfinite(by):
        return Change(by if np.isfinite(by) else None, None, None)
    low, high = np.quantile(found, [_tail(len(sums)), 1 - _tail(len(sums))])
    spread = float(np.std(found))
    p = 2 * float(stdtr(len(sums) - 1, -abs(by) / spread)) if spread > 0 else float(by == 0)
    return Change(by, float(low), float(high), p)


@lru_cache(maxsize=2)
def _drawn(blocks: int, seed: int, draws: int) -> Floats:
    """(draws, blocks) how often each block is drawn; the same for every figure of a what-if."""
    chance = np.random.default_rng([seed, blocks])
    return chance.multinomial(blocks, np.full(blocks, 1 / blocks), draws).astype(np.float64)


def _tail(blocks: int) -> float:
    """Of the drawn values beyond each end."""
    wider = np.sqrt(blocks / (blocks - 1)) * stdtrit(blocks - 1, 1 - (1 - LEVEL) / 2)
    return float(ndtr(-wider))


def _ladder(pairs: Pairs, response_s: Floats) -> Floats:
    """(blocks, steps + 1) calls on each step; the last: later, or never."""
    block, blocks = _blocks(pairs)
    step = np.minimum(response_s / _STEP_S, _STEPS).astype(np.int64)
    wide = _STEPS + 1
    flat = np.bincount(block * wide + step, minlength=blocks * wide).astype(np.float64)
    return flat.reshape(blocks, wide)


def _read(counts: Floats, share: float) -> Floats:
    """(draws,) seconds, evenly within a step; NaN beyond the ladder."""
    sums = np.cumsum(counts, axis=1)
    wanted = share * sums[:, -1]
    step = np.minimum((sums < wanted[:, None]).sum(axis=1), _STEPS)
    at = np.arange(len(counts))
    below = np.where(step > 0, sums[at, np.maximum(step - 1, 0)], 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        seconds: Floats = (step + (wanted - below) / counts[at, step]) * _STEP_S
    return np.where((step < _STEPS) & (sums[:, -1] > 0), seconds, np.nan)
