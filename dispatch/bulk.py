"""Many tickets in one request: each is moved or claimed by itself, with a result of its own."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch.errors import DispatchError, Unknown
from dispatch.schema import Ticket
from dispatch.tickets import Moved

MOST = 200

Act = Callable[[Session, int, int], Moved]  # session, id of the ticket, its version


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one of them."""

    ticket_id: int
    moved: Moved | None
    error: DispatchError | IntegrityError | None = None


class TooMany(DispatchError):
    """At most 200 tickets at a time."""


def carry_out(session: Session, ids: Sequence[int], act: Act) -> list[Result]:
    """The act on each ticket, in a savepoint of its own; results in the order that was asked.

    What cannot be done to one leaves the others as they are. Raises TooMany.
    """
    wanted = list(dict.fromkeys(ids))
    if len(wanted) > MOST:
        raise TooMany(f"{len(wanted)} tickets; give at most {MOST} at a time")
    rows = session.execute(
        select(Ticket.id, Ticket.incident_id, Ticket.version).where(Ticket.id.in_(wanted))
    ).all()
    # Locks are held to the end: in one order by all, so that two such requests never wait for
    # each other in a circle (dispatch.tickets.rows).
    in_order = sorted(rows, key=lambda row: (row.incident_id, row.id))
    done = {row.id: _one(session, row.id, row.version, act) for row in in_order}
    return [done.get(n) or Result(n, None, Unknown(f"ticket {n}")) for n in wanted]


def _one(session: Session, ticket_id: int, version: int, act: Act) -> Result:
    try:
        with session.begin_nested():
            return Result(ticket_id, act(session, ticket_id, version))
    except (DispatchError, IntegrityError) as error:
        return Result(ticket_id, None, error)
