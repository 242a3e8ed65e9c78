"""/api/incidents/ID/same, /merge, /api/merges: two cases that are one event, and back."""

from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.api import reading, wire
from app.api.reading import Body, Line, Version
from app.api.wire_forms import time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import board, history, merging
from dispatch.history import LikelySame
from dispatch.merging import Merged, Standing

bp = Blueprint("merging", __name__, url_prefix="/api")

# Flask's own <int:> takes any length; a bigint does not.
_WHOLE = "int(max=4611686018427387904)"
MOST = 20


class MergeBody(Body):
    into: int
    version: Version
    into_version: Version
    key: Line = ""


class UndoBody(Body):
    version: Version


@bp.get(f"/incidents/<{_WHOLE}:incident_id>/same")
@needs(Right.VERIFY)
def get_same(incident_id: int) -> dict[str, Any]:
    """Open cases that are likely the same event, with reasons; and what was merged into it."""
    most = reading.query_whole("most", default=5, most=MOST)
    ground = parts().ground()
    with parts().transaction(me().scope) as session:
        found = history.same_as(session, incident_id, ground, most)
        rows = {r.id: r for r in board.incidents_of(session, [f.incident_id for f in found])}
        merged = merging.standing(session, incident_id)
        into = merging.merged_into(session, incident_id)
        lacking = {i: merging.lacking(session, incident_id, i) for i in rows}
    proposals = [
        _proposal(f, rows[f.incident_id], lacking[f.incident_id])
        for f in found
        if f.incident_id in rows
    ]
    return {
        "proposals": proposals,
        "merged": [_standing(one) for one in merged],
        "into": None if into is None else {"merge": into.merge_id, "incident": into.into_id},
    }


def _proposal(found: LikelySame, row: Any, lacking: list[int]) -> dict[str, Any]:
    return {
        "incident": wire.incident_feature(row, parts().ground(), me().scope),
        "p": found.score,
        "distance_m": None if found.distance_m is None else round(found.distance_m),
        "minutes": round(found.minutes, 1),
        "reasons": [{"code": r.code, "text": r.text, "weight": r.weight} for r in found.reasons],
        "place": _place(found),
        "lacking": _agencies(lacking),
    }


def _agencies(ids: list[int]) -> list[dict[str, str]]:
    known = parts().ground().catalogue.agencies
    return [{"code": known[i].code, "short": known[i].short} for i in ids if i in known]


def _place(found: LikelySame) -> dict[str, Any] | None:
    """Where both together put it: to be set by hand after the merging, never in silence."""
    if (sharper := found.sharper) is None:
        return None
    pin = sharper.pin
    return {
        "lon": pin.lon,
        "lat": pin.lat,
        "radius_m": sharper.radius_m,
        "moved_m": sharper.moved_m,
    }


def _standing(one: Standing) -> dict[str, Any]:
    return {
        "merge": one.merge_id,
        "incident": one.from_id,
        "category_name": parts().ground().catalogue.category(one.category_code).name_id,
        "at": time_of(one.at),
        "by": one.by,
        "reports": one.reports,
        "version": one.version,
    }


@bp.post(f"/incidents/<{_WHOLE}:incident_id>/merge")
@needs(Right.VERIFY)
def post_merge(incident_id: int) -> dict[str, Any]:
    """Let the case go on in another one; the reasons that were shown are kept beside."""
    read = reading.body(MergeBody)
    with parts().transaction(me().scope) as session:
        found = history.same_as(session, incident_id, parts().ground(), MOST)
        shown = next((f.reasons for f in found if f.incident_id == read.into), ())
        done = merging.merge(
            session,
            incident_id,
            read.into,
            read.version,
            read.into_version,
            parts().now(),
            key=read.key,
            reasons=shown,
        )
        return _both(session, done)


@bp.post(f"/merges/<{_WHOLE}:merge_id>/undo")
@needs(Right.VERIFY)
def post_undo(merge_id: int) -> dict[str, Any]:
    """Part two cases again; `version` is that of the case that was merged."""
    read = reading.body(UndoBody)
    with parts().transaction(me().scope) as session:
        return _both(session, merging.undo(session, merge_id, read.version, parts().now()))


def _both(session: Session, done: Merged) -> dict[str, Any]:
    """Both cases as they stand now."""
    ground, scope = parts().ground(), me().scope
    case, into = (board.incident_of(session, i) for i in (done.from_id, done.into_id))
    return {
        "merge": done.merge_id,
        "from": wire.incident_feature(case, ground, scope),
        "into": wire.incident_feature(into, ground, scope),
        "lacking": _agencies(merging.lacking(session, done.from_id, done.into_id)),
    }
