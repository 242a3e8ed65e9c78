"""What is known of a caller by the keyed hash of the number, and calls that may tell the same."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.rules import duplicates, masking
from dispatch.rules.workflow import CallClass
from dispatch.schema import Call
from geo.point import Point

NEAR_M = 1500.0
NEAR_AGE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class CallerHistory:
    """How often this number called before."""

    calls: int
    pranks: int
    last_at: datetime | None


def of_caller(session: Session, phone: str, phone_key: bytes) -> CallerHistory:
    """Earlier calls from the number. The look is logged; the number is not."""
    hashed = masking.hash_phone(masking.normalise_phone(phone), phone_key)
    pranks = func.count().filter(Call.call_class.in_([CallClass.PRANK, CallClass.GHOST]))
    row = session.execute(
        select(func.count(), pranks, func.max(Call.at)).where(Call.phone_hash == hashed)
    ).one()
    log.record(session, "caller.history", calls=row[0])
    return CallerHistory(row[0], row[1], row[2])


@dataclass(frozen=True, slots=True)
class LikelySame:
    """An open incident that a new call may tell of."""

    incident_id: int
    distance_m: float
    minutes: float
    score: float
    why: str


_NEAR = text(
    "SELECT id, category_code, opened_at,"
    "       ST_Distance(pin::geography, spot::geography) AS distance_m"
    "  FROM incident, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS spot"
    " WHERE state <> 'ditutup' AND opened_at > :since"
    "   AND ST_DWithin(pin::geography, spot::geography, :near_m)"
)


def likely_same(
    session: Session, pin: Point, category: str | None, now: datetime, most: int = 5
) -> list[LikelySame]:
    """Open incidents near in place and time, most likely first."""
    values = {"lon": pin.lon, "lat": pin.lat, "since": now - NEAR_AGE, "near_m": NEAR_M}
    found = []
    for row in session.execute(_NEAR, values):
        minutes = (now - row.opened_at).total_seconds() / 60
        likeness = duplicates.likeness(row.distance_m, minutes, category, row.category_code)
        if likeness.score > 0:
            found.append(LikelySame(row.id, row.distance_m, minutes, likeness.score, likeness.why))
    return sorted(found, key=lambda same: -same.score)[:most]
