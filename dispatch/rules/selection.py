"""Which unit to send to one incident: who is there when, what speaks against it, and why.

Each unit is weighed by itself, so that one unit more or less never changes the order of the
others. What no road joins stands in a list of its own and has no time at all.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from dispatch.rules import reasons
from dispatch.rules.candidates import Busy, Candidate, Leaves, Suggestion
from dispatch.rules.plans import Filled, PlanPart
from geo.routing import Leg, NoRoute

__all__ = [
    "TOP",
    "Busy",
    "Candidate",
    "ChoosingRules",
    "Cover",
    "CoverOf",
    "Leaves",
    "LegsOf",
    "Ranking",
    "Suggestion",
    "Task",
    "rank",
]

TOP = 1  # the priority at which the one that is there first goes, whatever it leaves behind
MOST_SHOWN = 40  # of a list


@dataclass(frozen=True, slots=True)
class ChoosingRules:
    """What weighs how much below top priority, in seconds of waiting. Assumed, to be agreed."""

    village_s: float = 30.0  # each village that loses its reach
    most_cover_s: float = 600.0  # all of them together: preparedness never weighs more
    shift_s: float = 300.0  # its shift ends while it would be at work
    crew_s: float = 300.0  # fewer on board than the part asks for
    divert_gain_s: float = 180.0  # a unit under way is worth diverting from here on
    job_s: float = 3600.0  # how long a job is likely to take, from arrival on


@dataclass(frozen=True, slots=True)
class Task:
    """What a unit is looked for."""

    priority: int
    filled: Filled
    now: datetime
    rules: ChoosingRules = ChoosingRules()

    @property
    def target_s(self) -> float:
        """Within which help should be there."""
        return self.filled.plan.target_s

    @property
    def parts(self) -> Sequence[PlanPart]:
        """The parts that lack units; of a plan that lacks none all: reinforcement."""
        return [part for part, _ in self.filled.missing] or self.filled.plan.parts


class Cover(Protocol):
    """Whoever knows what stays without help of one kind."""

    def leaves(self, unit_id: int) -> Leaves | None:
        """What loses its reach while that unit is out; None where nobody has reckoned it."""
        ...


CoverOf = Callable[[frozenset[str]], Cover]  # by the skills that help has to bring
LegsOf = Callable[[Sequence[Candidate]], Sequence[Leg | NoRoute]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Each list best first."""

    units: list[Suggestion]
    by_sea: list[Suggestion]
    no_route: list[Suggestion]
    divert: list[Suggestion]  # out for something less urgent, and clearly sooner


def rank(
    candidates: Iterable[Candidate],
    task: Task,
    cover: CoverOf | None = None,
    legs: LegsOf | None = None,
) -> Ranking:
    """Who fits, then by the part it fills, then soonest.

    At top priority that is the expected time and, of equals, the chance to be there within the
    target; below it the time that the choice costs: expected, missed target, cover left behind,
    crew and shift. Boats stand apart; one that helps nothing is left out unless no road leads
    there. `divert` holds units under way that would be clearly sooner than any free one.

    legs  gives the ways of those that are shown, where the candidates come without
    """
    weighed = [_weigh(one, task) for one in candidates]
    free = [s for s in weighed if s.unit.busy is None]
    by_road = [s for s in free if not s.unit.by_sea and s.arrival is not None]
    boats = [s for s in free if s.unit.by_sea and (not s.lacks or not by_road)]
    cut_off = [s for s in free if not s.unit.by_sea and s.arrival is None]
    stranded = [s for s in boats if s.arrival is None]
    units = _ordered(by_road, task, cover)
    lists = [
        units,
        _ordered([s for s in boats if s.arrival is not None], task, cover),
        sorted([*cut_off, *stranded], key=_by_line)[:MOST_SHOWN],
        _diverted([s for s in weighed if s.unit.busy is not None], units, task),
    ]
    if legs is not None:
        lists = _with_legs(lists, legs)
    return Ranking(*([_told(s, task) for s in shown] for shown in lists))


def _weigh(unit: Candidate, task: Task) -> Suggestion:
    """The unit with the part that it would fill, and what it lacks for it."""
    part = next((p for p in task.parts if p.fits(unit.skills, unit.kind)), None)
    lacks = frozenset() if part else _lacking(unit, task)
    return Suggestion(unit, part, lacks, unfit=part is None and bool(task.parts))


def _lacking(unit: Candidate, task: Task) -> frozenset[str]:
    """Of the part that it lacks least for."""
    least = [part.skills - unit.skills for part in task.parts]
    return min(least, key=len, default=frozenset())


