"""Use case: two cases turn out to be one event. Merged as a proposal, undone exactly.

Calls stay with the case that they opened; what is merged points at what it was merged into, and
the figures of reports count along that way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from dispatch import cases, log, orders, tickets
from dispatch.errors import DispatchError, Unknown
from dispatch.rows import AnyRow
from dispatch.rules.duplicates import Reason
from dispatch.rules.ticketing import TicketState
from dispatch.rules.workflow import AssignmentState, IncidentState
from dispatch.schema import Call, Incident, Merge, Ticket, Unit
from dispatch.scope import check_group, scope_of

MERGED = "digabung"  # the outcome of a case that was merged
# Of a merged case the tickets rest: they are owed all the same.
_NOT_OWED = (TicketState.CLOSED, TicketState.ARCHIVED, TicketState.NOT_OURS)


class UnitsOut(DispatchError):
    """Units are still out for the case: finish or divert their orders first."""


class OtherGroup(DispatchError):
    """One of the two is sensitive, or for another group: they are not merged."""


class AlreadyMerged(DispatchError):
    """The case was merged already."""


class MergedInCircle(DispatchError):
    """A case cannot be merged into itself, nor into one that was merged into it."""


class CaseClosed(DispatchError):
    """A case that is closed is not merged; open it again first."""


class DemoAndReal(DispatchError):
    """A case of the demo and a real one are never one event."""


class NothingToUndo(DispatchError):
    """The two cases were parted already."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What was done, by ids."""

    merge_id: int
    from_id: int
    into_id: int


@dataclass(frozen=True, slots=True)
class Standing:
    """One case that was merged into another."""

    merge_id: int
    from_id: int
    category_code: str
    at: datetime
    by: str
    reports: int
    version: int  # of the merged case: what undoing it needs


def merge(
    session: Session,
    incident_id: int,
    into_id: int,
    version: int,
    into_version: int,
    now: datetime,
    *,
    key: str = "",
    reasons: Sequence[Reason] = (),
) -> Merged:
    """Let the case go on in another one. The same key, sent again, does nothing more.

    reasons  what spoke for it, kept beside
    Raises Unknown, MergedInCircle, AlreadyMerged, CaseClosed, OtherGroup, GroupOnly, DemoAndReal,
    UnitsOut, ChangedMeanwhile.
    """
    if incident_id == into_id:
        raise MergedInCircle(f"Kejadian #{incident_id} tidak dapat digabung ke dirinya sendiri.")
    # Assignments before incidents, and incidents by rising id: two never wait crosswise.
    found = orders.open_of(session, incident_id)
    held = _hold(session, incident_id, into_id)
    if (done := _done_before(session, incident_id, key)) is not None:
        return done
    case, into = held[incident_id], held[into_id]
    _check(session, case, into)
    _check_units(session, incident_id, found)
    cases.next_version(session, incident_id, version)
    cases.next_version(session, into_id, into_version)
    orders.release_all(session, incident_id, found, now)  # proposals only: nobody is out
    merge_id = _keep(session, case, into_id, now, key, reasons)
    tickets.merge_with_case(session, incident_id, into_id, now)
    _set(session, incident_id, state=IncidentState.CLOSED, outcome=MERGED, merged_into=into_id,
         closed_at=max(now, case.opened_at))  # fmt: skip
    _tell(session, "incident.merged", case, into_id, merge_id)
    _tell(session, "incident.took_in", into, incident_id, merge_id)
    return Merged(merge_id, incident_id, into_id)


def undo(session: Session, merge_id: int, version: int, now: datetime) -> Merged:
    """Part two cases again: the one that was merged stands as it stood before.

    version  of the case that was merged
    Raises Unknown, NothingToUndo, GroupOnly, ChangedMeanwhile.
    """
    row = session.get(Merge, merge_id)
    if row is None:
        raise Unknown(f"merge {merge_id}")
    held = _hold(session, row.from_id, row.into_id)
    session.refresh(row)
    case = held[row.from_id]
    check_group(session, case.restricted_group)
    if row.undone_at is not None:
        raise NothingToUndo(f"Gabungan #{row.from_id} ke #{row.into_id} sudah dipisah.")
    cases.next_version(session, row.from_id, version)
    _set(session, row.into_id, version=Incident.version + 1)
    _set(session, row.from_id, merged_into=None, **_was(row))
    tickets.part_with_case(session, row, now)
    row.undone_at, row.undone_by = now, scope_of(session).name
    session.flush()
    _tell(session, "incident.parted", case, row.into_id, merge_id)
    _tell(session, "incident.gave_back", held[row.into_id], row.from_id, merge_id)
    return Merged(merge_id, row.from_id, row.into_id)


# Also what was merged into what was merged; UNION ends where a trail meets itself.
FAMILY_SQL = (
    "WITH RECURSIVE family (id) AS ("
    " SELECT CAST(:incident_id AS bigint)"
    " UNION SELECT i.id FROM incident AS i JOIN family ON i.merged_into = family.id)"
    " SELECT id FROM family"
)


def family(session: Session, incident_id: int) -> list[int]:
    """The case and all that was merged into it, near or far, as far as one may see them."""
    return sorted(session.scalars(text(FAMILY_SQL), {"incident_id": incident_id}))


def standing(session: Session, incident_id: int) -> list[Standing]:
    """What was merged into a case and stands so, the latest first."""
    reports = select(func.count()).where(Call.incident_id == Merge.from_id).scalar_subquery()
    rows = session.execute(
        select(Merge, Incident.category_code, Incident.version, reports)
        .join(Incident, Incident.id == Merge.from_id)
        .where(Merge.into_id == incident_id, Merge.undone_at.is_(None))
        .order_by(Merge.id.desc())
    )
    return [
        Standing(m.id, m.from_id, category, m.at, m.by_name, count, version)
        for m, category, version, count in rows
    ]


