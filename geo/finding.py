"""The answer to "where is that?": candidates with their doubt, or another regency's name."""

from __future__ import annotations

from dataclasses import dataclass

from shapely.geometry.base import BaseGeometry

from geo.point import Point
from geo.uncertainty.location import Location


@dataclass(frozen=True, slots=True)
class VillageChance:
    """A village and how likely the place lies in it."""

    code: str
    name: str
    district: str
    p: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """One place that the words can mean.

    key        stable while the gazetteer stands: by it the same candidate is found again
    context    where it is, in words: "Tegalsambi, Tahunan"
    point      the middle of where it may be
    radius_m   that holds it with 68 %
    p          share of the belief, over all candidates and "luar wilayah"
    villages   most likely first
    why        reasons, a sentence, in the language asked for
    """

    key: str
    label: str
    kind: str
    context: str
    point: Point
    radius_m: float
    location: Location
    p: float
    villages: tuple[VillageChance, ...]
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Found:
    """Candidates, best first; `outside` names the other regency that the text speaks of."""

    candidates: tuple[Candidate, ...]
    outside: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that is known of where a call comes from; the server keeps nothing between two asks.

    text       the caller's words
    key        of the candidate that was chosen among the answers to `text`; None: none chosen
    pin        set by hand or sent by a phone; it counts before the chosen candidate
    radius_m   of the pin, with `confidence`; None: as exact as a hand on a map (PIN_RADIUS_M)
    answers    (question key, option key) in the order they were given
    """

    text: str = ""
    key: str | None = None
    pin: Point | None = None
    radius_m: float | None = None
    confidence: float = 0.68
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One answer to a question; the key is given back as it is, and is nothing to read."""

    key: str
    label: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """The one question that is expected to settle most, in words."""

    key: str
    kind: str  # desa, sisi, jalan, rt
    text: str
    options: tuple[Option, ...]
    gain_bits: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Weighed:
    """What the evidence comes to.

    villages  most likely first; with sea and outside they add up to 1
    accepted  code of the village that may be taken without asking; None: in doubt
    question  None when nothing is in doubt, or no question would help
    shape     where it may be, for the map (68 %); None where it is a whole village, or unknown
    """

    location: Location | None
    villages: tuple[VillageChance, ...]
    sea: float
    outside: float
    accepted: str | None
    question: Asking | None
    shape: BaseGeometry | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """What the words alone say, for the check against pin and chosen village.

    villages  that the words can mean, most likely first; empty when they say nothing of it
    outside   another regency that they name
    """

    villages: tuple[VillageChance, ...] = ()
    outside: str | None = None
