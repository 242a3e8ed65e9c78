"""Fixes of units in the database: where it stands, what is kept, what is forgotten."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text

from dispatch import log, positions
from dispatch.errors import Unknown
from dispatch.log import Cursor
from dispatch.regency.positions import PositionRules
from dispatch.rules.fixes import Fix, Flag
from dispatch.rules.workflow import UnitState
from dispatch.schema import Agency, LogEntry, Station, Unit, UnitFix
from geo.point import Point

NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)
TOWN = Point(lon=110.668, lat=-6.588)
FAR = Point(lon=106.827, lat=-6.175)
RULES = PositionRules()


@pytest.fixture
def unit(session) -> Unit:
    """One that stands at its station."""
    agency = Agency(code="a", name="A", short="A", kind="opd", active=True)
    session.add(agency)
    session.flush()
    station = Station(
        code="s", agency_id=agency.id, name="S", kind="pos", position=TOWN, assumed=False, note=""
    )
    session.add(station)
    session.flush()
    made = Unit(
        call_sign="T-01", station_id=station.id, agency_id=agency.id, kind="patroli", skills=[],
        state=UnitState.FREE, state_since=NOON, position=TOWN, by_sea=False,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def fix(seconds, point=TOWN, **more):
    return Fix(point, NOON + timedelta(seconds=seconds), **more)


def east(metres):
    return Point(lon=TOWN.lon + metres / 110_500, lat=TOWN.lat)


def take(session, unit, *fixes, now=0, rules=RULES):
    told = positions.take_fixes(
        session, unit.id, fixes, "halaman", NOON + timedelta(seconds=now), rules
    )
    session.expire_all()
    return told


def kept(session):
    return session.execute(select(UnitFix.at, UnitFix.flag).order_by(UnitFix.at)).all()


def test_a_fix_moves_the_unit_and_says_how_exact_it_is(session, unit):
    sent = fix(-2, east(500), accuracy_m=8.0, speed_ms=12.5, heading=90.0)
    told = take(session, unit, sent)
    assert (told.taken, told.flagged) == (1, ())
    assert (unit.position, unit.fix_at, unit.fix_received_at) == (sent.point, sent.at, NOON)
    assert (unit.fix_accuracy_m, unit.fix_speed_ms, unit.fix_heading) == (8.0, 12.5, 90.0)
    assert unit.fix_flag is None


def test_a_fix_leaves_no_row_in_the_log(session, unit):
    before = session.scalars(select(LogEntry.id)).all()
    take(session, unit, fix(0))
    assert session.scalars(select(LogEntry.id)).all() == before


def test_a_late_fix_is_kept_in_order_and_does_not_move_the_unit_back(session, unit):
    take(session, unit, fix(-10, east(900)))
    told = take(session, unit, fix(-400, east(100)))
    assert [(one.n, one.flag) for one in told.flagged] == [(0, Flag.LATE)]
    assert unit.position == east(900)
    assert unit.fix_flag is None, "a backlog says nothing against the newest fix"
    assert [row.flag for row in kept(session)] == [Flag.LATE, None]


def test_a_jump_is_flagged_on_the_unit_and_kept_and_the_second_fix_is_believed(session, unit):
    take(session, unit, fix(-60))
    take(session, unit, fix(-5, FAR), now=-5)
    assert (unit.position, unit.fix_at, unit.fix_flag) == (TOWN, fix(-60).at, Flag.JUMP)
    assert unit.fix_received_at == NOON - timedelta(seconds=5)
    told = take(session, unit, fix(0, FAR))
    assert told.taken == 1
    assert (unit.position, unit.fix_flag) == (FAR, None)
    assert [row.flag for row in kept(session)] == [None, Flag.JUMP, None]


def test_a_jump_that_is_sent_again_is_not_believed_for_that(session, unit):
    take(session, unit, fix(-60))
    for _ in range(3):
        take(session, unit, fix(-5, FAR))
    assert unit.position == TOWN
    assert [row.flag for row in kept(session)] == [None, Flag.JUMP]


def test_a_fix_from_the_future_does_not_move_the_unit_nor_hold_up_the_next(session, unit):
    take(session, unit, fix(3600, east(300)))
    assert (unit.position, unit.fix_at, unit.fix_flag) == (TOWN, None, Flag.AHEAD)
    take(session, unit, fix(1, east(200)), now=1)
    assert (unit.position, unit.fix_flag) == (east(200), None)


def test_a_clock_a_little_ahead_gives_no_age_below_zero(session, unit):
    take(session, unit, fix(40))
    assert unit.fix_at == NOON
    assert take(session, unit, fix(45), now=5).taken == 1


def test_a_request_sent_again_adds_nothing(session, unit):
    sent = [fix(-600 + 10 * n, east(200 * n)) for n in range(60)]
    first = take(session, unit, *sent)
    rows = kept(session)
    again = take(session, unit, *sent)
    assert first.taken == 60
    assert kept(session) == rows
    assert unit.position == sent[-1].point
    assert again.taken == 1, "the newest is known; the others are older than it"


def test_the_history_of_a_standing_unit_is_thin_and_of_a_moving_one_follows_the_way(session, unit):
    for n in range(200):  # a fix each 5 s, for 17 minutes
        take(session, unit, fix(5 * n, east(n % 3)), now=5 * n)
    standing = len(kept(session))
    assert standing == 4
    for n in range(200):  # 15 m/s
        take(session, unit, fix(1000 + 5 * n, east(75 * n)), now=1000 + 5 * n)
    assert len(kept(session)) - standing == 99, "one each 150 m"


def test_a_backlog_of_500_is_thinned_too(session, unit):
    sent = [fix(-2500 + 5 * n, east(n)) for n in range(500)]
    assert take(session, unit, *sent).taken == 500
    assert len(kept(session)) == 9
    assert unit.fix_at == sent[-1].at


def test_purging_forgets_what_is_older_than_the_days(session, unit):
    take(session, unit, fix(0))
    take(session, unit, fix(86_400, east(300)), now=86_400)
    rules = PositionRules(keep_days=30)
    assert positions.purge(session, NOON + timedelta(days=30, hours=1), rules) == 1
    assert [row.at for row in kept(session)] == [NOON + timedelta(days=1)]
    assert positions.purge(session, NOON + timedelta(days=30, hours=1), rules) == 0


def test_a_wrong_clock_after_a_jump_does_not_undo_it(session, unit):
    take(session, unit, fix(-60))
    assert take(session, unit, fix(-10, FAR)).flagged
    assert take(session, unit, fix(900, FAR)).flagged  # of the future
    assert take(session, unit, fix(5, FAR), now=5).taken == 1
    assert unit.position == FAR


def test_a_track_is_what_was_kept_since_then(session, unit):
    take(session, unit, fix(-600), fix(-60, east(5000)), fix(-30, FAR))
    rows = positions.track(session, unit.id, NOON - timedelta(minutes=5))
    assert [(row.lon, row.lat, row.flag) for row in rows] == [
        (east(5000).lon, TOWN.lat, None),
        (FAR.lon, FAR.lat, Flag.JUMP),
    ]
    with pytest.raises(Unknown):
        positions.track(session, 0, NOON)


def test_a_track_that_is_too_long_ends_where_the_unit_is(session, unit, monkeypatch):
    monkeypatch.setattr(positions, "LONGEST_TRACK", 2)
    take(session, unit, fix(-600), fix(-60, east(5000)), fix(-30, east(5500)))
    rows = positions.track(session, unit.id, NOON - timedelta(hours=1))
    assert [row.at for row in rows] == [fix(-60).at, fix(-30).at]


def test_a_unit_out_of_service_takes_no_fix(session, unit):
    unit.active = False
    session.flush()
    with pytest.raises(Unknown):
        take(session, unit, fix(0))


def test_who_was_heard_of_since_a_cursor_is_rather_too_many_than_one_too_few(session, unit):
    take(session, unit, fix(0))
    assert positions.heard_since(session, None) == {unit.id: NOON}
    assert positions.heard_since(session, NOON) == {}
    assert positions.heard_since_cursor(session, Cursor(0, 0)) == {unit.id: NOON}
    log.record(session, "test.row")
    newest = session.execute(
        text(
            "SELECT xid::text::bigint AS xid, id FROM log_entry ORDER BY xid DESC, id DESC LIMIT 1"
        )
    ).one()
    assert positions.heard_since_cursor(session, Cursor(newest.xid, newest.id)) == {}
