"""What the counts of an area are held against: people, land, roads, and how readily it reports."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.facts import Facts
from dispatch.facts.exposure import Exposure
from dispatch.reports.areas import Areas
from dispatch.reports.ask import Against, Ask, Unit

Floats = NDArray[np.float64]

# By how much a rate is told, and in what words.
PER = {
    Against.NOTHING: (1.0, "kejadian"),
    Against.PEOPLE: (10_000.0, "per 10.000 jiwa"),
    Against.AREA: (1.0, "per km²"),
    Against.ROADS: (10.0, "per 10 km jalan"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Rate:
    """How readily each area (a) reports against all together, with 95 %; 1: as all do."""

    rate: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Divisor:
    """Of a areas; NaN where it is not known."""

    value: Floats  # people, km² or km; 1 (hexagons: km² of land) where nothing was asked for
    against: Against
    reporting: Rate | None

    @property
    def weight(self) -> Floats:
        """(a) what is to be expected, to a factor; NaN where it is not known or nobody is there."""
        weight = self.value if self.reporting is None else self.value * self.reporting.rate
        return np.where(weight > 0, weight, np.nan)

    @property
    def plain(self) -> bool:
        """Whether counts are compared as they are."""
        return self.against is Against.NOTHING and self.reporting is None

    @property
    def per(self) -> float:
        """Rates are told for so many of the value."""
        return PER[self.against][0]


def divisor_of(
    ask: Ask, facts: Facts, exposure: Exposure, areas: Areas, digital: Collection[str] = ()
) -> Divisor:
    """What the question divides by.

    facts     all there are, for how readily places report
    digital   codes of villages that are known to report more: they have a mean of their own
    """
    own = {
        Against.PEOPLE: exposure.population,
        Against.AREA: exposure.area_km2,
        Against.ROADS: exposure.road_km,
    }.get(ask.against)
    if own is not None:
        value = _laid(areas, exposure, own)
    elif areas.unit is Unit.HEXAGON:
        value = _laid(areas, exposure, exposure.area_km2)  # those at the border hold less land
    else:
        value = np.ones(len(areas))
    return Divisor(value, ask.against, _reporting(ask, facts, exposure, areas, digital))


def rough_exposure(areas: Areas) -> Exposure:
    """Of the villages alone, where no database is at hand: their area, the rest not known."""
    unknown = np.full(len(areas), np.nan)
    return Exposure(areas.ids, unknown, np.asarray(shapely.area(areas.shapes)) / 1e6, unknown)


def _laid(areas: Areas, exposure: Exposure, own: Floats) -> Floats:
    """Numbers of villages as numbers of areas: summed, or laid evenly over hexagons."""
    place = {code: n for n, code in enumerate(exposure.codes)}
    known = np.append(own, np.nan)
    by_village = known[[place.get(code, -1) for code in areas.village_codes]]
    return np.asarray(areas.overlap @ by_village, dtype=np.float64)


def _reporting(
    ask: Ask, facts: Facts, exposure: Exposure, areas: Areas, digital: Collection[str]
) -> Rate | None:
    if not ask.correct:
        return None
    from dispatch.facts.reporting import reporting

    period = facts.select(facts.mask(ask.since, ask.until))
    kept = period.village >= 0
    n = np.bincount(period.village[kept], weights=period.share[kept], minlength=len(facts.villages))
    named = np.array([code in digital for code in facts.villages], dtype=np.bool_)
    people = exposure.population
    if 2 * int(np.isfinite(people).sum()) <= len(people):
        return None  # of a few alone it is 1; by area it would only say who lives densely
    found = reporting(n.astype(np.float64), people, named)
    rate, low, high = (_mean(areas, exposure, of) for of in (found.rate, found.low, found.high))
    return Rate(rate, low, high)


def _mean(areas: Areas, exposure: Exposure, own: Floats) -> Floats:
    """Of the villages that lie in each area, by their part; what is not known counts as 1."""
    filled = np.where(np.isfinite(own), own, 1.0)
    parts = _laid(areas, exposure, np.ones(len(filled)))
    return np.asarray(_laid(areas, exposure, filled) / np.where(parts > 0, parts, 1.0))
