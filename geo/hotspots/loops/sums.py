"""Cumulative sums that start anew after each alarm."""

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.loops import compiled

Floats = NDArray[np.float64]


@compiled
def alarms_over(steps: Floats, threshold: float) -> Floats:
    """(runs,) how often the sum of each run of steps (runs, days) goes over the threshold."""
    runs, days = steps.shape
    counts = np.zeros(runs)
    for run in range(runs):
        total = 0.0
        for day in range(days):
            total = max(0.0, total + steps[run, day])
            if total > threshold:
                counts[run] += 1
                total = 0.0
    return counts
