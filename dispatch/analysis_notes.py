"""Notes that planners put on the map of an analysis, for a meeting to talk about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import DispatchError, Unknown
from dispatch.schema.analysis import AnalysisNote
from dispatch.scope import scope_of
from geo.point import Point

MOST_NOTES = 200  # of one meeting: more than anybody can talk about
LONGEST_WORDS = 500
LONGEST_MEETING = 80


class TooManyNotes(DispatchError):
    """The meeting has as many notes as fit on a map: take away what is settled."""


class BadNote(DispatchError):
    """A note that cannot be kept: `field` says which part of it."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Note:
    """A note as it is read."""

    id: int
    meeting: str
    point: Point
    words: str
    author: str
    made_at: datetime
    user_id: int


def read(session: Session, meeting: str) -> list[Note]:
    """The notes of a meeting, the oldest first; "" are those of no meeting."""
    rows = session.scalars(select(AnalysisNote).where(*_of(meeting)).order_by(AnalysisNote.id))
    return [_note(row) for row in rows]


def meetings(session: Session) -> Sequence[str]:
    """Names of meetings that have notes, the newest first, at most 50."""
    return session.scalars(
        select(_MEETING)
        .where(AnalysisNote.deleted_at.is_(None), _MEETING != "")
        .group_by(_MEETING)
        .order_by(func.max(AnalysisNote.id).desc())
        .limit(50)
    ).all()


def add(session: Session, meeting: str, point: Point, words: str, now: datetime) -> Note:
    """Put a note on the map in the name of who asks. Raises BadNote, TooManyNotes."""
    meeting, words = " ".join(meeting.split()), words.strip()
    _check(meeting, words)
    have = session.scalar(select(func.count()).select_from(AnalysisNote).where(*_of(meeting)))
    if (have or 0) >= MOST_NOTES:
        raise TooManyNotes
    scope = scope_of(session)
    row = AnalysisNote(
        ask={"rapat": meeting},
        point=point,
        text=words,
        by_user=scope.user_id,
        by_name=scope.name,
        at=now,
    )
    session.add(row)
    session.flush()
    log.record(session, "analysis.noted", note=row.id)
    return _note(row)


def remove(session: Session, note_id: int, now: datetime) -> None:
    """Take back an own note. Raises Unknown: it is not there, or somebody else's."""
    gone = session.execute(
        update(AnalysisNote)
        .where(
            AnalysisNote.id == note_id,
            AnalysisNote.by_user == scope_of(session).user_id,
            AnalysisNote.deleted_at.is_(None),
        )
        .values(deleted_at=now)
        .returning(AnalysisNote.id)
    )
    if gone.one_or_none() is None:
        raise Unknown(f"note {note_id}")
    log.record(session, "analysis.note_removed", note=note_id)


# A note belongs to a meeting, not to one question: it stays while the method changes.
_MEETING = AnalysisNote.ask["rapat"].astext


def _of(meeting: str) -> tuple[ColumnElement[bool], ...]:
    return AnalysisNote.deleted_at.is_(None), meeting == _MEETING


def _check(meeting: str, words: str) -> None:
    if not 1 <= len(words) <= LONGEST_WORDS:
        raise BadNote("words", f"words: give 1 to {LONGEST_WORDS} letters")
    if len(meeting) > LONGEST_MEETING:
        raise BadNote("meeting", f"meeting: give at most {LONGEST_MEETING} letters")


def _note(row: AnalysisNote) -> Note:
    return Note(
        row.id, row.ask.get("rapat", ""), row.point, row.text, row.by_name, row.at, row.by_user
    )
