"""Photos from the field: added once by their key, and listed for who sees the case."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from psycopg2.errorcodes import UNIQUE_VIOLATION
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import BadImage, Unknown
from dispatch.pictures import Picture
from dispatch.rows import AnyRow, AnySelect
from dispatch.schema import Assignment, Incident, Photo
from dispatch.scope import scope_of

MOST_OF_A_CASE = 200
LONGEST_KEY = 200
LATE = timedelta(days=1)  # also in the policy of the table


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a picture."""

    id: int | None  # None: it is there, but the case is over and no longer for the crew to see
    again: bool  # the key had come before


def add(
    session: Session,
    assignment_id: int,
    picture: Picture,
    key: str,
    claimed_at: datetime | None,
    now: datetime,
) -> Added:
    """Keep the picture with the case of the assignment. The same key again adds nothing.

    A crew may add to its own assignment, and for a day after it is over: out of a dead spot.
    Raises Unknown.
    """
    sent = _assignment(session, assignment_id)
    if sent.released_at and sent.released_at < now - LATE and scope_of(session).unit_id:
        raise Unknown(f"assignment {assignment_id}")
    photo_id = session.execute(text("SELECT nextval('photo_id_seq')")).scalar_one()
    values = {
        "id": photo_id,
        "incident_id": sent.incident_id,
        "assignment_id": sent.id,
        "unit_id": sent.unit_id,
        "restricted_group": sent.restricted_group,
        "key": key,
        "at": now,
        "claimed_at": claimed_at,
        "by_user": scope_of(session).user_id,
        "by_name": scope_of(session).name,
        "width": picture.width,
        "height": picture.height,
        "image": picture.image,
        "demo": sent.demo,
    }
    try:
        with session.begin_nested():
            # inline: no RETURNING, for a crew whose task is over may add, but see nothing more.
            session.execute(insert(Photo).inline().values(**values))
    except IntegrityError as broken:
        if getattr(broken.orig, "pgcode", None) != UNIQUE_VIOLATION:
            raise  # it is not there: to say so would make the phone forget it
        return Added(_id_of_key(session, sent.incident_id, key), again=True)
    log.record(
        session,
        "photo.added",
        incident_id=sent.incident_id,
        unit_id=sent.unit_id,
        demo=sent.demo,
        photo=photo_id,
    )
    return Added(photo_id, again=False)


def known(session: Session, assignment_id: int, key: str) -> int | None:
    """The photo that came under the key before, if it may be seen: nothing need be read again.

    Raises Unknown, BadImage when the case has MOST_OF_A_CASE already.
    """
    sent = _assignment(session, assignment_id)
    found = _id_of_key(session, sent.incident_id, key)
    if found is None and _how_many(session, sent.incident_id) >= MOST_OF_A_CASE:
        raise BadImage(f"the case has {MOST_OF_A_CASE} photos already")
    return found


def of_incident(session: Session, incident_id: int) -> Sequence[AnyRow]:
    """The photos of a case without their pictures, oldest first. Raises Unknown.

    The look at a sensitive case is logged.
    """
    if session.scalar(select(Incident.id).where(Incident.id == incident_id)) is None:
        raise Unknown(f"incident {incident_id}")
    query = _photos().where(Photo.incident_id == incident_id).order_by(Photo.at, Photo.id)
    rows = session.execute(query).all()
    if any(row.restricted_group for row in rows):
        log.record(session, "case.read", incident_id=incident_id)
    return rows


def find(session: Session, photo_id: int) -> AnyRow | None:
    """One photo without its picture; None: none, or none to see."""
    return session.execute(_photos().where(Photo.id == photo_id)).one_or_none()


def image_of(session: Session, photo_id: int) -> tuple[bytes, bool]:
    """The JPEG, and whether the case is a sensitive one. Raises Unknown: none, or none to see."""
    found = select(Photo.image, Photo.restricted_group).where(Photo.id == photo_id)
    row = session.execute(found).one_or_none()
    if row is None:
        raise Unknown(f"photo {photo_id}")
    return bytes(row.image), row.restricted_group is not None


def _assignment(session: Session, assignment_id: int) -> AnyRow:
    """Raises Unknown: none, or none to see."""
    row = session.execute(
        select(
            Assignment.id,
            Assignment.incident_id,
            Assignment.unit_id,
            Assignment.restricted_group,
            Assignment.demo,
            Assignment.released_at,
        ).where(Assignment.id == assignment_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"assignment {assignment_id}")
    return row


def _how_many(session: Session, incident_id: int) -> int:
    """Photos of the case, as far as they may be seen."""
    counted = select(func.count()).where(Photo.incident_id == incident_id)
    return session.scalar(counted) or 0


def _id_of_key(session: Session, incident_id: int, key: str) -> int | None:
    return session.scalar(
        select(Photo.id).where(Photo.incident_id == incident_id, Photo.key == key)
    )


def _photos() -> AnySelect:
    return select(
        Photo.id,
        Photo.incident_id,
        Photo.at,
        Photo.claimed_at,
        Photo.by_name,
        Photo.width,
        Photo.height,
        Photo.restricted_group,
    )
