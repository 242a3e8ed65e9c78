"""Who answers for a case: by rules, by the owner of the thing, and by what came back before."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from math import cos, degrees, radians

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import ChangedMeanwhile, DispatchError, Unknown
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import owners, responsibility, returns
from dispatch.rules.owners import NOBODY, By, Found
from dispatch.rules.responsibility import AFTER, WORKING, Choice
from dispatch.rules.returns import Held, Warned
from dispatch.rules.ticketing import TicketKind, TicketState
from dispatch.schema import Incident
from dispatch.scope import SYSTEM, Role, check_group, scope_of
from geo.placement import VillageRef
from geo.point import EARTH_RADIUS_M, Point
from geo.routing.house import HouseRouter

_HAND_M = 40.0  # how exactly a hand sets a pin, when nobody says
_SIDES = (
    (0, 0),
    (1, 0),
    (-1, 0),
    (0, 1),
    (0, -1),
    (0.7, 0.7),
    (0.7, -0.7),
    (-0.7, 0.7),
    (-0.7, -0.7),
)


class NoSuchOwner(DispatchError):
    """The regency's files know no such owner."""


@dataclass(frozen=True, slots=True)
class Decision:
    """Who answers, and whose the thing is."""

    choice: Choice
    owner: Found


def decide(
    ground: Ground,
    category_code: str,
    village: VillageRef | None,
    now: datetime,
    *,
    said_owner: str | None = None,
    texts: Sequence[str] = (),
    pin: Point | None = None,
    radius_m: float | None = None,
) -> Decision:
    """By the owner, the place and the hours. Needs no database.

    said_owner  code, as the operator says
    texts       the caller's words
    radius_m    how exact the pin is
    What was looked at stands in `choice.decided`.
    """
    owned = {r.owner for r in ground.catalogue.rules if r.category_code == category_code} - {""}
    found = NOBODY
    if owned or said_owner:
        found = found_owner(ground, said=said_owner, texts=texts, pin=pin, radius_m=radius_m)
    choice = responsibility.choose(
        ground.catalogue.rules,
        category_code,
        village.code if village else None,
        village.district_code if village else None,
        owner=found.code,
        owner_name=ground.catalogue.owners.name_of(found.code),
        hours=working_word(ground, now),
        version=ground.catalogue.rules_version,
    )
    reason = choice.reason
    complaint = ground.catalogue.category(category_code).kind == TicketKind.COMPLAINT
    if owned and found.code is None and complaint:
        reason = f"{reason.removesuffix('.')}; pemiliknya belum diketahui."
    elif found.assumed and found.code in owned:
        reason = f"{reason.removesuffix('.')} (pemiliknya diandaikan: {found.feature})."
    return Decision(
        replace(choice, reason=reason, decided={**choice.decided, **_looked(choice, found)}), found
    )


def _looked(choice: Choice, found: Found) -> dict[str, object]:
    return {"looked_at": {**choice.decided["looked_at"], **found.record()}}


def working_word(ground: Ground, now: datetime) -> str:
    """jam_kerja or luar_jam, by the calendar of offices."""
    return WORKING if ground.regency.clocks.calendar.is_open(now) else AFTER


def found_owner(
    ground: Ground,
    *,
    said: str | None = None,
    texts: Sequence[str] = (),
    pin: Point | None = None,
    radius_m: float | None = None,
) -> Found:
    """Said by the operator, named by the caller, in the register, or by the class of the road."""
    if said is not None:
        check_owner(ground, said)
        return Found(said, By.SAID)
    named = ground.catalogue.owners.in_words(texts)
    if named.code is not None or pin is None:
        return named
    near = roads_near(ground, pin, _HAND_M if radius_m is None else radius_m)
    return owners.by_road(near, ground.regency.owners.of_road)


def check_owner(ground: Ground, code: str) -> str:
    """The code again. Raises NoSuchOwner, saying which there are."""
    known = [kind.code for kind in ground.regency.owners.kinds]
    if code not in known:
        raise NoSuchOwner(f"owner: {code[:40]!r} is none of: {', '.join(known)}")
    return code


