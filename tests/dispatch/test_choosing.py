"""Who goes, over the real database of the first regency: plans, places, units, row security."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch import calls, choosing
from dispatch.calls import CallReport
from dispatch.clues import SaidPlace
from dispatch.errors import NoPin, Unknown
from dispatch.ground import Ground
from dispatch.rules.candidates import Leaves
from dispatch.rules.workflow import AssignmentState
from dispatch.schema import Assignment, Incident, Unit
from dispatch.scope import Role, Scope, enter
from geo.point import Point
from geo.road_schema import SpeedFactor
from tests.geo.roads.moved import load_moved_roads
from tests.world import NOON, World

PASAR = Point(lon=110.7146, lat=-6.6957)
ISLAND = Point(lon=110.4332, lat=-5.8792)
DISPATCHER = Scope(Role.DISPATCHER, name="Rina")


@pytest.fixture(scope="module")
def ground(shared_world: World) -> Ground:
    return shared_world.parts.ground()


@pytest.fixture
def house(shared_world: World) -> Iterator[Session]:
    """A session with the house's rights; all that it did is undone after the test."""
    with shared_world.parts.engine.connect() as connection, connection.begin() as outer:
        session = Session(connection, join_transaction_mode="create_savepoint")
        enter(session, DISPATCHER)
        yield session
        session.close()
        outer.rollback()


@pytest.fixture
def taken(house: Session, ground: Ground):
    """Take a call; the incident that it opened."""

    def take(category: str, pin: Point | None = PASAR, **said: object) -> int:
        report = CallReport(where="", what="tolong", category=category, pin=pin, **said)
        answer = calls.take_call(
            house, report, NOON, ground, write_answer=lambda t: {"incident": t.incident_id}
        )
        return int(answer.body["incident"])

    return take


def unit_of(session: Session, call_sign: str) -> Unit:
    return session.scalars(select(Unit).where(Unit.call_sign == call_sign)).one()


def send(session: Session, incident: int, call_sign: str, part: str | None = None) -> int:
    """Straight into the table: what is tested here is what is read of it."""
    unit = unit_of(session, call_sign)
    row = Assignment(
        incident_id=incident,
        unit_id=unit.id,
        state=AssignmentState.SENT,
        part=part,
        sent_at=NOON,
        sent_by_name="Rina",
    )
    session.add(row)
    unit.state = "ditugaskan"
    session.flush()
    return int(row.id)


def suggested(session: Session, incident: int, ground: Ground, **more: object) -> choosing.Choice:
    return choosing.suggest_units(session, incident, ground, NOON, **more)


def signs(suggestions) -> list[str]:
    return [s.unit.call_sign for s in suggestions]


def test_a_fire_gets_a_pump_a_tender_an_ambulance_and_a_patrol(house, ground, taken):
    found = suggested(house, taken("kebakaran"), ground)
    best = {s.part: s.unit.kind for s in reversed(found.units) if s.part}
    assert best == {
        "pompa": "pompa",
        "suplai": "suplai",
        "ambulans": "ambulans",
        "polisi": "patroli",
    }
    assert found.units[0].unit.call_sign == "DMK-02"  # of Kalinyamatan, the next post
    assert found.target_s == 900
    assert found.basis is not None


def test_what_was_sent_is_looked_for_no_more(house, ground, taken):
    fire = taken("kebakaran")
    send(house, fire, "DMK-02", "pompa")
    found = suggested(house, fire, ground)
    assert found.plan.have == {"pompa": 1}
    assert found.units[0].part == "suplai"
    assert "DMK-02" not in signs(found.units)


def test_what_was_called_back_is_missing_again(house, ground, taken):
    fire = taken("kebakaran")
    row = house.get_one(Assignment, send(house, fire, "DMK-02", "pompa"))
    row.state, row.released_at = AssignmentState.CANCELLED, NOON
    house.flush()
    assert suggested(house, fire, ground).plan.have == {}


