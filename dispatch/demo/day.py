"""Loads the history of an invented day at once, so that no screen is empty."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import shapely
from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from dispatch import board, log
from dispatch.demo.agenda import PLAYER, Stage
from dispatch.demo.course import Course
from dispatch.demo.desks import calls_of_desks, work_on
from dispatch.demo.moving import place_moving
from dispatch.demo.plan import CALLS_A_DAY, DemoCall, plan_day
from dispatch.demo.stage import perform
from dispatch.demo.teller import DemoVillage, Teller
from dispatch.demo.villages import add_registers, calls_of_villages, tell_by_heads
from dispatch.demo.world import read_villages
from dispatch.ground import Ground
from dispatch.schema import Unit
from dispatch.scope import enter, scope_of
from geo.point import Point
from geo.routing import Router

TASK_KEYS = 500_000  # keys of the calls made for field units, far from those of a plan
AT_ONCE = Course(
    send_after_s=60, units=1, answer_s=10, turnout_s=60, on_scene_s=3000, close_after_s=300
)


def load_day(
    session: Session,
    ground: Ground,
    now: datetime,
    *,
    router: Router | None = None,
    phone_key: bytes = b"",
    seed: int = 112,
    calls: int = CALLS_A_DAY,
) -> int:
    """Play the calls of the last days up to `now` in one go; how many there were.

    Every row gets the time that it would have had. Does nothing (0) where a demonstration
    is on already. phone_key: the installation's own, so that callers have a history.
    """
    if board.has_demo(session):
        return 0
    regency = ground.regency
    villages = read_villages(session, regency)
    plan = plan_day(
        seed,
        villages,
        regency.categories,
        now.astimezone(regency.hours.zone),
        at_sea=regency.demo.at_sea,
        calls=calls,
    )
    ground = ground if router is None else replace(ground, router=router)
    stage = Stage(ground, ground.router, random.Random(seed), phone_key)  # noqa: S311  # a play
    add_registers(session, villages)
    of_villages = calls_of_villages(stage, villages, now)
    work_on(stage, of_villages, now)
    plan += [*of_villages, *calls_of_desks(stage, villages, now)]
    plan += tasks_for_field_units(session, stage, villages, now)
    play_until(session, stage, plan, now)
    tell_by_heads(session, regency, now)
    return len(plan)


def tasks_for_field_units(
    session: Session, stage: Stage, villages: Sequence[DemoVillage], now: datetime
) -> list[DemoCall]:
    """A call a few minutes ago for each unit that a demo user rides with, near its station."""
    regency = stage.ground.regency
    teller = Teller(stage.chance, villages, regency.categories)
    rows = session.scalars(
        select(Unit)
        .options(joinedload(Unit.station))
        .where(Unit.call_sign.in_([u.unit for u in regency.users if u.unit]), Unit.active)
        .order_by(Unit.id)
    )
    calls = []
    for key, unit in enumerate(rows, TASK_KEYS):
        village = _home(villages, unit.station.position)
        category = next((c for c in regency.categories if set(c.needs) & set(unit.skills)), None)
        if village is not None and category is not None:
            stage.reserved[key] = unit.id
            report = teller.tells(category, village, pinned=True)
            calls.append(DemoCall(key, now - timedelta(minutes=8), report, course=AT_ONCE))
    return calls


def _home(villages: Sequence[DemoVillage], position: Point) -> DemoVillage | None:
    spot = shapely.Point(position.lon, position.lat)
    return next((v for v in villages if v.area.covers(spot)), None)


def play_until(session: Session, stage: Stage, plan: Sequence[DemoCall], now: datetime) -> None:
    """All that would have happened by `now`; who is on the way then stands on the way."""
    before = scope_of(session)
    stage.expect(plan)
    times: list[tuple[int, datetime]] = []  # newest log id, and the moment up to there
    while (due := stage.pop_due(now)) is not None:
        at, step = due
        perform(session, stage, step, at)
        if newest := session.scalar(_NEWEST):
            times.append((newest, at))
    enter(session, PLAYER)
    if place_moving(session, stage.trips.values(), now):
        times.append((session.scalar(_NEWEST) or 0, now))
    _date_back(session, times)
    enter(session, before)
    log.ask_to_ring(session)


_NEWEST = text("SELECT max(id) FROM log_entry WHERE xid = pg_current_xact_id() AND demo")
# The log dates itself by the clock, and its rows cannot be changed: these are written anew.
_DATE_BACK = text(
    "WITH taken AS ("
    "  DELETE FROM log_entry WHERE demo AND xid = pg_current_xact_id() RETURNING *"
    "), due AS ("
    "  SELECT * FROM unnest(CAST(:upto AS bigint[]), CAST(:at AS timestamptz[])) AS due (upto, at)"
    ")"
    " INSERT INTO log_entry"
    "  (at, kind, actor_id, actor, incident_id, unit_id, call_id, facts, demo)"
    " SELECT (SELECT due.at FROM due WHERE due.upto >= taken.id ORDER BY due.upto LIMIT 1),"
    "  kind, actor_id, actor, incident_id, unit_id, call_id, facts, demo"
    "  FROM taken ORDER BY taken.id"
)


def _date_back(session: Session, times: list[tuple[int, datetime]]) -> None:
    if times:
        session.execute(
            _DATE_BACK, {"upto": [upto for upto, _ in times], "at": [at for _, at in times]}
        )
