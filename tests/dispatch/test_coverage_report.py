"""Whom help reaches in time, in the whole regency with its real boundaries, units and posts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import orjson
import pytest
import shapely
from sqlalchemy import update
from sqlalchemy.orm import Session

from app.api import coverage as door
from dispatch.cover.people import people_of
from dispatch.ground import Ground
from dispatch.reports.ask import BadAsk
from dispatch.reports.coverage import coverage
from dispatch.reports.coverage_ask import CoverageAsk, Goal, What, Who, read_ask
from dispatch.reports.coverage_given import Given, read_given
from dispatch.reports.coverage_maps import isochrone_document
from dispatch.reports.coverage_reach import field_of, reach
from dispatch.reports.coverage_sites import sites_document
from dispatch.reports.yardsticks import yardstick_of, yardsticks
from dispatch.rules.workflow import UnitState
from dispatch.schema import Unit
from dispatch.scope import ANALYST, Role, Scope, enter
from geo.point import Point
from geo.village_schema import VillageFacts
from tests.geo.roads.moved import load_moved_roads
from tests.world import NOON, World

FIRE = CoverageAsk(skill="api", minutes=15, radius_km=7.5)
SKILLS = frozenset({"api", "medis"})
NAMED = "daratan"


@pytest.fixture
def ground(shared_world: World) -> Ground:
    return shared_world.parts.ground()


@pytest.fixture
def analyst(shared_world: World) -> Iterator[Session]:
    """The house's analyst; nothing of it stays."""
    with shared_world.parts.sessions() as session:
        enter(session, ANALYST)
        yield session
        session.rollback()


def as_room(session: Session) -> Session:
    """The analyst changes nothing: a dispatcher does, in the same transaction."""
    enter(session, Scope(Role.DISPATCHER, 1, "Uji"))
    return session


def quiet(share: float, step: str) -> None:
    """Nobody listens."""
    assert 0 <= share <= 1
    assert step


def given_of(session: Session, ground: Ground, ask: CoverageAsk) -> Given:
    """Read, and the transaction ended: the server ends one that idles while all is reckoned."""
    given = read_given(session, ground, ask)
    session.rollback()
    return given


def codes(seen: dict[str, Any]) -> set[str]:
    return {one["code"] for one in seen["caveats"]}


def test_shares_rise_with_the_minutes_and_add_up(analyst: Session, ground: Ground):
    seen = coverage(analyst, ground, FIRE, NOON)
    assert seen["limits"] == [5, 10, 15]
    assert len(seen["villages"]) == 195
    for village in seen["villages"]:
        assert village["shares"] == sorted(village["shares"])
    weights = np.array([one["weight"] for one in seen["villages"]])
    shares = np.array([one["shares"] for one in seen["villages"]])
    assert weights.sum() == pytest.approx(1, abs=1e-3)
    assert weights @ shares == pytest.approx(seen["total"]["shares"], abs=1e-3)
    assert 0 < seen["total"]["shares"][2] < 1
    for part in ("districts", "regimes"):
        assert sum(one["villages"] for one in seen[part]) == 195
        assert sum(one["reached"] for one in seen[part]) == seen["total"]["reached"]
    assert len(seen["missed"]) == 195 - seen["total"]["reached"]
    assert str(len(seen["missed"])) in seen["words"]
    orjson.dumps(seen)


def test_the_law_is_told_with_what_it_counts_from(analyst: Session, ground: Ground):
    seen = coverage(analyst, ground, FIRE, NOON)
    assert seen["yardstick"] == {
        "minutes": 15,
        "radius_km": 7.5,
        "law": "Kepmen PU 11/KPTS/2000; Permendagri 114/2018",
    }
    assert {"aturan", "penduduk_tak_diketahui", "garis_lurus", "dari_pos", "titik"} <= codes(seen)
    unknown = next(one for one in seen["caveats"] if one["code"] == "penduduk_tak_diketahui")
    told = sum(one["population"] is None for one in seen["villages"])
    assert unknown["n"] == told > 0
    assert str(told) in unknown["text"]
    assert coverage(analyst, ground, CoverageAsk(skill="medis"), NOON)["yardstick"] is None


