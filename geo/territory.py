"""The villages that a doubtful place is shared out among: one or two editions, coast, beyond."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.locator import Locator
from geo.point import Point
from geo.schema import Edition
from geo.uncertainty import location as shapes_of
from geo.uncertainty.chances import Chances
from geo.uncertainty.cloud import OUTSIDE, SEA, Cloud
from geo.uncertainty.drawing import Drawing
from geo.uncertainty.location import InVillages, Location, Part, Region
from geo.uncertainty.shore import ISLAND, SeaEdge
from geo.villages import villages_of

__all__ = ["ISLAND", "SeaEdge", "Territory"]

_LEAST_SPOTS = 64  # of a light part of a mixture


@dataclass(frozen=True, slots=True)
class Territory:
    """Where a location's chance can go. Never changes; threads may share it.

    drawings  the edition in force and how far it is believed, then the second one, if any
    """

    drawings: tuple[tuple[Drawing, float], ...]

    @classmethod
    def of(
        cls,
        locator: Locator,
        sea: SeaEdge | None = None,
        second: tuple[Locator, float] | None = None,
    ) -> Territory:
        """From the villages of a locator; `second` comes with how far it is believed, below 1."""
        first = Drawing.of(_codes(locator), locator.areas, sea)
        if second is None:
            return cls(((first, 1.0),))
        other, weight = second
        return cls.of_two(first, Drawing.of(_codes(other), other.areas, sea), weight)

    @classmethod
    def of_two(cls, first: Drawing, second: Drawing, weight: float) -> Territory:
        """Two opinions on the borders; villages are matched by code."""
        return cls(((first, 1.0 - weight), (second, weight)))

    @classmethod
    def read(cls, session: Session, locator: Locator, sea: SeaEdge | None = None) -> Territory:
        """With the edition that has a second_weight, where one has, besides the locator's."""
        edition = session.scalar(
            select(Edition)
            .where(Edition.second_weight.is_not(None))
            .where(Edition.id != locator.edition_id)
            .order_by(Edition.id.desc())
            .limit(1)
        )
        first = Drawing.of(_codes(locator), locator.areas, sea)
        villages = [] if edition is None else villages_of(session, edition.id)
        if edition is None or edition.second_weight is None or not villages:
            return cls(((first, 1.0),))
        codes = [village.code for village in villages]
        second = Drawing.of(codes, [village.area for village in villages], sea)
        return cls.of_two(first, second, edition.second_weight)

    def chances(self, location: Location) -> Chances:
        """The chance of each village, of sea and of other regencies, right to 1 %.

        Under two editions of weights 1 - w and w: (1 - w) × the first's + w × the second's.
        """
        mass: defaultdict[str, float] = defaultdict(float)
        sea = outside = 0.0
        for drawing, believed in self.drawings:
            for weight, part in location.parts:
                villages, at_sea, beyond = drawing.share_out(part)
                for code, chance in villages.items():
                    mass[code] += believed * weight * chance
                sea += believed * weight * at_sea
                outside += believed * weight * beyond
        return Chances.of_all(mass, sea, outside)

    def cloud(self, location: Location, points: int) -> Cloud:
        """About so many points of the location (as many again under a second edition)."""
        chances = self.chances(location)
        places = (*(code for code, _ in chances.villages), SEA, OUTSIDE)
        spots, place, weight = [], [], []
        for drawing, share, believed, part in self._scattered(location):
            some, named = drawing.spots_of(part, max(_LEAST_SPOTS, round(points * share)))
            spots.append(some)
            place.append(drawing.places_of(some, named, places))
            weight.append(np.full(len(some), believed / len(some)))
        return Cloud.fitted(
            chances, np.vstack(spots), np.concatenate(place), np.concatenate(weight)
        )

    def _scattered(self, location: Location) -> Iterator[tuple[Drawing, float, float, Part]]:
        """Drawing, share of the points, share of the belief, part; named villages but once."""
        for number, (drawing, believed) in enumerate(self.drawings):
            for share, part in location.parts:
                if not isinstance(part, InVillages):
                    yield drawing, share, believed * share, part
                elif number == 0:  # where borders do not matter one drawing is enough
                    yield drawing, share, share, part

    def outline(self, location: Location) -> BaseGeometry | None:
        """As geo.uncertainty.location.outline, and villages that were named as their areas.

        None where none of the villages is known.
        """
        return shapes_of.outline(self.drawn(location))

    def middle(self, location: Location) -> Point | None:
        """The mean of where it may be; None where none of the villages is known."""
        return shapes_of.middle(self.drawn(location))

    def radius_68_m(self, location: Location) -> float | None:
        """Metres from the middle within which it lies with 68 %; None as for middle()."""
        return shapes_of.radius_68_m(self.drawn(location))

    def drawn(self, location: Location) -> Location:
        """The same with the areas of villages in the place of their codes, as far as known."""
        return Location(
            tuple(
                (weight / len(areas), area)
                for weight, part in location.parts
                for areas in (self._areas_of(part),)
                for area in areas
            )
        )

    def _areas_of(self, part: Part) -> Sequence[Part]:
        if not isinstance(part, InVillages):
            return (part,)
        first = self.drawings[0][0]
        areas = [area for code in part.codes if (area := first.area_of(code)) is not None]
        return [Region(area=area) for area in areas] or (part,)


def _codes(locator: Locator) -> list[str]:
    return [village.code for village in locator.villages]
