"""An order that nobody answers alarms once; a proposal that nobody takes up lapses."""

import pytest
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from dispatch import orders
from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema import LogEntry
from dispatch.scope import SYSTEM, enter
from tests.cluster import as_role, database
from tests.dispatch import small_room as small
from tests.dispatch.small_room import NOON, Room, after


@pytest.fixture
def room(session) -> Room:
    return small.furnish(session)


def test_an_order_that_nobody_answers_alarms_once(session, room):
    sent = orders.send_unit(session, room.incidents[0], room.units[0], NOON).assignment_id
    assert orders.raise_due(session, after(29)).silent == 0
    assert orders.raise_due(session, after(30)).silent == 1
    assert orders.raise_due(session, after(31)).silent == 0
    row = small.assignment(session, sent)
    assert (row.alarmed_at, row.state, row.version) == (after(30), AssignmentState.SENT, 1)
    told = session.execute(select(LogEntry).where(LogEntry.kind == "order.silent")).scalar_one()
    assert (told.incident_id, told.unit_id) == (room.incidents[0], room.units[0])


def test_an_order_that_was_answered_does_not_alarm(session, room):
    sent = orders.send_unit(session, room.incidents[0], room.units[0], NOON).assignment_id
    orders.advance(session, sent, AssignmentState.ACCEPTED, after(29))
    assert orders.raise_due(session, after(300)).silent == 0


def test_a_proposal_lapses_after_ten_minutes_and_frees_nobody(session, room):
    number = small.propose(session, room.incidents[0], room.units[0], NOON)
    orders.send_unit(session, room.incidents[1], room.units[0], NOON)
    assert orders.raise_due(session, after(599)).lapsed == 0
    assert orders.raise_due(session, after(601)).lapsed == 1
    row = small.assignment(session, number)
    assert (row.state, row.reason) == (AssignmentState.CANCELLED, "kedaluwarsa")
    assert small.unit(session, room.units[0]).state == UnitState.SENT


def test_of_two_timers_one_raises_the_alarm_and_neither_waits(admin):
    with database(admin, "empty") as name:
        engine = create_engine(as_role(admin, "tanggap_owner", name))
        with Session(engine) as first, Session(engine) as other:
            enter(first, SYSTEM)
            room = small.furnish(first)
            orders.send_unit(first, room.incidents[0], room.units[0], NOON)
            first.commit()
            enter(first, SYSTEM)
            enter(other, SYSTEM)
            raised = [orders.raise_due(each, after(60)).silent for each in (first, other)]
            assert raised == [1, 0]
        engine.dispose()