def test_paper_promises_more_than_the_road_keeps(analyst: Session, ground: Ground):
    seen = coverage(analyst, ground, FIRE, NOON)
    on_paper = seen["paper"]
    assert on_paper["only_circle"] > 0
    balance = on_paper["circle"] - on_paper["only_circle"] + on_paper["only_road"]
    assert balance == pytest.approx(on_paper["road"], abs=3e-4)
    worst = next(v for v in seen["villages"] if v["id"] == on_paper["villages"][0])
    assert worst["paper"]["only_circle"] > 0
    assert coverage(analyst, ground, replace(FIRE, radius_km=None), NOON)["paper"] is None


def test_islands_are_judged_for_themselves(analyst: Session, ground: Ground):
    seen = coverage(analyst, ground, FIRE, NOON)
    main, *islands = seen["regimes"]
    assert (main["id"], main["island"]) == (NAMED, False)
    assert len(islands) == 3  # one of them two villages that a bridge joins
    assert all(one["island"] and one["shares"][2] < 1 for one in islands)
    assert main["shares"][2] > seen["total"]["shares"][2] - 0.01


def test_each_unit_is_missed_by_what_vanishes_without_it(analyst: Session, ground: Ground):
    seen = coverage(analyst, ground, replace(FIRE, skill="medis"), NOON)
    weights = [one["weight"] for one in seen["losses"]]
    assert weights == sorted(weights, reverse=True)
    worst = seen["losses"][0]
    busy = update(Unit).where(Unit.id == worst["unit"]).values(state=UnitState.ON_SCENE)
    as_room(analyst).execute(busy)
    enter(analyst, ANALYST)
    then = coverage(analyst, ground, replace(FIRE, skill="medis", who=Who.FREE), NOON)
    lost = seen["total"]["shares"][2] - then["total"]["shares"][2]
    assert lost == pytest.approx(worst["weight"], abs=2e-4)
    assert len(then["missed"]) - len(seen["missed"]) == worst["lost"]
    gone = {one["id"] for one in worst["villages"] if one["lost"]}
    assert gone <= set(then["missed"])
    # On duty it still counts.
    again = coverage(analyst, ground, replace(FIRE, skill="medis"), NOON)
    assert again["total"] == seen["total"]


def test_units_count_from_their_posts_wherever_they_are(analyst: Session, ground: Ground):
    before = coverage(analyst, ground, FIRE, NOON)
    away = Point(lon=110.70, lat=-6.60)
    as_room(analyst).execute(update(Unit).values(position=away))
    enter(analyst, ANALYST)
    assert coverage(analyst, ground, FIRE, NOON)["villages"] == before["villages"]


def test_with_nobody_on_duty_nothing_is_reached_and_it_is_said(analyst: Session, ground: Ground):
    as_room(analyst).execute(update(Unit).values(state=UnitState.OFF_DUTY))
    enter(analyst, ANALYST)
    seen = coverage(analyst, ground, FIRE, NOON)
    assert seen["total"]["shares"] == [0, 0, 0]
    assert seen["total"]["units"] == len(seen["losses"]) == 0
    assert "tanpa_unit" in codes(seen)
    given = given_of(analyst, ground, FIRE)
    told, shapes = isochrone_document(given, ground, replace(FIRE, cell_m=1000), NOON, quiet)
    assert shapes["features"] == []
    assert [one["properties"]["km2"] for one in told["shapes"]["features"]] == [0, 0, 0]
    told = sites_document(given, ground, replace(FIRE, what=What.SITES), NOON, quiet)
    assert told["before"]["share"] == 0 < told["after"]["share"]


def test_people_weigh_more_than_land_where_they_are_known(analyst: Session, ground: Ground):
    codes_of = [village.code for village in ground.locator.villages]
    reached = coverage(analyst, ground, FIRE, NOON)
    best = max(reached["villages"], key=lambda one: one["shares"][2])["id"]
    given = given_of(analyst, ground, FIRE)
    crowd = replace(given, people=[50_000 if code == best else 100 for code in codes_of])
    told, _ = isochrone_document(crowd, ground, replace(FIRE, cell_m=1000), NOON, quiet)
    assert told["total"]["shares"][2] > 0.6
    assert told["total"]["population"] == 50_000 + 194 * 100
    assert "penduduk_tak_diketahui" not in codes(told)
    assert "penduduk" in told["words"]
    assert reached["total"]["population"] is None


