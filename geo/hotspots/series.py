"""Gi* of each place at each step, among its neighbours then and just before, and its chance.

The z is that of Getis and Ord (1992, 1995) over the whole cube of steps and places. Its chance is
not read off the normal curve, whose tail is far too thin for counts of few: were incidents spread
by exposure alone, those of a neighbourhood would be a binomial share of all of them. Where they
come in bursts, which shows between a place's own steps, the sum is a negative binomial instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, eye_array
from scipy.special import betainc, betaincc

from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, in_turns, part_of, quiet

Floats = NDArray[np.float64]

_SINGLY = 1 + 1e-6  # variance over mean up to which incidents come one by one
_TINY = 1e-300  # for the beta function, which knows no zero
_AT_ONCE = 200_000  # tails between two words: some tenths of a second


@dataclass(frozen=True, slots=True)
class Series:
    """Of each step and place."""

    z: Floats
    p: Floats  # two-sided
    alone: Floats  # z of each step by itself: for the trend, since steps that share days are alike
    bursts: float  # a count's variance is mean + bursts x mean²: 0 for incidents that come singly


def gi_series(
    counts: Floats,
    neighbours: csr_array,
    *,
    exposure: Floats | None = None,
    back: int = 1,
    heard: Heard = quiet,
) -> Series:
    """Whether more happens about each place than would by chance.

    counts      (steps, places), whole or shared among places
    neighbours  (places, places): who is near whom; anything above 0 counts as 1, oneself always
    exposure    (places,) or (steps, places): where it is larger more is to be expected; where it
                is 0 nothing can be compared, and what happened there is left out
    back        how many steps before each are its neighbours, too
    heard       told now and then how far it is; may raise to stop
    Raises NothingToAnalyse where all counts are 0, TooFew below 2 places.
    """
    counts = _checked(counts, neighbours, back)
    shares = _shares(exposure, counts.shape)
    counts = np.where(shares > 0, counts, 0.0)
    if not counts.any():
        raise NothingToAnalyse
    near = neighbours.astype(bool).astype(np.float64) + eye_array(counts.shape[1], format="csr")
    near.data[:] = 1.0
    sums = []
    for nth, values in enumerate((counts, shares, shares**2)):
        heard(0.05 * nth)
        sums.append(_beside(near, values))
    tails = part_of(heard, 0.2, 1.0)
    total, bursts = float(counts.sum()), _bursts(counts)
    spells = [_spell(sums, back, bursts * total), _spell(sums, 0, bursts * total)]
    if exposure is None:
        z, alone = (_gi_star(counts, here, due) for here, due, _ in spells)
        # Equal shares: few kinds of neighbourhoods, so that most tails are needed once only.
        return Series(z, _even(*spells[0], total, tails), alone, bursts)
    z, alone = (_excess(*spell, total) for spell in spells)
    return Series(z, _tails(*spells[0], total, tails), alone, bursts)


def _checked(counts: Floats, neighbours: csr_array, back: int) -> Floats:
    counts = np.asarray(counts, dtype=np.float64)
    if counts.ndim != 2 or not (counts >= 0).all():
        raise BadSetting("counts", "a table of steps by places, none below zero")
    steps, places = counts.shape
    if neighbours.shape != (places, places):
        raise BadSetting("neighbours", f"{places} by {places}, as there are places")
    if not counts.any():
        raise NothingToAnalyse
    if places < 2:
        raise TooFew(2, places, "places")
    if not 0 <= back < steps:
        raise BadSetting("back", f"from 0 to {steps - 1}, below the number of steps")
    return counts


def _shares(exposure: Floats | None, shape: tuple[int, int]) -> Floats:
    """(steps, places) of all that is to be expected, together 1."""
    if exposure is None:
        return np.full(shape, 1.0 / (shape[0] * shape[1]))
    given = np.asarray(exposure, dtype=np.float64)
    if given.shape not in ((shape[1],), shape) or not (given >= 0).all() or not given.any():
        raise BadSetting("exposure", "one number per place, none below zero or unknown, not all 0")
    shares = np.broadcast_to(given, shape)
    return np.asarray(shares / shares.sum(), dtype=np.float64)


def _beside(near: csr_array, values: Floats) -> Floats:
    """(steps, places) sums over the neighbours of each place."""
    sums: Floats = np.ascontiguousarray((near @ values.T).T)
    return sums


def _spell(sums: list[Floats], back: int, bursts: float) -> tuple[Floats, Floats, Floats]:
    """Counts, shares, and how much wider bursts make them, of each step and so many before."""
    here, due, squares = (_with_before(each, back) for each in sums)
    return here, due, 1 + bursts * _over(squares, due)


def _with_before(sums: Floats, back: int) -> Floats:
    total = sums.copy()
    for step in range(1, back + 1):
        total[step:] += sums[:-step]
    return total


def _gi_star(counts: Floats, here: Floats, shares: Floats) -> Floats:
    """Getis and Ord's z; 0 where all counts are the same or the neighbourhood is everything."""
    cells = counts.size
    size = shares * cells
    deviation = counts.std()
    width = deviation * np.sqrt(np.maximum(size * (cells - size), 0.0) / (cells - 1))
    beyond = here - counts.mean() * size
    sure = width > 1e-9 * max(deviation, 1.0)
    return np.where(sure, beyond / np.where(sure, width, 1.0), 0.0)


