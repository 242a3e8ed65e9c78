"""Ferries: by the timetable, when they are open, and with a vehicle only where it fits on."""

from datetime import datetime, time, timedelta

import numpy as np
import pytest

from geo.routing import Leg, NoRoute, Start
from geo.routing.ferries import BadTimetable, FerryLine, Sailing, sailings_of, written
from geo.routing.roads import RoadRouter
from geo.routing.rules import RoadRules
from tests.geo.routing.drawn import Drawn, table_of
from tests.geo.routing.islands import WIB, at, house, local

QUAY, FAR_QUAY = at(6, 0), at(10, 0)
HOURLY = sailings_of([{"first": "06:00", "last": "18:00", "every_s": 3600}])
FERRY = FerryLine("sampan", "Feri Sampan", QUAY, FAR_QUAY, 1200.0, True, HOURLY)
START, GOAL = Start(at(-4, 0)), at(11, 0)  # 1,000 s to the quay, 100 s from the other one


def leg_at(router: object, when: datetime | None, start: Start = START) -> Leg:
    leg = router.legs([start], GOAL, when)[0]
    assert isinstance(leg, Leg), leg
    assert router.times([start], [GOAL], when)[0, 0] == pytest.approx(leg.travel_s, abs=1e-6)
    return leg


def test_one_waits_for_the_next_departure():
    leg = leg_at(house(FERRY), local(0, 7, 0))
    assert leg.wait_s == pytest.approx(3600 - 1000, abs=5)
    assert leg.travel_s == pytest.approx(3600 + 1200 + 100, abs=5)
    assert leg.by_ferry == ("Feri Sampan",)
    assert leg.basis == "garis lurus × 1 + feri"
    assert leg.share_s["feri"] == 1200
    assert leg.distance_m == pytest.approx(15_000, rel=0.01)


def test_who_comes_as_it_leaves_is_on_board():
    at_quay_s = house().times([START], [QUAY])[0, 0]
    just = local(0, 8, 0) - timedelta(seconds=float(at_quay_s))
    assert leg_at(house(FERRY), just - timedelta(seconds=1)).wait_s == pytest.approx(1, abs=0.1)
    assert leg_at(house(FERRY), just + timedelta(seconds=1)).wait_s == pytest.approx(3599, abs=0.1)


def test_after_the_last_boat_one_waits_until_tomorrow():
    leg = leg_at(house(FERRY), local(0, 18, 0))
    assert leg.travel_s == pytest.approx(12 * 3600 + 1200 + 100, abs=5)


def test_in_the_night_nothing_sails():
    assert leg_at(house(FERRY), local(1, 2, 0)).wait_s == pytest.approx(4 * 3600 - 1000, abs=5)


def test_a_boat_of_some_weekdays_leaves_on_these():
    weekly = FerryLine("m", "M", QUAY, FAR_QUAY, 1200.0, True, (Sailing(time(9), days={3}),))
    leg = leg_at(house(weekly), local(4, 8, 0))  # a Friday: next Thursday
    assert leg.travel_s == pytest.approx(6 * 86400 + 3600 + 1300, abs=5)


def test_without_an_hour_the_wait_is_the_usual_one():
    leg = leg_at(house(FERRY), None)
    gaps = [3600] * 12 + [12 * 3600]
    assert leg.wait_s == pytest.approx(sum(g * g for g in gaps) / 2 / 86400, abs=1)


def test_a_ferry_without_a_timetable_leaves_at_once():
    at_once = FerryLine("x", "X", QUAY, FAR_QUAY, 1200.0, True)
    assert leg_at(house(at_once), local(0, 3, 0)).wait_s == 0


def test_a_closed_ferry_is_not_taken_and_the_answer_says_why():
    router = house(FERRY, closed={"sampan": "ombak 2,5 m"})
    answer = router.legs([START], GOAL, local(0, 7))[0]
    assert answer == NoRoute("Feri Sampan ditutup: ombak 2,5 m")
    assert np.isnan(router.times([START], [GOAL], local(0, 7))[0, 0])
    assert router.way(START, GOAL, local(0, 7)) == answer


def test_a_boat_for_people_takes_no_vehicle():
    people = FerryLine("kapal", "Kapal cepat", QUAY, FAR_QUAY, 600.0, False)
    answer = house(people).legs([START], GOAL, local(0, 7))[0]
    assert answer == NoRoute("Kapal cepat tidak mengangkut kendaraan")
    both = leg_at(house(people, FERRY), local(0, 7))
    assert both.by_ferry == ("Feri Sampan",)


