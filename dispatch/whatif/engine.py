"""Replays calls under a plan: whoever is compared meets the same calls and the same luck.

Common random numbers: what chance does to a journey belongs to the call, never to what was chosen
before. Two plans that send alike get times that are alike to the last bit, so that their
difference is theirs alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from dispatch.rules.eta import Turnout
from dispatch.rules.plans import PlanPart
from dispatch.whatif.calls import Calls, Flags, Floats, Ints, Luck, check
from dispatch.whatif.plan import Plan, Team
from geo.routing import Start

_RATHER_S = 0.5  # of equal times the kind that a plan prefers
HOUR_S = 3600.0


@dataclass(frozen=True, slots=True)
class Rules:
    """How units are sent."""

    turnout: Turnout = field(default_factory=Turnout)
    patience_s: float = 6 * HOUR_S  # who waited so long is not helped by this fleet
    job_s: float = HOUR_S  # how long a job is likely to take
    shift_s: float = 300.0  # what it costs when the shift ends before, below top priority
    from_road: bool = True  # who returns may be sent; False: only from the post


@dataclass(frozen=True, slots=True, eq=False)
class Travel:
    """Expected seconds to the places of the calls; infinite where no way leads.

    rows       start of a unit at its post to row of `from_post`
    from_post  (rows, places)
    from_spot  (spots, places) by the usual kind of unit, for who turns round on the way home
    spot       (places,) the spot that is nearest to each
    slow       factor on times by kind of unit; absent: 1
    """

    rows: Mapping[Start, int]
    from_post: Floats
    from_spot: Floats
    spot: Ints
    slow: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What came of it. Times since midnight of the first day.

    unit        (slots,) place of the unit in the plan; -1: nobody went
    sent_s      (slots,)
    there_s     (slots,)
    worked_s    (units,) from being sent to being free
    response_s  (n,) from the call to the first help that had to come; infinite where none came
    waited_s    (n,) of it: until somebody could be sent
    """

    unit: Ints
    sent_s: Floats
    there_s: Floats
    worked_s: Floats
    response_s: Floats
    waited_s: Floats


def replay(calls: Calls, plan: Plan, travel: Travel, luck: Luck, rules: Rules) -> Told:
    """Every call in its order, the most urgent of those that wait first.

    Who fits, is on duty, and is expected there first goes: the house's own choice at top priority,
    and below it but for what a unit leaves behind (docs/decisions/0032). Raises ValueError for a
    plan without units, and for a call of which no unit is required.
    """
    from dispatch.whatif import loop  # the compiler is loaded by who replays, not by the web

    _check(calls, plan)
    units = fleet(plan, calls.needs, travel, rules.turnout)
    unit, sent_s, there_s, worked_s = loop.run(
        (calls.at_s, calls.place, calls.priority, calls.first, calls.need, calls.required),
        (luck.turnout, luck.way, luck.busy_s),
        units,
        (travel.from_post, travel.from_spot, travel.spot),
        (rules.turnout.moving_s, rules.patience_s, rules.job_s, rules.shift_s),
        rules.from_road,
    )
    helped = np.where(calls.counted, there_s, np.inf)
    begun = np.where(calls.counted, sent_s, np.inf)
    first = calls.first[:-1]
    return Told(
        unit,
        sent_s,
        there_s,
        worked_s,
        np.minimum.reduceat(helped, first) - calls.at_s if len(calls) else np.empty(0),
        np.minimum.reduceat(begun, first) - calls.at_s if len(calls) else np.empty(0),
    )


def fleet(
    plan: Plan, needs: tuple[PlanPart, ...], travel: Travel, turnout: Turnout
) -> tuple[Ints, Floats, Flags, Floats, Floats, Floats, Flags, Floats]:
    """Units as columns: row of its ways, factor, boat, turn-out, shift (2); (needs, units) (2)."""
    units = plan.units
    return (
        np.array([travel.rows[start_of(unit, plan)] for unit in units], dtype=np.int64),
        np.array([travel.slow.get(unit.kind, 1.0) for unit in units]),
        np.array([unit.by_sea for unit in units], dtype=bool),
        np.array([turnout.mean_s(unit.kind, at_post=True) for unit in units]),
        np.array([float(unit.shift.from_s) for unit in units]),
        np.array([float(unit.shift.until_s) for unit in units]),
        np.array([[need.fits(u.skills, u.kind) for u in units] for need in needs], dtype=bool),
        np.array([[_rather(need, unit) for unit in units] for need in needs]),
    )


def start_of(unit: Team, plan: Plan) -> Start:
    """Where it sets out from its post."""
    return Start(plan.posts[unit.post].at, unit.kind, unit.by_sea)


def _rather(need: PlanPart, unit: Team) -> float:
    return _RATHER_S if need.prefers and unit.kind not in need.prefers else 0.0


def _check(calls: Calls, plan: Plan) -> None:
    check(calls)
    if not plan.units:
        raise ValueError("plan: no unit at all")
    if len(calls) and not np.logical_or.reduceat(calls.counted, calls.first[:-1]).all():
        raise ValueError("required: a call of which no unit is required")
    if (np.diff(calls.first) < 1).any():
        raise ValueError("first: a call without a slot")