def _over(above: Floats, below: Floats) -> Floats:
    """The quotient, 0 where nothing is below."""
    quotient: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return quotient


def _excess(here: Floats, shares: Floats, wider: Floats, total: float) -> Floats:
    """The deviation of the binomial share, for unequal exposure; 0 where nothing can be else."""
    width = np.sqrt(wider * total * shares * np.maximum(1 - shares, 0.0))
    return _over(here - total * shares, np.where(width > 1e-12, width, 0.0))


def _bursts(counts: Floats) -> float:
    """By moments between one step of a place and its next, so that hotspots that stay cancel."""
    early, late = counts[:-1], counts[1:]
    squares = 2 * float((early * late).sum())
    beyond = float(((late - early) ** 2 - (late + early)).sum())
    return max(0.0, beyond / squares) if squares else 0.0


def _even(here: Floats, shares: Floats, wider: Floats, total: float, heard: Heard) -> Floats:
    """As _tails, reckoned once for each pair of a count and a size that can occur."""
    counts, which = np.unique(here, return_inverse=True)
    sizes, first, whose = np.unique(np.round(shares, 15), return_index=True, return_inverse=True)
    if len(counts) * len(sizes) > here.size:
        return _tails(here, shares, wider, total, heard)
    broad = wider.ravel()[first]
    few, size, wide = np.broadcast_arrays(counts[:, None], sizes, broad)
    table = _tails(few, size, wide, total, heard)
    p: Floats = table[which.reshape(here.shape), whose.reshape(here.shape)]
    return p


def _tails(here: Floats, shares: Floats, wider: Floats, total: float, heard: Heard) -> Floats:
    """As _tail, in turns."""
    p = np.empty(here.shape)
    for some in in_turns(len(here), _AT_ONCE // max(1, here.shape[1]), heard):
        p[some] = _tail(here[some], shares[some], wider[some], total)
    return p


def _tail(here: Floats, shares: Floats, wider: Floats, total: float) -> Floats:
    """Two-sided: twice the chance of so many or more, or so few or fewer, whichever is less.

    here    need not be whole: both distributions are continued by the beta function
    shares  of each neighbourhood in all that is expected; where nothing is to be expected the
            answer is 1: an area without people cannot have more than its due
    wider   variance over mean: 1 for the binomial, above it for the negative binomial
    """
    bursty, expected = wider > _SINGLY, total * np.clip(shares, 0.0, 1.0)
    size = expected / np.where(bursty, wider - 1, 1.0)
    chance = np.where(bursty, 1 - 1 / wider, np.clip(shares, 0.0, 1.0))
    rest = np.maximum(total - here, 0.0)
    above, below = np.where(bursty, size, rest + 1), np.where(bursty, size, rest)
    more = np.where(here > 0, betainc(np.maximum(here, _TINY), np.maximum(above, _TINY), chance), 1)
    fewer = np.where(below > 0, betaincc(here + 1, np.maximum(below, _TINY), chance), 1.0)
    return np.where(shares > 0, np.minimum(1.0, 2 * np.minimum(more, fewer)), 1.0)
