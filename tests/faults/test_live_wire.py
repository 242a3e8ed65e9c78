"""The live wire misses nothing: not under many writers, not when its line is cut."""

import random
import threading
import time
from collections.abc import Callable

import psycopg2
import pytest
from sqlalchemy import Engine, create_engine, make_url, pool, text

from app.bell import libpq_url
from dispatch import log
from dispatch.log import Cursor
from dispatch.scope import HUB
from tests.faults.crowd import call
from tests.faults.listen import Stream
from tests.faults.talk import log_in
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
