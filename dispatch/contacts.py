"""A caller's number, for whom it is needed, with every look in the log."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import ReasonMissing, Unknown
from dispatch.rows import AnyRow
from dispatch.schema import Call, CallContact
from dispatch.scope import reveal

SHORTEST_REASON = 10


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach a caller; None where it was not said."""

    phone: str | None
    name: str | None


def contact_of(session: Session, call_id: int, reason: str | None) -> Contact:
    """The caller's number and name.

    Who needs it now (operator and dispatcher while the case is open, the unit on its
    way) gets it at once; others of the case must give a reason. Both are logged.
    Raises Unknown when the call is not theirs to see, ReasonMissing when a reason is due.
    """
    call = _call(session, call_id)
    contact = _read(session, call_id)
    if contact is None and _given(call_id, session, reason):
        contact = _read(session, call_id)
    log.record(
        session,
        "contact.read",
        incident_id=call.incident_id,
        call_id=call_id,
        demo=call.demo,
        reason=(reason or "")[:500],
    )
    return contact or Contact(None, None)


def code_given(session: Session, call_id: int) -> None:
    """Log that somebody looks at the code of a report, which opens it. Raises Unknown."""
    call = _call(session, call_id)
    log.record(
        session,
        "contact.read",
        incident_id=call.incident_id,
        call_id=call_id,
        demo=call.demo,
        what="kode",
    )


def _call(session: Session, call_id: int) -> AnyRow:
    """Raises Unknown: none, or none to see."""
    call = session.execute(
        select(Call.id, Call.incident_id, Call.demo).where(Call.id == call_id)
    ).one_or_none()
    if call is None:
        raise Unknown(f"call {call_id}")
    return call


def _given(call_id: int, session: Session, reason: str | None) -> bool:
    """Open the row for a reason. Raises ReasonMissing when it is none."""
    if len((reason or "").strip()) < SHORTEST_REASON:
        raise ReasonMissing
    reveal(session, call_id)
    return True


def _read(session: Session, call_id: int) -> Contact | None:
    row = session.execute(
        select(CallContact.phone, CallContact.name).where(CallContact.call_id == call_id)
    ).one_or_none()
    return Contact(row.phone, row.name) if row else None
