"""Loads the history of an invented day at once, so that no screen is empty."""

import random
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch import board, log
from dispatch.demo.plan import CALLS_A_DAY, DemoCall, plan_day
from dispatch.demo.stage import Stage, perform, place_moving
from dispatch.demo.world import read_villages
from dispatch.ground import Ground
from dispatch.scope import enter, scope_of
from geo.routing import Router
from geo.routing.crow import CrowRouter


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
    plan = plan_day(
        seed,
        read_villages(session, regency),
        regency.categories,
        now.astimezone(regency.hours.zone),
        at_sea=regency.demo.at_sea,
        calls=calls,
    )
    router = router or CrowRouter(regency.speed_kmh, regency.detour)
    stage = Stage(ground, router, random.Random(seed), phone_key)  # noqa: S311  # a play
    play_until(session, stage, plan, now)
    return len(plan)


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
    if place_moving(session, stage, now):
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
