"""Reminders that climb, on the real database, with the eyes of the timer."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import DBAPIError

from dispatch import escalations
from dispatch.rules.ticketing import TicketState
from dispatch.schema import LogEntry, Outgoing, Subscription, Ticket, TicketStep
from tests.dispatch.ticket_desk import FIRE, ROAD, VIOLENCE, Case, Desk, open_desk
from tests.world import World

S = TicketState
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


@pytest.fixture
def road(desk: Desk) -> Case:
    return desk.open(ROAD)


def climb(desk: Desk, now: datetime) -> int:
    """As the timer does it."""
    climbed: int = desk.do(desk["timer"], lambda s: escalations.climb(s, now, desk.ground))
    return climbed


def rungs(desk: Desk, case: Case) -> list[tuple[int, float, list[str]]]:
    """(rung, share, whom to tell) of the log's rows about a case, in order."""
    query = select(LogEntry.facts).where(
        LogEntry.incident_id == case.incident, LogEntry.kind == escalations.ESCALATED
    )
    with desk.world.as_owner() as session:
        facts = session.scalars(query.order_by(LogEntry.id)).all()
    return [(f["rung"], f["share"], f["tell"]) for f in facts]


def test_a_ticket_climbs_one_rung_after_the_other(desk: Desk, road: Case):
    for rung in range(4):
        row = desk.ticket(road.ticket)
        assert row.escalated == rung
        climb(desk, row.escalate_at - SECOND)
        assert desk.ticket(road.ticket).escalated == rung, "not a second too early"
        climb(desk, row.escalate_at)
    row = desk.ticket(road.ticket)
    assert (row.escalated, row.escalate_at) == (4, None)
    assert rungs(desk, road) == [
        (1, 0.5, ["petugas"]),
        (2, 0.8, ["kepala_opd"]),
        (3, 1.0, ["ruang", "pimpinan_ringkas"]),
        (4, 1.5, ["pimpinan"]),
    ]


def test_a_reminder_spoils_no_answer_that_is_coming_in(desk: Desk, road: Case):
    before = desk.ticket(road.ticket)
    climb(desk, before.escalate_at)
    assert desk.ticket(road.ticket).version == before.version
    desk.move("dispatcher2", road.ticket, S.REFERRED, version=before.version)
    after = desk.ticket(road.ticket)
    assert after.escalated == 1, "a step does not begin the ladder anew"
    assert after.escalate_at > before.escalate_at


def test_what_nobody_looked_at_for_weeks_is_told_once(desk: Desk, road: Case):
    agency = desk.ticket(road.ticket).agency_id
    with desk.world.as_owner() as session:
        for of in (agency, None):
            session.execute(
                insert(Subscription).values(
                    agency_id=of, channel="surel", to=f"eskalasi-{of}@example.invalid", events=[]
                )
            )
    late = datetime(2026, 6, 2, 3, tzinfo=UTC)
    climb(desk, late)
    climb(desk, late)
    assert rungs(desk, road) == [
        (4, 1.5, ["petugas", "kepala_opd", "ruang", "pimpinan_ringkas", "pimpinan"])
    ]
    query = select(Outgoing.to).where(
        Outgoing.ticket_id == road.ticket,
        Outgoing.template == "lewat_batas",
        Outgoing.to.like("eskalasi-%"),
    )
    with desk.world.as_owner() as session:
        told = sorted(session.scalars(query))
    assert told == sorted(f"eskalasi-{of}@example.invalid" for of in (agency, None))


def test_at_night_only_emergencies_climb(desk: Desk, road: Case):
    fire = desk.open(FIRE)
    night = datetime(2026, 3, 25, 16, tzinfo=UTC)  # 23.00 WIB
    climb(desk, night)
    assert desk.ticket(road.ticket).escalated == 0, "it is late enough, but it is night"
    assert desk.ticket(fire.ticket).escalated == 4
    climb(desk, night + timedelta(hours=7, seconds=1))
    assert desk.ticket(road.ticket).escalated > 0


def test_what_waits_for_the_reporter_does_not_climb_and_goes_on_afterwards(desk: Desk, road: Case):
    was = desk.ticket(road.ticket).escalate_at
    said = {"reason": "data_kurang", "answer": "Di jalan yang mana?"}
    desk.move("dispatcher2", road.ticket, S.POSTPONED, **said)
    assert desk.ticket(road.ticket).escalate_at is None
    climb(desk, was)
    assert desk.ticket(road.ticket).escalated == 0
    desk.tick(days=1)
    desk.move("dispatcher2", road.ticket, S.NEW)
    assert desk.ticket(road.ticket).escalate_at > was


def test_what_is_over_does_not_climb(desk: Desk, road: Case):
    desk.move("dispatcher2", road.ticket, S.ARCHIVED, reason="palsu")
    climb(desk, desk.now + timedelta(days=200))
    assert rungs(desk, road) == []


def test_what_is_sensitive_climbs_too(desk: Desk):
    case = desk.open(VIOLENCE, by="dispatcher1")
    climb(desk, desk.ticket(case.ticket).escalate_at)
    assert desk.ticket(case.ticket).escalated == 1


def test_two_processes_climb_a_rung_once(desk: Desk, road: Case):
    at = desk.ticket(road.ticket).escalate_at
    with desk.world.as_scope(desk["timer"]) as one:
        escalations.climb(one, at, desk.ground)
        assert climb(desk, at) == 0, "the other leaves alone what this one holds"
    assert rungs(desk, road) == [(1, 0.5, ["petugas"])]


def test_a_ticket_that_lost_its_history_keeps_no_other_from_climbing(desk: Desk, road: Case):
    broken = desk.open(ROAD)
    with desk.world.as_owner() as session:
        session.execute(delete(TicketStep).where(TicketStep.ticket_id == broken.ticket))
    climb(desk, desk.ticket(broken.ticket).escalate_at + SECOND)
    assert desk.ticket(road.ticket).escalated == 1
    assert (desk.ticket(broken.ticket).escalated, desk.ticket(broken.ticket).escalate_at) == (
        0,
        None,
    )


def test_nobody_but_the_clock_climbs(desk: Desk, road: Case):
    taken_down = update(Ticket).where(Ticket.id == road.ticket).values(escalated=9)
    for who in ("dispatcher2", "dpupr"):
        with pytest.raises(DBAPIError, match="does not climb the ladder"):
            desk.do(desk[who], lambda s: s.execute(taken_down))
    assert desk.ticket(road.ticket).escalated == 0