def test_a_proposal_brings_nothing_yet(house, ground, taken):
    fire = taken("kebakaran")
    row = house.get_one(Assignment, send(house, fire, "DMK-02", "pompa"))
    row.state = AssignmentState.PROPOSED
    unit_of(house, "DMK-02").state = "siap"
    house.flush()
    found = suggested(house, fire, ground)
    assert found.plan.have == {}
    assert found.units[0].unit.call_sign == "DMK-02"


def test_every_time_has_its_interval_and_its_reason(house, ground, taken):
    for s in suggested(house, taken("lalu_lintas"), ground).units:
        assert s.low_s < s.expected_s < s.high_s
        assert 0 <= s.p_target <= 1
        assert "menit" in s.why
        assert "minutes" in s.why_en


def test_at_top_priority_the_soonest_ambulance_is_the_first(house, ground, taken):
    found = suggested(house, taken("lalu_lintas"), ground)
    ambulances = [s for s in found.units if s.part == "ambulans"]
    assert ambulances
    assert ambulances[0].expected_s == min(s.expected_s for s in ambulances)


def test_a_higher_level_asks_for_more(house, ground, taken):
    crash = taken("lalu_lintas")
    house.get_one(Incident, crash).level = 2
    house.flush()
    plan = suggested(house, crash, ground).plan.plan
    assert {p.code: p.count for p in plan.parts} == {"ambulans": 3, "polisi": 2, "penyelamatan": 1}


def test_a_village_without_a_pin_is_enough(house, ground, taken):
    village = ground.locator.village_at(PASAR.lon, PASAR.lat)
    found = suggested(house, taken("kebakaran", pin=None, said_village=village.code), ground)
    assert found.units[0].part == "pompa"
    assert len(found.place.weight) > 1
    assert found.place.weight.sum() == pytest.approx(1)
    covering = {ground.locator.village_at(spot.lon, spot.lat).code for spot in found.place.spots}
    assert covering == {village.code}


def test_of_a_place_that_nobody_knows_nothing_is_suggested(house, ground, taken):
    with pytest.raises(NoPin):
        suggested(house, taken("kebakaran", pin=None), ground)


def test_an_incident_that_is_none_is_unknown(house, ground):
    with pytest.raises(Unknown):
        suggested(house, 999_999, ground)


def test_a_wide_place_makes_a_wider_interval(house, ground, taken):
    exact, wide = taken("kebakaran"), taken("kebakaran", location=SaidPlace(radius_m=4000.0))
    sure, unsure = (suggested(house, n, ground).units[0] for n in (exact, wide))
    assert unsure.high_s - unsure.low_s > sure.high_s - sure.low_s


def test_an_old_fix_of_a_moving_unit_makes_it_less_sure(house, ground, taken):
    fire = taken("kebakaran")
    unit = unit_of(house, "DMK-02")
    unit.state, unit.fix_at, unit.fix_accuracy_m = "kembali", NOON, 10.0
    house.flush()
    fresh = by_sign(suggested(house, fire, ground))["DMK-02"]
    unit.fix_at = NOON - timedelta(minutes=12)
    house.flush()
    stale = by_sign(suggested(house, fire, ground))["DMK-02"]
    assert stale.unit.stale
    assert stale.unit.radius_m > 1000 > fresh.unit.radius_m
    assert stale.high_s > fresh.high_s
    assert "posisi 12 menit lalu" in stale.why


def by_sign(found: choosing.Choice):
    return {s.unit.call_sign: s for s in found.units}


def test_who_is_off_duty_or_out_of_service_is_not_suggested(house, ground, taken):
    fire = taken("kebakaran")
    unit_of(house, "DMK-02").state = "lepas_dinas"
    unit_of(house, "DMK-01").active = False
    house.flush()
    assert not {"DMK-01", "DMK-02"} & set(by_sign(suggested(house, fire, ground)))


def test_a_unit_under_way_to_something_less_urgent_may_be_diverted(house, ground, taken):
    missing_person, fire = taken("orang_hilang"), taken("kebakaran")
    for sign in ("DMK-01", "DMK-03"):
        unit_of(house, sign).state = "lepas_dinas"
    send(house, missing_person, "DMK-02")
    found = suggested(house, fire, ground)
    (pump,) = [s for s in found.divert if s.part == "pompa"]
    assert pump.unit.call_sign == "DMK-02"
    assert pump.unit.busy.incident_id == missing_person
    assert pump.unit.busy.priority > 1
    assert "DMK-02" not in by_sign(found)


