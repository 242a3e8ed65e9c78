"""Travel times of boats: straight where the water is free, else round the land."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString

from geo.point import Point
from geo.routing import Leg, NoRoute, Start, Way
from geo.routing.chart import Chart
from geo.routing.rules import ALL, FOOTPATH, SEA, WALKED_KMH, Hours, SeaRules, learned_factor

Floats = NDArray[np.float64]
_KMH = 3.6
_POST_M = 3000.0  # a boat whose post is noted this far inland still lies in the water


def _no_learned() -> Mapping[tuple[str, str], float]:
    return {}


@dataclass(frozen=True, slots=True, eq=False)
class SeaRouter:
    """Routes over one chart. What lies too far from the water has no route."""

    chart: Chart
    rules: SeaRules
    closed: str | None = None  # why no boat puts to sea; None: they do
    learned: Mapping[tuple[str, str], float] = field(default_factory=_no_learned)
    hours: Hours | None = None

    def legs(
        self, starts: Sequence[Start], goal: Point, when: datetime | None = None
    ) -> list[Leg | NoRoute]:
        """As Router.legs."""
        if self.closed is not None:
            shut = NoRoute(f"laut ditutup: {self.closed}" if self.closed else "laut ditutup")
            return [shut] * len(starts)
        metres, inland_m = self._metres([start.point for start in starts], [goal])
        return [
            self._leg(start, float(long_m), float(inland_m[0]), when)
            if np.isfinite(long_m)
            else NoRoute(self._why(float(inland_m[0])))
            for start, long_m in zip(starts, metres[:, 0], strict=True)
        ]

    def times(
        self, starts: Sequence[Start], goals: Sequence[Point], when: datetime | None = None
    ) -> Floats:
        """As Router.times."""
        if self.closed is not None:
            return np.full((len(starts), len(goals)), np.nan)
        metres, inland_m = self._metres([start.point for start in starts], goals)
        kmh = np.array([self._kmh(start) for start in starts], dtype=np.float64)
        sailed_s = metres / (kmh[:, None] / _KMH) + self.rules.landing_s
        walked_s = inland_m / (WALKED_KMH / _KMH)
        found: Floats = sailed_s * self._learned(when)[1] + walked_s
        found[~np.isfinite(found)] = np.nan
        return found

    def way(self, start: Start, goal: Point, when: datetime | None = None) -> Way | NoRoute:
        """As Router.way."""
        leg = self.legs([start], goal, when)[0]
        if isinstance(leg, NoRoute):
            return leg
        ends = self.chart.lands.flat([start.point, goal])
        afloat, cells, _ = self._afloat(ends)
        if self.chart.free(afloat[:1], afloat[1:])[0]:
            spots = afloat
        else:
            near = int(cells[0]), int(cells[1])
            spots = self.chart.round_land(afloat[0], afloat[1], near)
        return Way(
            leg, LineString(np.vstack([ends[:1], spots, ends[1:]]) / self.chart.lands.metres)
        )

    def _leg(self, start: Start, long_m: float, inland_m: float, when: datetime | None) -> Leg:
        band, factor = self._learned(when)
        sailed_s = long_m / (self._kmh(start) / _KMH) + self.rules.landing_s
        walked_s = inland_m / (WALKED_KMH / _KMH)
        share_s = {SEA: sailed_s} | ({FOOTPATH: walked_s} if inland_m > 0 else {})
        return Leg(sailed_s * factor + walked_s, long_m + inland_m, SEA, share_s=share_s, band=band)

    def _why(self, inland_m: float) -> str:
        if inland_m <= self.rules.near_m:
            return "tidak ada jalan laut"
        return f"terlalu jauh dari air: {inland_m / 1000:.1f} km".replace(".", ",")

    def _kmh(self, start: Start) -> float:
        return self.rules.speed_kmh_by_kind.get(start.kind, self.rules.speed_kmh)

    def _learned(self, when: datetime | None) -> tuple[str, float]:
        band = self.hours.band_at(when) if self.hours else None
        name = ALL if band is None else band.name
        return name, learned_factor(self.learned, SEA, name)

    def _metres(self, starts: Sequence[Point], goals: Sequence[Point]) -> tuple[Floats, Floats]:
        """Metres over water (starts, goals), infinite where there is no way; of goals inland."""
        posts = list(dict.fromkeys(starts))  # boats lie side by side in a harbour
        metres, inland_m = self._between(posts, goals)
        return metres[[posts.index(start) for start in starts]], inland_m

    def _between(self, starts: Sequence[Point], goals: Sequence[Point]) -> tuple[Floats, Floats]:
        """The same, of starts that differ."""
        ones, others = self.chart.lands.flat(starts), self.chart.lands.flat(goals)
        one, one_cell, from_m = self._afloat(ones)
        other, other_cell, inland_m = self._afloat(others)
        rows, columns = np.indices((len(ones), len(others))).reshape(2, -1)
        apart = one[rows] - other[columns]
        metres = np.hypot(apart[:, 0], apart[:, 1])
        round_land = np.flatnonzero(~self.chart.free(one[rows], other[columns]))
        for n in round_land.tolist():
            row, column = rows[n], columns[n]
            if from_m[row] > _POST_M or inland_m[column] > self.rules.near_m:
                continue
            cells = int(one_cell[row]), int(other_cell[column])
            metres[n] = _length(self.chart.round_land(one[row], other[column], cells))
        found = metres.reshape(len(ones), len(others))
        found[from_m > _POST_M] = np.inf
        found[:, inland_m > self.rules.near_m] = np.inf
        return found, inland_m

    def _afloat(self, flat: Floats) -> tuple[Floats, NDArray[np.intp], Floats]:
        """Where each of (n, 2) metres meets the water, the cell nearest to it, metres inland."""
        cells, away_m = self.chart.cells_near(flat)
        spots, on_land = shapely.points(flat), shapely.contains_xy(self.chart.lands.whole, flat)
        shore_m = shapely.distance(shapely.boundary(self.chart.lands.whole), spots)
        # Where the water is far the nearest edge of the land is the border with others.
        reach_m = 1.5 * self.chart.cell_m
        coastal = away_m <= shore_m + reach_m
        inland_m = np.where(coastal, shore_m, away_m - reach_m) * on_land
        foreign = ~on_land & (away_m > reach_m) & self._abroad(flat)
        inland_m = np.where(foreign, away_m - reach_m, inland_m)
        ashore = on_land | foreign
        return np.where(ashore[:, None], self.chart.spots[cells], flat), cells, inland_m

    def _abroad(self, flat: Floats) -> NDArray[np.bool_]:
        lands = self.chart.lands
        if lands.abroad is None:
            return np.zeros(len(flat), dtype=bool)
        return lands.abroad(flat / lands.metres)


def _length(spots: Floats) -> float:
    """Metres along them; infinite for none."""
    return float(np.hypot(*np.diff(spots, axis=0).T).sum()) if len(spots) else np.inf
