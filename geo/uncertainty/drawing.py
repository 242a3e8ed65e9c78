"""The villages as one edition draws them, and how a doubtful place is shared out among them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.shapes import Floats, Ints, Shapes
from geo.uncertainty.cloud import NOWHERE, OUTSIDE, SEA
from geo.uncertainty.location import middle, only
from geo.uncertainty.mass import ready, shares
from geo.uncertainty.parts import Ellipse, InVillages, Part, Region, Stretch
from geo.uncertainty.scatter import over_area, scatter
from geo.uncertainty.shore import SeaEdge, Shore

_LEAST_OFF = 1e-3  # less than this off all villages is not asked what it lies in
_SPOTS = 512  # that are asked

Shared = tuple[Mapping[str, float], float, float]  # chance by code, sea, outside


@dataclass(frozen=True, slots=True)
class Drawing:
    """Codes and areas in pairs, in the order of the codes; and where the land ends."""

    codes: tuple[str, ...]
    areas: Shapes  # from ready()
    shore: Shore

    @classmethod
    def of(
        cls, codes: Sequence[str], areas: Sequence[BaseGeometry], sea: SeaEdge | None
    ) -> Drawing:
        """Without a sea all that lies off the villages is another regency."""
        return cls(tuple(codes), ready(areas), Shore.of(areas, sea))

    def share_out(self, part: Part) -> Shared:
        """The chances of one part. Villages that were named are certain, whatever the border."""
        if isinstance(part, InVillages):
            return dict.fromkeys(part.codes, 1 / len(part.codes)), 0.0, 0.0
        held = shares(part, self.areas)
        on = float(held.sum())
        sea = outside = 0.0
        if 1.0 - on > _LEAST_OFF:
            sea, outside, gap = self._split(part, 1.0 - on)
            if on <= _LEAST_OFF < gap:
                held, on = self._nearest_to(part), 1.0
        if on > 0:
            # What lies in a gap between villages goes to these, to each in its share.
            held = held * ((1.0 - sea - outside) / on)
        some = np.flatnonzero(held)
        return {self.codes[n]: float(held[n]) for n in some.tolist()}, sea, outside

    def _split(self, part: Ellipse | Region | Stretch, off: float) -> tuple[float, float, float]:
        """What lies off every village, as sea, outside and gaps; by points spread evenly."""
        spots = scatter(part, _SPOTS)
        _, lies_in = self.shore.beyond(spots)
        if not len(lies_in):  # the tail alone is off: it lies beyond the nearest edge
            lies_in = self.shore.edge_at(spots.mean(axis=0, keepdims=True))
        sea, outside, gap = np.bincount(lies_in, minlength=3) * (off / len(lies_in))
        return float(sea), float(outside), float(gap)

    def _nearest_to(self, part: Part) -> Floats:
        """1 for the village nearest to the middle of a part that lies in a gap."""
        held = np.zeros(len(self.codes))
        spot = middle(only(part))
        near = spot and self.areas.nearest(spot.lon, spot.lat, np.inf)
        held[near.which if near else 0] = 1.0
        return held

    def area_of(self, code: str) -> BaseGeometry | None:
        """The area of that village; None where this edition has none."""
        return self.areas.areas[self.codes.index(code)] if code in self.codes else None

    def spots_of(self, part: Part, count: int) -> tuple[Floats, NDArray[np.str_]]:
        """Points (n, 2) of a part and the village that each is in, whatever the border; "" unknown.

        For InVillages the points lie in those of the villages that this edition has; one point
        without coordinates stands for each of the others.
        """
        if not isinstance(part, InVillages):
            return scatter(part, count), np.full(count, "")
        each = max(1, count // len(part.codes))
        areas = [self.area_of(code) for code in part.codes]
        spots = [
            np.full((each, 2), np.nan) if area is None else over_area(area, each) for area in areas
        ]
        return np.vstack(spots), np.repeat(np.array(part.codes), each)

    def places_of(self, spots: Floats, named: NDArray[np.str_], places: Sequence[str]) -> Ints:
        """Numbers (n,) into places of what each point lies in; NOWHERE for all other places."""
        number = {place: which for which, place in enumerate(places)}
        found = np.array([number.get(code, NOWHERE) for code in named.tolist()], dtype=np.intp)
        for which in reversed([n for n, code in enumerate(self.codes) if code in number]):
            inside = self._inside(which, spots) & (named == "")
            found[inside] = number[self.codes[which]]
        free = np.flatnonzero((named == "") & (found == NOWHERE))
        off, lies_in = self.shore.beyond(spots[free])
        beyond = np.array([number[SEA], number[OUTSIDE], NOWHERE], dtype=np.intp)
        found[free[off]] = beyond[lies_in]
        return found

    def _inside(self, which: int, spots: Floats) -> NDArray[np.bool_]:
        west, south, east, north = self.areas.boxes[which]
        lon, lat = spots.T
        inside: NDArray[np.bool_] = (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)
        inside[inside] = shapely.intersects_xy(self.areas.areas[which], lon[inside], lat[inside])
        return inside
