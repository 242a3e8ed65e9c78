"""/api/assignments and /api/tasks: who is sent, how far they are, and who goes instead."""

from typing import Any

from flask import Blueprint
from sqlalchemy.orm import Session

from app.api import reading, wire, wire_units
from app.api.eta import promise
from app.api.reading_orders import (
    DivertBody,
    HelpBody,
    LevelBody,
    MoveBody,
    SendBody,
    TakeOverBody,
    ToldBody,
)
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import board, orders, record
from dispatch.orders import Sent

bp = Blueprint("assignments", __name__, url_prefix="/api")

INCIDENT = "<int(max=4611686018427387904):incident_id>"
ASSIGNMENT = "<int(max=4611686018427387904):assignment_id>"


@bp.post(f"/incidents/{INCIDENT}/assignments")
@needs(Right.DISPATCH)
def post_assignment(incident_id: int) -> tuple[dict[str, Any], int]:
    """Send a unit: one wins, the others get 409 with who and when."""
    read, rules = reading.body(SendBody), parts().regency.orders
    eta, fills = promise(incident_id, read.unit)
    part = read.part or fills
    with parts().transaction(me().scope) as session:
        now = parts().now()
        sent = orders.send_unit(
            session, incident_id, read.unit, now, part=part, eta=eta, rules=rules
        )
        return _after(session, sent), 201


@bp.post(f"/assignments/{ASSIGNMENT}/state")
@needs(Right.MOVE_ASSIGNMENT)
def post_assignment_state(assignment_id: int) -> dict[str, Any]:
    """A step of the crew, or the room's for it; the same key counts once."""
    asked = reading.body(MoveBody).asked()
    with parts().transaction(me().scope) as session:
        sent = orders.advance(session, assignment_id, now=parts().now(), **asked)
        return _after(session, sent) | {"replay": sent.replay, "late": sent.late}


@bp.post(f"/assignments/{ASSIGNMENT}/take-over")
@needs(Right.DISPATCH)
def post_take_over(assignment_id: int) -> tuple[dict[str, Any], int]:
    """Another unit goes where nobody answered in time."""
    read, rules = reading.body(TakeOverBody), parts().regency.orders
    with parts().transaction(me().scope) as session:
        incident_id = record.assignment(session, assignment_id).incident_id
    eta, _ = promise(incident_id, read.unit)
    with parts().transaction(me().scope) as session:
        now = parts().now()
        sent = orders.take_over(
            session, assignment_id, read.unit, now, read.version, eta=eta, rules=rules
        )
        return _after(session, sent), 201


@bp.post(f"/assignments/{ASSIGNMENT}/divert")
@needs(Right.DISPATCH)
def post_divert(assignment_id: int) -> tuple[dict[str, Any], int]:
    """The unit goes to a more urgent incident."""
    read, rules = reading.body(DivertBody), parts().regency.orders
    with parts().transaction(me().scope) as session:
        unit_id = record.assignment(session, assignment_id).unit_id
    eta, fills = promise(read.incident, unit_id)
    with parts().transaction(me().scope) as session:
        sent = orders.divert(
            session,
            assignment_id,
            read.incident,
            parts().now(),
            read.version,
            part=read.part or fills,
            eta=eta,
            rules=rules,
        )
        return _after(session, sent), 201


@bp.post(f"/assignments/{ASSIGNMENT}/help")
@needs(Right.MOVE_ASSIGNMENT)
def post_help(assignment_id: int) -> dict[str, Any]:
    """The crew asks for help."""
    read = reading.body(HelpBody)
    kind = read.asked()
    with parts().transaction(me().scope) as session:
        sent = orders.help(session, assignment_id, kind, parts().now(), key=read.key)
        return _after(session, sent) | {"replay": sent.replay}


@bp.post(f"/assignments/{ASSIGNMENT}/help/seen")
@needs(Right.DISPATCH)
def post_help_seen(assignment_id: int) -> dict[str, Any]:
    """The room has heard it."""
    with parts().transaction(me().scope) as session:
        return _after(session, orders.help_seen(session, assignment_id, parts().now()))


@bp.post(f"/incidents/{INCIDENT}/level")
@needs(Right.DISPATCH)
def post_level(incident_id: int) -> dict[str, Any]:
    """Ask for the response plan of another level."""
    read = reading.body(LevelBody)
    with parts().transaction(me().scope) as session:
        orders.set_level(session, incident_id, read.level, read.version, parts().now())
        row = board.incident_of(session, incident_id)
    return wire.incident_feature(row, parts().ground(), me().scope)


@bp.post(f"/incidents/{INCIDENT}/told")
@needs(Right.DISPATCH)
def post_told(incident_id: int) -> dict[str, Any]:
    """An agency was told of it."""
    agency = reading.body(ToldBody).agency
    with parts().transaction(me().scope) as session:
        orders.told(session, incident_id, agency, parts().now())
        rows = record.told_of(session, incident_id)
    return {"told": [wire_units.told(row) for row in rows]}


def _after(session: Session, sent: Sent) -> dict[str, Any]:
    """Incident and unit as they stand now; the incident may be out of the asker's sight."""
    ground = parts().ground()
    incidents = board.incidents_of(session, [sent.incident_id])
    units = board.units_of(session, [sent.unit_id])
    return {
        "assignment": sent.assignment_id,
        "incident": next((wire.incident_feature(r, ground, me().scope) for r in incidents), None),
        "unit": next((wire_units.unit_feature(r, ground) for r in units), None),
    }


@bp.get("/tasks")
@needs(Right.SEE_TASKS)
def get_tasks() -> dict[str, Any]:
    """What the crew is out for, the way home, and what was called off a moment ago."""
    ground, now, scope = parts().ground(), parts().now(), me().scope
    with parts().transaction(scope) as session:
        found = record.tasks(session, scope.unit_id, now)
        rows = board.incidents_of(session, [a.incident_id for a in found.assignments])
        units = board.units_of(session, [scope.unit_id] if scope.unit_id else [])
    incidents = {r.id: wire.incident_feature(r, ground, scope) for r in rows}
    return {
        "as_of": now.isoformat(),
        "unit": next((wire_units.unit_feature(r, ground) for r in units), None),
        "tasks": [
            {
                **wire_units.assignment(a, found.steps),
                "incident": incidents.get(a.incident_id) if a.released_at is None else None,
            }
            for a in found.assignments
        ],
    }
