"""The replay sends who fits, is on duty and is there first, and equals a slow one, step by step."""

from dataclasses import replace

import numpy as np
import pytest

from dispatch.rules.eta import Turnout
from dispatch.rules.plans import PlanPart
from dispatch.whatif.calls import Calls, Luck
from dispatch.whatif.engine import Rules, Travel, replay, start_of
from dispatch.whatif.plan import Plan, RemoveUnit, SetShift, Shift, changed
from tests.whatif.small import (
    AMBULANCE,
    FIRE,
    HOUR,
    MEDIC,
    PUMP,
    calls,
    post,
    slow_replay,
    team,
    ways,
)

RULES = Rules(turnout=Turnout(post_s=60.0, moving_s=20.0))
TWO = Plan.of([post("A"), post("B", 110.2)], [team("M1"), team("M2", "B")])


def sent(given, plan, seconds, rules=RULES):
    """Call signs in the order of the slots, and seconds until help was there."""
    ones = np.ones(len(given.need))  # everything takes as long as it is expected to
    told = replay(given, plan, ways([plan], seconds), Luck(ones, ones, given.busy_s), rules)
    signs = [plan.units[n].call_sign if n >= 0 else None for n in told.unit.tolist()]
    return signs, told


def test_the_nearest_free_unit_goes():
    signs, told = sent(calls([0, HOUR * 9]), TWO, {"A": [100, 500], "B": [300, 200]})
    assert signs == ["M1", "M2"]
    assert told.response_s.tolist() == [160, 260]


def test_a_busy_unit_is_not_sent_and_the_next_one_goes():
    signs, _ = sent(calls([0, 60]), TWO, {"A": [100, 100], "B": [900, 900]})
    assert signs == ["M1", "M2"]


def test_who_finds_nobody_waits_for_the_first_who_is_free():
    alone = Plan.of([post("A")], [team("M1")])
    signs, told = sent(calls([0, 60]), alone, {"A": [100, 100]})
    # Free at 60 + 100 + 600 s; from the road it moves at once, back by its post.
    assert signs == ["M1", "M1"]
    assert told.waited_s.tolist() == [0, 700]
    assert told.response_s[1] == 700 + 20 + 100 + 100


def test_of_those_that_wait_the_most_urgent_goes_first():
    alone = Plan.of([post("A")], [team("M1")])
    given = calls([0, 60, 120], priority=[1, 3, 1])
    _, told = sent(given, alone, {"A": [100, 100, 100]})
    assert told.waited_s[2] < told.waited_s[1]


def test_a_unit_out_of_its_shift_is_never_sent():
    day = Plan.of([post("A"), post("B", 110.2)], [team("M1", shift="07-21"), team("M2", "B")])
    seconds = {"A": [60, 60, 60], "B": [2000, 2000, 2000]}
    signs, _ = sent(calls([6 * HOUR, 12 * HOUR, 22 * HOUR]), day, seconds)
    assert signs == ["M2", "M1", "M2"]


def test_who_only_has_a_unit_off_duty_waits_for_its_shift():
    day = Plan.of([post("A")], [team("M1", shift="07-21")])
    _, told = sent(calls([6 * HOUR]), day, {"A": [60]})
    assert told.waited_s.tolist() == [HOUR]


def test_below_top_priority_a_shift_that_ends_soon_counts():
    both = Plan.of([post("A"), post("B", 110.2)], [team("M1", shift="07-21"), team("M2", "B")])
    late = [20.5 * HOUR]
    assert sent(calls(late, priority=[1]), both, {"A": [60], "B": [200]})[0] == ["M1"]
    assert sent(calls(late, priority=[2]), both, {"A": [60], "B": [200]})[0] == ["M2"]


def test_only_who_can_do_it_goes_and_what_nobody_can_is_unserved():
    plan = Plan.of([post("A"), post("B", 110.2)], [team("M1"), team("F1", "B", FIRE)])
    signs, _ = sent(calls([0], part=PUMP), plan, {"A": [60], "B": [600]})
    assert signs == ["F1"]
    nobody = changed(plan, [RemoveUnit("F1")])
    signs, told = sent(calls([0], part=PUMP), nobody, {"A": [60], "B": [600]})
    assert signs == [None]
    assert np.isinf(told.response_s).all()


