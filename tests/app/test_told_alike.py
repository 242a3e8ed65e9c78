"""What scopes see alike is made once, and still each is told what it may see, as it stands now."""

import json
from typing import Any

import pytest
from sqlalchemy import text

from app.api import wire
from app.telling import News
from dispatch import board
from dispatch.log import Cursor
from dispatch.scope import Role, Scope
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.app.test_rights import LOGINS
from tests.app.test_row_security import scope_of

CALLERS_WORDS = "rumah biru di belakang masjid"


@pytest.fixture(scope="module")
def case(office: Office) -> int:
    taken = office.client("operator1").post(
        "/api/calls",
        json={
            "where": CALLERS_WORDS,
            "what": "x",
            "category": "kebakaran",
            "pin": inside(office, TEGALSAMBI),
        },
        headers={"Idempotency-Key": "told-alike-1"},
    )
    return int(taken.get_json()["incident"]["id"])


def told(office: Office, scope: Scope, case: int) -> tuple[list[Any], list[Any]]:
    """Features of the case as the live wire tells them, and as an answer of the API has them."""
    ground = office.parts.ground()
    with office.as_scope(scope) as session:
        rows = board.incidents_of(session, [case])
    message = wire.news(scope, News(Cursor(1, 1), incidents=list(rows)), ground)
    heard = [
        json.loads(line[6:]) for line in message.decode().splitlines() if line.startswith("data: ")
    ]
    plain = [wire.incident_feature(row, ground, scope) for row in rows]
    return heard, json.loads(json.dumps(plain))


@pytest.mark.parametrize("order", [1, -1])
def test_each_role_is_told_what_it_may_see_whoever_was_told_before(
    office: Office, case: int, order: int
):
    seeing = 0
    for role in list(LOGINS)[::order]:
        heard, plain = told(office, scope_of(office, LOGINS[role]), case)
        assert heard == plain
        seeing += len(heard)
        if role == Role.WALLBOARD:
            assert CALLERS_WORDS not in str(heard)
    assert seeing > 3


def test_what_changed_meanwhile_is_told_anew(office: Office, case: int):
    operator, wall = (scope_of(office, LOGINS[r]) for r in (Role.OPERATOR, Role.WALLBOARD))
    assert told(office, operator, case)[0][0]["properties"]["priority"] != 4
    with office.as_owner() as session:  # no new version: the row itself must be compared
        session.execute(text("UPDATE incident SET priority = 4 WHERE id = :id"), {"id": case})
    for scope in (wall, operator):
        assert told(office, scope, case)[0][0]["properties"]["priority"] == 4
