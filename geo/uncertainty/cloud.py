"""A doubtful place as many points, each with its village and its share of the chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from geo.shapes import Floats, Ints
from geo.uncertainty.chances import Chances
from geo.uncertainty.location import Location

SEA, OUTSIDE = "laut", "luar"  # places that are no village
NOWHERE = -1  # a point that counts for no place


@dataclass(frozen=True, slots=True, eq=False)
class Cloud:
    """Points of a location.

    places   codes of villages, then SEA and OUTSIDE
    spots    (n, 2) lon, lat; NaN where only the place is known
    place    (n,) number into places
    weight   (n,) of the chance; adds up to 1, and for each place to its exact chance
    """

    places: tuple[str, ...]
    spots: Floats
    place: Ints
    weight: Floats

    @classmethod
    def fitted(cls, chances: Chances, spots: Floats, place: Ints, weight: Floats) -> Cloud:
        """Weights are set so that each place has its exact chance.

        place    numbers into the villages of the chances, then sea and outside; NOWHERE is left out
        A place that no point fell in is given one without coordinates.
        """
        places = (*(code for code, _ in chances.villages), SEA, OUTSIDE)
        exact = np.array([*(p for _, p in chances.villages), chances.sea, chances.outside])
        some = place != NOWHERE
        spots, place, weight = spots[some], place[some], weight[some]
        fell = np.bincount(place, weight, len(places))
        bare = np.flatnonzero((fell == 0) & (exact > 0))
        factor = np.divide(exact, fell, out=np.zeros_like(exact), where=fell > 0)
        return cls(
            places=places,
            spots=np.vstack([spots, np.full((len(bare), 2), np.nan)]),
            place=np.concatenate([place, bare]),
            weight=np.concatenate([weight * factor[place], exact[bare]]),
        )

    @property
    def middle(self) -> Floats:
        """Mean lon, lat (2,) of the points; NaN where none has coordinates."""
        known = ~np.isnan(self.spots[:, 0])
        if not known.any() or not self.weight[known].sum() > 0:
            return np.full(2, np.nan)
        mean: Floats = np.average(self.spots[known], axis=0, weights=self.weight[known])
        return mean


class Ground(Protocol):
    """Who can say where a location's points lie: geo.territory.Territory."""

    def cloud(self, location: Location, points: int) -> Cloud:
        """About so many points of it."""
        ...
