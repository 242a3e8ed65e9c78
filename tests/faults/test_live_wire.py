"""The live wire misses nothing: not under many writers, not when its line is cut."""

import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import psycopg2
import pytest
from sqlalchemy import Engine, create_engine, make_url, pool, text

from app.api import wire
from app.bell import libpq_url
from app.live import Hub
from app.telling import Ear
from dispatch import log, tokens
from dispatch.log import Cursor
from dispatch.scope import HUB, Scope
from tests.faults.crowd import call
from tests.faults.listen import Stream
from tests.faults.talk import Talker, log_in
from tests.geo.roads.moved import load_moved_roads
from tests.world import Server, World

WRITERS, SECONDS = 8, 4.0


def test_the_cursor_misses_nothing_under_8_writers_and_a_plain_id_does(world: World):
    writing, reading = threading.Event(), threading.Event()
    by_cursor, by_id = Cursor(0, 0), 0
    seen: dict[str, list[int]] = {"cursor": [], "id": []}

    def follow_cursor() -> None:
        nonlocal by_cursor
        with world.as_scope(HUB) as session:
            for change in log.since(session, by_cursor):
                seen["cursor"].append(change.cursor.id)
                by_cursor = change.cursor

    def follow_id() -> None:
        nonlocal by_id
        with world.as_scope(HUB) as session:
            later = text("SELECT id FROM log_entry WHERE id > :last ORDER BY id")
            for number in session.scalars(later, {"last": by_id}):
                seen["id"].append(number)
                by_id = number

    threads = [threading.Thread(target=write_log, args=(world, n, writing)) for n in range(WRITERS)]
    threads += [
        threading.Thread(target=again_and_again, args=(follow, reading))
        for follow in (follow_cursor, follow_id)
    ]
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    writing.set()
    for thread in threads[:WRITERS]:
        thread.join()
    with world.as_owner() as session:
        there = set(session.scalars(text("SELECT id FROM log_entry")))
    until = time.monotonic() + 30  # another database of the cluster may hold the horizon back
    while len(seen["cursor"]) < len(there) and time.monotonic() < until:
        time.sleep(0.05)
    reading.set()
    for thread in threads:
        thread.join()

    assert len(there) > 300
    assert len(seen["cursor"]) == len(set(seen["cursor"])), "a row came twice"
    assert set(seen["cursor"]) == there
    assert there - set(seen["id"]), "the control did not stumble: the test shows nothing"


def write_log(world: World, number: int, over: threading.Event) -> None:
    """Transactions that take their id early and commit whenever they like."""
    chance = random.Random(number)  # noqa: S311 - a play, not a secret
    line = psycopg2.connect(libpq_url(world.owner_url))
    with line.cursor() as cursor:
        while not over.is_set():
            cursor.execute("SELECT set_config('app.role', 'system', true)")
            cursor.execute("INSERT INTO log_entry (kind, actor) VALUES ('test', 'test')")
            time.sleep(chance.random() * 0.02)
            line.commit()
    line.close()


def again_and_again(read: Callable[[], None], over: threading.Event) -> None:
    while not over.is_set():
        read()
        time.sleep(0.005)


