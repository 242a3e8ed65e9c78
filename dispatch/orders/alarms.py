"""What time alone brings about: an order that nobody answers, a proposal that nobody takes up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.orders import rows
from dispatch.orders.sending import PROPOSAL_KEPT
from dispatch.rows import AnyRow
from dispatch.rules.workflow import AssignmentState, Reason
from dispatch.schema import Assignment

SILENT, LAPSED = "order.silent", "proposal.lapsed"  # kinds of log rows
MOST = 200  # at once; the next second brings the rest


@dataclass(frozen=True, slots=True)
class Raised:
    """How much was due."""

    silent: int
    lapsed: int


def raise_due(session: Session, now: datetime) -> Raised:
    """Alarm once for each order whose time ran out, and drop proposals that grew old.

    Several may ask at once: what one holds, the others leave alone.
    """
    return Raised(_alarm(session, now), _lapse(session, now))


def _alarm(session: Session, now: datetime) -> int:
    """The alarm is no move: the version stays, or it would spoil the answer that is coming in."""
    late = _due(
        session,
        Assignment.state == AssignmentState.SENT,
        Assignment.alarmed_at.is_(None),
        Assignment.ack_due_at <= now,
    )
    if late:
        ids = [row.id for row in late]
        session.execute(update(Assignment).where(Assignment.id.in_(ids)).values(alarmed_at=now))
    for row in late:
        rows.tell(session, SILENT, row)
    return len(late)


def _lapse(session: Session, now: datetime) -> int:
    old = _due(
        session,
        Assignment.state == AssignmentState.PROPOSED,
        Assignment.sent_at < now - PROPOSAL_KEPT,
    )
    for row in old:
        at = max(now, row.state_since)
        over = AssignmentState.CANCELLED
        rows.move(session, row, over, at, reason=Reason.EXPIRED.value)
        # Of no unit: a proposal holds none, and a crew is not to know of it.
        log.record(
            session,
            LAPSED,
            incident_id=row.incident_id,
            demo=row.demo,
            assignment=row.id,
            state=over.value,
        )
    return len(old)


def _due(session: Session, *conditions: object) -> Sequence[AnyRow]:
    query = rows.ASSIGNMENTS.where(*conditions).order_by(Assignment.id).limit(MOST)  # type: ignore[arg-type]
    return session.execute(query.with_for_update(skip_locked=True, key_share=True)).all()
