"""How likely each case lies in each cluster, where its place is in doubt.

In a plane of weighed places it is the chance of those places that lie in the cluster. Where a
method knows no weights, places are drawn by chance, again and again: a cluster that is not found
again in most draws was made by the draw (cluster-wise stability, Hennig 2007).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DRAWS = 20
_ALIKE = 0.5  # of the cases of two clusters in both: one is the other, found again
_LEAST_HELD = 0.5  # share of the draws in which a cluster must be found again


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Clusters of cases that were put down by chance.

    labels   (s,) of the first draw, -1 for noise, for what was not drawn, and for lost clusters
    chances  (n, clusters) share of the draws in which the case was in the cluster
    held     (clusters,) share of the draws in which the cluster was found again
    lost     how many clusters of the first draw were not
    """

    labels: Ints
    chances: csr_array
    held: Floats
    lost: int


def chances_of(labels: Ints, of: Ints, w: Floats, cases: int) -> csr_array:
    """(cases, clusters) of each case the chance that lies in each cluster.

    labels   (s,) the cluster of each place, below 0 for noise
    of, w    (s,) whose place it is, and with what chance
    """
    kept = labels >= 0
    shape = (cases, int(labels.max(initial=-1)) + 1)
    made = csr_array((w[kept], (of[kept], labels[kept])), shape=shape)
    made.sum_duplicates()
    return made


def by_draws(
    find: Callable[[Ints], Ints],
    of: Ints,
    w: Floats,
    cases: int,
    draws: int = DRAWS,
    seed: int = 1,
) -> Drawn:
    """Clusters of a method without weights; those of the first draw that are found again.

    find     labels (d,) of the drawn places (d,): at most one of each case
    of, w    (s,) whose place it is, with what chance; what a case lacks of 1 is nowhere
    """
    chance = np.random.default_rng(seed)
    order = np.argsort(of, kind="stable")
    places = draw(chance, of[order], w[order], cases)
    first = order[places]
    found, whose = find(first), of[first]
    labels = np.full(cases, -1, dtype=np.int64)
    labels[whose] = found
    count = int(found.max(initial=-1)) + 1
    held, seen = np.zeros(count), csr_array((cases, count))
    for _ in range(draws):
        again = order[draw(chance, of[order], w[order], cases)]
        other = np.full(cases, -1, dtype=np.int64)
        other[of[again]] = find(again)
        old = _same(labels, other)[other]
        there = np.flatnonzero(old >= 0)
        held[np.unique(old[there])] += 1
        one = np.ones(len(there)) / draws
        seen = seen + csr_array((one, (there, old[there])), shape=seen.shape)
    kept = np.flatnonzero(held > _LEAST_HELD * draws)
    number = np.full(count + 1, -1, dtype=np.int64)
    number[kept] = np.arange(len(kept))
    told = np.full(len(of), -1, dtype=np.int64)
    told[first] = number[found]
    return Drawn(told, csr_array(seen[:, kept]), held[kept] / draws, count - len(kept))


def draw(chance: np.random.Generator, of: Ints, w: Floats, cases: int) -> Ints:
    """(d,) places, one of each case by its chances; none where it lies elsewhere.

    of   (s,) rising
    """
    ends = np.searchsorted(of, np.arange(cases), side="right")
    begins = np.searchsorted(of, np.arange(cases))
    rises = np.concatenate([[0.0], np.cumsum(w)])
    at = rises[begins] + chance.random(cases)
    place = np.searchsorted(rises, at, side="right") - 1
    return np.asarray(place[(place >= begins) & (place < ends)], dtype=np.int64)


def _same(labels: Ints, other: Ints) -> Ints:
    """(clusters of the other + 1,) which cluster each one is; -1 for none, and at the end."""
    wide = int(other.max(initial=-1)) + 1
    same = np.full(wide + 1, -1, dtype=np.int64)
    both = (labels >= 0) & (other >= 0)
    if not both.any():
        return same
    pair, common = np.unique(labels[both] * wide + other[both], return_counts=True)
    one, two = pair // wide, pair % wide
    size, size_two = np.bincount(labels[labels >= 0]), np.bincount(other[other >= 0])
    alike = common / (size[one] + size_two[two] - common) > _ALIKE
    same[two[alike]] = one[alike]
    return same
