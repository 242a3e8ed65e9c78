"""The ladder of reminders and its quiet hours."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.escalation import Ladder, Told

WIB = ZoneInfo("Asia/Jakarta")
LADDER = Ladder(zone=WIB)


@pytest.mark.parametrize(
    ("at", "spoken_at"),
    [
        ("20:59", "23 20:59"),
        ("21:00", "24 06:00"),
        ("23:59", "24 06:00"),
        ("00:00", "23 06:00"),
        ("05:59", "23 06:00"),
        ("06:00", "23 06:00"),
    ],
)
def test_at_night_only_emergencies_are_spoken_of(at, spoken_at):
    moment = datetime.fromisoformat(f"2026-11-23 {at}").replace(tzinfo=WIB)
    assert f"{LADDER.after_quiet(moment, urgent=False):%d %H:%M}" == spoken_at
    assert LADDER.after_quiet(moment, urgent=True) == moment


@given(st.integers(0, 10**7), st.times(), st.times())
def test_after_the_quiet_hours_it_is_not_quiet_and_never_a_day_later(minutes, quiet, loud):
    ladder = Ladder(quiet_from=quiet.replace(second=0, microsecond=0), quiet_to=loud, zone=WIB)
    moment = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    spoken = ladder.after_quiet(moment, urgent=False)
    assert moment <= spoken <= moment + timedelta(days=1)
    assert not ladder.is_quiet(spoken)
    assert (spoken == moment) == (not ladder.is_quiet(moment))


def test_no_hour_is_quiet_where_the_quiet_ends_as_it_begins():
    ladder = Ladder(quiet_from=time(6), quiet_to=time(6), zone=WIB)
    assert not ladder.is_quiet(datetime(2026, 11, 23, 6, tzinfo=WIB))


def test_the_ladder_has_an_end():
    assert [LADDER.rung(n).share for n in range(4)] == [0.5, 0.8, 1.0, 1.5]
    assert LADDER.rung(2).tell == (Told.ROOM, Told.LEADER_DIGEST)
    assert LADDER.rung(4) is None
