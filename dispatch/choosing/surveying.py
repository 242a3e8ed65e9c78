"""Many incidents and all free units at once: what a surge plan is made of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from dispatch.choosing import reading, reckoning
from dispatch.choosing.plan import plan_for
from dispatch.choosing.reckoning import Fleet
from dispatch.choosing.spots import Place, place_of
from dispatch.errors import NoPin
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.eta import Arrivals
from dispatch.rules.plans import Filled
from dispatch.rules.workflow import UnitState


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A free unit."""

    unit_id: int
    call_sign: str
    kind: str
    agency: str
    agency_id: int
    station: str
    skills: frozenset[str]
    state: UnitState
    by_sea: bool
    crew: int | None
    shift_ends_at: datetime | None
    silent_since: datetime | None


@dataclass(frozen=True, slots=True)
class Case:
    """An incident whose place is known at least roughly."""

    incident_id: int
    priority: int
    category: str
    plan: Filled
    target_s: float
    opened_at: datetime
    agency_ids: tuple[int, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Outlook:
    """When each unit would be at each case.

    arrivals   its arrays are (cases, units); NaN, with a chance of 0, where no way leads there
    unplaced   ids of incidents of which nobody knows where they are
    """

    units: list[UnitFacts]
    cases: list[Case]
    arrivals: Arrivals
    unplaced: list[int]


def outlook(
    session: Session, incident_ids: Collection[int], ground: Ground, now: datetime
) -> Outlook:
    """Of these incidents (those that may be seen) and every free unit."""
    cases, unplaced = [], []
    for row in reading.incidents(session, incident_ids):
        try:
            cases.append(_case(row, place_of(row, ground), ground))
        except NoPin:
            unplaced.append(row.id)
    rows = [r for r in reading.units(session, reading.FREE) if r.assignment_id is None]
    fleet = reckoning.fleet(rows, ground, now)
    spreads = reckoning.read_spreads(session, ground)
    places, targets_s = [c.place for c in cases], [c.target_s for c in cases]
    each = reckoning.arrivals_at(fleet, places, targets_s, ground, spreads, now) if cases else []
    return Outlook([_facts(r) for r in rows], cases, _stacked(each, fleet), unplaced)


def _stacked(each: list[Arrivals], fleet: Fleet) -> Arrivals:
    def rows(name: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return np.array([getattr(one, name) for one in each]).reshape(len(each), len(fleet))

    return Arrivals(
        expected_s=rows("expected_s"),
        low_s=rows("low_s"),
        high_s=rows("high_s"),
        p_target=rows("p_target"),
        travel_s=rows("travel_s"),
        reached=rows("reached"),
    )


def _case(row: AnyRow, place: Place, ground: Ground) -> Case:
    filled = plan_for(row.category_code, row.level, row.parts, ground)
    return Case(
        incident_id=row.id,
        priority=row.priority,
        category=row.category_code,
        plan=filled,
        target_s=filled.plan.target_s,
        opened_at=row.opened_at,
        agency_ids=tuple(row.agency_ids),
        place=place,
    )


def _facts(row: AnyRow) -> UnitFacts:
    return UnitFacts(
        row.id,
        row.call_sign,
        row.kind,
        row.agency,
        row.agency_id,
        row.station,
        frozenset(row.skills),
        UnitState(row.state),
        row.by_sea,
        row.crew,
        row.shift_ends_at,
        row.silent_since,
    )
