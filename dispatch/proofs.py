"""Proof that work was done: photos that were checked, links to posts, and the room's look at them.

What the check finds forbids nothing: it is kept with the proof, and as flags of the ticket.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update
from sqlalchemy.orm import Session

from dispatch import log, proof_check
from dispatch.errors import BadImage, IllegalMove, Unknown
from dispatch.ground import Ground
from dispatch.pictures import Seal, SealedPhoto
from dispatch.rows import AnyRow, AnySelect
from dispatch.rules import post_links, proof
from dispatch.rules.ticketing import OVER, TicketState
from dispatch.schema import Proof, ProofBand, ProofSeal, Ticket, WorkLink
from dispatch.scope import check_group, scope_of

MOST_OF_A_TICKET = 60
LONGEST_KEY = 200
LONGEST_NOTE = 1000
# Past the policies: a contractor does not see what others brought, but counts with it.
_FINDINGS = text("SELECT kind, found, accepted FROM proof_findings(:ticket_id)")


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of a proof."""

    id: int
    again: bool  # the key had come before: nothing was added


@dataclass(frozen=True, slots=True)
class Looked:
    """How the ticket of a proof stands."""

    ticket_id: int
    state: TicketState
    version: int


def add_photo(
    session: Session,
    ticket_id: int,
    photo: SealedPhoto,
    note: str | None,
    key: str,
    now: datetime,
    ground: Ground,
    link_id: int | None = None,
) -> Brought:
    """Check the photo against the case and keep it, its seal apart. The same key adds nothing.

    photo     of pictures.sealed(), which is read with no session open
    link_id   of the contractor's link by which it came
    ground    as all use cases take it; nothing of it is needed yet
    Raises Unknown, GroupOnly, IllegalMove (the ticket is over), BadImage (MOST_OF_A_TICKET).
    """
    ticket = _hold(session, ticket_id)
    if (there := _id_of_key(session, ticket_id, key)) is not None:
        return Brought(there, again=True)
    _check_room_for_one(session, ticket)
    same = proof_check.same_as(session, ticket_id, photo.seal)
    checked = proof_check.checked(
        session, ticket.incident_id, photo.seal, now, used_before=bool(same)
    )
    values = {
        "kind": "foto",
        "width": photo.picture.width,
        "height": photo.picture.height,
        "image": photo.picture.image,
        "found": [code.value for code in checked.found],
        "far_m": checked.far_m,
        "same_as": sorted(number for number in same if number is not None),
        "link_id": link_id,
    }
    proof_id = _keep(session, ticket, note, key, now, values)
    _keep_seal(session, ticket, proof_id, photo.seal)
    _sum_up(session, ticket)
    _tell(session, ticket, "ticket.proof_added", proof_id)
    return Brought(proof_id, again=False)


def add_link(
    session: Session, ticket_id: int, url: str, note: str | None, key: str, now: datetime
) -> Brought:
    """Keep the address of the agency's post; nobody fetches it. The same key adds nothing.

    Raises Unknown, GroupOnly, IllegalMove, BadLink, BadImage (MOST_OF_A_TICKET).
    """
    kept = post_links.post_link(url)
    ticket = _hold(session, ticket_id)
    if (there := _id_of_key(session, ticket_id, key)) is not None:
        return Brought(there, again=True)
    _check_room_for_one(session, ticket)
    proof_id = _keep(session, ticket, note, key, now, {"kind": "tautan", "url": kept})
    _sum_up(session, ticket)
    _tell(session, ticket, "ticket.proof_added", proof_id)
    return Brought(proof_id, again=False)


def known(session: Session, ticket_id: int, key: str) -> AnyRow | None:
    """The proof that came under the key before: nothing need be read again. Raises Unknown."""
    if session.scalar(select(Ticket.id).where(Ticket.id == ticket_id)) is None:
        raise Unknown(f"ticket {ticket_id}")
    found = _id_of_key(session, ticket_id, key)
    return None if found is None else find(session, found)


