"""Boundary files (GeoJSON, GeoPackage, shapefile, published SQL) into plain features."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pyogrio
import pyproj
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from geo.boundaries import sqlform
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Feature, Fields, Flaw, Problem, Reading, Tray
from geo.boundaries.positions import Flawed, checked, depth_of, has_height, polygons_of
from geo.point import INDONESIA

MOST_BYTES = 256 * 1024 * 1024
MOST_FEATURES = 100_000  # all villages of the country are 84,000
MOST_POSITIONS = 10_000_000

# Geographic systems that differ from WGS 84 by less than a metre: WGS 84 itself,
# DGN95 and SRGI2013, the national ones.
SAME_AS_WGS84 = frozenset({4326, 4755, 9470})
CRS_NAMES = frozenset({"crs84", "4326", "4755", "9470"})

DEPTH = {"Polygon": 3, "MultiPolygon": 4}


def read(path: Path, fields: Fields | None = None, layer: str | None = None) -> Reading:
    """The village features of a file, in the order of the file.

    The form is told by the ending; the SQL form is latitude first, all others longitude first.
    Raises Unusable when nothing of the file can be taken: see Fault. What is wrong with
    single features stands in Reading.problems.
    """
    if not path.is_file():
        raise Unusable(Fault.MISSING, where=path)
    if (size := path.stat().st_size) > MOST_BYTES:
        limit = f"{MOST_BYTES:,} bytes"
        raise Unusable(Fault.TOO_LARGE, where=path.name, found=f"{size:,} bytes", limit=limit)
    tray = Tray(fields or Fields())
    match path.suffix.lower():
        case ".geojson" | ".json":
            form = _read_geojson(path, tray)
        case ".sql":
            form = _read_sql(path, tray)
        case ".gpkg" | ".shp":
            form = _read_layer(path, layer, tray)
        case _:
            raise Unusable(Fault.UNKNOWN_FORM, where=path.name)
    _check_size(path, tray)
    _check_country(path, tray)
    return Reading(
        form=form,
        features=tuple(tray.features),
        problems=tuple(tray.problems),
        total=tray.total,
        with_height=tray.with_height,
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )


def _read_geojson(path: Path, tray: Tray) -> str:
    try:
        document = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise Unusable(Fault.UNREADABLE, where=path.name, detail=str(error)[:200]) from error
    if not isinstance(document, dict) or document.get("type") != "FeatureCollection":
        found = document.get("type") if isinstance(document, dict) else type(document).__name__
        raise Unusable(Fault.NOT_FEATURES, where=path.name, found=repr(found)[:80])
    _check_crs_member(document.get("crs"), path)
    features = document.get("features")
    if not isinstance(features, list) or not features:
        raise Unusable(Fault.EMPTY, where=path.name)
    for number, feature in enumerate(features, start=1):
        row, geometry = _parts(feature)
        _take_json(tray, row, geometry, f"feature {number}")
    return "GeoJSON"


def _parts(feature: Any) -> tuple[Mapping[str, object], Any]:
    if not isinstance(feature, dict):
        return {}, None
    row = feature.get("properties")
    return (row if isinstance(row, dict) else {}), feature.get("geometry")


def _take_json(tray: Tray, row: Mapping[str, object], geometry: Any, where: str) -> None:
    tray.total += 1
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    label = f"{where} ({tray.fields.pick('name', row) or '-'})"
    if kind is None:
        tray.flaw(Flaw.NO_SHAPE, label)
    elif kind not in DEPTH:
        tray.flaw(Flaw.NOT_POLYGON, label, kind)
    else:
        _take_nested(tray, row, geometry.get("coordinates"), DEPTH[kind], False, where, label)


def _take_nested(
    tray: Tray,
    row: Mapping[str, object],
    coordinates: Any,
    depth: int,
    latitude_first: bool,
    where: str,
    label: str,
) -> None:
    try:
        shape = polygons_of(coordinates, depth, latitude_first)
    except Flawed as flawed:
        tray.flaw(flawed.flaw, label, flawed.found)
        return
    tray.with_height += has_height(coordinates)
    tray.take(row, shape, where)


def _check_crs_member(crs: Any, path: Path) -> None:
    """RFC 7946 knows no `crs`; an old file may have one if it says what holds anyway."""
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, dict) else None
    name = properties.get("name") if isinstance(properties, dict) else None
    if str(name).lower().replace("/", ":").split(":")[-1] not in CRS_NAMES:
        raise Unusable(Fault.WRONG_CRS, where=path.name, found=repr(name or crs)[:80])


def _read_sql(path: Path, tray: Tray) -> str:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unusable(Fault.UNREADABLE, where=path.name, detail="not UTF-8") from error
    for line, row in sqlform.rows_of(text, path.name):
        tray.total += 1
        where = f"line {line}"
        label = f"{where} ({tray.fields.pick('name', row) or '-'})"
        coordinates = _nested(row.get("path"))
        depth = depth_of(coordinates)
        if depth not in DEPTH.values():
            tray.flaw(Flaw.NO_SHAPE, label, f"path nested {depth} deep; give 3 or 4")
        else:
            _take_nested(tray, row, coordinates, depth, True, where, label)
    if not tray.total:
        raise Unusable(Fault.EMPTY, where=path.name)
    return "SQL"


def _nested(value: object) -> Any:
    try:
        return orjson.loads(value) if isinstance(value, str) else None
    except orjson.JSONDecodeError:
        return None


def _read_layer(path: Path, layer: str | None, tray: Tray) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL warns of what the report says in words
        try:
            layer = layer or _only_layer(path)
            meta, _, wkb, columns = pyogrio.raw.read(path, layer=layer, max_features=MOST_FEATURES)
        except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
            raise Unusable(Fault.UNREADABLE, where=path.name, detail=str(error)[:200]) from error
    _check_layer_crs(meta["crs"], path)
    names = [str(name) for name in meta["fields"]]
    if not tray.fields.knows_code_in(names):
        raise Unusable(Fault.NO_FIELD, where=path.name, found=", ".join(names)[:200])
    if wkb is None or not len(wkb):
        raise Unusable(Fault.EMPTY, where=path.name)
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    for number, shape in enumerate(shapes):
        row = {name: _plain(columns[at][number]) for at, name in enumerate(names)}
        _take_shape(tray, row, shape, f"feature {number + 1}")
    return "GeoPackage" if path.suffix.lower() == ".gpkg" else "ESRI Shapefile"


def _plain(value: Any) -> object:
    return value.item() if hasattr(value, "item") else value


def _take_shape(tray: Tray, row: Mapping[str, object], shape: Any, where: str) -> None:
    tray.total += 1
    try:
        flat = checked(shape)
    except Flawed as flawed:
        tray.flaw(flawed.flaw, f"{where} ({tray.fields.pick('name', row) or '-'})", flawed.found)
        return
    tray.with_height += bool(shape.has_z)
    tray.take(row, flat, where)


def _only_layer(path: Path) -> str:
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if not layers:
        raise Unusable(Fault.EMPTY, where=path.name)
    if len(layers) > 1:
        raise Unusable(Fault.MANY_LAYERS, where=path.name, found=", ".join(layers)[:200])
    return layers[0]


def _check_layer_crs(crs: str | None, path: Path) -> None:
    if not crs:
        raise Unusable(Fault.NO_CRS, where=path.name)
    try:
        known = pyproj.CRS.from_user_input(crs)
    except pyproj.exceptions.CRSError as error:
        raise Unusable(Fault.WRONG_CRS, where=path.name, found=crs[:80]) from error
    if known.to_epsg() not in SAME_AS_WGS84 and not known.equals(4326, ignore_axis_order=True):
        raise Unusable(Fault.WRONG_CRS, where=path.name, found=f"{crs[:40]} ({known.name})")


def _check_size(path: Path, tray: Tray) -> None:
    positions = sum(int(shapely.get_num_coordinates(one.shape)) for one in tray.features)
    for found, limit, what in (
        (tray.total, MOST_FEATURES - 1, "features"),
        (positions, MOST_POSITIONS, "positions"),
    ):
        if found > limit:
            raise Unusable(
                Fault.TOO_LARGE,
                where=path.name,
                found=f"{found:,} {what}",
                limit=f"{limit:,} {what}",
            )


def _check_country(path: Path, tray: Tray) -> None:
    """Features beyond the country become problems; a whole file beyond it is refused."""
    inside = [one for one in tray.features if _within(one, swapped=False)]
    outside = [one for one in tray.features if not _within(one, swapped=False)]
    if outside and not inside:
        west, south = outside[0].shape.bounds[:2]
        fault = Fault.SWAPPED if _within(outside[0], swapped=True) else Fault.ELSEWHERE
        raise Unusable(fault, where=f"{path.name} {outside[0].where}", found=f"{west:g}, {south:g}")
    tray.features[:] = inside
    tray.problems.extend(
        Problem(Flaw.OUTSIDE, one.where, "swapped" if _within(one, swapped=True) else "")
        for one in outside
    )


def _within(feature: Feature, swapped: bool) -> bool:
    west, south, east, north = feature.shape.bounds
    if swapped:
        west, south, east, north = south, west, north, east
    return INDONESIA.holds(west, south) and INDONESIA.holds(east, north)
