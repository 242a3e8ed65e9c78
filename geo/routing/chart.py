"""The chart that boats find their way on: square cells of water round the land masses."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from geo.routing.land import Lands

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]

_ROUND_M = 10_000.0  # how far the chart reaches beyond the land
_MOST_CELLS = 400_000
_KEPT = 64  # searches
# Half of the 16 directions; the others are the same ways back. At most 2.7 % longer than any way.
_STEPS = ((0, 1), (1, 0), (1, 1), (1, -1), (1, 2), (2, 1), (2, -1), (1, -2))


@dataclass(slots=True)
class _Kept:
    lock: threading.Lock = field(default_factory=threading.Lock)
    # A prepared geometry that is asked by two threads at once ends the process (GEOS).
    asking: threading.Lock = field(default_factory=threading.Lock)
    found: OrderedDict[int, tuple[Floats, NDArray[np.int32]]] = field(default_factory=OrderedDict)


@dataclass(frozen=True, slots=True, eq=False)
class Chart:
    """Cells of open water, in the metres of the lands.

    spots  (n, 2) their middles
    graph  (n, n) metres from each to its neighbours
    """

    lands: Lands
    cell_m: float
    spots: Floats
    graph: csr_matrix
    _tree: KDTree
    _foreign: Foreign
    _kept: _Kept = field(default_factory=_Kept)

    @classmethod
    def of(cls, lands: Lands, cell_m: float) -> Chart | None:
        """None where there is no water. Coarser than asked for where the regency is very large."""
        west, south, east, north = shapely.total_bounds(lands.areas) + np.array(
            [-_ROUND_M, -_ROUND_M, _ROUND_M, _ROUND_M]
        )
        cell_m = max(cell_m, float(np.sqrt((east - west) * (north - south) / _MOST_CELLS)))
        lon = np.arange(west + cell_m / 2, east, cell_m)
        lat = np.arange(south + cell_m / 2, north, cell_m)
        x, y = np.meshgrid(lon, lat)
        land = shapely.contains_xy(lands.whole, x, y)
        foreign = _foreign(lands, x, y, land)
        water, graph = _graph(~land & ~foreign, cell_m)
        if not len(water):
            return None
        spots = np.column_stack([x.ravel()[water], y.ravel()[water]])
        mask = Foreign(float(west), float(south), cell_m, foreign)
        return cls(lands, cell_m, spots, graph, KDTree(spots), mask)

    def cells_near(self, flat: Floats) -> tuple[Cells, Floats]:
        """The cell of water nearest to each of (n, 2) metres, and how far its middle is."""
        away_m, cells = self._tree.query(flat)
        return np.asarray(cells, dtype=np.intp), np.asarray(away_m, dtype=np.float64)

    def free(self, ones: Floats, others: Floats) -> NDArray[np.bool_]:
        """Whether nothing but water lies between the pairs of (n, 2) metres."""
        lines = shapely.linestrings(np.stack([ones, others], axis=1))
        with self._kept.asking:
            clear: NDArray[np.bool_] = ~shapely.intersects(self.lands.whole, lines)
        for n in np.flatnonzero(clear).tolist():
            clear[n] = not self._foreign.between(ones[n], others[n])
        return clear

    def metres(self, start: int) -> Floats:
        """(n,) along the chart from one cell to every other."""
        return self._search(start)[0]

    def course(self, start: int, goal: int) -> Floats:
        """(k, 2) metres: the middles of the cells on the way, in order."""
        _, before = self._search(start)
        way = [goal]
        while way[-1] != start:
            way.append(int(before[way[-1]]))
        course: Floats = self.spots[way[::-1]]
        return course

    def round_land(self, one: Floats, other: Floats, cells: tuple[int, int]) -> Floats:
        """(k, 2) metres: corners of a way between two places on water, by the cells near them.

        None (0 rows) where the chart knows no way.
        """
        start, goal = cells
        if not np.isfinite(self.metres(start)[goal]):
            return np.empty((0, 2))
        return self._pulled(np.vstack([one[None], self.course(start, goal), other[None]]))

    def _pulled(self, spots: Floats) -> Floats:
        """The same way pulled straight, as a string is, round what lies in between."""
        kept, at, last = [0], 0, len(spots) - 1
        while at < last:
            seen, hidden = at + 1, last + 1
            ahead = last
            while seen < ahead:
                if self.free(spots[at : at + 1], spots[ahead : ahead + 1])[0]:
                    seen = ahead
                else:
                    hidden = ahead
                ahead = (seen + hidden) // 2
            kept.append(seen)
            at = seen
        pulled: Floats = spots[kept]
        return pulled

    def _search(self, start: int) -> tuple[Floats, NDArray[np.int32]]:
        kept = self._kept
        with kept.lock:
            if start in kept.found:
                kept.found.move_to_end(start)
                return kept.found[start]
        metres, before = dijkstra(self.graph, indices=start, return_predecessors=True)
        with kept.lock:
            kept.found[start] = metres, before
            while len(kept.found) > _KEPT:
                kept.found.popitem(last=False)
        return metres, before


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """Cells that are land of others, whose outline is not known."""

    west: float
    south: float
    cell_m: float
    cells: NDArray[np.bool_]  # (rows, columns) from the south-west

    def between(self, one: Floats, other: Floats) -> bool:
        """Whether a straight line crosses some."""
        count = 2 + int(np.hypot(*(other - one)) / (self.cell_m / 2))
        at = one + np.linspace(0.0, 1.0, count)[:, None] * (other - one)
        column, row = np.floor((at - (self.west, self.south)) / self.cell_m).astype(np.intp).T
        rows, columns = self.cells.shape
        inside = (row >= 0) & (column >= 0) & (row < rows) & (column < columns)
        return bool(self.cells[row[inside], column[inside]].any())


def _foreign(lands: Lands, x: Floats, y: Floats, land: NDArray[np.bool_]) -> NDArray[np.bool_]:
    foreign = np.zeros(land.shape, dtype=bool)
    if lands.abroad is not None:
        off = np.column_stack([x[~land], y[~land]]) / lands.metres
        foreign[~land] = lands.abroad(off)
    return foreign


def _graph(water: NDArray[np.bool_], cell_m: float) -> tuple[Cells, csr_matrix]:
    """Places (in the flat grid) of the cells of the largest water, and the ways between them."""
    number = np.full(water.shape, -1, dtype=np.int32)
    number[water] = np.arange(int(water.sum()))
    ones, others, metres = [], [], []
    for rows, columns in _STEPS:
        one, other = _shifted(number, rows, columns)
        both = (one >= 0) & (other >= 0)
        for between in _between(rows, columns):
            # A leap like a knight's must not jump over land.
            both &= _shifted(number, rows, columns, between)[1] >= 0
        ones.append(one[both])
        others.append(other[both])
        metres.append(np.full(int(both.sum()), cell_m * np.hypot(rows, columns)))
    count = int(water.sum())
    graph = csr_matrix(
        (np.concatenate(metres), (np.concatenate(ones), np.concatenate(others))),
        shape=(count, count),
    )
    graph = (graph + graph.T).tocsr()
    if not count:
        return np.empty(0, dtype=np.intp), graph
    _, label = connected_components(graph, directed=False)
    open_water = np.flatnonzero(label == np.bincount(label).argmax())
    return np.flatnonzero(water.ravel())[open_water], graph[open_water][:, open_water]


def _shifted(
    number: NDArray[np.int32], rows: int, columns: int, to: tuple[int, int] | None = None
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Each cell that has one so many rows and columns on, and that one (or the one at `to`)."""
    high, wide = number.shape
    first = max(0, -columns)
    last = wide - max(0, columns)
    up, right = to or (rows, columns)
    return (
        number[: high - rows, first:last],
        number[up : up + high - rows, first + right : last + right],
    )


def _between(rows: int, columns: int) -> Sequence[tuple[int, int]]:
    """The cells that a step touches on its way."""
    across = 1 if columns > 0 else -1
    if abs(rows * columns) == 1:
        return ((0, across), (1, 0))
    if abs(rows * columns) == 2:
        return ((rows - 1, columns - across), (1, across))
    return ()
