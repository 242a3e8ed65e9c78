"""Sends a unit: by a person's choice, or as a plan proposed it and a person agreed."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.errors import IllegalMove
from dispatch.orders import rows
from dispatch.orders.rows import Sent
from dispatch.regency.orders import OrderRules
from dispatch.rows import AnyRow
from dispatch.rules.workflow import (
    ASSIGNMENT_MOVES,
    INCIDENT_MOVES,
    AssignmentState,
    IncidentState,
    UnitState,
    check_move,
)
from dispatch.schema import Assignment
from dispatch.scope import check_group, scope_of

USUAL = OrderRules()
PROPOSAL_KEPT = timedelta(minutes=10)  # older ones were reckoned on another situation
_HELD = text("released_at IS NULL AND state <> 'diusulkan'")  # of uq_assignment_unit_open


def send_unit(
    session: Session,
    incident_id: int,
    unit_id: int,
    now: datetime,
    *,
    part: str | None = None,
    eta: Mapping[str, Any] | None = None,
    rules: OrderRules = USUAL,
) -> Sent:
    """Send the unit; of several who try at once one wins.

    part  the need of the response plan that it fills
    eta   as dispatch.choosing reckoned it, to be kept
    Raises UnitTaken (with who and when) to the others, UnitOffDuty, IllegalMove, Unknown,
    GroupOnly.
    """
    wanted, row = rows.unit(session, unit_id), rows.incident(session, incident_id)
    if wanted.state == UnitState.OFF_DUTY or not wanted.active:
        raise rows.refused(session, unit_id, now)
    check_group(session, row.restricted_group)
    sent_id = hold(session, row, unit_id, now, part=part, eta=eta, rules=rules)
    rows.take_unit(session, unit_id, now)
    [row] = rows.lock_incidents(session, [incident_id])
    expect(session, row)
    tell_sent(session, sent_id, row, unit_id)
    return Sent(sent_id, incident_id, unit_id)


def hold(
    session: Session,
    incident: AnyRow,
    unit_id: int,
    now: datetime,
    *,
    part: str | None,
    eta: Mapping[str, Any] | None,
    rules: OrderRules,
) -> int:
    """The id of a new order that holds the unit; the index decides. Raises UnitTaken."""
    scope = scope_of(session)
    sent_id = session.execute(
        insert(Assignment)
        .values(
            incident_id=incident.id,
            unit_id=unit_id,
            state=AssignmentState.SENT,
            state_since=now,
            part=part,
            eta=None if eta is None else dict(eta),
            restricted_group=incident.restricted_group,
            sent_at=now,
            sent_by=scope.user_id,
            sent_by_name=scope.name,
            ack_due_at=due(now, rules),
            demo=incident.demo,
        )
        .on_conflict_do_nothing(index_elements=["unit_id"], index_where=_HELD)
        .returning(Assignment.id)
    ).scalar_one_or_none()
    if sent_id is None:
        raise rows.refused(session, unit_id, now)
    rows.note_step(session, _Of(sent_id, incident, unit_id), AssignmentState.SENT, now)
    return sent_id


def due(now: datetime, rules: OrderRules) -> datetime:
    """Until when the order may stay unanswered."""
    return now + timedelta(seconds=rules.ack_s)


def expect(session: Session, incident: AnyRow) -> None:
    """Somebody was sent there; reinforcement leaves the state. Raises IllegalMove."""
    new = incident.state == IncidentState.NEW
    check_move(INCIDENT_MOVES, incident.state, IncidentState.ASSIGNED if new else incident.state)
    if new:
        rows.set_incident(session, incident, IncidentState.ASSIGNED)


def tell_sent(session: Session, sent_id: int, incident: AnyRow, unit_id: int) -> None:
    """The log's row of an order."""
    state = AssignmentState.SENT.value
    rows.tell(session, "unit.sent", _Of(sent_id, incident, unit_id), state=state)


class _Of:
    """An order that was just written, as far as steps and log name it."""

    def __init__(self, assignment_id: int, incident: AnyRow, unit_id: int) -> None:
        self.id, self.incident_id, self.unit_id = assignment_id, incident.id, unit_id
        self.demo = incident.demo


def send_proposal(
    session: Session, assignment_id: int, now: datetime, *, rules: OrderRules = USUAL
) -> Sent:
    """Send a unit that a plan proposed. In a savepoint: where it cannot be, others still can.

    Raises UnitTaken, UnitOffDuty, IllegalMove, Unknown, GroupOnly.
    """
    with session.begin_nested():
        row = rows.lock_assignment(session, assignment_id)
        incident = rows.incident(session, row.incident_id)
        check_group(session, incident.restricted_group)
        if row.state != AssignmentState.PROPOSED:
            check_move(ASSIGNMENT_MOVES, row.state, AssignmentState.PROPOSED)
        if now - row.sent_at > PROPOSAL_KEPT:
            raise IllegalMove("the proposal is too old: propose anew")
        _make_order(session, row, incident, now, rules)
        rows.take_unit(session, row.unit_id, now)
        [incident] = rows.lock_incidents(session, [row.incident_id])
        expect(session, incident)
        tell_sent(session, row.id, incident, row.unit_id)
    return Sent(row.id, row.incident_id, row.unit_id)


def _make_order(
    session: Session, row: AnyRow, incident: AnyRow, now: datetime, rules: OrderRules
) -> None:
    """The proposal becomes an order in the name of who sends it. Raises UnitTaken."""
    scope, at = scope_of(session), max(now, row.state_since)
    try:
        with session.begin_nested():
            rows.move(
                session,
                row,
                AssignmentState.SENT,
                at,
                sent_by=scope.user_id,
                sent_by_name=scope.name,
                ack_due_at=due(at, rules),
                demo=incident.demo,
            )
    except IntegrityError:
        raise rows.refused(session, row.unit_id, now) from None
