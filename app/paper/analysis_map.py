"""The map of an analysis on paper: areas by class, the density, clusters, notes, and the names."""

import base64
import html
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import folium
import numpy as np
import orjson
import shapely
from numpy.typing import NDArray
from PIL import Image
from pyproj import CRS

from app.paper.analysis_words import class_name
from app.paper.frame import Bounds, Drawn, collection, drawn, empty_map, feature, number, signs
from app.paper.ground import Shape, Sheet, districts_of, free_corner, names_of
from dispatch.analysis_notes import Note
from dispatch.ground import Ground
from dispatch.reports.ask import Unit
from dispatch.reports.hotspots import Analysis
from geo.hotspots.grid import project

Json = dict[str, Any]
Kinds = dict[str, str]  # id of an area to the classes of its colour

_OF_HALF = 2.2  # letters against the side of a map of half the width, in smaller type
_MARGIN = 0.02  # of the width, round what is fitted
_PIXELS = 700  # of a density, along its longer side
_LAND = (251, 250, 246)  # load-0
_RAMP = ((209, 209, 233), (175, 171, 217), (138, 128, 192), (91, 72, 153))  # load-1 to load-4


@dataclass(frozen=True, slots=True)
class Told:
    """The analysis with what is needed to draw it."""

    both: tuple[Analysis, ...]  # the one, or two periods that are drawn side by side
    shapes: Sequence[Shape]  # villages
    ground: Ground
    notes: Sequence[Note]
    language: str

    @property
    def analysis(self) -> Analysis:
        """The one that is asked for."""
        return self.both[0]

    @property
    def most_dense(self) -> float | None:
        """The highest of all surfaces, incidents per km²; None where there is none."""
        grids = [one.document["grid"] for one in self.both]
        return max((float(grid["max"]) for grid in grids if grid is not None), default=None)


def sheet_of_analysis(told: Told, of: Analysis, kinds: Kinds) -> Sheet:
    """The map of the largest group of villages, and a small one of what lies far off."""
    ground = told.ground
    return Sheet(
        _draw(told, of, kinds, ground.most),
        _draw(told, of, kinds, ground.far) if ground.far else None,
        free_corner([s for s in told.shapes if _within(s, ground.most)]),
    )


def _within(shape: Shape, bounds: Bounds) -> bool:
    return bool(shape.area.intersects(shapely.box(*bounds)))


def _draw(told: Told, of: Analysis, kinds: Kinds, bounds: Bounds) -> Drawn:
    """One map: villages, then areas of the unit, surface, clusters, borders, names, notes."""
    shown = [shape for shape in told.shapes if _within(shape, bounds)]
    figure = empty_map(_grown(bounds))
    for layer in _layers(told, of, kinds, shown, bounds):
        layer.add_to(figure)
    return drawn(figure, _grown(bounds))


def _layers(
    told: Told, of: Analysis, kinds: Kinds, shown: Sequence[Shape], bounds: Bounds
) -> Iterable[Any]:
    document, ask = of.document, of.ask
    by_id = {place["id"]: place for place in document["places"]}
    unit = ask.unit
    ids = {s.code: s.code if unit is Unit.VILLAGE else s.district_code for s in shown}
    surface = document["grid"] is not None
    plain = "clear" if surface else "pale" if unit is Unit.HEXAGON else None
    yield _filled(
        [
            (s.code, s.area, plain or _kind(kinds, by_id, ids[s.code]),
             _label(s.name, s.district, by_id.get(ids[s.code])))
            for s in shown
        ]
    )  # fmt: skip
    if unit is Unit.HEXAGON and not surface:
        yield _filled(
            [
                (place["id"], shapely.from_geojson(orjson.dumps(place["shape"])),
                 _kind(kinds, by_id, place["id"]), _label(place["name"], place["district"], place))
                for place in document["places"]
            ]
        )  # fmt: skip
    if surface:
        yield _surface(document["grid"], bounds, told.most_dense or 0.0)
    yield _lines("district", [(s.code, s.area.boundary) for s in districts_of(shown)])
    yield _lines(
        "cluster-line",
        [
            (str(one["id"]), shapely.from_geojson(orjson.dumps(one["outline"])))
            for one in document["clusters"]
        ],
    )
    numbered = document["clusters"]
    spots = [(one["centre"][0], one["centre"][1]) for one in numbered]
    wide = 1.0 if len(told.both) == 1 else _OF_HALF
    yield names_of(districts_of(shown), "name", bounds, spots, wide)
    yield signs([_sign(one["centre"], str(one["id"]), "cluster-sign") for one in numbered])
    yield signs(
        [
            _sign((note.point.lon, note.point.lat), str(at), "note-sign")
            for at, note in enumerate(told.notes, 1)
        ]
    )


