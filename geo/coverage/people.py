"""For whom help is there in time: shares of people, on paper and by road, and who is missed.

All of it from points that stand for people (demand): a share is as fine as its points are many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.coverage.demand import Demand, Flags, Floats
from geo.coverage.moving import leaving


def shares_within(demand: Demand, times_s: Floats, limits_s: Sequence[float]) -> Floats:
    """(limits, villages) share of each village that anybody reaches within each limit.

    times_s  (units, points), NaN or infinite where there is no way
    """
    count = len(demand.weights)
    first_s = np.fmin.reduce(times_s, axis=0) if len(times_s) else np.full(count, np.nan)
    with np.errstate(invalid="ignore"):
        covered: Flags = first_s <= np.asarray(limits_s)[:, np.newaxis]
    return demand.shares(covered)


def rolled(shares: Floats, weights: Floats, groups: NDArray[np.intp], count: int) -> Floats:
    """Shares of groups of villages, each village by its weight: (..., villages) to (..., groups).

    groups  (villages,) number of the group of each, below count; negative: of none
    NaN for a group without a village, or without a weight.
    """
    inside = groups >= 0
    part = np.zeros((len(groups), count))
    part[np.flatnonzero(inside), groups[inside]] = weights[inside]
    whole = part.sum(axis=0)
    found: Floats = np.divide(
        shares @ part, whole, out=np.full((*shares.shape[:-1], count), np.nan), where=whole > 0
    )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """A circle round each station against the road: shares of each village, (villages,) each.

    only_circle  promised on paper, and not reached in time
    only_road    reached in time, and in no circle
    """

    circle: Floats
    road: Floats
    only_circle: Floats
    only_road: Floats


def paper(demand: Demand, distance_m: Floats, radius_m: float, reached: Flags) -> Paper:
    """What the circles promise and the roads do not keep.

    distance_m  (stations, points) as the crow flies
    reached     (points,) in time, by whatever way there is
    """
    inside: Flags = np.logical_or.reduce(distance_m <= radius_m, axis=0)
    return Paper(
        demand.shares(inside),
        demand.shares(reached),
        demand.shares(inside & ~reached),
        demand.shares(reached & ~inside),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Loss:
    """What is out of reach while one unit is busy and all others are not."""

    unit: int
    weight: float  # of all people, 0 to 1: the sum over villages
    shares: Floats  # (villages,) of each village that nobody else reaches in time
    villages: Flags  # (villages,) reached now, by the rule of Demand.reached, and not then


def losses(demand: Demand, covers: Flags) -> list[Loss]:
    """Each unit in turn, the one that is missed most first; equal ones in their order.

    covers  (units, points)
    """
    alone = covers & (covers.sum(axis=0) == 1)
    shares = demand.by_village(alone * demand.weights) / demand.by_village(demand.weights)
    gone = leaving(demand, covers)
    weight = alone @ demand.weights
    return [
        Loss(unit, float(weight[unit]), shares[unit], gone[unit])
        for unit in np.argsort(-weight, kind="stable").tolist()
    ]
