"""What the live wire is for: nothing is missed, whoever is cut off, is slow, or was away."""

import json
import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.api import wire
from app.bell import libpq_url
from app.live import Hub
from app.load_news import NOT_SENSITIVE
from dispatch import load, log
from dispatch.log import Cursor
from dispatch.scope import HUB, Scope
from tests.benches.crowd_map import fill
from tests.faults.crowd import call
from tests.faults.listen import Stream
from tests.faults.talk import Talker, log_in
from tests.world import Server, World

CUTS, EACH, CASES = 100, 100, 400  # events between two cuts
DISPATCHER = Scope("dispatcher", user_id=1)


@pytest.fixture
def hub(world: World) -> Iterator[Hub]:
    """A live wire of its own, in this process."""
    made = Hub(world.parts, lambda scope, told: wire.news(scope, told, world.parts.ground()))
    yield made
    made.stop()


# Each event gives a case the next version, and says so in the log.
_STEP = (
    "WITH stepped AS (UPDATE incident SET version = version + 1 WHERE id = ANY (%s) RETURNING id)"
    " INSERT INTO log_entry (kind, actor, incident_id) SELECT 'uji', 'uji', id FROM stepped"
)


def test_10_000_events_over_a_stream_cut_100_times_miss_nothing(world: World, live_server: Server):
    fill(world.owner_url, CASES)
    cases = open_cases(world)
    dispatcher = log_in(live_server.url, "dispatcher1")
    shown = Shown(dispatcher.ask("GET", "/api/board?incidents=0").json["cursor"])
    chance = random.Random(5)  # noqa: S311 - a play, not a secret
    with writing(world) as write:
        for _ in range(CUTS):
            while_open = chance.randint(1, 9)
            with stream(dispatcher, shown.cursor) as line:
                write(chance, cases, while_open)
                before = shown.cursor
                read(line, shown, lambda before=before: shown.cursor != before)
            write(chance, cases, EACH // 10 - while_open)  # while nobody listens
        written = versions(world)
        with stream(dispatcher, shown.cursor) as line:
            read(line, shown, lambda: written.items() <= shown.versions.items())
    assert sum(written.values()) - len(written) == CUTS * EACH == 10_000
    assert shown.resyncs == 0, "it was away for moments only"
    assert shown.events <= CUTS * EACH, "states, not steps: no more than there were"


class Shown:
    """What a page shows that keeps the newest version of each case, as ours do.

    Right after a cut a state may come once more that is older than the one that was read on.
    """

    def __init__(self, cursor: str) -> None:
        self.cursor = cursor
        self.versions: dict[int, int] = {}
        self.events = self.resyncs = 0

    def take(self, block: bytes) -> None:
        """One event with its fields."""
        fields = dict(part.split(b": ", 1) for part in block.split(b"\n") if b": " in part)
        if fields.get(b"event") == b"incident":
            facts = json.loads(fields[b"data"])
            case, version = facts["id"], facts["properties"]["version"]
            self.versions[case] = max(version, self.versions.get(case, 0))
            self.events += 1
        self.resyncs += fields.get(b"event") == b"resync"
        self.cursor = fields[b"id"].decode() if b"id" in fields else self.cursor


@contextmanager
def stream(talker: Talker, cursor: str) -> Iterator[socket.socket]:
    """A stream from the cursor on; cut at the end, whatever is on its way."""
    with socket.create_connection((talker.host, talker.port), timeout=60) as line:
        line.sendall(
            f"GET /api/events?after={cursor} HTTP/1.0\r\nHost: {talker.host}\r\n"
            f"Cookie: {talker.cookie}\r\n\r\n".encode()
        )
        yield line


def read(line: socket.socket, shown: Shown, enough: Callable[[], bool]) -> None:
    """Show what comes until it is enough. Raises TimeoutError when nothing comes for long."""
    rest = b""
    while not enough():
        got = line.recv(random.choice([500, 5000, 100_000]))  # noqa: S311 - a play
        assert got, "the server hung up"
        *whole, rest = (rest + got).split(b"\n\n")
        for block in whole:
            shown.take(block)


def open_cases(world: World) -> list[int]:
    """Those that every role of the room sees."""
    with world.as_owner() as session:
        plain = text(
            "DELETE FROM incident WHERE state = 'ditutup' OR restricted_group IS NOT NULL;"
            "SELECT id FROM incident ORDER BY id"
        )
        return list(session.scalars(plain))


def versions(world: World) -> dict[int, int]:
    with world.as_owner() as session:
        rows = session.execute(text("SELECT id, version FROM incident"))
        return {row.id: row.version for row in rows}


@contextmanager
def writing(world: World) -> Iterator[Callable[[random.Random, list[int], int], None]]:
    """Writes so many times ten events, each ten in a transaction of their own."""
    line = psycopg2.connect(libpq_url(world.owner_url))

    def write(chance: random.Random, cases: list[int], times: int) -> None:
        for _ in range(times):
            with line, line.cursor() as cursor:
                cursor.execute("SELECT set_config('app.role', 'system', true)")
                cursor.execute(_STEP, (chance.sample(cases, 10),))

    yield write
    line.close()


def test_a_slow_reader_holds_nobody_up_and_reads_on_where_it_stopped(
    world: World, live_server: Server
):
    operator = log_in(live_server.url, "operator1")
    cursor = operator.ask("GET", "/api/board?incidents=0").json["cursor"]
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    slow.connect((operator.host, operator.port))
    slow.sendall(
        f"GET /api/events?after={cursor} HTTP/1.0\r\nHost: x\r\nCookie: {operator.cookie}\r\n\r\n"
        .encode()
    )  # fmt: skip
    with Stream(operator, cursor) as stream:
        told = [operator.call(call(f"c{n}"), f"slow-{n:04d}").json for n in range(60)]
        ids = {taken["incident"]["id"] for taken in told}
        stream.wait_for(ids, 20)
    heard = b""
    slow.settimeout(20)
    while not all(b'"id":%d,' % number in heard for number in ids):
        got = slow.recv(4096)
        assert got, "it was hung up on too soon"
        heard += got
    slow.close()


def test_after_a_night_without_network_a_screen_reads_all_again(world: World, hub: Hub):
    with world.as_scope(HUB) as session:
        cursor = log.here(session)
    many = text(
        "INSERT INTO log_entry (kind, actor) SELECT 'uji', 'uji' FROM generate_series(1, 2500)"
    )
    with world.as_owner() as session:
        session.execute(many)
    _wait_until_told(world, cursor, 2500)
    with hub.listening(DISPATCHER):
        assert hub.catch_up(DISPATCHER, cursor)[0].startswith(b"event: resync")
        assert hub.catch_up(DISPATCHER, Cursor(0, 0))[0].startswith(b"event: resync")


def _wait_until_told(world: World, cursor: Cursor, most: int) -> None:
    """Until the log may be read so far: an open transaction of another test holds it back."""
    for _ in range(600):
        with world.as_scope(HUB) as session:
            if len(log.since(session, cursor, most=most)) >= most:
                return
        time.sleep(0.1)
    raise AssertionError("the log is still held back")


SCOPES = (
    DISPATCHER.shared(),
    Scope("planner"),
    Scope("leader"),
    NOT_SENSITIVE,
    Scope("agency_officer", agency_id=1),
    Scope("village_head", village_code="33.20.11.2010"),
    Scope("field_unit", unit_id=1),
)
_MOVE = text(
    "WITH was AS (SELECT id, village_code FROM incident WHERE id = :id),"
    " there AS (SELECT id, code, district_code FROM village WHERE code = :to AND edition_id ="
    "   (SELECT id FROM edition WHERE in_force)),"
    " moved AS (UPDATE incident SET pin = NULL, location = NULL, also_villages = :also,"
    "   village_id = (SELECT id FROM there), village_code = (SELECT code FROM there),"
    "   district_code = (SELECT district_code FROM there), village_p = NULL WHERE id = :id)"
    " INSERT INTO log_entry (kind, actor, incident_id, facts) SELECT 'incident.pinned', 'uji', id,"
    "   jsonb_build_object('from_village', village_code, 'to_village', CAST(:to AS text)) FROM was"
)
_CHANGE = text(
    "WITH done AS (UPDATE incident SET priority = :priority, due_at = opened_at,"
    "   state = :state, closed_at = CASE WHEN :state = 'ditutup' THEN now() END WHERE id = :id)"
    " INSERT INTO log_entry (kind, actor, incident_id) VALUES ('uji', 'uji', :id)"
)


def test_counting_only_what_changed_comes_to_the_same_as_counting_all(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.load_news.SWEEP_EACH_S", 1e6)  # it must be right without the sweep
    fill(world.owner_url, 60)
    chance = random.Random(7)  # noqa: S311 - a play, not a secret
    with world.as_owner() as session:
        cases = list(session.scalars(text("SELECT id FROM incident ORDER BY id")))
        codes = list(session.scalars(text("SELECT DISTINCT village_code FROM incident LIMIT 4")))
    places = [*codes, "33.20.11.2010", None]
    with ExitStack() as stack:
        for scope in SCOPES:
            stack.enter_context(hub.listening(scope))
        for _ in range(12):
            for number in chance.choices(cases, k=6):
                with world.as_owner() as session:
                    change_something(session, chance, number, places)
            compare(world, hub)


def change_something(
    session: Session, chance: random.Random, number: int, places: list[str | None]
) -> None:
    """Move a case to another village or to none, or close, open or change it."""
    if chance.random() < 0.5:
        to = chance.choice(places)
        also = ["33.20.11.2010"] if chance.random() < 0.3 and to != "33.20.11.2010" else []
        session.execute(_MOVE, {"id": number, "to": to, "also": also})
    else:
        state = chance.choice(["baru", "ditugaskan", "ditutup"])
        session.execute(_CHANGE, {"id": number, "priority": chance.randint(1, 4), "state": state})


def compare(world: World, hub: Hub) -> None:
    """Each scope's counts, once all was told, with those of one who counts all anew."""
    wrong: object = None
    until = time.monotonic() + 20
    while time.monotonic() < until:
        time.sleep(0.3)
        wrong = next(filter(None, (difference(world, hub, scope) for scope in SCOPES)), None)
        if wrong is None:
            return
    raise AssertionError(wrong)


def difference(world: World, hub: Hub, scope: Scope) -> object:
    """None when they are equal; planners count through counted_load(), which sees no doubt."""
    with world.as_scope(scope) as session:
        anew = load.counted(session, world.parts.now())
    told = dict(hub.counts_of(scope))
    if scope.role == "planner":
        told = {code: replace(there, unsure=0) for code, there in told.items()}
    return None if told == anew else (scope, told, anew)


def test_no_scope_waits_for_its_load_while_others_are_due_again(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.load_news.EACH_S", 0.0)
    with ExitStack() as stack:
        for scope in SCOPES:
            stack.enter_context(hub.listening(scope))
        hub.stop()
        for thread in hub._threads:
            thread.join()
        channels = hub._listened()
        for channel in channels:
            channel.counted_at = 0.0
        for _ in channels:
            for channel in channels:
                channel.due.add(None)
            assert hub._tell_one_load()
        assert all(channel.counted_at > 0.0 for channel in channels)


def test_a_sensitive_case_that_moves_is_no_news_to_who_may_not_see_it(world: World, hub: Hub):
    fill(world.owner_url, 60)
    away, home = "33.20.02.2005", "33.20.11.2010"
    with world.as_owner() as session:
        number = session.scalar(text("SELECT min(id) FROM incident WHERE state <> 'ditutup'"))
        session.execute(_MOVE, {"id": number, "to": away, "also": []})
        session.execute(
            text("UPDATE incident SET restricted_group = 'perlindungan', audience = 'ruang'"
                 " WHERE id = :id"), {"id": number},
        )  # fmt: skip
    blind = [Scope("planner"), NOT_SENSITIVE, *(Scope("village_head", village_code=code)
                                                for code in (away, home))]  # fmt: skip
    sees = Scope("dispatcher", groups=frozenset({"perlindungan"}))
    with ExitStack() as stack:
        others = [stack.enter_context(hub.listening(scope)) for scope in blind]
        screen = stack.enter_context(hub.listening(sees))
        with world.as_owner() as session:
            session.execute(_MOVE, {"id": number, "to": home, "also": []})
        heard, until = b"", time.monotonic() + 20
        while b"event: total" not in heard and time.monotonic() < until:
            heard += screen.wait(seconds=0.5) or b""
        assert b"event: incident" in heard
        assert b"event: total" in heard
        assert [other.wait(seconds=1.0) for other in others] == [None] * len(others)


def test_a_case_that_grows_late_is_told_without_any_event(
    world: World, hub: Hub, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("app.load_news.SWEEP_EACH_S", 1.0)
    fill(world.owner_url, 20)
    with world.as_owner() as session:
        session.execute(text("UPDATE incident SET due_at = now() + interval '4 seconds'"))
    with hub.listening(Scope("planner")) as planner, hub.listening(DISPATCHER) as dispatcher:
        late = {**dict.fromkeys("pd", b"")}
        until = time.monotonic() + 20
        while time.monotonic() < until and not all(b'"late":' in each for each in late.values()):
            for key, screen in (("p", planner), ("d", dispatcher)):
                heard = screen.wait(seconds=0.5) or b""
                late[key] = heard if b"event: load" in heard else late[key]
        for heard in late.values():
            assert b"event: total" in heard
            total = json.loads(heard.rpartition(b"data: ")[2])
            assert total["late"] == total["open"] > 10
