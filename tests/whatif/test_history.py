"""The past is read as it was: only what may be looked at, and what was made up is counted."""

from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import text

from dispatch.scope import ANALYST
from dispatch.whatif import given, history, plan_now
from dispatch.whatif.asking import Trial
from dispatch.whatif.trying import spots_of
from dispatch.whatif.ways import FAR_S, travel
from geo.routing import Start
from tests.world import NOON

SINCE, UNTIL = date(2025, 9, 1), date(2026, 3, 1)


@pytest.fixture(scope="module")
def past(office):
    with office.as_scope(ANALYST) as session:
        return history.read(session, SINCE, UNTIL, (), office.parts.ground(), None, seed=1)


def rows(world, query, **values):
    with world.as_owner() as session:
        return session.execute(text(query), values).all()


def test_every_emergency_of_the_days_comes_once_at_its_time(office, past):
    zone = office.parts.regency.hours.zone
    found = rows(
        office,
        "SELECT i.id, opened_at, i.priority FROM incident AS i JOIN category AS c"
        "  ON c.code = category_code WHERE c.kind = 'darurat'"
        "  AND (i.restricted_group IS NULL OR c.counted)"
        "  AND opened_at AT TIME ZONE :zone >= :since AND opened_at AT TIME ZONE :zone < :until"
        "  ORDER BY opened_at, i.id",
        zone=zone.key, since=SINCE, until=UNTIL,
    )  # fmt: skip
    assert len(found) > 100
    assert len(past) + past.made_up["tanpa_tempat"] + past.made_up["tanpa_rencana"] == len(found)
    assert past.days == 181
    assert (np.diff(past.calls.at_s) >= 0).all()
    assert len(past.calls) == len(past)
    midnight = np.datetime64(SINCE)
    local = [np.datetime64(r.opened_at.astimezone(zone).replace(tzinfo=None)) for r in found]
    seconds = {round(float((at - midnight) / np.timedelta64(1, "s")), 3) for at in local}
    assert {round(at, 3) for at in past.calls.at_s.tolist()} <= seconds


def test_what_a_group_keeps_is_not_read_but_for_what_may_be_counted(office, past):
    known = office.parts.ground().catalogue.categories.values()
    kept = {c.code for c in known if c.restricted_group and not c.counted}
    counted = {c.code for c in known if c.restricted_group and c.counted}
    assert kept
    assert counted
    assert not kept & set(past.categories)
    assert counted & set(past.categories)


def test_what_an_emergency_needs_is_what_its_plan_says(office, past):
    ground = office.parts.ground()
    for row, code in list(enumerate(past.categories))[:50]:
        category = ground.catalogue.category(code)
        plan = ground.regency.plans.plan_of(code, category.needs, 1)
        slots = range(past.calls.first[row], past.calls.first[row + 1])
        needs = [past.calls.needs[past.calls.need[slot]].code for slot in slots]
        assert needs == [part.code for part in plan.parts for _ in range(part.count)]
        assert past.calls.target_s[row] == plan.target_s


def test_what_is_not_known_is_drawn_from_what_is_and_said(past):
    known = past.calls.busy_s[~np.isnan(past.calls.busy_s)]
    assert len(known) > 50
    np.testing.assert_allclose(known, 40 * 60)
    assert past.made_up["lama_diundi"] == int(np.isnan(past.calls.busy_s).sum()) > 0
    assert past.made_up["lama_diandaikan"] == 0
    assert past.made_up["latihan"] == len(past)
    assert past.made_up["tempat_diundi"] > 0
    assert not past.made_up["penanganan"]
    assert 30 <= past.handling_s <= 120


def test_a_place_that_is_drawn_lies_in_its_village(office, past):
    ground = office.parts.ground()
    pinless = {
        r.opened_at for r in rows(office, "SELECT opened_at FROM incident WHERE pin IS NULL")
    }
    drawn = [n for n, at in enumerate(past.opened_at) if at in pinless]
    assert len(drawn) == past.made_up["tempat_diundi"]
    for n in drawn:
        village = ground.locator.village_at(past.places[n].lon, past.places[n].lat)
        assert village is not None
        assert past.villages[n] in (village.code, None)  # None: held back


def test_a_category_can_be_asked_for_alone_and_a_target_for_all(office):
    ground = office.parts.ground()
    with office.as_scope(ANALYST) as session:
        found = history.read(session, SINCE, UNTIL, ("kebakaran",), ground, 420.0, seed=1)
    assert set(found.categories) == {"kebakaran"}
    assert set(found.calls.target_s.tolist()) == {420.0}


def test_the_plan_of_now_has_every_unit_in_service_round_the_clock(office):
    with office.as_scope(ANALYST) as session:
        plan = plan_now(session)
    (count,) = rows(office, "SELECT count(*) AS n FROM unit WHERE active")
    assert len(plan.units) == count.n
    assert all(unit.shift.all_day and unit.post in plan.posts for unit in plan.units)
    assert any(unit.by_sea for unit in plan.units)


def test_ways_are_the_house_routers_own(office, past):
    ground = office.parts.ground()
    trial = Trial((), SINCE, SINCE + timedelta(days=20))
    with office.as_scope(ANALYST) as session:
        found = given(session, trial, ground)
    some = found.history
    ways = travel(
        ground.router, ground.regency, [found.plan], some.places, some.opened_at, spots_of(ground)
    )
    starts = list(ways.rows)
    assert any(start.by_sea for start in starts)
    for column in range(0, len(some), 7):
        own = ground.router.times(starts, [some.places[column]], some.opened_at[column])[:, 0]
        got = ways.from_post[[ways.rows[start] for start in starts], column]
        by_land = own <= 3600  # beyond, ferries are good to their hour only
        np.testing.assert_allclose(own[by_land], got[by_land])
        assert np.isinf(got[~(own <= FAR_S)]).all()
        spot = spots_of(ground)[ways.spot[column]]
        assert spot.distance_m(some.places[column]) < 15_000
    assert Start(some.places[0]) not in ways.rows
    assert found.spreads == (ground.regency.plans.turnout.sd, ground.regency.plans.travel_sd)


def test_an_empty_period_is_no_trouble(office):
    ground = office.parts.ground()
    with office.as_scope(ANALYST) as session:
        day = NOON.date() + timedelta(days=400)
        none = history.read(session, day, day + timedelta(days=3), (), ground, None, seed=1)
    assert len(none) == len(none.calls) == 0


def test_of_a_fire_the_engines_are_its_help_and_not_the_ambulance(office, past):
    fire = past.categories.index("kebakaran")
    slots = range(*past.calls.first[fire : fire + 2])
    of = [(past.calls.needs[past.calls.need[n]].code, bool(past.calls.counted[n])) for n in slots]
    assert {code for code, counted in of if counted} == {"pompa", "suplai"}
    assert ("ambulans", False) in of
    first = past.calls.first[:-1]
    assert np.logical_or.reduceat(past.calls.counted, first).all()
