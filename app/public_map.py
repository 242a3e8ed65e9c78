"""The map for the public as plain SVG: paths small enough for a slow phone, and no script.

A page of its own draws faster than WebGL starts on a cheap phone, needs nothing but the page
itself, can be printed, and need not be moved about: a regency fits on a screen.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.point import Box

WIDE = 1000  # units of a drawing's longer side
COARSE_DEG = 0.0014  # some 150 m: a unit and a half of a drawing 100 km wide
APART_DEG = 0.3  # islands farther off than this are drawn beside the map, larger
_LEAST = 3  # units: what would be smaller is drawn as a dot


@dataclass(frozen=True, slots=True)
class Drawing:
    """Villages on a sheet of width x height units, north up."""

    width: int
    height: int
    paths: Mapping[str, str]  # by village: what stands in the `d` of a <path>
    districts: Mapping[str, str]  # by district: its border
    labels: Mapping[str, tuple[int, int]]  # by district: where its name stands


@dataclass(frozen=True, slots=True)
class Frame:
    """From degrees to units of a sheet."""

    window: Box

    @property
    def _stretch(self) -> float:
        return cos(radians((self.window.south + self.window.north) / 2))

    @property
    def scale(self) -> float:
        """Units a degree of latitude."""
        window = self.window
        wide = (window.east - window.west) * self._stretch
        return WIDE / max(wide, window.north - window.south)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the sheet."""
        window = self.window
        wide = (window.east - window.west) * self._stretch
        high = window.north - window.south
        return round(wide * self.scale), round(high * self.scale)

    def units(self, degrees: np.ndarray) -> np.ndarray:
        """(n, 2) lon, lat to (n, 2) whole units right and down."""
        right = (degrees[:, 0] - self.window.west) * self._stretch * self.scale
        down = (self.window.north - degrees[:, 1]) * self.scale
        return np.rint(np.column_stack((right, down))).astype(int)

    def path(self, area: BaseGeometry) -> str:
        """The `d` of a <path>: rings that close; a dot where all of them are too small."""
        rings = [self._ring(ring) for part in shapely.get_parts(area) for ring in _rings(part)]
        if drawn := "".join(filter(None, rings)):
            return drawn
        middle = self.units(shapely.get_coordinates(area.representative_point()))[0]
        return f"M{middle[0] - 2},{middle[1] - 2}h4v4h-4z"

    def _ring(self, ring: BaseGeometry) -> str:
        points = self.units(shapely.get_coordinates(ring)[:-1])
        if np.ptp(points, axis=0).max(initial=0) < _LEAST:
            return ""
        steps = np.diff(points, axis=0)
        moves = [f"{right},{down}" for right, down in steps if right or down]
        start = f"M{points[0][0]},{points[0][1]}l"
        return f"{start}{' '.join(moves).replace(' -', '-').replace(',-', '-')}z"


def pieces(areas: Mapping[str, BaseGeometry], districts: Mapping[str, str]) -> list[Drawing]:
    """The whole regency: the largest group of villages first, then islands far off.

    areas      outlines by village code; neighbours share their edges
    districts  the name of the district by village code
    """
    codes = list(areas)
    coarse = dict(
        zip(codes, shapely.coverage_simplify(list(areas.values()), COARSE_DEG), strict=True)
    )
    groups = _groups(coarse)
    return [_draw({code: coarse[code] for code in group}, districts) for group in groups]


def around(code: str, areas: Mapping[str, BaseGeometry]) -> Drawing:
    """One village with what lies round it, cut off at the sheet's edge."""
    window = _window(*areas[code].bounds)
    edge = shapely.box(window.west, window.south, window.east, window.north)
    near = {c: cut for c, area in areas.items() if (cut := area.intersection(edge)).area > 0}
    frame = Frame(window)
    width, height = frame.size
    return Drawing(width, height, {c: frame.path(_areas(a)) for c, a in near.items()}, {}, {})


def _window(west: float, south: float, east: float, north: float) -> Box:
    """Round it with a margin, four units wide to three high."""
    middle, level = (west + east) / 2, (south + north) / 2
    stretch = cos(radians(level))
    high = max(north - south, (east - west) * stretch * 3 / 4) * 1.5 / 2
    wide = high * 4 / 3 / stretch
    return Box(west=middle - wide, south=level - high, east=middle + wide, north=level + high)


def _areas(shape: BaseGeometry) -> BaseGeometry:
    """Only its areas: an edge may leave lines and points as well."""
    parts = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return shapely.MultiPolygon(parts)


def _draw(areas: Mapping[str, BaseGeometry], districts: Mapping[str, str]) -> Drawing:
    west, south, east, north = shapely.total_bounds(list(areas.values()))
    margin = max(east - west, north - south) * 0.01
    frame = Frame(
        Box(west=west - margin, south=south - margin, east=east + margin, north=north + margin)
    )
    whole = {
        name: shapely.union_all([areas[code] for code in areas if districts[code] == name])
        for name in sorted({districts[code] for code in areas})
    }
    middles = {name: _middle(area) for name, area in whole.items()}
    spots = {name: frame.units(shapely.get_coordinates(m))[0] for name, m in middles.items()}
    width, height = frame.size
    return Drawing(
        width,
        height,
        {code: frame.path(area) for code, area in areas.items()},
        {name: frame.path(area) for name, area in whole.items()},
        {name: (int(right), int(down)) for name, (right, down) in spots.items()},
    )


def _middle(area: BaseGeometry) -> BaseGeometry:
    """A point well inside its largest part."""
    largest = max(shapely.get_parts(area), key=lambda part: part.area)
    return shapely.Point(shapely.get_coordinates(shapely.maximum_inscribed_circle(largest))[0])


def _rings(part: BaseGeometry) -> Iterable[BaseGeometry]:
    return (part.exterior, *part.interiors)


def _groups(areas: Mapping[str, BaseGeometry]) -> list[list[str]]:
    """Villages with those near by, the largest group first."""
    groups: list[tuple[BaseGeometry, list[str]]] = []
    for code, area in areas.items():
        reach, members = shapely.box(*area.buffer(APART_DEG).bounds), [code]
        for other in [g for g in groups if g[0].intersects(area)]:
            groups.remove(other)
            reach, members = reach.union(other[0]), [*other[1], *members]
        groups.append((reach, members))
    return sorted((members for _, members in groups), key=_size)


def _size(members: Sequence[str]) -> tuple[int, str]:
    return -len(members), members[0]
