"""What is lost when a unit goes, and whom to move up.

Where units may be busy with chance q, k units cover a point with chance 1 − q^k (MEXCLP, Daskin
1983; the value of one more or less as in DMEXCLP, Jagtenberg, Bhulai, van der Mei 2015). q = 0 is
plain cover: by one or by none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.coverage.demand import ENOUGH, TINY, Demand, Flags, Floats


def leaving(demand: Demand, covers: Flags) -> Flags:
    """(units, villages) whether the village is reached now, and not any more without the unit.

    covers   (units, points)
    """
    times = covers.sum(axis=0)
    alone = covers & (times == 1)
    now = demand.shares(times > 0)
    lost = demand.by_village(alone * demand.weights) / demand.by_village(demand.weights)
    left: Flags = (now >= ENOUGH - TINY) & (now - lost < ENOUGH - TINY)
    return left


def worth(demand: Demand, covers: Flags, busy: float = 0.0) -> Floats:
    """(units,) the weight that is covered less when one goes: 0 to 1.

    busy  chance that a unit has something else to do, 0 to below 1
    """
    times = covers.sum(axis=0)
    alone = (1 - busy) * busy ** np.maximum(times - 1, 0)
    return np.asarray(covers @ (demand.weights * alone))


@dataclass(frozen=True, slots=True)
class Move:
    """One unit to one station: all by their places."""

    unit: int
    station: int
    gain: float  # weight covered more, what it leaves taken off
    villages: Flags  # (villages,) reached then and not now
    lost: Flags  # (villages,) the other way round


def best_move(
    demand: Demand, covers: Flags, from_station: Flags, allowed: Flags, busy: float = 0.0
) -> Move | None:
    """The move that gains most, None where none gains a village and loses fewer.

    covers        (units, points) from where each free unit is
    from_station  (stations, points) what any of the units that may move would cover from there
    allowed       (units, stations) moves that can be made
    """
    if not allowed.any() or not len(covers):
        return None
    others = covers.sum(axis=0) - covers
    chance = busy ** np.arange(len(covers) + 1)  # that so many are all out
    open_weight = demand.weights * chance[others] * (1 - busy)
    taken = open_weight @ from_station.T.astype(np.float64)
    gain = taken - worth(demand, covers, busy)[:, np.newaxis]
    there = np.logical_or.reduce(covers)
    before = demand.reached(there)
    # Where nothing is won though all stay, nothing is won when one goes.
    helps = demand.reached(there | from_station).sum(axis=1) > before.sum()
    gain = np.where(allowed & helps, gain, 0.0)
    alike: dict[bytes, Flags] = {}  # stations at which units of one post would win
    for move in np.argsort(-gain, axis=None, kind="stable").tolist():
        unit, station = divmod(move, allowed.shape[1])
        if gain[unit, station] <= TINY:
            break
        key = covers[unit].tobytes()
        if key not in alike:
            then = demand.reached((others[unit] > 0) | from_station)
            alike[key] = then.sum(axis=1) > before.sum()
        if alike[key][station]:
            after = demand.reached((others[unit] > 0) | from_station[station])
            return Move(unit, station, float(gain[unit, station]), after & ~before, before & ~after)
    return None