def roads_near(ground: Ground, pin: Point, radius_m: float) -> list[tuple[str, str]]:
    """(class, name) of the roads that can be meant: the nearest one of nine places round the pin.

    [] where no roads are imported, or none is near enough.
    """
    router = ground.router
    roads = router.overland.roads if isinstance(router, HouseRouter) else None
    if roads is None:
        return []
    table = roads.network.table
    found = dict.fromkeys(
        join.road
        for joins in roads.joins(
            [_beside(pin, east * radius_m, north * radius_m) for east, north in _SIDES]
        )
        for join in joins[:1]
        if join.off_m <= max(radius_m, _HAND_M)
    )
    return [(table.kinds[table.kind[road]], table.names[road]) for road in found]


def _beside(pin: Point, east_m: float, north_m: float) -> Point:
    lat = pin.lat + degrees(north_m / EARTH_RADIUS_M)
    lon = pin.lon + degrees(east_m / EARTH_RADIUS_M) / cos(radians(pin.lat))
    return Point(lon=lon, lat=lat)


def say_owner(
    session: Session, incident_id: int, owner: str | None, version: int, ground: Ground
) -> None:
    """The operator says whose it is (None: not known). The tickets stay where they are.

    Raises NoSuchOwner, Unknown, GroupOnly, ChangedMeanwhile.
    """
    if owner is not None:
        check_owner(ground, owner)
    row = session.execute(
        select(Incident.restricted_group, Incident.demo).where(Incident.id == incident_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    check_group(session, row.restricted_group)
    changed = session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.version == version)
        .values(owner=owner, version=version + 1)
        .returning(Incident.id)
    ).one_or_none()
    if changed is None:
        raise ChangedMeanwhile(f"incident {incident_id}, version {version}")
    log.record(session, "incident.owner", incident_id=incident_id, demo=row.demo, owner=owner)


# ---- what came back before ----

# Of the last tickets of all kinds: old habits count less, and the reading stays short.
_LAST = 20_000
_MOST = 400
_STEPS = text(
    "WITH recent AS ("
    "  SELECT id, incident_id, category_code FROM ticket ORDER BY id DESC LIMIT :last),"
    " alike AS ("
    "  SELECT recent.id FROM recent JOIN incident ON incident.id = recent.incident_id"
    "   WHERE recent.category_code = :category AND incident.owner IS NOT DISTINCT FROM :owner"
    "   ORDER BY recent.id DESC LIMIT :most)"
    " SELECT step.ticket_id, step.agency_id, step.state FROM alike"
    "   JOIN ticket_step AS step ON step.ticket_id = alike.id"
    "  ORDER BY step.ticket_id, step.id"
)
_KEPT = frozenset({TicketState.ACCEPTED, TicketState.IN_WORK, TicketState.FOLLOWED_UP})
_ROOM = frozenset({Role.OPERATOR, Role.DISPATCHER, Role.LEADER, SYSTEM.role})


def warnings(
    session: Session, ground: Ground, category_code: str, owner: str | None, agency_id: int
) -> list[Warned]:
    """What speaks against sending such a thing to that agency; [] for who does not send.

    Learned from the steps of the last tickets of the category and the owner.
    """
    if scope_of(session).role not in _ROOM or agency_id not in ground.catalogue.agencies:
        return []
    values = {"last": _LAST, "most": _MOST, "category": category_code, "owner": owner}
    stays = stays_of(session.execute(_STEPS, values).all())
    names = {a.id: a.short for a in ground.catalogue.agencies.values()}
    what = ground.catalogue.category(category_code).name_id.lower()
    if owner is not None:
        what += f", {ground.catalogue.owners.name_of(owner)}"
    found = returns.warned(stays, agency_id, names, what)
    return [] if found is None else [found]


def stays_of(steps: Sequence[AnyRow]) -> list[Held]:
    """Stays of tickets with agencies that have said yes or no; `steps` by ticket, in order."""
    stays = []
    for (ticket_id, agency_id), rows in groupby(steps, key=lambda s: (s.ticket_id, s.agency_id)):
        states = {TicketState(row.state) for row in rows}
        if TicketState.NOT_OURS in states:
            stays.append(Held(ticket_id, agency_id, back=True))
        elif states & _KEPT:
            stays.append(Held(ticket_id, agency_id, back=False))
    return stays
