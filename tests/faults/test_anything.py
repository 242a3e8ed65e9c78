"""Whatever comes in over the API, the answer is never a fault of the server."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from dispatch import public
from dispatch.scope import TIMER
from tests.world import World

FEW = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,  # a build that fails, fails again
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
TRAPS = [
    *["\x00", "kebakaran", "112", "petugas", "33.20.02.2005", "9" * 40, "-1", "NaN", "1e999"],
    *["2026-01-01T00:00:00+23:59", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-12:00"],
    *["'; DROP TABLE call; --", "%s%(x)s{}", "\u202e", "\U0001f692", "a" * 5000],
]
WORDS = st.text(max_size=40) | st.sampled_from(TRAPS)
NUMBERS = st.one_of(st.integers(-(2**70), 2**70), st.floats(allow_nan=False, allow_infinity=False))
LEAVES = st.one_of(st.none(), st.booleans(), NUMBERS, WORDS)
JSON: st.SearchStrategy[Any] = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=12,
)
PINS = st.fixed_dictionaries(
    {"lon": st.floats(94, 142), "lat": st.floats(-12, 7)}
) | st.dictionaries(st.sampled_from(["lon", "lat", "crs"]), LEAVES)
ANSWERS = st.lists(st.lists(WORDS, min_size=1, max_size=3), max_size=9)
LOCATIONS = st.fixed_dictionaries(
    {},
    optional={
        "text": WORDS,
        "key": st.none() | WORDS,
        "radius_m": st.none() | st.floats(-10, 60_000) | NUMBERS,
        "confidence": st.floats(0.4, 1) | NUMBERS,
        "answers": ANSWERS,
    },
)
# Fields as the API knows them, most of them right: what is wrong everywhere is stopped at once.
CALLS = st.fixed_dictionaries(
    {},
    optional={
        "channel": st.sampled_from(["112", "radio"]) | WORDS,
        "class": st.sampled_from(["normal", "prank", "iseng"]) | WORDS,
        "phone": st.none() | WORDS,
        "caller": st.none() | WORDS,
        "where": WORDS,
        "what": WORDS,
        "category": st.none() | WORDS,
        "life_at_risk": st.booleans(),
        "pin": st.none() | PINS,
        "pinned_by": st.sampled_from(["petugas", "tempat", None]),
        "said_village": st.none() | WORDS,
        "location": st.none() | LOCATIONS,
        "joins": st.none() | st.integers(1, 2**63),
        "said_at": st.none() | st.datetimes().map(lambda t: f"{t.isoformat()}Z") | WORDS,
    },
)


class Door:
    """The API over one database. Who came in once need not log in again: it is slow on purpose."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients: dict[str, Any] = {}
        with world.as_owner() as session:
            first = text("SELECT min(login) FROM app_user GROUP BY role ORDER BY 1")
            self.logins = list(session.scalars(first))  # one of each role

    def as_(self, login: str) -> Any:
        """A client that is logged in."""
        if login not in self._clients:
            self._clients[login] = self._world.client(login)
        return self._clients[login]

    def post(self, login: str, path: str, body: Any, key: object = "a key, long enough") -> Any:
        """Python's JSON, which writes what orjson would refuse to."""
        headers = {"Idempotency-Key": str(key), "Content-Type": "application/json"}
        return self.as_(login).post(path, json=None, data=json.dumps(body), headers=headers)

    def reads(self) -> list[str]:
        """Every address of the API that can be read, with its names still in it."""
        rules = self._world.app.url_map.iter_rules()
        paths = {r.rule for r in rules if "GET" in (r.methods or ()) and r.rule.startswith("/api/")}
        return sorted(paths - {"/api/events"})  # the stream has no end; its cursor is tried below


@pytest.fixture(scope="module")
def door(shared_world: World) -> Door:
    """With a case to be written to, so that not every id is unknown."""
    with shared_world.as_scope(TIMER) as session:  # without counts the public is asked to wait
        public.make_snapshot(session, shared_world.parts.ground(), shared_world.parts.now())
    made = Door(shared_world)
    assert made.post("operator1", "/api/calls", {"what": "api"}).status_code == 201
    return made


@given(body=st.one_of(CALLS, CALLS, JSON), key=st.uuids())
@settings(FEW, max_examples=250)
def test_no_body_of_a_call_makes_the_server_fail(door: Door, body: Any, key: object):
    answer = door.post("operator1", "/api/calls", body, key)
    assert answer.status_code in (201, 422), (answer.status_code, answer.data)


WRITES = {
    "/api/callers": ["phone"],
    "/api/calls/1/contact": ["reason"],
    "/api/incidents/1/assignments": ["unit"],
    "/api/incidents/1/pin": ["lon", "lat", "version", "radius_m", "confirmed"],
    "/api/incidents/1/place": ["version", "village", "key", "answers"],
    "/api/places/weigh": ["text", "key", "pin", "radius_m", "confidence", "answers"],
    "/api/incidents/1/close": ["outcome", "version"],
    "/api/assignments/1/state": ["state"],
}


@pytest.mark.parametrize("path", WRITES)
def test_no_body_of_another_write_makes_the_server_fail(door: Door, path: str):
    fields = dict.fromkeys(WRITES[path], LEAVES)

    @given(body=st.fixed_dictionaries(fields) | st.fixed_dictionaries({}, optional=fields) | JSON)
    @FEW
    def no_failure(body: Any) -> None:
        answer = door.post("dispatcher1", path, body)
        assert answer.status_code < 500, (path, body, answer.data)

    no_failure()


NAMES = [
    "lon",
    "lat",
    "q",
    "village",
    "category",
    "before",
    "kind",
    "since",
    "after",
    "limit",
    "unsure",
]


@given(
    which=st.integers(0, 10_000),
    who=st.integers(0, 10_000),
    numbers=st.tuples(*[st.integers(0, 30) | st.integers(0, 2**70)] * 4),
    query=st.dictionaries(st.sampled_from(NAMES), WORDS | NUMBERS.map(str)),
)
@settings(FEW, max_examples=400)
def test_no_query_makes_the_server_fail(
    door: Door, which: int, who: int, numbers: tuple[int, ...], query: dict[str, str]
):
    reads, given_numbers = door.reads(), iter(numbers)
    path = re.sub(r"<[^>]+>", lambda _: str(next(given_numbers)), reads[which % len(reads)])
    login = door.logins[who % len(door.logins)]
    with door.as_(login).get(path, query_string=query) as answer:  # a file is closed with it
        assert answer.status_code < 500, (login, path, query, answer.data)


@given(cursor=WORDS | st.from_regex(r"[0-9]{1,22}-[0-9]{1,22}", fullmatch=True))
@FEW
def test_no_cursor_makes_the_stream_fail(door: Door, cursor: str):
    with door.as_("operator1").get("/api/events", query_string={"after": cursor}) as answer:
        assert answer.status_code in (200, 422)
        if answer.status_code == 200:
            assert next(iter(answer.response))
