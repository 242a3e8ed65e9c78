"""Where something may be: point, circle, ellipse, area, stretch of road, or several of these.

The semantics are those of RFC 5491 and RFC 7459: a shape, the confidence that the place lies in
it, and how the chance is spread inside. Lengths are metres, bearings degrees clockwise from north.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

from geo.point import Point


class Spread(StrEnum):
    """How the chance is spread over an ellipse (RFC 7459, section 4)."""

    NORMAL = "normal"  # a two-dimensional normal distribution
    UNIFORM = "uniform"  # the same everywhere inside, nothing outside


@dataclass(frozen=True, kw_only=True, slots=True)
class Ellipse:
    """A circle or an ellipse round a point. Half axes of 0 mean the point itself."""

    centre: Point
    major_m: float  # half the long axis of the ellipse that holds the place with `confidence`
    minor_m: float
    bearing_deg: float = 0.0  # of the long axis
    confidence: float = 0.68
    spread: Spread = Spread.NORMAL


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """Anywhere in an area, each part of it alike."""

    area: BaseGeometry  # Polygon or MultiPolygon, longitude and latitude


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Somewhere along a line, such as a road, up to so many metres beside it."""

    line: BaseGeometry  # LineString or MultiLineString
    beside_m: float


@dataclass(frozen=True, kw_only=True, slots=True)
class InVillages:
    """Somewhere in these villages, because they were named: borders do not matter."""

    codes: tuple[str, ...]  # Kemendagri codes, each as likely as the others


Part = Ellipse | Region | Stretch | InVillages


@dataclass(frozen=True, slots=True)
class Location:
    """A mixture: parts with their weights, which add up to 1."""

    parts: tuple[tuple[float, Part], ...]


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
