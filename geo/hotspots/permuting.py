"""What chance alone would do: each place keeps its value, the others' are dealt out anew.

Conditional permutation after Anselin 1995: place i stays, its neighbours' values are drawn from
those of all others without putting back. All places and steps share the draws, as in esda.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from geo.hotspots.errors import BadSetting
from geo.hotspots.heard import Heard, part_of, quiet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_BLOCK = 1 << 17  # sums at a time, 1 MB: what is added stays in the processor's cache
_SAME = 1e-9  # of the spread of the values: sums this near are one and the same
_FEW = 10  # draws as extreme below which it pays to draw more


@dataclass(frozen=True, slots=True)
class Tally:
    """How the draws fell, (n, steps) each; NaN for a place without neighbours.

    above    draws at least as great as what was seen
    below    draws at most as great
    draws    how many there were
    """

    above: Floats
    below: Floats
    draws: Floats

    @property
    def folded(self) -> Floats:
        """(larger + 1) / (draws + 1), of the smaller side: one-sided, as esda's p_sim.

        Draws equal to what was seen count on the upper side only; `two_sided` mends that.
        """
        larger = np.minimum(self.above, self.draws - self.above)
        return np.asarray((larger + 1) / (self.draws + 1))

    @property
    def two_sided(self) -> Floats:
        """Twice the smaller side's chance, draws equal to what was seen counted on both.

        What a discovery is judged by: many zeros make many equal draws, and a village with
        nothing among villages with nothing is no finding.
        """
        side = (np.minimum(self.above, self.below) + 1) / (self.draws + 1)
        return np.minimum(1.0, 2 * side)


def draw(rng: np.random.Generator, others: int, many: int, draws: int) -> Ints:
    """(draws, many) numbers below `others`, none twice in a row, in random order.

    Floyd's sampling (Bentley & Floyd 1987), all rows at once, then shuffled: so the first few of
    a row are a fair sample as well.
    """
    picked = np.empty((draws, many), dtype=np.int64)
    for step in range(many):
        top = others - many + step
        candidate = rng.integers(0, top + 1, size=draws)
        taken = (picked[:, :step] == candidate[:, np.newaxis]).any(axis=1)
        picked[:, step] = np.where(taken, top, candidate)
    return rng.permuted(picked, axis=1)


def tally(
    values: Floats,
    weights: csr_array,
    *,
    permutations: int,
    seed: int,
    refine: int = 0,
    heard: Heard = quiet,
) -> Tally:
    """How often chance does as much around each place as was seen there.

    values         (n, steps), each step a map by itself
    weights        (n, n) without diagonal
    permutations   draws for all
    refine         draws in all where fewer than ten of the first were as extreme (valid as it
                   stands: a small p then always comes from all draws)
    heard          told how far it is, at each place; may raise to stop
    The same seed gives the same answer.
    """
    if not 1 <= permutations <= 1_000_000:
        raise BadSetting("permutations", f"{permutations}; give 1 to 1,000,000")
    if not 0 <= refine <= 1_000_000:
        raise BadSetting("refine", f"{refine}; give 0 to 1,000,000")
    deal = _Deal.of(values, weights, np.random.default_rng(seed))
    everything = np.ones(values.shape, dtype=np.bool_)
    rest = refine - permutations
    first = permutations / max(permutations, refine) if rest > 0 else 1.0
    above, below = deal.count(everything, permutations, part_of(heard, 0.0, first))
    draws = np.full(values.shape, float(permutations))
    if rest > 0:
        with np.errstate(invalid="ignore"):
            rare = np.minimum(above, below) < _FEW
        more, less = deal.count(rare, rest, part_of(heard, first, 1.0))
        above[rare] += more[rare]
        below[rare] += less[rare]
        draws[rare] += rest
    return Tally(above, below, draws)


@dataclass(frozen=True, slots=True)
class _Deal:
    """The values, what was seen of them, and the dice."""

    values: Floats
    weights: csr_array
    seen: Floats
    near: Floats
    rng: np.random.Generator

    @classmethod
    def of(cls, values: Floats, weights: csr_array, rng: np.random.Generator) -> _Deal:
        seen = np.asarray(weights @ values, dtype=np.float64)
        return cls(np.ascontiguousarray(values), weights, seen, _SAME * values.std(axis=0), rng)

    def count(self, wanted: NDArray[np.bool_], draws: int, heard: Heard) -> tuple[Floats, Floats]:
        """(n, steps) draws at least and at most as great as seen; NaN where not wanted."""
        above, below = np.full(self.seen.shape, np.nan), np.full(self.seen.shape, np.nan)
        counts = np.diff(self.weights.indptr)
        picks = draw(self.rng, len(counts) - 1, int(counts.max(initial=0)), draws)
        asked = np.flatnonzero(wanted.any(axis=1) & (counts > 0))
        for nth, place in enumerate(asked.tolist()):
            heard(nth / len(asked))
            steps = np.flatnonzero(wanted[place])
            picked = picks[:, : counts[place]]
            above[place, steps], below[place, steps] = self._around(place, picked, steps)
        return above, below

    def _around(self, place: int, others: Ints, steps: Ints) -> tuple[Floats, Floats]:
        start, end = self.weights.indptr[place : place + 2]
        weights = self.weights.data[start:end]
        above, below = np.zeros(len(steps)), np.zeros(len(steps))
        at_once = max(1, _BLOCK // len(steps))
        values = self.values if len(steps) == self.values.shape[1] else self.values[:, steps]
        values = np.concatenate((values[:place], values[place + 1 :]))  # all but the place itself
        low = self.seen[place, steps] - self.near[steps]
        high = self.seen[place, steps] + self.near[steps]
        for first in range(0, len(others), at_once):
            sums = _dealt(values, others[first : first + at_once], weights)
            above += np.count_nonzero(sums >= low, axis=0)
            below += np.count_nonzero(sums <= high, axis=0)
        return above, below


def _dealt(values: Floats, others: Ints, weights: Floats) -> Floats:
    """(draws, steps) weighed sums of the values that each draw puts around a place."""
    if values.shape[1] == 1:
        return np.asarray(values[:, 0].take(others) @ weights)[:, np.newaxis]
    sums = np.zeros((len(others), values.shape[1]))
    for column, weight in zip(others.T, weights.tolist(), strict=True):
        sums += values[column] if weight == 1.0 else weight * values[column]
    return sums
