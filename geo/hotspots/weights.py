"""Who is whose neighbour, and how much: villages that touch, the nearest, those within reach.

No place is its own neighbour here; the star of Gi* adds the place itself. A place without
neighbours is an island: it is counted and told, and nothing is claimed of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array, diags_array
from scipy.spatial import cKDTree
from shapely.geometry.base import BaseGeometry

from geo.hotspots.errors import BadSetting

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Neighbours(Protocol):
    """What the local statistics ask of weights, be they a matrix or a raster.

    n         places
    sums      (n,) of the weights of each place's neighbours
    squares   (n,) sums of their squares
    """

    @property
    def n(self) -> int: ...
    @property
    def sums(self) -> Floats: ...
    @property
    def squares(self) -> Floats: ...

    def lag(self, values: Floats) -> Floats:
        """(n,) or (n, steps): the weighed sum over the neighbours of each place."""
        ...

    def only(self, keep: Flags) -> Neighbours:
        """The same among the places that are kept."""
        ...

    def sparse(self) -> csr_array:
        """(n, n), rows in the order of the places, nothing on the diagonal."""
        ...


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights as a sparse matrix.

    matrix   (n, n) above 0 where the column's place is a neighbour of the row's
    kind     what was asked for, for whoever reads the result: "queen", "nearest 6" ...
    """

    matrix: csr_array
    kind: str

    @classmethod
    def of(cls, matrix: csr_array, kind: str = "given") -> Weights:
        """From any square matrix; what stands on its diagonal is dropped.

        Raises BadSetting where it is not square, or a weight is negative or not a number.
        """
        made = csr_array(matrix, dtype=np.float64, copy=True)
        if made.shape[0] != made.shape[1]:
            raise BadSetting("weights", f"{made.shape}; give as many rows as columns")
        if not (np.isfinite(made.data).all() and (made.data >= 0).all()):
            raise BadSetting("weights", "give numbers that are not negative")
        rows = np.repeat(np.arange(made.shape[0]), np.diff(made.indptr))
        made.data[rows == made.indices] = 0.0
        made.eliminate_zeros()
        made.sort_indices()
        return cls(made, kind)

    @property
    def n(self) -> int:
        return int(self.matrix.shape[0])

    @property
    def counts(self) -> Ints:
        """(n,) how many neighbours each has."""
        return np.asarray(np.diff(self.matrix.indptr), dtype=np.int64)

    @property
    def islands(self) -> Flags:
        """(n,) who has none."""
        return np.asarray(self.counts == 0)

    @property
    def sums(self) -> Floats:
        return np.asarray(self.matrix.sum(axis=1), dtype=np.float64)

    @property
    def squares(self) -> Floats:
        return np.asarray(self.matrix.power(2).sum(axis=1), dtype=np.float64)

    def lag(self, values: Floats) -> Floats:
        return np.asarray(self.matrix @ values, dtype=np.float64)

    def only(self, keep: Flags) -> Weights:
        return Weights(csr_array(self.matrix[keep][:, keep]), self.kind)

    def sparse(self) -> csr_array:
        return self.matrix

    def by_row(self) -> Weights:
        """Each row adds up to 1, those of islands to 0."""
        sums = self.sums
        shares = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
        return Weights(csr_array(diags_array(shares) @ self.matrix), f"{self.kind}, by row")

    def joined(self, xy: Floats) -> Weights:
        """Islands get their nearest place as neighbour, both ways: for an archipelago.

        xy   (n, 2) metres
        """
        alone = np.flatnonzero(self.islands)
        if not len(alone) or self.n < 2:
            return self
        _, near = cKDTree(xy).query(xy[alone], k=2)
        other = np.where(near[:, 0] == alone, near[:, 1], near[:, 0])
        rows, cols = np.concatenate((alone, other)), np.concatenate((other, alone))
        added = csr_array(coo_array((np.ones(len(rows)), (rows, cols)), shape=self.matrix.shape))
        added.data[:] = 1.0  # two islands that are each other's nearest count once
        return Weights.of(self.matrix + added, f"{self.kind}, islands joined")


def queen(polygons: Sequence[BaseGeometry], within_m: float = 0.0) -> Weights:
    """Places whose borders meet, in an edge or in a corner.

    within_m   gaps up to this count as meeting: drawn borders leave slivers
    """
    if not (np.isfinite(within_m) and within_m >= 0):
        raise BadSetting("within_m", f"{within_m}; give 0 metres or more")
    shapes = np.asarray(polygons, dtype=object)
    tree = shapely.STRtree(shapes)
    if within_m > 0:
        one, other = tree.query(shapes, predicate="dwithin", distance=within_m)
    else:
        one, other = tree.query(shapes, predicate="intersects")
    kind = "queen" if within_m == 0 else f"queen, gaps to {within_m:g} m"
    return _of_pairs(one, other, len(shapes), kind)


def nearest(xy: Floats, k: int) -> Weights:
    """The k nearest of each: not always mutual. Who has no place (NaN) is an island.

    Raises BadSetting where there are not more than k places.
    """
    there = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if not 1 <= k < len(there):
        raise BadSetting("k", f"{k}; give 1 to {len(there) - 1}, there are {len(there)} places")
    _, near = cKDTree(xy[there]).query(xy[there], k=k + 1)
    # Where others lie on the very same spot, a place need not come first among its own nearest.
    own = near == np.arange(len(there))[:, np.newaxis]
    own[~own.any(axis=1), -1] = True
    others = near[~own].reshape(len(there), k)
    return _of_pairs(np.repeat(there, k), there[others.ravel()], len(xy), f"nearest {k}")


def band(xy: Floats, reach_m: float) -> Weights:
    """All within reach, to and including it. Who has no place (NaN) is an island."""
    if not (np.isfinite(reach_m) and reach_m > 0):
        raise BadSetting("reach_m", f"{reach_m}; give metres above 0")
    there = np.flatnonzero(np.isfinite(xy).all(axis=1))
    if not len(there):
        return _of_pairs(there, there, len(xy), f"within {reach_m:g} m")
    pairs = there[cKDTree(xy[there]).query_pairs(reach_m, output_type="ndarray")]
    one, other = pairs[:, 0], pairs[:, 1]
    return _of_pairs(
        np.concatenate((one, other)),
        np.concatenate((other, one)),
        len(xy),
        f"within {reach_m:g} m",
    )


def _of_pairs(one: Ints, other: Ints, n: int, kind: str) -> Weights:
    matrix = coo_array((np.ones(len(one)), (one, other)), shape=(n, n))
    return Weights.of(csr_array(matrix), kind)
