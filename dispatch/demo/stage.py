"""Plays invented calls through the real use cases: taken, sent, there, done, closed."""

import heapq
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import calls, cases, orders
from dispatch.demo import words
from dispatch.demo.course import Course
from dispatch.demo.moving import Trip, place_unit, send_home
from dispatch.demo.plan import DemoCall
from dispatch.ground import Ground
from dispatch.rules.selection import Ranking, Suggestion
from dispatch.rules.workflow import AssignmentState, IncidentState, UnitState
from dispatch.schema import Assignment, Incident, Unit
from dispatch.scope import Scope, enter
from geo.point import Point
from geo.routing import Leg, Router, Start

PLAYER = Scope("system", name="peraga")  # whose deeds these are, in the log
BOAT_KMH = 25.0
RETRY = timedelta(minutes=5)  # nobody is free: look again
MOST_TRIES = 4


class Act(Enum):
    """What happens next."""

    TAKE = auto()
    SEND = auto()
    DEPART = auto()
    ARRIVE = auto()
    DONE = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens."""

    act: Act
    key: int  # of the call that opened the incident
    assignment_id: int = 0
    tries: int = 0


@dataclass(slots=True)
class Stage:
    """A play under way. `haste` shortens every wait: 60 makes a minute of an hour."""

    ground: Ground
    router: Router
    chance: random.Random
    phone_key: bytes
    haste: float = 1.0
    calls: dict[int, DemoCall] = field(default_factory=dict)
    incidents: dict[int, int] = field(default_factory=dict)  # ids by key of the call
    courses: dict[int, Course] = field(default_factory=dict)  # by key of the call
    reserved: dict[int, int] = field(default_factory=dict)  # unit that shall go, by key
    trips: dict[int, Trip] = field(default_factory=dict)  # by assignment
    _due: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _number: int = 0

    def expect(self, plan: Iterable[DemoCall]) -> None:
        """Put the calls of a plan on the agenda, at their own times."""
        for call in plan:
            self.calls[call.key] = call
            if call.course is not None:
                self.courses[call.key] = call.course
            self.later(call.at, Step(Act.TAKE, call.key))

    def later(self, at: datetime, step: Step) -> None:
        """Put a step on the agenda."""
        self._number += 1
        heapq.heappush(self._due, (at, self._number, step))

    def after(self, now: datetime, wait_s: float, step: Step) -> None:
        """Put a step on the agenda, so many played seconds from now."""
        self.later(now + timedelta(seconds=wait_s / self.haste), step)

    def next_at(self) -> datetime | None:
        """When the next step is due; None when the play is over."""
        return self._due[0][0] if self._due else None

    def pop_due(self, until: datetime) -> tuple[datetime, Step] | None:
        """The next step due by then, with its time."""
        if not self._due or self._due[0][0] > until:
            return None
        at, _, step = heapq.heappop(self._due)
        return at, step


def perform(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """Do one step as of `now`, and put what follows on the agenda.

    Raises DispatchError when somebody real was faster; what would follow is then dropped.
    """
    enter(session, PLAYER)
    {
        Act.TAKE: _take,
        Act.SEND: _send,
        Act.DEPART: _depart,
        Act.ARRIVE: _arrive,
        Act.DONE: _done,
        Act.CLOSE: _close,
    }[step.act](session, stage, step, now)


def _take(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    call = stage.calls[step.key]
    joins = None if call.same_as is None else stage.incidents.get(call.same_as)
    if call.same_as is not None and joins is None:
        return  # its incident did not come to be
    answer = calls.take_call(
        session,
        replace(call.report, joins=joins),
        now,
        stage.ground,
        phone_key=stage.phone_key,
        write_answer=lambda taken: {"incident": taken.incident_id},
    )
    if call.course is None:
        return
    stage.incidents[step.key] = answer.body["incident"]
    if call.course.send_after_s is not None:
        needs = stage.ground.catalogue.category(call.report.category).needs
        for number in range(max(call.course.units, len(needs))):
            wait_s = call.course.send_after_s + number * 90
            stage.after(now, wait_s, Step(Act.SEND, step.key))


def _send(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    incident_id, course = stage.incidents[step.key], stage.courses[step.key]
    incident = session.execute(
        select(Incident.pin, Incident.state, Incident.category_code).where(
            Incident.id == incident_id
        )
    ).one()
    if incident.state not in (IncidentState.NEW, IncidentState.ASSIGNED):
        return
    if incident.pin is None:  # nobody can be sent; after a while it is given up
        stage.after(now, stage.chance.uniform(60, 180) * 60, Step(Act.CLOSE, step.key))
        return
    needs = stage.ground.catalogue.category(incident.category_code).needs
    wanted = (needs - _brought(session, incident_id)) or needs
    chosen = _reserved(session, stage, step) or _suggested(session, stage, incident_id, wanted)
    if chosen is None:
        if step.tries < MOST_TRIES:
            again = Step(Act.SEND, step.key, tries=step.tries + 1)
            stage.after(now, RETRY.total_seconds(), again)
        return
    unit_id, start = chosen
    sent = orders.send_unit(session, incident_id, unit_id, now)
    travel_s = _travel_s(stage, start, incident.pin) * stage.chance.uniform(0.9, 1.3)
    stage.trips[sent.assignment_id] = Trip(unit_id, start, incident.pin, travel_s / stage.haste)
    stage.after(now, course.turnout_s, Step(Act.DEPART, step.key, sent.assignment_id))


def _reserved(session: Session, stage: Stage, step: Step) -> tuple[int, Point] | None:
    """The unit that the plan has in mind, with its position; None when it is busy."""
    unit_id = stage.reserved.get(step.key)
    query = select(Unit.position).where(Unit.id == unit_id, Unit.state == UnitState.FREE)
    position = session.execute(query).scalar_one_or_none() if unit_id is not None else None
    return None if unit_id is None or position is None else (unit_id, position)


def _suggested(
    session: Session, stage: Stage, incident_id: int, wanted: frozenset[str]
) -> tuple[int, Point] | None:
    """The unit that the house suggests, with its position."""
    ranking = orders.suggest_units(session, incident_id, stage.router, stage.ground.catalogue)
    chosen = _choose(ranking, wanted)
    if chosen is None:
        return None
    query = select(Unit.position).where(Unit.id == chosen.unit.unit_id)
    return chosen.unit.unit_id, session.execute(query).scalar_one()


def _brought(session: Session, incident_id: int) -> frozenset[str]:
    """Skills of the units that are out for it."""
    rows = session.scalars(
        select(Unit.skills)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(Assignment.incident_id == incident_id, Assignment.released_at.is_(None))
    )
    return frozenset(skill for skills in rows for skill in skills)


def _choose(ranking: Ranking, wanted: frozenset[str]) -> Suggestion | None:
    """The best free one that brings something of what is wanted; a boat where no road unit does.

    Where nothing special is wanted, one of the responsible agency.
    """
    suggestions = [*ranking.units, *(s for s in ranking.by_sea if s.unit.by_sea)]
    free = [s for s in suggestions if s.unit.state is UnitState.FREE]
    if not wanted:
        return next((s for s in free if s.unit.responsible), None)
    helping = [s for s in free if wanted & s.unit.skills]
    return max(helping, key=lambda s: len(wanted & s.unit.skills), default=None)


def _travel_s(stage: Stage, start: Point, goal: Point) -> float:
    """By road, or at a boat's speed where there is none."""
    leg = stage.router.legs([Start(start)], goal)[0]
    return leg.travel_s if isinstance(leg, Leg) else start.distance_m(goal) / (BOAT_KMH / 3.6)