def test_nobody_learns_of_a_case_that_is_not_theirs_to_see(house, ground, taken):
    fire = taken("kebakaran")
    enter(house, Scope(Role.DISPATCHER, name="Sri", groups=frozenset({"perlindungan"})))
    secret = taken("kdrt")
    for sign in ("DMK-01", "DMK-03"):
        unit_of(house, sign).state = "lepas_dinas"
    house.get_one(Incident, secret).priority = 4
    row = house.get_one(Assignment, send(house, secret, "DMK-02"))
    row.restricted_group = "perlindungan"
    house.flush()
    assert "DMK-02" in signs(suggested(house, fire, ground).divert)
    enter(house, DISPATCHER)
    found = suggested(house, fire, ground)
    everybody = [*found.units, *found.by_sea, *found.no_route, *found.divert]
    assert "DMK-02" not in signs(everybody)


class Everywhere:
    """Every unit leaves two villages behind; who asked is kept."""

    def __init__(self):
        self.asked = []

    def __call__(self, session, ground, now, skills, target_s):
        self.asked.append((skills, target_s))
        return self

    def leaves(self, unit_id):
        return Leaves(2, ("Bulu", "Demaan"))


def test_below_top_priority_the_cover_is_asked_for_the_skill_of_each_part(house, ground, taken):
    crash, cover = taken("lalu_lintas"), Everywhere()
    house.get_one(Incident, crash).priority = 2
    house.flush()
    found = suggested(house, crash, ground, cover=cover)
    asked = {(frozenset({"medis"}), 900), (frozenset({"polisi"}), 900)}
    assert (set(cover.asked), len(cover.asked)) == (asked, 2), "each once"
    assert found.units[0].leaves.names == ("Bulu", "Demaan")


def test_at_top_priority_nobody_waits_for_what_weighs_nothing(house, ground, taken):
    cover = Everywhere()
    suggested(house, taken("lalu_lintas"), ground, cover=cover)
    assert cover.asked == []


def test_the_house_knows_what_a_unit_leaves_behind(house, ground, taken):
    found = suggested(house, taken("kepolisian"), ground)
    known = [s.leaves for s in found.units if s.leaves is not None]
    assert known
    assert any(one.villages for one in known)


def test_what_is_promised_is_what_was_suggested(house, ground, taken):
    fire = taken("kebakaran")
    best = suggested(house, fire, ground).units[0]
    eta = choosing.eta_for(house, fire, best.unit.unit_id, ground, NOON)
    assert (eta["expected_s"], eta["target_s"]) == (round(best.expected_s), 900)
    assert eta["low_s"] < eta["expected_s"] < eta["high_s"]
    assert eta["travel_s"] == pytest.approx(best.travel_s, abs=0.1)
    assert eta["as_of"] == NOON.isoformat()


def test_without_a_place_nothing_is_promised(house, ground, taken):
    nowhere = taken("kebakaran", pin=None)
    unit_id = unit_of(house, "DMK-02").id
    assert choosing.eta_for(house, nowhere, unit_id, ground, NOON) is None


def test_a_unit_fills_the_part_that_lacks_it(house, ground, taken):
    fire = taken("kebakaran")
    numbers = {sign: unit_of(house, sign).id for sign in ("DMK-01", "DMK-04", "DHB-01")}
    assert choosing.part_for(house, fire, numbers["DMK-01"], ground) == "pompa"
    assert choosing.part_for(house, fire, numbers["DMK-04"], ground) == "suplai"
    assert choosing.part_for(house, fire, numbers["DHB-01"], ground) is None


