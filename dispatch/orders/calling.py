"""A crew asks for help, and the control room says that it has heard."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from dispatch.errors import IllegalMove, KeyReused
from dispatch.orders import rows
from dispatch.orders.rows import Sent
from dispatch.rules.workflow import HOLDING, Help
from dispatch.schema import Assignment


def help(
    session: Session, assignment_id: int, kind: Help, now: datetime, *, key: str | None = None
) -> Sent:
    """Raise the crew's alarm. Told twice under one key, it is raised once.

    Raises IllegalMove when the assignment is over, KeyReused, Unknown.
    """
    row = rows.lock_assignment(session, assignment_id)
    note = f"bantuan:{kind.value}"
    if key is not None and (kept := rows.step_with_key(session, row.id, key)) is not None:
        if kept.note != note:
            raise KeyReused(f"key of {kept.note or kept.state}, now sent with {kind}")
        return Sent(row.id, row.incident_id, row.unit_id, replay=True)
    if row.state not in HOLDING:
        raise IllegalMove(f"{row.state}: the assignment is over; call by radio")
    at = max(now, row.state_since)
    rows.note_step(session, row, row.state, at, key=key, note=note)
    session.execute(
        update(Assignment)
        .where(Assignment.id == row.id)
        .values(help_at=at, help_kind=kind.value, help_seen_at=None)
    )
    rows.tell(session, "unit.help", row, help=kind.value)
    return Sent(row.id, row.incident_id, row.unit_id)


def help_seen(session: Session, assignment_id: int, now: datetime) -> Sent:
    """The alarm was heard; a second time changes nothing. Raises IllegalMove, Unknown."""
    row = rows.lock_assignment(session, assignment_id)
    if row.help_at is None:
        raise IllegalMove("nobody asked for help")
    if row.help_seen_at is None:
        at = max(now, row.help_at)
        rows.note_step(session, row, row.state, at, note="bantuan_dilihat")
        session.execute(update(Assignment).where(Assignment.id == row.id).values(help_seen_at=at))
        rows.tell(session, "unit.help_seen", row)
    return Sent(row.id, row.incident_id, row.unit_id)
