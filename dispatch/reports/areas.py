"""The areas by which incidents are counted: villages, districts, hexagons; flat, with names."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from scipy.sparse import csr_array
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from dispatch.ground import Ground
from dispatch.reports.ask import BadAsk, Unit
from geo.hotspots.errors import BadSetting
from geo.hotspots.grid import project, unproject
from geo.hotspots.hexagons import hexagons
from geo.locator import Locator

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Shapes = NDArray[np.object_]

_KEPT = 6  # sets of areas that a process remembers
_THIN_M = 15.0  # an outline this coarse is finer than any cell that it is laid over


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """a areas in the order of their ids, v villages in the order of the locator."""

    unit: Unit
    ids: tuple[str, ...]
    names: tuple[str, ...]
    districts: tuple[str | None, ...]
    shapes: Shapes  # (a) metres
    land: BaseGeometry  # all villages together, metres
    overlap: csr_array  # (a, v) the share of each village's area that lies in the area
    zone: int  # EPSG code of the metres
    cell_m: int | None  # of hexagons
    village_codes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def centres(self) -> Floats:
        """(a, 2) a point well inside each, metres."""
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(self.shapes)))

    def lonlat(self, which: Sequence[int] | NDArray[Any] | None = None) -> Shapes:
        """Outlines in degrees, of all or of these."""
        some = self.shapes if which is None else self.shapes[np.asarray(which, dtype=np.int64)]
        zone = CRS.from_epsg(self.zone)
        return np.asarray(shapely.transform(some, lambda spots: unproject(spots, zone)))


def areas_of(ground: Ground, unit: Unit, cell_m: int, zone: int) -> Areas:
    """The areas of a question, kept for the next one. Raises BadAsk for too many hexagons."""
    held = _Held(ground.locator)
    if unit is Unit.HEXAGON:
        return _hexagons(held, zone, cell_m)
    return _villages(held, zone) if unit is Unit.VILLAGE else _districts(held, zone)


class _Held:
    """A locator as a key: it is never changed, only swapped for another."""

    def __init__(self, locator: Locator) -> None:
        self.locator = locator

    def __hash__(self) -> int:
        return id(self.locator)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other.locator is self.locator


@lru_cache(_KEPT)
def _villages(held: _Held, zone: int) -> Areas:
    locator = held.locator
    flat = CRS.from_epsg(zone)
    lonlat = np.array(locator.areas, dtype=object)
    shapes = np.asarray(shapely.transform(lonlat, lambda spots: project(spots, flat)))
    refs = locator.villages
    return Areas(
        Unit.VILLAGE,
        tuple(v.code for v in refs),
        tuple(v.name for v in refs),
        tuple(v.district for v in refs),
        shapes,
        shapely.union_all(shapely.simplify(shapes, _THIN_M), grid_size=1.0),
        csr_array(np.eye(len(refs))),
        zone,
        None,
        tuple(v.code for v in refs),
    )


@lru_cache(_KEPT)
def _districts(held: _Held, zone: int) -> Areas:
    villages, locator = _villages(held, zone), held.locator
    codes = np.array([v.district_code for v in locator.villages])
    ids, of = np.unique(codes, return_inverse=True)
    names = {v.district_code: v.district for v in locator.villages}
    joined = [shapely.union_all(villages.shapes[of == n], grid_size=0.5) for n in range(len(ids))]
    ones = np.ones(len(of))
    return Areas(
        Unit.DISTRICT,
        tuple(str(one) for one in ids),
        tuple(names[str(one)] for one in ids),
        (None,) * len(ids),
        np.array(joined, dtype=object),
        villages.land,
        csr_array((ones, (of, np.arange(len(of)))), shape=(len(ids), len(of))),
        zone,
        None,
        villages.village_codes,
    )


@lru_cache(_KEPT)
def _hexagons(held: _Held, zone: int, cell_m: int) -> Areas:
    """Those that meet land; each is named after the village that has the most of it.

    Those of one village are numbered like words on a page: rows from the north, each from the west.
    """
    villages, locator = _villages(held, zone), held.locator
    west, south, east, north = shapely.total_bounds(villages.shapes).tolist()
    try:
        hexes = hexagons((west, south, east, north), float(cell_m))
    except BadSetting as error:
        raise BadAsk("cell_m", "terlalu banyak petak; beri angka yang lebih besar") from error
    thin = shapely.simplify(villages.shapes, min(_THIN_M, cell_m / 20))
    cell, village = STRtree(thin).query(hexes.rings, predicate="intersects")
    # A hexagon whole inside a village needs no cutting; most are.
    shapely.prepare(thin)
    inside = shapely.contains_properly(thin[village], hexes.rings[cell])
    area = np.where(inside, shapely.area(hexes.rings[cell]), 0.0)
    rest = ~inside
    area[rest] = shapely.area(shapely.intersection(hexes.rings[cell[rest]], thin[village[rest]]))
    met = np.unique(cell)
    place = np.searchsorted(met, cell)
    shape = (len(met), len(thin))
    km2 = csr_array((area, (place, village)), shape=shape)
    most = np.asarray(km2.argmax(axis=1)).ravel()
    whole = np.maximum(np.asarray(km2.sum(axis=0)).ravel(), 1e-9)
    refs = locator.villages
    return Areas(
        Unit.HEXAGON,
        tuple(str(int(one)) for one in hexes.ids[met]),
        _told_apart([refs[v].name for v in most], most, hexes.centres[met]),
        tuple(refs[v].district for v in most),
        hexes.rings[met],
        villages.land,
        csr_array((area / whole[village], (place, village)), shape=shape),
        zone,
        cell_m,
        villages.village_codes,
    )


def _told_apart(names: Sequence[str], village: Whole, centres: Floats) -> tuple[str, ...]:
    """Names with a number each, where hexagons share a village; the same ones in any period."""
    told = list(names)
    order = np.lexsort((centres[:, 0], -np.round(centres[:, 1]), village))
    firsts = np.flatnonzero(np.diff(village[order], prepend=-1))
    for some in np.split(order, firsts[1:]):
        if len(some) > 1:
            for nth, at in enumerate(some.tolist(), 1):
                told[at] = f"{names[at]} · {nth}"
    return tuple(told)
