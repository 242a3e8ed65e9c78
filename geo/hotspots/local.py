"""Getis-Ord Gi*: around which places there is more, or less, than chance would gather.

Getis & Ord 1992, with the standardisation of Ord & Getis 1995. The formula supposes sums that are
near to normal; where there are few incidents a village, permutation is the one to trust.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from geo.hotspots import permuting
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, quiet
from geo.hotspots.weights import Neighbours

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Signs = NDArray[np.int8]

FEWEST = 3  # places


@dataclass(frozen=True, slots=True)
class Local:
    """A local statistic, in the shape of the values: (n,) or (n, steps). NaN: nothing to say.

    value       the statistic itself, as esda gives it
    expected    what chance makes of it on average
    variance    and how widely it varies then
    z           from expected, in standard deviations
    p           two-sided, by the normal distribution; NaN for islands
    p_sim       as esda reckons it, one-sided and folded; None without permutations
    p_two       two-sided by permutation; None without permutations
    quadrant    local Moran: 1 high among high, 2 low among high, 3 low among low, 4 high among
                low, 0 none; None for Gi*
    islands     (n,) places without neighbours: they keep a z, and nothing is claimed of them
    left_out    (n,) places without a value (NaN): the others were reckoned as if alone
    """

    value: Floats
    expected: Floats
    variance: Floats
    z: Floats
    p: Floats
    p_sim: Floats | None
    p_two: Floats | None
    quadrant: Signs | None
    islands: Flags
    left_out: Flags

    @property
    def best_p(self) -> Floats:
        """What discoveries are judged by: by permutation where there is one, else by formula."""
        return self.p if self.p_two is None else self.p_two


def gi_star(
    values: Floats,
    weights: Neighbours,
    *,
    permutations: int = 0,
    seed: int = 1,
    refine: int = 0,
    own: float = 1.0,
    heard: Heard = quiet,
) -> Local:
    """Gi* of each place; with steps, of each map by itself.

    values         (n,) or (n, steps) counts, rates ...; NaN leaves the place out
    permutations   0 for the formula alone, 999 is usual
    refine         draws in all where fewer than ten of the first are as extreme (0: no more)
    own            the weight of the place itself beside its neighbours'
    heard          told how far the permutations are; may raise to stop
    A step in which all values are equal gives NaN. Raises TooFew with fewer than three places,
    NothingToAnalyse where no step varies at all.
    """
    asked = Asked.of(values, weights)
    x, near = asked.values, asked.weights
    n, mean, spread = len(x), x.mean(axis=0), asked.spread
    sums = (near.sums + own)[:, np.newaxis]
    squares = (near.squares + own**2)[:, np.newaxis]
    total = n * mean
    with np.errstate(divide="ignore", invalid="ignore"):
        around = near.lag(x).reshape(x.shape) + own * x
        room = np.maximum(n * squares - sums**2, 0) / (n - 1)
        variance = room * (spread / total) ** 2
        z = (around - mean * sums) / (spread * np.sqrt(room))
    z[~np.isfinite(z)] = np.nan
    return asked.answer(
        np.divide(around, total, out=np.full(x.shape, np.nan), where=total != 0),
        np.broadcast_to(sums / n, x.shape),
        variance,
        z,
        asked.tally(permutations, seed, refine, heard),
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """The values that can be reckoned with, as columns, and the weights among their places.

    values     (kept, steps)
    spread     (steps,) standard deviation over all, NaN where nothing varies
    kept       (n,) places with a value
    flat       whether the caller gave one column without saying so
    """

    values: Floats
    weights: Neighbours
    spread: Floats
    kept: Flags
    islands: Flags
    flat: bool

    @classmethod
    def of(cls, values: Floats, weights: Neighbours) -> Asked:
        columns = np.asarray(values, dtype=np.float64)
        columns = columns.reshape(len(columns), -1)
        if len(columns) != weights.n:
            raise BadSetting("values", f"{len(columns)}; the weights know {weights.n} places")
        if np.isinf(columns).any():
            raise BadSetting("values", "give finite numbers, or NaN for a place without one")
        kept = np.asarray(~np.isnan(columns).any(axis=1))
        if kept.sum() < FEWEST:
            raise TooFew(FEWEST, int(kept.sum()), "places")
        near = weights if kept.all() else weights.only(kept)
        used = columns[kept]
        spread = used.std(axis=0)
        # A mean of equal numbers may be off by a rounding.
        spread[spread <= 1e-12 * np.abs(used).max(axis=0)] = np.nan
        if np.isnan(spread).all():
            if not used.any():
                raise NothingToAnalyse
            said = "all places have the same value: nothing stands out"
            raise NothingToAnalyse(said, why="alike")
        islands = np.zeros(len(columns), dtype=np.bool_)
        islands[kept] = near.sums == 0
        return cls(used, near, spread, kept, islands, np.ndim(values) == 1)

    def tally(
        self, permutations: int, seed: int, refine: int = 0, heard: Heard = quiet
    ) -> permuting.Tally | None:
        """None without permutations."""
        if not permutations:
            return None
        sparse = self.weights.sparse()
        return permuting.tally(
            self.values, sparse, permutations=permutations, seed=seed, refine=refine, heard=heard
        )

    def answer(
        self,
        value: Floats,
        expected: Floats,
        variance: Floats,
        z: Floats,
        tally: permuting.Tally | None,
        quadrant: Signs | None = None,
    ) -> Local:
        """Back in the places and the shape of the caller."""
        p = np.asarray(2 * ndtr(-np.abs(z)))
        p[self.islands[self.kept]] = np.nan
        return Local(
            self._spread_out(value),
            self._spread_out(expected),
            self._spread_out(variance),
            self._spread_out(z),
            self._spread_out(p),
            None if tally is None else self._spread_out(self._tested(tally.folded)),
            None if tally is None else self._spread_out(self._tested(tally.two_sided)),
            None if quadrant is None else self._spread_out(quadrant, 0).astype(np.int8),
            self.islands,
            ~self.kept,
        )

    def _tested(self, p: Floats) -> Floats:
        """Where nothing varies, every draw is as extreme: no test."""
        return np.where(np.isnan(self.spread), np.nan, p)

    def _spread_out(self, one: NDArray[np.generic], missing: float = np.nan) -> Floats:
        whole = np.full((len(self.kept), one.shape[1]), missing)
        whole[self.kept] = one
        return whole[:, 0] if self.flat else whole
