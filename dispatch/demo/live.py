"""Plays an invented day as if it happened now, faster than life if wished."""

import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from dispatch.demo import desks
from dispatch.demo.agenda import PLAYER, Act, Stage, Step
from dispatch.demo.course import course_of
from dispatch.demo.moving import Trip, place_moving
from dispatch.demo.plan import DemoCall, plan_ahead
from dispatch.demo.stage import perform
from dispatch.demo.world import read_villages
from dispatch.errors import DispatchError
from dispatch.ground import Ground
from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema import Assignment, Category, Incident, Station, Unit
from dispatch.scope import enter
from geo.routing import Router

BEYOND = (AssignmentState.CARRYING, AssignmentState.AT_FACILITY)  # the place is left already
MOVE_EACH_S = 2.0  # real seconds between two fixes of a unit under way
ADOPTED = 1_000_000  # keys of incidents that a day loaded before left open

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Player:
    """What the play needs of the house."""

    transaction: Callable[[], AbstractContextManager[Session]]  # with the owner's rights
    ground: Ground
    router: Router
    phone_key: bytes
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep


def play(player: Player, speed: float, hours: float, seed: int, say: Callable[[str], None]) -> int:
    """Play that many hours, `speed` times as fast as life; the number of calls taken.

    Each step is a transaction of its own, as if a person had done it. Ends when the last
    call is taken; what is under way then stays so, and the next play goes on with it.
    """
    regency, start = player.ground.regency, player.clock()
    chance = random.Random(seed)  # noqa: S311  # a play
    stage = Stage(player.ground, player.router, chance, player.phone_key, speed)
    with player.transaction() as session:
        villages = read_villages(session, regency)
        adopt(session, stage, start)
    plan = plan_ahead(
        seed,
        villages,
        regency.categories,
        start.astimezone(regency.hours.zone),
        hours,
        at_sea=regency.demo.at_sea,
    )
    hastened = [_hastened(call, start, speed) for call in plan]
    stage.expect(hastened)
    desks.work_ahead(stage, hastened)
    _run(player, stage, start + timedelta(hours=hours) / speed, say)
    return len(plan)


def _hastened(call: DemoCall, start: datetime, speed: float) -> DemoCall:
    at = start + (call.at - start) / speed
    return DemoCall(call.key, at, call.report, call.same_as, call.course)


def _run(player: Player, stage: Stage, end: datetime, say: Callable[[str], None]) -> None:
    moved_at = player.clock()
    while (now := player.clock()) < end:
        while (due := stage.pop_due(now)) is not None:
            _step(player, stage, due[1], now, say)
        if (now - moved_at).total_seconds() >= MOVE_EACH_S and stage.trips:
            with player.transaction() as session:
                enter(session, PLAYER)
                place_moving(session, stage.trips.values(), now)
            moved_at = now
        wait_s = ((stage.next_at() or end) - player.clock()).total_seconds()
        player.sleep(min(max(wait_s, 0.0), MOVE_EACH_S / 2))


def _step(
    player: Player, stage: Stage, step: Step, now: datetime, say: Callable[[str], None]
) -> None:
    try:
        with player.transaction() as session:
            perform(session, stage, step, now)
    except DispatchError as error:  # somebody real was faster, and is right
        stage.trips.pop(step.assignment_id, None)
        log.info("demo step %s dropped: %s", step.act.name, error)
        return
    if step.act is Act.TAKE:
        report = stage.calls[step.key].report
        say(f"{report.call_class.value}: {report.category or '-'}: {report.where or report.what}")


def adopt(session: Session, stage: Stage, now: datetime) -> None:
    """Go on with what an earlier demonstration left open: units under way, emergencies waiting."""
    rows = session.execute(
        select(
            Incident.id,
            Incident.pin,
            Category.kind,
            Assignment.id.label("assignment_id"),
            Assignment.state,
            Assignment.unit_id,
            Assignment.departed_at,
            Unit.position,
        )
        .join(Category, Category.code == Incident.category_code)
        .outerjoin(
            Assignment,
            (Assignment.incident_id == Incident.id)
            & Assignment.released_at.is_(None)
            & (Assignment.state != AssignmentState.PROPOSED),
        )
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
        .where(Incident.demo, Incident.closed_at.is_(None), Incident.pin.is_not(None))
        .order_by(Incident.id)
    ).all()
    _adopt_returning(session, stage, now)
    for row in rows:
        key = ADOPTED + row.id
        stage.incidents[key] = row.id
        course = course_of(stage.chance, row.kind)
        stage.courses[key] = course
        if row.assignment_id is None:
            if course.send_after_s is not None:
                stage.after(now, course.send_after_s, Step(Act.SEND, key))
            continue
        goal = row.position if row.state in BEYOND else row.pin
        travel_s = row.position.distance_m(goal) / 10 / stage.haste
        stage.trips[row.assignment_id] = Trip(
            row.unit_id, row.position, goal, travel_s, row.departed_at and now
        )
        stage.after(
            now, stage.chance.uniform(30, 300), _next_step(row.state, key, row.assignment_id)
        )


def _adopt_returning(session: Session, stage: Stage, now: datetime) -> None:
    """Who was on the way home gets there."""
    later = aliased(Assignment)
    rows = session.execute(
        select(
            Assignment.id,
            Assignment.incident_id,
            Assignment.unit_id,
            Unit.position,
            Station.position.label("home"),
        )
        .join(Unit, Unit.id == Assignment.unit_id)
        .join(Station, Station.id == Unit.station_id)
        .where(Assignment.demo, Assignment.state == AssignmentState.DONE)
        .where(Unit.state == UnitState.RETURNING)
        .where(~exists().where(later.unit_id == Assignment.unit_id, later.id > Assignment.id))
    )
    for row in rows:
        trip = Trip(row.unit_id, row.position, row.home, 300 / stage.haste, now)
        stage.trips[row.id] = trip
        stage.after(now, 300, Step(Act.HOME, ADOPTED + row.incident_id, row.id))


def _next_step(state: AssignmentState, key: int, assignment_id: int) -> Step:
    act = {
        AssignmentState.SENT: Act.ANSWER,
        AssignmentState.ACCEPTED: Act.DEPART,
        AssignmentState.DEPARTED: Act.ARRIVE,
        AssignmentState.ARRIVED: Act.DONE,
        AssignmentState.CARRYING: Act.BRING,
        AssignmentState.AT_FACILITY: Act.DONE,
        AssignmentState.DONE: Act.HOME,
    }[state]
    return Step(act, key, assignment_id)
