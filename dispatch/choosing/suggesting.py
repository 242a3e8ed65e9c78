"""Use case: who can go to an incident, best first, each with its reason."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy.orm import Session

from dispatch.choosing import reading, reckoning
from dispatch.choosing.plan import plan_for
from dispatch.choosing.reckoning import Fleet
from dispatch.choosing.spots import Place, place_of
from dispatch.cover import left_behind
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import selection
from dispatch.rules.candidates import Busy, Candidate, Suggestion
from dispatch.rules.eta import Arrivals
from dispatch.rules.plans import Filled
from dispatch.rules.selection import Cover, CoverOf, LegsOf, Task
from dispatch.rules.workflow import UnitState
from geo.point import Point
from geo.routing import Leg

CoverMaker = Callable[[Session, Ground, datetime, frozenset[str], float], Cover]


@dataclass(frozen=True, slots=True)
class Choice:
    """What is suggested for one incident; each list best first."""

    units: list[Suggestion]
    by_sea: list[Suggestion]
    no_route: list[Suggestion]
    divert: list[Suggestion]
    plan: Filled
    place: Place
    as_of: datetime

    @property
    def target_s(self) -> float:
        """Within which the first help should be there."""
        return self.plan.plan.target_s

    @property
    def basis(self) -> str | None:
        """How the times were found; None where nobody can come."""
        legs = (s.unit.leg for s in [*self.units, *self.divert, *self.by_sea])
        return next((leg.basis for leg in legs if isinstance(leg, Leg)), None)


def suggest_units(
    session: Session,
    incident_id: int,
    ground: Ground,
    now: datetime,
    cover: CoverMaker | None = left_behind,
) -> Choice:
    """Units that can go, by when help would be there; those under way elsewhere apart.

    cover  who knows what a unit leaves behind; None, and at top priority, where it weighs
           nothing and costs time: nobody is asked
    Raises Unknown, and NoPin while nothing is known of where it is.
    """
    row = reading.incident(session, incident_id)
    filled = plan_for(row.category_code, row.level, row.parts, ground)
    place = place_of(row, ground)
    task = Task(row.priority, filled, now, ground.regency.plans.choosing)
    units = reckoning.fleet(_candidate_rows(session, row, filled), ground, now)
    spreads = reckoning.read_spreads(session, ground)
    arrivals = reckoning.arrivals(units, place, task.target_s, ground, spreads, now)
    ranking = selection.rank(
        candidates(units, arrivals, row, place, ground),
        task,
        _cover_of(session, ground, now, task.target_s, row.priority, cover),
        _legs_of(units, place, ground, now),
    )
    return Choice(
        ranking.units,
        ranking.by_sea,
        ranking.no_route,
        ranking.divert,
        filled,
        place,
        now,
    )


def _candidate_rows(session: Session, row: AnyRow, filled: Filled) -> list[AnyRow]:
    """Of the agencies that answer for it, and whoever has a skill that the plan asks for."""
    found = reading.units(
        session,
        [*reading.FREE, *reading.UNDER_WAY],
        row.agency_ids,
        filled.plan.skills,
    )
    free = {state.value for state in reading.FREE}
    # Who is out for something that the asker may not see is busy, and that is all to be said.
    return [
        r
        for r in found
        if (r.state in free and r.assignment_id is None)
        or (r.incident_id is not None and r.priority is not None and r.incident_id != row.id)
    ]


def candidates(
    units: Fleet, arrivals: Arrivals, row: AnyRow, place: Place, ground: Ground
) -> list[Candidate]:
    """Units of the fleet as the rules weigh them."""
    return [
        Candidate(
            unit_id=r.id,
            call_sign=r.call_sign,
            kind=r.kind,
            agency=r.agency,
            responsible=r.agency_id in row.agency_ids,
            skills=frozenset(r.skills),
            arrival=arrivals.at(n),
            state=UnitState(r.state),
            state_since=r.state_since,
            station=r.station,
            by_sea=r.by_sea,
            straight_m=Point(lon=r.lon, lat=r.lat).distance_m(place.middle),
            fix_age_s=units.places[n].age_s,
            stale=units.places[n].stale,
            radius_m=units.places[n].radius_m,
            crew=r.crew,
            shift_ends_at=r.shift_ends_at,
            silent_since=r.silent_since,
            busy=_busy(r, ground),
        )
        for n, r in enumerate(units.rows)
    ]


def _busy(row: AnyRow, ground: Ground) -> Busy | None:
    if row.assignment_id is None:
        return None
    category = ground.catalogue.category(row.category_code)
    return Busy(
        row.assignment_id,
        row.version,
        row.incident_id,
        category.name_id,
        category.name_en,
        row.priority,
        row.assignment_state,
    )


def _cover_of(
    session: Session,
    ground: Ground,
    now: datetime,
    target_s: float,
    priority: int,
    maker: CoverMaker | None,
) -> CoverOf | None:
    if maker is None or priority == selection.TOP:
        return None

    @cache
    def of(skills: frozenset[str]) -> Cover:
        return maker(session, ground, now, skills, target_s)

    return of


def _legs_of(units: Fleet, place: Place, ground: Ground, now: datetime) -> LegsOf:
    """The ways of the units that are shown, all in one question."""
    numbers = {row.id: n for n, row in enumerate(units.rows)}
    return lambda shown: reckoning.legs_of(
        units, [numbers[unit.unit_id] for unit in shown], place, ground, now
    )
