"""Agencies, categories, stations, units and demo users, as the regency's configuration says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select, text
from sqlalchemy.orm import Session, joinedload

from dispatch import log
from dispatch.errors import IllegalMove, Unknown
from dispatch.regency import Area, Regency, StationEntry
from dispatch.rules.workflow import SENDABLE, UnitState
from dispatch.schema import Agency, Asset, Category, Responsibility, Station, Unit, User


@dataclass(slots=True)
class Synced:
    """What a sync did, by kind of thing: how many were added, changed, retired."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    retired: dict[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """0 when the database said the same already."""
        return sum(sum(counts.values()) for counts in (self.added, self.changed, self.retired))


def sync(session: Session, regency: Regency, now: datetime) -> Synced:
    """Make the catalogue and the roster what the configuration says; twice is as good as once.

    Where units stand and what they do stays as it is. What the configuration no longer
    names is switched off, never deleted: incidents point at it.
    """
    done = Synced()
    agencies = _sync_agencies(session, regency, done)
    _sync_categories(session, regency, done)
    _sync_responsibilities(session, regency, agencies, done)
    _sync_assets(session, regency, done)
    stations = _sync_stations(session, regency, agencies, done)
    _sync_units(session, regency, agencies, stations, now, done)
    if done.total:
        log.record(session, "catalogue.changed", changes=done.total)
    session.flush()
    return done


def _sync_agencies(session: Session, regency: Regency, done: Synced) -> dict[str, int]:
    """Ids by code."""
    rows = {a.code: a for a in session.scalars(select(Agency))}
    for entry in regency.agencies:
        values = {"name": entry.name, "short": entry.short, "kind": entry.kind, "active": True}
        _put(session, rows, entry.code, Agency(code=entry.code), values, done)
    _retire(rows, {a.code for a in regency.agencies}, done)
    session.flush()
    return {code: row.id for code, row in rows.items()}


# A category that is told to fewer, or to more, takes its cases along; a sensitive one stays.
_AUDIENCES = text(
    "UPDATE incident SET audience = category.audience FROM category"
    " WHERE category.code = incident.category_code AND incident.restricted_group IS NULL"
    "   AND incident.audience <> category.audience"
)


def _sync_categories(session: Session, regency: Regency, done: Synced) -> None:
    rows = {c.code: c for c in session.scalars(select(Category))}
    counted = {group.code for group in regency.groups if group.counted}
    for entry in regency.categories:
        values = {
            "kind": entry.kind,
            "name_id": entry.name_id,
            "name_en": entry.name_en,
            "priority": entry.priority,
            "needs": list(entry.needs),
            "restricted_group": entry.group,
            "counted": entry.group in counted,
            "proof": entry.proof,
            "clock": entry.clock,
            "audience": entry.audience,
            "rank": entry.rank,
            "active": True,
        }
        _put(session, rows, entry.code, Category(code=entry.code), values, done)
    _retire(rows, {c.code for c in regency.categories}, done)
    session.flush()
    session.execute(_AUDIENCES)


def _sync_responsibilities(
    session: Session, regency: Regency, agencies: Mapping[str, int], done: Synced
) -> None:
    """Nothing points at these rows, so what is no longer said may go."""
    wanted = [
        (category.code, agencies[agency], area.code, area.owner, area.hours)
        for category in regency.categories
        for area in (Area("", category.agencies), *category.areas)
        for agency in area.agencies
    ]
    there = session.scalars(select(Responsibility))
    rows = {(r.category_code, r.agency_id, r.area_code, r.owner, r.hours): r for r in there}
    for key in rows.keys() - set(wanted):
        session.delete(rows[key])
        _count(done.retired, rows[key])
    for key in wanted:
        if key not in rows:
            code, agency_id, area, owner, hours = key
            new = Responsibility(
                category_code=code, agency_id=agency_id, area_code=area, owner=owner, hours=hours
            )
            _put(session, rows, key, new, {}, done)


def _sync_assets(session: Session, regency: Regency, done: Synced) -> None:
    """The register of whose things are; nothing points at it."""
    rows = {(a.kind, a.name): a for a in session.scalars(select(Asset))}
    wanted = {(a.kind, a.name): a for a in regency.owners.assets}
    for key in rows.keys() - wanted.keys():
        session.delete(rows[key])
        _count(done.retired, rows[key])
    for key, entry in wanted.items():
        values = {"owner": entry.owner, "code": entry.code or None, "source": entry.source}
        _put(session, rows, key, Asset(kind=entry.kind, name=entry.name), values, done)


def _sync_stations(
    session: Session, regency: Regency, agencies: Mapping[str, int], done: Synced
) -> dict[str, Station]:
    """Stations by code. Those that no unit calls home any more may go."""
    rows = {s.code: s for s in session.scalars(select(Station))}
    for entry in regency.stations:
        if entry.code in rows:
            _move_home(session, rows[entry.code], entry)
        values = {
            "agency_id": agencies[entry.agency],
            "name": entry.name,
            "kind": entry.kind,
            "position": entry.position,
            "assumed": entry.assumed,
            "note": entry.note,
        }
        _put(session, rows, entry.code, Station(code=entry.code), values, done)
    session.flush()
    named = {s.code for s in regency.stations}
    for code in [c for c in rows if c not in named]:
        if not session.scalar(select(exists().where(Unit.station_id == rows[code].id))):
            _count(done.retired, rows[code])
            session.delete(rows.pop(code))
    return rows


def _move_home(session: Session, station: Station, entry: StationEntry) -> None:
    """Units that stand at a station without a fix of their own move with it."""
    if station.position == entry.position:
        return
    for unit in session.scalars(
        select(Unit).where(Unit.station_id == station.id, Unit.fix_at.is_(None))
    ):
        unit.position = entry.position


def _sync_units(
    session: Session,
    regency: Regency,
    agencies: Mapping[str, int],
    stations: Mapping[str, Station],
    now: datetime,
    done: Synced,
) -> None:
    rows = {u.call_sign: u for u in session.scalars(select(Unit))}
    for entry in regency.units:
        home = stations[entry.station]
        values = {
            "station_id": home.id,
            "agency_id": agencies[entry.agency],
            "kind": entry.kind,
            "skills": list(entry.skills),
            "by_sea": entry.by_sea,
            "active": True,
        }

        new = Unit(
            call_sign=entry.call_sign,
            state=UnitState.FREE,
            state_since=now,
            position=home.position,
        )
        _put(session, rows, entry.call_sign, new, values, done)
    _retire(rows, {u.call_sign for u in regency.units}, done)


def _put(
    session: Session,
    rows: dict[Any, Any],
    key: Any,
    new: Any,
    values: Mapping[str, Any],
    done: Synced,
) -> None:
    """Add `new` where there is no row yet; then set what differs, and count it."""
    row = rows.get(key)
    if row is None:
        row = rows[key] = new
        _set(row, values)
        session.add(row)
        _count(done.added, row)
    elif _set(row, values):
        _count(done.changed, row)


def _set(row: Any, values: Mapping[str, Any]) -> bool:
    """True when something differed."""
    differing = {name: value for name, value in values.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)


def _retire(rows: Mapping[str, Any], named: set[str], done: Synced) -> None:
    for key, row in rows.items():
        if key not in named and row.active:
            row.active = False
            _count(done.retired, row)


def _count(counts: dict[str, int], row: Any) -> None:
    counts[row.__tablename__] = counts.get(row.__tablename__, 0) + 1


def add_demo_users(
    session: Session,
    regency: Regency,
    password_hasher: Callable[[str], str],
    password: str,
) -> list[str]:
    """Write the demo users of the configuration with that password; the logins written.

    A login that a real user has is left alone. Needs sync() before it.
    """
    agencies = {a.code: a.id for a in session.scalars(select(Agency))}
    units = {u.call_sign: u.id for u in session.scalars(select(Unit))}
    there = {u.login: u for u in session.scalars(select(User))}
    written = []
    for entry in regency.users:
        user = there.get(entry.login)
        if user is not None and not user.demo:
            continue
        if user is None:
            user = User(login=entry.login, demo=True)
            session.add(user)
        user.name, user.role, user.language = entry.name, entry.role, entry.language
        user.password_hash = password_hasher(password)
        user.agency_id = agencies[entry.agency] if entry.agency else None
        user.unit_id = units[entry.unit] if entry.unit else None
        user.village_code, user.groups = entry.village, list(entry.groups)
        user.active, user.failed_logins, user.failed_at = True, 0, None
        written.append(entry.login)
    session.flush()
    return written


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as a list shows it."""

    call_sign: str
    kind: str
    agency: str
    station: str
    state: UnitState
    state_since: datetime
    assumed: bool  # its home is only thought likely
    by_sea: bool


