"""Use cases that move nothing: more time for a ticket, and its agency's first word."""

from datetime import datetime

from sqlalchemy.orm import Session

from dispatch.errors import IllegalMove
from dispatch.ground import Ground
from dispatch.rules.course import ANSWERED, EXTENDED
from dispatch.rules.ticketing import OVER
from dispatch.scope import check_group
from dispatch.tickets import moving, rows
from dispatch.tickets.facts import Moved, MoveLacks
from dispatch.tickets.rows import Held, NewStep


def extend(
    session: Session, ticket_id: int, reason: str, version: int, now: datetime, ground: Ground
) -> Moved:
    """Seven working days more for a request of information, once (UU 14/2008, article 22).

    Raises Unknown, ChangedMeanwhile, HeldByAnother, IllegalMove, MoveLacks.
    """
    held = rows.hold(session, ticket_id)
    rows.check_version(held, version)
    check_group(session, held.row.restricted_group)
    category = ground.catalogue.category(held.row.category_code)
    if not ground.regency.clocks.may_extend(held.row.kind, category.clock):
        raise IllegalMove("only a request of information can be given more time")
    if held.course.extended or held.course.state in OVER:
        raise IllegalMove("it was given more time already, or is over")
    moving.check_free(session, held)
    if not reason.strip():
        raise MoveLacks("reason", "say why more time is needed")
    return stay(session, held, EXTENDED, now, ground, note=reason.strip())


def answered(session: Session, ticket_id: int, now: datetime, ground: Ground) -> None:
    """Note the first word of the agency to the reporters, where there was none. Raises Unknown."""
    held = rows.hold(session, ticket_id)
    if held.course.answered_at is None and held.course.state not in OVER:
        stay(session, held, ANSWERED, now, ground)


def stay(
    session: Session,
    held: Held,
    reason: str,
    now: datetime,
    ground: Ground,
    note: str | None = None,
) -> Moved:
    """A step that moves nothing."""
    course = held.course
    step = NewStep(
        at=max(now, course.legs[-1].start),
        state=course.state,
        agency_id=course.agency_id,
        actor=moving.actor_of_session(session),
        reason=reason,
        note=note,
    )
    rows.write(session, held, step, ground)
    moving.tell(session, held, state=course.state.value, reason=reason)
    return Moved(held.row.id, held.row.incident_id, held.row.version + 1, course.state)
