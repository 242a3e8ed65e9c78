"""A folium map as parts of our own page: its scripts stand in the file, nothing is fetched."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import folium
import orjson
import shapely
from babel.dates import format_datetime
from branca.element import Element
from flask_babel import format_decimal, get_locale
from flask_babel import gettext as _
from markupsafe import Markup
from shapely.geometry.base import BaseGeometry

from app.config import ROOT

Json = dict[str, Any]
Bounds = tuple[float, float, float, float]  # west, south, east, north


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a page takes over of a map: its place, and the script that draws it."""

    body: Markup
    script: Markup


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table: words that are not escaped yet; None is shown as a dash."""

    cells: tuple[str | None, ...]


class _OfflineMap(folium.Map):
    """A map whose class lists of scripts are emptied: the page brings Leaflet."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


def empty_map(bounds: Bounds) -> folium.Map:
    """A map without a ground, fitted to these bounds, drawn as SVG: sharp on paper."""
    west, south, east, north = bounds
    figure = _OfflineMap(
        tiles=None, attribution_control=False, zoom_snap=0, zoom_animation=False,
        fade_animation=False, scroll_wheel_zoom=False,
    )  # fmt: skip
    figure.fit_bounds([[south, west], [north, east]])
    return figure


def drawn(figure: folium.Map, bounds: Bounds) -> Drawn:
    """Its place and script; on paper, where it has another size, it fits itself again."""
    root: Any = figure.get_root()
    west, south, east, north = bounds
    fit = f"[[{south:.6f},{west:.6f}],[{north:.6f},{east:.6f}]]"
    for child in list(root._children.values()):
        child.render()
    root.script.add_child(Element(f"keepFitted({figure.get_name()}, {fit});"))  # the last word
    name = figure.get_name()  # of our own making: map_ and a hexadecimal number
    return Drawn(
        Markup(f'<div class="folium-map" id="{name}"></div>'),  # noqa: S704
        Markup(f"<script>{root.script.render()}</script>"),  # noqa: S704 - every value is escaped
    )


def feature(key: str, shape: BaseGeometry, **properties: Any) -> Json:
    """GeoJSON for folium. Words in the properties must be escaped: it writes them as they are."""
    # 5 decimals: one metre, and the file stays small.
    rounded = shapely.set_precision(shape, 1e-5, mode="pointwise")
    return {
        "type": "Feature",
        "id": key,
        "geometry": orjson.loads(shapely.to_geojson(rounded)),
        "properties": properties,
    }


def collection(features: Sequence[Json]) -> Json:
    """As folium takes them."""
    return {"type": "FeatureCollection", "features": list(features)}


def signs(
    points: Sequence[tuple[float, float, Mapping[str, Any]]], below: bool = False
) -> folium.GeoJson:
    """A layer of small pieces of HTML of our own: (lon, lat, options of a DivIcon).

    below  under the other layers of signs: names must not hide figures
    """
    options = {str(n): dict(made) for n, (_, _, made) in enumerate(points)}
    return folium.GeoJson(
        collection([feature(str(n), shapely.Point(x, y)) for n, (x, y, _) in enumerate(points)]),
        marker=folium.Marker(
            icon=folium.DivIcon(html="", icon_size=(1, 1)),
            interactive=False,
            keyboard=False,  # else each is a button without a name
            z_index_offset=-10_000 if below else 0,
        ),
        style_function=lambda of: options[of["id"]],
    )


@cache
def leaflet() -> Markup:
    """Its script and style sheet, safe inside a page."""
    script, style = _vendor("leaflet.js"), _vendor("leaflet.css")
    return Markup(f"<style>{style}</style>\n<script>{script}</script>")  # noqa: S704 - our own files


def _vendor(name: str) -> str:
    text = Path(ROOT, "static/vendor/leaflet", name).read_text()
    text = re.sub(r"url\([^)]*\)", "none", text)  # pictures of controls that no print shows
    return text.replace("</script", "<\\/script").replace("sourceMappingURL", "")


@cache
def tokens() -> Markup:
    """The colours of the house by day: paper has no night."""
    text = Path(ROOT, "static/css/tokens.css").read_text()
    first = re.search(r":root \{.*?\n\}", text, re.DOTALL)
    return Markup(first.group() if first else "")  # noqa: S704 - our own file


def css_string(words: str) -> Markup:
    """Words inside a string of CSS: all but letters and digits as their numbers."""
    plain = (c if c.isascii() and c.isalnum() else f"\\{ord(c):06x}" for c in words)
    return Markup('"' + "".join(plain) + '"')  # noqa: S704


def number(value: float | None, places: int = 0) -> str:
    """As it is written in the asker's language; a dash for what is not known."""
    if value is None:
        return "–"
    return str(format_decimal(round(value, places)))


def moment(at: datetime, year: bool = True) -> str:
    """22 Nov 2026 12.00, in the zone it comes in."""
    return str(format_datetime(at, f"d MMM {'y ' * year}HH.mm", locale=get_locale()))


def age(since: datetime | None, now: datetime) -> str:
    """How long ago, in the largest whole unit."""
    if since is None:
        return "–"
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 120:
        return str(_("%(n)s menit", n=minutes))
    if minutes < 2 * 1440:
        return str(_("%(n)s jam", n=minutes // 60))
    return str(_("%(n)s hari", n=number(minutes // 1440)))
