"""What is learned of words and pins set by hand, and of which calls nothing is."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from dispatch import calls
from dispatch.calls import CallReport
from dispatch.clues import SaidPlace
from dispatch.rules.workflow import CallClass
from dispatch.scope import Scope
from geo.gazetteer import learned
from geo.point import Point
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.world import NOON, World

WORDS = "dukuh Kenarisewu"  # no gazetteer knows it
PHONE_KEY = b"a key for tests"


@pytest.fixture(scope="module")
def operator(shared_world: World) -> Scope:
    with shared_world.as_owner() as session:
        query = text("SELECT id FROM app_user WHERE login = 'operator3'")
        number = session.execute(query).scalar_one()
    return Scope("operator", user_id=number, name="uji", groups=frozenset({"perlindungan"}))


@pytest.fixture
def town(shared_world: World):
    """The shared world, whose learned names are forgotten after each test."""
    yield shared_world
    with shared_world.as_owner() as session:
        session.execute(text("DELETE FROM learned_name"))


def report(world: World, **more) -> CallReport:
    where = more.pop("where", WORDS)
    pin = Point(**inside(world, more.pop("village", TEGALSAMBI)))
    return CallReport(where=where, pin=pin, pinned_by="petugas", **more)


def take(world: World, scope: Scope, told: CallReport, key="a key for a lesson", learns=True):
    ground = world.parts.ground()
    with world.as_scope(scope) as session:
        return calls.take_call(
            session, told, NOON, ground, key=key, phone_key=PHONE_KEY, learns=learns
        )


def names(world: World):
    with world.as_owner() as session:
        found = session.execute(text("SELECT words, village_code, times FROM learned_name"))
        return [tuple(row) for row in found]


def test_words_that_nobody_knew_are_learned_with_the_pins_village(town: World, operator: Scope):
    take(town, operator, report(town), key="lesson one")
    [(words, code, times)] = names(town)
    assert "kenarisewu" in words
    assert (code, times) == (TEGALSAMBI, 1)
    with town.as_owner() as session:
        query = text("SELECT facts, incident_id FROM log_entry WHERE kind = 'place.learned'")
        logged = session.execute(query).all()
    assert [tuple(row) for row in logged] == [({"village": TEGALSAMBI}, None)], "no words"


def test_a_repeated_request_teaches_once(town: World, operator: Scope):
    for _ in range(2):
        take(town, operator, report(town), key="lesson two")
    assert [times for _, _, times in names(town)] == [1]


def test_a_village_that_the_words_name_already_teaches_nothing(town: World, operator: Scope):
    take(town, operator, report(town, where="desa Tegalsambi"), key="lesson three")
    assert names(town) == []


def test_a_name_of_the_gazetteer_and_what_follows_it_is_not_learned(town: World, operator: Scope):
    with town.as_owner() as session:
        session.execute(
            text(
                "INSERT INTO place (kind, name, search_name, context, position, spread_m, source)"
                " VALUES ('jalan', 'Jalan Kenarilima', 'jalan kenarilima', '',"
                " ST_SetSRID(ST_MakePoint(110.66, -6.58), 4326), 60, 'uji')"
            )
        )
    told = report(town, where="Jalan Kenarilima Merdekawan")
    take(town, operator, told, key="lesson seven")
    assert names(town) == []


NOT_TAUGHT = {
    "sensitive": {"category": "kdrt"},
    "a prank": {"call_class": CallClass.PRANK},
    "a play": {"demo": True},
}


@pytest.mark.parametrize("more", NOT_TAUGHT.values(), ids=NOT_TAUGHT)
def test_nothing_is_learned_of_secrets_jokes_and_plays(town: World, operator: Scope, more):
    take(town, operator, report(town, **more), key=f"not taught {sorted(more)}")
    assert names(town) == []


def test_nothing_is_learned_of_a_place_chosen_from_the_list(town: World, operator: Scope):
    told = replace(report(town), pinned_by="tempat", location=SaidPlace(text=WORDS))
    take(town, operator, told, key="lesson four")
    assert names(town) == []


def test_nothing_is_learned_where_learning_is_switched_off(town: World, operator: Scope):
    take(town, operator, report(town), key="lesson five", learns=False)
    assert names(town) == []


def test_a_lesson_that_fails_loses_no_call(town: World, operator: Scope, monkeypatch):
    def fails(session, *_):
        session.execute(text("SELECT 1 / 0"))

    monkeypatch.setattr(learned, "learn", fails)
    taken = take(town, operator, report(town), key="lesson six")
    with town.as_owner() as session:
        query = text("SELECT count(*) FROM call WHERE id = :id")
        assert session.execute(query, {"id": taken.body["call"]}).scalar_one() == 1
    assert names(town) == []


def test_a_pin_moved_by_hand_teaches_and_the_finder_knows_it_then(town: World, operator: Scope):
    client = town.client("operator1")
    headers = {"Idempotency-Key": "a lesson later"}
    body = {"where": "dukuh Kenarilaut", "what": "x"}
    number = client.post("/api/calls", json=body, headers=headers).get_json()["incident"]["id"]
    assert names(town) == []
    pin = inside(town, PANGGANG) | {"version": 1}
    assert client.post(f"/api/incidents/{number}/pin", json=pin).status_code == 200
    assert [code for _, code, _ in names(town)] == [PANGGANG]
    before = town.parts.ground()
    town.parts.read_learned()
    assert town.parts.ground().locator is before.locator, "the rest stays as it was"
    heard = town.parts.finder.locate("dukuh Kenarilaut").candidates
    assert heard[0].villages[0].code == PANGGANG
