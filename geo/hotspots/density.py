"""How thickly incidents lie, as a smooth surface, mended where the land ends.

The points are counted in cells once and the counts are blurred: a million points cost as much as
ten. A Gaussian kernel (Silverman 1986, eq. 4.2). Near the coast or the border part of each kernel
falls where nothing can happen: dividing by what is left of it inside mends that (Diggle 1985).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.hotspots.grid import Grid, bin_points, inside_share
from geo.hotspots.heard import Heard, quiet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ONE_SPOT_M = 1e-6  # equal numbers have a spread of some rounding
_TO_SIGMA = math.sqrt(2 * math.log(10))  # a radius with 90 % of a round normal cloud, in sigmas
_CLASSES = 2.0  # a class of doubt reaches from one radius to twice it
_FAR = 5.5  # sigmas to which a kernel reaches
_BAND = 48  # rows at a time
# Products up to this are left to one thread; more of them wait for each other on a busy machine.
_ONE_THREAD = 200_000
_SAMPLE = 100_000  # of so many points, evenly picked, the quartiles are known well enough
_QUARTERS = 1.349  # between the quartiles of a normal distribution, in sigmas


@dataclass(frozen=True, slots=True)
class Density:
    """A surface and how it came about.

    values        (rows, cols) per square kilometre, row 0 in the south; NaN outside the area
    bandwidth_m   sigma of the kernel
    rule          "given", "scott" (rule of thumb), "cell" (the rule would have been finer than a
                  cell)
    edge          whether it was mended at the area's edge
    used          how much was counted
    left_out      how much had no place, or lay outside
    """

    values: Floats
    bandwidth_m: float
    rule: str
    edge: bool
    used: float
    left_out: float


def density(
    grid: Grid,
    xy: Floats,
    w: Floats | None = None,
    bandwidth_m: float | None = None,
    inside: BaseGeometry | Floats | None = None,
    spread_m: Floats | None = None,
    heard: Heard = quiet,
) -> Density:
    """Incidents per square kilometre at the middle of each cell.

    xy            (n, 2) metres in the grid's zone; NaN is left out and counted
    w             (n,) the share of each, else 1
    bandwidth_m   sigma, at least one cell; without it by rule of thumb
    inside        the land, metres, or what `inside_share` made of it: nothing lies elsewhere
    spread_m      (n,) radius within which each lies with 90 %: its kernel is so much wider
    heard         told now and then how far it is; may raise to stop
    Raises NothingToAnalyse without points in the grid, and where the rule of thumb finds all
    in one spot; TooFew where it has but one; BadSetting.
    """
    if w is not None and (w.shape != (len(xy),) or not (np.isfinite(w) & (w >= 0)).all()):
        raise BadSetting("w", "give a share, 0 or more, for each point")
    heard(0.0)
    shares = _share(grid, inside)
    heard(0.3)
    if spread_m is None:
        counts = bin_points(grid, xy, w)
        parts = [(0.0, counts if shares is None else np.where(shares > 0, counts, 0.0))]
    else:
        parts = list(_by_doubt(grid, xy, w, np.asarray(spread_m, dtype=np.float64), shares))
    used = math.fsum(float(counts.sum()) for _, counts in parts)
    if not used > 0:
        raise NothingToAnalyse
    sigma_m, rule = _bandwidth(grid, xy, w, bandwidth_m)
    values = np.zeros(grid.shape)
    for nth, (doubt, counts) in enumerate(parts):
        heard(0.5 + 0.5 * nth / len(parts))
        values += _surface(grid, counts, math.hypot(sigma_m, doubt), shares)
    if shares is not None:
        values[shares <= 0] = np.nan
    left = (len(xy) if w is None else float(np.sum(w))) - used
    return Density(values, sigma_m, rule, shares is not None, used, max(0.0, left))


def rule_of_thumb(xy: Floats, w: Floats | None = None) -> float:
    """The bandwidth of Scott 1992, in two dimensions Silverman's as well: spread * n^(-1/6).

    The spread is the lesser of standard deviation and that which the quartiles tell (Silverman
    1986, eq. 3.31), so that a far village does not smear the town. Metres; NaN is left out.
    Raises TooFew with one point, NothingToAnalyse where all lie in one spot.
    """
    there = np.isfinite(xy).all(axis=1)
    spots, shares = xy[there], np.ones(int(there.sum())) if w is None else w[there]
    total = float(shares.sum())
    if not total > 0:
        raise NothingToAnalyse
    many = total**2 / float((shares**2).sum())  # as many whole ones as tell as much (Kish)
    if len(spots) < 2:
        raise TooFew(2, len(spots), "incidents with a place")
    spreads = [_spread(spots[:, axis], shares, w is None) for axis in (0, 1)]
    spread = math.sqrt((spreads[0] ** 2 + spreads[1] ** 2) / 2)
    if not spread > _ONE_SPOT_M:
        said = "all incidents lie in one spot: there is no surface to draw"
        raise NothingToAnalyse(said, why="one spot")
    return float(spread * many ** (-1 / 6))


def _bandwidth(grid: Grid, xy: Floats, w: Floats | None, given: float | None) -> tuple[float, str]:
    if given is None:
        by_rule = rule_of_thumb(xy, w)
        return (by_rule, "scott") if by_rule >= grid.cell_m else (grid.cell_m, "cell")
    if not (math.isfinite(given) and given >= grid.cell_m):
        raise BadSetting(
            "bandwidth_m", f"{given:g}; give a cell's side ({grid.cell_m:.0f}) or more"
        )
    return float(given), "given"


def _share(grid: Grid, inside: BaseGeometry | Floats | None) -> Floats | None:
    if inside is None:
        return None
    shares = inside_share(grid, inside) if isinstance(inside, BaseGeometry) else inside
    if shares.shape != grid.shape:
        raise BadSetting("inside", f"{shares.shape}; give {grid.shape}")
    if not (shares > 0).any():
        raise NothingToAnalyse("the area does not touch the map")
    return shares


def _by_doubt(
    grid: Grid, xy: Floats, w: Floats | None, spread_m: Floats, land: Floats | None
) -> Iterator[tuple[float, Floats]]:
    """Sigma of the doubt and counts, by classes of doubt; of what lies on the map's land alone."""
    if spread_m.shape != (len(xy),) or (spread_m < 0).any():
        raise BadSetting("spread_m", "give a radius, 0 or more, for each point")
    cells = grid.cells_of(xy)
    there = cells >= 0
    if land is not None:
        there &= land.reshape(-1)[cells] > 0
    cells, w = cells[there], None if w is None else w[there]
    known = np.nan_to_num(spread_m[there]) / _TO_SIGMA
    # Less than half a cell changes nothing that can be seen.
    least = grid.cell_m / 2
    classes = np.floor(np.log2(np.maximum(known, least / 2) / least) / math.log2(_CLASSES)) + 1
    for which in np.unique(classes):
        own = classes == which
        shares = None if w is None else w[own]
        if shares is not None and not shares.sum() > 0:
            continue
        # The variances of a mixture add up to their mean: so the class's is exact.
        doubt = math.sqrt(float(np.average(known[own] ** 2, weights=shares)))
        counts = np.bincount(cells[own], weights=shares, minlength=grid.rows * grid.cols)
        yield doubt, counts.astype(np.float64).reshape(grid.shape)