def test_people_who_were_imported_for_a_village_are_counted(shared_world: World, ground: Ground):
    first, *others = ground.locator.villages
    with shared_world.as_owner() as session:
        session.add(VillageFacts(code=first.code, population=4321, source="uji"))
        session.flush()
        people = people_of(session, ground.locator)
        assert people == [4321, *[None] * len(others)]
        session.rollback()


def test_isochrones_lie_on_the_land_and_grow(analyst: Session, ground: Ground):
    given = given_of(analyst, ground, FIRE)
    told, shapes = isochrone_document(given, ground, replace(FIRE, cell_m=500), NOON, quiet)
    km2 = [one["properties"]["km2"] for one in told["shapes"]["features"]]
    assert km2 == sorted(km2, reverse=True)
    assert km2[0] > 100
    land = shapely.buffer(shapely.union_all(list(ground.locator.areas)), 0.005)
    for one in [*told["shapes"]["features"], *shapes["features"]]:
        shape = shapely.geometry.shape(one["geometry"])
        assert shape.is_valid
        assert land.contains(shape)
    assert {one["call_sign"] for one in told["units"]} == {u.call_sign for u in given.units}
    drawn = {(f["properties"]["call_sign"], f["properties"]["minutes"]) for f in shapes["features"]}
    assert drawn == {
        (unit["call_sign"], minutes)
        for unit in told["units"]
        for minutes, size in zip(told["limits"], unit["km2"], strict=True)
        if size
    }


@pytest.mark.parametrize("goal", Goal)
def test_new_sites_help_as_much_as_they_say(goal: Goal, analyst: Session, ground: Ground):
    ask = replace(FIRE, what=What.SITES, count=2, goal=goal)
    told = sites_document(given_of(analyst, ground, ask), ground, ask, NOON, quiet)
    assert len(told["sites"]) == 2
    assert told["solver"]["proven"]
    assert told["after"]["share"] > told["before"]["share"]
    assert told["after"]["mean_s"] < told["before"]["mean_s"]
    assert all(one["after"] >= one["before"] for one in told["villages"])
    if goal is Goal.COVER:
        assert told["solver"]["value"] == pytest.approx(told["after"]["share"], abs=1e-4)
    orjson.dumps(told)


def test_all_posts_placed_anew_need_fewer_places(analyst: Session, ground: Ground):
    ask = replace(FIRE, what=What.SITES, count=4, keep=False)
    given = given_of(analyst, ground, ask)
    assert len({unit.post for unit in given.units}) == 4
    told = sites_document(given, ground, ask, NOON, quiet)
    assert told["after"]["share"] > told["before"]["share"]
    assert any(one["after"] < one["before"] for one in told["villages"])


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"skill": "terbang"}, "skill"),
        ({"minutes": "0"}, "minutes"),
        ({"minutes": "abc"}, "minutes"),
        ({"minutes": float("nan")}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"minutes": 10**400}, "minutes"),
        ({"skill": ["api"]}, "skill"),
        ({"radius_km": -1}, "radius_km"),
        ({"hour": 24}, "hour"),
        ({"who": "siapa saja"}, "who"),
        ({"goal": ["dekat"]}, "goal"),
        ({"keep": "mungkin"}, "keep"),
        ({"keep": [1]}, "keep"),
        ({"cell_m": 5}, "cell_m"),
        ({"count": 1.5}, "count"),
        ({"warna": "merah"}, "warna"),
    ],
)
def test_a_wrong_word_is_named(words: dict[str, Any], field: str):
    with pytest.raises(BadAsk) as wrong:
        read_ask(words, SKILLS)
    assert wrong.value.field == field


