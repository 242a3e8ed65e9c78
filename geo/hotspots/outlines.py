"""What to say of each cluster: how many, how wide, when, and the line to draw round it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.hotspots.errors import BadSetting
from geo.hotspots.heard import Heard, quiet

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_RATIO = 0.3  # 0 hugs every point, 1 is the convex hull
_MANY = 2_000  # points, beyond which a line is drawn round a thinned set


@dataclass(frozen=True, slots=True)
class Figure:
    """One cluster in numbers."""

    label: int
    points: int
    weight: float
    centre: tuple[float, float]  # metres east, north
    span_m: float  # between the two points farthest from each other
    area_km2: float  # of the outline
    first_day: int | None  # day numbers as they were given; None where none were
    last_day: int | None
    busy_days: int | None  # on how many days there was anything
    outline: BaseGeometry  # polygon, metres


def figures(
    labels: Ints,
    xy: Floats,
    margin_m: float,
    *,
    w: Floats | None = None,
    day: Ints | None = None,
    heard: Heard = quiet,
) -> tuple[Figure, ...]:
    """The clusters in numbers, the one with the most weight first.

    labels    (n,) as of dbscan or hdbscan; below 0 is noise
    w         (n,) how much each point counts, 1 where it is not given; above 0
    margin_m  how far outside its points the line runs: half the radius of the search is usual
    day       (n,) day numbers
    heard     told of each cluster; may raise to stop
    """
    if not margin_m > 0:
        raise BadSetting("margin_m", "a distance in metres above zero")
    weights = np.ones(len(labels)) if w is None else np.asarray(w, float)
    order = np.argsort(labels, kind="stable")
    order = order[np.searchsorted(labels[order], 0) :]
    if not len(order):
        return ()
    cuts = np.flatnonzero(np.diff(labels[order])) + 1
    members, found = np.split(order, cuts), []
    for nth, some in enumerate(members):
        heard(nth / len(members))
        days = None if day is None else day[some]
        found.append(_figure(int(labels[some[0]]), xy[some], weights[some], days, margin_m))
    return tuple(sorted(found, key=lambda figure: (-figure.weight, figure.label)))


def _figure(label: int, xy: Floats, weights: Floats, day: Ints | None, margin_m: float) -> Figure:
    days = None if day is None else np.unique(day)
    line = outline(xy, margin_m)
    middle = np.average(xy, axis=0, weights=weights)
    return Figure(
        label=label,
        points=len(xy),
        weight=float(weights.sum()),
        centre=(float(middle[0]), float(middle[1])),
        span_m=_span(xy),
        area_km2=float(line.area) / 1e6,
        first_day=None if days is None else int(days[0]),
        last_day=None if days is None else int(days[-1]),
        busy_days=None if days is None else len(days),
        outline=line,
    )


def outline(xy: Floats, margin_m: float) -> BaseGeometry:
    """A polygon round the points, one point included: their concave hull and a margin."""
    spots = _thinned(xy, margin_m / 4) if len(xy) > _MANY else xy
    hull = shapely.concave_hull(shapely.multipoints(spots), ratio=_RATIO)
    return shapely.buffer(hull, margin_m, quad_segs=4)


def _thinned(xy: Floats, apart_m: float) -> Floats:
    """One point of each square: those nearer than a quarter of the margin make no other line."""
    squares = np.floor((xy - xy.min(axis=0)) / apart_m).astype(np.int64)
    _, kept = np.unique(
        squares[:, 0] * (squares[:, 1].max() + 1) + squares[:, 1], return_index=True
    )
    return xy[kept]


def _span(xy: Floats) -> float:
    """The greatest distance between two points: always between two corners of the convex hull."""
    corners = shapely.get_coordinates(shapely.convex_hull(shapely.multipoints(xy)))
    if len(corners) < 2:
        return 0.0
    apart = corners[:, None] - corners[None, :]
    return float(np.hypot(apart[..., 0], apart[..., 1]).max())
