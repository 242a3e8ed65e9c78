"""Local Moran: which places are like their neighbours, and which stand out against them.

Anselin 1995; expectation and variance under conditional permutation by Sokal, Oden & Thomson 1998,
equations A7 and A8.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.heard import Heard, quiet
from geo.hotspots.local import Asked, Local
from geo.hotspots.permuting import Tally
from geo.hotspots.weights import Neighbours

Floats = NDArray[np.float64]


def local_moran(
    values: Floats,
    weights: Neighbours,
    *,
    permutations: int = 0,
    seed: int = 1,
    refine: int = 0,
    heard: Heard = quiet,
) -> Local:
    """Local Moran's I of each place, neighbours averaged (weights by row), with quadrants.

    values, permutations, refine, heard, errors   as geo.hotspots.local.gi_star
    `value` is esda's; `expected` and `variance` are those of that value, which esda's EIc and VIc
    are not: it scales the one by n - 1, the others by n. The islands' value is 0.
    """
    asked = Asked.of(values, weights)
    x, near = asked.values, asked.weights
    n = len(x)
    sums = near.sums[:, np.newaxis]
    share = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    z = (x - x.mean(axis=0)) / asked.spread
    around = near.lag(z).reshape(x.shape) * share
    scale = (n - 1) / n
    squares = near.squares[:, np.newaxis] * share**2  # of weights by row
    one = (sums > 0).astype(np.float64)
    expected = -scale * z**2 * one / (n - 1)
    room = np.maximum(squares - one / (n - 1), 0) * np.maximum(1 - z**2 / (n - 1), 0)
    variance = (scale * z) ** 2 * n / (n - 2) * room
    value = scale * z * around
    with np.errstate(divide="ignore", invalid="ignore"):
        score = (value - expected) / np.sqrt(variance)
    score[~np.isfinite(score)] = np.nan
    quadrant = _quadrants(z, around) * (one > 0) * ~np.isnan(asked.spread)
    tally = _turned(asked.tally(permutations, seed, refine, heard), z)
    return asked.answer(value, expected, variance, score, tally, quadrant.astype(np.int8))


def _quadrants(z: Floats, around: Floats) -> NDArray[np.int64]:
    """1 high among high, 2 low among high, 3 low among low, 4 high among low."""
    high, among_high = z > 0, around > 0
    return np.where(high, np.where(among_high, 1, 4), np.where(among_high, 2, 3))


def _turned(tally: Tally | None, z: Floats) -> Tally | None:
    """From sums around a place to its I: where the place is low, a small sum makes a great I."""
    if tally is None:
        return None
    low, mean = z < 0, z == 0
    above = np.where(low, tally.below, tally.above)
    below = np.where(low, tally.above, tally.below)
    known = ~np.isnan(tally.above)
    # At the mean, I is 0 whatever lies around.
    above[mean & known], below[mean & known] = tally.draws[mean & known], tally.draws[mean & known]
    return Tally(above, below, tally.draws)
