"""Ways to look better than one is, each tried with real moves: none helps.

What was decided about each: docs/decisions/0026-leaders.md.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import figures, leaders, tally, tickets
from dispatch.figures import Asked, Figures
from dispatch.leaders import LateAsked, Overview
from dispatch.rules.standing import ROOM
from dispatch.rules.ticketing import TicketState
from dispatch.scope import TIMER
from tests.dispatch.ticket_desk import POWER, ROAD, VIOLENCE, Case, Desk, open_desk
from tests.world import World

S = TicketState
WEEK = timedelta(weeks=1)


@pytest.fixture
def desk(world: World) -> Desk:
    return open_desk(world)


def count(desk: Desk) -> None:
    """As the timer does, until nothing is left."""
    while desk.do(TIMER, lambda s: tally.refresh(s, desk.ground)):
        pass


def look(desk: Desk, by: str = "opd", who: str = "bupati") -> Overview:
    """What the leader is told of the last four weeks."""
    count(desk)
    this = leaders.this_week(desk.now, desk.ground)
    asked = Asked(this - 3 * WEEK, this + WEEK, by)
    found: Overview = desk.do(
        desk[who], lambda s: leaders.overview(s, asked, desk.now, desk.ground)
    )
    return found


def of_agency(desk: Desk, number: int) -> Figures:
    """Its figures; all zero where it has no row."""
    rows = {row.code: row.figures for row in look(desk).rows}
    return rows.get(str(number), Figures())


def at_work(desk: Desk, category: str = ROAD) -> tuple[Case, int]:
    """A ticket in the hands of its agency, and the number of that."""
    case = desk.open(category)
    number = desk.ticket(case.ticket).agency_id
    desk.walk(case.ticket, S.VERIFIED, S.REFERRED)
    officer = officer_of(desk, number)
    desk.walk(case.ticket, S.ACCEPTED, S.IN_WORK, officer=officer)
    return case, number


def officer_of(desk: Desk, number: int) -> str:
    return desk.ground.catalogue.agencies[number].code


def done(desk: Desk, case: Case, number: int) -> None:
    """Said to be done, with proof, and the reporter answered."""
    officer = officer_of(desk, number)
    if desk.ticket(case.ticket).proof_needed:
        desk.prove(case.ticket, officer)
    desk.walk(case.ticket, S.FOLLOWED_UP, S.AWAITING_REPLY, officer=officer)


def past_due(desk: Desk, case: Case, **more: float) -> None:
    """Later than its time, by as much."""
    desk.now = desk.ticket(case.ticket).due_at + timedelta(**(more or {"hours": 1}))


def test_what_is_done_in_time_counts_and_what_is_open_and_late_counts_against(desk: Desk):
    good, number = at_work(desk)
    done(desk, good, number)
    lazy, same = at_work(desk)
    past_due(desk, lazy)
    of = of_agency(desk, number)
    assert same == number
    assert (of.timed, of.on_time, of.late) == (1, 1, 1)  # to close the easy ones only does not help


def test_closing_early_and_opening_again_is_not_on_time(desk: Desk):
    case, number = at_work(desk)
    done(desk, case, number)
    assert of_agency(desk, number).on_time == 1
    desk.tick()
    desk.do(case.reporter, lambda s: tickets.reopen_by(s, case.ticket, desk.now, desk.ground))
    of = of_agency(desk, number)
    assert (of.closed, of.on_time, of.reopened) == (0, 0, 1)
    desk.walk(case.ticket, S.IN_WORK, officer=officer_of(desk, number))
    desk.tick(minutes=5)
    done(desk, case, number)
    of = of_agency(desk, number)
    assert (of.timed, of.on_time, of.reopened) == (1, 0, 1)


def test_giving_it_back_just_before_its_time_is_over_leaves_it_where_it_lay(desk: Desk):
    case, number = at_work(desk)
    other = next(a for a in desk.ground.catalogue.agencies.values() if a.id != number)
    past_due(desk, case, hours=-2)
    desk.move(officer_of(desk, number), case.ticket, S.NOT_OURS, reason="bukan_tugas", note="x")
    desk.move("dispatcher2", case.ticket, S.REFERRED, agency=other.code)
    desk.now += 8 * WEEK  # the other one has had it for far longer since
    this = leaders.this_week(desk.now, desk.ground)
    count(desk)
    asked = Asked(this - 12 * WEEK, this + WEEK)
    found = desk.do(desk["bupati"], lambda s: figures.of_period(s, asked, desk.now, desk.ground))
    assert found[str(number)].late == 1
    assert found[str(number)].returned == 1
    assert str(other.id) not in found
    rows, _ = desk.do(desk["bupati"], lambda s: leaders.late(s, LateAsked(), desk.now))
    assert [(row.id, row.counts_for) for row in rows] == [(case.ticket, number)]


def test_archiving_or_merging_what_is_late_does_not_take_it_away(desk: Desk):
    late, number = desk.open(ROAD), 0
    desk.walk(late.ticket, S.VERIFIED, S.REFERRED)
    number = desk.ticket(late.ticket).agency_id
    early = desk.open(ROAD)
    desk.move("dispatcher2", early.ticket, S.ARCHIVED, reason="palsu", note="x")
    past_due(desk, late)
    desk.move("dispatcher2", late.ticket, S.ARCHIVED, reason="tidak_ditemukan", note="x")
    of = of_agency(desk, number)
    assert (of.closed, of.timed, of.on_time) == (1, 1, 0)
    # What was archived in time counts for nobody; the room had it, never the agency.
    assert look(desk).total.dropped == 1


def test_splitting_one_job_into_many_is_not_in_the_agencys_hands(desk: Desk):
    case, number = at_work(desk)
    officer, incident = officer_of(desk, number), desk.incident(case.incident)
    with pytest.raises(tickets.AgencyHasTicket):
        desk.do(
            desk["dispatcher2"],
            lambda s: tickets.add(
                s, case.incident, officer, incident.version, desk.tick(), desk.ground
            ),
        )
    copy = text(
        "INSERT INTO ticket (incident_id, agency_id, state, kind, rule, category_code, priority,"
        " opened_at) SELECT incident_id, agency_id + 1, 'baru', kind, rule, category_code,"
        " priority, opened_at FROM ticket WHERE id = :id"
    )
    with pytest.raises(DBAPIError, match="row-level security"):
        desk.do(desk[officer], lambda s: s.execute(copy, {"id": case.ticket}))


def test_what_the_room_lets_lie_is_not_the_agencys_delay(desk: Desk):
    case = desk.open(ROAD)
    number = desk.ticket(case.ticket).agency_id
    past_due(desk, case)
    assert of_agency(desk, number).late == 0
    assert of_agency(desk, ROOM).late == 1
    # Passed on when it is too late, it stays with the room.
    desk.walk(case.ticket, S.VERIFIED, S.REFERRED)
    assert (of_agency(desk, number).late, of_agency(desk, ROOM).late) == (0, 1)


def test_saying_done_without_proof_or_while_the_reporter_is_silent_is_seen(desk: Desk):
    case, number = at_work(desk, POWER)
    done(desk, case, number)
    with desk.world.as_owner() as session:
        session.execute(
            text("UPDATE ticket SET proof_needed = true, flags = '{menit_terakhir,bukti_jauh}'"
                 " WHERE id = :id"), {"id": case.ticket},
        )  # fmt: skip
    of = of_agency(desk, number)
    assert (of.no_proof, of.elsewhere, of.last_minute) == (1, 1, 1)


def test_sums_are_what_counting_from_nothing_gives(desk: Desk):
    for category in (ROAD, POWER, ROAD):
        case, number = at_work(desk, category)
        count(desk)
        if category == POWER:
            done(desk, case, number)
            count(desk)
    past_due(desk, case)
    desk.do(case.reporter, lambda s: None)
    count(desk)
    before = sums(desk)
    desk.do(TIMER, lambda s: tally.rebuild(s, desk.ground))
    assert sums(desk) == before
    assert before


def sums(desk: Desk) -> list[tuple[object, ...]]:
    """Every row that counts anything."""
    with desk.world.as_owner() as session:
        rows = session.execute(
            text("SELECT * FROM ticket_week WHERE received + closed + dropped > 0"
                 " ORDER BY grouping, week, agency_id, code, kind, restricted")
        )  # fmt: skip
        return [tuple(row) for row in rows]


def test_sensitive_cases_are_in_no_figure_of_who_is_not_in_the_group(desk: Desk):
    desk.open(VIOLENCE, by="operator3")
    desk.open(ROAD)
    told = look(desk)
    assert told.left_out
    assert told.total.received == 1
    group = desk.ground.catalogue.category(VIOLENCE).restricted_group
    insider = replace(desk["bupati"], groups=frozenset({group or ""}))
    asked = told.asked
    seen = desk.do(insider, lambda s: figures.of_period(s, asked, desk.now, desk.ground))
    assert sum(of.received for of in seen.values()) > 1


def test_an_officer_sees_the_own_agency_alone_in_every_grouping(desk: Desk):
    _case, number = at_work(desk, ROAD)
    other, another = at_work(desk, POWER)
    assert number != another
    past_due(desk, other)
    for by in figures.GROUPINGS:
        told = look(desk, by, officer_of(desk, number))
        assert told.total.received == 1, by
        assert look(desk, by, "bupati").total.received == 2, by
    rows, _ = desk.do(
        desk[officer_of(desk, number)], lambda s: leaders.late(s, LateAsked(), desk.now)
    )
    assert {row.id for row in rows} <= {_case.ticket}


def test_the_late_ones_come_page_by_page_the_longest_first(desk: Desk):
    cases = [at_work(desk, ROAD)[0] for _ in range(3)]
    past_due(desk, cases[-1], days=3)
    first, after = desk.do(desk["bupati"], lambda s: leaders.late(s, LateAsked(), desk.now, most=2))
    assert after == leaders.After.parse(str(after), desk.now)
    rest, end = desk.do(
        desk["bupati"], lambda s: leaders.late(s, LateAsked(), desk.now, after, most=2)
    )
    assert [row.id for row in (*first, *rest)] == [case.ticket for case in cases]
    assert end is None
