"""/api/board, /api/events: all that is open now, and what changes from then on."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, request, session

from app.api import wire
from app.auth.guard import TOKEN, me, needs
from app.auth.roles import Right
from app.auth.sessions import person_of
from app.errors import BadRequestField
from app.live import Hub
from app.parts import Parts, parts
from dispatch import board
from dispatch.log import Cursor
from dispatch.scope import Scope

bp = Blueprint("board", __name__, url_prefix="/api")

RECHECK_S = 10.0  # a stream outlives its log-in by no more than this and a keep-alive
# An event, not a comment: a screen can hear its absence, and say that the line is dead.
TICK = b"event: tick\ndata: {}\n\n"
CLOSED_WITHIN = timedelta(days=7)


@bp.get("/board")
@needs(Right.SEE_BOARD)
def get_board() -> dict[str, Any]:
    """Open incidents, units, load by village; and the cursor to listen on from.

    ?incidents=0 leaves the incidents out: the map draws tiles, the counts are exact all the same.
    """
    scope, ground = me().scope, parts().ground()
    wanted = request.args.get("incidents", "1")
    if wanted not in ("0", "1"):
        raise BadRequestField("incidents", "incidents: give 0 to leave them out, or 1")
    with parts().transaction(scope) as db:
        shown = board.now(db, parts().now(), incidents=wanted == "1")
        closed = board.closed_since(db, parts().now() - CLOSED_WITHIN)
        demo = board.has_demo(db)
    answer = wire.board(shown, ground, scope)
    answer["counts"]["closed_7d"] = closed
    return answer | {
        "now": parts().now().isoformat(),
        "edition": {"key": ground.locator.edition, "status": ground.locator.status},
        "demo": demo,
    }


@bp.get("/events")
@needs(Right.SEE_BOARD)
def get_events() -> Response:
    """What changes, as server-sent events, after a cursor on."""
    written = request.headers.get("Last-Event-ID") or request.args.get("after", "")
    try:
        cursor = Cursor.parse(written)
    except ValueError as error:
        raise BadRequestField("after", str(error)) from None
    hub: Hub = current_app.extensions["hub"]
    stream = _follow(hub, parts(), str(session.get(TOKEN)), me().scope, cursor)
    return Response(
        stream,
        mimetype="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


def _follow(hub: Hub, made_of: Parts, token: str, scope: Scope, cursor: Cursor) -> Iterator[bytes]:
    """Messages until the screen goes, or its log-in ends.

    No session is open while one waits for a slow screen.
    """
    checked = time.monotonic()
    with hub.listening(scope) as screen:  # first listen, then read: nothing falls between
        message, cursor = hub.catch_up(scope, cursor)
        yield message + TICK
        while True:
            heard = screen.wait()
            if time.monotonic() - checked > RECHECK_S:
                person = person_of(made_of, token)
                if person is None or person.scope != scope:
                    return
                checked = time.monotonic()
            yield heard or TICK
