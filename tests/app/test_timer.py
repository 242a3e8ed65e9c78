"""The clock of the house ticks by itself, and goes on after the database was away."""

import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import create_engine, pool, text

from app import timer as clock
from app.timer import Timer
from dispatch import orders
from dispatch.rules.ticketing import TicketState
from tests.dispatch import small_room
from tests.dispatch.ticket_desk import POWER, open_desk
from tests.world import World


def test_the_alarm_comes_by_itself_also_after_the_line_was_cut(
    world: World, admin: str, monkeypatch
):
    monkeypatch.setattr(clock, "EACH_S", 0.05)
    monkeypatch.setattr(clock, "AWAY_S", 0.05)
    timer = Timer(world.parts)
    timer.start()
    try:
        cut(admin, world)
        with world.as_owner() as session:
            edition = session.scalar(text("SELECT id FROM edition WHERE in_force"))
            unit = session.scalar(text("SELECT min(id) FROM unit"))
            case = small_room.open_case(session, edition, 1)
            long_ago = datetime.now(UTC) - timedelta(seconds=31)
            orders.send_unit(session, case, unit, long_ago)
        assert comes(world, "SELECT count(*) FROM assignment WHERE alarmed_at IS NOT NULL") == 1
        kinds = "SELECT count(*) FROM log_entry WHERE kind = 'order.silent' AND actor = 'sistem'"
        assert comes(world, kinds) == 1
    finally:
        timer.stop()


def test_positions_that_are_too_old_are_purged(world: World):
    with world.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO unit_fix (unit_id, at, received_at, position, source)"
                " SELECT id, t, t, position, 'demo' FROM unit,"
                " (VALUES (now()), (now() - interval '400 days')) AS times (t)"
            )
        )
        units = session.scalar(text("SELECT count(*) FROM unit"))
    timer = Timer(world.parts)
    assert timer.purge() == units
    assert timer.purge() == 0
    timer.stop()


def comes(world: World, query: str) -> int:
    """What the query counts, once it counts anything."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with world.as_owner() as session:
            if found := session.scalar(text(query)):
                return int(found)
        time.sleep(0.05)
    return 0


def cut(admin: str, world: World) -> None:
    """End the timer's line as soon as it has one."""
    server = create_engine(admin, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    query = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE application_name = 'tanggap timer' AND datname = :name"
    )
    until = time.monotonic() + 30
    with server.connect() as connection:
        while time.monotonic() < until:
            if connection.scalar(query, {"name": world.parts.engine.url.database}):
                return
            time.sleep(0.05)
    raise AssertionError("the timer never called")


def test_the_clock_ends_what_nobody_replied_to_and_tells_of_what_is_late(world: World):
    desk = open_desk(world)
    silent, late = desk.open(POWER), desk.open(POWER)
    asked = {"reason": "data_kurang", "answer": "Di desa mana?"}
    desk.move("dispatcher2", silent.ticket, TicketState.POSTPONED, **asked)
    world.parts.now = lambda: desk.now + timedelta(days=60)
    timer = Timer(world.parts)
    try:
        assert timer.lapse() == 1
        assert timer.lapse() == 0
        assert timer.climb() == 1
        assert timer.tally() > 0
    finally:
        timer.stop()
    assert desk.course(silent.ticket).state is TicketState.ARCHIVED
    assert desk.incident(silent.incident).state == "ditutup"
    assert desk.ticket(late.ticket).escalated > 0
