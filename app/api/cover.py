"""/api/cover: which villages are reached in time now, and which move up would mend most."""

from flask import Blueprint

from app.api import reading
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import cover
from dispatch.cover import Cover, Lost, MoveUp, VillageCover
from geo.placement import VillageRef

bp = Blueprint("cover", __name__, url_prefix="/api")

USUAL_MINUTES, MOST_MINUTES = 15, 240


@bp.get("/cover")
@needs(Right.DISPATCH)
def get_cover() -> Json:
    """For one skill (empty: any unit) and so many minutes."""
    skill = reading.query_word("skill") or ""
    minutes = reading.query_whole("minutes", USUAL_MINUTES, MOST_MINUTES)
    with parts().transaction(me().scope) as session:
        found = cover.cover_now(session, parts().ground(), skill, minutes, parts().now())
    return _cover(found)


def _cover(found: Cover) -> Json:
    return {
        "as_of": time_of(found.as_of),
        "skill": found.skill,
        "minutes": found.minutes,
        "basis": found.basis,
        "covered": found.covered,
        "of": len(found.villages),
        "villages": [_village(one) for one in found.villages],
        "lost": [_lost(one) for one in found.lost],
        "move_up": [_move_up(one) for one in found.move_up],
    }


def _named(village: VillageRef) -> Json:
    return {"code": village.code, "name": village.name, "district": village.district}


def _village(one: VillageCover) -> Json:
    best_s = None if one.best_s is None else round(one.best_s)
    return _named(one.village) | {"share": round(one.share, 3), "best_s": best_s, "by": one.by}


def _lost(one: Lost) -> Json:
    now_s = None if one.now_s is None else round(one.now_s)
    return _named(one.village) | {"unit": one.unit, "was_s": round(one.was_s), "now_s": now_s}


def _move_up(one: MoveUp) -> Json:
    return {
        "unit": one.unit_id,
        "call_sign": one.call_sign,
        "station": one.station_id,
        "station_name": one.station,
        "travel_s": round(one.travel_s),
        "gains": one.gains,
        "names": list(one.names),
        "why": one.why,
        "why_en": one.why_en,
    }