def _surface(grid: Grid, counts: Floats, sigma_m: float, shares: Floats | None) -> Floats:
    """Per km2, mended at the edge where there is one."""
    # Counting moved each point to the middle of its cell, as a blur by the cell would: taken off.
    sigma = math.sqrt((sigma_m / grid.cell_m) ** 2 - 1 / 12)
    values = blurred(counts, sigma)
    if shares is not None:
        left = blurred(shares, sigma)
        values = np.divide(values, left, out=np.zeros_like(values), where=shares > 0)
    return values / grid.cell_km2


def blurred(cells: Floats, sigma: float) -> Floats:
    """Each cell's content spread by a Gaussian, sigma in cells; what falls off is lost."""
    return _blurred_down(_blurred_down(cells, sigma).T, sigma).T


def _blurred_down(cells: Floats, sigma: float) -> Floats:
    """Along the first axis: some rows and columns at a time, as a product of small matrices."""
    length = len(cells)
    reach = min(math.ceil(_FAR * sigma), length)
    away = (np.arange(_BAND)[:, np.newaxis] + reach - np.arange(_BAND + 2 * reach)) / sigma
    kernel = np.exp(-0.5 * away**2) / (sigma * math.sqrt(2 * math.pi))
    across = max(4, _ONE_THREAD // kernel.size)
    made = np.empty(cells.shape)
    for start in range(0, length, _BAND):
        low, high = max(0, start - reach), min(length, start + _BAND + reach)
        first = low - (start - reach)
        own = kernel[: min(_BAND, length - start), first : first + high - low]
        for left in range(0, cells.shape[1], across):
            part = slice(left, left + across)
            made[start : start + _BAND, part] = own @ cells[low:high, part]
    return made


def _spread(values: Floats, shares: Floats, equal: bool) -> float:
    """The lesser of standard deviation and quartile range, along one axis."""
    if equal:
        deviation = float(values.std())
        low, high = np.percentile(values[:: 1 + len(values) // _SAMPLE], (25, 75))
    else:
        mean = np.average(values, weights=shares)
        deviation = math.sqrt(float(np.average((values - mean) ** 2, weights=shares)))
        order = np.argsort(values)
        reached = np.cumsum(shares[order]) / shares.sum()
        low, high = values[order][np.searchsorted(reached, (0.25, 0.75))]
    quartiles = float(high - low) / _QUARTERS
    return min(deviation, quartiles) if quartiles > 0 else deviation
