"""Named points, lines and areas from GeoJSON, as a collection or as a feature a line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from geo.gazetteer.place import BadPlace, NewPlace, middle_of
from geo.gazetteer.readers.kinds import kind_of_word, spread_of_kind
from geo.gazetteer.readers.reading import ROAD_SPREAD_M, Row, Told, reach_of
from geo.point import Point

MOST_BYTES = 64 * 1024 * 1024  # of a collection, which is read whole; lines may be more
LONGEST_LINE = 4 * 1024 * 1024
MOST_POSITIONS = 100_000  # of one feature
_SHAPES = frozenset({"LineString", "MultiLineString", "Polygon", "MultiPolygon"})


def read(path: Path, told: Told) -> Iterator[NewPlace]:
    """The named features of a file, in its order.

    Properties read: name; kind or category; aka (a list, or parted by |); villages or
    village_code; context, else village and district; spread_m.
    Raises BadPlace for a file that is no GeoJSON at all.
    """
    features = _lines(path, told) if path.suffix in (".geojsonl", ".ndjson") else _whole(path, told)
    for number, feature in features:
        try:
            place = feature_place(number, feature)
        except BadPlace as wrong:
            told.fault(wrong)
        else:
            yield place


def feature_place(number: int, feature: Any) -> NewPlace:
    """The place of one feature. Raises BadPlace."""
    row = Row(f"fitur {number}")
    try:
        about, geometry = feature["properties"], feature["geometry"]
        name = about["name"]
        if not isinstance(name, str) or not name.strip():
            raise row.refuse("name: kosong")
        kind = kind_of_word(str(about.get("kind") or about.get("category") or "tempat"))
        point, shape = _where(row, geometry)
        return NewPlace(
            name=name.strip(),
            kind=kind,
            point=point,
            spread_m=_spread(row, about.get("spread_m"), kind, shape),
            context=_context(about),
            villages=_listed(about.get("villages") or about.get("village_code")),
            aka=_listed(about.get("aka")),
            shape=shape,
            row=row.name,
        )
    except (KeyError, TypeError, AttributeError) as wrong:
        raise row.refuse(f"bukan fitur bernama ({type(wrong).__name__} {wrong})") from wrong


def _whole(path: Path, told: Told) -> Iterator[tuple[int, Any]]:
    if (size := path.stat().st_size) > MOST_BYTES:
        raise BadPlace(f"{path.name}: {size:,} bita, paling banyak {MOST_BYTES:,}; pakai .geojsonl")
    try:
        features: Sequence[Any] = orjson.loads(path.read_bytes())["features"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as wrong:
        raise BadPlace(f"{path.name}: bukan FeatureCollection GeoJSON ({wrong})") from wrong
    if not isinstance(features, list):
        raise BadPlace(f"{path.name}: features bukan daftar")
    for number, feature in enumerate(features, 1):
        told.progress(number / len(features))
        yield number, feature


def _lines(path: Path, told: Told) -> Iterator[tuple[int, Any]]:
    size = max(path.stat().st_size, 1)
    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), b""), 1):
            if text := line.strip(b"\x1e\r\n\t "):
                told.progress(lines.tell() / size)
                yield number, _parsed(text)


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return None  # refused as any other feature that is none


def _where(row: Row, geometry: Mapping[str, Any]) -> tuple[Point | None, BaseGeometry | None]:
    """Point and shape. Raises BadPlace for anything but a point, lines or areas."""
    kind = geometry["type"]
    if kind == "Point":
        lon, lat = [*geometry["coordinates"], None, None][:2]
        return row.point(lon, lat), None
    if kind not in _SHAPES:
        raise row.refuse(f"geometry: {kind!r} tidak dipakai; beri titik, garis, atau bidang")
    shape = _shape(row, geometry)
    if shapely.get_num_coordinates(shape) > MOST_POSITIONS:
        raise row.refuse(f"geometry: lebih dari {MOST_POSITIONS:,} posisi")
    for corner in ((shape.bounds[0], shape.bounds[1]), (shape.bounds[2], shape.bounds[3])):
        row.point(*corner)
    return middle_of(shape), shape


def _shape(row: Row, geometry: Mapping[str, Any]) -> BaseGeometry:
    """Without heights; a self-crossing outline is mended, what is no area any more is refused."""
    try:
        shape = shapely.force_2d(shapely.from_geojson(orjson.dumps(geometry)))
    except (ShapelyError, orjson.JSONEncodeError) as wrong:
        raise row.refuse(f"geometry: {wrong}") from wrong
    if shape.is_empty or not all(math.isfinite(side) for side in shape.bounds):
        raise row.refuse("geometry: kosong")
    return shape if shape.is_valid else mended(row, shape)


def mended(row: Row, shape: BaseGeometry) -> BaseGeometry:
    """The same without its own crossings. Raises BadPlace where another kind of shape is left."""
    valid = shapely.make_valid(shape, method="structure", keep_collapsed=False)
    if valid.is_empty or valid.geom_type not in _SHAPES:
        raise row.refuse("geometry: tidak sah")
    return valid


def _spread(row: Row, said: Any, kind: str, shape: BaseGeometry | None) -> float:
    if said in (None, ""):
        return spread_of_kind(kind) if shape is None else reach_of(shape, ROAD_SPREAD_M)
    try:
        return float(said)
    except (TypeError, ValueError) as wrong:
        raise row.refuse(f"spread_m: {said!r} bukan angka") from wrong


def _context(about: Mapping[str, Any]) -> str:
    where = [about.get("village"), about.get("district")]
    return str(about.get("context") or ", ".join(str(part) for part in where if part))


def _listed(said: Any) -> tuple[str, ...]:
    parts = said.split("|") if isinstance(said, str) else said or ()
    return tuple(part.strip() for part in parts if isinstance(part, str) and part.strip())
