"""/api/passages: ferries and the sea, opened and closed by the control room."""

from flask import Blueprint

from app.api import reading
from app.api.reading import Body, Line
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import passages
from dispatch.passages import PassageFacts

bp = Blueprint("passages", __name__, url_prefix="/api")


class PassageBody(Body):
    """Body of POST /api/passages/CODE."""

    open: bool
    note: Line = ""


@bp.get("/passages")
@needs(Right.DISPATCH)
def get_passages() -> Json:
    """All of them, as they stand."""
    with parts().transaction(me().scope) as session:
        rows = passages.list_passages(session, parts().regency)
    return {"passages": [_passage(row) for row in rows]}


@bp.post("/passages/<code>")
@needs(Right.DISPATCH)
def post_passage(code: str) -> Json:
    """Open or close one; the ways are looked for anew from here on."""
    body = reading.body(PassageBody)
    with parts().transaction(me().scope) as session:
        regency = parts().regency
        passages.set_passage(session, regency, code, body.open, body.note.strip(), parts().now())
        rows = passages.list_passages(session, regency)
    return {"passages": [_passage(row) for row in rows]}


def _passage(row: PassageFacts) -> Json:
    return {
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "open": row.open,
        "note": row.note,
        "changed_at": time_of(row.changed_at),
        "by": row.by,
        "when": row.when,
    }
