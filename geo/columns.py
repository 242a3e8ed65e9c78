"""Column types that carry our own Point and shapely shapes. WKB stays in this file."""

from typing import Any

import shapely
from geoalchemy2 import Geometry, WKBElement
from geoalchemy2.shape import to_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Dialect
from sqlalchemy.types import TypeDecorator

from geo.point import Point

WGS84 = 4326


class PointColumn(TypeDecorator[Point]):
    """geometry(Point, 4326), read and written as geo.point.Point."""

    impl = Geometry("POINT", srid=WGS84, spatial_index=False)
    cache_ok = True

    def process_bind_param(self, value: Point | None, dialect: Dialect) -> str | None:
        return None if value is None else f"SRID={WGS84};POINT({value.lon!r} {value.lat!r})"

    def process_result_value(self, value: WKBElement | None, dialect: Dialect) -> Point | None:
        if value is None:
            return None
        shape: Any = to_shape(value)
        return Point(lon=shape.x, lat=shape.y)


class AreaColumn(TypeDecorator[BaseGeometry]):
    """geometry(MultiPolygon, 4326), read and written as a shapely shape, to the last bit."""

    impl = Geometry("MULTIPOLYGON", srid=WGS84, spatial_index=False)
    cache_ok = True

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        # EWKB, not WKT: rounding would open gaps between neighbours.
        return str(shapely.to_wkb(shapely.set_srid(value, WGS84), hex=True, include_srid=True))

    def process_result_value(
        self, value: WKBElement | None, dialect: Dialect
    ) -> BaseGeometry | None:
        return None if value is None else to_shape(value)


class ShapeColumn(AreaColumn):
    """geometry(Geometry, 4326): a line, an area, or several of them."""

    impl = Geometry("GEOMETRY", srid=WGS84, spatial_index=False)
    cache_ok = True


class LineColumn(AreaColumn):
    """geometry(LineString, 4326)."""

    impl = Geometry("LINESTRING", srid=WGS84, spatial_index=False)
    cache_ok = True
