"""Matchings that are best by one weight, and among these by the next, and so on.

After each stage the set of all best matchings is kept, not one of them: by complementary slackness
they are those that use tight edges only and cover every row and column with a positive price. Rows
that are the same in all of them are settled; the others go into the next stage with their tight
edges, weighed so that no later gain can pay for a loss. All weights are whole numbers below 2^53.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Stage:
    """What is weighed next.

    rows     (all rows,) the rows that it is about; those not yet there join now
    weights  gives (rows of it, columns) whole numbers; 0 where the two cannot go together
    """

    rows: Flags
    weights: Callable[[], Floats]


def best_of_all(stages: Sequence[Stage], shape: tuple[int, int]) -> Ints:
    """The column of each row, -1 for none: greatest by the first stage, then by the next ..."""
    chosen = np.full(shape[0], -1, dtype=np.int64)
    waiting = np.zeros(shape[0], dtype=bool)  # rows that are not settled yet
    seen = np.zeros(shape[0], dtype=bool)
    free = np.ones(shape[1], dtype=bool)
    duties = np.zeros(shape)  # 1 or 2 on the edges that the best so far can use, by what they pay
    for number, stage in enumerate(stages):
        joining = stage.rows & ~seen
        seen |= stage.rows
        rows, columns = np.flatnonzero(waiting | joining), np.flatnonzero(free)
        if not len(rows) or not len(columns):
            continue
        weights = _weights(stage, rows, columns, duties, waiting)
        matched = greatest(weights)
        chosen[rows] = np.where(matched >= 0, columns[matched], -1)
        if number == len(stages) - 1:
            break
        kept, still_open = _all_greatest(weights, matched)
        duties[np.ix_(rows, columns)] = kept
        waiting[:] = False
        waiting[rows[still_open]] = True
        free[chosen[rows[~still_open & (matched >= 0)]]] = False
    return chosen


def greatest(weights: Floats) -> Ints:
    """The column of each row, -1 for none, in a matching of greatest weight."""
    matched = np.full(len(weights), -1, dtype=np.int64)
    rows, columns = linear_sum_assignment(weights, maximize=True)
    real = weights[rows, columns] > 0
    matched[rows[real]] = columns[real]
    return matched


def _weights(stage: Stage, rows: Ints, columns: Ints, duties: Floats, waiting: Flags) -> Floats:
    """Of these rows and columns: duties outweigh whatever can be gained now."""
    asked = stage.rows[rows]
    about = np.searchsorted(np.flatnonzero(stage.rows), rows[asked])
    weights = stage.weights()
    if asked.all() and not waiting.any():
        whole = len(columns) == weights.shape[1] and len(about) == len(weights)
        return weights if whole else weights[np.ix_(about, columns)]
    own = np.zeros((len(rows), len(columns)))
    own[asked] = weights[np.ix_(about, columns)]
    if not waiting.any():
        return own
    owed = duties[np.ix_(rows, columns)]
    own[waiting[rows][:, np.newaxis] & (owed == 0)] = 0
    return np.asarray(own + owed * (own.max(axis=1).sum() + 1))


def _all_greatest(weights: Floats, matched: Ints) -> tuple[Floats, Flags]:
    """What every matching of that weight has in common.

    returns  (rows, columns) how many duties an edge fulfils, 0 where none of them uses it;
             (rows,) whether the row is not the same in all of them
    """
    pay, price = _prices(weights, matched)
    tight = (weights > 0) & (pay[:, np.newaxis] + price == weights)
    rows, columns = weights.shape
    part = _exchangeable(tight, matched, pay, price)
    sizes = np.bincount(part)
    usable = tight & (part[:rows, np.newaxis] == part[rows : rows + columns])
    served = np.flatnonzero(matched >= 0)
    usable[served, matched[served]] = True
    duty = (pay[:, np.newaxis] > 0).astype(np.float64) + (price > 0)
    return np.where(usable, duty, 0), sizes[part[:rows]] > 1


def _prices(weights: Floats, matched: Ints) -> tuple[Floats, Floats]:
    """The dual solution with the lowest prices of columns: pay + price >= weight, none below 0.

    Bellman-Ford, all rows at once: a column costs what another row would lose without it.
    """
    served = matched >= 0
    held = np.where(served, matched, 0)
    own = np.where(served, weights[np.arange(len(weights)), held], 0.0)
    price = np.zeros(weights.shape[1])
    while True:
        pay = np.where(served, own - price[held], 0.0)
        raised = np.maximum(price, (weights - pay[:, np.newaxis]).max(axis=0))
        if (raised == price).all():
            return pay, price
        price = raised


def _exchangeable(tight: Flags, matched: Ints, pay: Floats, price: Floats) -> Ints:
    """The strong component of each row and column: exchanges that cost nothing run in circles.

    A row can go to another tight column, whose row must go on; row and column without a price may
    also stay alone: these are joined by one node for "alone".
    """
    rows, columns = tight.shape
    alone = rows + columns
    served = np.flatnonzero(matched >= 0)
    held = matched[served]
    taken = np.zeros(columns, dtype=bool)
    taken[held] = True
    others = tight.copy()
    others[served, held] = False
    row, column = np.nonzero(others)
    lone_rows, idle = np.flatnonzero(matched < 0), np.flatnonzero(~taken)
    may_leave, may_idle = served[pay[served] == 0], np.flatnonzero(taken & (price == 0))
    ends = [
        (row, rows + column),
        (rows + held, served),
        (np.full(len(lone_rows), alone), lone_rows),
        (may_leave, np.full(len(may_leave), alone)),
        (rows + idle, np.full(len(idle), alone)),
        (np.full(len(may_idle), alone), rows + may_idle),
    ]
    start = np.concatenate([one for one, _ in ends])
    finish = np.concatenate([other for _, other in ends])
    graph = coo_array((np.ones(len(start), dtype=np.int8), (start, finish)), (alone + 1, alone + 1))
    part: Ints = connected_components(graph.tocsr(), directed=True, connection="strong")[1]
    return part.astype(np.int64)
