"""/api/tickets: the inbox as a list by pages, and as points of a map."""

from flask import Blueprint

from app.api import reading_inbox, wire_tickets
from app.api.wire_forms import Json, feature, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import inbox, ticket_file
from dispatch.ground import Ground
from dispatch.inbox import Box, Counts
from dispatch.rows import AnyRow

bp = Blueprint("inbox", __name__, url_prefix="/api")


@bp.get("/tickets")
@needs(Right.SEE_INBOX)
def get_tickets() -> Json:
    """A page of the tickets that are meant, the cursor of the next, and how many there are."""
    ground, scope, now = parts().ground(), me().scope, parts().now()
    ask = reading_inbox.query_ask(ground, scope)
    with parts().transaction(scope) as session:
        page = inbox.page(session, ask, now, ground.catalogue)
        rows = ticket_file.rows(session, page.ids)
    return {
        "tickets": [wire_tickets.row(row, ground, scope, now) for row in rows],
        "next": None if page.next is None else str(page.next),
        "counts": counts(page.counts),
    }


@bp.get("/tickets.geojson")
@needs(Right.SEE_INBOX)
def get_points() -> Json:
    """The same tickets where they lie, at most inbox.MOST_POINTS."""
    ground, scope, now = parts().ground(), me().scope, parts().now()
    ask = reading_inbox.query_ask(ground, scope)
    with parts().transaction(scope) as session:
        found = inbox.points(session, ask, now, ground.catalogue)
    return {
        "type": "FeatureCollection",
        "truncated": found.truncated,
        "features": [_point(row, ground) for row in found.rows],
    }


def counts(of: Counts) -> Json:
    """Numbers of the boxes, as the asker's side has them."""
    return {
        "open": of.open,
        "late": of.late,
        "new": of.new,
        "returned": of.returned,
        "waiting": of.waiting,
        "mine": of.mine,
        "boxes": {
            Box.IN.value: of.box_in,
            Box.MINE.value: of.mine,
            Box.LATE.value: of.late,
            Box.WAITING.value: of.waiting,
        },
        "by_state": of.by_state,
        "capped": of.capped,
    }


def _point(row: AnyRow, ground: Ground) -> Json:
    category = ground.catalogue.category(row.category_code)
    properties = {
        "id": row.id,
        "incident": row.incident_id,
        "agency": wire_tickets.agency(row.agency_id, ground),
        "state": row.state,
        "kind": row.kind,
        "category": row.category_code,
        "category_name": category.name_id,
        "category_name_en": category.name_en,
        "priority": row.priority,
        "opened_at": time_of(row.opened_at),
        "closed_at": time_of(row.closed_at),
        "next_due": time_of(row.due),
        "late": row.late,
        "demo": row.demo,
    }
    return feature(row.id, row.lon, row.lat, properties)
