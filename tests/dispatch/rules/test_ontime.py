"""The share done on time, which closing cannot embellish, and what looks odd about a closing."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.ontime import (
    OnTime,
    at_the_last_minute,
    closing_flags,
    on_time,
    reopened_soon,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

IN_TIME = (NOW, NOW - DAY)
EXACTLY = (NOW, NOW)
TOO_LATE = (NOW - DAY, NOW)
OPEN = (NOW + DAY, None)
OVERDUE = (NOW - DAY, None)
NO_CLOCK = (None, NOW)


def test_what_is_open_and_late_counts_and_what_still_has_time_does_not():
    counts = on_time([IN_TIME, EXACTLY, TOO_LATE, OPEN, OPEN, OVERDUE, NO_CLOCK], NOW)
    assert counts == OnTime(closed_on_time=2, closed=3, open_overdue=1)
    assert counts.share == 0.5


def test_letting_the_late_ones_lie_does_not_help():
    closed_only_the_easy = on_time([IN_TIME] * 8 + [OVERDUE] * 2, NOW)
    closed_all = on_time([IN_TIME] * 8 + [TOO_LATE] * 2, NOW)
    assert closed_only_the_easy.share == closed_all.share == 0.8


def test_nothing_to_do_is_no_share():
    assert OnTime().share is None
    assert OnTime().at_least is None
    assert on_time([OPEN, NO_CLOCK], NOW).share is None


def test_one_of_one_does_not_outrank_many_of_many():
    assert OnTime(1, 1).at_least < OnTime(95, 100).at_least
    assert OnTime(95, 100).at_least == pytest.approx(0.8882, abs=1e-4)  # Wilson's table


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_the_lower_end_lies_below_the_share(good, bad, overdue):
    counts = OnTime(good, good + bad, overdue)
    if counts.of:
        assert 0 <= counts.at_least <= counts.share <= 1


@given(st.lists(st.sampled_from([IN_TIME, EXACTLY, TOO_LATE, OPEN, OVERDUE, NO_CLOCK])))
def test_agencies_add_up_to_the_regency(tickets):
    halves = on_time(tickets[::2], NOW) + on_time(tickets[1::2], NOW)
    assert halves == on_time(tickets, NOW)


@pytest.mark.parametrize(
    ("left", "share", "wall", "odd"),
    [
        (timedelta(minutes=10), 0.9, False, True),
        (timedelta(0), 1.0, False, True),
        (HOUR, 0.985, False, True),
        (HOUR, 0.9, False, False),
        (timedelta(minutes=10), 0.5, True, False),  # of an emergency of 20 minutes
        (timedelta(seconds=20), 0.99, True, True),
        (-HOUR, 1.2, False, False),  # late is late, not odd
        (HOUR, None, False, False),
    ],
)
def test_the_last_minute(left, share, wall, odd):
    assert at_the_last_minute(NOW, NOW + left, share, wall=wall) is odd


def test_without_a_due_there_is_no_last_minute():
    assert not at_the_last_minute(NOW, None, 1.0, wall=False)


@pytest.mark.parametrize(
    ("given_", "flags"),
    [
        ({"last_minute": True, "proof_needed": False, "proofs": 0}, ["menit_terakhir"]),
        ({"last_minute": False, "proof_needed": True, "proofs": 0}, ["tanpa_bukti"]),
        ({"last_minute": False, "proof_needed": True, "proofs": 2, "proofs_doubted": 1}, []),
        (
            {"last_minute": True, "proof_needed": True, "proofs": 2, "proofs_doubted": 2},
            ["menit_terakhir", "bukti_jauh"],
        ),
    ],
)
def test_what_is_odd_about_a_closing(given_, flags):
    assert closing_flags(**given_) == flags


def test_opened_again_within_a_fortnight():
    assert reopened_soon(NOW, NOW + 14 * DAY)
    assert not reopened_soon(NOW, NOW + 14 * DAY + HOUR)
    assert not reopened_soon(NOW, NOW - HOUR)
