"""Rows of an order: read and locked in one order everywhere, so that no two wait crosswise.

The order is: assignments by id, then units by id, then incidents by id. The locks are those of an
update (FOR NO KEY UPDATE): a full FOR UPDATE would wait for every foreign key that points here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import ChangedMeanwhile, UnitOffDuty, UnitTaken, Unknown
from dispatch.rows import AnyRow
from dispatch.rules.workflow import (
    INCIDENT_MOVES,
    SENDABLE,
    AssignmentState,
    IncidentState,
    UnitState,
    check_move,
    incident_while,
)
from dispatch.schema import Assignment, AssignmentStep, Incident, Unit
from dispatch.scope import scope_of

LATE = "terlambat"  # note of a step that came when more was known already


@dataclass(frozen=True, slots=True)
class Sent:
    """What an order came to."""

    assignment_id: int
    incident_id: int
    unit_id: int
    replay: bool = False  # the same key had told it before
    late: bool = False  # it came behind what is known, and was only noted


ASSIGNMENTS = select(
    Assignment.id,
    Assignment.incident_id,
    Assignment.unit_id,
    Assignment.state,
    Assignment.state_since,
    Assignment.version,
    Assignment.part,
    Assignment.sent_at,
    Assignment.ack_due_at,
    Assignment.help_at,
    Assignment.help_kind,
    Assignment.help_seen_at,
    Assignment.released_at,
    Assignment.restricted_group,
    Assignment.demo,
)
_INCIDENT = select(
    Incident.id,
    Incident.state,
    Incident.priority,
    Incident.restricted_group,
    Incident.demo,
    Incident.version,
)


def lock_assignment(session: Session, assignment_id: int, version: int | None = None) -> AnyRow:
    """The assignment, held until the end. Raises Unknown, and ChangedMeanwhile for a version."""
    query = ASSIGNMENTS.where(Assignment.id == assignment_id).with_for_update(key_share=True)
    row = session.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"assignment {assignment_id}")
    check_version(row, version)
    return row


def check_version(row: AnyRow, version: int | None) -> None:
    """Raises ChangedMeanwhile when a version is given and is not the row's."""
    if version is not None and version != row.version:
        raise ChangedMeanwhile(f"assignment {row.id} is at version {row.version}, not {version}")


def incident(session: Session, incident_id: int) -> AnyRow:
    """The incident as it stands. Raises Unknown."""
    row = session.execute(_INCIDENT.where(Incident.id == incident_id)).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    return row


def lock_incidents(session: Session, ids: Collection[int]) -> list[AnyRow]:
    """The incidents by rising id, held until the end. Raises Unknown."""
    query = _INCIDENT.where(Incident.id.in_(ids)).order_by(Incident.id)
    rows = session.execute(query.with_for_update(key_share=True)).all()
    if len(rows) < len(set(ids)):
        raise Unknown(f"incident {', '.join(map(str, sorted(ids)))}")
    return list(rows)


def move(session: Session, row: AnyRow, wanted: AssignmentState, at: datetime, **more: Any) -> None:
    """Set the assignment's state with the next version, and keep the step.

    Raises ChangedMeanwhile when the row is not the one that was read: the table is the judge.
    """
    key, claimed_at = more.pop("key", None), more.pop("claimed_at", None)
    moved = session.execute(
        update(Assignment)
        .where(Assignment.id == row.id, Assignment.version == row.version)
        .values(state=wanted, state_since=at, version=row.version + 1, **_times(wanted, at), **more)
        .returning(Assignment.id)
    ).one_or_none()
    if moved is None:
        raise ChangedMeanwhile(f"assignment {row.id}, version {row.version}")
    note_step(session, row, wanted, at, key=key, claimed_at=claimed_at)


_TIME_OF = {
    AssignmentState.SENT: "sent_at",
    AssignmentState.ACCEPTED: "accepted_at",
    AssignmentState.DEPARTED: "departed_at",
    AssignmentState.ARRIVED: "arrived_at",
    AssignmentState.CARRYING: "carrying_at",
    AssignmentState.AT_FACILITY: "at_facility_at",
    AssignmentState.DONE: "released_at",
    AssignmentState.RETURNED: "returned_at",
    AssignmentState.CANCELLED: "released_at",
    AssignmentState.DIVERTED: "released_at",
}