@pytest.fixture
def superuser(admin: str):
    engine = create_engine(admin, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


def test_a_cut_listening_line_is_taken_up_again_and_nothing_is_lost(
    live_server: Server, world: World, superuser: Engine
):
    operator = log_in(live_server.url, "operator1")
    cursor = operator.ask("GET", "/api/board").json["cursor"]
    with Stream(operator, cursor) as stream:
        told = []
        for number in range(30):
            if number % 10 == 5:
                assert cut_listening_lines(world, superuser) > 0
            told.append(operator.call(call(f"c{number}"), f"call-{number:04d}").json)
        stream.wait_for({taken["incident"]["id"] for taken in told}, 40)
        # And once more when all is whole again.
        late = operator.call(call("late"), "call-late-1").json["incident"]["id"]
        stream.wait_for({late}, 20)
    assert listening_lines(world, superuser) == 2, "one a worker"


_LINES = "FROM pg_stat_activity WHERE datname = :name AND application_name = 'tanggap hub'"


def cut_listening_lines(world: World, superuser: Engine) -> int:
    """How many were cut."""
    with superuser.connect() as connection:
        query = text(f"SELECT count(pg_terminate_backend(pid)) {_LINES}")
        until = time.monotonic() + 10
        while not (cut := connection.scalar(query, {"name": make_url(world.app_url).database})):
            assert time.monotonic() < until, "nobody listens"
            time.sleep(0.05)
        return cut


def listening_lines(world: World, superuser: Engine) -> int:
    with superuser.connect() as connection:
        query = text(f"SELECT count(*) {_LINES}")
        until = time.monotonic() + 10
        while (found := connection.scalar(query, {"name": make_url(world.app_url).database})) < 2:
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        return found


def test_a_fix_of_a_phone_reaches_an_open_screen_and_one_that_was_cut(
    live_server: Server, world: World
):
    with world.as_owner() as session:
        unit, made = 1, tokens.make(session, 1, "ponsel", datetime.now(UTC))
    operator = log_in(live_server.url, "operator1")
    cursor = operator.ask("GET", "/api/board").json["cursor"]
    phone = Talker(operator.host, operator.port)
    with Stream(operator, cursor) as stream:
        operator.call(call("first"), "call-first-1")  # the stream is open from here on
        stream.wait_for(set(), 1)
        place = [110.7, -6.6]
        fix = {"id": made.token, "lon": place[0], "lat": place[1]}
        assert phone.ask("GET", f"/api/osmand?{urlencode(fix)}").status == 200
        stream.wait_for_unit(unit, place, 10)
    # While the line is cut the unit goes on; the log has no row of it.
    fix |= {"lon": 110.701}
    assert phone.ask("GET", f"/api/osmand?{urlencode(fix)}").status == 200
    time.sleep(2.5)  # the hub told it to those who were there
    with Stream(operator, stream.cursor) as again:
        again.wait_for_unit(unit, [110.701, -6.6], 10)


def test_ways_that_cannot_be_read_do_not_silence_the_wire(world: World):
    hub = Hub(world.parts, lambda scope, told: wire.news(scope, told, world.parts.ground()))
    before = world.parts.router
    try:
        with hub.listening(Scope("dispatcher", user_id=1)) as screen:
            time.sleep(1.5)  # what was known before is told by then
            with world.as_owner() as session:
                load_moved_roads(session, ferry=True)
                broken = '[{"times": ["25:00"]}]'
                session.execute(text("UPDATE ferry SET timetable = :it"), {"it": broken})
                log.record(session, "roads.changed", network="uji")
                log.record(session, "unit.duty", unit_id=1)
            assert b"event: unit" in (screen.wait() or b"")
        assert world.parts.router is before
    finally:
        hub.stop()


def test_500_units_that_moved_are_one_message_and_are_told_once(world: World):
    hub = Hub(world.parts, lambda scope, told: wire.news(scope, told, world.parts.ground()))
    dispatcher = Scope("dispatcher", user_id=1)
    try:
        with world.as_owner() as session:
            session.execute(_MANY)
        with hub.listening(dispatcher) as screen:
            time.sleep(1.5)  # what was known before is told by then
            with world.as_owner() as session:
                session.execute(_MOVE, {"now": datetime.now(UTC), "lon": 110.5})
            message = screen.wait()
            while message is not None and message.count(b"event: unit\n") < 500:
                message = screen.wait()
            assert message is not None, "never all of them at once"
            assert message.count(b"event: unit\n") == 500
            assert message.count(b"\nid: ") + message.startswith(b"id: ") == 1
            with world.as_owner() as session:  # one more, and the others are not told again
                session.execute(
                    text(
                        "UPDATE unit SET fix_received_at = clock_timestamp()"
                        " WHERE call_sign = 'BANYAK-7'"
                    )
                )
            assert (screen.wait() or b"").count(b"event: unit\n") == 1
    finally:
        hub.stop()


def test_a_fix_that_becomes_visible_late_is_told_all_the_same(world: World):
    ear, now = Ear(), datetime.now(UTC)
    with world.as_owner() as session:
        session.execute(_MANY)
    slow = psycopg2.connect(libpq_url(world.owner_url))
    with slow.cursor() as cursor:
        cursor.execute("SELECT set_config('app.role', 'system', true)")
        cursor.execute("UPDATE unit SET fix_received_at = %s WHERE call_sign = 'BANYAK-1'", (now,))
        with world.as_owner() as session:
            session.execute(
                text("UPDATE unit SET fix_received_at = :at WHERE call_sign = 'BANYAK-2'"),
                {"at": now + timedelta(seconds=5)},
            )
        assert len(heard(world, ear, now)) == 1
        slow.commit()
    slow.close()
    assert len(heard(world, ear, now)) == 1, "its stamp is older than what was told"
    assert heard(world, ear, now) == {}


def test_a_clock_that_runs_ahead_does_not_deafen_the_ear(world: World):
    ear, now = Ear(), datetime.now(UTC)
    stamp = text("UPDATE unit SET fix_received_at = :at WHERE id = :id")
    for unit, at in ((1, now + timedelta(hours=1)), (2, now), (3, now + timedelta(seconds=1))):
        with world.as_owner() as session:
            session.execute(stamp, {"id": unit, "at": at})
        assert list(heard(world, ear, now)) == [unit]


def heard(world: World, ear: Ear, now: datetime) -> dict[int, datetime]:
    with world.as_scope(HUB) as session:
        found = ear.listen(session, now)
    if found:
        ear.told(found)
    return found


_MANY = text(
    "INSERT INTO unit (call_sign, station_id, agency_id, kind, skills, state, position, by_sea)"
    " SELECT 'BANYAK-' || n, station_id, agency_id, 'patroli', '{}', 'siap', position, false"
    "   FROM unit, generate_series(1, 500) AS n WHERE id = 1"
)
_MOVE = text(
    "UPDATE unit SET position = ST_SetSRID(ST_MakePoint(:lon, -6.6), 4326), fix_at = :now,"
    " fix_received_at = :now WHERE call_sign LIKE 'BANYAK-%'"
)
