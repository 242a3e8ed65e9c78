"""/api/export: cases and the load of villages as files, cut to the asker's rows and role."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

import shapely
from flask import Blueprint, Response, request
from werkzeug.wsgi import wrap_file

from app import files
from app.api import reading_filters, wire
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField, NotAllowed
from app.files import Column, Row, Table
from app.parts import parts
from dispatch import exports, log
from dispatch.exports import Asked
from dispatch.ground import Ground
from dispatch.load import VillageLoad, load
from dispatch.rules.workflow import IncidentState
from dispatch.scope import Role, Scope

bp = Blueprint("exports", __name__, url_prefix="/api/export")

TYPES = {
    "geojson": "application/geo+json",
    "gpkg": "application/geopackage+sqlite3",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

CASE_COLUMNS = [
    Column("incident", "whole"), Column("category", "text"), Column("category_name", "text"),
    Column("category_kind", "text"), Column("priority", "whole"), Column("state", "text"),
    Column("place", "text"), Column("village_code", "text"), Column("village", "text"),
    Column("village_kind", "text"), Column("district", "text"), Column("border_m", "number"),
    Column("off_m", "number"), Column("outside", "yes"), Column("radius_m", "number"),
    Column("village_p", "number"), Column("doubt", "number"), Column("agencies", "text"),
    Column("channel", "text"), Column("opened_at", "time"), Column("due_at", "time"),
    Column("late", "yes"), Column("closed_at", "time"), Column("after_hours", "yes"),
    Column("demo", "yes"), Column("edition", "text"),
]  # fmt: skip
LOAD_COLUMNS = [
    Column("code", "text"), Column("name", "text"), Column("kind", "text"),
    Column("district", "text"), Column("district_code", "text"), Column("population", "whole"),
    Column("open", "whole"), Column("urgent", "whole"), Column("late", "whole"),
    Column("per_1000", "number"), Column("oldest_at", "time"), Column("mean_opened_at", "time"),
]  # fmt: skip


@bp.get("/incidents.geojson")
@needs(Right.EXPORT)
def get_cases_geojson() -> Response:
    """The cases that the asker may see, as GeoJSON."""
    return _cases("geojson")


@bp.get("/incidents.gpkg")
@needs(Right.EXPORT)
def get_cases_gpkg() -> Response:
    """The same as a GeoPackage."""
    return _cases("gpkg")


@bp.get("/incidents.csv")
@needs(Right.EXPORT)
def get_cases_csv() -> Response:
    """The same as CSV; lon and lat as columns."""
    return _cases("csv")


@bp.get("/incidents.xlsx")
@needs(Right.EXPORT)
def get_cases_xlsx() -> Response:
    """The same as a workbook; lon and lat as columns."""
    return _cases("xlsx")


@bp.get("/load.geojson")
@needs(Right.EXPORT)
def get_load_geojson() -> Response:
    """Villages with their load, as GeoJSON."""
    return _load("geojson")


@bp.get("/load.gpkg")
@needs(Right.EXPORT)
def get_load_gpkg() -> Response:
    """The same as a GeoPackage."""
    return _load("gpkg")


@bp.get("/load.csv")
@needs(Right.EXPORT)
def get_load_csv() -> Response:
    """The same as CSV, without the outlines."""
    return _load("csv")


@bp.get("/load.xlsx")
@needs(Right.EXPORT)
def get_load_xlsx() -> Response:
    """The same as a workbook, without the outlines."""
    return _load("xlsx")


def _cases(form: str) -> Response:
    person, ground, now = me(), parts().ground(), parts().now()
    if person.role == Role.PLANNER:
        raise NotAllowed("planners export the load by village, not single cases")
    asked = Asked(
        reading_filters.query_filter(ground.catalogue, person.scope, also=("village",)),
        _village(ground),
    )
    with files.place_for_one(), parts().transaction(person.scope) as session:
        total = exports.sums(session, asked, now, ground.catalogue).n
        about = about_of(ground, now, asked.filter.key()) | {
            "state": "terbuka dan ditutup" if asked.closed else "terbuka",
            "truncated": total > exports.MOST,  # then the most urgent ones are here
        }
        found = exports.cases(session, asked, now, ground.catalogue)
        made, count = make(
            form,
            Table("incidents", CASE_COLUMNS, about, "Point"),
            _case_rows(found, ground, person.scope, now),
        )
        log.record(
            session,
            "export.incidents",
            filter=asked.filter.key(),
            village=asked.village,
            count=count,
            form=form,
        )
    return send(made, form, "kejadian", now)


def _village(ground: Ground) -> str | None:
    """The one village that is asked for; None: all. Raises BadRequestField."""
    code = request.args.get("village")
    if code is not None and code not in ground.by_code:
        raise BadRequestField("village", "village: no such code in the edition in force")
    return code


def _load(form: str) -> Response:
    person, ground, now = me(), parts().ground(), parts().now()
    asked = reading_filters.query_filter(ground.catalogue, person.scope)
    with files.place_for_one(), parts().transaction(person.scope) as session:
        loads = load(session, now, asked, catalogue=ground.catalogue)
        villages = exports.outlines(session, ground.locator.edition_id)
        made, count = make(
            form,
            Table("load", LOAD_COLUMNS, about_of(ground, now, asked.key()), "MultiPolygon"),
            [_load_rows(villages, loads)],
        )
        log.record(session, "export.load", filter=asked.key(), count=count, form=form)
    return send(made, form, "beban-desa", now)


def _case_rows(
    found: Iterable[Sequence[Any]], ground: Ground, scope: Scope, now: datetime
) -> Iterator[list[Row]]:
    for rows in found:
        yield [
            Row(
                row.id,
                None if row.lon is None else shapely.Point(row.lon, row.lat),
                case_of(row, ground, scope, now) | {"incident": row.id},
            )
            for row in rows
        ]


def case_of(row: Any, ground: Ground, scope: Scope, now: datetime) -> dict[str, Any]:
    """A row of exports.cases() by the names of the columns, cut as everywhere else."""
    category = ground.catalogue.category(row.category_code)
    place = {"radius_m": row.radius_m, "villages": [], "sea": 0, "outside": 0, "shape": None}
    properties = wire.cut(
        {
            "category": category.code,
            "category_name": category.name_id,
            "category_name_en": category.name_en,
            "category_kind": category.kind,
            "priority": row.priority,
            "state": str(row.state),
            "place": row.place_text,
            "village_code": row.village_code,
            "village": row.village_name,
            "village_kind": row.village_kind,
            "district": row.district,
            "border_m": row.border_m,
            "off_m": row.off_m,
            "outside": row.outside,
            "location": place,
            "village_p": row.village_p,
            "doubt": row.doubt,
            "agencies": ground.catalogue.shorts(row.agency_ids),
            "channel": str(row.channel),
            "opened_at": row.opened_at,
            "due_at": row.due_at,
            "late": late(row, now),
            "closed_at": row.closed_at,
            "after_hours": row.after_hours,
            "demo": row.demo,
            "edition": row.edition,
        },
        row.restricted_group,
        scope,
    )
    kept = properties.pop("location", None) or {}
    return properties | {
        "radius_m": kept.get("radius_m"),
        "agencies": ", ".join(properties["agencies"]),
    }


def late(row: Any, now: datetime) -> bool:
    """Whether the case is past its time; one that is closed is not any more."""
    return row.state != IncidentState.CLOSED and row.due_at is not None and row.due_at < now


def _load_rows(villages: Sequence[exports.Outlined], loads: dict[str, VillageLoad]) -> list[Row]:
    return [Row(v.code, v.area, _load_of(v, loads.get(v.code))) for v in villages]


def _load_of(village: exports.Outlined, there: VillageLoad | None) -> dict[str, Any]:
    people = village.population
    open_now = there.open if there else 0
    return {
        "code": village.code,
        "name": village.name,
        "kind": village.kind,
        "district": village.district,
        "district_code": village.district_code,
        "population": people,
        "open": open_now,
        "urgent": there.urgent if there else 0,
        "late": there.late if there else 0,
        "per_1000": round(1000 * open_now / people, 3) if people else None,
        "oldest_at": there.oldest_at if there else None,
        "mean_opened_at": there.mean_opened_at if there else None,
    }


def about_of(ground: Ground, now: datetime, asked: str) -> dict[str, Any]:
    """What whoever opens the file later must know of it."""
    return {
        "as_of": now.isoformat().replace("+00:00", "Z"),
        "service": parts().regency.service,
        "filter": asked,
        "edition": ground.locator.edition,
        "edition_title": ground.title,
        "edition_status": ground.locator.status,
    }


def make(form: str, table: Table, parts_: Iterable[Sequence[Row]]) -> tuple[IO[bytes], int]:
    """The file in that form; a place becomes two columns where the form knows none."""
    if form == "geojson":
        return files.geojson(table, parts_)
    if form == "gpkg":
        return files.geopackage(table, parts_)
    if table.shape == "Point":
        table = replace(table, columns=[*table.columns, *_PLACE])
        parts_ = (list(map(_with_place, rows)) for rows in parts_)
    if form == "csv":
        return files.csv_table(table, parts_)
    return files.xlsx(table, parts_, parts().regency.hours.zone)


_PLACE = [Column("lon", "number"), Column("lat", "number")]


def _with_place(row: Row) -> Row:
    if row.place is None:
        return row
    where = {"lon": round(row.place.x, 6), "lat": round(row.place.y, 6)}
    return replace(row, values={**row.values, **where})


def send(made: IO[bytes], form: str, name: str, now: datetime) -> Response:
    length = made.tell()
    made.seek(0)
    local = now.astimezone(parts().regency.hours.zone)
    answer = Response(wrap_file(request.environ, made), mimetype=TYPES[form])
    answer.direct_passthrough = True
    answer.content_length = length
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{local:%Y%m%d-%H%M}.{form}"'
    )
    return answer
