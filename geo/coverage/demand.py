"""Where help may be needed: weighed points that stand for villages, and who is there in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

ENOUGH = 0.5  # share of a village from which on it counts as reached
_STEPS = 0.7548776662466927, 0.5698402909980532  # Roberts' R2: fills a box evenly, no dice
_TRIES = 4096  # points of the box at most, of which enough should lie inside
TINY = 1e-9


@dataclass(frozen=True, slots=True)
class Demand:
    """Where help may be needed: points in the order of their villages.

    spots    (points, 2) lon, lat
    weights  (points,) of the village's people or area, all together 1
    starts   (villages,) the first point of each village
    """

    spots: Floats
    weights: Floats
    starts: Ints

    @classmethod
    def of(
        cls, areas: Sequence[BaseGeometry], people: Sequence[float | None], points: int = 6
    ) -> Demand:
        """So many points inside each area, always the same ones.

        people   of each area; where it is None the area stands for it, at the usual density
        Raises ValueError without areas.
        """
        if not areas:
            raise ValueError("areas: give at least one")
        spots = [_inside(area, points) for area in areas]
        weights = np.repeat(_importance(areas, people), [len(some) for some in spots])
        counts = np.array([len(some) for some in spots], dtype=np.int64)
        return cls(
            np.vstack(spots), weights / np.repeat(counts, counts), np.cumsum(counts) - counts
        )

    def by_village(self, of_points: Floats) -> Floats:
        """Sums over the points of each village: (..., points) becomes (..., villages)."""
        sums: Floats = np.add.reduceat(of_points, self.starts, axis=-1)
        return sums

    def shares(self, covered: Flags) -> Floats:
        """The share of each village that is covered: (..., points) becomes (..., villages)."""
        return self.by_village(covered * self.weights) / self.by_village(self.weights)

    def reached(self, covered: Flags) -> Flags:
        """Whether each village counts as reached: (..., points) becomes (..., villages)."""
        return self.shares(covered) >= ENOUGH - TINY

    def soonest(self, times_s: Floats) -> tuple[Floats, Ints]:
        """When half of each village is reached, and by whom most of it first.

        times_s  (units, points), NaN where there is no way
        returns  (villages,) seconds, NaN for never; (villages,) unit, -1 for none
        """
        count = len(self.starts)
        if not len(times_s):
            return np.full(count, np.nan), np.full(count, -1)
        known = np.where(np.isnan(times_s), np.inf, times_s)
        first, unit = known.min(axis=0), known.argmin(axis=0)
        seconds, who = np.full(count, np.nan), np.full(count, -1, dtype=np.int64)
        for village, (start, end) in enumerate(self._ranges()):
            own, weight = first[start:end], self.weights[start:end]
            order = np.argsort(own, kind="stable")
            half = np.searchsorted(np.cumsum(weight[order]), weight.sum() * (ENOUGH - TINY))
            middle = own[order[min(int(half), len(order) - 1)]]
            if np.isfinite(middle):
                seconds[village] = middle
                in_time = own <= middle
                who[village] = np.bincount(
                    unit[start:end][in_time], weights=weight[in_time]
                ).argmax()
        return seconds, who

    def _ranges(self) -> list[tuple[int, int]]:
        ends = [*self.starts[1:].tolist(), len(self.weights)]
        return list(zip(self.starts.tolist(), ends, strict=True))


def within(times_s: Floats, limit_s: float) -> Flags:
    """Who covers what; no way is no cover."""
    with np.errstate(invalid="ignore"):
        covered: Flags = times_s <= limit_s
    return covered


def _inside(area: BaseGeometry, points: int) -> Floats:
    """The first points of a fixed sequence over its box that lie inside."""
    west, south, east, north = area.bounds
    nth = np.arange(1, _TRIES + 1)[:, np.newaxis]
    box = (west, south) + (nth * _STEPS % 1) * (east - west, north - south)
    inside: Floats = box[shapely.contains_xy(area, box[:, 0], box[:, 1])][:points]
    if len(inside):
        return inside
    middle = area.representative_point()  # a sliver that the sequence misses
    return np.array([[middle.x, middle.y]])


def _importance(areas: Sequence[BaseGeometry], people: Sequence[float | None]) -> Floats:
    """Of each area, all together 1."""
    size = np.array([area.area for area in areas])
    known = np.array([count is not None for count in people])
    told = np.array([count or 0.0 for count in people], dtype=np.float64)
    if not known.any() or told.sum() <= 0:
        return np.asarray(size / size.sum())
    density = told.sum() / size[known].sum()
    weights = np.where(known, told, density * size)
    # A village without a soul on paper still has a road through it.
    weights = np.maximum(weights, weights.sum() * 1e-6)
    return np.asarray(weights / weights.sum())
