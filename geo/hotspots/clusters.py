"""Where incidents lie close together: DBSCAN for millions, HDBSCAN for some, and their outlines.

DBSCAN (Ester, Kriegel, Sander, Xu 1996) over a grid whose cells are so small that the points of one
are all within the radius (Gunawan 2013): the labels are those of scikit-learn, point by point.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.densest import densest, densest_apart, load
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.heard import Heard, in_turns, part_of, quiet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOISE = -1
_FARTHEST = 2.0**30  # cells from west to east, so that a cell's number fits into 64 bits
_ASIDE = 5_000  # points from which on HDBSCAN takes more than a tenth of a second, at rest
_TURNS = 50  # words said in each of the three loops


@dataclass(frozen=True, slots=True)
class Clusters:
    """Which cluster each point belongs to.

    labels  (n,) from 0 in the order of each cluster's first core point; -1 for noise
    core    (n,) whether enough lies about the point to grow a cluster from it
    """

    labels: Ints
    core: Flags

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.labels.max(initial=NOISE)) + 1


@dataclass(frozen=True, slots=True)
class Sampled:
    """As Clusters, where only some points were looked at; the others are noise by default."""

    labels: Ints
    looked_at: Flags
    least: int  # points that made a cluster among those looked at

    @property
    def count(self) -> int:
        """How many clusters there are."""
        return int(self.labels.max(initial=NOISE)) + 1


def dbscan(
    xy: Floats, eps_m: float, least: float, w: Floats | None = None, *, heard: Heard = quiet
) -> Clusters:
    """Clusters of points with at least so many, themselves included, within a radius.

    xy     (n, 2) metres
    least  how many (or, with w, how much weight) make a point a core
    w      (n,) how much each point counts, 1 where it is not given
    heard  told now and then how far it is; may raise to stop
    A border point that two clusters reach goes to the one with the lower label, as in scikit-learn.
    Raises NothingToAnalyse without points, BadSetting where a number cannot be meant.
    """
    from geo.hotspots.loops import grid_dbscan as loops

    xy = _points(xy)
    _check(eps_m, least, w, len(xy))
    heard(0.0)
    order, starts, reach = _cells(xy, eps_m, part_of(heard, 0.0, 0.2))
    x, y = np.ascontiguousarray(xy[order, 0]), np.ascontiguousarray(xy[order, 1])
    r2, core, sorted_labels = eps_m * eps_m, np.zeros(len(xy), np.bool_), np.full(len(xy), NOISE)
    held = (x, y, starts, reach, loops.boxes(x, y, starts, np.ones(len(x), np.bool_)), r2)
    weights = None if w is None else w[order].astype(float)
    for some in _turns(starts, part_of(heard, 0.2, 0.6)):
        _find_cores(held, weights, least, some, core)
    box, parent = loops.boxes(x, y, starts, core), np.arange(len(starts) - 1)
    for some in _turns(starts, part_of(heard, 0.6, 0.8)):
        loops.join(x, y, core, starts, reach, box, r2, some.start, some.stop, parent)
    label_of = _numbered(loops.heads(box, parent), order, starts, core)
    near = (x, y, core, starts, reach, box, label_of, r2)
    for some in _turns(starts, part_of(heard, 0.8, 1.0)):
        loops.border(*near, some.start, some.stop, sorted_labels)
    labels, cores = np.empty(len(xy), np.int64), np.empty(len(xy), np.bool_)
    labels[order], cores[order] = sorted_labels, core
    return Clusters(labels, cores)


def _turns(starts: Ints, heard: Heard) -> Iterator[slice]:
    cells = len(starts) - 1
    return in_turns(cells, -(-cells // _TURNS), heard)


def _find_cores(held: Any, w: Floats | None, least: float, some: slice, core: Flags) -> None:
    from geo.hotspots.loops import grid_dbscan as loops

    x, y, starts, reach, box, r2 = held
    if w is None:
        whole = int(np.ceil(least))
        loops.cores(x, y, starts, reach, box, r2, whole, some.start, some.stop, core)
    else:
        loops.weighed_cores(
            x, y, w, starts, reach, box, r2, float(least), some.start, some.stop, core
        )


def _points(xy: Floats) -> Floats:
    xy = np.asarray(xy, dtype=np.float64).reshape(-1, 2)
    if not len(xy):
        raise NothingToAnalyse
    if not np.isfinite(xy).all():
        raise BadSetting("xy", "give every point a place in metres; leave out those without")
    return xy


def _check(eps_m: float, least: float, w: Floats | None, count: int) -> None:
    if not (np.isfinite(eps_m) and eps_m > 0):
        raise BadSetting("eps_m", "a distance in metres above zero")
    if not (np.isfinite(least) and least > 0):
        raise BadSetting("least", "a number above zero")
    if w is not None and (np.shape(w) != (count,) or not (np.asarray(w) >= 0).all()):
        raise BadSetting("w", "one weight per point, none below zero")


def _cells(xy: Floats, eps_m: float, heard: Heard) -> tuple[Ints, Ints, Ints]:
    """The points in the order of their cells, where each cell starts, and who is near it."""
    # A hair smaller, so that rounding never puts two points of one cell beyond the radius.
    side = eps_m / np.sqrt(2) * (1 - 1e-12)
    steps = (xy - xy.min(axis=0)) / side
    if steps.max() >= _FARTHEST:
        raise BadSetting("eps_m", "larger: the points lie too far apart for this radius")
    column, row = steps[:, 0].astype(np.int64), steps[:, 1].astype(np.int64)
    width = int(column.max()) + 5  # empty columns, so that a row's end is not near the next row
    cell = row * width + column
    order = np.argsort(cell)
    sorted_cells = cell[order]
    first = np.flatnonzero(np.diff(sorted_cells, prepend=-1))
    held = sorted_cells[first]
    reach = np.empty((len(held), 5, 2), np.int64)
    for row in range(5):
        heard((row + 1) / 6)
        middle = held + (row - 2) * width
        reach[:, row, 0] = np.searchsorted(held, middle - 2)
        reach[:, row, 1] = np.searchsorted(held, middle + 2, side="right")
    return order, np.append(first, len(xy)), reach


def _numbered(groups: Ints, order: Ints, starts: Ints, core: Flags) -> Ints:
    """(cells,) labels in the order of the first core point of each cluster, -1 without one."""
    earliest = np.where(core, order, len(order))
    first_of_cell = np.minimum.reduceat(earliest, starts[:-1])
    first_of_group = np.full(len(groups), len(order), np.int64)
    has = groups >= 0
    np.minimum.at(first_of_group, groups[has], first_of_cell[has])
    heads = np.flatnonzero(first_of_group < len(order))
    label_of_head = np.full(len(groups) + 1, NOISE, np.int64)
    label_of_head[heads[np.argsort(first_of_group[heads])]] = np.arange(len(heads))
    return label_of_head[groups]  # the last entry, -1, is for cells without a core


def hdbscan(
    xy: Floats, least: int, *, most: int = 20_000, seed: int = 1, heard: Heard = quiet
) -> Sampled:
    """Clusters of any density, of at least so many points (scikit-learn's HDBSCAN).

    xy    (n, 2) metres
    most  its time grows with the square: of more points so many are drawn and looked at, and
          `least` shrinks by the same share (not below 5); the others get no label
    heard  asked while scikit-learn works (many points: in a process beside); may raise to stop
    Raises NothingToAnalyse, TooFew (fewer points than make one cluster), BadSetting.
    """
    xy = _points(xy)
    if least < 2 or most < 2:
        raise BadSetting("least, most", "2 or more")
    if len(xy) < least:
        raise TooFew(least, len(xy))
    looked_at = np.ones(len(xy), np.bool_)
    if len(xy) > most:
        drawn = np.random.default_rng(seed).choice(len(xy), most, replace=False)
        looked_at = np.zeros(len(xy), np.bool_)
        looked_at[drawn] = True
        least = max(5, round(least * most / len(xy)))
    # Far from the origin the tree's distances lose digits.
    seen = xy[looked_at] - xy.mean(axis=0)
    labels = np.full(len(xy), NOISE, np.int64)
    heard(0.0)
    if not np.ptp(seen, axis=0).any():  # no tree tells apart what lies in one spot: one cluster
        labels[looked_at] = 0
    elif len(seen) < _ASIDE:  # many draws of few points: a process for each would cost far more
        load(lambda: heard(0.0))
        labels[looked_at] = densest(seen, least)
    else:
        labels[looked_at] = densest_apart(seen, least, lambda: heard(0.0))
    return Sampled(labels, looked_at, least)
