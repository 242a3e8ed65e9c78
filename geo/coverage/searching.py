"""The loops of a search outwards that ends at a limit, compiled: one start at a time.

Importing it takes a second (numba): do so only where many starts are asked.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

NOWHERE = -1


def _push(
    heap_s: NDArray[Any], heap_state: NDArray[Any], size: int, seconds: float, state: int
) -> int:
    """Put it in; returns the new size."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if heap_s[above] <= seconds:
            break
        heap_s[place], heap_state[place] = heap_s[above], heap_state[above]
        place = above
    heap_s[place], heap_state[place] = seconds, state
    return size + 1


def _pop(heap_s: NDArray[Any], heap_state: NDArray[Any], size: int) -> int:
    """Take the least away, which the caller has read; returns the new size."""
    size -= 1
    seconds, state = heap_s[size], heap_state[size]
    place = 0
    while True:
        below = 2 * place + 1
        if below >= size:
            break
        if below + 1 < size and heap_s[below + 1] < heap_s[below]:
            below += 1
        if heap_s[below] >= seconds:
            break
        heap_s[place], heap_state[place] = heap_s[below], heap_state[below]
        place = below
    heap_s[place], heap_state[place] = seconds, state
    return size


push: Callable[..., int] = numba.njit(cache=True, nogil=True)(_push)
pop: Callable[..., int] = numba.njit(cache=True, nogil=True)(_pop)


def _relax(
    turn_at: NDArray[Any],
    turn_to: NDArray[Any],
    step_s: NDArray[Any],
    cost_s: NDArray[Any],
    own: int,
    at_s: float,
    most_s: float,
    until_s: NDArray[Any],
    touched: NDArray[Any],
    heap_s: NDArray[Any],
    heap_state: NDArray[Any],
    size: int,
    count: int,
) -> tuple[int, int]:
    """Turn out of a state whose end is reached at_s. Returns the heap's size, states touched."""
    for turn in range(turn_at[own], turn_at[own + 1]):
        state = turn_to[turn]
        end_s = at_s + step_s[turn]
        # A road counts as soon as its beginning is reached: part of it is within the limit.
        if end_s - cost_s[state] <= most_s and end_s < until_s[state]:
            if until_s[state] == np.inf:
                touched[count] = state
                count += 1
            until_s[state] = end_s
            size = push(heap_s, heap_state, size, end_s, state)
    return size, count


relax: Callable[..., tuple[int, int]] = numba.njit(cache=True, nogil=True)(_relax)


def _search(
    turn_at: NDArray[Any],
    turn_to: NDArray[Any],
    step_s: NDArray[Any],
    cost_s: NDArray[Any],
    begin_state: NDArray[Any],
    begin_share: NDArray[Any],
    begin_s: NDArray[Any],
    most_s: float,
    until_s: NDArray[Any],
    touched: NDArray[Any],
    heap_s: NDArray[Any],
    heap_state: NDArray[Any],
) -> int:
    """As Onward.search, of all ways to begin at once, no farther than most_s.

    until_s  infinite before; afterwards seconds to the end of each state in touched[:count]
    Returns the count.
    """
    size, count = 0, 0
    for n in range(len(begin_state)):
        own = begin_state[n]
        if own != NOWHERE:
            rest_s = begin_s[n] + (1.0 - begin_share[n]) * cost_s[own]
            if rest_s <= most_s:
                size, count = relax(
                    turn_at, turn_to, step_s, cost_s, own, rest_s, most_s,
                    until_s, touched, heap_s, heap_state, size, count,
                )  # fmt: skip
    while size > 0:
        at_s, own = heap_s[0], heap_state[0]
        size = pop(heap_s, heap_state, size)
        if at_s == until_s[own] and at_s <= most_s:
            size, count = relax(
                turn_at, turn_to, step_s, cost_s, own, at_s, most_s,
                until_s, touched, heap_s, heap_state, size, count,
            )  # fmt: skip
    return count


search: Callable[..., int] = numba.njit(cache=True, nogil=True)(_search)


def _offer(
    found_s: NDArray[Any], found: NDArray[Any], count: int, place: int, seconds: float
) -> int:
    """Keep the least of a place; returns how many places are known."""
    if seconds < found_s[place]:
        if found_s[place] == np.inf:
            found[count] = place
            count += 1
        found_s[place] = seconds
    return count


offer: Callable[..., int] = numba.njit(cache=True, nogil=True)(_offer)


def _gather(
    road: NDArray[Any],
    against: NDArray[Any],
    cost_s: NDArray[Any],
    begin_state: NDArray[Any],
    begin_share: NDArray[Any],
    begin_s: NDArray[Any],
    until_s: NDArray[Any],
    touched: NDArray[Any],
    road_at: NDArray[Any],
    place: NDArray[Any],
    share: NDArray[Any],
    off_s: NDArray[Any],
    slow: float,
    limit_s: float,
    found_s: NDArray[Any],
    found: NDArray[Any],
) -> int:
    """Places on the roads that were reached, those on the start's own road first.

    found_s  infinite before; afterwards seconds of each place in found[:count]
    Returns the count.
    """
    count = 0
    for n in range(len(begin_state)):
        state = begin_state[n]
        if state == NOWHERE:
            continue
        for join in range(road_at[road[state]], road_at[road[state] + 1]):
            along = 1.0 - share[join] if against[state] else share[join]
            if along >= begin_share[n]:
                ahead_s = (along - begin_share[n]) * cost_s[state] + begin_s[n]
                total_s = ahead_s * slow + off_s[join]
                if total_s <= limit_s:
                    count = offer(found_s, found, count, place[join], total_s)
    for state in touched:
        for join in range(road_at[road[state]], road_at[road[state] + 1]):
            along = 1.0 - share[join] if against[state] else share[join]
            driven_s = until_s[state] - (1.0 - along) * cost_s[state]
            total_s = driven_s * slow + off_s[join]
            if total_s <= limit_s:
                count = offer(found_s, found, count, place[join], total_s)
    return count


gather: Callable[..., int] = numba.njit(cache=True, nogil=True)(_gather)
