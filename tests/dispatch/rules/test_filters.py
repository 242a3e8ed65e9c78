"""Filters: equal ones have equal keys, and their windows of time."""

from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules.filters import ALL, KINDS, PRIORITIES, Filter

NOON = datetime(2026, 11, 22, 5, tzinfo=UTC)
WIB = timezone(timedelta(hours=7))

FILTERS = st.builds(
    Filter,
    kind=st.none() | st.sampled_from(KINDS),
    categories=st.frozensets(st.text(max_size=4)).map(lambda codes: codes - {""}),
    agency=st.none() | st.text(min_size=1, max_size=4),
    channel=st.none() | st.sampled_from(["112", "desa"]),
    priorities=st.frozensets(st.sampled_from(PRIORITIES)),
    late=st.booleans(),
    until=st.none() | st.sampled_from([NOON, NOON.astimezone(WIB), NOON + timedelta(seconds=1)]),
    hours=st.none() | st.integers(1, 99),
)


@given(FILTERS, FILTERS)
def test_two_filters_have_the_same_key_when_they_ask_for_the_same(one: Filter, other: Filter):
    assert (one.key() == other.key()) == (one == other)


@given(FILTERS)
def test_a_key_is_a_query_string_that_says_what_is_asked(filter: Filter):
    words = parse_qs(filter.key())
    assert words.get("kind", [None])[0] == filter.kind
    assert words.get("agency", [None])[0] == filter.agency
    assert words.get("p", [""])[0] == ",".join(map(str, sorted(filter.priorities)))
    assert ("late" in words) == filter.late


def test_all_has_an_empty_key_and_no_window():
    assert ALL.key() == ""
    assert ALL.window(NOON) == (None, None)


def test_the_same_moment_in_two_zones_is_one_key():
    assert Filter(since=NOON).key() == Filter(since=NOON.astimezone(WIB)).key()
    assert Filter(since=NOON).key() == "since=2026-11-22T05:00:00Z"


def test_hours_end_now_and_begin_so_many_before():
    assert Filter(hours=24).window(NOON) == (NOON - timedelta(days=1), None)


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"hours": 2, "since": NOON}, "hours"),
        ({"since": NOON, "until": NOON}, "since"),
        ({"since": NOON, "until": NOON - timedelta(hours=1)}, "since"),
    ],
)
def test_a_window_that_cannot_be_is_refused_by_name(words, field):
    with pytest.raises(ValueError, match=f"^{field}:"):
        Filter(**words)
