"""Reads a regency's folder: TOML for what people write, CSV for lists."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatch.regency import (
    clocks,
    contacts,
    files,
    late,
    notices,
    orders,
    owners,
    plans,
    positions,
    public,
    roads,
    sp4n,
)
from dispatch.regency.checks import check
from dispatch.regency.entry import YES_NO, Entry
from dispatch.regency.facts import (
    AgencyEntry,
    Area,
    Bridge,
    CategoryEntry,
    DemoWorld,
    GroupEntry,
    Regency,
    StationEntry,
    UnitEntry,
    UserEntry,
)
from dispatch.rules.audience import Audience
from dispatch.rules.hours import Hours, Window
from dispatch.rules.responsibility import HOURS
from dispatch.rules.ticketing import TicketKind
from dispatch.scope import Role
from geo.point import Point
from geo.uncertainty.shore import ISLAND, SeaEdge

AGENCY_KINDS = ("opd", "provinsi", "vertikal", "bumn", "bumd", "desa", "tetangga")
CATEGORY_KINDS = tuple(TicketKind)
LANGUAGES = ("id", "en")
# For how long such things are usually told of, by kind: a fire for hours, a pothole for weeks.
LASTS_H = {"darurat": 3.0, "aduan": 336.0, "saran": 720.0, "informasi": 720.0}


def read_regency(folder: Path) -> Regency:
    """The regency that the folder describes, checked as a whole.

    Files: regency.toml, agencies.toml, categories.toml, groups.toml, stations.csv,
    units.csv; roads.toml, plans.toml, users.toml, demo.toml, sp4n.toml, assets.toml, assets.csv
    and contacts.toml may be absent.
    Raises BadConfiguration naming file, entry, field and what would be right.
    """
    base = files.toml_of(folder, "regency.toml")
    exchange = files.toml_of(folder, "sp4n.toml", needed=False)
    own = base.entry("regency")
    travel = base.entry("travel")
    speeds = travel.entry("speed_kmh_by_kind", needed=False)
    hours = _hours(base.entry("hours"), _zone(own), own.text("timezone_name"))
    emergencies_late = late.read(base.entry("late_minutes", needed=False))
    regency = Regency(
        code=own.text("code"),
        name=own.text("name"),
        short=own.text("short"),
        province=own.text("province"),
        service=own.text("service"),
        languages=own.words("languages", LANGUAGES) or ("id",),
        boundaries=(folder / own.text("boundaries")).resolve(),
        shore_m=own.number("shore_m", 0, 5000),
        digital_villages=frozenset(own.words("digital_villages")),
        hours=hours,
        detour=travel.number("detour", 1, 5),
        speed_kmh=travel.number("speed_kmh", 1, 200),
        speed_kmh_by_kind=MappingProxyType(
            {kind: speeds.number(kind, 1, 200) for kind in speeds.values}
        ),
        bridges=tuple(_bridge(e) for e in base.entries("bridges", "bridge")),
        sea=_coast(base.entry("sea", needed=False)),
        agencies=tuple(_agency(e) for e in files.list_of(folder, "agencies.toml", "agency")),
        categories=_categories(folder),
        groups=tuple(_group(e) for e in files.list_of(folder, "groups.toml", "group")),
        stations=tuple(_station(e) for e in files.csv_of(folder, "stations.csv", "code")),
        units=tuple(_unit(e) for e in files.csv_of(folder, "units.csv", "call_sign")),
        users=tuple(_user(e) for e in files.list_of(folder, "users.toml", "user", needed=False)),
        demo=_demo(files.toml_of(folder, "demo.toml", needed=False)),
        orders=orders.read(base.entry("orders", needed=False)),
        positions=positions.read(base.entry("positions", needed=False)),
        roads=roads.read(files.toml_of(folder, "roads.toml", needed=False)),
        plans=plans.read(files.toml_of(folder, "plans.toml", needed=False)),
        public=public.read(base.entry("public", needed=False)),
        owners=owners.read(folder),
        contacts=contacts.read(folder, hours),
        late=emergencies_late,
        clocks=clocks.read(folder, hours.zone, emergencies_late),
        notices=notices.read(files.toml_of(folder, "notices.toml", needed=False), hours.zone),
        sp4n=sp4n.read(exchange),
    )
    for entry in (own, travel, base):
        entry.done()
    check(regency)
    sp4n.check(
        regency.sp4n,
        exchange,
        [c.code for c in regency.categories],
        [a.code for a in regency.agencies],
    )
    clocks.check(regency.clocks, ((c.code, c.kind, c.clock) for c in regency.categories))
    return regency


def _zone(entry: Entry) -> ZoneInfo:
    name = entry.text("timezone")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        entry.wrong("timezone", f"{name!r} is not known; for example Asia/Jakarta")


def _coast(entry: Entry) -> SeaEdge | None:
    """Where the border on land meets the coast, and a point at sea; or an island."""
    if not entry.values:
        return None
    if "island" in entry.values:
        island = entry.flag("island")
        entry.done()
        return ISLAND if island else None
    ends = entry.point("one_end"), entry.point("other_end")
    sea = SeaEdge(border_ends=ends, open_water=entry.point("open_water"))
    entry.done()
    return sea


def _hours(entry: Entry, zone: ZoneInfo, zone_name: str) -> Hours:
    windows = tuple(_window(e) for e in entry.entries("windows", "hours"))
    hours = Hours(zone, zone_name, windows, entry.text("rule_after_hours", ""))
    entry.done()
    return hours


def _window(entry: Entry) -> Window:
    window = Window(entry.days(), entry.time_of("opens"), entry.time_of("closes"))
    if window.closes < window.opens:
        entry.wrong("closes", "must be later than opens; write a night as two windows")
    entry.done()
    return window


def _bridge(entry: Entry) -> Bridge:
    bridge = Bridge(entry.text("name"), entry.point("one"), entry.point("other"))
    entry.done()
    return bridge


def _agency(entry: Entry) -> AgencyEntry:
    agency = AgencyEntry(
        entry.code("code"),
        entry.text("name"),
        entry.text("short"),
        entry.choice("kind", AGENCY_KINDS),
        entry.text("note", ""),
    )
    entry.done()
    return agency


def _categories(folder: Path) -> tuple[CategoryEntry, ...]:
    """In the order of the file; the table [lasts_hours] stands for what says nothing itself."""
    whole = files.toml_of(folder, "categories.toml")
    usual = whole.entry("lasts_hours", needed=False)
    lasts = {kind.value: usual.number(kind, 0.1, 8784, LASTS_H[kind]) for kind in CATEGORY_KINDS}
    usual.done()
    entries = files.named(whole, "category")
    whole.done()
    return tuple(_category(e, rank, lasts) for rank, e in enumerate(entries))


def _category(entry: Entry, rank: int, lasts: Mapping[str, float]) -> CategoryEntry:
    category = CategoryEntry(
        code=entry.code("code"),
        kind=entry.choice("kind", CATEGORY_KINDS),
        name_id=entry.text("id"),
        name_en=entry.text("en"),
        priority=int(entry.number("priority", 1, 4)),
        needs=entry.words("needs"),
        group=entry.text("group", "") or None,
        agencies=entry.words("agencies"),
        areas=tuple(
            _area(e, what)
            for what in ("areas", "owners", "hours")
            for e in entry.entries(what, f"{entry.name} {what}")
        ),
        rank=rank,
        audience=_audience(entry),
        proof=YES_NO[entry.choice("proof", YES_NO, "tidak")],
        clock=entry.text("clock", "") or None,
        lasts_h=entry.number("lasts_hours", 0.1, 8784, lasts[entry.values["kind"]]),
        like=entry.words("like"),
    )
    entry.done()
    return category


def _audience(entry: Entry) -> Audience:
    """What is sensitive stays in the room; the rest a village head may know, unless it is said."""
    sensitive = bool(entry.text("group", ""))
    usual = Audience.ROOM if sensitive else Audience.VILLAGE
    said = Audience(entry.choice("audience", list(Audience), usual))
    if sensitive and said is not Audience.ROOM:
        entry.wrong("audience", f"{said.value!r}: a category with a group stays ruang")
    return said


def _area(entry: Entry, what: str) -> Area:
    """An exception by area, owner or hours; each may name the others, too."""
    area = Area(
        code=entry.text("area", None if what == "areas" else ""),
        agencies=entry.words("agencies"),
        owner=entry.text("owner", None if what == "owners" else ""),
        hours=entry.choice("hours", HOURS) if what == "hours" or "hours" in entry.values else "",
    )
    entry.done()
    return area


def _group(entry: Entry) -> GroupEntry:
    group = GroupEntry(
        entry.code("code"),
        entry.text("name"),
        frozenset(entry.words("roles", list(Role))),
        frozenset(entry.words("agencies")),
        frozenset(entry.words("crews")),
        YES_NO[entry.choice("counted", YES_NO, "tidak")],
    )
    entry.done()
    return group


def _station(entry: Entry) -> StationEntry:
    lon, lat = entry.number("lon", -180, 180), entry.number("lat", -180, 180)
    station = StationEntry(
        code=entry.code("code"),
        agency=entry.text("agency"),
        name=entry.text("name"),
        kind=entry.code("kind"),
        position=entry.pin("lon, lat", lon, lat),
        assumed=entry.flag("assumed"),
        note=entry.text("note"),
    )
    entry.done()
    return station


def _unit(entry: Entry) -> UnitEntry:
    unit = UnitEntry(
        call_sign=entry.code("call_sign"),
        station=entry.text("station"),
        agency=entry.text("agency"),
        kind=entry.code("kind"),
        skills=entry.words("skills"),
        by_sea=entry.flag("by_sea"),
    )
    entry.done()
    return unit


def _user(entry: Entry) -> UserEntry:
    user = UserEntry(
        login=entry.text("login"),
        name=entry.text("name"),
        role=entry.choice("role", list(Role)),
        agency=entry.text("agency", "") or None,
        unit=entry.text("unit", "") or None,
        village=entry.text("village", "") or None,
        groups=entry.words("groups"),
        language=entry.choice("language", LANGUAGES, "id"),
    )
    entry.done()
    return user


def _demo(entry: Entry) -> DemoWorld:
    people = entry.entry("people", needed=False)
    world = DemoWorld(
        people=MappingProxyType({d: people.number(d, 0, 1e9) for d in people.values}),
        at_sea=tuple(_sea(e) for e in entry.entries("at_sea", "at_sea")),
        landmarks=entry.words("landmarks"),
    )
    entry.done()
    return world


def _sea(entry: Entry) -> Point:
    point = entry.point("point")
    entry.done()
    return point
