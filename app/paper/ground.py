"""The villages as a print draws them: outlines, borders of districts, islands set apart."""

import html
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import folium
import numpy as np
import shapely
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from app.paper.frame import Bounds, Drawn, collection, drawn, empty_map, feature, signs

_APART_DEG = 0.08  # about 9 km: islands that lie farther off get a small map of their own
_MARGIN = 0.02  # of the width, round what is fitted
_CORNERS = ("nw", "ne", "sw", "se")
_INSET = 0.34  # of the map's side
_LETTER = 0.0105  # width of a letter of a name, of the map's side

Style = Callable[[str], str]  # village code to the classes of its area, words of our own


@dataclass(frozen=True, slots=True)
class Shape:
    """A village with its outline."""

    code: str
    name: str
    kind: str
    district: str
    district_code: str
    area: BaseGeometry
    population: int | None = None  # None: not known


@dataclass(frozen=True, slots=True)
class Sheet:
    """A map for a page; a smaller one of what lies far off, and the corner that it leaves free."""

    main: Drawn
    inset: Drawn | None
    corner: str


Above = Callable[[Sequence[Shape]], Iterable[folium.GeoJson]]


def sheet_of(
    shapes: Sequence[Shape], style: Style, above: Above, labels: dict[str, str] | None = None
) -> Sheet:
    """Villages by the classes of `style`, their districts, and the layers of `above` on them.

    labels  words of a village's tooltip by its code, not escaped yet
    """
    main, far = _apart(shapes)
    return Sheet(
        _draw(main, main, style, above, labels or {}),
        _draw(far, far, style, above, labels or {}) if far else None,
        free_corner(main),
    )


def near_village(shapes: Sequence[Shape], code: str, above: Above) -> Drawn:
    """One village with its neighbours pale, each named where it can be seen."""
    own = next(s for s in shapes if s.code == code)
    west, south, east, north = own.area.bounds
    high = max(north - south, (east - west) / 2)  # the frame is twice as wide as high
    frame = shapely.box(*_round((west + east) / 2, (south + north) / 2, high, 0.5))
    seen = shapely.box(*_round((west + east) / 2, (south + north) / 2, high, 0.45))
    near = [s for s in shapes if s.code != code and s.area.intersects(frame)]
    shown = [*(replace(s, area=s.area.intersection(frame.buffer(high))) for s in near), own]
    named = [replace(s, area=s.area.intersection(seen)) for s in near if s.area.intersects(seen)]
    return _draw(
        shown, [own], lambda c: "own" if c == code else "pale", above, {}, named=[*named, own]
    )


def _round(x: float, y: float, high: float, part: float) -> Bounds:
    """A frame twice as wide as high, of which it takes a part to each side."""
    return x - 2 * high * part, y - high * part, x + 2 * high * part, y + high * part


def _draw(
    shapes: Sequence[Shape],
    fitted: Sequence[Shape],
    style: Style,
    above: Above,
    labels: dict[str, str],
    named: Sequence[Shape] = (),
) -> Drawn:
    bounds = _grown(tuple(shapely.total_bounds([s.area for s in fitted])))
    figure = empty_map(bounds)
    villages = [feature(s.code, s.area, label=html.escape(_label(s, labels))) for s in shapes]
    folium.GeoJson(
        collection(villages),
        style_function=lambda of: {"className": f"village {style(of['id'])}", "weight": 0.5},
        tooltip=folium.GeoJsonTooltip(["label"], labels=False, sticky=True),
        smooth_factor=0,
    ).add_to(figure)
    districts = districts_of(shapes)
    edges = [feature(s.code, s.area.boundary) for s in districts]
    if not named:
        folium.GeoJson(
            collection(edges),
            style_function=lambda of: {"className": "district", "weight": 1.2},
            interactive=False,
            smooth_factor=0,
        ).add_to(figure)
    layers = list(above(shapes))
    kind = "name-village" if named else "name"
    names_of(named or districts, kind, bounds, _spots(layers)).add_to(figure)
    for layer in layers:
        layer.add_to(figure)
    return drawn(figure, bounds)


