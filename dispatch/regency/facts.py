"""What a regency's configuration says, as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dispatch.regency.contacts import ContactEntry
from dispatch.regency.late import LateRules
from dispatch.regency.notices import NoticeRules
from dispatch.regency.orders import OrderRules
from dispatch.regency.owners import OwnerRules
from dispatch.regency.plans import Plans
from dispatch.regency.positions import PositionRules
from dispatch.regency.public import PublicRules
from dispatch.regency.roads import RoadRules
from dispatch.regency.sp4n import ExchangeRules
from dispatch.rules.audience import Audience
from dispatch.rules.clocks import Clocks
from dispatch.rules.hours import Hours
from geo.point import Point
from geo.uncertainty.shore import SeaEdge

CREW = "field_unit"  # the role of a unit's crew


@dataclass(frozen=True, slots=True)
class AgencyEntry:
    """Who answers: an OPD, a state institution, a company of the state or the regency."""

    code: str
    name: str
    short: str
    kind: str  # opd, provinsi, vertikal, bumn, bumd, desa, tetangga
    note: str = ""  # source, or what is assumed


@dataclass(frozen=True, slots=True)
class Area:
    """Other agencies for a category: in a part of the regency, for an owner, in some hours."""

    code: str  # district or village; "" everywhere
    agencies: tuple[str, ...]
    owner: str = ""  # "" whoever owns it
    hours: str = ""  # "" at any time; jam_kerja, luar_jam


@dataclass(frozen=True, slots=True)
class CategoryEntry:
    """What can happen."""

    code: str
    kind: str  # rules.ticketing.TicketKind
    name_id: str
    name_en: str
    priority: int  # 1 gawat to 4 rendah
    needs: tuple[str, ...]  # skills
    group: str | None  # restricted to this group; None: not sensitive
    agencies: tuple[str, ...]  # in the whole regency
    areas: tuple[Area, ...]  # and other exceptions: by owner, by hours
    rank: int  # order on the screen
    audience: Audience = Audience.ROOM
    proof: bool = False  # no ticket of it is closed without
    clock: str | None = None  # class of its clocks (clocks.toml); None: of its kind
    lasts_h: float = 3.0  # how long such a thing is usually told of
    like: tuple[str, ...] = ()  # categories that the same event may be told as


@dataclass(frozen=True, slots=True)
class GroupEntry:
    """Who alone may see the incidents of a restricted group; named users come on top."""

    code: str
    name: str
    roles: frozenset[str]
    agencies: frozenset[str]  # whose officers belong to it
    crews: frozenset[str] = frozenset()  # agencies whose units belong to it, when they are sent
    counted: bool = False  # planners may count its cases by area, without seeing one


@dataclass(frozen=True, slots=True)
class StationEntry:
    """The home of units."""

    code: str
    agency: str
    name: str
    kind: str
    position: Point
    assumed: bool  # "perkiraan": the place is only thought likely
    note: str  # source, or how the place was found


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """A vehicle or team that can be sent."""

    call_sign: str
    station: str
    agency: str
    kind: str
    skills: tuple[str, ...]
    by_sea: bool


@dataclass(frozen=True, slots=True)
class UserEntry:
    """A demo user; the password is made by the installation."""

    login: str
    name: str
    role: str
    agency: str | None = None
    unit: str | None = None
    village: str | None = None
    groups: tuple[str, ...] = ()
    language: str = "id"


@dataclass(frozen=True, slots=True)
class Bridge:
    """A road over water: a point on either shore makes one land of two."""

    name: str
    one: Point
    other: Point


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """What the demo needs to know of the regency to look plausible."""

    people: Mapping[str, float]  # district code to relative number of people; absent: 1
    at_sea: tuple[Point, ...] = ()  # off every village
    landmarks: tuple[str, ...] = ()  # words for places that callers name


@dataclass(frozen=True, slots=True)
class Regency:
    """All that makes this house the house of one regency."""

    code: str  # Kemendagri, two parts
    name: str
    short: str
    province: str
    service: str
    languages: tuple[str, ...]  # the first is the usual one
    boundaries: Path  # folder with manifest and register
    shore_m: float  # a pin this near to a village but off all is counted to it
    digital_villages: frozenset[str]
    hours: Hours
    detour: float  # road metres a straight metre, where no roads are loaded
    speed_kmh: float
    speed_kmh_by_kind: Mapping[str, float]
    bridges: tuple[Bridge, ...]
    sea: SeaEdge | None  # where the coast begins and ends; None: no sea, all beyond is land
    agencies: tuple[AgencyEntry, ...]
    categories: tuple[CategoryEntry, ...]
    groups: tuple[GroupEntry, ...]
    stations: tuple[StationEntry, ...]
    units: tuple[UnitEntry, ...]
    users: tuple[UserEntry, ...]
    demo: DemoWorld
    orders: OrderRules
    positions: PositionRules
    roads: RoadRules
    plans: Plans
    late: LateRules
    clocks: Clocks
    public: PublicRules
    owners: OwnerRules
    contacts: tuple[ContactEntry, ...]
    notices: NoticeRules = field(default_factory=NoticeRules)
    sp4n: ExchangeRules = field(default_factory=ExchangeRules)

    @property
    def timezone(self) -> str:
        """Name of the time zone, Asia/Jakarta."""
        return self.hours.zone.key

    def speed_of(self, unit_kind: str) -> float:
        """km/h of that kind of unit, or the usual one."""
        return self.speed_kmh_by_kind.get(unit_kind, self.speed_kmh)

    def groups_of(self, role: str, agency: str | None) -> frozenset[str]:
        """Restricted groups that come with a role and an agency's code, of a crew its unit's."""
        return frozenset(
            g.code
            for g in self.groups
            if role in g.roles or agency in (g.crews if role == CREW else g.agencies)
        )