def test_the_usual_words_are_those_of_the_law_and_come_back_the_same():
    ask = read_ask({"skill": "api"}, SKILLS)
    assert (ask.minutes, ask.radius_km) == (15, 7.5)
    assert read_ask({}, SKILLS).radius_km is None
    assert read_ask(ask.to_json(), SKILLS) == ask
    assert len(yardsticks()) == 1
    assert yardstick_of("medis") is None


def test_only_planners_and_leaders_may_ask(shared_world: World):
    query = "/api/coverage?skill=api&minutes=10"
    assert shared_world.client("operator1").get(query).status_code == 403
    answer = shared_world.client("perencana").get(query)
    assert answer.status_code == 200
    assert answer.get_json()["ask"]["minutes"] == 10
    wrong = shared_world.client("perencana").get("/api/coverage?minutes=999")
    assert wrong.status_code == 422
    assert wrong.get_json()["field"] == "minutes"
    slow = shared_world.client("perencana").get("/api/coverage?hour=7")
    assert slow.status_code == 422


def test_a_job_is_made_once_and_done_by_the_worker(shared_world: World):
    planner = shared_world.client("perencana")
    body = {"skill": "api", "what": "isokron", "cell_m": 1000}
    first = planner.post("/api/coverage", json=body)
    assert first.status_code == 202
    assert first.get_json()["job"]["new"]
    assert not planner.post("/api/coverage", json=body).get_json()["job"]["new"]
    assert planner.post("/api/coverage", json=[1]).status_code == 422
    stands = planner.get(f"/api/jobs/{first.get_json()['job']['id']}").get_json()
    assert stands["params"]["hour"] is not None  # an hour later it would be another question
    result = door.work(shared_world.parts, stands["params"], quiet)
    assert result.document["departs_at"].endswith(":00:00Z")
    assert [file.name for file in result.files] == ["isokron.geojson"]
    told = door.work(shared_world.parts, {"skill": "api", "what": "lokasi"}, quiet).document
    assert len(told["sites"]) == 1


@pytest.fixture(scope="module")
def by_road(shared_world: World) -> Ground:
    """Auckland's roads laid over the regency: stands last, for it stays."""
    with shared_world.as_owner() as session:
        load_moved_roads(session)
    shared_world.parts.read_ways()
    return shared_world.parts.ground()


def test_by_road_the_fine_answer_is_the_routers_own(by_road: Ground, analyst: Session):
    ask = CoverageAsk(skill="", cell_m=500)
    given = given_of(analyst, by_road, ask)
    land = [unit for unit in given.units if not unit.by_sea][:12]
    given = replace(given, units=land)
    told, _ = isochrone_document(given, by_road, ask, NOON, quiet)
    quick = by_road.router.times(
        [unit.home for unit in land],
        [Point(lon=v.representative_point().x, lat=v.representative_point().y)
         for v in by_road.locator.areas],
        NOON,
    )  # fmt: skip
    turnout = by_road.regency.plans.turnout
    first_s = np.nanmin(
        np.nan_to_num(quick, nan=np.inf)
        + np.array([[turnout.mean_s(unit.kind, True)] for unit in land]),
        axis=0,
    )
    whole = np.array([village["shares"][2] for village in told["villages"]])
    # Where all of a village is reached its middle is, and where nothing is, it is not.
    assert (first_s[whole == 1] <= 900 + 60).all()
    assert (first_s[whole == 0] >= 900 - 60).all()
    assert (whole == 1).any()
    assert (whole == 0).any()


def test_by_road_a_plot_is_reached_just_when_the_router_says_so(by_road: Ground, analyst: Session):
    units = given_of(analyst, by_road, CoverageAsk()).units
    some = [*[u for u in units if not u.by_sea][:4], *[u for u in units if u.by_sea][:1]]
    field = field_of(by_road.router, by_road.locator, 1000)
    found = reach(by_road, some, field.spots, 1800, NOON).table()
    turnout = by_road.regency.plans.turnout
    expected = by_road.router.times([u.home for u in some], field.spots.points, NOON)
    expected += np.array([[turnout.mean_s(u.kind, True)] for u in some])
    expected[~(expected <= 1800)] = np.nan
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6, equal_nan=True)
    assert (~np.isnan(expected)).any(axis=1).all()
