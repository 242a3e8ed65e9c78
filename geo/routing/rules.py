"""How fast one drives where and when, what a turn costs, which ferries run, what a boat can do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from types import MappingProxyType
from zoneinfo import ZoneInfo

from geo.routing.ferries import EVERY_DAY, FerryLine

ALL = "*"  # every class of road; every hour
FOOTPATH = "jalan setapak"  # what a leg calls its ends off the road
LINE, SEA, FERRY = "garis", "laut", "feri"  # what shares and learned factors call these
WALKED_KMH = 5.0

# km/h of a car that hurries a little, where the regency says nothing: assumed.
USUAL_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 80.0,
        "trunk": 60.0,
        "primary": 50.0,
        "secondary": 45.0,
        "tertiary": 40.0,
        "unclassified": 30.0,
        "residential": 25.0,
        "living_street": 15.0,
        "service": 15.0,
        "track": 15.0,
    }
)


@dataclass(frozen=True, slots=True)
class Band:
    """Hours of some weekdays, by local time, in which roads take longer or less long."""

    name: str
    first: time
    last: time  # not included; before `first`: over midnight, and `days` are those it begins on
    factor: Mapping[str, float]  # on the travel time by class of road; "*" for all others
    days: frozenset[int] = EVERY_DAY  # Monday is 0

    def holds(self, local: datetime) -> bool:
        """Whether the moment lies in it."""
        at, day = local.time(), local.weekday()
        if self.first < self.last:
            return day in self.days and self.first <= at < self.last
        before = (day - 1) % 7 in self.days and at < self.last
        return before or (day in self.days and at >= self.first)

    def factor_of(self, kind: str) -> float:
        """On the travel time of that class of road."""
        return self.factor.get(kind, self.factor.get(ALL, 1.0))


@dataclass(frozen=True, slots=True)
class Hours:
    """The bands of a regency on its own clock."""

    zone: ZoneInfo
    bands: tuple[Band, ...] = ()

    def band_at(self, when: datetime | None) -> Band | None:
        """The first band that holds the moment; None in the usual hours, and when none is named."""
        if when is None:
            return None
        local = when.astimezone(self.zone)
        return next((band for band in self.bands if band.holds(local)), None)


@dataclass(frozen=True, slots=True)
class TurnCosts:
    """Seconds that a turn takes."""

    across_s: float = 8.0  # across the opposite traffic
    along_s: float = 3.0  # to the side on which one drives
    back_s: float = 25.0  # round, at a dead end
    signals_s: float = 8.0  # at traffic lights, whichever way


@dataclass(frozen=True, slots=True)
class SeaRules:
    """What a boat of the house can do."""

    speed_kmh: float = 35.0
    near_m: float = 500.0  # what lies this near to the water can be reached from it
    landing_s: float = 300.0  # to cast off and to land
    cell_m: float = 400.0  # of the chart that the ways are looked for on
    speed_kmh_by_kind: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RoadRules:
    """What the router is told of a regency."""

    drives_on: str = "left"
    speed_kmh: Mapping[str, float] = field(default_factory=lambda: USUAL_KMH)
    other_kmh: float = 25.0  # classes that are not named
    signed_share: float = 0.85  # of a signed speed that one really drives
    bands: tuple[Band, ...] = ()
    turns: TurnCosts = TurnCosts()
    off_road_kmh: float = WALKED_KMH
    off_road_most_m: float = 500.0  # what lies farther from every road is not reached by road
    ferries: tuple[FerryLine, ...] = ()  # of the regency, each direction a line
    sea: SeaRules | None = None  # None: no boats

    def kmh_of(self, kind: str) -> float:
        """km/h of a class of road; a link is as fast as what it leads to."""
        known = self.speed_kmh.get(kind, self.speed_kmh.get(kind.removesuffix("_link")))
        return self.other_kmh if known is None else known


def learned_factor(learned: Mapping[tuple[str, str], float], kind: str, band: str) -> float:
    """On the travel time: the one that says most about this class and band; 1 where none is.

    The straight line and the sea are learned apart: what holds for all roads is not theirs.
    """
    own = ((kind, band), (kind, ALL))
    for key in own if kind in (LINE, SEA) else (*own, (ALL, band), (ALL, ALL)):
        if key in learned:
            return learned[key]
    return 1.0
