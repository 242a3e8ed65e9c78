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


def test_nothing_is_learned_of_a_pin_that_nobody_says_who_set(town: World, operator: Scope):
    take(town, operator, replace(report(town), pinned_by=None), key="lesson eight")
    assert names(town) == []


@pytest.mark.parametrize(("radius_m", "taught"), [(100.0, 1), (101.0, 0), (500.0, 0)])
def test_a_wide_pin_teaches_nothing(town: World, operator: Scope, radius_m, taught):
    told = replace(report(town), location=SaidPlace(text=WORDS, radius_m=radius_m))
    take(town, operator, told, key=f"lesson of {radius_m} m")
    assert len(names(town)) == taught


def test_a_pin_that_the_words_contradict_teaches_nothing(town: World, operator: Scope):
    told = report(town, where=f"{WORDS}, desa Tegalsambi", village=PANGGANG)
    take(town, operator, told, key="lesson nine")
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


def later(town: World, where: str, *moves: dict) -> None:
    """A call without a pin, and the pin that is set and moved after it."""
    client = town.client("operator1")
    headers = {"Idempotency-Key": f"a lesson later {where} {len(moves)} {moves}"}
    body = {"where": where, "what": "x"}
    answer = client.post("/api/calls", json=body, headers=headers).get_json()
    for version, move in enumerate(moves, 1):
        path = f"/api/incidents/{answer['incident']['id']}/pin"
        assert client.post(path, json=move | {"version": version}).status_code == 200


def test_a_pin_set_later_teaches_and_two_days_confirm_it(town: World, operator: Scope):
    later(town, "dukuh Kenarilaut", inside(town, PANGGANG))
    assert [code for _, code, _ in names(town)] == [PANGGANG]
    before = town.parts.ground()
    town.parts.read_learned()
    assert town.parts.ground().locator is before.locator, "the rest stays as it was"
    once = town.parts.finder.locate("dukuh Kenarilaut").candidates
    assert not any(candidate.key.startswith("learned") for candidate in once), "it waits"
    with town.as_owner() as session:
        session.execute(
            text("UPDATE learned_name SET times = 2, first_at = last_at - interval '1 day'")
        )
    town.parts.read_learned()
    heard = town.parts.finder.locate("dukuh Kenarilaut").candidates
    assert heard[0].villages[0].code == PANGGANG


def test_a_pin_moved_again_teaches_nothing_more(town: World, operator: Scope):
    pin = inside(town, PANGGANG)
    later(town, "dukuh Kenariloro", pin, pin)
    assert [times for _, _, times in names(town)] == [1]


UNSURE_MOVES = {
    "a wide pin": ("dukuh Kenaritelu", {"radius_m": 500}),
    "words of another village": ("dukuh Kenaripapat, desa Tegalsambi", {}),
}


@pytest.mark.parametrize(("where", "more"), UNSURE_MOVES.values(), ids=UNSURE_MOVES)
def test_an_unsure_pin_set_later_teaches_nothing(town: World, operator: Scope, where, more):
    later(town, where, inside(town, PANGGANG) | more)
    assert names(town) == []
