"""What a village head may say of a case: pins that move, hints that do not, whose word counts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import village_desk
from dispatch.errors import ChangedMeanwhile, IllegalMove, NoPin, OutsideOwnVillage, Unknown
from dispatch.scope import Scope
from dispatch.village_desk import Shown
from geo.point import Point
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.world import NOON, World

KEYS = iter(f"village-desk-{n:06d}" for n in range(10_000))


@pytest.fixture(scope="module")
def head(shared_world: World) -> Scope:
    with shared_world.as_owner() as session:
        query = text("SELECT id, name FROM app_user WHERE login = 'tegalsambi'")
        number, name = session.execute(query).one()
    return Scope("village_head", user_id=number, name=name, village_code=TEGALSAMBI)


@pytest.fixture(scope="module")
def operator(shared_world: World):
    return shared_world.client("operator1")


@pytest.fixture
def take(operator):
    """Opens a case in public space through the API; answers its feature."""

    def call(pin=None, **body):
        body = {"where": "pinggir jalan", "category": "jalan", "pin": pin} | body
        answer = operator.post(
            "/api/calls", json=body, headers={"Idempotency-Key": next(KEYS)}
        ).get_json()
        return answer["incident"]

    return call


def chosen_place(world: World):
    """A pin that is the middle of a place, and so not sure."""
    return {"pin": inside(world, TEGALSAMBI), "pinned_by": "tempat"}


def beside(pin, metres=120):
    return Point(lon=pin["lon"], lat=pin["lat"] + metres / 111_195)


def say_here(world, head, case, point=None, version=None, **more):
    version = case["properties"]["version"] if version is None else version
    with world.as_scope(head) as session:
        return village_desk.here(
            session, case["id"], version, world.parts.ground(), NOON, point=point, **more
        )


def row(world: World, number):
    with world.as_owner() as session:
        query = (
            "SELECT village_code, pinned_by, doubt, contradictions, also_villages, version,"
            " ST_X(pin) AS lon, ST_Y(pin) AS lat, location FROM incident WHERE id = :id"
        )
        return session.execute(text(query), {"id": number}).one()


def logged(world: World, number):
    with world.as_owner() as session:
        query = "SELECT kind, facts FROM log_entry WHERE incident_id = :id ORDER BY id"
        return [tuple(r) for r in session.execute(text(query), {"id": number})]


def marks(world: World, number):
    with world.as_owner() as session:
        query = "SELECT kind, moved, position IS NOT NULL, by_name FROM village_mark"
        where = " WHERE incident_id = :id ORDER BY id"
        return [tuple(r) for r in session.execute(text(query + where), {"id": number})]


def test_twice_seen_is_once_also_when_both_come_together(shared_world, head, take):
    number = take(inside(shared_world, TEGALSAMBI))["id"]

    def look(_):
        with shared_world.as_scope(head) as session:
            return village_desk.seen(session, number, NOON)

    with ThreadPoolExecutor(4) as crowd:
        assert len(set(crowd.map(look, range(8)))) == 1
    assert [kind for kind, *_ in marks(shared_world, number)] == ["dilihat"]
    assert [kind for kind, _ in logged(shared_world, number)].count("village.seen") == 1
    assert row(shared_world, number).version == 1, "a look changes nothing"


def test_a_pin_that_is_only_a_places_middle_goes_where_the_head_points(shared_world, head, take):
    pin = inside(shared_world, TEGALSAMBI)
    case = take(**chosen_place(shared_world))
    point = beside(pin)

    assert say_here(shared_world, head, case, point, radius_m=15) == Shown(True, None)

    now = row(shared_world, case["id"])
    assert (now.village_code, now.pinned_by, now.doubt) == (TEGALSAMBI, "desa", 0)
    assert (now.lon, now.lat) == pytest.approx((point.lon, point.lat))
    assert (now.contradictions, now.also_villages, now.version) == ([], [], 2)
    assert now.location["confirmed_by"] == head.user_id
    assert now.location["radius_m"] == 15
    assert marks(shared_world, case["id"]) == [("di_sini", True, True, head.name)]
    kind, facts = logged(shared_world, case["id"])[-1]
    assert (kind, facts) == ("village.here", {"village": TEGALSAMBI, "moved": True, "metres": 120})


def test_the_head_may_mend_the_own_pin(shared_world, head, take):
    case = take(**chosen_place(shared_world))
    first, second = (beside(inside(shared_world, TEGALSAMBI), m) for m in (100, 50))
    say_here(shared_world, head, case, first)
    assert say_here(shared_world, head, case, second, version=2) == Shown(True, None)
    assert row(shared_world, case["id"]).lat == pytest.approx(second.lat)


def test_no_name_is_learned_of_what_a_head_points_at(shared_world, head, take):
    case = take(**chosen_place(shared_world), where="dukuh Kenarilimaribu")
    say_here(shared_world, head, case, beside(inside(shared_world, TEGALSAMBI)))
    with shared_world.as_owner() as session:
        assert session.execute(text("SELECT words FROM learned_name")).all() == []


def test_a_case_without_a_pin_gets_one(shared_world, head, take):
    case = take(said_village=TEGALSAMBI)
    assert case["geometry"] is None
    with pytest.raises(NoPin, match="no pin yet"):
        say_here(shared_world, head, case)
    point = Point(**inside(shared_world, TEGALSAMBI))
    assert say_here(shared_world, head, case, point) == Shown(True, None)
    assert row(shared_world, case["id"]).pinned_by == "desa"


def test_here_without_a_point_settles_the_place(shared_world, head, take):
    case = take(**chosen_place(shared_world))
    assert say_here(shared_world, head, case) == Shown(False, None)
    now = row(shared_world, case["id"])
    assert (now.doubt, now.also_villages, now.pinned_by) == (0, [], "tempat")
    assert marks(shared_world, case["id"]) == [("di_sini", False, False, head.name)]


def test_a_pin_that_the_room_set_by_hand_stays_and_the_case_is_unsure(shared_world, head, take):
    pin = inside(shared_world, TEGALSAMBI)
    case = take(pin, pinned_by="petugas")
    assert say_here(shared_world, head, case, beside(pin)) == Shown(False, "petugas")
    now = row(shared_world, case["id"])
    assert (now.lon, now.lat) == (pin["lon"], pin["lat"])
    assert now.contradictions == ["desa_menunjuk_lain"]
    assert now.doubt == 0.5
    assert marks(shared_world, case["id"]) == [("di_sini", False, True, head.name)]

    # Now that it is unsure, the room's pin is not sure any more: the head's next word moves it.
    again = say_here(shared_world, head, case, beside(pin, 60), version=2)
    assert again == Shown(True, None)
    assert row(shared_world, case["id"]).contradictions == []


def test_a_pin_stays_while_a_unit_is_out_for_it(shared_world, head, take, operator):
    case = take(**chosen_place(shared_world))
    with shared_world.as_owner() as session:
        unit = session.scalar(text("SELECT id FROM unit WHERE call_sign = 'DMK-01'"))
    path = f"/api/incidents/{case['id']}/assignments"
    sent = operator.post(path, json={"unit": unit}).get_json()
    version = sent["incident"]["properties"]["version"]
    point = beside(inside(shared_world, TEGALSAMBI))
    shown = say_here(shared_world, head, case, point, version=version)
    assert shown == Shown(False, "unit_berangkat")
    assert "desa_menunjuk_lain" in row(shared_world, case["id"]).contradictions


def test_a_point_outside_the_own_village_is_refused_with_the_village_it_lies_in(
    shared_world, head, take
):
    case = take(**chosen_place(shared_world))
    for point, words in (
        (Point(**inside(shared_world, PANGGANG)), "Panggang"),
        (Point(lon=110.2, lat=-6.2), "no village"),
    ):
        with pytest.raises(OutsideOwnVillage, match=words):
            say_here(shared_world, head, case, point)
    assert (marks(shared_world, case["id"]), row(shared_world, case["id"]).version) == ([], 1)


def test_not_here_is_a_hint_and_moves_it_to_no_other_village(shared_world, head, take):
    case = take(inside(shared_world, TEGALSAMBI))
    with shared_world.as_scope(head) as session:
        village_desk.not_here(session, case["id"], 1, NOON)
    now = row(shared_world, case["id"])
    assert (now.village_code, now.contradictions) == (TEGALSAMBI, ["desa_menunjuk_lain"])
    assert now.location["village_says"]["here"] is False
    assert marks(shared_world, case["id"]) == [("bukan_di_sini", False, False, head.name)]
    assert [kind for kind, _ in logged(shared_world, case["id"])][-1] == "village.not_here"


def test_of_a_neighbours_case_the_head_hints_and_moves_nothing(shared_world, head, take):
    pin = inside(shared_world, PANGGANG)
    case = take(pin)
    with shared_world.as_owner() as session:
        told = "UPDATE incident SET also_villages = ARRAY[:code] WHERE id = :id"
        session.execute(text(told), {"code": TEGALSAMBI, "id": case["id"]})
    point = Point(**inside(shared_world, TEGALSAMBI))
    assert say_here(shared_world, head, case, point) == Shown(False, "desa_lain")
    now = row(shared_world, case["id"])
    assert (now.village_code, now.lon, now.lat) == (PANGGANG, pin["lon"], pin["lat"])
    assert now.also_villages == [TEGALSAMBI]
    assert now.contradictions == ["desa_menunjuk_lain"]


def test_an_old_version_a_closed_case_and_a_case_elsewhere_are_refused(
    shared_world, head, take, operator
):
    case = take(**chosen_place(shared_world))
    with pytest.raises(ChangedMeanwhile):
        say_here(shared_world, head, case, version=7)
    close = {"outcome": "ganda", "version": 1}
    assert operator.post(f"/api/incidents/{case['id']}/close", json=close).status_code == 200
    for say in (
        lambda: say_here(shared_world, head, case, version=2),
        lambda: _seen(shared_world, head, case["id"]),
    ):
        with pytest.raises(IllegalMove, match="closed"):
            say()
    for other in (
        take(inside(shared_world, PANGGANG)),
        take(inside(shared_world, TEGALSAMBI), category="kesehatan"),
        take(inside(shared_world, TEGALSAMBI), category="kepolisian"),
    ):
        with pytest.raises(Unknown):
            _seen(shared_world, head, other["id"])
    with pytest.raises(Unknown):
        _seen(shared_world, Scope("operator"), take(inside(shared_world, TEGALSAMBI))["id"])


def _seen(world: World, scope: Scope, number):
    with world.as_scope(scope) as session:
        village_desk.seen(session, number, NOON)


@pytest.mark.parametrize(
    "change", ["state = 'ditutup', closed_at = now()", "village_code = '33.20.06.1006'",
               "priority = 4", "place_text = ''", "agency_ids = '{}'"],
)  # fmt: skip
def test_the_database_lets_a_head_change_nothing_but_the_place(shared_world, head, take, change):
    number = take(inside(shared_world, TEGALSAMBI))["id"]
    with pytest.raises(DBAPIError), shared_world.as_scope(head) as session:
        session.execute(text(f"UPDATE incident SET {change} WHERE id = {number}"))


def test_what_the_room_does_with_the_place_takes_the_hint_away(shared_world, head, take, operator):
    pin = inside(shared_world, TEGALSAMBI)
    case = take(pin, pinned_by="petugas")
    point = beside(pin)
    say_here(shared_world, head, case, point)
    shown = operator.get(f"/api/incidents/{case['id']}").get_json()
    [told] = shown["marks"]
    assert (told["kind"], told["by"]) == ("di_sini", head.name)
    assert told["off_m"] in (119, 120)  # on the ellipsoid, on the sphere
    [against] = shown["feature"]["properties"]["contradictions"]
    assert (
        against["text"] == "Kepala desa Tegalsambi (Tahunan) menunjuk tempat lain, 120 m dari pin."
    )
    assert "120 m from the pin" in against["text_en"]
    unsure = operator.get("/api/incidents?unsure=1").get_json()["features"]
    assert case["id"] in [feature["id"] for feature in unsure]

    answers = {"version": 2, "answers": [["nobody asks", "this"]]}
    weighed = operator.post(f"/api/incidents/{case['id']}/place", json=answers).get_json()
    codes = [c["code"] for c in weighed["properties"]["contradictions"]]
    assert codes == ["desa_menunjuk_lain"], "what the caller says does not silence the head"
    body = {"lon": told["lon"], "lat": told["lat"], "version": 3, "confirmed": True}
    moved = operator.post(f"/api/incidents/{case['id']}/pin", json=body).get_json()
    assert moved["properties"]["contradictions"] == []
    assert moved["properties"]["doubt"] == 0
