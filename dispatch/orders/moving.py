"""Follows an order: from the crew's answer until it is at its post again, or is called off."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from dispatch.errors import ChangedMeanwhile, IllegalMove, KeyReused, Unknown
from dispatch.orders import rows
from dispatch.orders.rows import LATE, Sent
from dispatch.rows import AnyRow
from dispatch.rules.workflow import (
    ASSIGNMENT_MOVES,
    ON_SITE,
    UNIT_WHILE,
    AssignmentState,
    IncidentState,
    Reason,
    UnitState,
    check_move,
    is_behind,
)
from dispatch.schema import Assignment, Station, Unit
from dispatch.scope import Role, scope_of

WITH_FACILITY = (AssignmentState.CARRYING, AssignmentState.AT_FACILITY)
_CANCELLED = AssignmentState.CANCELLED.value
_BY_ORDERS = (AssignmentState.PROPOSED, AssignmentState.SENT, AssignmentState.DIVERTED)


def advance(
    session: Session,
    assignment_id: int,
    wanted: AssignmentState,
    now: datetime,
    *,
    version: int | None = None,
    key: str | None = None,
    claimed_at: datetime | None = None,
    facility: int | None = None,
    reason: Reason | None = None,
) -> Sent:
    """Move an assignment on; the unit follows, and with its first arrival the incident.

    key         made by the device: the same step counts once, however often it comes
    claimed_at  when it happened by the device's clock; kept, but `now` counts
    facility    station to which a patient is carried
    A step that a device reports when more is known already is noted and changes nothing (late).
    Raises IllegalMove, ChangedMeanwhile for another version, KeyReused, Unknown.
    """
    _check_asked(session, wanted, facility, reason)
    row = rows.lock_assignment(session, assignment_id)
    sent = (row.id, row.incident_id, row.unit_id)
    if key is not None and (kept := rows.step_with_key(session, row.id, key)) is not None:
        if kept.state != wanted or kept.note not in (None, LATE):
            raise KeyReused(f"key of {kept.state}, now sent with {wanted}")
        return Sent(*sent, replay=True, late=kept.note == LATE)
    at = max(now, row.state_since)
    reported = key is not None or claimed_at is not None
    if reported and (is_behind(row.state, wanted) or _is_out_again(session, row, wanted)):
        rows.note_step(session, row, wanted, at, key=key, claimed_at=claimed_at, note=LATE)
        return Sent(*sent, late=True)
    rows.check_version(row, version)
    check_move(ASSIGNMENT_MOVES, row.state, wanted)
    if facility is not None and session.get(Station, facility) is None:
        raise Unknown(f"station {facility}")
    _move(session, row, wanted, at, reason, key=key, claimed_at=claimed_at, facility_id=facility)
    return Sent(*sent)


def _check_asked(
    session: Session, wanted: AssignmentState, facility: int | None, reason: Reason | None
) -> None:
    """What no state of the assignment would allow. Raises IllegalMove."""
    if wanted in _BY_ORDERS:
        raise IllegalMove(f"{wanted}: follows from sending and diverting, not from a step")
    if wanted == AssignmentState.CANCELLED and scope_of(session).role == Role.FIELD_UNIT:
        # It sees no other unit, so it could not tell whether the incident is open again.
        raise IllegalMove("only the control room calls a unit back")
    if facility is not None and wanted not in WITH_FACILITY:
        raise IllegalMove(f"facility: only with {' and '.join(WITH_FACILITY)}")
    if reason is not None and wanted != AssignmentState.CANCELLED:
        raise IllegalMove(f"reason: says why a unit is called back, only with {_CANCELLED}")


def _is_out_again(session: Session, row: AnyRow, wanted: AssignmentState) -> bool:
    """Whether the way home, which is reported, was broken off: sent again, or off duty."""
    if wanted != AssignmentState.RETURNED or row.state != AssignmentState.DONE:
        return False
    coming = exists().where(Unit.id == row.unit_id, Unit.state == UnitState.RETURNING)
    return not session.scalar(select(coming & ~_later(row)))


def _later(row: AnyRow) -> Any:
    return exists().where(
        Assignment.unit_id == row.unit_id,
        Assignment.id > row.id,
        Assignment.state != AssignmentState.PROPOSED,
    )


def _move(
    session: Session,
    row: AnyRow,
    wanted: AssignmentState,
    at: datetime,
    reason: Reason | None,
    **more: Any,
) -> None:
    """The move with all that follows from it, for a locked assignment."""
    if reason is not None:
        more["reason"] = reason.value
    if more.get("facility_id") is None:
        more.pop("facility_id", None)
    if row.state == AssignmentState.PROPOSED:  # it held no unit, and the incident knew of none
        rows.move(session, row, wanted, at, **more)
        rows.tell(session, "proposal.dropped", row, state=wanted.value)
        return
    _follow_unit(session, row, wanted, at)
    incident = None
    if wanted in ON_SITE or wanted == AssignmentState.CANCELLED:
        [incident] = rows.lock_incidents(session, [row.incident_id])
    # The first arrival before the release: a crew loses sight of the incident with it.
    if incident is not None and wanted in ON_SITE and incident.state == IncidentState.ASSIGNED:
        rows.set_incident(session, incident, IncidentState.ON_SCENE)
    rows.move(session, row, wanted, at, **more)
    if incident is not None and wanted == AssignmentState.CANCELLED:
        rows.settle(session, incident)
    rows.tell(session, f"unit.{wanted.value}", row, state=wanted.value)


def _follow_unit(session: Session, row: AnyRow, wanted: AssignmentState, at: datetime) -> None:
    """The unit does what its assignment says; it has answered. Raises IllegalMove."""
    if wanted != AssignmentState.RETURNED:
        answered = {} if wanted == AssignmentState.CANCELLED else {"silent_since": None}
        rows.set_unit(session, row.unit_id, UNIT_WHILE[wanted], at, **answered)
        return
    home = session.execute(
        update(Unit)
        .where(Unit.id == row.unit_id, Unit.state == UnitState.RETURNING, ~_later(row))
        .values(state=UnitState.FREE, state_since=at)
        .returning(Unit.id)
    ).one_or_none()
    if home is None:
        raise IllegalMove("the unit is not on its way home any more: it was sent again")


def advance_unit(session: Session, unit_id: int, now: datetime) -> bool:
    """Let a unit that is on its way home be at its post; False when it is not on its way."""
    last = session.scalar(
        select(Assignment.id)
        .where(Assignment.unit_id == unit_id, Assignment.state != AssignmentState.PROPOSED)
        .order_by(Assignment.id.desc())
        .limit(1)
    )
    if last is None:
        return False
    row = rows.lock_assignment(session, last)
    if row.state != AssignmentState.DONE or _is_out_again(session, row, AssignmentState.RETURNED):
        return False
    _move(session, row, AssignmentState.RETURNED, max(now, row.state_since), None)
    return True


def open_of(session: Session, incident_id: int) -> Sequence[AnyRow]:
    """Open assignments and proposals of an incident and their units, held until the end."""
    query = rows.ASSIGNMENTS.where(
        Assignment.incident_id == incident_id, Assignment.released_at.is_(None)
    ).order_by(Assignment.id)
    found = session.execute(query.with_for_update(key_share=True)).all()
    units = sorted({r.unit_id for r in found if r.state != AssignmentState.PROPOSED})
    session.execute(
        select(Unit.id).where(Unit.id.in_(units)).order_by(Unit.id).with_for_update(key_share=True)
    ).all()
    return found


def release_all(session: Session, incident_id: int, found: Sequence[AnyRow], now: datetime) -> None:
    """End all that is open for an incident that is being closed; `found` is what open_of gave.

    Who was there has done the work and comes home; who was not is called back.
    Raises ChangedMeanwhile when somebody was sent there in between.
    """
    still = select(Assignment.id).where(
        Assignment.incident_id == incident_id, Assignment.released_at.is_(None)
    )
    if set(session.scalars(still)) != {r.id for r in found}:
        raise ChangedMeanwhile(f"incident {incident_id}: somebody else was sent meanwhile")
    for row in found:
        at = max(now, row.state_since)
        wanted = AssignmentState.DONE if row.state in ON_SITE else AssignmentState.CANCELLED
        more = {} if wanted == AssignmentState.DONE else {"reason": Reason.NOT_NEEDED.value}
        if row.state != AssignmentState.PROPOSED:
            rows.set_unit(session, row.unit_id, UNIT_WHILE[wanted], at)
        rows.move(session, row, wanted, at, **more)
        kind = "proposal.dropped" if row.state == AssignmentState.PROPOSED else f"unit.{wanted}"
        rows.tell(session, kind, row, state=wanted.value)
