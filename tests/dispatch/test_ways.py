"""The router as the house reads it: from the network in force, or without one; and roads.toml."""

import numpy as np
import pytest

from dispatch import passages
from dispatch.errors import BadConfiguration
from dispatch.regency import read_regency
from dispatch.regency.entry import Entry
from dispatch.regency.roads import read
from dispatch.ways import read_router
from geo.point import Point
from geo.road_schema import SpeedFactor
from geo.roads import About, build, publish, read_roads, use
from geo.routing import Leg, NoRoute, Start, Way
from geo.routing.house import HouseRouter
from tests.cluster import ROOT
from tests.geo.roads.moved import load_moved_roads
from tests.shared import shared
from tests.world import NOON, World

TAHUNAN = Point(lon=110.688, lat=-6.6207)
BANGSRI = Point(lon=110.7532, lat=-6.5253)
KARIMUNJAWA = Point(lon=110.4332, lat=-5.8792)
KEMUJAN = Point(lon=110.4765, lat=-5.8265)
KUDUS = Point(lon=110.84, lat=-6.80)
HARBOUR_ROAD = Point(lon=110.66, lat=-6.59)  # beside the moved roads of Auckland
REGENCY = read_regency(ROOT / "data/regency/jepara")


def test_without_a_network_the_line_answers_and_says_so(shared_world: World):
    leg = shared_world.parts.router.legs([Start(TAHUNAN)], BANGSRI, NOON)[0]
    assert isinstance(leg, Leg)
    assert leg.basis == "garis lurus × 1,4"
    assert leg.travel_s == pytest.approx(1.4 * TAHUNAN.distance_m(BANGSRI) / (40 / 3.6), rel=1e-6)


def test_over_the_bridge_one_drives_and_over_the_sea_nobody(shared_world: World):
    router = shared_world.parts.router
    over = router.legs([Start(KARIMUNJAWA)], KEMUJAN, NOON)[0]
    assert isinstance(over, Leg)
    assert over.by_ferry == ()
    # On a Monday at noon the ferry has left: the next one is Wednesday's.
    by_ferry = router.legs([Start(TAHUNAN)], KEMUJAN, NOON)[0]
    assert isinstance(by_ferry, Leg)
    assert by_ferry.wait_s > 24 * 3600


def test_the_neighbours_land_is_reached_by_land(shared_world: World):
    router = shared_world.parts.router
    assert isinstance(router.legs([Start(TAHUNAN)], KUDUS, NOON)[0], Leg)
    boat = router.legs([Start(TAHUNAN, by_sea=True)], KUDUS, NOON)[0]
    assert isinstance(boat, NoRoute)


def test_the_network_in_force_is_read_with_what_was_learned(shared_world: World):
    path = shared("data/roads/balikpapan_kota_drive.graphml")
    about = About("uji", "Uji", path.name, "ODbL", "0" * 64, "left")
    with shared_world.as_owner() as session:
        publish(session, build(read_roads(path)), about, {}, NOON)
        use(session, "uji", NOON)
        plain = read_router(session, REGENCY)
        session.add(
            SpeedFactor(kind="*", band="*", factor=2.0, sd=0.3, journeys=50, fitted_at=NOON)
        )
        session.flush()
        slow = read_router(session, REGENCY)
        session.rollback()
    assert isinstance(plain, HouseRouter)
    assert isinstance(slow, HouseRouter)
    assert plain.overland.roads is not None
    assert slow.overland.roads is not None
    assert slow.overland.roads.network is plain.overland.roads.network  # not built twice
    corners = plain.overland.roads.network.table.coords
    ends = [Point(lon=float(lon), lat=float(lat)) for lon, lat in corners[[10, 900]]]
    legs = [router.legs([Start(ends[0])], ends[1])[0] for router in (plain, slow)]
    assert all(isinstance(leg, Leg) and leg.basis == "jalan" for leg in legs)
    assert legs[1].travel_s == pytest.approx(2 * legs[0].travel_s, rel=1e-6)
    assert np.isfinite(legs[0].travel_s)


