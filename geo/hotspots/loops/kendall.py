"""Kendall's sum and Sen's slope, one place after the other."""

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.loops import compiled

Floats = NDArray[np.float64]


@compiled
def middle(values: Floats, count: int) -> float:
    """The median of the first so many values, whose order it changes (Hoare's selection)."""
    low, high, wanted = 0, count - 1, count // 2
    while low < high:
        pivot = values[(low + high) // 2]
        left, right = low, high
        while left <= right:
            while values[left] < pivot:
                left += 1
            while values[right] > pivot:
                right -= 1
            if left <= right:
                values[left], values[right] = values[right], values[left]
                left += 1
                right -= 1
        if wanted <= right:
            high = right
        elif wanted >= left:
            low = left
        else:
            break
    upper = values[wanted]
    if count % 2:
        return float(upper)
    lower = values[0]
    for at in range(1, wanted):
        lower = max(lower, values[at])
    return float((lower + upper) / 2)


@compiled
def tied(values: Floats, count: int) -> float:
    """What equal values take off the variance, times 18; sorts the values."""
    for at in range(1, count):
        value, to = values[at], at
        while to > 0 and values[to - 1] > value:
            values[to] = values[to - 1]
            to -= 1
        values[to] = value
    total, run = 0.0, 1
    for at in range(1, count + 1):
        if at < count and values[at] == values[at - 1]:
            run += 1
        else:
            total += run * (run - 1) * (2 * run + 5)
            run = 1
    return total


@compiled
def kendall(series: Floats, s: Floats, ties: Floats, slope: Floats, centre: Floats) -> None:
    """Fills s, ties, Sen's slope and the median of each place.

    series  (places, steps)
    """
    places, steps = series.shape
    slopes = np.empty(steps * (steps - 1) // 2)
    sorted_values = np.empty(steps)
    for place in range(places):
        row = series[place]
        total, pairs = 0, 0
        for early in range(steps - 1):
            for late in range(early + 1, steps):
                rise = row[late] - row[early]
                total += (row[late] > row[early]) - (row[late] < row[early])
                slopes[pairs] = rise / (late - early)
                pairs += 1
        s[place] = total
        slope[place] = middle(slopes, pairs)
        sorted_values[:] = row
        ties[place] = tied(sorted_values, steps)
        half = steps // 2
        centre[place] = (
            sorted_values[half]
            if steps % 2
            else (sorted_values[half - 1] + sorted_values[half]) / 2
        )
