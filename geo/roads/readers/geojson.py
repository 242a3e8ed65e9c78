"""Roads from lines in GeoJSON, as a collection or as a feature a line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from geo.roads.gathering import Gathering
from geo.roads.raw import BadRoads, Floats, Numbers

MOST_BYTES = 512 * 1024 * 1024  # of a collection, which is read whole
_SAME_DEG = 1e-7  # corners as near as this, 1 cm, are one node
_OTHER_TAGS = re.compile(r'"([^"]{1,100})"=>"([^"]{0,200})"')
# Geofabrik's shapefiles say it so.
_ONEWAY_LETTERS = {"F": "yes", "T": "-1", "B": "no"}


@dataclass(slots=True)
class _Lines:
    """Lines met so far; nodes are numbered when all corners are known."""

    ids: list[int] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    courses: list[Floats] = field(default_factory=list)
    other_shapes: int = 0


def read(path: Path, gathering: Gathering) -> None:
    """All LineStrings and MultiLineStrings that have a highway (or fclass).

    Properties: highway, oneway, name, maxspeed, junction and other words of OSM, also in GDAL's
    other_tags. Lines meet where their corners lie on one spot (1e-7 degrees).
    Raises BadRoads for a file that is no GeoJSON, has no lines, or numbers that are none.
    """
    lines = _Lines()
    for number, feature in _features(path):
        _take(path.name, number, feature, lines)
    gathering.progress(0.6)
    if not lines.courses:
        raise BadRoads(
            f"{path.name}: tidak ada garis (LineString); {lines.other_shapes} fitur berbentuk lain."
            " Yang diperlukan: garis jalan dengan properti highway"
        )
    corners = np.concatenate(lines.courses)
    sizes = np.cumsum([len(course) for course in lines.courses])[:-1]
    nodes = np.split(_same_spots(corners), sizes)
    for id_, course_nodes, course, tags in zip(
        lines.ids, nodes, lines.courses, lines.tags, strict=True
    ):
        gathering.take(id_, course_nodes, course, tags)


def _take(name: str, number: int, feature: Any, lines: _Lines) -> None:
    try:
        about, geometry = feature.get("properties") or {}, feature["geometry"]
        shape, coordinates = geometry["type"], geometry["coordinates"]
        tags = _tags(about)
        parts = {"LineString": [coordinates], "MultiLineString": coordinates}.get(shape, [])
        courses = [_course(part) for part in parts]
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError):
        raise BadRoads(f"{name}: fitur {number} bukan garis GeoJSON dengan angka") from None
    lines.other_shapes += not parts
    for course in courses:
        if not np.isfinite(course).all():
            raise BadRoads(f"{name}: fitur {number}: koordinatnya bukan angka (NaN)")
        if len(course) >= 2:
            lines.ids.append(_id(about, number))
            lines.tags.append(tags)
            lines.courses.append(course)


def _course(positions: list[list[float]]) -> Floats:
    """Lon, lat of each; heights are dropped. Raises ValueError, TypeError."""
    flat = [(position[0], position[1]) for position in positions]
    if any(isinstance(axis, str | bool | None) for spot in flat for axis in spot):
        raise ValueError
    return np.array(flat, dtype=np.float64).reshape(-1, 2)


def _tags(about: Mapping[str, Any]) -> dict[str, str]:
    tags = dict(_OTHER_TAGS.findall(str(about.get("other_tags") or "")))
    for key, value in about.items():
        if isinstance(value, bool):
            tags[key] = "yes" if value else "no"
        elif isinstance(value, str | int | float):
            # Half a character and NUL are in no text of a database's.
            tags[key] = str(value).encode(errors="replace").decode().replace("\0", "")
    tags.setdefault("highway", tags.get("fclass", ""))
    tags["oneway"] = _ONEWAY_LETTERS.get(tags.get("oneway", ""), tags.get("oneway", ""))
    return tags


def _id(about: Mapping[str, Any], number: int) -> int:
    for key in ("osm_id", "osmid", "@id", "id"):
        word = str(about.get(key, "")).removeprefix("way/")
        if word.isascii() and word.isdigit() and len(word) < 19:
            return int(word)
    return number


def _same_spots(corners: Floats) -> Numbers:
    """A number for each corner (m, 2), the same for those on one spot."""
    cells, cell_of = np.unique(np.round(corners / _SAME_DEG), axis=0, return_inverse=True)
    # Rounding may part two that are as near as nothing: neighbours are joined again.
    pairs = cKDTree(cells).query_pairs(1.01, output_type="ndarray")
    joins = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(len(cells), len(cells)))
    _, spot_of = connected_components(joins, directed=False)
    return np.asarray(spot_of[cell_of.ravel()], dtype=np.int64)


def _features(path: Path) -> Iterator[tuple[int, Any]]:
    """Numbered from 1."""
    if path.suffix.lower() in (".geojsonl", ".ndjson"):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip("\x1e \r\n"):
                    yield number, _json(path.name, line.strip("\x1e \r\n"))
        return
    if path.stat().st_size > MOST_BYTES:
        raise BadRoads(f"{path.name}: lebih dari {MOST_BYTES >> 20} MB; pakai .osm.pbf")
    document = _json(path.name, path.read_text(encoding="utf-8", errors="replace"))
    features = document.get("features") if isinstance(document, dict) else None
    if not isinstance(features, list):
        raise BadRoads(f"{path.name}: bukan GeoJSON (FeatureCollection dengan features)")
    yield from enumerate(features, 1)


def _json(name: str, text: str) -> Any:
    def no_number(word: str) -> NoReturn:
        raise BadRoads(f"{name}: {word} bukan angka; koordinat harus derajat bujur, lintang")

    try:
        return json.loads(text, parse_constant=no_number)
    except (ValueError, RecursionError) as wrong:
        raise BadRoads(f"{name}: bukan GeoJSON yang utuh ({str(wrong)[:120]})") from wrong
