"""The shapes of doubt: circle and ellipse, area, stretch of a line, villages that were named."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.point import Point


class BadLocation(GeoError):
    """The location cannot be meant."""


class Spread(StrEnum):
    """How the chance is spread over an ellipse (RFC 7459, section 4)."""

    NORMAL = "normal"  # a two-dimensional normal distribution
    UNIFORM = "uniform"  # the same everywhere inside, nothing outside


@dataclass(frozen=True, kw_only=True, slots=True)
class Ellipse:
    """A circle or an ellipse round a point. Half axes of 0 mean the point itself.

    Raises BadLocation, as the other shapes do, with the field and what would be right.
    """

    centre: Point
    major_m: float  # half the long axis of the ellipse that holds the place with `confidence`
    minor_m: float
    bearing_deg: float = 0.0  # of the long axis
    confidence: float = 0.68
    spread: Spread = Spread.NORMAL

    def __post_init__(self) -> None:
        if not isinstance(self.centre, Point):
            raise BadLocation(f"centre {self.centre!r}: give a Point")
        _at_least_0("major_m", self.major_m)
        _at_least_0("minor_m", self.minor_m)
        _finite("bearing_deg", self.bearing_deg)
        _finite("confidence", self.confidence)
        certain = self.spread is Spread.UNIFORM and self.confidence == 1
        if not (0 < self.confidence < 1 or certain):
            raise BadLocation(
                f"confidence {self.confidence}: give more than 0 and less than 1, "
                "or 1 for a uniform spread"
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Region:
    """Anywhere in an area, each part of it alike."""

    area: BaseGeometry  # Polygon or MultiPolygon, longitude and latitude

    def __post_init__(self) -> None:
        _on_earth("area", self.area, ("Polygon", "MultiPolygon"))
        if not sound(self.area).area > 0:
            raise BadLocation("area: give a Polygon or MultiPolygon that holds some ground")


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Somewhere along a line, such as a road, up to so many metres beside it."""

    line: BaseGeometry  # LineString or MultiLineString
    beside_m: float

    def __post_init__(self) -> None:
        _on_earth("line", self.line, ("LineString", "MultiLineString"))
        _at_least_0("beside_m", self.beside_m)


@dataclass(frozen=True, kw_only=True, slots=True)
class InVillages:
    """Somewhere in these villages, because they were named: borders do not matter."""

    codes: tuple[str, ...]  # Kemendagri codes, each as likely as the others

    def __post_init__(self) -> None:
        if not self.codes or not all(map(_is_code, self.codes)):
            raise BadLocation(f"codes {self.codes!r}: give at least one village code")
        if len(set(self.codes)) < len(self.codes):
            raise BadLocation(f"codes {self.codes!r}: give each village once")


Part = Ellipse | Region | Stretch | InVillages


def sound(area: BaseGeometry) -> BaseGeometry:
    """The area, mended where it crosses itself."""
    return area if area.is_valid else shapely.make_valid(area)


def _is_code(code: object) -> bool:
    return isinstance(code, str) and bool(code)


def _finite(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BadLocation(f"{name} {value!r}: give a finite number")
    return value


def _at_least_0(name: str, value: object) -> None:
    if _finite(name, value) < 0:
        raise BadLocation(f"{name} {value}: give 0 or more metres")


def _on_earth(name: str, shape: object, kinds: tuple[str, ...]) -> None:
    if not isinstance(shape, BaseGeometry) or shape.geom_type not in kinds or shape.is_empty:
        raise BadLocation(f"{name}: give a {' or '.join(kinds)} with corners")
    corners = np.abs(shapely.get_coordinates(shape))
    if not (corners <= (180.0, 90.0)).all():  # NaN fails here too
        raise BadLocation(f"{name}: give corners in degrees, longitude first")
