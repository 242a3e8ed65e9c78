"""A network of directed roads and the turns between them: the graph that is searched.

Its states are directed roads, its steps turns at junctions, so that a banned turn, a costly one and
a U-turn are what they are on the road.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.routing.rules import ALL, Band, RoadRules, learned_factor
from geo.routing.table import Floats, Ints, RoadTable

NOWHERE = -1
_STRAIGHT_DEG = 40.0  # a bend below this is no turn
_KMH = 3.6


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """s states (directed roads) and t turns from one into the next.

    road, against  (s,) which road, and whether against its drawn direction
    state_of       (roads, 2) state along and against; -1 where a one-way street forbids it
    turn_at        (s + 1,) where the turns INTO each state begin in turn_from
    turn_from      (t,) the state that each turn comes from
    turn_s         (t,) seconds of the turn itself
    """

    table: RoadTable
    road: Ints
    against: NDArray[np.bool_]
    state_of: Ints
    turn_at: Ints
    turn_from: Ints
    turn_s: Floats

    @property
    def states(self) -> int:
        """Number of directed roads."""
        return len(self.road)

    @classmethod
    def of(cls, table: RoadTable, rules: RoadRules) -> Network:
        """All turns that may be taken; back the way one came only where no other leads on."""
        road, against, state_of = _directed(table)
        tail = np.where(against, table.finish[road], table.start[road])
        head = np.where(against, table.start[road], table.finish[road])
        come, go = _pairs(tail, head)
        back = (road[come] == road[go]) & (against[come] != against[go])
        free = ~_banned(table, road, head, come, go)
        onward = free & ~back
        leads_on = np.zeros(len(road), dtype=bool)
        leads_on[come[onward]] = True
        keep = onward | (free & back & ~leads_on[come])
        come, go, back = come[keep], go[keep], back[keep]
        turn_s = _turn_costs(table, rules, road, against, head, come, go, back)
        order = np.argsort(go, kind="stable")
        counts = np.bincount(go, minlength=len(road))
        turn_at = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        return cls(
            table, road, against, state_of, turn_at, come[order].astype(np.int32), turn_s[order]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Costs:
    """Seconds of a band of hours.

    cost_s    (s,) of each directed road
    step_s    (t,) of each turn and the road that it leads into
    learned   factors of the classes of road that are in these seconds
    """

    band: str
    cost_s: Floats
    step_s: Floats
    learned: Floats

    @classmethod
    def of(
        cls,
        network: Network,
        rules: RoadRules,
        band: Band | None,
        learned: Mapping[tuple[str, str], float],
    ) -> Costs:
        """By class, signed speed, band and what own journeys taught."""
        table, name = network.table, ALL if band is None else band.name
        kmh = np.array([rules.kmh_of(kind) for kind in table.kinds], dtype=np.float64)
        slow = np.array([band.factor_of(k) if band else 1.0 for k in table.kinds], dtype=np.float64)
        taught = np.array([learned_factor(learned, k, name) for k in table.kinds], dtype=np.float64)
        signed = table.speed_kmh * rules.signed_share
        speed_kmh = np.where(np.isnan(signed), kmh[table.kind], signed)
        road_s = table.length_m / (speed_kmh / _KMH) * slow[table.kind]
        plain_s, factor = road_s[network.road], taught[table.kind][network.road]
        turns = np.diff(network.turn_at)
        step_s = (network.turn_s + np.repeat(plain_s, turns)) * np.repeat(factor, turns)
        return cls(name, plain_s * factor, step_s, taught)


def _directed(table: RoadTable) -> tuple[Ints, NDArray[np.bool_], Ints]:
    two_way = np.flatnonzero(~table.oneway)
    road = np.concatenate([np.arange(table.count), two_way]).astype(np.int32)
    against = np.arange(len(road)) >= table.count
    state_of = np.full((table.count, 2), NOWHERE, dtype=np.int32)
    state_of[:, 0] = np.arange(table.count)
    state_of[two_way, 1] = table.count + np.arange(len(two_way))
    return road, against, state_of


def _pairs(tail: Ints, head: Ints) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Every state with every state that begins where it ends."""
    order = np.argsort(tail, kind="stable")
    first = np.searchsorted(tail[order], head, side="left")
    counts = np.searchsorted(tail[order], head, side="right") - first
    come = np.repeat(np.arange(len(head)), counts)
    before = np.repeat(np.cumsum(counts) - counts, counts)
    return come, order[np.repeat(first, counts) + np.arange(len(come)) - before]


def _banned(
    table: RoadTable, road: Ints, head: Ints, come: NDArray[np.intp], go: NDArray[np.intp]
) -> NDArray[np.bool_]:
    banned = np.zeros(len(come), dtype=bool)
    if len(table.bans):
        bans = {tuple(ban) for ban in table.bans.tolist()}
        some = np.flatnonzero(np.isin(road[come], table.bans[:, 0]))
        triples = zip(
            road[come[some]].tolist(),
            head[come[some]].tolist(),
            road[go[some]].tolist(),
            strict=True,
        )
        banned[some] = [triple in bans for triple in triples]
    return banned


def _turn_costs(
    table: RoadTable,
    rules: RoadRules,
    road: Ints,
    against: NDArray[np.bool_],
    head: Ints,
    come: NDArray[np.intp],
    go: NDArray[np.intp],
    back: NDArray[np.bool_],
) -> Floats:
    """Seconds of each turn. Where only two roads meet a bend is no turn."""
    leaves, arrives = _headings(table, road, against)
    angle = (leaves[go] - arrives[come] + 180.0) % 360.0 - 180.0  # clockwise: to the right
    ends = np.concatenate([table.start, table.finish])
    names, meet = np.unique(ends, return_counts=True)
    crossing = meet[np.searchsorted(names, head[come])] >= 3
    right_s, left_s = rules.turns.across_s, rules.turns.along_s
    if table.drives_on == "right":
        right_s, left_s = left_s, right_s
    turn_s = np.where(angle > 0, right_s, left_s)
    turn_s[(np.abs(angle) < _STRAIGHT_DEG) | ~crossing] = 0.0
    turn_s[back] = rules.turns.back_s
    turn_s[np.isin(head[come], table.signals)] += rules.turns.signals_s
    return turn_s


def _headings(table: RoadTable, road: Ints, against: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Degrees from north in which each state leaves its first junction and reaches its last."""
    first, last = table.offsets[:-1], table.offsets[1:] - 1
    out = _heading(table.coords[first], table.coords[first + 1])[road]
    end = _heading(table.coords[last - 1], table.coords[last])[road]
    leaves = np.where(against, end + 180.0, out)
    arrives = np.where(against, out + 180.0, end)
    return leaves, arrives


def _heading(one: Floats, other: Floats) -> Floats:
    east = (other[:, 0] - one[:, 0]) * np.cos(np.radians(one[:, 1]))
    north = other[:, 1] - one[:, 1]
    return np.degrees(np.arctan2(east, north))
