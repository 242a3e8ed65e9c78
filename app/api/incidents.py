"""/api/incidents: one case, what is like it, and what is done about its place."""

from typing import Any

from flask import Blueprint, request

from app import i18n
from app.api import reading, reading_spots, wire
from app.api.reading import CloseBody, PinBody, PlaceBody
from app.api.reading_filters import query_filter
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField
from app.parts import parts
from dispatch import board, cases, history, listing, record

bp = Blueprint("incidents", __name__, url_prefix="/api")

MOST_LISTED = 200
# Flask's own <int:> takes any length; a bigint does not.
ID = "<int(max=4611686018427387904):incident_id>"


@bp.get(f"/incidents/{ID}")
@needs(Right.SEE_INCIDENT)
def get_incident(incident_id: int) -> dict[str, Any]:
    """The case with calls, tickets, assignments and history, as far as the role may see them."""
    with parts().transaction(me().scope) as session:
        row = board.incident_of(session, incident_id)
        file = record.of_incident(session, incident_id)
    return {"feature": _whole(row), **wire.case(file)}


@bp.get("/incidents")
@needs(Right.LOG_CALLS)
def get_incidents() -> dict[str, Any]:
    """Open incidents whose place is in doubt, by urgency times doubt."""
    if request.args.get("unsure") != "1":
        raise BadRequestField("unsure", "unsure: give 1; all that is open is at /api/board")
    with parts().transaction(me().scope) as session:
        rows = board.unsure(session)
    ground, scope = parts().ground(), me().scope
    features = [wire.incident_feature(row, ground, scope) for row in rows]
    return {"type": "FeatureCollection", "features": features}


@bp.get("/incidents/list")
@needs(Right.SEE_LIST)
def get_list() -> dict[str, Any]:
    """Open cases that are meant, most urgent first, a page at a time; and how many there are."""
    ground, scope = parts().ground(), me().scope
    asked = query_filter(ground.catalogue, scope, also=reading_spots.WORDS)
    spot, after = reading_spots.query_spot(ground), reading_spots.query_id("after")
    limit = reading.query_whole("limit", default=50, most=MOST_LISTED)
    with parts().transaction(scope) as session:
        page = listing.page(
            session, parts().now(), ground.catalogue, asked, spot, limit=limit, after=after
        )
    features = [wire.incident_feature(row, ground, scope) for row in page.incidents]
    return {"total": page.total, "features": features}


@bp.get("/incidents/near")
@needs(Right.LOG_CALLS)
def get_near() -> dict[str, Any]:
    """Open incidents that a new call may tell of again, most likely first."""
    pin = reading.query_point()
    category = request.args.get("category") or None
    with parts().transaction(me().scope) as session:
        found = history.likely_same(session, pin, category, parts().now(), parts().ground())
        rows = {r.id: r for r in board.incidents_of(session, [f.incident_id for f in found])}
    ground, scope = parts().ground(), me().scope
    return {
        "incidents": [
            {
                "feature": wire.incident_feature(rows[f.incident_id], ground, scope),
                "distance_m": None if f.distance_m is None else round(f.distance_m),
                "minutes": round(f.minutes, 1),
                "score": f.score,
                "why": f.why,
            }
            for f in found
            if f.incident_id in rows
        ]
    }


@bp.post(f"/incidents/{ID}/pin")
@needs(Right.LOG_CALLS)
def post_pin(incident_id: int) -> dict[str, Any]:
    """Set or move the pin."""
    read = reading.body(PinBody)
    pin, ground = reading.point(read.lon, read.lat), parts().ground()
    with parts().transaction(me().scope) as session:
        cases.move_pin(
            session,
            incident_id,
            pin,
            read.version,
            ground,
            radius_m=read.radius_m,
            confirmed=read.confirmed,
            learn_at=parts().now() if parts().learns else None,
        )
        row = board.incident_of(session, incident_id)
    return _whole(row)


@bp.post(f"/incidents/{ID}/place")
@needs(Right.LOG_CALLS)
def post_place(incident_id: int) -> dict[str, Any]:
    """Confirm the village, or take in what the caller answered since."""
    read, ground = reading.body(PlaceBody), parts().ground()
    weighs = bool(read.answers or read.key)
    if weighs and read.village:
        raise BadRequestField("village", "village: confirm a village, or send answers; not both")
    with parts().transaction(me().scope) as session:
        if weighs:
            cases.weigh_again(
                session,
                incident_id,
                read.version,
                ground,
                answers=reading.pairs(read.answers),
                key=read.key,
                language=i18n.language(),
            )
        else:
            cases.confirm_place(session, incident_id, read.village, read.version, ground)
        row = board.incident_of(session, incident_id)
    return _whole(row)


def _whole(row: Any) -> dict[str, Any]:
    """The feature with all that is kept of its place, and, for who can ask, the question."""
    ground, person = parts().ground(), me()
    asks = may(person.role, Right.LOG_CALLS)
    question = cases.question_of(row, ground, i18n.language()) if asks else None
    return wire.incident_feature(row, ground, person.scope, question)


@bp.post(f"/incidents/{ID}/close")
@needs(Right.DISPATCH)
def post_close(incident_id: int) -> dict[str, Any]:
    """Close the case; units still out for it are free again."""
    read = reading.body(CloseBody)
    with parts().transaction(me().scope) as session:
        cases.close(
            session, incident_id, read.outcome, read.version, parts().now(), parts().ground()
        )
        row = board.incident_of(session, incident_id)
    return wire.incident_feature(row, parts().ground(), me().scope)
