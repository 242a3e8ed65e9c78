"""Use cases: claim a ticket so that two do not work on one, take it over, let it go."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.errors import IllegalMove
from dispatch.rules.ticketing import OVER
from dispatch.scope import check_group, scope_of
from dispatch.tickets import moving, rows
from dispatch.tickets.facts import HeldByAnother, Moved
from dispatch.tickets.moving import NOBODY
from dispatch.tickets.rows import Held


def claim(
    session: Session, ticket_id: int, version: int, now: datetime, *, take_over: bool = False
) -> Moved:
    """Work on it: nobody else moves it before it is let go, taken over, or another side's turn.

    Who has it already may claim it again, whatever the version.
    Raises Unknown, ChangedMeanwhile, HeldByAnother without take_over, IllegalMove when it is over.
    """
    held = rows.hold(session, ticket_id)
    row, scope = held.row, scope_of(session)
    check_group(session, row.restricted_group)
    if row.holder_id is not None and row.holder_id == scope.user_id:
        return _moved(held, row.version)
    if row.holder_id is not None and not take_over:
        raise HeldByAnother(row.holder or "", row.held_at)
    rows.check_version(held, version)
    if row.state in OVER or scope.user_id is None:
        raise IllegalMove(f"a ticket that is {row.state} is not worked on")
    mine = {"holder_id": scope.user_id, "holder": scope.name, "held_at": now}
    rows.set_row(session, row, mine)
    moving.tell(session, held, "ticket.claimed", state=row.state.value)
    return _moved(held, row.version + 1)


def release(session: Session, ticket_id: int, version: int) -> Moved:
    """Let it go. Whom nobody holds, stays so. Raises Unknown, ChangedMeanwhile, HeldByAnother."""
    held = rows.hold(session, ticket_id)
    if held.row.holder_id is None:
        return _moved(held, held.row.version)
    moving.check_free(session, held)
    rows.check_version(held, version)
    rows.set_row(session, held.row, NOBODY)
    moving.tell(session, held, "ticket.released", state=held.row.state.value)
    return _moved(held, held.row.version + 1)


def _moved(held: Held, version: int) -> Moved:
    return Moved(held.row.id, held.row.incident_id, version, held.row.state)
