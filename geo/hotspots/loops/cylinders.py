"""The innermost loops of the space-time scan: the likeliest cylinder of a table of counts.

A zone is a centre and its nearest places up to a bound; zones of all centres lie one after the
other in `order`, centre c from starts[c] to starts[c + 1]. `recent` (windows, places) holds the
cases of each place in the last 1, 2, 3 ... days.
"""

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.loops import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@compiled
def x_log_x(most: int) -> Floats:
    """The products n log n for n = 0 .. most."""
    table = np.zeros(most + 1)
    for n in range(1, most + 1):
        table[n] = n * np.log(n)
    return table


@compiled
def logs(
    expected: Floats, total: float, order: Ints, starts: Ints
) -> tuple[Floats, Floats, Floats]:
    """(windows, zones): cases expected, the logarithm of that, and of those expected outside."""
    windows = len(expected)
    inside = np.empty((windows, len(order)))
    for window in range(windows):
        for centre in range(len(starts) - 1):
            so_far = 0.0
            for at in range(starts[centre], starts[centre + 1]):
                so_far += expected[window, order[at]]
                inside[window, at] = so_far
    log_in = np.log(np.maximum(inside, 1e-300))
    log_out = np.log(np.maximum(total - inside, 1e-300))
    return inside, log_in, log_out


@compiled
def ratios(
    recent: Ints,
    total: int,
    least: int,
    order: Ints,
    starts: Ints,
    inside: Floats,
    log_in: Floats,
    log_out: Floats,
    table: Floats,
    out: Floats,
) -> float:
    """The greatest log-likelihood ratio of all cylinders; fills `out` (windows, zones), if any."""
    best, keep = 0.0, out.shape[0] > 0
    for window in range(len(recent)):
        row = recent[window]
        for centre in range(len(starts) - 1):
            cases = 0
            for at in range(starts[centre], starts[centre + 1]):
                cases += row[order[at]]
                if cases < least or cases <= inside[window, at]:
                    continue
                value = (
                    table[cases]
                    - cases * log_in[window, at]
                    + table[total - cases]
                    - (total - cases) * log_out[window, at]
                )
                best = max(best, value)
                if keep:
                    out[window, at] = value
    return best


@compiled
def shuffled(chance: np.random.Generator, place_of: Ints, per_window: Ints, recent: Ints) -> None:
    """Fills `recent` with the last days' cases at places drawn from all cases, none twice.

    place_of    (cases,) is shuffled on the way: a permutation of places against days
    per_window  (windows,) cases of the last 1, 2, 3 ... days
    """
    recent[:] = 0
    drawn, left = 0, len(place_of)
    for window in range(len(per_window)):
        if window:
            recent[window] = recent[window - 1]
        while drawn < per_window[window]:
            other = drawn + int(chance.random() * left)
            place_of[drawn], place_of[other] = place_of[other], place_of[drawn]
            recent[window, place_of[drawn]] += 1
            drawn += 1
            left -= 1


@compiled
def poisson(chance: np.random.Generator, total: int, rises: Floats, recent: Ints) -> None:
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
    place_of: Ints,
    per_window: Ints,
    places: int,
    least: int,
    order: Ints,
    starts: Ints,
    inside: Floats,
    log_in: Floats,
    log_out: Floats,
    table: Floats,
    best: Floats,
) -> None:
    """Fills `best` with the greatest ratio of so many permutations."""
    recent = np.zeros((len(per_window), places), np.int64)
    nothing = np.empty((0, 0))
    for turn in range(len(best)):
        shuffled(chance, place_of, per_window, recent)
        best[turn] = ratios(
            recent, len(place_of), least, order, starts, inside, log_in, log_out, table, nothing
        )


@compiled
def greatest_by_baseline(
    chance: np.random.Generator,
    total: int,
    rises: Floats,
    windows: int,
    places: int,
    least: int,
    order: Ints,
    starts: Ints,
    inside: Floats,
    log_in: Floats,
    log_out: Floats,
    table: Floats,
    best: Floats,
) -> None:
    """As greatest_by_shuffling, with cases thrown by a baseline."""
    recent = np.zeros((windows, places), np.int64)
    nothing = np.empty((0, 0))
    for turn in range(len(best)):
        poisson(chance, total, rises, recent)
        best[turn] = ratios(
            recent, total, least, order, starts, inside, log_in, log_out, table, nothing
        )
