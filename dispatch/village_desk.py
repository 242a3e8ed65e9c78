"""What the head of a village may say of a case: seen, it is here, it is not here."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.cases import VILLAGE_SAYS, next_version, pinned, settled_by
from dispatch.clues import Attribution, SaidPlace
from dispatch.errors import ChangedMeanwhile, IllegalMove, NoPin, OutsideOwnVillage, Unknown
from dispatch.ground import Ground
from dispatch.placing import attribute_pin
from dispatch.rules.doubt import CONTRADICTED, UNSURE, Code
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Incident
from dispatch.schema.villages import MarkKind, VillageMark
from dispatch.scope import Role, scope_of
from geo.point import Point

# Why a point that was shown is kept as a hint, and the pin stays where it is.
BY_HAND = "petugas"  # the room set it, and is sure
UNIT_SENT = "unit_berangkat"  # a crew has been told where to go: only the room tells it otherwise
NEIGHBOURS = "desa_lain"  # counted to another village: only the room moves it out of there


@dataclass(frozen=True, slots=True)
class Shown:
    """What became of "it is here".

    moved   the pin went to the point that was shown
    why     the point is only a hint for the room: petugas, unit_berangkat, desa_lain; else None
    """

    moved: bool
    why: str | None


def seen(session: Session, incident_id: int, now: datetime) -> datetime:
    """The head has looked at it; twice is once. When it was first said comes back.

    Raises Unknown, IllegalMove when the case is closed.
    """
    case = _case(session, incident_id)
    _one_at_a_time(session, incident_id)
    first = session.scalar(
        select(func.min(VillageMark.at)).where(
            VillageMark.incident_id == incident_id,
            VillageMark.village_code == _own(session),
            VillageMark.kind == MarkKind.SEEN,
        )
    )
    if first is not None:
        return first
    _mark(session, case, MarkKind.SEEN, now)
    _record(session, case, "village.seen")
    return now


def here(
    session: Session,
    incident_id: int,
    version: int,
    ground: Ground,
    now: datetime,
    *,
    point: Point | None = None,
    radius_m: float | None = None,
) -> Shown:
    """It is at the point, or, without one, where the pin is. In the own village only.

    The pin moves at once, unless the room is sure of it, a unit was sent, or the case is counted
    to another village: then the point is a hint, and the case stands in the worklist again.
    radius_m   how exact the phone said it was; None: as exact as a finger on the map
    Raises Unknown, IllegalMove, ChangedMeanwhile, NoPin, OutsideOwnVillage.
    """
    case = _case(session, incident_id)
    if case.version != version:
        raise ChangedMeanwhile(f"incident {incident_id}, version {version}")
    at = point or case.pin
    if at is None:
        raise NoPin("lon, lat: the incident has no pin yet; show where it is")
    _check_own(session, at, ground)
    why = _why_hint(session, case, is_point=point is not None)
    before = next_version(session, incident_id, version)
    if why is not None:
        _hint(session, case, before, metres=_metres(case.pin, at), says_here=True)
    elif point is not None:
        _move(session, before, incident_id, point, radius_m, ground)
    else:
        _settle(session, before, incident_id)
    moved = why is None and point is not None
    _mark(session, case, MarkKind.HERE, now, position=point, moved=moved)
    facts = {"moved": moved, "metres": _metres(case.pin, at), "why": why}
    _record(session, case, "village.here", **{k: v for k, v in facts.items() if v is not None})
    return Shown(moved, why)


def not_here(session: Session, incident_id: int, version: int, now: datetime) -> None:
    """It is not in the own village: a hint for the room, which alone moves it to another.

    Raises Unknown, IllegalMove, ChangedMeanwhile.
    """
    case = _case(session, incident_id)
    before = next_version(session, incident_id, version)
    _hint(session, case, before, metres=None, says_here=False)
    _mark(session, case, MarkKind.NOT_OURS, now)
    _record(session, case, "village.not_here")


def _case(session: Session, incident_id: int) -> Any:
    """The open case as it stands; row security shows a head what may be told in the own village."""
    if scope_of(session).role != Role.VILLAGE_HEAD:
        raise Unknown(f"incident {incident_id}")
    row = session.execute(
        select(
            Incident.id,
            Incident.state,
            Incident.village_code,
            Incident.pin,
            Incident.pinned_by,
            Incident.doubt,
            Incident.contradictions,
            Incident.version,
            Incident.demo,
        ).where(Incident.id == incident_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    if row.state == IncidentState.CLOSED:
        raise IllegalMove(f"incident {incident_id} is closed")
    return row


def _own(session: Session) -> str:
    return scope_of(session).village_code or ""


def _check_own(session: Session, at: Point, ground: Ground) -> None:
    """Raises OutsideOwnVillage with the village in which the point would lie."""
    where: Attribution = attribute_pin(at, ground)
    if where.village is None:
        raise OutsideOwnVillage("the point lies in no village: show a place in your own village")
    if where.village.code != _own(session):
        name = f"{where.village.name} ({where.village.district})"
        raise OutsideOwnVillage(f"the point lies in {name}: show a place in your own village")


def _why_hint(session: Session, case: Any, *, is_point: bool) -> str | None:
    if case.village_code != _own(session):
        return NEIGHBOURS
    if not is_point:
        return None
    settled = case.doubt <= UNSURE and not case.contradictions
    if case.pin is not None and case.pinned_by == "petugas" and settled:
        return BY_HAND
    return UNIT_SENT if case.state != IncidentState.NEW else None


def _move(
    session: Session,
    before: Any,
    incident_id: int,
    point: Point,
    radius_m: float | None,
    ground: Ground,
) -> None:
    """The pin goes there, and the village is settled: it is the one whose head says so."""
    values = settled_by(session, pinned(before, point, SaidPlace(radius_m=radius_m), ground))
    # The village stays, and a head may not even name these columns.
    for column in ("village_code", "district_code"):
        del values[column]
    sure = {"pinned_by": "desa", "village_p": 1.0, "also_villages": [], "contradictions": []}
    session.execute(update(Incident).where(Incident.id == incident_id).values(values | sure))


def _settle(session: Session, before: Any, incident_id: int) -> None:
    """The pin is right, and so is the village."""
    values = settled_by(session, {"location": before.location or {}})
    values |= {"village_p": 1.0, "also_villages": [], "contradictions": []}
    session.execute(update(Incident).where(Incident.id == incident_id).values(values))


def _hint(session: Session, case: Any, before: Any, *, metres: int | None, says_here: bool) -> None:
    """Nothing moves; the case stands in the worklist, with what the head said."""
    codes = [code for code in before.contradictions if code != Code.VILLAGE_SAYS]
    said = {"village": _own(session), "metres": metres, "here": says_here}
    session.execute(
        update(Incident)
        .where(Incident.id == case.id)
        .values(
            contradictions=[*codes, Code.VILLAGE_SAYS.value],
            location=(before.location or {}) | {VILLAGE_SAYS: said},
            doubt=max(CONTRADICTED, case.doubt),
        )
    )


def _metres(pin: Point | None, at: Point) -> int | None:
    return None if pin is None else round(pin.distance_m(at))


def _one_at_a_time(session: Session, incident_id: int) -> None:
    """Two taps at once are one: the second waits, and then finds the mark of the first."""
    lock = text("SELECT pg_advisory_xact_lock(hashtextextended('village_mark', :id))")
    session.execute(lock, {"id": incident_id})


def _mark(
    session: Session,
    case: Any,
    kind: MarkKind,
    now: datetime,
    *,
    position: Point | None = None,
    moved: bool = False,
) -> None:
    scope = scope_of(session)
    session.execute(
        insert(VillageMark)
        .inline()
        .values(
            incident_id=case.id,
            village_code=_own(session),
            kind=kind,
            position=position,
            moved=moved,
            at=now,
            by_user=scope.user_id,
            by_name=scope.name,
            demo=case.demo,
        )
    )


def _record(session: Session, case: Any, kind: str, **facts: Any) -> None:
    village = _own(session)
    log.record(session, kind, incident_id=case.id, demo=case.demo, village=village, **facts)