def _ordered(found: Sequence[Suggestion], task: Task, cover: CoverOf | None) -> list[Suggestion]:
    """Best first. The cover is asked only for those that can be among the first."""
    best = sorted(found, key=lambda s: _order(s, task))[:MOST_SHOWN]
    if cover is None:
        return best
    best = [
        replace(s, leaves=cover(s.fills.skills).leaves(s.unit.unit_id)) if s.fills else s
        for s in best
    ]
    return best if task.priority == TOP else sorted(best, key=lambda s: _order(s, task))


def _order(s: Suggestion, task: Task) -> tuple[object, ...]:
    """What comes first: fit, the part's place in the plan, time; ties by call sign."""
    unit, arrival = s.unit, s.arrival
    assert arrival is not None  # noqa: S101 - the lists are made of those
    place = next((n for n, p in enumerate(task.parts) if p is s.fills), len(task.parts))
    alone = not task.parts and not unit.responsible  # nothing is asked for but whose work it is
    rather = s.fills is not None and bool(s.fills.prefers) and unit.kind not in s.fills.prefers
    cannot = s.unfit or unit.crew == 0
    if task.priority == TOP:
        time: tuple[float, float] = (round(arrival.expected_s), -arrival.p_target)
    else:
        time = (round(cost_s(s, task)), 0.0)
    return (cannot, len(s.lacks), alone, place, *time, rather, unit.call_sign)


def cost_s(s: Suggestion, task: Task) -> float:
    """Seconds that the choice costs below top priority: each reason counted as waiting."""
    rules, arrival = task.rules, s.arrival
    assert arrival is not None  # noqa: S101 - as above
    cost = arrival.expected_s + (1 - arrival.p_target) * task.target_s
    if s.leaves is not None:
        cost += min(rules.most_cover_s, rules.village_s * s.leaves.villages)
    if shift_ends(s.unit, arrival.expected_s, task):
        cost += rules.shift_s
    if s.fills is not None and s.unit.crew is not None and s.unit.crew < s.fills.crew:
        cost += rules.crew_s
    return cost


def shift_ends(unit: Candidate, expected_s: float, task: Task) -> bool:
    """Whether its shift is over before the job is likely done."""
    done = task.now + timedelta(seconds=expected_s + task.rules.job_s)
    return unit.shift_ends_at is not None and unit.shift_ends_at < done


def _by_line(s: Suggestion) -> tuple[object, ...]:
    """Without a way: boats before cars, fit before unfit, then as the crow flies."""
    unit = s.unit
    far_m = float("inf") if unit.straight_m is None else unit.straight_m
    return (not unit.by_sea, s.unfit, len(s.lacks), not unit.responsible, far_m, unit.call_sign)


def _diverted(
    under_way: Iterable[Suggestion], units: Sequence[Suggestion], task: Task
) -> list[Suggestion]:
    """Units out for something less urgent that fill a missing part clearly sooner."""
    missing = {part.code for part, _ in task.filled.missing}
    worth = []
    for s in under_way:
        if s.fills is None or s.arrival is None or s.fills.code not in missing:
            continue
        if s.unit.busy is None or s.unit.busy.priority <= task.priority or s.unit.by_sea:
            continue
        rival = next((u for u in units if u.fills is s.fills and u.unit.crew != 0), None)
        gain_s = _gain_s(s, rival)
        if gain_s is None or gain_s > task.rules.divert_gain_s:
            worth.append(replace(s, gain_s=gain_s, rival=rival.unit.call_sign if rival else None))
    return sorted(worth, key=lambda s: _order(s, task))[:MOST_SHOWN]


def _gain_s(s: Suggestion, rival: Suggestion | None) -> float | None:
    """Seconds that it is sooner; None where no free unit can come at all."""
    if rival is None or rival.arrival is None or s.arrival is None:
        return None
    return rival.arrival.expected_s - s.arrival.expected_s


def _with_legs(lists: Sequence[Sequence[Suggestion]], legs: LegsOf) -> list[list[Suggestion]]:
    """All of the lists in one question."""
    found = iter(legs([s.unit for shown in lists for s in shown]))
    return [[replace(s, unit=replace(s.unit, leg=next(found))) for s in shown] for shown in lists]


def _told(s: Suggestion, task: Task) -> Suggestion:
    """With the reasons in words."""
    ends = s.arrival is not None and shift_ends(s.unit, s.arrival.expected_s, task)
    return replace(
        s,
        why=reasons.sentence(s, task.target_s, ends, "id"),
        why_en=reasons.sentence(s, task.target_s, ends, "en"),
    )