def test_a_ferry_of_the_network_is_taken_and_can_be_closed(shared_world: World):
    with shared_world.as_owner() as session:
        load_moved_roads(session, ferry=True)
        router = read_router(session, REGENCY)
        codes = {p.code: p for p in passages.list_passages(session, REGENCY)}
        ours = {"laut", *(line.code for line in REGENCY.roads.ferries)}
        (code,) = codes.keys() - ours
        assert isinstance(router, HouseRouter)
        assert router.overland.roads is not None
        corners = router.overland.roads.network.table.coords
        lon, lat = corners[corners[:, 1] > -6.0].mean(axis=0)
        near = np.hypot(*(corners - (lon, lat)).T).argmin()
        goal = Point(lon=float(corners[near, 0]), lat=float(corners[near, 1]))
        start = Start(HARBOUR_ROAD)
        taken = router.legs([start], goal, NOON)[0]
        way = router.way(start, goal, NOON)
        passages.set_passage(session, REGENCY, code, False, "ombak", NOON)
        shut = read_router(session, REGENCY).legs([start], goal, NOON)[0]
        session.rollback()
    assert isinstance(taken, Leg)
    assert taken.by_ferry == (codes[code].name,)
    assert taken.basis == "jalan + feri"
    assert isinstance(way, Way)
    assert way.course.length > 0.7  # degrees, over the sea
    # The regency's own ferry still runs, two days later.
    assert isinstance(shut, Leg)
    assert shut.travel_s > taken.travel_s + 24 * 3600


@pytest.mark.parametrize(
    ("written", "named"),
    [
        ({"speed_kmh": {"primry": 40}}, "primry"),
        ({"speed_kmh": {"primary": 0}}, "primary"),
        ({"drives_on": "kiri"}, "drives_on"),
        ({"band": [{"name": "*", "first": "06:00", "last": "08:00", "factor": {"*": 2}}]}, "name"),
        ({"band": [{"name": "a", "first": "6 pagi", "last": "08:00", "factor": {}}]}, "first"),
        ({"band": [{"name": "a", "first": "06:00", "last": "06:00", "factor": {}}]}, "last"),
        ({"turns": {"across_s": -1}}, "across_s"),
        ({"sea": {"speed_kmh": 35, "cell_m": 5000}}, "cell_m"),
        ({"ferry": [{"code": "laut"}]}, "name"),
        ({"kecepatan": 3}, "kecepatan"),
    ],
)
def test_a_slip_in_roads_toml_is_named(written: dict[str, object], named: str):
    with pytest.raises(BadConfiguration, match=named):
        read(Entry("roads.toml", "file", written))


def ferry(**changed: object) -> dict[str, object]:
    usual = {
        "code": "f",
        "name": "F",
        "quay": [110.6, -6.5],
        "far_quay": [110.4, -5.9],
        "crossing_minutes": 60,
        "vehicles": "ya",
    }
    return {"ferry": [usual | changed]}


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"code": "laut"}, "code"),
        ({"quay": [-6.5, 110.6]}, "quay"),
        ({"out": [{"times": ["07:00"]}]}, "back"),
        ({"out": [{"days": ["senen"], "times": ["07:00"]}], "back": []}, "days"),
        ({"out": [{"first": "08:00", "last": "07:00", "every_minutes": 5}]}, "last"),
        ({"crossing_minutes": 0}, "crossing_minutes"),
    ],
)
def test_a_slip_in_a_ferry_is_named(changed: dict[str, object], named: str):
    with pytest.raises(BadConfiguration, match=named):
        read(Entry("roads.toml", "file", ferry(**changed)))


def test_a_ferry_without_a_timetable_waits_for_whoever_comes():
    out, back = read(Entry("roads.toml", "file", ferry())).ferries
    assert (out.sailings, back.start) == ((), out.finish)


def test_a_regency_without_the_file_has_roads_of_the_usual_kind():
    rules = read(Entry("roads.toml", "file", {}))
    assert rules.kmh_of("primary_link") == rules.kmh_of("primary")
    assert rules.sea is None
