"""How much of a doubtful place lies in each of many areas: exactly, edge by edge.

The chance over a polygon is the signed sum, over its edges, of the chance over the triangle
between the edge and the centre. For a normal spread that is an angle less Owen's T function
(Owen 1956); for a uniform one a piece of a circle. Both in a plane where the spread is round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import shapely
from scipy.special import owens_t
from shapely.geometry.base import BaseGeometry

from geo.shapes import Floats, Ints, LocalScale, Shapes
from geo.uncertainty.parts import Ellipse, Region, Spread, Stretch, sound
from geo.uncertainty.scatter import corridor, half_axes_m, sigmas_m

REACH_SIGMAS = 6.0  # beyond lie 1.5e-8 of a normal spread
_THINNEST_M = 0.01  # an ellipse without width is given this half axis

Kernel = Callable[[Floats, Floats], Floats]


def ready(areas: Sequence[BaseGeometry]) -> Shapes:
    """Areas to be asked for their shares; rings run anticlockwise, those of holes clockwise."""
    return Shapes.of(list(shapely.orient_polygons(np.array(areas, dtype=object))))


def shares(part: Ellipse | Region | Stretch, areas: Shapes) -> Floats:
    """The chance (n,) that the place lies in each of the areas, which come from ready().

    Where areas overlap, each counts the ground; a point counts for the first that covers it.
    """
    if isinstance(part, Ellipse):
        if part.major_m == part.minor_m == 0:
            return _of_point(part, areas)
        return _of_ellipse(part, areas)
    ground = sound(part.area) if isinstance(part, Region) else corridor(part)
    return _of_ground(ground, areas)


def _of_point(part: Ellipse, areas: Shapes) -> Floats:
    held = np.zeros(len(areas.areas))
    held[areas.covering(part.centre.lon, part.centre.lat)[:1]] = 1.0
    return held


def _of_ground(ground: BaseGeometry, areas: Shapes) -> Floats:
    """Shares of the area in square degrees: within 0.1 % on 50 km, as metres would be."""
    held = np.zeros(len(areas.areas))
    near = _near(areas, *ground.bounds)
    within = shapely.covers(areas.areas[near], ground)
    if within.any():
        held[near[np.argmax(within)]] = 1.0
        return held
    held[near] = shapely.area(shapely.intersection(areas.areas[near], ground)) / ground.area
    return held


def _of_ellipse(part: Ellipse, areas: Shapes) -> Floats:
    if part.spread is Spread.UNIFORM:
        axes_m, reach, kernel = half_axes_m(part, 1.0), 1.0, _uniform
    else:
        axes_m, reach, kernel = sigmas_m(part), REACH_SIGMAS, _normal
    axes = max(axes_m[0], _THINNEST_M), max(axes_m[1], _THINNEST_M)
    scale = LocalScale.at(part.centre.lat)
    near = _near(areas, *_box(part, reach * max(axes), scale))
    held = np.zeros(len(areas.areas))
    if len(near):
        pieces = np.concatenate([areas.pieces[areas.starts[n] : areas.starts[n + 1]] for n in near])
        counts = areas.starts[near + 1] - areas.starts[near]
        each = _over_edges(_rounded(pieces, part, axes, scale), kernel)
        held[near] = np.add.reduceat(each, np.cumsum(counts) - counts)
    return np.clip(held, 0.0, 1.0)


def _box(part: Ellipse, reach_m: float, scale: LocalScale) -> tuple[float, float, float, float]:
    lon, lat = part.centre.lon, part.centre.lat
    wide, high = reach_m / scale.lon_m, reach_m / scale.lat_m
    return lon - wide, lat - high, lon + wide, lat + high


def _near(areas: Shapes, west: float, south: float, east: float, north: float) -> Ints:
    """Which areas have a box that meets this one."""
    boxes = areas.boxes
    meets = (boxes[:, 0] <= east) & (boxes[:, 2] >= west)
    return np.flatnonzero(meets & (boxes[:, 1] <= north) & (boxes[:, 3] >= south))


def _rounded(
    pieces: Floats, part: Ellipse, axes_m: tuple[float, float], scale: LocalScale
) -> Floats:
    """Pieces (m, 4) in the plane where the ellipse is the unit circle round the origin."""
    sine, cosine = (
        math.sin(math.radians(part.bearing_deg)),
        math.cos(math.radians(part.bearing_deg)),
    )
    # Columns: along the long axis, and to the left of it, so that turns keep their sense.
    turn = np.array(
        [[sine / axes_m[0], -cosine / axes_m[1]], [cosine / axes_m[0], sine / axes_m[1]]]
    )
    turn *= np.array([[scale.lon_m], [scale.lat_m]])
    ends = pieces.reshape(-1, 2) - (part.centre.lon, part.centre.lat)
    rounded: Floats = (ends @ turn).reshape(-1, 4)
    return rounded


def _over_edges(edges: Floats, kernel: Kernel) -> Floats:
    """Signed chance (m,) over the triangle between the origin and each directed edge."""
    x1, y1, x2, y2 = edges.T
    run, rise = x2 - x1, y2 - y1
    length = np.hypot(run, rise)
    length[length == 0] = 1.0  # a corner told twice: no triangle
    turn = (x1 * y2 - x2 * y1) / length  # distance of the edge's line, signed by the sense of turn
    # An edge through the centre spans no triangle; a tiny distance gives 0 there and no infinity.
    away = np.maximum(np.abs(turn), 1e-12)
    start, end = (x1 * run + y1 * rise) / length, (x2 * run + y2 * rise) / length
    signed: Floats = np.sign(turn) * (kernel(away, end) - kernel(away, start))
    return signed


def _normal(away: Floats, along: Floats) -> Floats:
    """The chance over the triangle origin, foot, point on the line so far along."""
    held: Floats = np.arctan2(along, away) / (2 * np.pi)
    near = away < REACH_SIGMAS + 2  # beyond, T is below 1e-16
    held[near] -= owens_t(away[near], along[near] / away[near])
    return held


def _uniform(away: Floats, along: Floats) -> Floats:
    """As _normal, for the unit disc: a triangle as far as the circle, a sector beyond."""
    half_chord = np.sqrt(np.maximum(1 - away * away, 0.0))
    inside = np.clip(along, -half_chord, half_chord)
    sector = np.arctan2(along, away) - np.arctan2(inside, away)
    held: Floats = (away * inside + sector) / (2 * np.pi)
    return held
