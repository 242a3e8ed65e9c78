"""What counts of a ticket, with whom, how sure a share is, and in what order agencies stand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.rules import standing
from dispatch.rules.ontime import OnTime
from dispatch.rules.standing import EDGES_S, ROOM, How, Life, legs
from dispatch.rules.ticketing import TicketState as State

MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)
ONE, TWO = 1, 2


def life(state: State, **changed: object) -> Life:
    """A ticket of agency ONE that is due on the fifth day."""
    facts = {
        "agency_id": ONE, "opened_at": MONDAY, "due_at": MONDAY + 5 * DAY, "followed_up_at": None,
        "closed_at": None, "reopens": 0,
    }  # fmt: skip
    return Life(state=state, **(facts | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [State.FOLLOWED_UP, State.AWAITING_REPLY, State.CLOSED])
def test_what_the_room_and_the_reporter_take_is_not_the_agencys_time(state: State):
    closed = MONDAY + 20 * DAY if state is State.CLOSED else None
    said = standing.verdict(
        life(state, followed_up_at=MONDAY + 4 * DAY, closed_at=closed), clocked=True
    )
    assert (said.how, said.on_time, said.done_at) == (How.DONE, True, MONDAY + 4 * DAY)


def test_what_has_no_clock_is_done_but_neither_on_time_nor_late():
    said = standing.verdict(life(State.CLOSED, closed_at=MONDAY + DAY, due_at=None), clocked=False)
    assert (said.how, said.on_time) == (How.DONE, None)


def test_while_the_reporter_is_waited_for_nothing_is_late():
    assert standing.verdict(life(State.POSTPONED), clocked=True).due_at is None
    assert standing.verdict(life(State.IN_WORK), clocked=True).due_at == MONDAY + 5 * DAY


def test_nobody_held_it_longer_than_who_held_it_longest_before_its_time_was_over():
    held = legs(
        [
            (State.NEW, ONE, MONDAY),
            (State.REFERRED, ONE, MONDAY + DAY),
            (State.NOT_OURS, ONE, MONDAY + 4 * DAY),
            (State.REFERRED, TWO, MONDAY + 4.5 * DAY),
        ]
    )
    # TWO may have it for eight weeks since.
    assert standing.charged(life(State.REFERRED, agency_id=TWO), held, urgent=False) == ONE


def test_what_lies_in_the_room_counts_with_the_room_unless_it_is_urgent():
    held = legs([(State.NEW, ONE, MONDAY)])
    assert standing.charged(life(State.NEW), held, urgent=False) == ROOM
    assert standing.charged(life(State.NEW), held, urgent=True) == ONE


def test_a_ticket_of_which_nothing_is_told_counts_where_it_is():
    assert legs([]) == []
    assert standing.charged(life(State.IN_WORK), [], urgent=True) == ONE


def test_an_interval_is_the_one_that_the_clocks_rank_by():
    of = standing.share(40, 64)
    assert of is not None
    assert of.low == pytest.approx(OnTime(40, 50, 14).at_least)
    assert of.low < of.p < of.high


def test_below_five_no_share_is_told():
    assert standing.share(4, 4) is None
    assert standing.share(5, 5) is not None


def test_a_few_easy_tickets_do_not_stand_above_a_years_work():
    shares = {"few": standing.share(5, 5), "many": standing.share(950, 1000), "none": None}
    assert standing.order(shares) == [("many", 1), ("few", 2), ("none", None)]


def test_equals_share_a_rank():
    shares = {name: standing.share(8, 10) for name in "ab"} | {"c": standing.share(1, 10)}
    assert standing.order(shares) == [("a", 1), ("b", 1), ("c", 3)]


@given(st.floats(min_value=1, max_value=10**8))
def test_every_time_has_a_step_that_holds_it(seconds: float):
    at = standing.step_of(seconds)
    assert at == standing.STEPS or seconds <= EDGES_S[at]
    assert at == 0 or seconds > EDGES_S[at - 1]


def test_a_median_is_near_the_true_one_and_open_tickets_lengthen_it():
    done, still = _counts(range(3600, 3600 * 101, 3600)), [0] * (standing.STEPS + 1)
    median, most = standing.quantiles((0.5, 0.9), done, still)
    assert median == pytest.approx(50 * 3600, rel=0.08)
    assert most == pytest.approx(90 * 3600, rel=0.08)
    waiting = _counts([3600 * 200] * 100)
    longer, none = standing.quantiles((0.5, 0.9), done, waiting)
    assert longer is not None
    assert longer > median
    assert none is None  # nine of ten are not done yet


def _counts(times_s: object) -> list[int]:
    counts = [0] * (standing.STEPS + 1)
    for one in times_s:  # type: ignore[attr-defined]
        counts[standing.step_of(one)] += 1
    return counts
