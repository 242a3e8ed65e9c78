"""/api/units, /api/facilities and the way of an order: who is on duty, and where it leads."""

import math
from typing import Any

from flask import Blueprint

from app.api import reading, wire_units
from app.api.reading_orders import DutyBody
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import board, orders, record
from dispatch.errors import Unknown
from geo.point import Point
from geo.routing import NoRoute, Start, Way

bp = Blueprint("units", __name__, url_prefix="/api")

NOWHERE = "belum ada titik kejadian"


@bp.post("/units/<int(max=2147483647):unit_id>/duty")
@needs(Right.MOVE_ASSIGNMENT)
def post_duty(unit_id: int) -> dict[str, Any]:
    """On or off duty, how many are on board, and until when."""
    read = reading.body(DutyBody)
    state, shift = read.wanted(), read.shift()
    with parts().transaction(me().scope) as session:
        orders.duty(session, unit_id, parts().now(), state=state, shift=shift)
        [row] = board.units_of(session, [unit_id])
    return wire_units.unit_feature(row, parts().ground())


@bp.get("/facilities")
@needs(Right.MOVE_ASSIGNMENT)
def get_facilities() -> dict[str, Any]:
    """Where a patient can be brought from here, the nearest first."""
    here = reading.query_point()
    with parts().transaction(me().scope) as session:
        found = orders.facilities(session, here, parts().router)
    return {
        "facilities": [
            {
                "id": f.id,
                "name": f.name,
                "kind": f.kind,
                "distance_m": round(f.distance_m),
                "travel_s": None if f.travel_s is None else round(f.travel_s),
            }
            for f in found
        ]
    }


@bp.get("/assignments/<int(max=4611686018427387904):assignment_id>/way")
@needs(Right.MOVE_ASSIGNMENT)
def get_way(assignment_id: int) -> dict[str, Any]:
    """The way from where the unit is now: to the incident, or with a patient to the facility."""
    with parts().transaction(me().scope) as session:
        row = record.assignment(session, assignment_id)
        units = board.units_of(session, [row.unit_id])
        goal = record.goal_of(session, row)
    if not units:
        raise Unknown(f"assignment {assignment_id}")
    unit = units[0]
    start = Start(Point(lon=unit.lon, lat=unit.lat), unit.kind, unit.by_sea)
    found = NoRoute(NOWHERE) if goal is None else parts().router.way(start, goal, parts().now())
    return _way(found)


def _way(found: Way | NoRoute) -> dict[str, Any]:
    """A way as JSON; every number is null where there is none."""
    if isinstance(found, NoRoute):
        nothing = dict.fromkeys(("course", "travel_s", "distance_m", "basis"))
        return {**nothing, "names": [], "why": found.reason}
    leg, course = found.leg, [list(point) for point in found.course.coords]
    return {
        "course": {"type": "LineString", "coordinates": course},
        "travel_s": round(leg.travel_s) if math.isfinite(leg.travel_s) else None,
        "distance_m": round(leg.distance_m),
        "basis": leg.basis,
        "names": list(found.names),
        "why": None,
    }
