"""Folium maps for reports and print: one file that needs no network, with our own Leaflet."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import folium
import orjson
import shapely
from branca.element import Element
from shapely.geometry.base import BaseGeometry

from app.config import ROOT
from dispatch.board import VillageLoad

# ColorBrewer YlOrRd, five classes: safe for the colour-blind and in grey print.
COLOURS = ("#f7f6f2", "#ffffb2", "#fecc5c", "#fd8d3c", "#f03b20", "#bd0026")
CLASSES = (0, 1, 2, 4, 8, 16)  # lower ends: none, 1, 2-3, 4-7, 8-15, 16 and more


@dataclass(frozen=True, slots=True)
class MappedVillage:
    """A village with its shape, as the map of the load draws it."""

    code: str
    name: str
    kind: str
    district: str
    area: BaseGeometry


def load_map(
    title: str,
    as_of: datetime,
    villages: Sequence[MappedVillage],
    load: Mapping[str, VillageLoad],
    notes: Sequence[str],
) -> str:
    """HTML of a map of open incidents by village, whole in itself.

    Every value is escaped: folium writes popups and tooltips as they come (traps.md, 22).
    """
    west, south, east, north = shapely.total_bounds([v.area for v in villages])
    figure = _offline_map()
    folium.GeoJson(
        {"type": "FeatureCollection", "features": [_feature(v, load) for v in villages]},
        style_function=_style,
        tooltip=folium.GeoJsonTooltip(["label"], labels=False, sticky=True),
        smooth_factor=0,
    ).add_to(figure)
    figure.fit_bounds([[south, west], [north, east]])
    root: Any = figure.get_root()
    root.html.add_child(Element(_heading(title, as_of, notes)))
    root.render()  # the map takes its place between the heading and the table
    root.html.add_child(Element(_table(villages, load)))
    root.title = html.escape(title)
    return str(root.render())


class _OfflineMap(folium.Map):
    """A map whose scripts stand in the file: the class lists are emptied, nothing is fetched."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012 - as folium declares it
    default_css: list[tuple[str, str]] = []  # noqa: RUF012


def _offline_map() -> folium.Map:
    figure = _OfflineMap(tiles=None, height="70vh", prefer_canvas=True, attribution_control=False)
    root: Any = figure.get_root()
    header = root.header
    header.add_child(Element(f"<style>{_vendor('leaflet.css')}\n{_CSS}</style>"))
    header.add_child(Element(f"<script>{_vendor('leaflet.js')}</script>"))
    return figure


@cache
def _vendor(name: str) -> str:
    """Leaflet's file, safe inside a script or style element."""
    text = Path(ROOT, "static/vendor/leaflet", name).read_text()
    return text.replace("</script", "<\\/script").replace("sourceMappingURL", "")


_CSS = """
body { margin: 16px !important; height: auto !important; width: auto !important }
body { font: 14px system-ui, sans-serif; color: #1d2328; background: #fff }
h1 { font-size: 20px; margin: 0 0 4px } p { margin: 0 0 8px; color: #5d6870 }
.folium-map { position: relative !important; border: 1px solid #d9d7cf; background: #dfe7ea }
.legend { display: flex; flex-wrap: wrap; gap: 12px; margin: 8px 0 } .legend span { display: flex }
.legend i { width: 22px; height: 14px; border: 1px solid #5d6870; margin-right: 6px }
table { border-collapse: collapse; margin-top: 16px; font-variant-numeric: tabular-nums }
td, th { border-bottom: 1px solid #d9d7cf; padding: 4px 12px 4px 0; text-align: left }
td.n, th.n { text-align: right }
@media print { .leaflet-control-container { display: none } table { page-break-before: always } }
"""


def _class_of(count: int) -> int:
    return max(i for i, least in enumerate(CLASSES) if count >= least)


def _style(feature: Mapping[str, Any]) -> dict[str, Any]:
    colour = COLOURS[_class_of(feature["properties"]["open"])]
    return {"fillColor": colour, "fillOpacity": 0.9, "color": "#5d6870", "weight": 0.6}


def _feature(village: MappedVillage, load: Mapping[str, VillageLoad]) -> dict[str, Any]:
    there = load.get(village.code)
    count = there.open if there else 0
    label = f"{village.kind.capitalize()} {village.name}, Kec. {village.district}: {count} terbuka"
    # 5 decimals: one metre, and the file stays small.
    shape = shapely.set_precision(village.area, 1e-5, mode="pointwise")
    return {
        "type": "Feature",
        "geometry": orjson.loads(shapely.to_geojson(shape)),
        "properties": {"open": count, "label": html.escape(label)},
    }


def _heading(title: str, as_of: datetime, notes: Sequence[str]) -> str:
    zone = as_of.tzname() or ""
    lines = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
    when = f"Keadaan {as_of:%d-%m-%Y} pukul {as_of:%H.%M} {zone}."
    return (
        f"<h1>{html.escape(title)}</h1><p>{html.escape(when)}</p>{lines}"
        f'<div class="legend">{_legend()}</div>'
    )


def _legend() -> str:
    ends = [*CLASSES[1:], None]
    names = []
    for least, following in zip(CLASSES, ends, strict=True):
        most = None if following is None else following - 1
        names.append(
            f"{least} atau lebih"
            if most is None
            else str(least)
            if most == least
            else f"{least}–{most}"
        )
    return "".join(
        f'<span><i style="background:{colour}"></i>{name}</span>'
        for colour, name in zip(COLOURS, names, strict=True)
    )


def _table(villages: Sequence[MappedVillage], load: Mapping[str, VillageLoad]) -> str:
    """The same figures as words, for who cannot read the map."""
    rows = sorted(
        ((load[v.code], v) for v in villages if v.code in load and load[v.code].open),
        key=lambda pair: (-pair[0].open, pair[1].name),
    )
    if not rows:
        return "<p>Tidak ada yang terbuka.</p>"
    cells = "".join(
        f"<tr><td>{html.escape(v.name)}</td><td>{html.escape(v.district)}</td>"
        f'<td class="n">{of.open}</td><td class="n">{of.urgent}</td></tr>'
        for of, v in rows
    )
    return (
        "<table><thead><tr><th>Desa/kelurahan</th><th>Kecamatan</th>"
        '<th class="n">Terbuka</th><th class="n">Gawat</th></tr></thead>'
        f"<tbody>{cells}</tbody></table>"
    )
