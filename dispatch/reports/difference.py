"""Two periods side by side: by how much a place changed, and whether that is more than chance."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
from scipy.special import betainc, betaincinv
from scipy.stats import chi2

from geo.hotspots.discoveries import Discoveries, false_discovery

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

FEWEST = 4  # places, below which bursts cannot be measured
_ROUNDS = 6
_CUT = 0.05  # of the places, those with the most extreme residuals
# What is left of the mean of a squared normal without its greatest twentieth.
_LEFT = float(chi2.cdf(chi2.ppf(1 - _CUT, 1), 3) / (1 - _CUT))
_SMALL = 0.2


@dataclass(frozen=True, slots=True)
class Difference:
    """For each place (n,): rate of the second period over the first; NaN where nothing happened."""

    ratio: Floats  # infinite where nothing happened in the first period
    low: Floats  # 95 % of the ratio
    high: Floats
    p: Floats  # two-sided


@dataclass(frozen=True, slots=True)
class Compared:
    """The differences, which of them are sure, and by how much bursts widen chance.

    crowding   (n,) variance of a count over that of incidents that come one by one; 1 or more
    measured   whether there were places enough to measure it
    """

    made: Difference
    told: Discoveries
    crowding: Floats
    measured: bool


def compared(
    now: Floats, before: Floats, now_days: float, before_days: float, alpha: float
) -> Compared:
    """As `difference`, with chance as wide as the places show it to be, and false findings held.

    Incidents that come in bursts differ more between two periods than such that come singly: the
    test would take every burst for a change. By how much is measured over all places but those
    that are found: what is found first is left out, and the rest measured anew.
    """
    found = np.zeros(len(now), dtype=np.bool_)
    for _ in range(_ROUNDS):
        crowding = crowded(now, before, ~found)
        made = difference(now / crowding, before / crowding, now_days, before_days)
        told = false_discovery(made.p, alpha)
        if not (told.found & ~found).any():
            break
        found |= told.found
    return Compared(made, told, crowding, bool(((now + before > 0) & ~found).sum() >= FEWEST))


def crowded(now: Floats, before: Floats, among: Flags) -> Floats:
    """(n,) the variance that both periods show, over the binomial's; never below 1.

    among   (n,) the places by which it is measured, whatever happened in the whole regency
    Two terms, each 0 or more: bursts of a few (a constant, as of a quasi-binomial: McCullagh and
    Nelder 1989, ch. 4.5) and places that rise or fall as a whole (growing with the count, as of a
    beta-binomial), by least squares of the squared Pearson residuals, weighted by their own size.
    The most extreme twentieth is left out, and what that takes away is made good: else a few places
    that did change would hide each other.
    """
    both = now + before
    used = among & (both > 0)
    if used.sum() < FEWEST:
        return np.ones(len(now))
    n, these = both[used], now[used]
    terms = np.column_stack([np.ones(len(n)), np.maximum(n - 1, 0)])
    kept, weights, fitted = np.arange(len(n)), np.ones(len(n)), np.zeros(2)
    for _ in range(_ROUNDS):
        share = these[kept].sum() / n[kept].sum()
        if not 0 < share < 1:
            break
        residuals = (these - n * share) ** 2 / (n * share * (1 - share))
        own = weights[kept]
        fitted = nnls(terms[kept] * own[:, np.newaxis], residuals[kept] * own)[0]
        fit = terms @ fitted
        weights = 1 / np.maximum(fit, 1.0)
        rank = np.argsort(residuals / np.maximum(fit, _SMALL), kind="stable")
        kept = rank[: int(len(n) * (1 - _CUT))]
    fitted *= len(n) / (len(n) - 2) / _LEFT  # two terms are taken from the residuals
    return np.asarray(np.maximum(1.0, fitted[0] + fitted[1] * np.maximum(both - 1, 0)))


def difference(now: Floats, before: Floats, now_days: float, before_days: float) -> Difference:
    """Compare counts (n,) of two periods of so many days, place by place.

    Given how many happened in both together, those of one are binomial where the rates are equal
    (Przyborowski & Wilenski 1940); the interval is that of Clopper & Pearson. Counts may be
    fractions, as doubtful places make them: the binomial's sums are continued by the beta
    function. Exact, so the test finds too little rather than too much.
    """
    q = now_days / (now_days + before_days)
    both = now + before
    seen = both > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(seen, (now / now_days) / (before / before_days), np.nan)
        least = np.where(now > 0, betaincinv(now, before + 1, 0.025), 0.0)
        most = np.where(before > 0, betaincinv(now + 1, before, 0.975), 1.0)
        odds = before_days / now_days
        low, high = least / (1 - least) * odds, most / (1 - most) * odds
    p = np.minimum(1.0, 2 * np.minimum(_at_least(now, before, q), _at_least(before, now, 1 - q)))
    return Difference(
        ratio,
        np.where(seen, low, np.nan),
        np.where(seen, high, np.nan),
        np.where(seen, p, np.nan),
    )


def _at_least(these: Floats, others: Floats, q: float) -> Floats:
    """Chance of that many or more of all, where each is one of these with chance q."""
    some = np.maximum(these, 1e-12)  # zero or more is certain
    found: Floats = np.where(these > 1e-9, betainc(some, others + 1, q), 1.0)
    return found


def bursts_of(counts: Floats) -> float:
    """By how much more the counts (steps, places) vary than incidents that come one by one.

    By moments between a place's step and its next, each against what the step has everywhere: a
    place that always has more cancels, and a week of rain over all as well. 1 or more.
    """
    total = counts.sum()
    if len(counts) < FEWEST or not total > 0:
        return 1.0
    place = counts.sum(axis=0) / total
    due = counts.sum(axis=1)[:, np.newaxis] * place
    jumps = np.diff(counts - due, axis=0)
    chance = ((due[1:] + due[:-1]) * (1 - place)).sum()
    return max(1.0, float((jumps**2).sum() / chance)) if chance > 0 else 1.0


def more_than_share(n: Floats, share: Floats, crowding: float = 1.0) -> Floats:
    """Two-sided p (n,) of counts whose sum falls to the places by these shares (sum 1).

    crowding  variance over that of incidents that come one by one, as of bursts_of
    NaN where the share is not known. As `difference`: binomial given the sum, continued.
    """
    n = n / crowding
    total = float(n.sum())
    known = np.nan_to_num(np.clip(share, 0, 1))
    above = betainc(np.maximum(n, 1e-12), total - n + 1, known)
    above = np.where(n > 1e-9, above, 1.0)
    below = 1 - betainc(n + 1, np.maximum(total - n, 1e-12), known)
    p = np.minimum(1.0, 2 * np.minimum(above, below))
    return np.where(np.isfinite(share), p, np.nan)
