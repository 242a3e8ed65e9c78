"""The answer to "where is that?": candidates with their doubt, or another regency's name."""

from __future__ import annotations

from dataclasses import dataclass

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
