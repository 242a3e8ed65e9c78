"""The JSON of who can go: plan, suggestions with their reasons, how a unit's place grows."""

from typing import Any

from app.api.wire_forms import Json, time_of
from dispatch.choosing import Choice, plan_for
from dispatch.ground import Ground
from dispatch.rules.candidates import Busy, Leaves, Suggestion
from dispatch.rules.plans import Filled
from dispatch.rules.whereabouts import Fix, at_post, growth_of
from dispatch.rules.workflow import UnitState
from geo.point import Point


def choice(found: Choice, ground: Ground) -> Json:
    """All that is suggested for one incident; each list best first."""
    return {
        "as_of": time_of(found.as_of),
        "basis": found.basis,
        "target_s": round(found.target_s),
        "place": {
            "radius_m": round(found.place.radius_m),
            "samples": len(found.place.weight),
        },
        "plan": plan(found.plan, ground),
        "units": [suggestion(s) for s in found.units],
        "by_sea": [suggestion(s) for s in found.by_sea],
        "no_route": [suggestion(s) for s in found.no_route],
        "divert": [suggestion(s) for s in found.divert],
    }


def plan_of_row(row: Any, ground: Ground) -> Json:
    """The plan of an incident's row (category_code, level, parts)."""
    return plan(plan_for(row.category_code, row.level, row.parts, ground), ground)


def plan(filled: Filled, ground: Ground) -> Json:
    """What to send, what of it is there, whom to tell. Agencies the database lacks are left out."""
    wanted = filled.plan
    by_code = {agency.code: agency for agency in ground.catalogue.agencies.values()}
    return {
        "level": wanted.level,
        "most_level": wanted.most_level,
        "target_s": round(wanted.target_s),
        "parts": [
            {
                "code": part.code,
                "label": part.label,
                "label_en": part.label_en,
                "count": part.count,
                "have": filled.have.get(part.code, 0),
                "skills": sorted(part.skills),
                "kinds": list(part.kinds),
                "required": part.required,
            }
            for part in wanted.parts
        ],
        "tell": [
            {"agency": by_code[t.agency].id, "short": by_code[t.agency].short, "why": t.why}
            for t in wanted.tell
            if t.agency in by_code
        ],
        "fallback": [by_code[code].short for code in wanted.fallback if code in by_code],
        "complete": filled.complete,
    }


def suggestion(given: Suggestion) -> Json:
    """A unit with what speaks for and against it."""
    unit, leg = given.unit, given.unit.leg
    there = given.arrival is not None
    return {
        "unit": unit.unit_id,
        "call_sign": unit.call_sign,
        "unit_kind": unit.kind,
        "agency": unit.agency,
        "station": unit.station,
        "state": unit.state.value,
        "state_since": time_of(unit.state_since),
        "part": given.part,
        "p_target": None if given.p_target is None else round(given.p_target, 3),
        "expected_s": _rounded(given.expected_s),
        "low_s": _rounded(given.low_s),
        "high_s": _rounded(given.high_s),
        "travel_s": _rounded(given.travel_s),
        "distance_m": _rounded(given.distance_m),
        "straight_m": _rounded(unit.straight_m),
        "basis": getattr(leg, "basis", None) if there else None,
        "wait_s": _rounded(getattr(leg, "wait_s", None)) if there else None,
        "by_ferry": list(getattr(leg, "by_ferry", ())) if there else [],
        "responsible": unit.responsible,
        "lacks": sorted(given.lacks),
        "crew": unit.crew,
        "shift_ends_at": time_of(unit.shift_ends_at),
        "silent_since": time_of(unit.silent_since),
        "fix_age_s": _rounded(unit.fix_age_s),
        "stale": unit.stale,
        "radius_m": _rounded(unit.radius_m),
        "busy": _busy(unit.busy),
        "leaves": _leaves(given.leaves),
        "why": given.why,
        "why_en": given.why_en,
    }


def _busy(busy: Busy | None) -> Json | None:
    if busy is None:
        return None
    return {
        "assignment": busy.assignment_id,
        "version": busy.version,
        "incident": busy.incident_id,
        "category_name": busy.category_name,
        "category_name_en": busy.category_name_en,
        "priority": busy.priority,
        "state": busy.state,
    }


def _leaves(leaves: Leaves | None) -> Json | None:
    if leaves is None:
        return None
    return {"villages": leaves.villages, "names": list(leaves.names)}


def growth(row: Any, ground: Ground) -> Json | None:
    """By how much a unit's place grows without a fix; None where it stands.

    row  state, kind, lon, lat, fix_at; with station_lon and station_lat who is away from the
         post is told from who is at it, else whoever is free is taken to be there
    """
    if row.fix_at is None:
        return None
    rules = ground.regency.plans.growth
    here = Point(lon=row.lon, lat=row.lat)
    station = Point(
        lon=getattr(row, "station_lon", row.lon), lat=getattr(row, "station_lat", row.lat)
    )
    home = at_post(Fix(here, 0.0), station, rules)
    grows = growth_of(UnitState(row.state), ground.regency.speed_of(row.kind), home, rules)
    if grows is None:
        return None
    return {
        "after_s": round(grows.after_s),
        "per_s": round(grows.per_s, 2),
        "most_m": round(grows.most_m),
    }


def _rounded(value: float | None) -> int | None:
    return None if value is None else round(value)
