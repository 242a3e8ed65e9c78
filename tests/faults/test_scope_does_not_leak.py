"""One pooled connection serves two people in turn: neither ever sees what is the other's."""

import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import func, select, text

from app.parts import Parts, build
from dispatch.schema import CallContact, Incident, LogEntry, User
from dispatch.scope import AUTH, HUB, Scope
from tests.faults.crowd import call
from tests.world import World

TURNS = 4_000
CHANCE = random.Random(24)  # noqa: S311 - a play, not a secret
ELSEWHERE = {"lon": 110.4332, "lat": -5.8792}  # on an island


@pytest.fixture
def narrow(world: World) -> Iterator[Parts]:
    """The parts over the same database with one connection for everybody."""
    parts = build(replace(world.settings, pool_size=1))
    yield parts
    parts.engine.dispose()


def test_4000_turns_on_one_connection_show_nobody_the_others_rows(world: World, narrow: Parts):
    operator = world.client("operator1")
    here = taken(operator, call("a") | {"phone": "0811111111"}, "case-a-0000")
    there = taken(operator, call("b") | {"pin": ELSEWHERE}, "case-b-0000")
    eyes = {
        Scope("dispatcher", user_id=-1): ({here["id"], there["id"]}, 1),
        Scope("village_head", village_code=code_of(here)): ({here["id"]}, 0),
        Scope("village_head", village_code=code_of(there)): ({there["id"]}, 0),
        Scope("field_unit", unit_id=-1): (set(), 0),
        Scope("planner"): (set(), 0),
        HUB: (set(), 0),
        AUTH: (set(), 0),
    }
    scopes = list(eyes)
    for turn in range(TURNS):
        scope = CHANCE.choice(scopes)
        incidents, contacts = eyes[scope]
        with narrow.transaction(scope) as session:
            assert set(session.scalars(select(Incident.id))) == incidents, (turn, scope)
            if turn % 10 == 0:
                assert session.scalar(select(func.count(CallContact.call_id))) == contacts
        if turn % 97 == 0:
            fail_within(narrow, CHANCE.choice(scopes))
        if turn % 101 == 0:
            check_that_nobody_sees_nothing(narrow)


def fail_within(parts: Parts, scope: Scope) -> None:
    """A transaction that ends in an error leaves no context behind either."""
    with pytest.raises(ZeroDivisionError), parts.transaction(scope):
        raise ZeroDivisionError


def check_that_nobody_sees_nothing(parts: Parts) -> None:
    """The same connection without a context: no row of any table that is under guard."""
    with parts.sessions.begin() as session:
        for table in (Incident, CallContact, LogEntry, User):
            assert session.scalar(select(func.count()).select_from(table)) == 0
        assert not session.scalar(text("SELECT current_setting('app.role', true)"))


def taken(client, body, key):
    answer = client.post("/api/calls", json=body, headers={"Idempotency-Key": key})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return answer.get_json()["incident"]


def code_of(incident):
    return incident["properties"]["village"]["code"]
