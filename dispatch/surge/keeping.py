"""Proposals that all dispatchers see: kept, dropped, and sent one by one by a person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from dispatch import choosing, log, orders
from dispatch.errors import (
    ChangedMeanwhile,
    DispatchError,
    GroupOnly,
    IllegalMove,
    UnitOffDuty,
    UnitTaken,
    Unknown,
)
from dispatch.ground import Ground
from dispatch.orders import rows
from dispatch.rules.workflow import AssignmentState, IncidentState, Reason
from dispatch.schema import Assignment, Unit
from dispatch.scope import check_group, scope_of

KEPT, DROPPED = "proposal.kept", "proposal.dropped"  # kinds of log rows

_REFUSED: Mapping[type[DispatchError], str] = {
    UnitTaken: "unit sudah dikirim ke kejadian lain",
    UnitOffDuty: "unit lepas dinas",
    GroupOnly: "kasus ini ditangani kelompok khusus",
    Unknown: "usulan ini tidak ada lagi",
    ChangedMeanwhile: "baru saja diubah petugas lain",
    IllegalMove: "usulan sudah kedaluwarsa, sudah dikirim, atau kejadiannya ditutup",
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A proposal to be kept."""

    incident_id: int
    unit_id: int
    part: str | None


@dataclass(frozen=True, slots=True)
class Kept:
    """A proposal as all dispatchers see it."""

    assignment_id: int
    incident_id: int
    unit_id: int
    call_sign: str
    part: str | None
    eta: dict[str, Any] | None
    proposed_at: datetime
    by: str


def keep(session: Session, ground: Ground, wanted: Sequence[Wanted], now: datetime) -> list[Kept]:
    """Keep them for all; older proposals for the same incidents or units go.

    A proposal holds no unit. Raises Unknown, GroupOnly, IllegalMove for a closed incident.
    """
    incidents = {i: rows.incident(session, i) for i in sorted({w.incident_id for w in wanted})}
    for incident in incidents.values():
        check_group(session, incident.restricted_group)
        if incident.state == IncidentState.CLOSED:
            raise IllegalMove(f"incident {incident.id} is closed: it needs nobody")
    for unit_id in sorted({w.unit_id for w in wanted}):
        rows.unit(session, unit_id)
    _replace(session, wanted, now)
    for one in wanted:
        _keep(session, ground, one, incidents[one.incident_id], now)
    for incident in incidents.values():
        log.record(session, KEPT, incident_id=incident.id, demo=incident.demo)
    return proposals(session)


def proposals(session: Session) -> list[Kept]:
    """All that are open and may be seen, the newest plan last."""
    found = session.execute(
        select(
            Assignment.id,
            Assignment.incident_id,
            Assignment.unit_id,
            Unit.call_sign,
            Assignment.part,
            Assignment.eta,
            Assignment.sent_at,
            Assignment.sent_by_name,
        )
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(Assignment.state == AssignmentState.PROPOSED)
        .order_by(Assignment.id)
    ).all()
    return [Kept(*row) for row in found]


def drop(session: Session, ids: Sequence[int], now: datetime) -> list[int]:
    """Take them back; what was sent, dropped or lapsed meanwhile is left as it is."""
    dropped = []
    for row in _open(session, Assignment.id.in_(ids)):
        _drop(session, row, now)
        dropped.append(row.id)
    return dropped


def send_one(session: Session, ground: Ground, assignment_id: int, now: datetime) -> str | None:
    """Make an order of it, if it still can be; else why not, as an Indonesian phrase.

    Ask for one in a transaction: two of them that wait for one another's units would lock up.
    """
    try:
        orders.send_proposal(session, assignment_id, now, rules=ground.regency.orders)
    except DispatchError as refused:
        if type(refused) not in _REFUSED:
            raise
        return _REFUSED[type(refused)]
    return None


def _keep(session: Session, ground: Ground, one: Wanted, incident: Any, now: datetime) -> None:
    scope = scope_of(session)
    session.execute(
        insert(Assignment)
        .inline()
        .values(
            incident_id=one.incident_id,
            unit_id=one.unit_id,
            state=AssignmentState.PROPOSED,
            state_since=now,
            part=one.part,
            eta=choosing.eta_for(session, one.incident_id, one.unit_id, ground, now),
            restricted_group=incident.restricted_group,
            proposed_at=now,
            sent_at=now,
            sent_by=scope.user_id,
            sent_by_name=scope.name,
            demo=incident.demo,
        )
    )


def _replace(session: Session, wanted: Sequence[Wanted], now: datetime) -> None:
    same = or_(
        Assignment.incident_id.in_([w.incident_id for w in wanted]),
        Assignment.unit_id.in_([w.unit_id for w in wanted]),
    )
    for row in _open(session, same):
        _drop(session, row, now)


def _open(session: Session, which: Any) -> Sequence[Any]:
    """Open proposals by id, held until the end."""
    query = rows.ASSIGNMENTS.where(Assignment.state == AssignmentState.PROPOSED, which)
    return session.execute(query.order_by(Assignment.id).with_for_update(key_share=True)).all()


def _drop(session: Session, row: Any, now: datetime) -> None:
    at = max(now, row.state_since)
    rows.move(session, row, AssignmentState.CANCELLED, at, reason=Reason.NOT_NEEDED.value)
    # Of no unit: a proposal holds none, and a crew is not to know of it.
    log.record(session, DROPPED, incident_id=row.incident_id, demo=row.demo, assignment=row.id)