def merged_into(session: Session, incident_id: int) -> Merged | None:
    """How a case was merged; None: it was not."""
    row = session.scalar(
        select(Merge).where(Merge.from_id == incident_id, Merge.undone_at.is_(None))
    )
    return None if row is None else Merged(row.id, row.from_id, row.into_id)


def lacking(session: Session, incident_id: int, into_id: int) -> list[int]:
    """Agencies that owe something to the case, and nothing to the other: to be added there by hand.

    Their tickets rest with the merged case; adding them in silence would be more than was asked.
    """
    owed = {
        number: set(
            session.scalars(
                select(Ticket.agency_id).where(
                    Ticket.incident_id == number, Ticket.state.not_in([*_NOT_OWED])
                )
            )
        )
        for number in (incident_id, into_id)
    }
    return sorted(owed[incident_id] - owed[into_id])


def _hold(session: Session, *ids: int) -> dict[int, AnyRow]:
    """The cases, locked. Raises Unknown."""
    rows = session.execute(
        select(
            Incident.id, Incident.state, Incident.outcome, Incident.closed_at, Incident.opened_at,
            Incident.merged_into, Incident.restricted_group, Incident.demo,
        )
        .where(Incident.id.in_(ids))
        .order_by(Incident.id)
        .with_for_update(key_share=True)
    ).all()  # fmt: skip
    held = {row.id: row for row in rows}
    for number in ids:
        if number not in held:
            raise Unknown(f"incident {number}")
    return held


def _done_before(session: Session, incident_id: int, key: str) -> Merged | None:
    if not key:
        return None
    mine = Merge.by_user.is_not_distinct_from(scope_of(session).user_id)
    query = select(Merge).where(Merge.from_id == incident_id, Merge.why["key"].astext == key, mine)
    row = session.scalar(query)
    return None if row is None else Merged(row.id, row.from_id, row.into_id)


def _check(session: Session, case: AnyRow, into: AnyRow) -> None:
    """Raises what speaks against it, in words for the operator."""
    if case.restricted_group != into.restricted_group:
        raise OtherGroup(f"#{case.id} dan #{into.id} bukan untuk kelompok yang sama.")
    check_group(session, case.restricted_group)
    if case.demo != into.demo:
        raise DemoAndReal(f"Satu dari #{case.id} dan #{into.id} hanya latihan.")
    if case.merged_into is not None:
        raise AlreadyMerged(f"#{case.id} sudah digabung ke #{case.merged_into}.")
    if into.merged_into is not None:
        if into.id in family(session, case.id):
            raise MergedInCircle(f"#{into.id} sudah digabung ke #{case.id}: pisahkan dulu.")
        raise AlreadyMerged(f"#{into.id} sudah digabung ke #{into.merged_into}: pilih yang itu.")
    for row in (case, into):
        if row.state == IncidentState.CLOSED:
            raise CaseClosed(f"Kejadian #{row.id} sudah ditutup.")


def _check_units(session: Session, incident_id: int, found: Sequence[AnyRow]) -> None:
    out = [row.unit_id for row in found if row.state != AssignmentState.PROPOSED]
    if out:
        signs = session.scalars(
            select(Unit.call_sign).where(Unit.id.in_(out)).order_by(Unit.call_sign)
        )
        raise UnitsOut(
            f"Masih ada unit untuk #{incident_id}: {', '.join(signs)}."
            " Selesaikan atau alihkan dulu, atau gabungkan sebaliknya."
        )


def _keep(
    session: Session,
    case: AnyRow,
    into_id: int,
    now: datetime,
    key: str,
    reasons: Sequence[Reason],
) -> int:
    """Id of the row that says what was merged, and how all stood before."""
    scope = scope_of(session)
    why = [{"code": r.code, "text": r.text, "weight": r.weight} for r in reasons]
    was = {
        "incident": {
            "state": str(case.state),
            "outcome": case.outcome,
            "closed_at": case.closed_at.isoformat() if case.closed_at else None,
        },
        "tickets": _tickets(session, case.id),
    }
    values = {
        "from_id": case.id, "into_id": into_id, "at": now, "by_user": scope.user_id,
        "by_name": scope.name, "why": {"key": key, "reasons": why}, "was": was,
    }  # fmt: skip
    return session.execute(insert(Merge).values(**values).returning(Merge.id)).scalar_one()


def _tickets(session: Session, incident_id: int) -> list[dict[str, Any]]:
    """The rows of its tickets as JSON."""
    rows = session.execute(
        select(Ticket.__table__).where(Ticket.incident_id == incident_id).order_by(Ticket.id)
    ).mappings()
    kept: list[dict[str, Any]] = orjson.loads(orjson.dumps([dict(row) for row in rows]))
    return kept


def _was(row: Merge) -> dict[str, Any]:
    """The columns that the case had."""
    was = row.was["incident"]
    closed_at = datetime.fromisoformat(was["closed_at"]) if was["closed_at"] else None
    return {"state": IncidentState(was["state"]), "outcome": was["outcome"], "closed_at": closed_at}


def _set(session: Session, incident_id: int, **values: Any) -> None:
    session.execute(update(Incident).where(Incident.id == incident_id).values(**values))


def _tell(session: Session, kind: str, case: AnyRow, other: int, merge_id: int) -> None:
    log.record(session, kind, incident_id=case.id, demo=case.demo, other=other, merge=merge_id)
