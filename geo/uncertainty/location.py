"""Where something may be: point, circle, ellipse, area, stretch of road, or several of these.

The semantics are those of RFC 5491 and RFC 7459: a shape, the confidence that the place lies in
it, and how the chance is spread inside. Lengths are metres, bearings degrees clockwise from north.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import BadPoint
from geo.point import Point
from geo.shapes import LocalScale
from geo.uncertainty.parts import (
    BadLocation,
    Ellipse,
    InVillages,
    Part,
    Region,
    Spread,
    Stretch,
    sound,
)
from geo.uncertainty.scatter import corridor, half_axes_m, scatter

__all__ = [
    "BadLocation",
    "Ellipse",
    "InVillages",
    "Location",
    "Part",
    "Region",
    "Spread",
    "Stretch",
    "at",
    "circle",
    "from_aml",
    "from_json",
    "middle",
    "only",
    "outline",
    "radius_68_m",
    "to_json",
]

_CORNERS = 64  # of a drawn ellipse
_COUNTED = 1024  # points of a part
_DEGREE_DECIMALS = 7  # about a centimetre


@dataclass(frozen=True, slots=True)
class Location:
    """A mixture: parts with their weights, which add up to 1. Raises BadLocation."""

    parts: tuple[tuple[float, Part], ...]

    def __post_init__(self) -> None:
        weights = [weight for weight, _ in self.parts]
        if not all(weight >= 0 for weight in weights) or not math.isclose(
            sum(weights), 1.0, abs_tol=1e-6
        ):
            raise BadLocation(f"weights {weights}: give numbers from 0 that add up to 1")


def at(point: Point) -> Location:
    """Exactly there."""
    return circle(point, 0.0)


def circle(
    point: Point, radius_m: float, confidence: float = 0.68, spread: Spread = Spread.NORMAL
) -> Location:
    """Within a radius with that confidence."""
    shape = Ellipse(
        centre=point, major_m=radius_m, minor_m=radius_m, confidence=confidence, spread=spread
    )
    return Location(((1.0, shape),))


def only(part: Part) -> Location:
    """A single part."""
    return Location(((1.0, part),))


def from_aml(point: Point, radius_m: float, level_of_confidence: float = 68) -> Location:
    """The position that a phone sends by itself (Advanced Mobile Location, ETSI TS 103 625).

    level_of_confidence  its `lc`, in percent (most phones send 68 or 95); 100 is read as 99,
                         because no phone knows for sure
    Raises BadLocation for a level or a radius (`rd`) that tells nothing.
    """
    if isinstance(level_of_confidence, bool) or not 1 <= level_of_confidence <= 100:
        raise BadLocation(f"level_of_confidence {level_of_confidence}: give 1 to 100 percent")
    return circle(point, radius_m, min(level_of_confidence, 99) / 100)


def outline(location: Location) -> BaseGeometry | None:
    """What to draw: the 68 % ellipse, the area, the corridor; several parts as one shape.

    None where a part needs the villages' borders: Territory.outline draws these.
    """
    shapes = [_outline(part) for _, part in location.parts]
    drawn = [shape for shape in shapes if shape is not None]
    return None if len(drawn) < len(shapes) else shapely.union_all(drawn)


def middle(location: Location) -> Point | None:
    """The mean of where it may be; for a single stretch the point of the line next to that.

    None where a part needs the villages' borders: Territory.middle knows these.
    """
    spots = [_middle(part) for _, part in location.parts]
    known = [spot for spot in spots if spot is not None]
    if len(known) < len(spots):
        return None
    weights = [weight for weight, _ in location.parts]
    lon, lat = np.average([(spot.lon, spot.lat) for spot in known], axis=0, weights=weights)
    return Point(lon=float(lon), lat=float(lat))


def radius_68_m(location: Location) -> float | None:
    """Metres from the middle within which it lies with 68 %; None as for middle().

    Counted over some 1,000 points spread evenly; right to about 1 %.
    """
    if (centre := middle(location)) is None:
        return None
    spots, shares = [], []
    for weight, part in location.parts:
        if not isinstance(part, InVillages):  # middle() knew none
            spots.append(scatter(part, _COUNTED))
            shares.append(weight / _COUNTED)
    scale = LocalScale.at(centre.lat)
    away = (np.vstack(spots) - (centre.lon, centre.lat)) * (scale.lon_m, scale.lat_m)
    away_m = np.hypot(away[:, 0], away[:, 1])
    order = np.argsort(away_m)
    held = np.cumsum(np.repeat(shares, _COUNTED)[order])
    return float(away_m[order][np.searchsorted(held, 0.68)])


def _outline(part: Part) -> BaseGeometry | None:
    if isinstance(part, Region):
        return sound(part.area)
    if isinstance(part, Stretch):
        return corridor(part)
    return _ellipse(part) if isinstance(part, Ellipse) else None


def _ellipse(part: Ellipse) -> BaseGeometry:
    major_m, minor_m = half_axes_m(part, 0.68)
    if major_m == minor_m == 0:
        return shapely.Point(part.centre.lon, part.centre.lat)
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    bearing = math.radians(part.bearing_deg)
    along, aside = major_m * np.cos(turn), max(minor_m, 0.01) * np.sin(turn)
    east = along * math.sin(bearing) - aside * math.cos(bearing)
    north = along * math.cos(bearing) + aside * math.sin(bearing)
    scale = LocalScale.at(part.centre.lat)
    lon, lat = part.centre.lon + east / scale.lon_m, part.centre.lat + north / scale.lat_m
    return shapely.Polygon(np.column_stack([lon, lat]))


def _middle(part: Part) -> Point | None:
    if isinstance(part, InVillages):
        return None
    if isinstance(part, Ellipse):
        return part.centre
    shape = part.area if isinstance(part, Region) else part.line
    spot = shape.centroid
    if isinstance(part, Stretch):
        spot = shapely.get_point(shapely.shortest_line(part.line, spot), 0)
    return Point(lon=spot.x, lat=spot.y)


def to_json(location: Location) -> dict[str, Any]:
    """A plain dict for storing: geometry as GeoJSON, degrees to 7 decimals."""
    return {"parts": [{"weight": weight} | _as_dict(part) for weight, part in location.parts]}


def from_json(stored: object) -> Location:
    """What to_json wrote. Raises BadLocation for anything else."""
    try:
        parts = stored["parts"]  # type: ignore[index]  # a TypeError says the same
        return Location(tuple((float(each["weight"]), _as_part(each)) for each in parts))
    except KeyError as missing:
        raise BadLocation(f"{missing.args[0]}: is missing") from None
    except BadPoint as wrong:
        raise BadLocation(f"centre: {wrong}") from None
    except (TypeError, ValueError, AttributeError, OverflowError) as wrong:
        raise BadLocation(f"{wrong}: give what to_json wrote") from None


def _as_dict(part: Part) -> dict[str, Any]:
    if isinstance(part, InVillages):
        return {"kind": "villages", "codes": list(part.codes)}
    if isinstance(part, Region):
        return {"kind": "region", "area": _geojson(part.area)}
    if isinstance(part, Stretch):
        return {"kind": "stretch", "line": _geojson(part.line), "beside_m": part.beside_m}
    return {
        "kind": "ellipse",
        "centre": _geojson(shapely.Point(part.centre.lon, part.centre.lat)),
        "major_m": part.major_m,
        "minor_m": part.minor_m,
        "bearing_deg": part.bearing_deg,
        "confidence": part.confidence,
        "spread": part.spread.value,
    }


def _as_part(stored: Mapping[str, Any]) -> Part:
    kind = stored["kind"]
    if kind == "villages":
        return InVillages(codes=tuple(stored["codes"]))
    if kind == "region":
        return Region(area=_shape("area", stored["area"]))
    if kind == "stretch":
        return Stretch(line=_shape("line", stored["line"]), beside_m=stored["beside_m"])
    if kind != "ellipse":
        raise BadLocation(f"kind {kind!r}: give ellipse, region, stretch or villages")
    spot = _shape("centre", stored["centre"])
    if spot.geom_type != "Point" or spot.is_empty:
        raise BadLocation("centre: give a GeoJSON Point")
    return Ellipse(
        centre=Point(lon=spot.x, lat=spot.y),
        major_m=stored["major_m"],
        minor_m=stored["minor_m"],
        bearing_deg=stored["bearing_deg"],
        confidence=stored["confidence"],
        spread=Spread(stored["spread"]),
    )


def _geojson(shape: BaseGeometry) -> dict[str, Any]:
    rounded = shapely.transform(shape, lambda corners: np.round(corners, _DEGREE_DECIMALS))
    written: dict[str, Any] = json.loads(shapely.to_geojson(rounded))
    return written


def _shape(name: str, stored: object) -> BaseGeometry:
    try:
        return shapely.from_geojson(json.dumps(stored))
    except (TypeError, ValueError, shapely.errors.ShapelyError) as wrong:
        raise BadLocation(f"{name}: give GeoJSON ({str(wrong)[:80]})") from None
