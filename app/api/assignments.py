"""/api/assignments and /api/tasks: who was sent, and how far they are."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint

from app.api import reading, wire, wire_units
from app.api.reading import MoveBody, SendBody
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import board, orders, record

bp = Blueprint("assignments", __name__, url_prefix="/api")

ID = "<int(max=4611686018427387904):incident_id>"


@bp.post(f"/incidents/{ID}/assignments")
@needs(Right.DISPATCH)
def post_assignment(incident_id: int) -> tuple[dict[str, Any], int]:
    """Send a unit: one wins, the others get 409 with who and when."""
    unit = reading.body(SendBody).unit
    with parts().transaction(me().scope) as session:
        sent = orders.send_unit(session, incident_id, unit, parts().now())
        answer = _after(session, sent)
    return answer, 201


@bp.post("/assignments/<int(max=4611686018427387904):assignment_id>/state")
@needs(Right.MOVE_ASSIGNMENT)
def post_assignment_state(assignment_id: int) -> dict[str, Any]:
    """berangkat, tiba, selesai, dibatalkan."""
    wanted = reading.assignment_state(reading.body(MoveBody).state)
    with parts().transaction(me().scope) as session:
        return _after(session, orders.advance(session, assignment_id, wanted, parts().now()))


def _after(session: Any, sent: orders.Sent) -> dict[str, Any]:
    """Incident and unit as they stand now; the incident may be out of the asker's sight."""
    ground = parts().ground()
    incidents = board.incidents_of(session, [sent.incident_id])
    units = board.units_of(session, [sent.unit_id])
    return {
        "assignment": sent.assignment_id,
        "incident": next((wire.incident_feature(r, ground, me().scope) for r in incidents), None),
        "unit": next(map(wire_units.unit_feature, units), None),
    }


@bp.get("/tasks")
@needs(Right.SEE_TASKS)
def get_tasks() -> dict[str, Any]:
    """What the field unit is out for: its open assignments with their incidents."""
    ground = parts().ground()
    with parts().transaction(me().scope) as session:
        open_ones = record.open_assignments(session)
        rows = {r.id: r for r in board.incidents_of(session, [a.incident_id for a in open_ones])}
    return {
        "as_of": datetime.now(UTC).isoformat(),
        "tasks": [
            {
                **wire_units.assignment(a),
                "incident": wire.incident_feature(rows[a.incident_id], ground, me().scope),
            }
            for a in open_ones
            if a.incident_id in rows
        ],
    }