def of_ticket(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    """The proofs of a ticket without their pictures, oldest first."""
    query = _proofs().where(Proof.ticket_id == ticket_id).order_by(Proof.at, Proof.id)
    return session.execute(query).all()


def find(session: Session, proof_id: int) -> AnyRow:
    """One proof without its picture. Raises Unknown: none, or none to see."""
    row = session.execute(_proofs().where(Proof.id == proof_id)).one_or_none()
    if row is None:
        raise Unknown(f"proof {proof_id}")
    return row


def image_of(session: Session, proof_id: int) -> bytes:
    """The JPEG; the look at one of a sensitive case is logged. Raises Unknown."""
    query = (
        select(Proof.image, Proof.incident_id, Ticket.restricted_group)
        .join(Ticket, Ticket.id == Proof.ticket_id)
        .where(Proof.id == proof_id, Proof.kind == "foto")
    )
    row = session.execute(query).one_or_none()
    if row is None or row.image is None:
        raise Unknown(f"proof {proof_id}")
    if row.restricted_group is not None:
        log.record(session, "case.read", incident_id=row.incident_id, proof=proof_id)
    return bytes(row.image)


def ticket_of(session: Session, proof_id: int) -> Looked:
    """How the ticket of a proof stands. Raises Unknown."""
    query = (
        select(Ticket.id, Ticket.state, Ticket.version)
        .join(Proof, Proof.ticket_id == Ticket.id)
        .where(Proof.id == proof_id)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        raise Unknown(f"proof {proof_id}")
    return Looked(row.id, row.state, row.version)


def look(session: Session, proof_id: int, *, accepted: bool) -> Looked:
    """The room says whether the proof shows it. What was rejected counts as proof no more.

    Raises Unknown, GroupOnly.
    """
    found = find(session, proof_id)
    ticket = _hold(session, found.ticket_id)
    session.execute(update(Proof).where(Proof.id == proof_id).values(accepted=accepted))
    _sum_up(session, ticket)
    kind = "ticket.proof_accepted" if accepted else "ticket.proof_rejected"
    _tell(session, ticket, kind, proof_id)
    return Looked(ticket.id, ticket.state, ticket.version)


def _hold(session: Session, ticket_id: int) -> AnyRow:
    """The ticket, locked until the end: its count and flags are written anew. Raises Unknown."""
    query = select(
        Ticket.id,
        Ticket.incident_id,
        Ticket.restricted_group,
        Ticket.state,
        Ticket.flags,
        Ticket.version,
        Ticket.demo,
    ).where(Ticket.id == ticket_id)
    row = session.execute(query.with_for_update(key_share=True)).one_or_none()
    if row is None:
        raise Unknown(f"ticket {ticket_id}")
    if scope_of(session).ticket_id is None:  # a contractor is there for this very ticket
        check_group(session, row.restricted_group)
    return row


def _check_room_for_one(session: Session, ticket: AnyRow) -> None:
    if ticket.state in OVER:
        raise IllegalMove(f"ticket {ticket.id} is over ({ticket.state}); open it again first")
    if len(_findings(session, ticket.id)) >= MOST_OF_A_TICKET:
        raise BadImage(f"the ticket has {MOST_OF_A_TICKET} proofs already")


def _keep(
    session: Session,
    ticket: AnyRow,
    note: str | None,
    key: str,
    now: datetime,
    values: dict[str, Any],
) -> int:
    scope = scope_of(session)
    common = {
        "id": session.execute(text("SELECT nextval('proof_id_seq')")).scalar_one(),
        "ticket_id": ticket.id,
        "incident_id": ticket.incident_id,
        "restricted_group": ticket.restricted_group,
        "at": now,
        "by_user": scope.user_id,
        "by_name": scope.name,
        "note": (note or "").strip() or None,
        "key": key,
        "demo": ticket.demo,
    }
    session.execute(insert(Proof).inline().values(**common, **values))
    return int(common["id"])


def _keep_seal(session: Session, ticket: AnyRow, proof_id: int, seal: Seal) -> None:
    looks = seal.looks
    session.execute(
        # inline: no RETURNING, for nobody reads it but same_photo().
        insert(ProofSeal)
        .inline()
        .values(
            proof_id=proof_id,
            ticket_id=ticket.id,
            sha256=seal.sha256,
            phash=0 if looks is None else proof.signed(looks.phash),
            taken_at=seal.taken_at,
            position=seal.position,
            demo=ticket.demo,
        )
    )
    met = [] if looks is None else proof.bands(looks.phash)
    bands = [{"band": band, "proof_id": proof_id} for band in (*met, proof.file_band(seal.sha256))]
    session.execute(insert(ProofBand).inline().values(bands))


def _sum_up(session: Session, ticket: AnyRow) -> None:
    """Write the ticket's count and flags anew. Its version stays: nobody's move is in the way."""
    rows = _findings(session, ticket.id)
    photos = [(row.found, row.accepted) for row in rows if row.kind == "foto"]
    values = {
        "proofs": sum(row.accepted is not False for row in rows),
        "flags": list(proof.flags(ticket.flags, photos)),
    }
    session.execute(update(Ticket).where(Ticket.id == ticket.id).values(**values))


def _findings(session: Session, ticket_id: int) -> Sequence[AnyRow]:
    return session.execute(_FINDINGS, {"ticket_id": ticket_id}).all()


def _tell(session: Session, ticket: AnyRow, kind: str, proof_id: int) -> None:
    log.record(
        session,
        kind,
        incident_id=ticket.incident_id,
        demo=ticket.demo,
        ticket=ticket.id,
        proof=proof_id,
    )


def _id_of_key(session: Session, ticket_id: int, key: str) -> int | None:
    return session.scalar(select(Proof.id).where(Proof.ticket_id == ticket_id, Proof.key == key))


def _proofs() -> AnySelect:
    return select(
        Proof.id,
        Proof.ticket_id,
        Proof.kind,
        Proof.at,
        Proof.by_name,
        Proof.note,
        Proof.url,
        Proof.width,
        Proof.height,
        Proof.found,
        Proof.far_m,
        Proof.same_as,
        Proof.accepted,
        WorkLink.name.label("company"),
    ).outerjoin(WorkLink, WorkLink.id == Proof.link_id)