def _label(of: Shape, labels: dict[str, str]) -> str:
    place = f"{of.kind.capitalize()} {of.name}, Kec. {of.district}"
    return f"{place}: {labels[of.code]}" if of.code in labels else place


def _spots(layers: Iterable[folium.GeoJson]) -> list[tuple[float, float]]:
    """Where the signs of these layers stand."""
    return [tuple(of["geometry"]["coordinates"]) for one in layers for of in one.data["features"]]


def names_of(
    shapes: Sequence[Shape],
    kind: str,
    bounds: Bounds,
    signed: Sequence[tuple[float, float]],
    wide: float = 1.0,
) -> folium.GeoJson:
    """Names in the middle of what they name; a line or two off where one stands already.

    wide   how many times as wide as usual a letter is, of the map's side
    """
    letter = max(bounds[2] - bounds[0], bounds[3] - bounds[1]) * _LETTER * wide
    taken = [shapely.box(x - letter, y - letter, x + letter, y + letter) for x, y in signed]
    spots = []
    for shape in sorted(shapes, key=lambda s: -s.area.area):
        middle = shape.area.representative_point()
        half = len(shape.name) * letter / 2
        boxes = [
            shapely.box(middle.x - half, y - 0.8 * letter, middle.x + half, y + 0.8 * letter)
            for y in (middle.y + line * 1.7 * letter for line in (0, 1, -1, 2, -2, 3, -3))
        ]
        place = next((b for b in boxes if not any(b.intersects(t) for t in taken)), boxes[0])
        taken.append(place)
        name = f"<span>{html.escape(shape.name)}</span>"
        spots.append((place.centroid, {"className": kind, "iconSize": [0, 0], "html": name}))
    return signs([(p.x, p.y, options) for p, options in spots], below=True)


def districts_of(shapes: Sequence[Shape]) -> list[Shape]:
    """The villages of each district as one."""
    groups: defaultdict[str, list[Shape]] = defaultdict(list)
    for shape in shapes:
        groups[shape.district_code].append(shape)
    return [
        Shape(code, of[0].district, "kecamatan", of[0].district, code, _joined(of))
        for code, of in sorted(groups.items())
    ]


def _joined(shapes: Sequence[Shape]) -> BaseGeometry:
    # A hair's breadth closes the slivers that two outlines of one border leave.
    return shapely.union_all([s.area.buffer(1e-4) for s in shapes]).buffer(-1e-4)


def _apart(shapes: Sequence[Shape]) -> tuple[list[Shape], list[Shape]]:
    """The body with the most villages, and all that lies far from it."""
    areas = [s.area for s in shapes]
    pairs = STRtree(areas).query(areas, predicate="dwithin", distance=_APART_DEG).T
    body = np.arange(len(areas))
    for _round in range(len(areas)):
        before = body.copy()
        np.minimum.at(body, pairs[:, 0], body[pairs[:, 1]])
        body = body[body]
        if (before == body).all():
            break
    main = np.bincount(body).argmax()
    return (
        [s for s, of in zip(shapes, body, strict=True) if of == main],
        [s for s, of in zip(shapes, body, strict=True) if of != main],
    )


def _grown(bounds: Bounds) -> Bounds:
    west, south, east, north = bounds
    by = max(east - west, north - south) * _MARGIN
    return west - by, south - by, east + by, north + by


def free_corner(shapes: Sequence[Shape]) -> str:
    """The corner in which a small map hides the least land."""
    west, south, east, north = shapely.total_bounds([s.area for s in shapes])
    wide, high = (east - west) * _INSET, (north - south) * _INSET
    land = shapely.union_all([s.area.envelope for s in shapes])
    boxes = {
        "nw": shapely.box(west, north - high, west + wide, north),
        "ne": shapely.box(east - wide, north - high, east, north),
        "sw": shapely.box(west, south, west + wide, south + high),
        "se": shapely.box(east - wide, south, east, south + high),
    }
    return min(_CORNERS, key=lambda corner: land.intersection(boxes[corner]).area)
