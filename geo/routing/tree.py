"""One search backwards from a goal: the time, and the way, from the end of every road to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.routing.joins import Join
from geo.routing.network import NOWHERE, Costs, Network
from geo.routing.table import Floats, Ints


@dataclass(frozen=True, slots=True, eq=False)
class Tree:
    """What it takes from the end of every state to a point of a road.

    after_s     (s,) seconds; infinite where no way leads there
    next_state  (s,) which road comes next; a negative number -1 - k: goal state number k
    goals       states that the goal lies on
    shares      how far along each of them, in its own direction
    """

    network: Network
    costs: Costs
    goal: Join
    goals: tuple[int, ...]
    shares: tuple[float, ...]
    after_s: Floats
    next_state: Ints

    @classmethod
    def to(cls, network: Network, costs: Costs, goal: Join) -> Tree:
        """Search all that leads there: the last road is driven only as far as the goal."""
        goals, shares = ends_of(network, goal)
        entries = _entries(network, costs, goals, shares)
        from_goal = sorted(entries)
        count = network.states
        graph = csr_matrix(
            (
                np.concatenate([costs.step_s, [entries[state][0] for state in from_goal]]),
                np.concatenate([network.turn_from, np.array(from_goal, dtype=np.int32)]),
                np.append(network.turn_at, len(costs.step_s) + len(from_goal)).astype(np.int32),
            ),
            shape=(count + 1, count + 1),
        )
        after_s, come = dijkstra(graph, indices=count, return_predecessors=True)
        next_state = come[:count].astype(np.int32)
        last = np.flatnonzero(next_state == count)
        next_state[last] = [-1 - entries[state][1] for state in last.tolist()]
        return cls(network, costs, goal, goals, shares, after_s[:count], next_state)


def ends_of(network: Network, join: Join) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The states of a join's road, and how far along each of them it lies."""
    along, against = network.state_of[join.road].tolist()
    if against == NOWHERE:
        return (along,), (join.share,)
    return (along, against), (join.share, 1.0 - join.share)


def _entries(
    network: Network, costs: Costs, goals: Sequence[int], shares: Sequence[float]
) -> dict[int, tuple[float, int]]:
    """States from which one turns into the goal's road: seconds to the goal, and which state."""
    entries: dict[int, tuple[float, int]] = {}
    for number, (goal, share) in enumerate(zip(goals, shares, strict=True)):
        saved_s = (1.0 - share) * float(costs.cost_s[goal])
        for turn in range(*network.turn_at[goal : goal + 2].tolist()):
            state = int(network.turn_from[turn])
            # A rounding error must not make it negative.
            offer = (max(0.0, float(costs.step_s[turn]) - saved_s), number)
            entries[state] = min(entries.get(state, offer), offer)
    return entries