def list_units(session: Session) -> Sequence[UnitLine]:
    """All units in service, by call sign."""
    units = session.scalars(
        select(Unit)
        .options(joinedload(Unit.station), joinedload(Unit.agency))
        .where(Unit.active)
        .order_by(Unit.call_sign)
    )
    return [
        UnitLine(
            u.call_sign,
            u.kind,
            u.agency.short,
            u.station.name,
            u.state,
            u.state_since,
            u.station.assumed,
            u.by_sea,
        )
        for u in units
    ]


def set_duty(session: Session, call_sign: str, wanted: UnitState, now: datetime) -> None:
    """Take a unit off duty (lepas_dinas), or on again (siap).

    Raises Unknown, and IllegalMove for other states or while the unit is out.
    """
    if wanted not in (UnitState.FREE, UnitState.OFF_DUTY):
        raise IllegalMove(f"{wanted}: by hand only siap and lepas_dinas; the rest follows orders")
    query = select(Unit).where(Unit.call_sign == call_sign)
    unit = session.scalar(query.with_for_update(key_share=True))
    if unit is None or not unit.active:
        raise Unknown(f"unit {call_sign}")
    if unit.state not in (*SENDABLE, UnitState.OFF_DUTY):
        raise IllegalMove(f"{call_sign} is out on an assignment")
    unit.state, unit.state_since, unit.silent_since = wanted, now, None
    session.flush()
    log.record(session, f"unit.{wanted.value}", unit_id=unit.id)
