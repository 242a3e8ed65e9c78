"""Reckons who should go where, for all that is open at once. Keeps nothing and sends nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import choosing, cover
from dispatch.choosing import Case, Outlook
from dispatch.errors import Unknown
from dispatch.ground import Ground
from dispatch.rules import surge as words
from dispatch.rules.matching import Job, Matching, Part, Problem, Slot, match, nearest_first
from dispatch.rules.plans import PlanPart
from dispatch.rules.surge import Names
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Incident
from dispatch.scope import check_group, scope_of
from geo.coverage import Floats

MOST = 500  # incidents at once: the most urgent, then the oldest
WISHED = 5  # priority of what a plan only wishes for: after all that is needed


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit for a part of an incident's plan."""

    incident_id: int
    unit_id: int
    call_sign: str
    part: str
    expected_s: float
    p_target: float
    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Unmet:
    """A part for which nobody is left."""

    incident_id: int
    part: str | None  # None: the place is not known
    why: str
    why_en: str
    wished: bool = False  # the plan only wishes for it


@dataclass(frozen=True, slots=True)
class Surge:
    """The plan for all, and what would have been done one after the other."""

    as_of: datetime
    proposals: list[Proposal]
    unmet: list[Unmet]
    ours: Matching
    nearest_first: Matching
    better: str
    better_en: str


@dataclass(frozen=True, slots=True)
class _Needs:
    """What is missing: a job for what a case needs, another for what its plan wishes for."""

    outlook: Outlook
    cases: list[Case]  # of each job
    parts: list[list[PlanPart]]  # of each job
    problem: Problem
    chances: Floats  # (jobs, units) to be there within the target
    names: Names
    names_en: Names


def propose(
    session: Session, ground: Ground, incident_ids: Sequence[int] | None, now: datetime
) -> Surge:
    """The best assignment of free units to what the incidents still lack; None: all open ones.

    Raises Unknown for an incident that is closed or not there, GroupOnly for one whose work is a
    group's.
    """
    ids = _open(session) if incident_ids is None else _asked(session, incident_ids)
    outlook = choosing.outlook(session, ids, ground, now)
    reserves = cover.reserves_s(session, ground, now, _emergency_skills(ground))
    needs = _needs(outlook, ground, reserves)
    ours, theirs = match(needs.problem), nearest_first(needs.problem)
    return Surge(
        now,
        _proposals(needs, ours),
        _unmet(needs, ours, ground),
        ours,
        theirs,
        words.better(ours, theirs, "id"),
        words.better(ours, theirs, "en"),
    )


def _open(session: Session) -> list[int]:
    """Open incidents whose work is the asker's; a sensitive one that was only taken is not."""
    rows = session.execute(
        select(Incident.id, Incident.restricted_group)
        .where(Incident.state != IncidentState.CLOSED)
        .order_by(Incident.priority, Incident.opened_at, Incident.id)
    ).all()
    groups = scope_of(session).groups
    mine = [r.id for r in rows if r.restricted_group is None or r.restricted_group in groups]
    return mine[:MOST]


def _asked(session: Session, incident_ids: Sequence[int]) -> list[int]:
    rows = session.execute(
        select(Incident.id, Incident.restricted_group)
        .where(Incident.id.in_(incident_ids))
        .where(Incident.state != IncidentState.CLOSED)
    ).all()
    known = {row.id for row in rows}
    for incident_id in incident_ids:
        if incident_id not in known:
            raise Unknown(f"incident {incident_id}: closed, or none")
    for row in rows:
        check_group(session, row.restricted_group)
    return sorted(known)


def _emergency_skills(ground: Ground) -> set[str]:
    """What may be needed any minute: reserves are kept of that."""
    return {
        skill
        for category in ground.catalogue.categories.values()
        if category.kind == "darurat" and category.active
        for skill in category.needs
    }


def _needs(outlook: Outlook, ground: Ground, reserves: dict[int, float]) -> _Needs:
    jobs: list[Job] = []
    rows: list[int] = []  # of the outlook's arrays
    parts: list[list[PlanPart]] = []
    for n, case in enumerate(outlook.cases):
        for required in (True, False):
            missing = [line for line in case.plan.missing if line[0].required == required]
            if missing:
                jobs.append(_job(case, missing, outlook, required))
                rows.append(n)
                parts.append([part for part, _ in missing])
    cases = [outlook.cases[n] for n in rows]
    shape = (len(jobs), len(outlook.units))
    chances = outlook.arrivals.p_target[rows].reshape(shape)
    problem = Problem(
        tuple(jobs),
        tuple(unit.unit_id for unit in outlook.units),
        outlook.arrivals.expected_s[rows].reshape(shape),
        chances,
        np.array([reserves.get(unit.unit_id, 0.0) for unit in outlook.units], dtype=np.float64),
    )
    return _Needs(
        outlook,
        cases,
        parts,
        problem,
        chances,
        _names(outlook, cases, ground, "id"),
        _names(outlook, cases, ground, "en"),
    )


def _names(outlook: Outlook, cases: Sequence[Case], ground: Ground, language: str) -> Names:
    return Names(
        [unit.call_sign for unit in outlook.units],
        [ground.catalogue.category(case.category).name(language) for case in cases],
        [case.target_s for case in cases],
    )


def _job(
    case: Case, missing: Sequence[tuple[PlanPart, int]], outlook: Outlook, required: bool
) -> Job:
    able = tuple(
        Part(
            part.code,
            count,
            np.array(
                [part.fits(u.skills, u.kind) and u.crew != 0 for u in outlook.units], dtype=bool
            ),
        )
        for part, count in missing
    )
    priority = case.priority if required else WISHED
    return Job(case.incident_id, priority, case.opened_at.timestamp(), able)


def _proposals(needs: _Needs, ours: Matching) -> list[Proposal]:
    return [
        Proposal(
            needs.cases[g.job].incident_id,
            needs.problem.units[g.unit],
            needs.names.units[g.unit],
            needs.parts[g.job][g.part].code,
            float(needs.problem.times_s[g.job, g.unit]),
            float(needs.chances[g.job, g.unit]),
            words.why(needs.problem, ours, g, needs.names, "id"),
            words.why(needs.problem, ours, g, needs.names_en, "en"),
        )
        for g in ours.given
    ]


def _unmet(needs: _Needs, ours: Matching, ground: Ground) -> list[Unmet]:
    placed = [_empty(needs, slot, ground) for slot in ours.empty]
    return placed + [
        Unmet(incident_id, None, words.unplaced("id"), words.unplaced("en"))
        for incident_id in needs.outlook.unplaced
    ]


def _empty(needs: _Needs, slot: Slot, ground: Ground) -> Unmet:
    case, part = needs.cases[slot.job], needs.parts[slot.job][slot.part]
    short = {agency.code: agency.short for agency in ground.catalogue.agencies.values()}
    ask = [short[code] for code in case.plan.plan.fallback if code in short]
    ask = ask if part.required else []
    return Unmet(
        case.incident_id,
        part.code,
        words.why_empty(needs.problem, slot, ask, "id"),
        words.why_empty(needs.problem, slot, ask, "en"),
        wished=not part.required,
    )
