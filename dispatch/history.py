"""What is known of a caller by the keyed hash of the number, and reports that may tell the same."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import Unknown
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import duplicates, masking
from dispatch.rules.doubt import HAND_RADIUS_M
from dispatch.rules.duplicates import Kinds, Reason, Sharper, Told
from dispatch.rules.workflow import CallClass
from dispatch.schema import Call
from geo.point import Point

NEAR_M = 3000.0  # beyond, no pin is that wrong
_LONGEST = timedelta(days=90)
_WINDOW = 3.0  # so many usual times back; later the time alone speaks against it
_MOST = 300  # compared at a time, those nearest in time first


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
    """An open case that tells of the same event, as likely as `score` says."""

    incident_id: int
    distance_m: float | None  # None: one of the two has no pin
    minutes: float  # between the two
    score: float  # 0 to 1
    why: str
    reasons: tuple[Reason, ...]
    sharper: Sharper | None = None  # where both together put the event


_COLUMNS = (
    "SELECT id, category_code, opened_at, village_code, restricted_group, state,"
    "       ST_X(pin) AS lon, ST_Y(pin) AS lat, pinned_by,"
    "       (location ->> 'radius_m')::float8 AS radius_m,"
    "       (location ->> 'confidence')::float8 AS confidence FROM incident"
)
_ONE = text(_COLUMNS + " WHERE id = :id")
# Usage: ix_incident_pin_geography; without a pin the village and the callers must do.
_NEAR = text(
    _COLUMNS + " WHERE state <> 'ditutup' AND opened_at BETWEEN :first AND :last"
    "   AND id <> :besides AND (ST_DWithin("
    "         pin::geography, ST_SetSRID(ST_MakePoint(CAST(:lon AS float8),"
    "           CAST(:lat AS float8)), 4326)::geography, :near_m)"
    "     OR (village_code = :village AND (pin IS NULL OR CAST(:lon AS float8) IS NULL))"
    "     OR id = ANY (CAST(:also AS bigint[])))"
    " ORDER BY abs(extract(epoch FROM opened_at - :at)) LIMIT :most"
)
_CALLS = text(
    "SELECT incident_id, said_what, phone_hash FROM call WHERE incident_id = ANY (:ids) ORDER BY id"
)
_OF_CALLERS = text(
    "SELECT DISTINCT incident_id FROM call"
    " WHERE phone_hash = ANY (:hashes) AND at >= :first AND incident_id IS NOT NULL"
)


def likely_same(
    session: Session,
    pin: Point,
    category: str | None,
    now: datetime,
    ground: Ground,
    most: int = 5,
) -> list[LikelySame]:
    """Open cases near by that a new call may tell of again, most likely first."""
    new = Told(at=now, category=category, pin=pin, radius_m=None)
    return _ranked(session, new, ground, most, besides=0)


def same_as(session: Session, incident_id: int, ground: Ground, most: int = 5) -> list[LikelySame]:
    """Open cases that may be the same event as that one. Raises Unknown.

    A sensitive case is compared only with cases of its own group, and an open one with open ones.
    """
    row = session.execute(_ONE, {"id": incident_id}).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    new = _told(session, [row])[incident_id]
    return _ranked(session, new, ground, most, besides=incident_id, group=row.restricted_group)


_ANY_GROUP = "*"


def _ranked(
    session: Session,
    new: Told,
    ground: Ground,
    most: int,
    *,
    besides: int,
    group: str | None = _ANY_GROUP,
) -> list[LikelySame]:
    kinds = kinds_of(ground)
    rows = [
        row
        for row in _candidates(session, new, kinds, besides)
        if group in (_ANY_GROUP, row.restricted_group)
    ]
    told = _told(session, rows)
    found = [_likely(new, row, told[row.id], kinds) for row in rows]
    likely = [one for one in found if one.score >= duplicates.LEAST_P]
    return sorted(likely, key=lambda one: (-one.score, one.incident_id))[:most]


def _likely(new: Told, row: AnyRow, known: Told, kinds: Kinds) -> LikelySame:
    verdict = duplicates.compare(new, known, kinds)
    distance = new.pin.distance_m(known.pin) if new.pin and known.pin else None
    minutes = abs((new.at - known.at).total_seconds()) / 60
    sharper = duplicates.sharpened(known, new)
    return LikelySame(row.id, distance, minutes, verdict.p, verdict.why, verdict.reasons, sharper)


def _candidates(session: Session, new: Told, kinds: Kinds, besides: int) -> Sequence[AnyRow]:
    hours = max([kinds.lasts(new.category), *kinds.lasts_h.values()])
    span = min(timedelta(hours=hours * _WINDOW), _LONGEST)
    first = new.at - span
    also: list[int] = []
    if new.callers:
        values = {"hashes": list(new.callers), "first": first}
        also = list(session.scalars(_OF_CALLERS, values))
    return session.execute(
        _NEAR,
        {
            "first": first,
            "last": new.at + span,
            "at": new.at,
            "besides": besides,
            "lon": new.pin.lon if new.pin else None,
            "lat": new.pin.lat if new.pin else None,
            "near_m": NEAR_M,
            "village": new.village,
            "also": also,
            "most": _MOST,
        },
    ).all()


def _told(session: Session, rows: Iterable[AnyRow]) -> dict[int, Told]:
    """What each case says, with the words and callers of its reports that may be seen."""
    by_id = {row.id: row for row in rows}
    texts, callers = defaultdict(list), defaultdict(set)
    for call in session.execute(_CALLS, {"ids": list(by_id)}):
        texts[call.incident_id].append(call.said_what)
        if call.phone_hash is not None:
            callers[call.incident_id].add(bytes(call.phone_hash))
    return {
        number: Told(
            at=row.opened_at,
            category=row.category_code,
            pin=None if row.lon is None else Point(lon=row.lon, lat=row.lat),
            radius_m=_radius_m(row),
            confidence=row.confidence or 0.68,
            village=row.village_code,
            texts=tuple(texts[number]),  # not the words for the place: it is weighed already
            callers=frozenset(callers[number]),
        )
        for number, row in by_id.items()
    }


def _radius_m(row: AnyRow) -> float | None:
    if row.radius_m is None and row.pinned_by in ("petugas", "desa"):
        return HAND_RADIUS_M
    radius: float | None = row.radius_m
    return radius


def kinds_of(ground: Ground) -> Kinds:
    """What the regency's files say of categories that are mistaken for each other."""
    categories = ground.regency.categories
    return Kinds(
        lasts_h={c.code: c.lasts_h for c in categories},
        like={c.code: c.like for c in categories},
        names={c.code: c.name_id for c in categories},
    )
