"""/api/units/ID/tokens, /api/tokens/ID/revoke: which devices may speak for a unit."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from app.api import reading
from app.api.reading import Body, Line
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import tokens

bp = Blueprint("tokens", __name__, url_prefix="/api")


class TokenBody(Body):
    """Body of POST /api/units/ID/tokens."""

    label: Annotated[Line, Field(min_length=1)]


@bp.get("/units/<int(max=2147483647):unit_id>/tokens")
@needs(Right.MANAGE_DEVICES)
def get_tokens(unit_id: int) -> dict[str, Any]:
    """The tokens of a unit, without what opens."""
    with parts().transaction(me().scope) as session:
        rows = tokens.list_of(session, unit_id)
    return {"tokens": [_token(row) for row in rows]}


@bp.post("/units/<int(max=2147483647):unit_id>/tokens")
@needs(Right.MANAGE_DEVICES)
def post_token(unit_id: int) -> tuple[Json, int]:
    """A new token: it is told in this answer and never again."""
    scope, body = me().scope, reading.body(TokenBody)
    with parts().transaction(scope) as session:
        made = tokens.make(session, unit_id, body.label.strip(), parts().now())
    return {
        "id": made.id,
        "unit": made.unit_id,
        "label": made.label,
        "token": made.token,
        "created_at": time_of(made.created_at),
    }, 201


@bp.post("/tokens/<int(max=2147483647):token_id>/revoke")
@needs(Right.MANAGE_DEVICES)
def post_revoke(token_id: int) -> Json:
    """The device is lost, or changed hands: its token opens nothing any more."""
    with parts().transaction(me().scope) as session:
        unit_id = tokens.revoke(session, token_id, parts().now())
    return {"id": token_id, "unit": unit_id}


def _token(row: Any) -> Json:
    return {
        "id": row.id,
        "unit": row.unit_id,
        "label": row.label,
        "created_at": time_of(row.created_at),
        "by": row.created_by_name,
        "used_at": time_of(row.used_at),
        "revoked_at": time_of(row.revoked_at),
    }
