"""DBSCAN in the plane over cells whose diagonal is the radius, so points of one cell are near.

Points come sorted by cell. `reach` (cells, 5, 2) holds, for the five rows of cells about each cell,
the first and the one-past-last cell that can be within the radius: cells of one row lie together.
The long loops take the cells from `begin` to before `end` and fill what they are given, so that
whoever waits can be told in between.
"""

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.loops import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@compiled
def boxes(x: Floats, y: Floats, starts: Ints, which: Flags) -> Floats:
    """(cells, 4): west, south, east, north of the chosen points; west > east where none is."""
    cells = len(starts) - 1
    box = np.empty((cells, 4))
    for cell in range(cells):
        west = south = np.inf
        east = north = -np.inf
        for at in range(starts[cell], starts[cell + 1]):
            if which[at]:
                west, east = min(west, x[at]), max(east, x[at])
                south, north = min(south, y[at]), max(north, y[at])
        box[cell, 0], box[cell, 1], box[cell, 2], box[cell, 3] = west, south, east, north
    return box


@compiled
def far_from(box: Floats, cell: int, x: float, y: float) -> float:
    """Square of the distance to the box of a cell, 0 inside it."""
    dx = max(box[cell, 0] - x, x - box[cell, 2], 0.0)
    dy = max(box[cell, 1] - y, y - box[cell, 3], 0.0)
    return float(dx * dx + dy * dy)


@compiled
def heavy_near(
    x: Floats,
    y: Floats,
    w: Floats,
    starts: Ints,
    around: Ints,
    box: Floats,
    at: int,
    r2: float,
    least: float,
) -> bool:
    """Whether so much weight lies within the radius of a point; stops when it knows."""
    total = 0.0
    for row in range(5):
        for cell in range(around[row, 0], around[row, 1]):
            if far_from(box, cell, x[at], y[at]) > r2:
                continue
            for other in range(starts[cell], starts[cell + 1]):
                dx, dy = x[other] - x[at], y[other] - y[at]
                if dx * dx + dy * dy <= r2:
                    total += w[other]
                    if total >= least:
                        return True
    return False


@compiled
def enough_near(
    x: Floats, y: Floats, starts: Ints, around: Ints, box: Floats, at: int, r2: float, least: int
) -> bool:
    """Whether so many points lie within the radius of a point; stops when it knows."""
    found = 0
    for row in range(5):
        for cell in range(around[row, 0], around[row, 1]):
            if far_from(box, cell, x[at], y[at]) > r2:
                continue
            for other in range(starts[cell], starts[cell + 1]):
                dx, dy = x[other] - x[at], y[other] - y[at]
                if dx * dx + dy * dy <= r2:
                    found += 1
                    if found >= least:
                        return True
    return False


@compiled
def cores(
    x: Floats,
    y: Floats,
    starts: Ints,
    reach: Ints,
    box: Floats,
    r2: float,
    least: int,
    begin: int,
    end_cell: int,
    core: Flags,
) -> None:
    """Which points have so many within the radius, themselves included."""
    for cell in range(begin, end_cell):
        first, end = starts[cell], starts[cell + 1]
        crowded = end - first >= least
        for at in range(first, end):
            core[at] = crowded or enough_near(x, y, starts, reach[cell], box, at, r2, least)


@compiled
def weighed_cores(
    x: Floats,
    y: Floats,
    w: Floats,
    starts: Ints,
    reach: Ints,
    box: Floats,
    r2: float,
    least: float,
    begin: int,
    end_cell: int,
    core: Flags,
) -> None:
    """As cores, where each point counts as much as its weight."""
    for cell in range(begin, end_cell):
        first, end = starts[cell], starts[cell + 1]
        crowded = w[first:end].sum() >= least
        for at in range(first, end):
            core[at] = crowded or heavy_near(x, y, w, starts, reach[cell], box, at, r2, least)


@compiled
def head(parent: Ints, cell: int) -> int:
    """Who stands for the group of a cell."""
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@compiled
def touch(
    x: Floats, y: Floats, core: Flags, starts: Ints, box: Floats, one: int, two: int, r2: float
) -> bool:
    """Whether a core point of one cell lies within the radius of a core point of the other."""
    for at in range(starts[one], starts[one + 1]):
        if not core[at] or far_from(box, two, x[at], y[at]) > r2:
            continue
        for other in range(starts[two], starts[two + 1]):
            dx, dy = x[other] - x[at], y[other] - y[at]
            if core[other] and dx * dx + dy * dy <= r2:
                return True
    return False


@compiled
def join(
    x: Floats,
    y: Floats,
    core: Flags,
    starts: Ints,
    reach: Ints,
    box: Floats,
    r2: float,
    begin: int,
    end: int,
    parent: Ints,
) -> None:
    """Puts cells whose core points are near each other into one group.

    box     of the core points
    parent  (cells,) another cell of the same group, or itself: as a forest
    """
    for cell in range(begin, end):
        if box[cell, 0] > box[cell, 2]:
            continue
        for row in range(5):
            for other in range(max(reach[cell, row, 0], cell + 1), reach[cell, row, 1]):
                if box[other, 0] > box[other, 2]:
                    continue
                if head(parent, cell) == head(parent, other):
                    continue
                if touch(x, y, core, starts, box, cell, other, r2):
                    parent[head(parent, other)] = head(parent, cell)


@compiled
def heads(box: Floats, parent: Ints) -> Ints:
    """(cells,) the cell that stands for the cluster of each cell's core points; -1 without."""
    cells = len(parent)
    for cell in range(cells):
        parent[cell] = head(parent, cell)
    for cell in range(cells):
        if box[cell, 0] > box[cell, 2]:
            parent[cell] = -1
    return parent


@compiled
def border(
    x: Floats,
    y: Floats,
    core: Flags,
    starts: Ints,
    reach: Ints,
    box: Floats,
    label_of: Ints,
    r2: float,
    begin: int,
    end: int,
    label: Ints,
) -> None:
    """(points,) labels: core points that of their cell, others the lowest near them, or -1."""
    for cell in range(begin, end):
        for at in range(starts[cell], starts[cell + 1]):
            if core[at]:
                label[at] = label_of[cell]
                continue
            best = -1
            for row in range(5):
                for near in range(reach[cell, row, 0], reach[cell, row, 1]):
                    mine = label_of[near]
                    if mine < 0 or (best >= 0 and mine >= best):
                        continue
                    if far_from(box, near, x[at], y[at]) > r2:
                        continue
                    for other in range(starts[near], starts[near + 1]):
                        dx, dy = x[other] - x[at], y[other] - y[at]
                        if core[other] and dx * dx + dy * dy <= r2:
                            best = mine
                            break
            label[at] = best
