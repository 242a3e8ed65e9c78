"""The innermost loops of the space-time scan: the likeliest cylinder of a table of counts.

A zone is a centre and its nearest places up to a bound; zones of all centres lie one after the
other in `order`, centre c from starts[c] to starts[c + 1]. `recent` (windows, places) holds the
cases of each place in the last 1, 2, 3 ... days, as fractions where a case is shared among places.
"""

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.loops import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def logs(
    expected: Floats, total: float, order: Ints, starts: Ints
) -> tuple[Floats, Floats, Floats, Floats]:
    """(windows, zones): cases expected, logarithms of these and of those expected outside, bound.

    bound  times the squared excess it is no less than the log-likelihood ratio, by
           log x <= x - 1: most cylinders need no logarithm
    """
    windows = len(expected)
    inside = np.empty((windows, len(order)))
    for window in range(windows):
        for centre in range(len(starts) - 1):
            so_far = 0.0
            for at in range(starts[centre], starts[centre + 1]):
                so_far += expected[window, order[at]]
                inside[window, at] = so_far
    within, outside = np.maximum(inside, 1e-300), np.maximum(total - inside, 1e-300)
    return inside, np.log(within), np.log(outside), total / within / outside


@compiled
def ratios(
    recent: Floats,
    total: float,
    least: float,
    order: Ints,
    starts: Ints,
    inside: Floats,
    log_in: Floats,
    log_out: Floats,
    bound: Floats,
    out: Floats,
) -> float:
    """The greatest log-likelihood ratio of all cylinders; fills `out` (windows, zones), if any."""
    best, keep = 0.0, out.shape[0] > 0
    for window in range(len(recent)):
        row = recent[window]
        for centre in range(len(starts) - 1):
            cases = 0.0
            for at in range(starts[centre], starts[centre + 1]):
                cases += row[order[at]]
                beyond = cases - inside[window, at]
                if cases < least or beyond <= 0:
                    continue
                if not keep and beyond * beyond * bound[window, at] <= best:
                    continue
                rest = total - cases
                value = cases * (np.log(cases) - log_in[window, at])
                if rest > 0:
                    value += rest * (np.log(rest) - log_out[window, at])
                best = max(best, value)
                if keep:
                    out[window, at] = value
    return best


@compiled
def shuffled(
    chance: np.random.Generator,
    dealt: Ints,
    firsts: Ints,
    rows: Ints,
    place: Ints,
    share: Floats,
    per_window: Ints,
    recent: Floats,
) -> None:
    """Fills `recent` with the last days' cases, drawn from all cases with their places, none twice.

    dealt       (cases,) numbers of the cases, kind after kind, shuffled on the way within each
    firsts      (kinds + 1,) where each kind begins
    rows        (cases + 1,) where the places of each case, and its shares, begin
    per_window  (windows, kinds) cases of the last 1, 2, 3 ... days
    """
    recent[:] = 0
    drawn = firsts[:-1].copy()
    for window in range(len(per_window)):
        if window:
            recent[window] = recent[window - 1]
        for kind in range(len(drawn)):
            at = drawn[kind]
            end, left = firsts[kind] + per_window[window, kind], firsts[kind + 1] - at
            while at < end:
                other = at + int(chance.random() * left)
                dealt[at], dealt[other] = dealt[other], dealt[at]
                case = dealt[at]
                for row in range(rows[case], rows[case + 1]):
                    recent[window, place[row]] += share[row]
                at += 1
                left -= 1
            drawn[kind] = at


@compiled
def poisson(chance: np.random.Generator, total: int, rises: Floats, recent: Floats) -> None:
    """Fills `recent` with cases thrown by a baseline.

    rises  (windows * places,) the cumulative shares of each day back and place, below 1 together
    """
    recent[:] = 0
    windows, places = recent.shape
    for _ in range(total):
        at = np.searchsorted(rises, chance.random(), side="right")
        if at < windows * places:
            recent[at // places, at % places] += 1
    for window in range(1, windows):
        recent[window] += recent[window - 1]


@compiled
def greatest_by_shuffling(
    chance: np.random.Generator,
    dealt: Ints,
    firsts: Ints,
    rows: Ints,
    place: Ints,
    share: Floats,
    per_window: Ints,
    places: int,
    least: float,
    order: Ints,
    starts: Ints,
    inside: Floats,
    log_in: Floats,
    log_out: Floats,
    bound: Floats,
    best: Floats,
) -> None:
    """Fills `best` with the greatest ratio of so many permutations."""
    recent = np.zeros((len(per_window), places))
    nothing, total = np.empty((0, 0)), float(len(dealt))
    for turn in range(len(best)):
        shuffled(chance, dealt, firsts, rows, place, share, per_window, recent)
        best[turn] = ratios(
            recent, total, least, order, starts, inside, log_in, log_out, bound, nothing
        )


@compiled
def greatest_by_baseline(
    chance: np.random.Generator,
    total: int,
    rises: Floats,
    windows: int,
    places: int,
    least: float,
    order: Ints,
    starts: Ints,
    inside: Floats,
    log_in: Floats,
    log_out: Floats,
    bound: Floats,
    best: Floats,
) -> None:
    """As greatest_by_shuffling, with cases thrown by a baseline."""
    recent = np.zeros((windows, places))
    nothing = np.empty((0, 0))
    for turn in range(len(best)):
        poisson(chance, total, rises, recent)
        best[turn] = ratios(
            recent, float(total), least, order, starts, inside, log_in, log_out, bound, nothing
        )
