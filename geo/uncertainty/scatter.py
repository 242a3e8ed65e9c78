"""Points spread evenly over a shape of doubt, each standing for the same chance; no dice."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.shapes import Floats, LocalScale
from geo.uncertainty.parts import Ellipse, Region, Spread, Stretch, sound

GOLDEN = (math.sqrt(5) - 1) / 2
_R2 = (0.7548776662466927, 0.5698402909980532)  # Roberts 2018: the golden ratio in two dimensions
_LEAST_BESIDE_M = 1.0  # a corridor must hold some ground
_ROUND_ENDS = 16  # straight pieces in a quarter of a circle


def half_axes_m(part: Ellipse, confidence: float) -> tuple[float, float]:
    """Half axes of the ellipse that holds a normal spread with that confidence.

    For a uniform spread of the whole ellipse, whatever is asked (RFC 7459, section 5.4: areas
    grow as the confidence does).
    """
    if part.spread is Spread.UNIFORM:
        grow = 1 / math.sqrt(part.confidence)
    else:
        grow = math.sqrt(math.log1p(-confidence) / math.log1p(-part.confidence))
    return part.major_m * grow, part.minor_m * grow


def sigmas_m(part: Ellipse) -> tuple[float, float]:
    """Standard deviations along the long and the short axis of a normal spread."""
    grow = 1 / math.sqrt(-2 * math.log1p(-part.confidence))
    return part.major_m * grow, part.minor_m * grow


def corridor(part: Stretch) -> BaseGeometry:
    """The ground along the line, in degrees; at least a metre to each side."""
    lat = float(shapely.get_coordinates(part.line)[:, 1].mean())
    scale = LocalScale.at(lat)
    metres = (scale.lon_m, scale.lat_m)
    line = shapely.transform(part.line, lambda corners: corners * metres)
    beside_m = max(part.beside_m, _LEAST_BESIDE_M)
    ground = shapely.buffer(line, beside_m, quad_segs=_ROUND_ENDS)
    return shapely.transform(ground, lambda corners: corners / metres)


def scatter(part: Ellipse | Region | Stretch, count: int) -> Floats:
    """Points (count, 2) lon, lat that each stand for the same share of the chance."""
    if isinstance(part, Ellipse):
        return _over_ellipse(part, count)
    return over_area(sound(part.area) if isinstance(part, Region) else corridor(part), count)


def _over_ellipse(part: Ellipse, count: int) -> Floats:
    """A sunflower: rings of equal mass, each point a golden angle further round."""
    nth = np.arange(count)
    held = (nth + 0.5) / count
    if part.spread is Spread.UNIFORM:
        (major_m, minor_m), away = half_axes_m(part, 1.0), np.sqrt(held)
    else:
        (major_m, minor_m), away = sigmas_m(part), np.sqrt(-2 * np.log1p(-held))
    turn = 2 * np.pi * GOLDEN * nth
    along, aside = major_m * away * np.cos(turn), minor_m * away * np.sin(turn)
    sine, cosine = (
        math.sin(math.radians(part.bearing_deg)),
        math.cos(math.radians(part.bearing_deg)),
    )
    scale = LocalScale.at(part.centre.lat)
    east, north = along * sine - aside * cosine, along * cosine + aside * sine
    return np.column_stack(
        [part.centre.lon + east / scale.lon_m, part.centre.lat + north / scale.lat_m]
    )


def over_area(area: BaseGeometry, count: int) -> Floats:
    """Points (count, 2) over triangles of the area, as many in each as its size asks for."""
    corners, held = _triangles(area)
    nth = np.arange(count)
    which = np.searchsorted(held, (nth + 0.5) / count * held[-1])
    u, v = np.modf(0.5 + np.outer(_R2, nth))[0]
    fold = u + v > 1  # the other half of the parallelogram
    u, v = np.where(fold, 1 - u, u)[:, np.newaxis], np.where(fold, 1 - v, v)[:, np.newaxis]
    a, b, c = corners[which, 0], corners[which, 1], corners[which, 2]
    spots: Floats = a + u * (b - a) + v * (c - a)
    return spots


@lru_cache(maxsize=512)  # the villages of two editions: text answers ask for the same ones again
def _triangles(area: BaseGeometry) -> tuple[Floats, Floats]:
    """Corners (n, 3, 2) of the triangles that an area falls into, and their sizes added up (n,)."""
    triangles = shapely.get_parts(shapely.constrained_delaunay_triangles(area))
    corners = shapely.get_coordinates(triangles).reshape(-1, 4, 2)[:, :3]
    return corners, np.cumsum(shapely.area(triangles))