def _kind(kinds: Kinds, by_id: dict[str, Json], one: str) -> str:
    sure = by_id.get(one, {}).get("sure")
    return kinds.get(one, "load-0") + (" sure" if sure else "")


def _label(name: str, district: str | None, place: Json | None) -> str:
    where = f"{name}, Kec. {district}" if district else name
    if place is None:
        return where
    n = "< 5" if place["few"] else number(place["n"], 0 if float(place["n"]).is_integer() else 1)
    told = [f"{where}: {n}", class_name(place["class"])]
    if place["p"] is not None:
        small = place["p"] < 0.001
        told.append(f"p < {number(0.001, 3)}" if small else f"p {number(place['p'], 3)}")
    return " · ".join(told)


def _filled(areas: Sequence[tuple[str, Any, str, str]]) -> folium.GeoJson:
    kinds = {key: kind for key, _area, kind, _words in areas}
    return folium.GeoJson(
        collection(
            [feature(key, area, label=html.escape(words)) for key, area, _k, words in areas]
        ),
        style_function=lambda of: {
            "className": f"village {kinds[of['id']]}",
            "weight": 1.8 if "sure" in kinds[of["id"]] else 0.5,
        },
        tooltip=folium.GeoJsonTooltip(["label"], labels=False, sticky=True) if areas else None,
        smooth_factor=0,
    )


def _lines(kind: str, shapes: Sequence[tuple[str, Any]]) -> folium.GeoJson:
    return folium.GeoJson(
        collection([feature(key, shape) for key, shape in shapes]),
        style_function=lambda _of: {"className": kind, "weight": 1.2},
        interactive=False,
        smooth_factor=0,
    )


def _sign(at: Sequence[float], words: str, kind: str) -> tuple[float, float, Json]:
    made = {"className": kind, "iconSize": [18, 18], "html": f"<b>{html.escape(words)}</b>"}
    return at[0], at[1], made


def _grown(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    by = max(east - west, north - south) * _MARGIN
    return west - by, south - by, east + by, north + by


def _surface(grid: Json, bounds: Bounds, most: float) -> folium.raster_layers.ImageOverlay:
    """The density as a picture that lies square in degrees; most: where the shades end."""
    west, south, east, north = bounds
    side = max(east - west, north - south) / _PIXELS
    wide, high = round((east - west) / side), round((north - south) / side)
    lon = west + (np.arange(wide) + 0.5) * side
    lat = north - (np.arange(high) + 0.5) * side
    spots = np.column_stack([np.tile(lon, high), np.repeat(lat, wide)])
    xy = project(spots, CRS.from_user_input(grid["crs"]))
    col = np.floor((xy[:, 0] - grid["west"]) / grid["cell_m"]).astype(np.int64)
    row = np.floor((xy[:, 1] - grid["south"]) / grid["cell_m"]).astype(np.int64)
    inside = (col >= 0) & (col < grid["cols"]) & (row >= 0) & (row < grid["rows"])
    values = np.array([np.nan if v is None else v for v in grid["values"]])
    found = np.full(len(spots), np.nan)
    found[inside] = values[row[inside] * grid["cols"] + col[inside]]
    picture = _painted(found.reshape(high, wide), most)
    return _Picture(picture, bounds=[[south, west], [north, east]])


class _Picture(folium.raster_layers.ImageOverlay):
    """A picture that is in the file: folium would look for one of that name."""

    def __init__(self, png: bytes, bounds: list[list[float]]) -> None:
        super().__init__(np.zeros((1, 1, 4)), bounds=bounds)
        self.url = f"data:image/png;base64,{base64.b64encode(png).decode()}"


def surface_steps(most: float) -> list[float]:
    """Where the four shades of a surface begin, as on the screen: by squares, to see the low."""
    return [most * (step / 5) ** 2 for step in (1, 2, 3, 4)]


def _painted(values: NDArray[np.float64], most: float) -> bytes:
    """PNG: clear off the land, else the shades of the legend, by parts of the most."""
    steps = surface_steps(max(most, 1e-12))
    at = np.searchsorted(steps, np.nan_to_num(values), side="right")
    shade = np.where(np.isnan(values), 0, at + 1).astype(np.int64)
    solid = [(*rgb, 255) for rgb in (_LAND, *_RAMP)]
    colours = np.array([(0, 0, 0, 0), *solid], dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(colours[shade]).save(made, "PNG", optimize=True)
    return made.getvalue()