def test_the_outlook_holds_every_free_unit_and_every_placed_case(house, ground, taken):
    fire, crash, nowhere = taken("kebakaran"), taken("lalu_lintas"), taken("banjir", pin=None)
    send(house, crash, "AMB-04", "ambulans")
    seen = choosing.outlook(house, [fire, crash, nowhere], ground, NOON)
    assert [c.incident_id for c in seen.cases] == [fire, crash]
    assert seen.unplaced == [nowhere]
    assert "AMB-04" not in [u.call_sign for u in seen.units]
    assert seen.arrivals.expected_s.shape == (2, len(seen.units))
    alone = by_sign(suggested(house, fire, ground))
    for n, unit in enumerate(seen.units):
        if unit.call_sign in alone:
            expected = alone[unit.call_sign].expected_s
            assert seen.arrivals.expected_s[0, n] == pytest.approx(expected)


def test_of_no_case_the_outlook_is_empty(house, ground):
    seen = choosing.outlook(house, [], ground, NOON)
    assert seen.arrivals.expected_s.shape == (0, len(seen.units))


def test_over_http_the_answer_is_as_documented(world: World):
    dispatcher = world.client("dispatcher1")
    taken = dispatcher.post(
        "/api/calls",
        json={
            "where": "pasar",
            "what": "warung terbakar",
            "category": "kebakaran",
            "pin": {"lon": PASAR.lon, "lat": PASAR.lat},
        },
        headers={"Idempotency-Key": "test-key-0001"},
    ).get_json()
    path = f"/api/incidents/{taken['incident']['id']}/suggestions"
    found = dispatcher.get(path).get_json()
    assert set(found) == {
        *("as_of", "basis", "target_s", "place", "plan"),
        *("units", "by_sea", "no_route", "divert"),
    }
    assert found["plan"]["tell"][0]["short"] == "PLN"
    assert found["plan"]["fallback"] == ["BPBD"]
    assert found["plan"]["complete"] is False
    assert [p["have"] for p in found["plan"]["parts"]] == [0, 0, 0, 0]
    first = found["units"][0]
    assert first["part"] == "pompa"
    assert first["low_s"] < first["expected_s"] < first["high_s"]
    for cut_off in found["no_route"]:
        times = ("expected_s", "low_s", "high_s", "p_target", "travel_s", "distance_m")
        assert all(cut_off[name] is None for name in times)


_ON_A_ROAD = text(
    "SELECT ST_X(spot) AS lon, ST_Y(spot) AS lat"
    "  FROM (SELECT ST_LineInterpolatePoint(course, 0.5) AS spot FROM road"
    "         WHERE component = 0 ORDER BY md5(id::text)) AS middle"
    " WHERE EXISTS (SELECT FROM village JOIN edition ON edition.id = edition_id"
    "                WHERE in_force AND ST_Covers(area, spot)) LIMIT 2"
)


def test_on_real_roads_the_promise_keeps_its_shares_and_follows_what_was_learned(world: World):
    with world.as_owner() as session:
        load_moved_roads(session)
        here, there = (Point(lon=r.lon, lat=r.lat) for r in session.execute(_ON_A_ROAD))
        unit_of(session, "DMK-02").position = there
    world.parts.read_ways()
    before = promised(world, here)
    assert before["basis"] == "jalan"
    assert sum(before["share_s"].values()) == pytest.approx(before["travel_s"], abs=2)
    with world.as_owner() as session:
        session.add(
            SpeedFactor(kind="*", band="*", factor=2.0, sd=0.1, journeys=50, fitted_at=NOON)
        )
    world.parts.read_ways()
    after = promised(world, here)
    assert after["share_s"] == before["share_s"], "at the speeds of the configuration"
    assert after["travel_s"] > 1.9 * before["travel_s"] - 60  # ends on foot take no factor
    width = (after["high_s"] - after["low_s"]) / after["expected_s"]
    assert width < (before["high_s"] - before["low_s"]) / before["expected_s"]


def promised(world: World, pin: Point) -> dict:
    ground = world.parts.ground()
    with world.as_scope(DISPATCHER) as session:
        report = CallReport(where="", what="api", category="kebakaran", pin=pin)
        answer = calls.take_call(
            session, report, NOON, ground, write_answer=lambda t: {"incident": t.incident_id}
        )
        unit_id = unit_of(session, "DMK-02").id
        return choosing.eta_for(session, answer.body["incident"], unit_id, ground, NOON)
