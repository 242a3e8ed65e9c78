"""What the clocks say of a ticket: when it is due, and whether it was ended at the last minute."""

from datetime import datetime, timedelta
from typing import Any

from dispatch.catalogue import CategoryFacts
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.clocks import Dues
from dispatch.rules.course import Course
from dispatch.rules.ticketing import TicketKind, TicketState

LAST_MINUTE, NO_PROOF, REOPENED = "menit_terakhir", "tanpa_bukti", "dibuka_kembali"
LAST_SHARE = 0.98  # of its time
LAST_TIME = timedelta(minutes=15)  # of what is reckoned in working days
SOON = timedelta(days=14)  # opened again within
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
            found.append(LAST_MINUTE)
        if row.proofs == 0 and (row.proof_needed or row.kind == TicketKind.COMPLAINT):
            found.append(NO_PROOF)
    if step.state is TicketState.REOPENED and _soon(before, step.at) and REOPENED not in found:
        found.append(REOPENED)
    return found


def _judged(before: Course, wanted: TicketState) -> tuple[str, ...]:
    if wanted in _DONE and before.state is not TicketState.AWAITING_REPLY:
        return (LAST_MINUTE, NO_PROOF)
    return ()


def _at_the_last_minute(ground: Ground, row: AnyRow, before: Course, at: datetime) -> bool:
    """In the last 2 % of its time, or in its last 15 minutes: and not late."""
    if row.due_at is None or at > row.due_at:
        return False
    if row.kind != TicketKind.EMERGENCY and row.due_at - at <= LAST_TIME:
        return True
    share = ground.regency.clocks.share(
        row.kind,
        ground.catalogue.category(row.category_code).clock,
        row.priority,
        before.legs,
        at,
        extended=before.extended,
    )
    return share is not None and share >= LAST_SHARE


def _soon(before: Course, at: datetime) -> bool:
    return before.closed_at is not None and at - before.closed_at <= SOON