def _times(wanted: AssignmentState, at: datetime) -> dict[str, datetime]:
    return {_TIME_OF[wanted]: at}


def note_step(
    session: Session,
    row: Any,
    state: AssignmentState,
    at: datetime,
    *,
    key: str | None = None,
    claimed_at: datetime | None = None,
    note: str | None = None,
) -> None:
    """Keep a step of an assignment (id, unit_id), with both clocks."""
    scope = scope_of(session)
    session.execute(
        insert(AssignmentStep)
        .inline()
        .values(
            assignment_id=row.id,
            unit_id=row.unit_id,
            state=state,
            at=at,
            claimed_at=claimed_at,
            by_user=scope.user_id,
            by_name=scope.name,
            key=key,
            note=note,
        )
    )


def tell(session: Session, kind: str, row: Any, **facts: Any) -> None:
    """A row of the log about an assignment."""
    log.record(
        session,
        kind,
        incident_id=row.incident_id,
        unit_id=row.unit_id,
        demo=row.demo,
        assignment=row.id,
        **facts,
    )


def step_with_key(session: Session, assignment_id: int, key: str) -> AnyRow | None:
    """The step that this key told of already."""
    return session.execute(
        select(AssignmentStep.state, AssignmentStep.note).where(
            AssignmentStep.assignment_id == assignment_id, AssignmentStep.key == key
        )
    ).one_or_none()


def set_unit(session: Session, unit_id: int, state: UnitState, at: datetime, **more: Any) -> None:
    """What the unit does from now on."""
    since = func.greatest(Unit.state_since, at)
    session.execute(
        update(Unit).where(Unit.id == unit_id).values(state=state, state_since=since, **more)
    )


def take_unit(session: Session, unit_id: int, at: datetime) -> None:
    """Mark the unit as sent, if it still can be. Raises UnitOffDuty, UnitTaken."""
    taken = session.execute(
        update(Unit)
        .where(Unit.id == unit_id, Unit.state.in_(SENDABLE), Unit.active)
        .values(state=UnitState.SENT, state_since=func.greatest(Unit.state_since, at))
        .returning(Unit.id)
    ).one_or_none()
    if taken is None:
        raise refused(session, unit_id, at)


def unit(session: Session, unit_id: int) -> AnyRow:
    """Raises Unknown."""
    row = session.execute(
        select(Unit.id, Unit.call_sign, Unit.state, Unit.active).where(Unit.id == unit_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"unit {unit_id}")
    return row


def refused(session: Session, unit_id: int, now: datetime) -> UnitOffDuty | UnitTaken:
    """Why the unit cannot be sent. Its incident may be hidden from who asks: it is not named."""
    wanted = unit(session, unit_id)
    if wanted.state == UnitState.OFF_DUTY or not wanted.active:
        return UnitOffDuty(wanted.call_sign)
    holder = session.execute(
        select(Assignment.sent_by_name, Assignment.sent_at).where(
            Assignment.unit_id == unit_id,
            Assignment.released_at.is_(None),
            Assignment.state != AssignmentState.PROPOSED,
        )
    ).one_or_none()
    if holder is None:  # sent to an incident that is not theirs to see, or just released
        return UnitTaken(wanted.call_sign, "petugas lain", now)
    return UnitTaken(wanted.call_sign, holder.sent_by_name, holder.sent_at)


def set_incident(session: Session, row: AnyRow, wanted: IncidentState) -> None:
    """Move a locked incident on, where that is another state. Raises IllegalMove."""
    if row.state == wanted:
        return
    check_move(INCIDENT_MOVES, row.state, wanted)
    session.execute(
        update(Incident)
        .where(Incident.id == row.id)
        .values(state=wanted, version=Incident.version + 1)
    )


def settle(session: Session, row: AnyRow) -> None:
    """Set a locked incident to what its assignments say. Only for who sees all of them."""
    states = session.scalars(select(Assignment.state).where(Assignment.incident_id == row.id))
    set_incident(session, row, incident_while(states))
