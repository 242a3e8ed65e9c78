"""Small worlds to replay, by hand or at random, and a slow replay to match."""

import math
from dataclasses import dataclass, field

import numpy as np

from dispatch.rules.plans import PlanPart
from dispatch.whatif.calls import Calls, Luck
from dispatch.whatif.engine import Rules, Travel, start_of
from dispatch.whatif.plan import Plan, Post, Shift, Team
from geo.point import Point

MEDIC, FIRE = frozenset({"medis"}), frozenset({"api"})
AMBULANCE = PlanPart("ambulans", "Ambulans", "Ambulance", 1, MEDIC)
PUMP = PlanPart("pompa", "Pompa", "Pump", 1, FIRE)
HOUR = 3600.0


def post(code: str, lon: float = 110.0) -> Post:
    """A post somewhere; the ways are given apart."""
    return Post(code, code, Point(lon=lon, lat=-6.5))


def team(call_sign: str, at: str = "A", skills: frozenset[str] = MEDIC, shift: str = "24") -> Team:
    """A unit."""
    return Team(call_sign, at, "ambulans", skills, shift=Shift.parse(shift))


def calls(
    at_s: list[float],
    busy_s: float = 600.0,
    target_s: float = 900.0,
    priority: list[int] | None = None,
    part: PlanPart = AMBULANCE,
) -> Calls:
    """One unit each; each at a place of its own."""
    n = len(at_s)
    return Calls(
        np.array(at_s, dtype=float),
        np.arange(n),
        np.array(priority or [1] * n),
        np.full(n, target_s),
        np.full(n, busy_s),
        np.arange(n + 1),
        np.zeros(n, dtype=np.int64),
        np.ones(n, dtype=bool),
        (part,),
    )


def ways(plans: list[Plan], seconds: dict[str, list[float]]) -> Travel:
    """Seconds from each post to the places; who turns round has no way but over its post."""
    starts = list(dict.fromkeys(start_of(u, plan) for plan in plans for u in plan.units))
    by_point = {p.at: code for plan in plans for code, p in plan.posts.items()}
    rows = np.array([seconds[by_point[start.point]] for start in starts])
    places = rows.shape[1]
    return Travel(
        {start: row for row, start in enumerate(starts)},
        rows,
        np.full((1, places), np.inf),
        np.zeros(places, dtype=np.int64),
        {},
    )


@dataclass
class _Unit:
    team: Team
    row: int
    free_s: float = 0.0
    home_s: float = 0.0
    last: int = -1
    jobs: list[int] = field(default_factory=list)


def slow_replay(
    given: Calls, plan: Plan, travel: Travel, luck: Luck, rules: Rules
) -> tuple[list[int], list[float]]:
    """(slots,) unit and when it is there: as engine.replay, step by step over lists and dicts."""
    units = [_Unit(u, travel.rows[start_of(u, plan)]) for u in plan.units]
    unit, there = [-1] * len(given.need), [math.inf] * len(given.need)
    waiting: list[tuple[int, float, int, int]] = []  # priority, at, slot, call
    coming = list(range(len(given)))
    now = 0.0
    while coming or waiting:
        ahead = [float(given.at_s[coming[0]])] if coming else []
        for _, at, slot, _call in waiting:
            ahead.append(at + rules.patience_s)
            part = given.needs[given.need[slot]]
            ahead += [
                _ready(u, now, rules)
                for u in units
                if part.fits(u.team.skills, u.team.kind)
                and math.isfinite(travel.from_post[u.row, given.place[_call]])
            ]
        now = min(ahead)
        if coming and given.at_s[coming[0]] <= now:
            call = coming.pop(0)
            waiting += [
                (int(given.priority[call]), float(given.at_s[call]), slot, call)
                for slot in range(given.first[call], given.first[call + 1])
            ]
            waiting.sort()
        kept = []
        for one in waiting:
            _, at, slot, call = one
            best = _choose(units, slot, call, now, given, travel, rules)
            if best is not None:
                off_s, way_s = _way(units[best], now, int(given.place[call]), travel, rules)
                there[slot] = now + off_s * luck.turnout[slot] + way_s * luck.way[slot]
                unit[slot] = best
                units[best].free_s = there[slot] + luck.busy_s[call]
                home_s = travel.from_post[units[best].row, given.place[call]]
                units[best].home_s = units[best].free_s + home_s
                units[best].last = int(given.place[call])
            elif given.required[slot] and now < at + rules.patience_s:
                kept.append(one)
        waiting = kept
    return unit, there


def _ready(u: _Unit, now: float, rules: Rules) -> float:
    at = max(now, u.free_s if rules.from_road else u.home_s)
    while not u.team.shift.holds(at):  # the beginning of the next shift
        at += (u.team.shift.from_s - at) % 86_400
    return at


def _way(u: _Unit, now: float, place: int, travel: Travel, rules: Rules) -> tuple[float, float]:
    usual = rules.turnout.mean_s(u.team.kind, at_post=True)
    by_post = float(travel.from_post[u.row, place])
    if now >= u.home_s or u.last < 0:
        return usual, by_post
    slow = travel.slow.get(u.team.kind, 1.0)
    back = now - u.free_s + travel.from_spot[travel.spot[u.last], place] * slow
    through = by_post + u.home_s - now
    return min(usual, rules.turnout.moving_s), min(back, through) if not u.team.by_sea else through


def _choose(
    units: list[_Unit], slot: int, call: int, now: float, given: Calls, travel: Travel, rules: Rules
) -> int | None:
    part, costs = given.needs[given.need[slot]], {}
    for n, u in enumerate(units):
        if not part.fits(u.team.skills, u.team.kind) or _ready(u, now, rules) > now:
            continue
        cost = sum(_way(u, now, int(given.place[call]), travel, rules))
        if part.prefers and u.team.kind not in part.prefers:
            cost += 0.5
        shift = u.team.shift
        left = math.inf if shift.all_day else (shift.until_s - now % 86_400) % 86_400
        if given.priority[call] > 1 and left < cost + rules.job_s:
            cost += rules.shift_s
        if math.isfinite(cost):
            costs[n] = cost
    return min(costs, key=lambda n: (costs[n], n), default=None)
