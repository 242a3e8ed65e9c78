"""What the clocks say of a ticket: when it is due, and whether it was ended at the last minute."""

from datetime import datetime
from typing import Any

from dispatch.catalogue import CategoryFacts
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import ontime
from dispatch.rules.clocks import Dues
from dispatch.rules.course import Course
from dispatch.rules.ontime import Flag
from dispatch.rules.ticketing import TicketKind, TicketState

_KEPT = ("verify_due_at", "answer_due_at", "due_at")
_DONE = frozenset({TicketState.FOLLOWED_UP, TicketState.CLOSED})


def dues(ground: Ground | None, row: AnyRow, course: Course) -> dict[str, Any]:
    """The due columns of a ticket that took this course."""
    if ground is None:
        return {}
    found = ground.regency.clocks.dues(
        row.kind,
        ground.catalogue.category(row.category_code).clock,
        row.priority,
        course.legs,
        extended=course.extended,
        escalated=row.escalated,
    )
    values = as_columns(found)
    # A clock that stands has no moment: the last one known stays, for the figures of who was late.
    kept = {k: getattr(row, k) for k in _KEPT if values[k] is None and getattr(row, k) is not None}
    return values | kept


def at_opening(
    ground: Ground, category: CategoryFacts, priority: int, opened_at: datetime
) -> dict[str, Any]:
    """The due columns of a ticket that a call opens."""
    clocks = ground.regency.clocks
    return as_columns(clocks.at_opening(category.kind, category.clock, priority, opened_at))


def of_course(
    ground: Ground, category: CategoryFacts, priority: int, course: Course
) -> dict[str, Any]:
    """The due columns of a ticket that begins with that course."""
    clocks = ground.regency.clocks
    return as_columns(clocks.dues(category.kind, category.clock, priority, course.legs))


def as_columns(dues: Dues) -> dict[str, Any]:
    """Dues by the names of the columns."""
    return {
        "verify_due_at": dues.verify,
        "answer_due_at": dues.answer,
        "due_at": dues.done,
        "reply_due_at": dues.reply,
        "escalate_at": dues.escalate_at,
    }


def flags(ground: Ground | None, row: AnyRow, before: Course, step: Any) -> list[str]:
    """The flags of a ticket with that step: what was said to be done is judged anew."""
    found = [flag for flag in row.flags if flag not in _judged(before, step.state)]
    if step.state in _DONE and before.state is not TicketState.AWAITING_REPLY:
        if ground is not None and _at_the_last_minute(ground, row, before, step.at):
            found.append(Flag.LAST_MINUTE.value)
        if row.proofs == 0 and (row.proof_needed or row.kind == TicketKind.COMPLAINT):
            found.append(Flag.NO_PROOF.value)
    if step.state is TicketState.REOPENED and _soon(before, step.at) and Flag.REOPENED not in found:
        found.append(Flag.REOPENED.value)
    return found


def _judged(before: Course, wanted: TicketState) -> tuple[str, ...]:
    if wanted in _DONE and before.state is not TicketState.AWAITING_REPLY:
        return (Flag.LAST_MINUTE, Flag.NO_PROOF)
    return ()


def _at_the_last_minute(ground: Ground, row: AnyRow, before: Course, at: datetime) -> bool:
    share = ground.regency.clocks.share(
        row.kind,
        ground.catalogue.category(row.category_code).clock,
        row.priority,
        before.legs,
        at,
        extended=before.extended,
    )
    wall = ground.regency.clocks.is_wall(row.kind)
    return ontime.at_the_last_minute(at, row.due_at, share, wall=wall)


def _soon(before: Course, at: datetime) -> bool:
    return before.closed_at is not None and ontime.reopened_soon(before.closed_at, at)
