"""The clocks against the table of cases, and what must hold for any ticket."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dispatch.rules.clocks import Leg, holder_of, legs_of, with_holder_s
from dispatch.rules.ticketing import OVER, WITH_REPORTER, TicketState
from tests.dispatch.rules.clock_table import TABLE, by_hand, read, read_steps, shown, slow_answer
from tests.dispatch.rules.clock_world import CALENDAR, CLOCKS

with TABLE.open(encoding="utf-8", newline="") as lines:
    CASES = list(csv.DictReader(lines))

OPENED = datetime(2026, 11, 23, 1, tzinfo=UTC)  # Monday, 08.00 WIB
KINDS = st.sampled_from(["aduan", "saran", "informasi", "darurat"])
MOMENTS = st.integers(0, 1430 * 86_400).map(
    lambda seconds: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
GAPS = st.integers(1, 20 * 86_400).map(lambda seconds: timedelta(seconds=seconds))


def answer(case):
    """What the code under test says of a row of the table."""
    start, asked = case["steps"], case["asked"]
    if case["ask"] == "days":
        return shown(CALENDAR.add_working_days(read(start), int(asked)))
    if case["ask"] == "add":
        return shown(CALENDAR.add_working(read(start), int(asked) * 60))
    if case["ask"] == "between":
        return f"{CALENDAR.working_s(read(start), read(asked)) / 60:.0f}"
    of = case["kind"], case["class"] or None, int(case["priority"])
    legs = legs_of([(at, TicketState(state)) for at, state in read_steps(start)])
    extended = case["extended"] == "ya"
    if case["ask"] == "share":
        return f"{CLOCKS.share(*of, legs, read(asked), extended=extended):.6f}"
    if case["ask"] == "rung":
        return shown(CLOCKS.dues(*of, legs, escalated=int(asked)).escalate_at)
    dues = CLOCKS.dues(*of, legs, extended=extended)
    return " / ".join(shown(due) for due in (dues.verify, dues.answer, dues.done, dues.reply))


def test_the_table_holds_what_was_promised():
    by = [case["by"] for case in CASES]
    assert len(by) >= 200
    assert by.count("tangan") >= 40
    told = " ".join(case["why"] + case["steps"] for case in CASES)
    for odd in ("kabisat", "Lebaran", "Ramadan", "Natal", "bukan_wewenang", "ditunda", "Z"):
        assert odd in told, odd


def test_the_table_still_says_what_was_reckoned_by_hand():
    written = [tuple(case.values()) for case in CASES if case["by"] == "tangan"]
    assert written == list(by_hand())


@pytest.mark.parametrize("ask", ["days", "add", "between", "dues", "share", "rung"])
def test_every_case_of_the_table_comes_out(ask):
    asked = [case for case in CASES if case["ask"] == ask]
    assert asked
    wrong = [(case, answer(case)) for case in asked if answer(case) != case["expected"]]
    assert not wrong


def test_the_slow_reckoning_agrees_with_the_cases_by_hand():
    plain = [c for c in CASES if c["by"] == "tangan" and c["ask"] in ("days", "add", "between")]
    assert [slow_answer(case) for case in plain] == [case["expected"] for case in plain]


@st.composite
def lives(draw):
    """The legs of some ticket: any states, one after the other; the last may be any."""
    at, legs = draw(MOMENTS), []
    states = draw(st.lists(st.sampled_from(TicketState), min_size=1, max_size=6))
    for state in [TicketState.NEW, *states]:
        legs.append((at, state))
        at += draw(GAPS)
    return legs_of(legs)


@given(KINDS, lives(), GAPS)
def test_no_clock_is_ever_below_zero_and_none_runs_backwards(kind, legs, later):
    now = legs[-1].start + later
    before, after = (CLOCKS.share(kind, None, 3, legs, at) for at in (legs[-1].start, now))
    assert 0 <= before <= after
    assert all(spent >= 0 for spent in with_holder_s(legs, now).values())


@given(KINDS, lives())
def test_what_is_due_is_never_before_the_report_nor_before_it_was_due_at_first(kind, legs):
    first = CLOCKS.at_opening(kind, None, 3, legs[0].start)
    dues = CLOCKS.dues(kind, None, 3, legs)
    assert dues.done >= first.done > legs[0].start
    if dues.answer is not None:
        assert legs[0].start < dues.answer <= dues.done
    assert (dues.reply is None) == (
        legs[-1].state not in WITH_REPORTER or CLOCKS.terms(kind).reply is None
    )
    assert (dues.escalate_at is None) == (legs[-1].state in OVER | WITH_REPORTER)


@given(KINDS, MOMENTS, GAPS, GAPS)
def test_a_pause_adds_exactly_the_working_time_that_it_lasted(kind, opened, until, long):
    plain = CLOCKS.at_opening(kind, None, 2, opened).done
    begins, ends = opened + until, opened + until + long
    assume(begins < plain)
    legs = (
        Leg(TicketState.NEW, opened, begins),
        Leg(TicketState.POSTPONED, begins, ends),
        Leg(TicketState.NEW, ends),
    )
    paused = CLOCKS.working_s(begins, ends, kind)
    moved = CLOCKS.dues(kind, None, 2, legs).done
    assert CLOCKS.working_s(plain, moved, kind) == pytest.approx(paused, abs=1e-5)
    assert CLOCKS.share(kind, None, 2, legs, ends) == CLOCKS.share(kind, None, 2, legs, begins)


@given(KINDS, lives(), st.integers(1, 100))
def test_looking_back_a_moment_knows_nothing_of_what_came_later(kind, legs, percent):
    now = legs[0].start + (legs[-1].start - legs[0].start) * percent / 100
    known = [Leg(s, a, e if e and e <= now else None) for s, a, e in map(parts, legs) if a <= now]
    then = CLOCKS.share(kind, None, 3, legs, now)
    assert then == pytest.approx(CLOCKS.share(kind, None, 3, known, now))


@given(KINDS, lives())
def test_late_is_one_thing_only_the_share_is_full_when_the_due_has_come(kind, legs):
    assume(legs[-1].state not in OVER | WITH_REPORTER)
    done = CLOCKS.dues(kind, None, 3, legs).done
    assume(done >= legs[-1].start)
    assert CLOCKS.share(kind, None, 3, legs, done) == pytest.approx(1, abs=1e-9)


@given(lives(), st.integers(1, 5), GAPS)
def test_a_return_or_a_merge_takes_nothing_from_the_reporters_clock(legs, at, later):
    stays = {TicketState.NOT_OURS, TicketState.REFERRED, TicketState.MERGED, TicketState.IN_WORK}
    legs = tuple(
        Leg(s if s in stays else TicketState.IN_WORK, a, e) for s, a, e in map(parts, legs)
    )
    whole = (Leg(TicketState.IN_WORK, legs[0].start),)
    now = legs[-1].start + later
    assert CLOCKS.dues("aduan", None, 3, legs).done == CLOCKS.dues("aduan", None, 3, whole).done
    assert CLOCKS.share("aduan", None, 3, legs, now) == pytest.approx(
        CLOCKS.share("aduan", None, 3, whole, now)
    )


def parts(leg):
    """A leg as a tuple."""
    return leg.state, leg.start, leg.end


@given(lives())
def test_the_next_rung_is_where_so_much_of_the_time_is_used_up(legs):
    assume(legs[-1].state not in OVER | WITH_REPORTER)
    times = [CLOCKS.dues("aduan", None, 3, legs, escalated=rung).escalate_at for rung in range(4)]
    assert times == sorted(times)
    for rung, at in zip(CLOCKS.ladder.rungs, times, strict=True):
        if at > legs[-1].start:  # an earlier one was missed while nobody looked
            assert CLOCKS.share("aduan", None, 3, legs, at) == pytest.approx(rung.share, abs=1e-9)


def test_extending_makes_the_time_longer_once_and_only_where_it_may():
    plain = CLOCKS.at_opening("informasi", None, 3, OPENED).done
    legs = (Leg(TicketState.NEW, OPENED),)
    more = CLOCKS.dues("informasi", None, 3, legs, extended=True).done
    assert CLOCKS.working_s(plain, more, "informasi") == 7 * 8.5 * 3600 - 1.5 * 3600  # one Friday
    assert CLOCKS.may_extend("informasi")
    assert not CLOCKS.may_extend("aduan", "normatif")


def test_each_side_is_told_how_long_it_had_the_ticket():
    legs = legs_of(
        [
            (OPENED, TicketState.NEW),
            (OPENED + timedelta(hours=1), TicketState.REFERRED),
            (OPENED + timedelta(hours=3), TicketState.NOT_OURS),
            (OPENED + timedelta(hours=4), TicketState.IN_WORK),
            (OPENED + timedelta(hours=10), TicketState.AWAITING_REPLY),
            (OPENED + timedelta(hours=20), TicketState.CLOSED),
        ]
    )
    spent = with_holder_s(legs, OPENED + timedelta(days=9))
    assert {side: s / 3600 for side, s in spent.items()} == {"ruang": 2, "opd": 8, "pelapor": 10}
    assert [holder_of(s) for s in (TicketState.NEW, TicketState.MERGED)] == ["ruang", None]


def test_steps_of_two_servers_that_disagree_about_the_time_never_run_backwards():
    early = OPENED - timedelta(seconds=2)
    legs = legs_of([(OPENED, TicketState.NEW), (early, TicketState.VERIFIED)])
    assert legs == (
        Leg(TicketState.NEW, OPENED, OPENED),
        Leg(TicketState.VERIFIED, OPENED, None),
    )


def test_a_class_that_nobody_knows_is_as_none():
    assert CLOCKS.terms("aduan", "lama_sekali") == CLOCKS.terms("aduan")
    assert CLOCKS.day_s("darurat") == 86_400
    assert CLOCKS.day_s("aduan") == 8.5 * 3600
