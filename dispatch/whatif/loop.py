"""The replay itself, compiled: one event after the other, who is free, who is there first.

Only arrays here: dispatch/whatif/engine.py says what they mean. Import it where it is used, not at
the start of a process: to load the compiler takes a second.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

DAY_S = 86_400.0


def _on_duty_from(from_s: float, until_s: float, at_s: float) -> float:
    """The first moment at or after that one within the shift."""
    if from_s == until_s:
        return at_s
    of_day = at_s % DAY_S
    if from_s < until_s:
        if from_s <= of_day < until_s:
            return at_s
    elif of_day >= from_s or of_day < until_s:
        return at_s
    return at_s + (from_s - of_day) % DAY_S


def _duty_left(from_s: float, until_s: float, at_s: float) -> float:
    """Seconds until its shift ends; endless round the clock."""
    if from_s == until_s:
        return np.inf
    return (until_s - at_s % DAY_S) % DAY_S


on_duty_from: Callable[..., float] = njit(cache=True)(_on_duty_from)
duty_left: Callable[..., float] = njit(cache=True)(_duty_left)


def _way(
    u: int,
    now: float,
    place: int,
    units: tuple[Any, ...],
    ways: tuple[Any, ...],
    state: tuple[Any, ...],
    moving_s: float,
) -> tuple[float, float]:
    """Expected seconds until it moves, and on the way; who returns goes on or turns round."""
    row, slow, sea, turnout = units[0], units[1], units[2], units[3]
    from_post, from_spot, spot = ways
    free, home, last = state
    by_home = from_post[row[u], place]
    if now >= home[u] or last[u] < 0:
        return turnout[u], by_home
    by_home += home[u] - now
    if not sea[u]:
        round_s = now - free[u] + from_spot[spot[last[u]], place] * slow[u]
        by_home = min(by_home, round_s)
    return min(turnout[u], moving_s), by_home


way: Callable[..., tuple[float, float]] = njit(cache=True)(_way)


def _best(
    n: int,
    need: int,
    now: float,
    calls: tuple[Any, ...],
    units: tuple[Any, ...],
    ways: tuple[Any, ...],
    state: tuple[Any, ...],
    rules: tuple[float, float, float, float],
    from_road: bool,
) -> int:
    """The free unit on duty that fits and is there first; -1 for none.

    Below top priority a shift that ends before the work does counts as waiting.
    """
    _, place, priority, _, _, _ = calls
    from_s, until_s, fits, rather = units[4], units[5], units[6], units[7]
    free, home, _ = state
    moving_s, _, job_s, shift_s = rules
    best, least = -1, np.inf
    for u in range(len(free)):
        if not fits[need, u] or (free[u] if from_road else home[u]) > now:
            continue
        if on_duty_from(from_s[u], until_s[u], now) > now:
            continue
        off_s, travel_s = way(u, now, place[n], units, ways, state, moving_s)
        cost = off_s + travel_s + rather[need, u]
        if priority[n] > 1 and duty_left(from_s[u], until_s[u], now) < cost + job_s:
            cost += shift_s
        if cost < least:
            best, least = u, cost
    return best


best: Callable[..., int] = njit(cache=True)(_best)


def _soonest(
    waiting: Ints,
    count: int,
    of: Ints,
    now: float,
    calls: tuple[Any, ...],
    units: tuple[Any, ...],
    ways: tuple[Any, ...],
    state: tuple[Any, ...],
    from_road: bool,
) -> float:
    """When the first unit can go that fits something that waits; endless where none ever can."""
    place, need = calls[1], calls[4]
    row, from_s, until_s, fits = units[0], units[4], units[5], units[6]
    free, home, _ = state
    soonest = np.inf
    for w in range(count):
        slot = waiting[w]
        for u in range(len(free)):
            if fits[need[slot], u] and ways[0][row[u], place[of[slot]]] < np.inf:
                ready = max(now, free[u] if from_road else home[u])
                soonest = min(soonest, on_duty_from(from_s[u], until_s[u], ready))
    return soonest


soonest: Callable[..., float] = njit(cache=True)(_soonest)


def _send(
    slot: int,
    n: int,
    u: int,
    now: float,
    calls: tuple[Any, ...],
    luck: tuple[Any, ...],
    units: tuple[Any, ...],
    ways: tuple[Any, ...],
    state: tuple[Any, ...],
    told: tuple[Any, ...],
    moving_s: float,
) -> None:
    """The unit goes: when it is there, when it is free, when it is at its post again."""
    place = calls[1][n]
    free, home, last = state
    unit, sent_s, there_s, worked_s = told
    off_s, travel_s = way(u, now, place, units, ways, state, moving_s)
    there = now + off_s * luck[0][slot] + travel_s * luck[1][slot]
    free[u] = there + luck[2][n]
    home[u] = free[u] + ways[0][units[0][u], place]
    last[u] = place
    unit[slot], sent_s[slot], there_s[slot] = u, now, there
    worked_s[u] += free[u] - now


send: Callable[..., None] = njit(cache=True)(_send)


def _run(
    calls: tuple[Any, ...],
    luck: tuple[Any, ...],
    units: tuple[Any, ...],
    ways: tuple[Any, ...],
    rules: tuple[float, float, float, float],
    from_road: bool,
) -> tuple[Ints, Floats, Floats, Floats]:
    """(slots,) unit or -1, (slots,) sent, (slots,) there; (units,) seconds at work."""
    at_s, _, priority, first, need, required = calls
    slots, many = len(need), len(units[0])
    state = (np.zeros(many), np.zeros(many), np.full(many, -1))
    told = (np.full(slots, -1), np.full(slots, np.inf), np.full(slots, np.inf), np.zeros(many))
    of = np.zeros(slots, dtype=np.int64)
    for n in range(len(at_s)):
        of[first[n] : first[n + 1]] = n
    waiting = np.zeros(slots, dtype=np.int64)
    count, n, now = 0, 0, 0.0
    while n < len(at_s) or count:
        following = at_s[n] if n < len(at_s) else np.inf
        if count:
            given_up = np.inf
            for w in range(count):
                given_up = min(given_up, at_s[of[waiting[w]]] + rules[1])
            ready = soonest(waiting, count, of, now, calls, units, ways, state, from_road)
            now = min(following, ready, given_up)
        else:
            now = following
        if n < len(at_s) and at_s[n] <= now:
            for slot in range(first[n], first[n + 1]):
                place = count  # the most urgent first, then the oldest
                while place and priority[of[waiting[place - 1]]] > priority[n]:
                    waiting[place] = waiting[place - 1]
                    place -= 1
                waiting[place] = slot
                count += 1
            n += 1
        left = 0
        for w in range(count):
            slot = waiting[w]
            m = of[slot]
            u = best(m, need[slot], now, calls, units, ways, state, rules, from_road)
            if u >= 0:
                send(slot, m, u, now, calls, luck, units, ways, state, told, rules[0])
            elif required[slot] and now < at_s[m] + rules[1]:
                waiting[left] = slot
                left += 1
        count = left
    return told


run: Callable[..., tuple[Ints, Floats, Floats, Floats]] = njit(cache=True, nogil=True)(_run)
