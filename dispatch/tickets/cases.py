"""Tickets that end, merge and part with their case, and one more agency for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from dispatch.errors import ChangedMeanwhile, IllegalMove
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import course as courses
from dispatch.rules.ticketing import OVER, Actor, TicketState, check_step
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Agency, Incident, Ticket
from dispatch.scope import check_group, scope_of
from dispatch.tickets import clocking, moving, rows
from dispatch.tickets.facts import AgencyHasTicket, Moved, ProofMissing
from dispatch.tickets.moving import NOBODY
from dispatch.tickets.rows import Held, NewStep

# Outcomes of a case for which nothing was done: its tickets are archived, and need no proof.
ARCHIVES = frozenset({"laporan_palsu", "tidak_ditemukan", "ganda", "bukan_wewenang"})
ADDED = "ditambah"  # reason of the first step of a ticket that the room added
_NEXT = text("SELECT nextval('ticket_id_seq')")


def end_with_case(
    session: Session, incident_id: int, outcome: str, now: datetime, ground: Ground | None = None
) -> None:
    """End all open tickets of a case that is being closed. Raises ProofMissing, Unknown."""
    wanted = TicketState.ARCHIVED if outcome in ARCHIVES else TicketState.CLOSED
    still = [held for held in _all(session, incident_id) if held.course.state not in OVER]
    if wanted is TicketState.CLOSED:
        _check_proven(session, still)
    for held in still:
        step = _by_house(held, wanted, now, reason=outcome)
        flags = clocking.flags(ground, held.row, held.course, step)
        rows.write(session, held, step, ground, flags=flags, **NOBODY)
        moving.tell(session, held, state=wanted.value)


def _check_proven(session: Session, still: Sequence[Held]) -> None:
    """Raises ProofMissing, naming all that lack it: one look shows what is left to do."""
    lacking = [held.row for held in still if not rows.is_proven(session, held)]
    if not lacking:
        return
    named = select(Agency.id, Agency.short).where(Agency.id.in_({r.agency_id for r in lacking}))
    short = {row.id: row.short for row in session.execute(named)}
    raise ProofMissing([(row.id, short[row.agency_id]) for row in lacking])


def merge_with_case(session: Session, incident_id: int, into_id: int, now: datetime) -> None:
    """Set the open tickets of a case aside that is merged into another; clocks and holder stay."""
    for held in _all(session, incident_id):
        if held.course.state not in OVER:
            step = _by_house(held, TicketState.MERGED, now, reason="digabung", into=into_id)
            rows.write(session, held, step, None)
            moving.tell(session, held, state=step.state.value)


def part_with_case(session: Session, merge_row: Any, now: datetime) -> None:
    """The tickets of a case that is parted again stand as they stood; only the version is new.

    merge_row  with `from_id`, the case that was merged
    """
    for held in _all(session, merge_row.from_id):
        if held.course.state is TicketState.MERGED and held.course.before is not None:
            step = _by_house(held, held.course.before, now, reason="dipisah")
            rows.write(session, held, step, None)
            moving.tell(session, held, state=step.state.value)


def add(
    session: Session,
    incident_id: int,
    agency_code: str,
    version: int,
    now: datetime,
    ground: Ground,
    *,
    note: str | None = None,
    key: str = "",
) -> Moved:
    """Give the case to one more agency, at once; the ticket has clocks of its own.

    version  of the incident
    Raises Unknown, ChangedMeanwhile, IllegalMove for a closed case, AgencyHasTicket, MoveLacks.
    """
    incident = rows.hold_incident(session, incident_id)
    check_group(session, incident.restricted_group)
    agency = moving.agency_of(ground, agency_code)
    if (told := _added_before(session, incident, agency.id, key)) is not None:
        return told
    if incident.version != version:
        raise ChangedMeanwhile(f"incident {incident_id} is at version {incident.version}")
    if incident.state == IncidentState.CLOSED:
        raise IllegalMove("the case is closed; open one of its tickets again")
    agencies = rows.agencies_of(session, incident_id)
    if agency.id in agencies:
        raise AgencyHasTicket
    ticket_id = _open_one(session, incident, agency.id, now, ground, note, key)
    changes = {"agency_ids": [*agencies, agency.id], "version": incident.version + 1}
    session.execute(update(Incident).where(Incident.id == incident_id).values(**changes))
    made = rows.hold(session, ticket_id)
    moving.tell(session, made, "ticket.added", state=made.row.state.value)
    return Moved(ticket_id, incident_id, 1, made.row.state)


def _added_before(session: Session, incident: AnyRow, agency_id: int, key: str) -> Moved | None:
    for held in rows.hold_all(session, incident) if key else ():
        if held.row.agency_id == agency_id and held.steps[0].facts.get("key") == key:
            row = held.row
            return Moved(row.id, incident.id, row.version, row.state, replay=True)
    return None


def _open_one(
    session: Session,
    incident: AnyRow,
    agency_id: int,
    now: datetime,
    ground: Ground,
    note: str | None,
    key: str,
) -> int:
    """Id of a new ticket with its first step."""
    category = ground.catalogue.category(incident.category_code)
    step = NewStep(
        at=max(now, incident.opened_at),
        state=TicketState.REFERRED,
        agency_id=agency_id,
        actor=Actor.ROOM,
        reason=ADDED,
        note=(note or "").strip() or None,
        facts={"key": key} if key else {},
    )
    course = courses.opened(step)
    fresh: dict[str, Any] = {
        "id": session.execute(_NEXT).scalar_one(),
        "incident_id": incident.id,
        "kind": category.kind,
        "rule": "Ditambahkan oleh ruang kendali.",
        "decided": {"rule": ADDED, "by": scope_of(session).user_id},
        "restricted_group": incident.restricted_group,
        "category_code": incident.category_code,
        "priority": incident.priority,
        "village_code": incident.village_code,
        "district_code": incident.district_code,
        "proof_needed": category.proof,
        "demo": incident.demo,
    }
    dues = clocking.of_course(ground, category, incident.priority, course)
    session.execute(insert(Ticket).inline().values(**fresh, **course.columns(), **dues))
    rows.keep_step(session, fresh["id"], incident.id, step, demo=incident.demo)
    return int(fresh["id"])


def _all(session: Session, incident_id: int) -> list[Held]:
    return rows.hold_all(session, rows.hold_incident(session, incident_id))


def _by_house(held: Held, wanted: TicketState, now: datetime, reason: str, **facts: Any) -> NewStep:
    """A step that follows from what became of the case. Raises IllegalMove."""
    check_step(held.course.state, wanted, Actor.HOUSE)
    return NewStep(
        at=max(now, held.course.legs[-1].start),
        state=wanted,
        agency_id=held.row.agency_id,
        actor=Actor.HOUSE,
        reason=reason,
        facts=facts,
    )
