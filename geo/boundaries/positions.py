"""Lists of positions, as JSON gives them, into polygons; everything odd becomes a named flaw."""

from __future__ import annotations

import math
from typing import Any

import shapely
from shapely.geometry import MultiPolygon, Polygon

from geo.boundaries.features import Flaw


class Flawed(Exception):
    """Raised inside this package only: one feature's geometry cannot be taken."""

    def __init__(self, flaw: Flaw, found: object = "") -> None:
        super().__init__(flaw.value)
        self.flaw = flaw
        self.found = str(found)[:120]


def polygons_of(coordinates: Any, depth: int, latitude_first: bool = False) -> Any:
    """A Polygon (depth 3) or MultiPolygon (depth 4) of nested lists; heights are dropped.

    Raises Flawed when a position is not two finite numbers, or a ring is not closed.
    """
    if depth == 3:
        return _polygon(coordinates, latitude_first)
    if not isinstance(coordinates, list) or not coordinates:
        raise Flawed(Flaw.NO_SHAPE)
    return MultiPolygon([_polygon(part, latitude_first) for part in coordinates])


def depth_of(coordinates: Any) -> int:
    """How deep the lists are nested down to the first number; at most 9 are looked at."""
    depth = 0
    while isinstance(coordinates, list) and coordinates and depth < 9:
        coordinates = coordinates[0]
        depth += 1
    return depth


def has_height(shape_or_coordinates: Any) -> bool:
    """Whether the first position has a third number."""
    inner = shape_or_coordinates
    while isinstance(inner, list) and inner and isinstance(inner[0], list):
        inner = inner[0]
    return isinstance(inner, list) and len(inner) > 2


def checked(shape: Any) -> Any:
    """A shape from another library, without heights; Flawed when it is no area or not finite."""
    if shape is None or shape.is_empty:
        raise Flawed(Flaw.NO_SHAPE)
    if shape.geom_type not in ("Polygon", "MultiPolygon"):
        raise Flawed(Flaw.NOT_POLYGON, shape.geom_type)
    if not all(map(math.isfinite, shape.bounds)) or not _all_finite(shape):
        raise Flawed(Flaw.BAD_POSITION, "not finite")
    return shapely.force_2d(shape)


def _all_finite(shape: Any) -> bool:
    positions = shapely.get_coordinates(shape)
    return bool((abs(positions) < math.inf).all())


def _polygon(rings: Any, latitude_first: bool) -> Polygon:
    if not isinstance(rings, list) or not rings:
        raise Flawed(Flaw.NO_SHAPE)
    first, *holes = [_ring(ring, latitude_first) for ring in rings]
    return Polygon(first, holes)


def _ring(ring: Any, latitude_first: bool) -> list[tuple[float, float]]:
    if not isinstance(ring, list):
        raise Flawed(Flaw.BAD_POSITION, ring)
    positions = [_position(position) for position in ring]
    if len(positions) < 4 or positions[0] != positions[-1]:
        raise Flawed(Flaw.OPEN_RING, f"{len(positions)} positions")
    return [(x, y) for y, x in positions] if latitude_first else positions


def _position(position: Any) -> tuple[float, float]:
    if not isinstance(position, list) or len(position) < 2:
        raise Flawed(Flaw.BAD_POSITION, position)
    x, y = position[0], position[1]
    if not (_is_number(x) and _is_number(y)):
        raise Flawed(Flaw.BAD_POSITION, position)
    return float(x), float(y)


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)
