"""Use cases of a desk: stored filters, the hand-over between shifts, notices from colleagues."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import DispatchError, Unknown
from dispatch.schema import Handover, Notice, StoredFilter
from dispatch.scope import Role, scope_of

MOST_FILTERS, LONGEST_NAME, LONGEST_QUERY = 40, 80, 2000
LONGEST_HANDOVER, MOST_HANDOVERS, MOST_NOTICES = 5000, 30, 100
_HAS_SHIFTS = (Role.OPERATOR, Role.DISPATCHER, Role.AGENCY_OFFICER)


class BadDesk(DispatchError):
    """That cannot be kept like this: which field, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")


class TakenAlready(DispatchError):
    """Somebody else has taken that shift over."""

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at = by, at
        super().__init__(f"taken over by {by} at {at.isoformat()}")


class NoShift(DispatchError):
    """Only the room and the agencies hand shifts over."""


def filters(session: Session) -> Sequence[StoredFilter]:
    """The asker's own, by name."""
    return session.scalars(select(StoredFilter).order_by(StoredFilter.name)).all()


def keep_filter(session: Session, name: str, query: str) -> StoredFilter:
    """Keep a filter under a name; the same name again changes it. Raises BadDesk."""
    name, query = _line("name", name, LONGEST_NAME), query.strip().lstrip("?")
    if not 1 <= len(query) <= LONGEST_QUERY:
        raise BadDesk("query", f"give 1 to {LONGEST_QUERY} characters, as box=saya&late=1")
    had = {kept.name for kept in filters(session)}
    if name not in had and len(had) >= MOST_FILTERS:
        raise BadDesk("name", f"there are {MOST_FILTERS} already; delete one first")
    made = session.execute(
        postgresql.insert(StoredFilter)
        .values(user_id=scope_of(session).user_id, name=name, query=query)
        .on_conflict_do_update(index_elements=["user_id", "name"], set_={"query": query})
        .returning(StoredFilter.id)
    ).scalar_one()
    return session.scalars(
        select(StoredFilter)
        .where(StoredFilter.id == made)
        .execution_options(populate_existing=True)
    ).one()


def drop_filter(session: Session, filter_id: int) -> None:
    """Raises Unknown: none, or another's."""
    gone = delete(StoredFilter).where(StoredFilter.id == filter_id)
    if session.scalar(gone.returning(StoredFilter.id)) is None:
        raise Unknown(f"filter {filter_id}")


def hand_over(session: Session, words: str, figures: Mapping[str, int], now: datetime) -> Handover:
    """Leave words and figures, as they stand now, to the next shift of the own side.

    Raises NoShift for who has none, BadDesk for the words.
    """
    scope = scope_of(session)
    if scope.role not in _HAS_SHIFTS:
        raise NoShift
    words = words.replace("\x00", "").strip()
    if not 1 <= len(words) <= LONGEST_HANDOVER:
        raise BadDesk("text", f"give 1 to {LONGEST_HANDOVER} characters")
    made = Handover(
        agency_id=scope.agency_id,
        at=now,
        by_user=scope.user_id,
        by_name=scope.name,
        text=words,
        figures=dict(figures),
    )
    session.add(made)
    session.flush()
    log.record(session, "handover.left", handover=made.id)
    return made


def handovers(session: Session) -> Sequence[Handover]:
    """Of the own side, newest first."""
    newest = select(Handover).order_by(Handover.at.desc(), Handover.id.desc())
    return session.scalars(newest.limit(MOST_HANDOVERS)).all()


def waiting_handover(session: Session) -> Handover | None:
    """The newest one, if nobody has taken it yet: who logs in next is shown it."""
    newest = select(Handover).order_by(Handover.at.desc(), Handover.id.desc()).limit(1)
    found = session.scalars(newest).one_or_none()
    return found if found is not None and found.taken_at is None else None


def take_over(session: Session, handover_id: int, now: datetime) -> Handover:
    """Take a shift over; the same person again changes nothing. Raises Unknown, TakenAlready."""
    scope = scope_of(session)
    session.execute(
        update(Handover)
        .where(Handover.id == handover_id, Handover.taken_at.is_(None))
        .values(taken_at=now, taken_by=scope.name)
        .execution_options(synchronize_session=False)
    )
    asked = select(Handover).where(Handover.id == handover_id)
    found = session.scalars(asked.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise Unknown(f"handover {handover_id}")
    if found.taken_at is None or found.taken_by != scope.name:
        raise TakenAlready(found.taken_by or "", found.taken_at or now)
    if found.taken_at == now:
        log.record(session, "handover.taken", handover=found.id)
    return found


def notices(session: Session) -> tuple[int, Sequence[Notice]]:
    """How many the asker has not seen, and the newest of all."""
    unseen = select(func.count()).select_from(Notice).where(Notice.seen_at.is_(None))
    newest = select(Notice).order_by(Notice.id.desc()).limit(MOST_NOTICES)
    return session.scalar(unseen) or 0, session.scalars(newest).all()


def see_notices(session: Session, upto: int, now: datetime) -> None:
    """All up to that one were seen; what came since, was not."""
    session.execute(
        update(Notice)
        .where(Notice.id <= upto, Notice.seen_at.is_(None))
        .values(seen_at=now)
        .execution_options(synchronize_session=False)
    )


def _line(field: str, given: str, most: int) -> str:
    line: Any = " ".join(given.replace("\x00", "").split())
    if not 1 <= len(line) <= most:
        raise BadDesk(field, f"give 1 to {most} characters")
    return str(line)