def test_where_no_way_leads_nobody_is_sent():
    signs, told = sent(calls([0]), TWO, {"A": [np.inf], "B": [np.inf]})
    assert signs == [None]
    assert np.isinf(told.response_s).all()


def test_patience_ends():
    alone = Plan.of([post("A")], [team("M1")])
    signs, told = sent(calls([0, 60], busy_s=7 * HOUR), alone, {"A": [100, 100]})
    assert signs == ["M1", None]
    assert np.isinf(told.response_s[1])


def test_what_is_only_wished_is_never_waited_for():
    wished = replace(AMBULANCE, code="polisi", required=False)
    given = replace(
        calls([0]),
        first=np.array([0, 2]),
        need=np.array([0, 1]),
        required=np.array([True, False]),
        needs=(AMBULANCE, wished),
    )
    signs, told = sent(given, Plan.of([post("A")], [team("M1")]), {"A": [100]})
    assert signs == ["M1", None]
    assert told.response_s.tolist() == [160]


def test_the_response_ends_with_the_first_that_had_to_come():
    wished = PlanPart("polisi", "Polisi", "Police", 1, FIRE, required=False)
    given = replace(
        calls([0]),
        first=np.array([0, 2]),
        need=np.array([1, 0]),
        required=np.array([False, True]),
        needs=(AMBULANCE, wished),
    )
    plan = Plan.of([post("A"), post("B", 110.2)], [team("M1"), team("P1", "B", FIRE)])
    _, told = sent(given, plan, {"A": [500], "B": [10]})
    assert told.response_s.tolist() == [560]


def test_an_ambulance_that_stands_by_does_not_put_out_the_fire():
    pump = PlanPart("pompa", "Pompa", "Pump", 1, FIRE)
    given = replace(
        calls([0]),
        first=np.array([0, 2]),
        need=np.array([0, 1]),
        required=np.array([True, True]),
        helps=np.array([True, False]),
        needs=(pump, AMBULANCE),
    )
    both = Plan.of([post("A"), post("B", 110.2)], [team("M1"), team("P1", "B", FIRE)])
    _, told = sent(given, both, {"A": [100], "B": [500]})
    assert told.response_s.tolist() == [560]
    _, told = sent(given, changed(both, [RemoveUnit("P1")]), {"A": [100], "B": [500]})
    assert np.isinf(told.response_s[0])


def test_a_call_without_a_required_unit_is_refused():
    given = replace(calls([0]), required=np.array([False]))
    with pytest.raises(ValueError, match="required"):
        sent(given, TWO, {"A": [1], "B": [1]})
    with pytest.raises(ValueError, match="no unit"):
        replay(calls([0]), Plan({}, ()), ways([TWO], {"A": [1], "B": [1]}), None, RULES)


def a_world(seed: int) -> tuple[Calls, Plan, Travel, Luck]:
    """Some hundred calls in three days, three posts, crews of several skills and shifts, boats."""
    chance = np.random.default_rng(seed)
    posts = [post(code, 110 + n / 10) for n, code in enumerate("ABC")]
    shifts = ["24", "07-21", "21-07", "24"]
    units = [
        replace(
            team(f"U{n}", "ABC"[n % 3], [MEDIC, FIRE, MEDIC | FIRE][n % 3], shifts[n % 4]),
            kind=["ambulans", "pompa"][n % 2],
            by_sea=n == 5,
        )
        for n in range(8)
    ]
    plan = Plan.of(posts, units)
    needs = (AMBULANCE, PUMP, replace(AMBULANCE, prefers=("pompa",)))
    n = int(chance.integers(60, 160))
    counts = chance.integers(1, 4, n)
    first = np.concatenate([[0], np.cumsum(counts)])
    required = chance.random(first[-1]) < 0.7
    required[first[:-1]] = True
    given = Calls(
        np.sort(chance.uniform(0, 3 * 86_400, n)).round(1),
        chance.permutation(n),
        chance.integers(1, 5, n),
        np.full(n, 900.0),
        chance.uniform(300, 9000, n).round(1),
        first,
        chance.integers(0, 3, first[-1]),
        required,
        needs,
    )
    starts = list(dict.fromkeys(start_of(unit, plan) for unit in plan.units))
    by_post = chance.uniform(60, 3000, (len(starts), n)).round(1)
    by_post[chance.random(by_post.shape) < 0.1] = np.inf
    travel = Travel(
        {start: row for row, start in enumerate(starts)},
        by_post,
        chance.uniform(60, 3000, (4, n)).round(1),
        chance.integers(0, 4, n),
        {"pompa": 1.2},
    )
    return given, plan, travel, Luck.drawn(given, [], (0.4, 0.3), chance)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("from_road", [True, False])
