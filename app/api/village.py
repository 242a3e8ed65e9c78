"""/api/village: the own village of its head, and what the head says of its cases."""

from typing import Any

from flask import Blueprint

from app.api import reading, wire
from app.api.reading import Body, RadiusM, Version
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import board, village_desk, village_page
from dispatch.ground import Ground
from dispatch.neighbourhoods import Counted
from dispatch.village_page import Done, VillagePage

bp = Blueprint("village", __name__, url_prefix="/api/village")

ID = "<int(max=4611686018427387904):incident_id>"


class SeenBody(Body):
    """{}: to look is all that is said."""


class HereBody(Body):
    """Where it is; without lon and lat the pin is right."""

    version: Version
    lon: float | None = None
    lat: float | None = None
    radius_m: RadiusM | None = None


class NotHereBody(Body):
    version: Version


@bp.get("")
@needs(Right.SEE_VILLAGE)
def get_village() -> Json:
    """The own village: who lives there, what lies where, what was done, what was said."""
    code, ground = me().scope.village_code or "", parts().ground()
    with parts().transaction(me().scope) as session:
        page = village_page.page_of(session, code, parts().now())
    return _page(code, page, ground)


@bp.post(f"/incidents/{ID}/seen")
@needs(Right.SAY_WHERE)
def post_seen(incident_id: int) -> Json:
    """The head has looked at it; twice is once."""
    reading.body(SeenBody)
    with parts().transaction(me().scope) as session:
        at = village_desk.seen(session, incident_id, parts().now())
    return {"kind": "dilihat", "at": time_of(at), "moved": False}


@bp.post(f"/incidents/{ID}/here")
@needs(Right.SAY_WHERE)
def post_here(incident_id: int) -> Json:
    """It is here: the pin moves, or the room hears of it."""
    read, ground = reading.body(HereBody), parts().ground()
    point = None
    if read.lon is not None and read.lat is not None:
        point = reading.point(read.lon, read.lat)
    elif (read.lon is None) != (read.lat is None):
        missing = "lon" if read.lon is None else "lat"
        raise BadRequestField(missing, f"{missing}: give lon and lat, or neither")
    with parts().transaction(me().scope) as session:
        shown = village_desk.here(
            session,
            incident_id,
            read.version,
            ground,
            parts().now(),
            point=point,
            radius_m=read.radius_m,
        )
        row = board.incident_of(session, incident_id)
    feature = wire.incident_feature(row, ground, me().scope)
    return {"moved": shown.moved, "why": shown.why, "feature": feature}


@bp.post(f"/incidents/{ID}/not-here")
@needs(Right.SAY_WHERE)
def post_not_here(incident_id: int) -> Json:
    """It is not in this village: the room hears of it."""
    read, ground = reading.body(NotHereBody), parts().ground()
    with parts().transaction(me().scope) as session:
        village_desk.not_here(session, incident_id, read.version, parts().now())
        row = board.incident_of(session, incident_id)
    return {"feature": wire.incident_feature(row, ground, me().scope)}


def _page(code: str, page: VillagePage, ground: Ground) -> Json:
    village = wire.village(ground.by_code.get(code)) or {"code": code, "name": code}
    digital = code in ground.regency.digital_villages
    return {
        "village": village | {"population": page.population, "digital": digital},
        **_parts(page.counted),
        "closed": [_done(one, ground) for one in page.done],
        "marks": {str(number): [_mark(m) for m in said] for number, said in page.marks.items()},
    }


def _parts(counted: Counted) -> Json:
    return {
        "parts": [{"dusun": p.dusun, "rw": p.rw, "rt": p.rt, "open": n} for p, n in counted.parts],
        "unknown_part": counted.unknown,
        "lies_in": {
            str(number): {"dusun": part.dusun, "rw": part.rw, "rt": part.rt}
            for number, part in counted.lies_in.items()
        },
    }


def _done(one: Done, ground: Ground) -> Json:
    category = ground.catalogue.category(one.category_code)
    return {
        "id": one.id,
        "category_name": category.name_id,
        "category_name_en": category.name_en,
        "opened_at": time_of(one.opened_at),
        "closed_at": time_of(one.closed_at),
        "outcome": one.outcome,
        "photos": list(one.photos),
    }


def _mark(row: Any) -> Json:
    return {"kind": str(row.kind), "at": time_of(row.at), "moved": row.moved}
