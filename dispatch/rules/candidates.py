"""A unit that might go, what it is doing, and how it stands among those suggested."""

from dataclasses import dataclass
from datetime import datetime

from dispatch.rules.eta import Arrival
from dispatch.rules.plans import PlanPart
from dispatch.rules.workflow import UnitState
from geo.routing import Leg, NoRoute


@dataclass(frozen=True, slots=True)
class Busy:
    """What holds a unit that is under way."""

    assignment_id: int
    version: int
    incident_id: int
    category_name: str
    category_name_en: str
    priority: int
    state: str


@dataclass(frozen=True, slots=True)
class Leaves:
    """What loses its reach while a unit is out."""

    villages: int
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit that might go. What nobody told is None."""

    unit_id: int
    call_sign: str
    kind: str  # ambulans, pompa, perahu ...
    agency: str  # its short name
    responsible: bool  # its agency answers for the incident
    skills: frozenset[str]
    arrival: Arrival | None  # None: no way leads there
    leg: Leg | NoRoute | None = None  # from where it stands now; None: not asked for
    state: UnitState = UnitState.FREE
    state_since: datetime | None = None
    station: str = ""
    by_sea: bool = False  # a boat
    straight_m: float | None = None  # as the crow flies
    fix_age_s: float | None = None
    stale: bool = False  # its last fix is old
    radius_m: float | None = None  # within which it may be, 68 %
    crew: int | None = None
    shift_ends_at: datetime | None = None
    silent_since: datetime | None = None  # an order was not answered
    busy: Busy | None = None  # under way elsewhere; None: free


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit with what speaks for and against it."""

    unit: Candidate
    fills: PlanPart | None  # the part of the plan
    lacks: frozenset[str] = frozenset()  # skills that it does not bring
    unfit: bool = False  # fills no part of the plan
    leaves: Leaves | None = None  # None: nobody reckoned it
    gain_s: float | None = None  # of a diversion: sooner than the best free unit
    rival: str | None = None  # that unit's call sign
    why: str = ""  # one Indonesian sentence
    why_en: str = ""

    @property
    def part(self) -> str | None:
        """Code of the part that it fills."""
        return self.fills.code if self.fills else None

    @property
    def arrival(self) -> Arrival | None:
        """When it is there; None where no way leads."""
        return self.unit.arrival

    @property
    def expected_s(self) -> float | None:
        """On average, from the order on."""
        return self.arrival.expected_s if self.arrival else None

    @property
    def low_s(self) -> float | None:
        """Lower end of the 80 % interval."""
        return self.arrival.low_s if self.arrival else None

    @property
    def high_s(self) -> float | None:
        """Upper end of the 80 % interval."""
        return self.arrival.high_s if self.arrival else None

    @property
    def p_target(self) -> float | None:
        """Chance to be there within the target."""
        return self.arrival.p_target if self.arrival else None

    @property
    def travel_s(self) -> float | None:
        """On the way, from the likeliest point to the likeliest point."""
        if self.arrival is None:
            return None
        leg = self.unit.leg
        return leg.travel_s if isinstance(leg, Leg) else self.arrival.travel_s

    @property
    def distance_m(self) -> float | None:
        """Along that way."""
        if self.arrival is None or not isinstance(self.unit.leg, Leg):
            return None
        return self.unit.leg.distance_m
