"""The fold of a ticket's steps, by hand-made stories and by any walk through the table of moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.errors import IllegalMove
from dispatch.rules.course import ANSWERED, ASIDE, COLUMNS, EXTENDED, Course, after, fold
from dispatch.rules.ticketing import (
    NEEDS_REASON,
    OPEN,
    OVER,
    REASONS,
    TICKET_MOVES,
    WITH_AGENCY,
    WITH_REPORTER,
    WITH_ROOM,
    Actor,
    TicketState,
    check_step,
    may_follow,
)

S = TicketState
MONDAY = datetime(2026, 3, 2, 1, tzinfo=UTC)
DPUPR, DLH = 4, 5


@dataclass(frozen=True)
class Step:
    """A step as the database keeps it."""

    at: datetime
    state: TicketState
    actor: Actor = Actor.ROOM
    agency_id: int = DPUPR
    reason: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)


def hour(number: float) -> datetime:
    return MONDAY + timedelta(hours=number)


def story(*told: Any) -> Course:
    """One step an hour: a state, or (state, actor), or (state, actor, agency, reason)."""
    steps = []
    for number, each in enumerate(told):
        state, *more = each if isinstance(each, tuple) else (each,)
        steps.append(Step(hour(number), state, *more))
    return fold(steps)


AT_WORK = (S.NEW, S.VERIFIED, S.REFERRED, (S.ACCEPTED, Actor.AGENCY), (S.IN_WORK, Actor.AGENCY))
DONE = (*AT_WORK, (S.FOLLOWED_UP, Actor.AGENCY), S.AWAITING_REPLY)


def test_the_ordinary_way_leaves_a_time_at_each_station():
    course = story(*DONE, (S.CLOSED, Actor.REPORTER))
    assert course.state is S.CLOSED
    assert course.referred_at == course.here_at == hour(2)
    assert course.answered_at == hour(4)
    assert course.followed_up_at == hour(5)
    assert course.closed_at == hour(7)
    assert [(leg.state, leg.start, leg.end) for leg in course.legs][-2:] == [
        (S.AWAITING_REPLY, hour(6), hour(7)),
        (S.CLOSED, hour(7), None),
    ]


def test_to_accept_is_no_answer_yet():
    assert story(*AT_WORK[:4]).answered_at is None
    assert story(*AT_WORK).answered_at == hour(4)


def test_a_word_to_the_reporter_is_the_answer_and_moves_nothing():
    before = story(*AT_WORK[:4])
    said = Step(hour(9), S.ACCEPTED, Actor.AGENCY, DPUPR, ANSWERED)
    course = after(before, said)
    assert (course.answered_at, course.state, course.legs) == (hour(9), S.ACCEPTED, before.legs)
    assert after(course, Step(hour(10), S.ACCEPTED, Actor.AGENCY, DPUPR, ANSWERED)) == course


def test_a_return_is_counted_and_the_first_disposition_stays():
    course = story(*AT_WORK[:4], (S.NOT_OURS, Actor.AGENCY), (S.REFERRED, Actor.ROOM, DLH))
    assert (course.returns, course.agency_id) == (1, DLH)
    assert course.referred_at == hour(2)
    assert course.here_at == hour(5)
    assert course.legs[0].start == hour(0)


def test_what_waits_for_the_reporter_goes_back_to_where_it_was():
    waiting = story(*AT_WORK, (S.POSTPONED, Actor.AGENCY))
    assert waiting.before is S.IN_WORK
    back = after(waiting, Step(hour(8), S.IN_WORK, Actor.REPORTER))
    assert (back.state, back.before, back.reopens, back.here_at) == (S.IN_WORK, None, 0, hour(2))
    assert [leg.state for leg in back.legs][-3:] == [S.IN_WORK, S.POSTPONED, S.IN_WORK]


def test_to_come_back_into_a_reopened_ticket_reopens_nothing():
    course = story(*DONE, S.REOPENED, (S.POSTPONED, Actor.AGENCY), (S.REOPENED, Actor.REPORTER))
    assert course.reopens == 1


@pytest.mark.parametrize("so_far", [AT_WORK, (*AT_WORK, (S.POSTPONED, Actor.AGENCY)), DONE])
def test_a_merge_that_is_undone_never_was(so_far: Any):
    was = story(*so_far)
    merged = after(was, Step(hour(20), S.MERGED, Actor.HOUSE, DPUPR, "digabung"))
    assert (merged.before, merged.closed_at, merged.outcome) == (was.state, hour(20), "digabung")
    assert after(merged, Step(hour(30), was.state, Actor.HOUSE)) == was


def test_work_that_is_opened_again_is_not_done_and_has_not_ended():
    course = story(*DONE, (S.CLOSED, Actor.HOUSE, DPUPR, "diam"), (S.REOPENED, Actor.REPORTER))
    assert (course.closed_at, course.outcome, course.followed_up_at) == (None, None, None)
    assert course.reopens == 1


def test_proof_that_shows_nothing_puts_it_back_to_work():
    course = story(*DONE[:6], (S.IN_WORK, Actor.ROOM, DPUPR, "bukti_ditolak"))
    assert course.followed_up_at is None


def test_more_time_is_noted_and_moves_nothing():
    before = story(*AT_WORK)
    more = after(before, Step(hour(9), S.IN_WORK, Actor.AGENCY, DPUPR, EXTENDED))
    assert (more.extended, more.legs) == (True, before.legs)


def test_no_leg_ends_before_it_began_when_clocks_disagree():
    course = fold([Step(hour(5), S.NEW), Step(hour(4), S.VERIFIED), Step(hour(6), S.REFERRED)])
    assert [leg.start for leg in course.legs] == [hour(5), hour(5), hour(6)]


def test_a_ticket_without_a_step_is_none():
    with pytest.raises(ValueError, match="at least the step"):
        fold([])


def test_every_state_can_be_reached_left_and_is_somebodys():
    reached = {wanted for moves in TICKET_MOVES.values() for wanted in moves}
    assert reached == set(TicketState)
    assert set(TICKET_MOVES) == set(TicketState)
    assert not WITH_ROOM & WITH_AGENCY
    assert not (WITH_ROOM | WITH_AGENCY) & WITH_REPORTER
    assert WITH_ROOM | WITH_AGENCY | WITH_REPORTER == OPEN
    # Whatever is open can end with its case, and be merged.
    for state in OPEN:
        assert {S.CLOSED, S.ARCHIVED, S.MERGED} <= set(may_follow(state, Actor.HOUSE))
    assert set(REASONS) >= NEEDS_REASON


def test_a_forged_move_is_refused_with_what_may_follow():
    with pytest.raises(IllegalMove, match="from baru may follow: diterima_opd, bukan_wewenang"):
        check_step(S.NEW, S.CLOSED, Actor.AGENCY)
    with pytest.raises(IllegalMove, match="nothing by rekanan"):
        check_step(S.IN_WORK, S.FOLLOWED_UP, Actor.CONTRACTOR)


@st.composite
def walks(draw: st.DrawFn) -> list[Step]:
    """Any walk through the table, with clocks that may step back a little."""
    steps = [Step(hour(0), S.NEW)]
    aside: list[TicketState] = []
    for _ in range(draw(st.integers(0, 25))):
        state = steps[-1].state
        actor = draw(st.sampled_from(Actor))
        wanted = may_follow(state, actor)
        if state in ASIDE:
            wanted = [w for w in wanted if w == aside[-1] or (w in OVER and state not in OVER)]
        if not wanted:
            continue
        chosen = draw(st.sampled_from(wanted))
        if chosen in ASIDE:
            aside.append(state)
        elif aside:
            aside = aside[:-1] if state is S.MERGED and chosen in aside[-1:] else []
        gives = chosen is S.REFERRED and state not in ASIDE
        agency = draw(st.sampled_from([DPUPR, DLH])) if gives else steps[-1].agency_id
        at = steps[-1].at + timedelta(minutes=draw(st.integers(-5, 600)))
        steps.append(Step(at, chosen, actor, agency, f"r{len(steps)}"))
    return steps


@given(walks())
def test_any_walk_folds_to_a_row_that_the_database_would_take(steps: list[Step]):
    course = fold(steps)
    assert course.state is steps[-1].state
    assert course.agency_id == steps[-1].agency_id
    assert (course.closed_at is not None) == (course.state in OVER)
    assert course.closed_at is None or course.closed_at >= course.opened_at
    assert (course.before is not None) == (course.state in ASIDE)
    assert course.legs[0].start == course.opened_at
    assert course.legs[-1].end is None
    assert course.legs[-1].state is course.state
    for one, other in pairwise(course.legs):
        assert one.end == other.start
        assert one.start <= other.start
    assert set(course.columns()) == set(COLUMNS)


@given(walks())
def test_to_fold_step_by_step_is_to_fold_all(steps: list[Step]):
    course = fold(steps[:1])
    for number, step in enumerate(steps[1:], 2):
        course = after(course, step)
        assert course == fold(steps[:number])
    assert course.returns <= sum(step.state is S.NOT_OURS for step in steps)
