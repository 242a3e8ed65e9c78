"""Which land mass a place is on: one drives across it without a ferry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.point import EARTH_RADIUS_M, Point

Floats = NDArray[np.float64]
Abroad = Callable[[Floats], NDArray[np.bool_]]  # which of (n, 2) lon, lat off all masses are land
AT_SEA = -1
_LAT_M = EARTH_RADIUS_M * np.pi / 180
_FAR_M = 1e6


@dataclass(frozen=True, slots=True, eq=False)
class Lands:
    """Land masses in metres on a plane of their own; threads may share it.

    shore_m  what lies this near to a mass is on it: beaches, jetties
    abroad   tells the land of others, which no mass covers, from the sea; None: all of it is sea
    """

    metres: tuple[float, float]  # in a degree of longitude, of latitude
    areas: NDArray[np.object_]
    whole: BaseGeometry  # all of them, prepared
    shore_m: float
    abroad: Abroad | None
    _tree: shapely.STRtree

    @classmethod
    def of(
        cls, areas: Sequence[BaseGeometry], shore_m: float = 0.0, abroad: Abroad | None = None
    ) -> Lands:
        """From shapes in degrees. None at all: all places are on one land mass."""
        boxes = shapely.total_bounds(np.array(areas, dtype=object)) if len(areas) else [0.0] * 4
        middle = float(np.radians((boxes[1] + boxes[3]) / 2))
        metres = (_LAT_M * float(np.cos(middle)), _LAT_M)
        flat = np.empty(len(areas), dtype=object)
        for n, area in enumerate(areas):
            flat[n] = shapely.transform(area, lambda corners: corners * metres)
        whole = shapely.union_all(flat)
        shapely.prepare(flat)
        shapely.prepare(whole)
        lands = cls(metres, flat, whole, shore_m, abroad, shapely.STRtree(flat))
        # GEOS builds its indexes at the first question: two threads must not both ask it.
        lands.masses(np.array([[boxes[0], boxes[1]]], dtype=np.float64))
        return lands

    def masses(self, spots: Floats) -> NDArray[np.intp]:
        """Number of the mass that each of (n, 2) lon, lat is on; AT_SEA off them all.

        The land of others goes to the mass that lies next to it: no water is known between.
        """
        if not len(self.areas):
            return np.zeros(len(spots), dtype=np.intp)
        found = np.full(len(spots), AT_SEA, dtype=np.intp)
        (which, mass), off_m = self._tree.query_nearest(
            shapely.points(spots * self.metres),
            max_distance=_FAR_M,
            all_matches=False,
            return_distance=True,
        )
        on = off_m <= self.shore_m
        if self.abroad is not None and not on.all():
            on[~on] = self.abroad(spots[which[~on]])
        found[which[on]] = mass[on]
        return found

    def masses_of(self, places: Sequence[Point]) -> NDArray[np.intp]:
        """The same of points."""
        return self.masses(np.array([(p.lon, p.lat) for p in places]).reshape(-1, 2))

    def flat(self, places: Sequence[Point]) -> Floats:
        """(n, 2) metres east and north."""
        flat: Floats = np.array([(p.lon, p.lat) for p in places]).reshape(-1, 2) * self.metres
        return flat