def test_it_equals_a_slow_replay_step_by_step(seed, from_road):
    given, plan, travel, luck = a_world(seed)
    rules = replace(RULES, from_road=from_road, patience_s=2 * HOUR)
    told = replay(given, plan, travel, luck, rules)
    unit, there = slow_replay(given, plan, travel, luck, rules)
    assert told.unit.tolist() == unit
    np.testing.assert_allclose(told.there_s, there)
    assert (told.unit >= 0).any()
    assert (told.unit < 0).any()


@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_at_two_places_nor_sent_off_duty(seed):
    given, plan, travel, luck = a_world(seed)
    told = replay(given, plan, travel, luck, RULES)
    of = np.repeat(np.arange(len(given)), np.diff(given.first))
    free_s = told.there_s + luck.busy_s[of]
    for n, unit in enumerate(plan.units):
        mine = np.flatnonzero(told.unit == n)
        order = mine[np.argsort(told.sent_s[mine])]
        assert (told.sent_s[order][1:] >= free_s[order][:-1]).all()
        assert all(unit.shift.holds(at) for at in told.sent_s[mine].tolist())
        assert all(given.needs[given.need[slot]].fits(unit.skills, unit.kind) for slot in mine)


@pytest.mark.parametrize("seed", range(3))
def test_the_same_plan_twice_is_the_same_to_the_last_bit(seed):
    given, plan, travel, luck = a_world(seed)
    one, other = (replay(given, plan, travel, luck, RULES) for _ in range(2))
    assert np.array_equal(one.response_s, other.response_s)
    assert np.array_equal(one.unit, other.unit)


@pytest.mark.parametrize("seed", range(5))
def test_of_one_station_a_unit_less_never_helps_any_call(seed):
    """Where all start at one post, and only from there, who waits can only wait longer."""
    chance = np.random.default_rng(seed)
    plan = Plan.of([post("A")], [team(f"M{n}") for n in range(4)])
    n = 300
    given = replace(
        calls(np.sort(chance.uniform(0, 2 * 86_400, n)).tolist()),
        busy_s=chance.uniform(300, 5000, n),
    )
    travel = ways([plan], {"A": chance.uniform(60, 1500, n).tolist()})
    luck = Luck.drawn(given, [], (0.4, 0.3), chance)
    rules = replace(RULES, from_road=False, patience_s=np.inf)
    told = [
        replay(given, changed(plan, changes), travel, luck, rules).response_s
        for changes in ([], [RemoveUnit("M2")], [RemoveUnit("M2"), RemoveUnit("M0")])
    ]
    assert (told[0] <= told[1] + 1e-6).all()
    assert (told[1] <= told[2] + 1e-6).all()
    assert told[0].mean() < told[2].mean()


def test_shorter_hours_leave_the_night_to_whoever_is_left():
    given = calls([h * HOUR for h in (1, 9, 15, 23)])
    then = changed(TWO, [SetShift(Shift.parse("07-21"), call_sign="M1")])
    seconds = {"A": [60] * 4, "B": [900] * 4}
    assert sent(given, TWO, seconds)[0] == ["M1"] * 4
    assert sent(given, then, seconds)[0] == ["M2", "M1", "M1", "M2"]
