"""/api/incidents/ID/suggestions: who can go, and when help is there."""

from typing import Any

from flask import Blueprint

from app.api import wire_choice
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import orders

bp = Blueprint("choosing", __name__, url_prefix="/api")

ID = "<int(max=4611686018427387904):incident_id>"


@bp.get(f"/incidents/{ID}/suggestions")
@needs(Right.DISPATCH)
def get_suggestions(incident_id: int) -> dict[str, Any]:
    """Units that can go, soonest first; those that need a boat apart."""
    with parts().transaction(me().scope) as session:
        found = orders.suggest_units(
            session, incident_id, parts().router, parts().ground().catalogue
        )
    return wire_choice.ranking(found)
