"""What the columns hold of the cases, and what they must never hold."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime

import numpy as np
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.facts import ELSEWHERE, Facts
from dispatch.facts.keeping import Shelf
from dispatch.facts.reading import read
from dispatch.scope import ANALYST, Scope
from tests.dispatch.facts.archive import BASE, PANGGANG, TEGALSAMBI, Archive
from tests.world import World


@pytest.fixture
def archive(shared_world: World) -> Archive:
    archive = Archive(shared_world)
    archive.empty()
    return archive


def shares(facts: Facts, number: int) -> dict[str, float]:
    """Village and share of one case; elsewhere is ''."""
    rows = slice(facts.start[number], facts.start[number + 1])
    names = [facts.villages[v] if v != ELSEWHERE else "" for v in facts.village[rows]]
    return dict(zip(names, facts.share[rows].round(4).tolist(), strict=True))


def test_a_case_is_a_row_of_numbers(archive: Archive):
    number = archive.add(at=datetime(2026, 1, 31, 18, 30, tzinfo=UTC), channel="pesan")
    facts = archive.facts()
    assert facts.ids.tolist() == [number]
    assert facts.categories[facts.category[0]] == "jalan"
    assert facts.channels[facts.channel[0]] == "pesan"
    # Half past one in the morning of 1 February where it happened.
    assert (facts.hour[0], facts.day[0]) == (1, (date(2026, 2, 1) - date(1970, 1, 1)).days)
    assert facts.villages[facts.counted[0]] == TEGALSAMBI
    assert shares(facts, 0) == {TEGALSAMBI: 1}


def test_points_are_metres_of_the_regencys_zone(archive: Archive):
    archive.add()
    facts = archive.facts()
    with archive.world.as_owner() as session:
        east, north = session.execute(
            text(f"SELECT ST_X(p), ST_Y(p) FROM incident, ST_Transform(pin, {facts.zone}) AS p")
        ).one()
    assert facts.zone == 32749
    assert facts.xy[0] == pytest.approx((east, north), abs=0.01)


def test_a_doubtful_case_is_shared_by_its_chances_and_comes_to_one(archive: Archive):
    chances = [(TEGALSAMBI, 0.55), (PANGGANG, 0.3)]
    archive.add(villages=chances, village_p=0.55, pinned=False)
    facts = archive.facts()
    assert shares(facts, 0) == pytest.approx({TEGALSAMBI: 0.55, PANGGANG: 0.3, "": 0.15}, abs=1e-4)
    assert np.isnan(facts.xy[0]).all()
    assert facts.spread_m[0] == 300


def test_without_a_record_the_other_villages_share_what_the_first_lacks(archive: Archive):
    archive.add(village_p=0.6, also=[PANGGANG])
    assert shares(archive.facts(), 0) == pytest.approx({TEGALSAMBI: 0.6, PANGGANG: 0.4}, abs=1e-4)


def test_a_village_of_another_edition_is_elsewhere(archive: Archive):
    archive.add(villages=[("33.20.99.9999", 0.7), (TEGALSAMBI, 0.3)], village_p=0.3)
    assert shares(archive.facts(), 0) == pytest.approx({"": 0.7, TEGALSAMBI: 0.3}, abs=1e-4)


def test_the_sensitive_and_the_merged_are_not_there_at_all(archive: Archive):
    stays = archive.add()
    archive.add(category="kdrt")
    gone = archive.add()
    archive.tell(gone, f"merged_into = {stays}")
    assert archive.facts().ids.tolist() == [stays]


def test_what_a_group_keeps_is_there_only_where_it_may_be_counted(archive: Archive):
    counted = archive.add(category="kesehatan")
    archive.add(category="kdrt")
    stricter = archive.add(category="kesehatan")
    archive.tell(stricter, "restricted_group = 'perlindungan'")
    assert archive.facts().ids.tolist() == [counted]
    for role in ("planner", "leader"):
        with archive.world.as_scope(Scope(role)) as session:
            assert session.execute(text("SELECT count(*) FROM incident")).scalar_one() == 0


def test_no_word_of_a_caller_is_in_the_columns(archive: Archive):
    archive.add(villages=[(TEGALSAMBI, 0.7)], village_p=0.7)
    facts = archive.facts()
    kept = [getattr(facts, name) for name in Facts.__slots__]
    assert "rahasia" not in repr(kept)
    assert not any(isinstance(v, np.ndarray) and v.dtype.kind in "OUS" for v in kept)


@pytest.mark.parametrize("role", ["planner", "leader", "hub", "worker"])
def test_the_analysts_eyes_are_nobodys_own(archive: Archive, role: str):
    archive.add()
    with archive.world.as_scope(Scope(role)) as session:
        seen = session.execute(text("SELECT count(*) FROM incident")).scalar_one()
    assert seen == (1 if role == "leader" else 0)


def test_the_analyst_sees_no_words_of_callers_and_writes_nothing(archive: Archive):
    archive.add()
    with archive.world.as_scope(ANALYST) as session:
        for table in ("call", "call_contact", "ticket_message", "photo", "app_user", "job"):
            assert session.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() == 0
        for change in ("UPDATE incident SET priority = 1", "UPDATE unit SET crew = 1"):
            assert session.execute(text(change)).rowcount == 0


def test_in_many_small_runs_they_are_the_same(archive: Archive):
    for number in range(7):
        archive.add(villages=[(PANGGANG, 0.5), (TEGALSAMBI, 0.4)] if number % 2 else (),
                    village_p=0.5 if number % 2 else 1)  # fmt: skip
    at_once, by_two = archive.facts(), archive.facts(most=2)
    for name in ("ids", "xy", "day", "start", "village", "share"):
        np.testing.assert_array_equal(getattr(at_once, name), getattr(by_two, name))


def test_what_changed_is_read_again_and_the_rest_stays(archive: Archive):
    first, second = archive.add(), archive.add()
    shelf, parts = Shelf(fresh_s=0), archive.world.parts

    @contextmanager
    def look() -> Iterator[Session]:
        with parts.transaction(ANALYST) as session:
            yield session

    def fresh() -> Facts:
        return shelf.fresh(look, parts.ground(), parts.now())

    before = fresh()
    assert fresh().ids is before.ids  # nothing was told: the columns are the same objects
    archive.tell(second, "category_code = 'sampah', opened_at = opened_at - interval '3 days'")
    third = archive.add(village=PANGGANG)
    archive.announce(third)
    after, whole = fresh(), archive.facts()
    assert after.ids.tolist() == [first, second, third]
    for name in ("ids", "category", "day", "xy", "start", "village", "share", "counted"):
        np.testing.assert_array_equal(getattr(after, name), getattr(whole, name))
    archive.tell(first, "restricted_group = 'medis', audience = 'ruang'")
    assert fresh().ids.tolist() == [second, third], "what has become sensitive is gone"
    archive.empty()
    archive.announce(None, "demo.cleared")
    assert len(fresh()) == 0
    assert len(before) == 2, "who holds the old columns is not disturbed"


def test_who_waits_for_the_reading_may_stop_it_and_nothing_half_read_is_kept(archive: Archive):
    for _ in range(3):
        archive.add()
    shelf, parts, runs = Shelf(), archive.world.parts, []

    def stop() -> None:
        runs.append(1)
        raise InterruptedError

    def look() -> AbstractContextManager[Session]:
        return parts.transaction(ANALYST)

    with pytest.raises(InterruptedError):
        shelf.fresh(look, parts.ground(), parts.now(), stop)
    assert len(shelf.fresh(look, parts.ground(), parts.now())) == 3
    with archive.world.as_scope(ANALYST) as session:
        read(session, parts.ground(), parts.now(), 1, lambda: runs.append(1))
    assert len(runs) == 1 + 3, "once after each run of rows"


def test_an_empty_archive_is_no_error(archive: Archive):
    facts = archive.facts()
    assert len(facts) == 0
    assert len(facts.select(facts.mask(date(2026, 1, 1), date(2027, 1, 1), ("jalan",)))) == 0


def test_a_night_goes_over_midnight(archive: Archive):
    for hour in (3, 10, 20):  # in the regency
        archive.add(at=BASE.replace(hour=(hour - 7) % 24))
    facts = archive.facts()
    assert facts.hour[facts.mask(hours=(18, 6))].tolist() == [3, 20]
