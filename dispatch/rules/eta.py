"""When help is there: not a number but a distribution, from all that is not exactly known.

Arrival = turn-out + travel. Both are log-normal; over the places where the incident and the
unit may be they are mixed. Everything works on arrays: units at once, and no dice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from scipy.special import ndtr

from geo.shapes import Floats, Ints

INTERVAL = 0.8  # of the chance lies between low_s and high_s
LEAST_REACHED = 0.5  # of the places from or to which a way must lead: else there is none
_HALVINGS = 22  # of the range in which a quantile is looked for: to about 1e-5
_LEAST_S = 1.0  # a unit that stands beside it is there after a second


@dataclass(frozen=True, slots=True)
class Turnout:
    """Seconds from the order until the wheels turn, on average. Assumed until measured."""

    post_s: float = 90.0  # at the post
    moving_s: float = 20.0  # on the road already
    silent_s: float = 120.0  # on top: it left its last order without an answer
    sd: float = 0.45  # of the logarithm
    post_s_by_kind: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def mean_s(self, kind: str, at_post: bool, silent: bool = False) -> float:
        """On average, for a unit of that kind."""
        usual = self.post_s_by_kind.get(kind, self.post_s) if at_post else self.moving_s
        return usual + (self.silent_s if silent else 0.0)


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """For each unit (n,), in seconds from the order; NaN (chance 0) where no way leads there."""

    expected_s: Floats
    low_s: Floats  # 80 % lie between low and high
    high_s: Floats
    p_target: Floats
    travel_s: Floats  # expected, of it: on the way
    reached: Floats  # share of the places that a way joins

    def at(self, n: int) -> "Arrival | None":
        """Of one unit; None where no way leads there."""
        if not np.isfinite(self.expected_s[n]):
            return None
        return Arrival(
            float(self.expected_s[n]),
            float(self.low_s[n]),
            float(self.high_s[n]),
            float(self.p_target[n]),
            float(self.travel_s[n]),
        )


@dataclass(frozen=True, slots=True)
class Arrival:
    """When one unit is there."""

    expected_s: float
    low_s: float
    high_s: float
    p_target: float
    travel_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """Log-normal parts: centre and spread of the logarithm, weight; all (n, parts).

    A part without weight may hold anything finite. Weights of a row add up to 1, or to 0.
    """

    centre: Floats
    sd: Floats
    weight: Floats

    def below(self, seconds: Floats) -> Floats:
        """The chance (n,) of at most so many seconds (n,)."""
        z = (np.log(np.maximum(seconds, 1e-9))[:, np.newaxis] - self.centre) / self.sd
        held: Floats = np.einsum("ij,ij->i", self.weight, ndtr(z))
        return held

    def quantile(self, share: float) -> Floats:
        """Seconds (n,) that are not exceeded with that chance; by halving, in logarithms."""
        some = self.weight > 0
        reach = 6.0 * self.sd
        low = np.where(some, self.centre - reach, np.inf).min(axis=1, initial=np.inf)
        high = np.where(some, self.centre + reach, -np.inf).max(axis=1, initial=-np.inf)
        none = ~some.any(axis=1)
        low[none] = high[none] = 0.0
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            under = self.below(np.exp(middle)) < share
            low, high = np.where(under, middle, low), np.where(under, high, middle)
        found: Floats = np.where(none, np.nan, np.exp((low + high) / 2))
        return found


def sums(
    travel_s: Floats, weight: Floats, turnout_s: Floats, travel_sd: Floats, turnout_sd: float
) -> Mixture:
    """Turn-out + travel as a mixture: each sum as the log-normal of its mean and variance.

    travel_s    (n, parts) expected; NaN where no way leads there
    weight      (n, parts)
    turnout_s   (n,) on average
    travel_sd   (n,) of the logarithm
    After Fenton 1960: of two log-normals the sum is nearly one again.
    """
    reached = np.isfinite(travel_s)
    travel = np.maximum(np.where(reached, travel_s, 1.0), _LEAST_S)
    held = np.where(reached, weight, 0.0)
    total = held.sum(axis=1, keepdims=True)
    held = np.divide(held, total, out=np.zeros_like(held), where=total > 0)
    mean = travel + turnout_s[:, np.newaxis]
    spread = travel**2 * np.expm1(travel_sd**2)[:, np.newaxis]
    spread = spread + (turnout_s**2 * np.expm1(turnout_sd**2))[:, np.newaxis]
    variance = np.log1p(spread / mean**2)
    return Mixture(np.log(mean) - variance / 2, np.sqrt(np.maximum(variance, 1e-12)), held)


def arrivals(
    travel_s: Floats,
    weight: Floats,
    turnout_s: Floats,
    travel_sd: Floats,
    target_s: float,
    turnout_sd: float,
) -> Arrivals:
    """When each unit is there. Arguments as in sums()."""
    reached = np.where(np.isfinite(travel_s), weight, 0.0).sum(axis=1)
    all_of_it = weight.sum(axis=1)
    share = np.divide(reached, all_of_it, out=np.zeros_like(reached), where=all_of_it > 0)
    mixture = sums(travel_s, weight, turnout_s, travel_sd, turnout_sd)
    travel = np.where(mixture.weight > 0, np.nan_to_num(travel_s), 0.0)
    mean_travel = np.einsum("ij,ij->i", mixture.weight, travel)
    there = (share >= LEAST_REACHED) & (share > 0)
    tail = (1 - INTERVAL) / 2
    target = np.full(len(share), target_s)
    return Arrivals(
        expected_s=np.where(there, mean_travel + turnout_s, np.nan),
        low_s=np.where(there, mixture.quantile(tail), np.nan),
        high_s=np.where(there, mixture.quantile(1 - tail), np.nan),
        p_target=np.where(there, mixture.below(target) * share, 0.0),
        travel_s=np.where(there, mean_travel, np.nan),
        reached=share,
    )


def crossed(times_s: Floats, owners: Ints, goal_weight: Floats) -> tuple[Floats, Floats]:
    """Times of all starts to all goals, put together by unit: (travel, weight), (n, parts).

    times_s      (starts, goals), NaN where no way leads there
    owners       (starts,) number of the unit, rising; its starts are equally likely
    goal_weight  (goals,)
    Units with fewer starts than others are filled up with parts of no weight.
    """
    counts = np.bincount(owners) if len(owners) else np.zeros(0, np.intp)
    most = int(counts.max(initial=0))
    goals = len(goal_weight)
    nth = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
    travel = np.full((len(counts), most, goals), np.nan)
    weight = np.zeros((len(counts), most, goals))
    travel[owners, nth] = times_s
    weight[owners, nth] = goal_weight / counts[owners][:, np.newaxis]
    shape = (len(counts), most * goals)
    return travel.reshape(shape), weight.reshape(shape)
