"""What is promised when a unit is sent: when it will be there, kept with its assignment."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.choosing import reading, reckoning
from dispatch.choosing.plan import plan_for
from dispatch.choosing.spots import place_of
from dispatch.errors import NoPin
from dispatch.ground import Ground
from dispatch.rules.eta import Arrival
from dispatch.rules.workflow import UnitState
from geo.routing import Leg, NoRoute


def eta_for(
    session: Session, incident_id: int, unit_id: int, ground: Ground, now: datetime
) -> dict[str, Any] | None:
    """The Eta of docs/api.md, from now on; None where nobody knows the place, or no way leads.

    Raises Unknown for an incident that is none, or none to see.
    """
    row = reading.incident(session, incident_id)
    found = reading.units(session, UnitState, only=unit_id)
    if not found:
        return None
    try:
        place = place_of(row, ground)
    except NoPin:
        return None
    target_s = plan_for(row.category_code, row.level, row.parts, ground).plan.target_s
    units = reckoning.fleet(found, ground, now)
    spreads = reckoning.read_spreads(session, ground)
    arrival = reckoning.arrivals(units, place, target_s, ground, spreads, now).at(0)
    if arrival is None:
        return None
    leg = reckoning.legs_of(units, [0], place, ground, now)[0]
    return written(arrival, leg, target_s, now)


def written(arrival: Arrival, leg: Leg | NoRoute, target_s: float, now: datetime) -> dict[str, Any]:
    """As it is kept. Seconds by class of road are what the house learns from."""
    way = leg if isinstance(leg, Leg) else None
    return {
        "expected_s": round(arrival.expected_s),
        "low_s": round(arrival.low_s),
        "high_s": round(arrival.high_s),
        "p_target": round(arrival.p_target, 3),
        "target_s": round(target_s),
        "basis": way.basis if way else None,
        "travel_s": round(way.travel_s if way else arrival.travel_s, 1),
        "distance_m": round(way.distance_m) if way else None,
        "band": way.band if way else "*",
        "share_s": {kind: round(s, 1) for kind, s in way.share_s.items()} if way else {},
        "as_of": now.isoformat(),
    }
