"""An analysis as files: tables for other programs, sheets and maps that open without a network."""

from collections.abc import Sequence
from typing import IO, Any

import orjson
import shapely
from flask import Response, copy_current_request_context, current_app
from flask_babel import gettext as _
from shapely.geometry.base import BaseGeometry

from app import files, i18n
from app.errors import BadRequestField, NoPress
from app.files import Column, Row, Table
from app.paper.analysis import analysis_sheet
from app.paper.analysis_map import Told
from app.paper.ground import Shape
from app.paper.page import Heading
from app.parts import parts
from app.press import Form, Press, PressFailed, find_program
from dispatch import exports
from dispatch.analysis_notes import Note
from dispatch.reports.hotspots import Analysis
from dispatch.scope import ANALYST

TABLES = ("geojson", "gpkg", "csv", "xlsx")
PAPERS = {"png": "image/png", "pdf": "application/pdf", "html": "text/html"}
PARTS = ("wilayah", "gugus", "waktu")
# folium writes inline scripts: the page gets a box of its own, without our cookies or our origin.
_SANDBOX = (
    "sandbox allow-scripts allow-downloads allow-modals; default-src 'none';"
    " script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)
_AREA = [
    Column("id", "text"), Column("name", "text"), Column("district", "text"), Column("n", "number"),
    Column("few", "yes"), Column("exposure", "number"), Column("rate", "number"),
    Column("rate_low", "number"), Column("rate_high", "number"), Column("expected", "number"),
    Column("z", "number"), Column("p", "number"), Column("sure", "yes"),
    Column("class", "text"), Column("doubt", "number"),
]  # fmt: skip
_REPORTING = [Column(f"reporting_{name}", "number") for name in ("rate", "low", "high")]
_BEFORE = [
    Column("before_n", "number"), Column("before_ratio", "number"), Column("before_low", "number"),
    Column("before_high", "number"), Column("before_p", "number"), Column("before_sure", "yes"),
    Column("before_class", "text"),
]  # fmt: skip
_TREND = [Column("pattern", "text"), *(Column(f"trend_{n}", "number") for n in ("z", "p", "slope"))]
_CLUSTER = [
    Column("id", "whole"), Column("name", "text"), Column("n", "number"),
    Column("expected", "number"), Column("p", "number"), Column("sure", "yes"),
    Column("since", "text"), Column("until", "text"), Column("radius_m", "number"),
    Column("doubt", "number"), Column("held", "number"),
]  # fmt: skip
_STEP = [Column("step", "text"), Column("days", "whole"), Column("category", "text"),
         Column("n", "number")]  # fmt: skip


def check_form(form: str) -> None:
    """Raises BadRequestField naming what there is."""
    if form not in (*TABLES, *PAPERS):
        known = ", ".join((*TABLES, *PAPERS))
        raise BadRequestField("form", _("form: beri salah satu dari %(known)s", known=known))


def table_file(
    found: Analysis, form: str, part: str, about: dict[str, Any]
) -> tuple[IO[bytes], int]:
    """The open file at its end, and how many rows: areas, clusters or the series of time.

    Raises BadRequestField for a part that is not known, TooBusy.
    """
    if part not in PARTS:
        raise BadRequestField(
            "bagian", _("bagian: beri salah satu dari %(known)s", known=", ".join(PARTS))
        )
    table, rows = _MADE[part](found, about | about_analysis(found))
    with files.place_for_one():
        if form == "geojson":
            return files.geojson(table, [rows])
        if form == "gpkg":
            return files.geopackage(table, [rows])
        if form == "csv":
            return files.csv_table(table, [rows])
        return files.xlsx(table, [rows], parts().regency.hours.zone)


def about_analysis(found: Analysis) -> dict[str, Any]:
    """What whoever opens the file later must know: question, sentence, caveats."""
    told = found.document
    return {
        "analysis": told["query"],
        "method": told["method"],
        "words": told["words"],
        **{f"caveat_{at}": one["text"] for at, one in enumerate(told["caveats"], 1)},
    }


def _areas(found: Analysis, about: dict[str, Any]) -> tuple[Table, list[Row]]:
    columns = [*_AREA]
    for name, more in (("reporting", _REPORTING), ("before", _BEFORE), ("trend", _TREND)):
        if any(place.get(name) for place in found.places):
            columns += more
    outlines = found.areas.lonlat(found.shown)
    rows = [
        Row(place["id"], many(outline), _flat(place))
        for place, outline in zip(found.places, outlines, strict=True)
    ]
    return Table("analisis", columns, about, "MultiPolygon"), rows


def _flat(place: dict[str, Any]) -> dict[str, Any]:
    """A place of the document as one row."""
    flat = dict(place)
    for name in ("reporting", "before", "trend"):
        flat |= {f"{name}_{key}": value for key, value in (place.get(name) or {}).items()}
    return flat


def _clusters(found: Analysis, about: dict[str, Any]) -> tuple[Table, list[Row]]:
    rows = [
        Row(one["id"], many(shapely.from_geojson(_json(one["outline"]))), one)
        for one in found.document["clusters"]
    ]
    return Table("gugus", _CLUSTER, about, "MultiPolygon"), rows


def _steps(found: Analysis, about: dict[str, Any]) -> tuple[Table, list[Row]]:
    """One row a step and category, and all together under no category."""
    series = found.document["series"]
    rows = []
    for category, counts in [("", series["total"]), *series["categories"].items()]:
        for step, days, n in zip(series["steps"], series["days"], counts, strict=True):
            row = {"step": step, "days": days, "category": category, "n": n}
            rows.append(Row(f"{step}/{category}", None, row))
    return Table("waktu", _STEP, about, "MultiPolygon"), rows


_MADE = {"wilayah": _areas, "gugus": _clusters, "waktu": _steps}


def many(shape: BaseGeometry) -> BaseGeometry:
    """As a MultiPolygon: one kind for the whole layer."""
    pieces = [p for p in shapely.get_parts(shape) if p.geom_type == "Polygon"]
    return shapely.multipolygons(pieces)


def _json(value: dict[str, Any]) -> str:
    return orjson.dumps(value).decode()


def paper_file(
    found: Analysis, other: Analysis | None, form: str, notes: Sequence[Note], demo: bool
) -> Response:
    """The sheet with map, table and method: as a page that needs nothing, a picture or a PDF.

    other   the second period, where two are compared: its map stands beside
    """
    ground, now = parts().ground(), parts().now()
    with parts().transaction(ANALYST) as session:
        outlined = exports.outlines(session, ground.locator.edition_id, exports.PAPER_M)
    shapes = [
        Shape(v.code, v.name, v.kind, v.district, v.district_code, v.area, v.population)
        for v in outlined
    ]
    regency, language = parts().regency, i18n.language()
    heading = Heading(
        title=str(_("Analisis kejadian")),
        service=regency.service,
        as_of=now.astimezone(regency.hours.zone),
        zone=regency.hours.zone_name,
        demo=demo,
        picture=form == "png",
    )
    both = (found,) if other is None else (found, other)
    told = Told(both, shapes, ground, notes, language)
    html = files.aside(copy_current_request_context(analysis_sheet), heading, told)
    return _paper(html, form)


def _paper(html: str, form: str) -> Response:
    made: str | bytes = html
    if form != "html":
        try:
            made = _press().print(html, Form(form))
        except PressFailed as failed:
            raise NoPress from failed
    answer = Response(made, mimetype=PAPERS[form])
    day = parts().now().astimezone(parts().regency.hours.zone)
    answer.headers["Content-Disposition"] = f'inline; filename="analisis-{day:%Y%m%d-%H%M}.{form}"'
    if form == "html":
        answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer


def _press() -> Press:
    """The process's own, made at the first question."""
    made = current_app.extensions.get("press")
    if made is None:
        wanted = parts().settings.chromium
        program = find_program(None if wanted is None else str(wanted))
        made = current_app.extensions["press"] = Press(program=program)
    press: Press = made
    return press
