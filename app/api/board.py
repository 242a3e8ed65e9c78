"""/api/board, /api/events: all that is open now, and what changes from then on."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, request, session

from app.api import wire
from app.api.streams import Streams
from app.auth.guard import TOKEN, me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.lines import line_of
from app.parts import parts
from dispatch import board
from dispatch.log import Cursor

bp = Blueprint("board", __name__, url_prefix="/api")

PATIENCE_S = 30.0  # a screen that takes nothing for so long is hung up on
CLOSED_WITHIN = timedelta(days=7)


@bp.record_once
def _open_streams(state: Any) -> None:
    made_of = state.app.extensions
    made_of["streams"] = Streams(made_of["parts"], made_of["hub"])


@bp.get("/board")
@needs(Right.SEE_BOARD)
def get_board() -> dict[str, Any]:
    """Open incidents, units, load by village; and the cursor to listen on from.

    ?incidents=0 leaves the incidents out: the map draws tiles, the counts are exact all the same.
    ?load=0 leaves out what is counted, for who reads /api/load: load, counts, total, truncated.
    """
    scope, ground = me().scope, parts().ground()
    incidents, load = _wanted("incidents"), _wanted("load")
    with parts().transaction(scope) as db:
        shown = board.now(db, parts().now(), incidents=incidents, load=load)
        closed = board.closed_since(db, parts().now() - CLOSED_WITHIN) if load else 0
        demo = board.has_demo(db)
    answer = wire.board(shown, ground, scope)
    answer["counts"]["closed_7d"] = closed
    if not load:
        answer = {key: answer[key] for key in ("cursor", "incidents", "units")}
    return answer | {
        "now": parts().now().isoformat(),
        "edition": {"key": ground.locator.edition, "status": ground.locator.status},
        "demo": demo,
    }


def _wanted(name: str) -> bool:
    """Whether a part of the board is asked for. Raises BadRequestField."""
    written = request.args.get(name, "1")
    if written not in ("0", "1"):
        raise BadRequestField(name, f"{name}: give 0 to leave it out, or 1")
    return written == "1"


@bp.get("/events")
@needs(Right.SEE_BOARD)
def get_events() -> Response:
    """What changes, as server-sent events, after a cursor on."""
    written = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    try:
        cursor = Cursor.parse(written)
    except ValueError as error:
        raise BadRequestField("after", str(error)) from None
    streams: Streams = current_app.extensions["streams"]
    line = line_of(request.environ, PATIENCE_S)
    stream = streams.follow(str(session.get(TOKEN)), me().scope, cursor, line)
    return Response(
        stream,
        mimetype="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )
