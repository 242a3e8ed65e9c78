"""Sends a unit to what is more urgent, or another one where nobody answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch.errors import IllegalMove, NotMoreUrgent, NotYet
from dispatch.orders import rows, sending
from dispatch.orders.rows import Sent
from dispatch.orders.sending import USUAL
from dispatch.regency.orders import OrderRules
from dispatch.rows import AnyRow
from dispatch.rules.workflow import (
    ASSIGNMENT_MOVES,
    HOLDING,
    AssignmentState,
    Reason,
    UnitState,
    check_move,
)
from dispatch.schema import Assignment
from dispatch.scope import Role, check_group, scope_of


def divert(
    session: Session,
    assignment_id: int,
    to_incident: int,
    now: datetime,
    version: int,
    *,
    part: str | None = None,
    eta: Mapping[str, Any] | None = None,
    rules: OrderRules = USUAL,
) -> Sent:
    """Send a unit that is out to another incident, which must be more urgent than its own.

    Raises NotMoreUrgent, ChangedMeanwhile, IllegalMove, Unknown, GroupOnly.
    """
    old = _held(session, assignment_id, version)
    there = rows.incident(session, to_incident)
    here = rows.incident(session, old.incident_id)
    _check_groups(session, here, there)
    if there.priority >= here.priority:
        raise NotMoreUrgent(f"priority {there.priority} against {here.priority}, 1 comes first")
    at = max(now, old.state_since)
    _end(session, old, Reason.MORE_URGENT, at)
    new_id = sending.hold(session, there, old.unit_id, at, part=part, eta=eta, rules=rules)
    _link(session, old, new_id)
    rows.set_unit(session, old.unit_id, UnitState.SENT, at)
    by_id = {r.id: r for r in rows.lock_incidents(session, {here.id, there.id})}
    rows.settle(session, by_id[here.id])
    sending.expect(session, by_id[there.id])
    _tell(session, old, new_id)
    sending.tell_sent(session, new_id, there, old.unit_id)
    return Sent(new_id, to_incident, old.unit_id)


def take_over(
    session: Session,
    assignment_id: int,
    unit_id: int,
    now: datetime,
    version: int,
    *,
    eta: Mapping[str, Any] | None = None,
    rules: OrderRules = USUAL,
) -> Sent:
    """Send another unit where nobody answered in time; the silent one is free, and marked.

    Raises NotYet before the timer ran out, UnitTaken, UnitOffDuty, ChangedMeanwhile, IllegalMove,
    Unknown, GroupOnly.
    """
    old = _held(session, assignment_id, version)
    if old.state != AssignmentState.SENT:
        raise IllegalMove(f"{old.state}: the order was answered; divert or cancel it")
    if old.ack_due_at is not None and now < old.ack_due_at:
        raise NotYet(f"until {old.ack_due_at.isoformat()}")
    if unit_id == old.unit_id:
        raise IllegalMove("unit: name another one than the one that does not answer")
    rows.unit(session, unit_id)
    incident = rows.incident(session, old.incident_id)
    _check_groups(session, incident)
    at = max(now, old.state_since)
    _end(session, old, Reason.NO_ANSWER, at)
    new_id = sending.hold(session, incident, unit_id, at, part=old.part, eta=eta, rules=rules)
    _link(session, old, new_id)
    _swap(session, old.unit_id, unit_id, at)
    [incident] = rows.lock_incidents(session, [incident.id])
    sending.expect(session, incident)
    _tell(session, old, new_id)
    sending.tell_sent(session, new_id, incident, unit_id)
    return Sent(new_id, incident.id, unit_id)


def _held(session: Session, assignment_id: int, version: int) -> AnyRow:
    """The order, locked, while it holds its unit. Raises IllegalMove, Unknown, ChangedMeanwhile."""
    if scope_of(session).role == Role.FIELD_UNIT:
        raise IllegalMove("only the control room sends a unit elsewhere")
    old = rows.lock_assignment(session, assignment_id, version)
    check_move(ASSIGNMENT_MOVES, old.state, AssignmentState.DIVERTED)
    if old.state not in HOLDING:
        raise IllegalMove(f"{old.state}: holds no unit")
    return old


def _check_groups(session: Session, *incidents: AnyRow) -> None:
    for incident in incidents:
        check_group(session, incident.restricted_group)


def _end(session: Session, old: AnyRow, reason: Reason, at: datetime) -> None:
    rows.move(session, old, AssignmentState.DIVERTED, at, reason=reason.value)


def _link(session: Session, old: AnyRow, new_id: int) -> None:
    session.execute(update(Assignment).where(Assignment.id == old.id).values(next_id=new_id))


def _swap(session: Session, silent_id: int, unit_id: int, at: datetime) -> None:
    """The silent one is free, the other is taken; by rising id, as everywhere."""
    for each in sorted((silent_id, unit_id)):
        if each == silent_id:
            rows.set_unit(session, silent_id, UnitState.FREE, at, silent_since=at)
        else:
            rows.take_unit(session, unit_id, at)


def _tell(session: Session, old: AnyRow, new_id: int) -> None:
    state = AssignmentState.DIVERTED.value
    rows.tell(session, f"unit.{state}", old, state=state, next=new_id)
