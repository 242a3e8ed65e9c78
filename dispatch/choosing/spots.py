"""Where an incident may be, as a few points with their chances: what the router is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from dispatch.choosing.reading import pin_of
from dispatch.errors import NoPin
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.doubt import HAND_RADIUS_M
from dispatch.rules.whereabouts import only_ellipse, spots_round
from geo.point import Point
from geo.shapes import Floats, LocalScale
from geo.uncertainty.location import circle
from geo.uncertainty.scatter import over_area, sigmas_m

EXACT_M = 100.0  # a place known so well is as good as its middle
SAMPLES = 12
_LEAST_P = 0.03  # of a village that is worth a point
_HELD = 0.68


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where an incident may be.

    middle    a point of it: where a way is drawn to
    radius_m  68 % lie within it
    weight    (n,) of each spot; adds up to 1
    """

    middle: Point
    radius_m: float
    spots: tuple[Point, ...]
    weight: Floats


def place_of(row: AnyRow, ground: Ground) -> Place:
    """Of an incident's row of reading.incidents(). Raises NoPin where nothing is known."""
    kept: Mapping[str, Any] = row.location or {}
    pin = pin_of(row)
    if pin is not None and kept.get("by") != "tempat":
        return _round(pin, kept)
    if (drawn := _area(kept.get("outline"))) is not None:
        return _spread(over_area(drawn, SAMPLES), np.ones(SAMPLES), pin)
    if pin is not None:
        return _round(pin, kept)
    chances = kept.get("villages") or ([[row.village_code, 1.0]] if row.village_code else [])
    spots, weight = _in_villages(chances, ground)
    if not len(spots):
        raise NoPin(f"incident {row.id}")
    return _spread(spots, weight, None)


def _round(pin: Point, kept: Mapping[str, Any]) -> Place:
    told = kept.get("radius_m")
    radius_m = _radius_68(pin, HAND_RADIUS_M if told is None else told, kept.get("confidence"))
    spots = spots_round(pin, radius_m, SAMPLES, EXACT_M)
    return Place(pin, radius_m, spots, np.full(len(spots), 1 / len(spots)))


def _radius_68(pin: Point, radius_m: float, confidence: float | None) -> float:
    """Of a normal spread that holds the place within that radius with that confidence."""
    if not confidence or abs(confidence - _HELD) < 0.005 or not 0 < confidence < 1:
        return radius_m
    sigma = float(np.sqrt(-2 * np.log1p(-_HELD)))
    return sigmas_m(only_ellipse(circle(pin, radius_m, confidence)))[0] * sigma


def _area(outline: object) -> BaseGeometry | None:
    """The ground that is drawn; None for a line, a point, and what cannot be read."""
    if not isinstance(outline, dict):
        return None
    try:
        shape = shapely.from_geojson(orjson.dumps(outline))
    except (ShapelyError, orjson.JSONEncodeError):
        return None
    holds = shape.geom_type in ("Polygon", "MultiPolygon") and shape.is_valid and shape.area > 0
    return shape if holds else None


def _in_villages(chances: Sequence[Sequence[Any]], ground: Ground) -> tuple[Floats, Floats]:
    """Points over the likeliest villages, as many in each as its chance asks for."""
    numbers = {village.code: n for n, village in enumerate(ground.locator.villages)}
    known = [(numbers[c], float(p)) for c, p in chances if c in numbers and p >= _LEAST_P]
    total = sum(p for _, p in known)
    spots, weight = [np.empty((0, 2))], [np.empty(0)]
    for number, p in known:
        count = max(2, round(SAMPLES * p / total))
        spots.append(over_area(ground.locator.areas[number], count))
        weight.append(np.full(count, p / total / count))
    return np.vstack(spots), np.concatenate(weight)


def _spread(spots: Floats, weight: Floats, pin: Point | None) -> Place:
    """The middle is a point of it, so that it lies on its ground and not beside."""
    weight = weight / weight.sum()
    lon, lat = np.average(spots, axis=0, weights=weight)
    scale = LocalScale.at(float(lat))
    away = (spots - (lon, lat)) * (scale.lon_m, scale.lat_m)
    away_m = np.hypot(away[:, 0], away[:, 1])
    order = np.argsort(away_m)
    held = min(int(np.searchsorted(np.cumsum(weight[order]), _HELD)), len(order) - 1)
    nearest = spots[order[0]]
    middle = pin or Point(lon=float(nearest[0]), lat=float(nearest[1]))
    points = tuple(Point(lon=one, lat=other) for one, other in spots.tolist())
    return Place(middle, float(away_m[order[held]]), points, weight)