def _depart(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    trip = stage.trips[step.assignment_id]
    orders.advance(session, step.assignment_id, AssignmentState.DEPARTED, now)
    stage.trips[step.assignment_id] = Trip(
        trip.unit_id, trip.start, trip.goal, trip.travel_s, departed_at=now
    )
    arrival = now + timedelta(seconds=trip.travel_s)  # shortened already
    stage.later(arrival, Step(Act.ARRIVE, step.key, step.assignment_id))


def _arrive(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    trip = stage.trips[step.assignment_id]
    orders.advance(session, step.assignment_id, AssignmentState.ARRIVED, now)
    place_unit(session, trip.unit_id, trip.goal, now)
    stage.after(
        now, stage.courses[step.key].on_scene_s, Step(Act.DONE, step.key, step.assignment_id)
    )


def _done(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    trip = stage.trips.pop(step.assignment_id)
    send_home(session, [trip.unit_id])
    orders.advance(session, step.assignment_id, AssignmentState.DONE, now)
    stage.after(now, stage.courses[step.key].close_after_s, Step(Act.CLOSE, step.key))


def _close(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """Unless another unit is still out for it: the last one to be done closes it."""
    incident_id = stage.incidents[step.key]
    incident = session.execute(
        select(Incident.version, Incident.state, Incident.category_code, Incident.pin).where(
            Incident.id == incident_id
        )
    ).one()
    out = session.scalar(
        select(func.count()).where(
            Assignment.incident_id == incident_id, Assignment.released_at.is_(None)
        )
    )
    if incident.state == IncidentState.CLOSED or out:
        return
    kind = stage.ground.catalogue.category(incident.category_code).kind
    outcome = stage.chance.choice(words.OUTCOMES[kind]) if incident.pin else words.NEVER_FOUND
    cases.close(session, incident_id, outcome, incident.version, now)
