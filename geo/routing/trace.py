"""What lies on the ways of a tree: metres and seconds by class of road, and the roads in order."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.routing.table import Floats
from geo.routing.tree import Tree


def totals(tree: Tree, states: Sequence[int], shares: Sequence[float]) -> tuple[Floats, Floats]:
    """Metres (n,) and seconds by class (n, kinds) from a share of each state to the goal.

    A negative state -1 - s: the goal lies ahead on s itself. Without what was learned: what a
    journey took is held against what the configuration says.
    """
    table, count = tree.network.table, len(tree.network.table.kinds)
    asked, share = np.array(states, dtype=np.intp), np.array(shares, dtype=np.float64)
    order = _ways(tree, states)
    root = len(order)
    place = np.full(tree.network.states, root, dtype=np.intp)
    place[order] = np.arange(root)
    following = tree.next_state[order]
    parent = np.append(np.where(following >= 0, place[following], root), root)
    sums = np.vstack([_steps(tree, order, count), np.zeros(1 + count)])
    while (parent != root).any():  # doubling: rounds as the logarithm of the longest way
        sums += sums[parent]
        parent = parent[parent]
    found = sums[np.where(asked >= 0, place[asked], root)]
    own = np.where(asked >= 0, asked, -1 - asked)
    left = 1.0 - share
    for goal, end in zip(tree.goals, tree.shares, strict=True):
        ahead = (asked < 0) & (own == goal)
        left[ahead] = end - share[ahead]
    road = tree.network.road[own]
    found[:, 0] += left * table.length_m[road]
    found[np.arange(len(own)), 1 + table.kind[road]] += left * tree.costs.cost_s[own]
    return found[:, 0], found[:, 1:] / tree.costs.learned


def chain(tree: Tree, state: int, share: float) -> list[tuple[int, float, float]]:
    """State, share from, share to: each stretch of the way to the goal, in order."""
    if state < 0:
        own = -1 - state
        return [(own, share, tree.shares[tree.goals.index(own)])]
    found, begin = [], share
    while state >= 0:
        found.append((state, begin, 1.0))
        begin, state = 0.0, int(tree.next_state[state])
    number = -1 - state
    return [*found, (tree.goals[number], 0.0, tree.shares[number])]


def _ways(tree: Tree, states: Sequence[int]) -> NDArray[np.intp]:
    """All states on the ways, each once."""
    seen: dict[int, None] = {}
    for state in states:
        while state >= 0 and state not in seen:
            seen[state] = None
            state = int(tree.next_state[state])
    return np.fromiter(seen, dtype=np.intp, count=len(seen))


def _steps(tree: Tree, order: NDArray[np.intp], count: int) -> Floats:
    """Metres, and seconds by class, that the next road of each state adds; its turn included."""
    table, after = tree.network.table, tree.after_s
    following = tree.next_state[order]
    last = following < 0
    number = np.where(last, -1 - following, 0)
    into = np.where(last, np.array(tree.goals)[number], following)
    road = tree.network.road[into]
    rows = np.zeros((len(order), 1 + count))
    rows[:, 0] = table.length_m[road] * np.where(last, np.array(tree.shares)[number], 1.0)
    spent_s = after[order] - np.where(last, 0.0, after[np.maximum(following, 0)])
    rows[np.arange(len(order)), 1 + table.kind[road]] = spent_s
    return rows
