"""/api/incidents/ID/suggestions: who can go, and when help is there."""

from typing import Any

from flask import Blueprint

from app.api import wire_choice
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import choosing

bp = Blueprint("choosing", __name__, url_prefix="/api")

ID = "<int(max=4611686018427387904):incident_id>"


@bp.get(f"/incidents/{ID}/suggestions")
@needs(Right.DISPATCH)
def get_suggestions(incident_id: int) -> dict[str, Any]:
    """Units that can go, best first; boats, units without a way and diversions apart."""
    ground = parts().ground()
    with parts().transaction(me().scope) as session:
        found = choosing.suggest_units(session, incident_id, ground, parts().now())
    return wire_choice.choice(found, ground)
