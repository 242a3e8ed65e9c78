"""Plays what a crew does with its order: answer, drive, work, bring a patient, come home."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import orders
from dispatch.demo.agenda import Act, Stage, Step
from dispatch.demo.moving import Trip, place_unit, send_home
from dispatch.rules.workflow import AssignmentState
from dispatch.schema import Assignment, Category, Incident, Station, Unit
from geo.point import Point
from geo.routing import Leg, Start

BOAT_KMH = 25.0
CARRIERS = ("ambulans",)  # kinds of units that bring a patient somewhere
CARRY_SHARE = 0.7
HAND_OVER_S = 600.0  # at the facility


def answer(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """The crew has heard."""
    orders.advance(session, step.assignment_id, AssignmentState.ACCEPTED, now)
    course = stage.courses[step.key]
    wait_s = max(course.turnout_s - course.answer_s, 5)
    stage.after(now, wait_s, Step(Act.DEPART, step.key, step.assignment_id))


def depart(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """The wheels roll."""
    trip = stage.trips[step.assignment_id]
    orders.advance(session, step.assignment_id, AssignmentState.DEPARTED, now)
    _drive(stage, step, Act.ARRIVE, trip.unit_id, trip.start, trip.goal, trip.travel_s, now)


def arrive(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """There; some ambulances will bring somebody to a hospital."""
    trip = stage.trips[step.assignment_id]
    orders.advance(session, step.assignment_id, AssignmentState.ARRIVED, now)
    place_unit(session, trip.unit_id, trip.goal, now)
    carries = _carries(session, trip.unit_id, step) and stage.chance.random() < CARRY_SHARE
    then = Act.CARRY if carries else Act.DONE
    stage.after(now, stage.courses[step.key].on_scene_s, _then(then, step))


def carry(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """A patient is on board, on the way to the nearest place that takes one."""
    trip = stage.trips[step.assignment_id]
    found = orders.facilities(session, trip.goal, stage.router)
    nearest = next((f for f in found if f.travel_s is not None), None)
    if nearest is None:
        done(session, stage, step, now)
        return
    orders.advance(session, step.assignment_id, AssignmentState.CARRYING, now, facility=nearest.id)
    goal = session.execute(select(Station.position).where(Station.id == nearest.id)).scalar_one()
    wait_s = (nearest.travel_s or 0.0) / stage.haste
    _drive(stage, step, Act.BRING, trip.unit_id, trip.goal, goal, wait_s, now)


def bring(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """The patient is in good hands."""
    trip = stage.trips[step.assignment_id]
    orders.advance(session, step.assignment_id, AssignmentState.AT_FACILITY, now)
    place_unit(session, trip.unit_id, trip.goal, now)
    stage.after(now, HAND_OVER_S, _then(Act.DONE, step))


def done(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """The work is done; the unit drives home, and the case is closed a little later."""
    trip = stage.trips[step.assignment_id]
    orders.advance(session, step.assignment_id, AssignmentState.DONE, now)
    stage.after(now, stage.courses[step.key].close_after_s, Step(Act.CLOSE, step.key))
    home_at = session.execute(
        select(Station.position)
        .join(Unit, Unit.station_id == Station.id)
        .where(Unit.id == trip.unit_id)
    ).scalar_one()
    wait_s = travel_s(stage, trip.goal, home_at) / stage.haste
    _drive(stage, step, Act.HOME, trip.unit_id, trip.goal, home_at, wait_s, now)


def home(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """At its post again."""
    trip = stage.trips.pop(step.assignment_id)
    orders.advance(session, step.assignment_id, AssignmentState.RETURNED, now)
    send_home(session, [trip.unit_id])


def travel_s(stage: Stage, start: Point, goal: Point) -> float:
    """By road, or at a boat's speed where there is none."""
    leg = stage.router.legs([Start(start)], goal)[0]
    return leg.travel_s if isinstance(leg, Leg) else start.distance_m(goal) / (BOAT_KMH / 3.6)


def _drive(
    stage: Stage,
    step: Step,
    then: Act,
    unit_id: int,
    start: Point,
    goal: Point,
    wait_s: float,
    now: datetime,
) -> None:
    """On the road from now on; `wait_s` is shortened already."""
    stage.trips[step.assignment_id] = Trip(unit_id, start, goal, wait_s, departed_at=now)
    stage.later(now + timedelta(seconds=wait_s), _then(then, step))


def _then(act: Act, step: Step) -> Step:
    return Step(act, step.key, step.assignment_id)


def _carries(session: Session, unit_id: int, step: Step) -> bool:
    """Whether the unit is one that brings patients, and the case one that has them."""
    row = session.execute(
        select(Unit.kind, Category.kind.label("category_kind"))
        .join(Assignment, Assignment.unit_id == Unit.id)
        .join(Incident, Incident.id == Assignment.incident_id)
        .join(Category, Category.code == Incident.category_code)
        .where(Unit.id == unit_id, Assignment.id == step.assignment_id)
    ).one()
    return row.kind in CARRIERS and row.category_kind == "darurat"
