"""Square metres and metres of shapes in degrees, by one equal-area plane about their middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

Shapes = NDArray[np.object_]  # of shapely geometries
Floats = NDArray[np.float64]

# A ten-millionth of a degree is 1.1 cm: finer than any survey, coarse enough for edges to meet.
GRID_DEG = 1e-7


def shapes_of(geometries: Sequence[BaseGeometry | None]) -> Shapes:
    """An array that numpy does not take apart, whatever the geometries hold."""
    out: Shapes = np.empty(len(geometries), dtype=object)
    out[:] = geometries
    return out


class Ground:
    """A Lambert equal-area plane about the middle of some shapes.

    Areas are right everywhere, lengths within 0.1 % inside 250 km.
    """

    def __init__(self, shapes: Shapes) -> None:
        west, south, east, north = (float(value) for value in shapely.total_bounds(shapes))
        if not np.isfinite(west):
            west, south, east, north = 0.0, 0.0, 0.0, 0.0
        plane = pyproj.CRS.from_dict(
            {
                "proj": "laea",
                # Rounded, so that two editions of one place are measured on one plane.
                "lon_0": round((west + east) / 2, 1),
                "lat_0": round((south + north) / 2, 1),
                "datum": "WGS84",
                "units": "m",
            }
        )
        self._there = pyproj.Transformer.from_crs(4326, plane, always_xy=True)

    def metres(self, shapes: Any) -> Any:
        """The same shapes, one or an array, in metres."""
        return shapely.transform(shapes, self._project)

    def area_m2(self, shapes: Any) -> Any:
        """Square metres, for one shape or for each of an array."""
        return shapely.area(self.metres(shapes))

    def width_m(self, shapes: Any) -> Any:
        """Diameter in metres of the largest circle inside a polygon; 0 for an empty one."""
        return 2 * shapely.length(shapely.maximum_inscribed_circle(self.metres(shapes), 0.25))

    def wider_than(self, polygons: Shapes, width_m: float) -> NDArray[np.bool_]:
        """Whether a circle of that diameter fits into each polygon.

        Most are told by area and rim alone: the circle itself is costly.
        """
        metres = self.metres(polygons)
        area_m2, rim_m = shapely.area(metres), shapely.length(metres)
        wide: NDArray[np.bool_] = 2 * area_m2 > width_m * rim_m
        unsure = np.flatnonzero(~wide & (area_m2 > np.pi * (width_m / 2) ** 2))
        wide[unsure] = self.width_m(polygons[unsure]) > width_m
        return wide

    def _project(self, positions: Floats) -> Floats:
        east, north = self._there.transform(positions[:, 0], positions[:, 1])
        return np.column_stack([east, north])


def inner_point(shape: BaseGeometry) -> tuple[float, float]:
    """lon, lat of a point inside the shape, for a report or a map."""
    point = shapely.point_on_surface(shape)
    return round(float(shapely.get_x(point)), 6), round(float(shapely.get_y(point)), 6)