def test_the_second_ferry_is_taken_from_the_landing_of_the_first():
    far = FerryLine("jauh", "Feri Jauh", at(13, 0), at(23, 0), 1800.0, True, HOURLY)
    goal = at(24, 0)
    leg = house(FERRY, far).legs([START], goal, local(0, 7, 0))[0]
    assert isinstance(leg, Leg)
    assert leg.by_ferry == ("Feri Sampan", "Feri Jauh")
    # On board at 8.00, across at 8.20, over the island in 300 s, on board at 9.00.
    assert leg.travel_s == pytest.approx(2 * 3600 + 1800 + 100, abs=5)
    assert leg.wait_s == pytest.approx(2600 + 2100, abs=10)
    assert isinstance(house(FERRY).legs([START], goal, local(0, 7))[0], NoRoute)


def test_the_quicker_of_two_ferries_is_the_one_that_lands_first():
    slow_but_now = FerryLine("a", "A", QUAY, FAR_QUAY, 3000.0, True)
    quick_but_late = FerryLine("b", "B", QUAY, FAR_QUAY, 600.0, True, (Sailing(time(12)),))
    router = house(slow_but_now, quick_but_late)
    assert leg_at(router, local(0, 8)).by_ferry == ("A",)
    assert leg_at(router, local(0, 11, 40)).by_ferry == ("B",)


def test_nobody_rides_there_and_back_while_waiting_for_the_boat_that_counts():
    idle = FerryLine("idle", "Idle", at(0, 4), at(10.5, 1), 600.0, True)
    weekly = FerryLine("m", "M", at(0, 3), at(23, 0), 1200.0, True, (Sailing(time(9)),))
    leg = house(idle, weekly).legs([START], at(24, 0), local(0, 10))[0]
    assert isinstance(leg, Leg)
    assert leg.by_ferry == ("M",)


def test_nobody_takes_a_ferry_round_to_his_own_shore():
    near = house(FERRY).legs([START], at(-3, 0), local(0, 7))[0]
    assert isinstance(near, Leg)
    assert near.by_ferry == ()


def test_a_ferry_that_cuts_a_bay_short_is_taken():
    bay = FerryLine("teluk", "Teluk", at(0, 5), at(0, -5), 60.0, True)
    leg = house(bay).legs([Start(at(-0.1, 4.9))], at(-0.1, -4.9), local(0, 7))[0]
    assert isinstance(leg, Leg)
    assert leg.by_ferry == ("Teluk",)


def test_by_road_on_both_sides():
    roads = [
        Drawn([0, 1], [(p.lon, p.lat) for p in (at(-4, 0), QUAY)], length_m=10_000),
        Drawn([2, 3], [(p.lon, p.lat) for p in (FAR_QUAY, GOAL)], length_m=1_000),
    ]
    rules = RoadRules(speed_kmh={"residential": 36.0})
    router = house(FERRY, roads=RoadRouter.of(table_of(roads), rules, WIB))
    leg = leg_at(router, local(0, 7))
    assert leg.basis == "jalan + feri"
    assert leg.travel_s == pytest.approx(3600 + 1200 + 100, abs=5)
    way = router.way(START, GOAL, local(0, 7))
    assert way.names == ("Feri Sampan",)
    drawn = [way.course.coords[0], way.course.coords[-1]]
    assert drawn == [(START.point.lon, START.point.lat), (GOAL.lon, GOAL.lat)]
    closed = house(closed={}, roads=router.overland.roads)
    assert closed.legs([START], GOAL)[0] == NoRoute("terpisah laut")


def test_a_timetable_reads_back_as_it_was_written():
    sailings = sailings_of(
        [
            {"days": [0, 4], "times": ["07:00", "13:30"]},
            {"first": "06:00", "last": "07:00", "every_s": 900},
        ]
    )
    assert sailings_of(written(sailings)) == sailings
    assert [at.hour for at in sailings[2].on(local(0, 12).date())] == [6, 6, 6, 6, 7]


@pytest.mark.parametrize(
    "entry",
    [
        {"times": ["25:00"]},
        {"first": "06:00"},
        {"first": "06:00", "last": "05:00", "every_s": 600},
        {"first": "06:00", "last": "07:00", "every_s": 1},
        {"days": [7], "times": ["07:00"]},
        {"days": [], "times": ["07:00"]},
    ],
)
def test_a_timetable_that_makes_no_sense_is_refused(entry: dict[str, object]):
    with pytest.raises(BadTimetable):
        sailings_of([entry])
