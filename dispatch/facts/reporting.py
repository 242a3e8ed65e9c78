"""How much a village reports at all: the rate by which its counts are held against others'.

A village where people report twice as readily has twice the cases on the map with no more trouble
on the ground. All kinds together say how readily a village reports, for its people: the ratio of
cases to what the regency's mean would make them. Small villages jump about by chance alone, so each
ratio is drawn towards the middle of all by as much as chance could have moved it (gamma-Poisson
empirical Bayes: Marshall 1991, Appl. Statist. 40, 283-294; gamma posterior as in Clayton and Kaldor
1987, Biometrics 43, 671-681), and what is left of the doubt is told as an interval.

It cannot know whether a village reports much because it is ready to or because much happens there:
to divide by it takes both away. So the correction is a second look, never the first.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import gamma

Floats = NDArray[np.float64]

LOW, HIGH = 0.025, 0.975
# Villages are never held to be more alike than this (standard deviation of the rates): else one
# that does stand out among many that do not would be taken for chance.
_ALIKE = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Reporting:
    """Of each village: 1 reports as its people would make one think, 2 twice as much.

    low, high  hold the true rate with 95 % (as a gamma posterior)
    known      whether its exposure is known; elsewhere rate 1 and the width of all villages
    spread     standard deviation of the rates of all villages, chance taken out
    digital    rate of the villages named as digital together, the others' being 1; NaN: none
    """

    rate: Floats
    low: Floats
    high: Floats
    known: NDArray[np.bool_]
    spread: float
    digital: float

    def corrected(self, counts: Floats) -> tuple[Floats, Floats, Floats]:
        """Counts (villages) as if all reported alike, and between what and what they may lie."""
        return counts / self.rate, counts / self.high, counts / self.low


def reporting(n: Floats, exposure: Floats, digital: NDArray[np.bool_] | None = None) -> Reporting:
    """Rates by villages.

    n         (villages) cases of all kinds, each shared out by its chances
    exposure  (villages) people, or area; NaN or 0: not known
    digital   (villages) named so by the configuration; they have a mean of their own
    """
    known = np.isfinite(exposure) & (exposure > 0)
    named = np.zeros(len(n), dtype=np.bool_) if digital is None else digital
    if n[known].sum() <= 0:
        return _nothing(known)
    # What each village would have if all reported alike.
    expected = np.where(known, exposure, 0.0)
    expected *= n[known].sum() / expected.sum()
    usual = known & ~named if (known & ~named).any() else known
    mean, variance = _moments(n[usual], expected[usual])
    means = np.where(named & known, _mean(n, expected, named & known, mean), mean)
    # The same spread about either mean, in proportion to it.
    shape = 1 / max(variance / mean**2, _ALIKE**2)
    posterior = gamma(n + shape, scale=1 / (expected + shape / means))
    rate = np.where(known, posterior.mean(), 1.0)
    low, high = (np.where(known, posterior.ppf(p), _edge(rate[known], p)) for p in (LOW, HIGH))
    ratio = _mean(n, expected, named & known, np.nan) / mean if named.any() else np.nan
    return Reporting(rate, low, high, known, float(np.sqrt(variance) / mean), float(ratio))


def _moments(n: Floats, expected: Floats) -> tuple[float, float]:
    """Mean of the rates, and their variance without what chance adds (Marshall), 0 or more."""
    mean = n.sum() / expected.sum()
    spread = (expected * (n / expected - mean) ** 2).sum() / expected.sum()
    return float(mean), max(0.0, float(spread - mean / expected.mean()))


def _mean(n: Floats, expected: Floats, of: NDArray[np.bool_], otherwise: float) -> float:
    """Rate of these villages together."""
    return float(n[of].sum() / expected[of].sum()) if n[of].sum() > 0 else otherwise


def _edge(rates: Floats, p: float) -> float:
    """Of all villages: what may be true of one of which nothing is known. On the safe side of 1."""
    edge = float(np.quantile(rates, p))
    return min(edge, 1.0) if p < 0.5 else max(edge, 1.0)


def _nothing(known: NDArray[np.bool_]) -> Reporting:
    one = np.ones(len(known))
    return Reporting(one, one, one, known, 0.0, float("nan"))
