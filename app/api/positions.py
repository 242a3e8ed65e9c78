"""/api/positions, /api/osmand, /api/owntracks: where units are, and where one has been."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from app.api import fix_forms, reading
from app.api.devices import enter_as_device
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from app.security import check_forgery
from dispatch import positions
from dispatch.errors import BadToken
from dispatch.positions import Taken
from dispatch.rules.fixes import Fix
from dispatch.scope import AUTH, Role, Scope

bp = Blueprint("positions", __name__, url_prefix="/api")

A_MONTH_MIN = 31 * 24 * 60


@bp.post("/positions")
@needs(Right.OPEN)  # a crew's log-in, or the token of a device: checked here
def post_positions() -> Json:
    """Fixes of the page in a crew's hands, or of any device with a token."""
    crew = None if "Authorization" in request.headers else _crew()
    token = _bearer()
    request.get_data()  # all of it, before a session is open: a phone's line may be slow
    # Who speaks is asked first: to a stranger no word about the body.
    with parts().transaction(crew or AUTH) as session:
        scope = crew or enter_as_device(session, token, parts().now())
        fixes = fix_forms.fixes_of(reading.body(fix_forms.FixesBody))
        taken = _take(session, scope, fixes, "halaman")
    return _told(taken)


@bp.get("/osmand")
@needs(Right.OPEN)  # the token in `id` is checked here
def get_osmand() -> Response:
    """The OsmAnd protocol, which sends all in the query."""
    return post_osmand()


@bp.post("/osmand")
@needs(Right.OPEN)  # the token in `id` or `device_id` is checked here
def post_osmand() -> Response:
    """The OsmAnd protocol in query or form, or Traccar Client's JSON."""
    if request.is_json:
        sent = _json()
        return _heard(sent.get("device_id"), lambda: fix_forms.osmand_json(sent, parts().now()))
    words = {name: value for name, value in request.values.items() if value}
    token = words.get("id") or words.get("deviceid")
    return _heard(token, lambda: fix_forms.osmand_words(words, parts().now()))


@bp.post("/owntracks")
@needs(Right.OPEN)  # the password is a token, and checked here
def post_owntracks() -> Response:
    """What OwnTracks sends in its HTTP mode; the answer is a list of orders, and we have none."""
    basic = request.authorization
    token = basic.password if basic and basic.type == "basic" else None
    sent = _json()
    answer = _heard(
        token or request.headers.get("X-Limit-D"),
        lambda: fix_forms.owntracks(sent, parts().now()),
        source="owntracks",
    )
    answer.data = b"[]"
    return answer


@bp.get("/units/<int(max=2147483647):unit_id>/track")
@needs(Right.DISPATCH)
def get_track(unit_id: int) -> dict[str, Any]:
    """Where a unit was in the last minutes."""
    since = parts().now() - timedelta(minutes=reading.query_whole("minutes", 60, A_MONTH_MIN))
    with parts().transaction(me().scope) as session:
        rows = positions.track(session, unit_id, since)
    return {
        "fixes": [
            {
                "at": time_of(row.at),
                "lon": row.lon,
                "lat": row.lat,
                "accuracy_m": row.accuracy_m,
                "flag": row.flag,
            }
            for row in rows
        ]
    }


def _crew() -> Scope:
    """The scope of a crew that is logged in. Raises NotLoggedIn, CSRFError.

    Who speaks for no unit is told what a device without a token is told: BadToken.
    """
    scope = me().scope
    if scope.role != Role.FIELD_UNIT or scope.unit_id is None:
        raise BadToken
    check_forgery()
    return scope


def _bearer() -> str | None:
    shown = request.authorization
    return shown.token if shown and shown.type == "bearer" else None


def _json() -> dict[str, Any]:
    """The body; empty where it is none that we could read."""
    try:
        sent = orjson.loads(request.get_data())
    except orjson.JSONDecodeError:
        return {}
    return sent if isinstance(sent, dict) else {}


def _heard(token: object, read: Callable[[], Fix | None], source: str = "osmand") -> Response:
    """The answer to a device that cannot mend what it sends.

    An error would make it send the same again for ever, and nothing after it would come through:
    a fix that cannot be used is named in the answer, which is a 200 all the same.
    """
    refused, taken = None, Taken(0)
    with parts().transaction(AUTH) as session:
        scope = enter_as_device(session, token if isinstance(token, str) else None, parts().now())
        try:
            fix = read()
            taken = _take(session, scope, [fix], source) if fix else taken
        except BadRequestField as bad:
            refused = bad
    answer = current_app.make_response(_told(taken))
    if refused is not None:
        body = _told(taken) | {"refused": {"field": refused.field, "detail": str(refused)}}
        answer.data = orjson.dumps(body)
        answer.headers["Tanggap-Refused"] = refused.field
    return answer


def _take(session: Session, scope: Scope, fixes: Sequence[Fix], source: str) -> Taken:
    if scope.unit_id is None:
        raise BadToken
    rules = parts().regency.positions
    return positions.take_fixes(session, scope.unit_id, fixes, source, parts().now(), rules)


def _told(taken: Taken) -> Json:
    flagged = [{"n": one.n, "flag": one.flag} for one in taken.flagged]
    return {"taken": taken.taken, "flagged": flagged}
