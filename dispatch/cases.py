"""Use cases on an incident that stands already: move its pin, settle its place, close it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import bindparam, cast, func, select, update
from sqlalchemy.orm import Session

from dispatch import learning, log, orders, tickets
from dispatch.clues import LONGEST_TEXT, Clues, SaidPlace, clues_kept
from dispatch.errors import ChangedMeanwhile, NoSuchVillage, PinElsewhere, Unknown
from dispatch.ground import Ground
from dispatch.placing import Placed, candidate_of, place, recounted
from dispatch.rules.doubt import CONTRADICTED, UNSURE, Code, Standing
from dispatch.rules.workflow import INCIDENT_MOVES, IncidentState, check_move
from dispatch.schema import Incident
from dispatch.scope import check_group, scope_of
from geo.columns import PointColumn
from geo.finding import Asking
from geo.placement import VillageRef
from geo.point import Point
from geo.schema import Village

VILLAGE_SAYS = "village_says"  # in `location`: what the head of a village said of the place
PIN_WITHIN_M = 2000.0  # of the village that an incident is counted to; also 0002_guards.sql


def move_pin(
    session: Session,
    incident_id: int,
    pin: Point,
    version: int,
    ground: Ground,
    *,
    radius_m: float | None = None,
    confirmed: bool = False,
    learn_at: datetime | None = None,
) -> None:
    """Set the pin, and the village by the edition now in force.

    A pin moved by hand was looked at: what remains in doubt is how exact it is.
    radius_m   of the pin; None: as exact as a hand on a map
    confirmed  the village, too, was said to be right
    learn_at   the time, when words and pin may be learned from; None: never
    Raises Unknown, ChangedMeanwhile when `version` is not the present one.
    """
    before = next_version(session, incident_id, version)
    said = SaidPlace(radius_m=radius_m)
    values = pinned(before, pin, said, ground) | {"pinned_by": "petugas"}
    if confirmed:
        values = settled_by(session, values)
    session.execute(update(Incident).where(Incident.id == incident_id).values(values))
    log.record(
        session,
        "incident.pinned",
        incident_id=incident_id,
        demo=before.demo,
        from_village=before.village_code,
        to_village=values["village_code"],
    )
    if learn_at is not None and _teaches(before, pin, said, ground):
        learning.learn(session, ground, before.place_text, pin, learn_at)


def pinned(before: Any, pin: Point, said: SaidPlace, ground: Ground) -> dict[str, Any]:
    """The columns of a case whose pin was set anew; the words that were searched are kept."""
    placed = place(Clues(pin=pin, said=said), ground)
    values = _counted(placed) | _doubtful(placed)
    values |= {"edition_id": ground.locator.edition_id, "pin": pin}
    if values["location"] is not None:
        kept = (before.location or {}).get("text") or before.place_text[:LONGEST_TEXT]
        values["location"] |= {"text": kept, "confirmed_by": None}
    return values


def settled_by(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """The same columns when a person says that the village is right, too."""
    kept = values["location"]
    if kept is not None:
        kept = kept | {"confirmed_by": scope_of(session).user_id}
    return values | {"location": kept, "doubt": 0.0}


def _teaches(before: Any, pin: Point, said: SaidPlace, ground: Ground) -> bool:
    """Whether words and moved pin may be learned from: no secret, no play, no contradiction.

    Where the pin before was set by hand, too, it taught already: no case confirms itself.
    """
    if before.restricted_group is not None or before.demo or before.pinned_by == "petugas":
        return False
    placed = place(Clues(where=before.place_text, pin=pin, said=said), ground)
    return learning.is_sure(placed, said.radius_m)


def confirm_place(
    session: Session, incident_id: int, village_code: str | None, version: int, ground: Ground
) -> None:
    """A person says that the village is right; without a code that the present one is.

    Nobody else is told any more, and nothing contradicts. The pin stays; a village in which it
    does not lie must be near it.
    Raises Unknown, ChangedMeanwhile, NoSuchVillage, PinElsewhere.
    """
    before = next_version(session, incident_id, version)
    code = village_code or before.village_code
    if code is None:
        raise NoSuchVillage("village: give the code of the village that is right")
    settled: dict[str, Any] = {"doubt": 0.0, "also_villages": [], "contradictions": []}
    settled["village_p"] = 1.0
    if code != before.village_code:
        settled |= _move_to(session, before.pin, code, ground)
    said = {"confirmed_by": scope_of(session).user_id, "chosen": code, "away": None}
    settled["location"] = (before.location or {}) | said
    session.execute(update(Incident).where(Incident.id == incident_id).values(**settled))
    log.record(
        session,
        "incident.place_confirmed",
        incident_id=incident_id,
        demo=before.demo,
        from_village=before.village_code,
        to_village=code,
    )


def weigh_again(
    session: Session,
    incident_id: int,
    version: int,
    ground: Ground,
    *,
    answers: Sequence[tuple[str, str]] = (),
    key: str | None = None,
    language: str = "id",
) -> None:
    """Take in what the caller answered after the save, or which place was meant.

    The pin stays. A village that is now sure counts the incident, where the pin allows it.
    Raises Unknown, ChangedMeanwhile.
    """
    before = next_version(session, incident_id, version)
    clues = _clues_of(before, answers, key, ground)
    placed = place(clues, ground, language)
    values = _counted(placed) | _doubtful(placed) | _pin_of(clues, before)
    sure = placed.weighed.accepted if placed.weighed else None
    if sure is not None and sure != _code(placed.attribution.village):
        with suppress(PinElsewhere, NoSuchVillage):  # it stays in doubt, and in the worklist
            values |= _move_to(session, clues.pin, sure, ground)
            values |= _standing(recounted(placed, sure))
    values |= _still_said(before, values)
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id)
        .values({"edition_id": ground.locator.edition_id} | values)
    )
    log.record(
        session,
        "incident.place_weighed",
        incident_id=incident_id,
        demo=before.demo,
        from_village=before.village_code,
        to_village=values["village_code"],
    )


def close(
    session: Session,
    incident_id: int,
    outcome: str,
    version: int,
    now: datetime,
    ground: Ground | None = None,
) -> None:
    """Close the incident with its tickets; units still out for it come home, proposals are dropped.

    ground  with the clocks of the tickets; None: their dues stay as they are
    Raises Unknown, ChangedMeanwhile, IllegalMove, GroupOnly, ProofMissing.
    """
    # Assignments and units before the incident, as in orders: two never wait crosswise.
    found = orders.open_of(session, incident_id)
    before = next_version(session, incident_id, version)
    check_group(session, before.restricted_group)
    check_move(INCIDENT_MOVES, before.state, IncidentState.CLOSED)
    orders.release_all(session, incident_id, found, now)
    tickets.end_with_case(session, incident_id, outcome, now, ground)
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id)
        .values(state=IncidentState.CLOSED, closed_at=now, outcome=outcome)
    )
    log.record(session, "incident.closed", incident_id=incident_id, demo=before.demo)


def next_version(session: Session, incident_id: int, version: int) -> Any:
    """Take the next version of the incident, which locks it; its state before comes back.

    Raises Unknown, ChangedMeanwhile.
    """
    before = session.execute(
        select(
            Incident.state,
            Incident.village_code,
            Incident.restricted_group,
            Incident.demo,
            Incident.pin,
            Incident.pinned_by,
            Incident.place_text,
            Incident.location,
            Incident.contradictions,
        ).where(Incident.id == incident_id)
    ).one_or_none()
    if before is None:
        raise Unknown(f"incident {incident_id}")
    changed = session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.version == version)
        .values(version=version + 1)
        .returning(Incident.id)
    ).one_or_none()
    if changed is None:
        raise ChangedMeanwhile(f"incident {incident_id}, version {version}")
    return before


def _counted(placed: Placed) -> dict[str, Any]:
    """The columns that say to which village an incident is counted."""
    where = placed.attribution
    return {
        "village_id": where.village.id if where.village else None,
        "village_code": _code(where.village),
        "district_code": where.village.district_code if where.village else None,
        "border_m": where.placement.border_m if where.placement else None,
        "off_m": where.off_m,
        "outside": where.outside,
        "land_mass_id": where.placement.land_mass_id if where.placement else None,
    }


def _doubtful(placed: Placed) -> dict[str, Any]:
    """The columns that say how sure that is."""
    codes = [code.value for code in placed.contradictions]
    return _standing(placed.standing) | {"location": placed.record, "contradictions": codes}


def _still_said(before: Any, values: dict[str, Any]) -> dict[str, Any]:
    """What a village head said of the place stands until somebody moves or confirms it."""
    code = Code.VILLAGE_SAYS.value
    if code not in before.contradictions:
        return {}
    said = {VILLAGE_SAYS: (before.location or {}).get(VILLAGE_SAYS)}
    return {
        "contradictions": [*values["contradictions"], code],
        "location": (values["location"] or {}) | said,
        "doubt": max(CONTRADICTED, values["doubt"]),
    }


def _standing(of: Standing) -> dict[str, Any]:
    return {"village_p": of.village_p, "doubt": of.doubt, "also_villages": list(of.also)}


def _pin_of(clues: Clues, before: Any) -> dict[str, Any]:
    by = "petugas" if clues.by_hand else "tempat"
    if before.pinned_by == "desa" and clues.pin == before.pin:
        by = "desa"
    return {"pin": clues.pin, "pinned_by": by if clues.pin is not None else None}


def _code(village: VillageRef | None) -> str | None:
    return None if village is None else village.code


def _clues_of(
    before: Any, answers: Sequence[tuple[str, str]], key: str | None, ground: Ground
) -> Clues:
    """What was known at the save, and what has come since.

    Another place than before brings its own middle along, but moves no pin set by hand.
    """
    kept = before.location or {}
    clues = clues_kept(kept, before.place_text, before.pin, before.pinned_by)
    another = key is not None and key != kept.get("key")
    earlier = () if another else clues.said.answers
    said = replace(clues.said, key=key or kept.get("key"), answers=_last(earlier, answers))
    clues = replace(clues, said=said)
    meant = candidate_of(clues, ground) if another else None
    if meant is None or (clues.by_hand and clues.pin is not None):
        return clues
    said = replace(said, radius_m=None)
    return replace(clues, pin=meant.point, by_hand=False, said=said)


def _last(
    earlier: Sequence[tuple[str, str]], answers: Sequence[tuple[str, str]]
) -> tuple[tuple[str, str], ...]:
    """Answers by question: said twice counts once, and the last word counts."""
    return tuple((dict(earlier) | dict(answers)).items())


def question_of(row: Any, ground: Ground, language: str) -> Asking | None:
    """What to ask the caller about an incident of the board, to settle where it is."""
    if row.location is None or row.doubt <= UNSURE:
        return None
    pin = None if row.lon is None else Point(lon=row.lon, lat=row.lat)
    clues = clues_kept(row.location, row.place_text, pin, row.pinned_by)
    return place(clues, ground, language).question


_OFF_M = func.ST_Distance(
    cast(Village.area, Geography), cast(bindparam("pin", type_=PointColumn), Geography)
)


def _move_to(session: Session, pin: Point | None, code: str, ground: Ground) -> dict[str, Any]:
    """The columns of an incident that is counted to that village, whatever its pin says.

    Raises NoSuchVillage, PinElsewhere.
    """
    village = ground.by_code.get(code)
    if village is None:
        raise NoSuchVillage(f"village {code[:40]}")
    off_m = None
    if pin is not None:
        off_m = session.scalar(select(_OFF_M).where(Village.id == village.id), {"pin": pin})
    if off_m is not None and off_m > PIN_WITHIN_M:
        raise PinElsewhere(f"{village.name}: the pin lies {off_m:.0f} m outside; move it first")
    return {
        "edition_id": ground.locator.edition_id,
        "village_id": village.id,
        "village_code": village.code,
        "district_code": village.district_code,
        "border_m": None,  # the border that the pin is near to is in doubt itself
        "off_m": off_m or None,
        "outside": False,
    }
