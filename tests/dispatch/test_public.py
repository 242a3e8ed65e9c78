"""Counts for the public in the database: what is counted, when, and how long it is kept."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, text

from dispatch import public
from dispatch.public import PUBLIC, Counted
from dispatch.regency.public import PublicRules
from dispatch.schema import PublicSnapshot
from dispatch.scope import HUB, TIMER, Role, Scope
from tests.public_counts import plant
from tests.world import World

NOON = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
TEGALSAMBI, PANGGANG = "33.20.11.2010", "33.20.06.1006"


def make(world, now):
    with world.as_scope(TIMER) as session:
        return public.make_snapshot(session, world.parts.ground(), now)


def last(world):
    with world.as_scope(PUBLIC) as session:
        return public.newest(session)


def cell_of(body, village):
    return next((c for c in body["cells"] if village in c["villages"]), None)


@given(st.integers(0, 20 * 365 * 86_400), st.integers(15, 1440))
def test_what_is_due_lies_at_a_full_step_and_never_ahead(second, minutes):
    now = NOON + timedelta(seconds=second)
    rules = PublicRules(each_minutes=minutes)
    slot = public.due(now, rules)
    assert slot <= now < public.next_due(now, rules)
    assert public.due(slot, rules) == slot
    assert slot.timestamp() % (minutes * 60) == 0


def test_a_snapshot_tells_how_things_stood_at_fixed_hours_and_only_once(world: World):
    with world.as_owner() as session:
        plant(session, TEGALSAMBI, 12, opened=NOON - timedelta(days=2))
        plant(session, TEGALSAMBI, 20, opened=NOON - timedelta(minutes=59))  # too new to be told
        plant(
            session,
            PANGGANG,
            8,
            opened=NOON - timedelta(days=40),
            closed=NOON - timedelta(minutes=30),
        )  # open then, closed now
        plant(
            session, PANGGANG, 6, opened=NOON - timedelta(days=40), closed=NOON - timedelta(days=29)
        )
        plant(session, PANGGANG, 9, opened=NOON - timedelta(days=80),
              closed=NOON - timedelta(days=31))  # fmt: skip
    assert make(world, NOON + timedelta(minutes=7)) == NOON
    assert make(world, NOON + timedelta(minutes=50)) is None
    body = last(world).body
    assert cell_of(body, TEGALSAMBI)["open"] == [10, 19]
    assert cell_of(body, PANGGANG)["open"] == [5, 9]
    assert (body["open"], body["closed_30d"]) == ([20, 49], [5, 9])
    assert datetime.fromisoformat(body["at"]) == NOON - timedelta(hours=1)
    assert datetime.fromisoformat(body["next_at"]) == NOON + timedelta(hours=6)
    with world.as_owner() as session:
        assert session.scalar(select(func.count()).select_from(PublicSnapshot)) == 1


def test_only_what_is_in_public_space_is_counted(world: World):
    """Every audience, a restricted group, a category that is sensitive now, and one long gone."""
    old = NOON - timedelta(days=3)
    with world.as_owner() as session:
        plant(session, TEGALSAMBI, 30, "kebakaran", audience="desa", opened=old)
        plant(session, TEGALSAMBI, 30, "kepolisian", audience="ruang", opened=old)
        plant(
            session, TEGALSAMBI, 30, "kdrt", audience="ruang", restricted="perlindungan", opened=old
        )
        plant(session, TEGALSAMBI, 30, "jalan", audience="desa", opened=old)  # kept back by hand
        plant(session, TEGALSAMBI, 30, "kebakaran", audience="umum", opened=old)  # was public once
        plant(session, TEGALSAMBI, 30, "kepolisian", closed=NOON - timedelta(days=2),
              opened=old)  # fmt: skip
    make(world, NOON)
    body = last(world).body
    assert (body["cells"], body["categories"]) == ([], [])
    assert (body["open"], body["closed_30d"]) == (None, None)


def test_what_is_in_no_cell_is_in_no_sum_either(world: World):
    with world.as_owner() as session:
        plant(session, TEGALSAMBI, 9, "jalan", opened=NOON - timedelta(days=2))
        plant(session, PANGGANG, 4, "sampah", opened=NOON - timedelta(days=2))
    make(world, NOON)
    body = last(world).body
    assert body["open"] == [5, 9]  # thirteen in all would be [10, 19]
    assert [line["code"] for line in body["categories"]] == ["jalan"]


def test_a_village_stays_shown_at_the_least_and_comes_only_with_more(world: World):
    with world.as_owner() as session:
        plant(session, TEGALSAMBI, 5, opened=NOON - timedelta(days=2))
        plant(
            session,
            TEGALSAMBI,
            2,
            opened=NOON - timedelta(days=2),
            closed=NOON + timedelta(hours=1, minutes=30),
        )
        plant(session, PANGGANG, 6, opened=NOON - timedelta(days=2))  # fmt: skip
    seen = {}
    for hour in (0, 6):
        make(world, NOON + timedelta(hours=hour))
        body = last(world).body
        seen[hour] = {c["code"] for c in body["cells"] if c["kind"] == "desa"}
    assert seen == {0: {TEGALSAMBI}, 6: {TEGALSAMBI}}


def test_snapshots_are_forgotten_after_a_week(world: World):
    for day in range(9):
        make(world, NOON + timedelta(days=day))
    with world.as_owner() as session:
        kept = session.scalars(select(PublicSnapshot.at).order_by(PublicSnapshot.at)).all()
    assert (kept[0], len(kept)) == (NOON + timedelta(days=1), 8)


def test_two_servers_make_one(world: World):
    """The second counts while the first has not committed yet: it waits, and keeps the first."""
    world.parts.ground()
    with ThreadPoolExecutor(1) as pool:
        with world.as_scope(TIMER) as session:
            assert public.make_snapshot(session, world.parts.ground(), NOON) == NOON
            second = pool.submit(make, world, NOON)
            with pytest.raises(TimeoutError):
                second.result(1)
        assert second.result(30) is None
    with world.as_owner() as session:
        assert session.scalar(select(func.count()).select_from(PublicSnapshot)) == 1


@pytest.mark.parametrize("scope", [HUB, PUBLIC, *(Scope(role.value) for role in Role)])
def test_nobody_but_the_timer_counts_for_the_public(shared_world: World, scope):
    with shared_world.as_owner() as session:
        plant(session, TEGALSAMBI, 9)
    query = text("SELECT count(*) FROM public_counts(now())")
    with shared_world.as_scope(scope) as session:
        assert session.scalar(query) == 0
    with shared_world.as_scope(TIMER) as session:
        assert session.scalar(query) > 0


def test_the_visitor_sees_no_incident_and_no_call(shared_world: World):
    with shared_world.as_owner() as session:
        plant(session, TEGALSAMBI, 9)
    with shared_world.as_scope(PUBLIC) as session:
        for table in ("incident", "call", "unit", "log_entry", "app_user"):
            rows = session.execute(text(f"SELECT count(*) FROM {table}"))
            assert rows.scalar_one() == 0, table


def test_a_case_of_a_village_that_is_no_more_is_in_no_cell(shared_world: World):
    counted = Counted({("33.20.99.2001", "jalan"): 40, (TEGALSAMBI, "jalan"): 8}, 0)
    told = public.told(counted, shared_world.parts.ground(), set())
    assert told["open"] == (5, 9)
    assert [c["code"] for c in told["cells"]] == [TEGALSAMBI]


def test_the_order_of_cells_and_categories_does_not_tell_which_has_more(shared_world: World):
    ground = shared_world.parts.ground()
    counts = {(TEGALSAMBI, "sampah"): 9, (PANGGANG, "sampah"): 8, (TEGALSAMBI, "jalan"): 7}
    swapped = {(TEGALSAMBI, "jalan"): 9, (PANGGANG, "jalan"): 8, (TEGALSAMBI, "sampah"): 7}
    for which in (counts, swapped):
        told = public.told(Counted(which, 0), ground, set())
        assert [c["code"] for c in told["cells"]] == sorted([TEGALSAMBI, PANGGANG])
        assert [c["code"] for c in told["categories"]] == ["jalan", "sampah"]


def test_nothing_is_made_where_nothing_is_shown():
    ground = SimpleNamespace(regency=SimpleNamespace(public=PublicRules(shown=False)))
    assert public.make_snapshot(None, ground, NOON) is None  # asks no database
