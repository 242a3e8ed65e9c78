"""/api/exports: tickets and the leaders' figures as files, cut to the asker's rows."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import shapely
from flask import Blueprint, Response

from app import files, i18n
from app.api import leaders as figures_door
from app.api.exports import about_of, make, send
from app.api.reading_filters import only_known
from app.api.reading_inbox import query_ask
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import NotAllowed
from app.files import Column, Row, Table
from app.parts import parts
from dispatch import leaders, log, ticket_export
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.scope import Role

bp = Blueprint("ticket_exports", __name__, url_prefix="/api/exports")

TICKET_COLUMNS = [
    Column("ticket", "whole"), Column("incident", "whole"), Column("kind", "text"),
    Column("state", "text"), Column("agency", "text"), Column("category", "text"),
    Column("category_name", "text"), Column("priority", "whole"), Column("place", "text"),
    Column("village_code", "text"), Column("village", "text"), Column("district", "text"),
    Column("opened_at", "time"), Column("referred_at", "time"), Column("answered_at", "time"),
    Column("followed_up_at", "time"), Column("closed_at", "time"),
    Column("verify_due_at", "time"), Column("answer_due_at", "time"), Column("due_at", "time"),
    Column("late", "yes"), Column("returns", "whole"), Column("reopens", "whole"),
    Column("escalated", "whole"), Column("extended", "yes"), Column("proof_needed", "yes"),
    Column("proofs", "whole"), Column("flags", "text"), Column("outcome", "text"),
    Column("stars", "whole"), Column("demo", "yes"),
]  # fmt: skip
_SAME = frozenset(column.name for column in TICKET_COLUMNS)
FIGURE_COLUMNS = [
    Column("rank", "whole"), Column("code", "text"), Column("name", "text"),
    Column("share", "number"), Column("low", "number"), Column("high", "number"),
    Column("on_time", "whole"), Column("of", "whole"), Column("late", "whole"),
    Column("open", "whole"), Column("received", "whole"), Column("closed", "whole"),
    Column("median_s", "whole"), Column("p90_s", "whole"), Column("returned", "whole"),
    Column("reopened", "whole"), Column("no_proof", "whole"), Column("elsewhere", "whole"),
    Column("last_minute", "whole"), Column("stars", "number"), Column("star_n", "whole"),
    Column("dropped", "whole"),
]  # fmt: skip


@bp.get("/tickets.csv")
@needs(Right.EXPORT)
def get_tickets_csv() -> Response:
    """What the inbox would list, as CSV."""
    return _tickets("csv")


@bp.get("/tickets.xlsx")
@needs(Right.EXPORT)
def get_tickets_xlsx() -> Response:
    """The same as a workbook."""
    return _tickets("xlsx")


@bp.get("/tickets.geojson")
@needs(Right.EXPORT)
def get_tickets_geojson() -> Response:
    """The same as GeoJSON."""
    return _tickets("geojson")


@bp.get("/leaders.csv")
@needs(Right.EXPORT)
def get_leaders_csv() -> Response:
    """The figures of the leaders' page as CSV; an officer's own agency's."""
    return _leaders("csv")


@bp.get("/leaders.xlsx")
@needs(Right.EXPORT)
def get_leaders_xlsx() -> Response:
    """The same as a workbook."""
    return _leaders("xlsx")


def _tickets(form: str) -> Response:
    person, ground, now = _asker(), parts().ground(), parts().now()
    ask = query_ask(ground, person.scope)
    with files.place_for_one(), parts().transaction(person.scope) as session:
        found = ticket_export.tickets(session, ask, now, ground.catalogue)
        about = about_of(ground, now, f"box={ask.box}") | {"most": ticket_export.MOST}
        table = Table("tickets", TICKET_COLUMNS, about, "Point")
        made, count = make(form, table, _rows(found, ground, now))
        log.record(session, "export.tickets", box=str(ask.box), count=count, form=form)
    return send(made, form, "tiket", now)


def _leaders(form: str) -> Response:
    only_known(figures_door.WORDS)
    person, ground, now = _asker(), parts().ground(), parts().now()
    asked = figures_door.asked_for(ground)
    with files.place_for_one(), parts().transaction(person.scope) as session:
        found = figures_door.overview(leaders.overview(session, asked, now, ground), ground)
        said = {name: found[name] for name in ("since", "until", "by", "kind", "left_out", "wall")}
        about = about_of(ground, now, f"by={asked.by}") | said | {"as_of": found["as_of"]}
        rows = [Row(row["code"], None, row) for row in found["rows"]]
        made, count = make(form, Table("figures", FIGURE_COLUMNS, about, "None"), [rows])
        log.record(session, "export.leaders", by=asked.by, count=count, form=form)
    return send(made, form, f"ketepatan-{asked.by}", now)


def _asker() -> Any:
    """Raises NotAllowed for who sees no ticket."""
    person = me()
    if person.role == Role.PLANNER:
        raise NotAllowed("planners export the load by village, not tickets")
    return person


def _rows(found: Iterable[Sequence[AnyRow]], ground: Ground, now: datetime) -> Iterator[list[Row]]:
    language = i18n.language()
    for rows in found:
        yield [Row(row.id, _place(row), _values(row, ground, language)) for row in rows]


def _place(row: AnyRow) -> shapely.Point | None:
    return None if row.lon is None else shapely.Point(row.lon, row.lat)


def _values(row: AnyRow, ground: Ground, language: str) -> dict[str, Any]:
    village = ground.by_code.get(row.village_code or "")
    plain = {name: value for name, value in row._mapping.items() if name in _SAME}
    return plain | {
        "ticket": row.id,
        "incident": row.incident_id,
        "agency": ground.catalogue.shorts([row.agency_id])[0],
        "category": row.category_code,
        "category_name": ground.catalogue.category(row.category_code).name(language),
        "place": row.place_text,
        "village": village and village.name,
        "district": village and village.district,
        "flags": ", ".join(row.flags),
    }
