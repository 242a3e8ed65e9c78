"""The JSON of who can go: the ranking with its reasons."""

from app.api.wire_forms import Json
from dispatch.rules.selection import Ranking, Suggestion


def ranking(found: Ranking) -> Json:
    """Suggested units, best first; those that need a boat apart."""
    basis = next((s.unit.leg.basis for s in found.units if hasattr(s.unit.leg, "basis")), None)
    return {
        "units": [suggestion(s) for s in found.units],
        "by_sea": [suggestion(s) for s in found.by_sea],
        "basis": basis,
    }


def suggestion(given: Suggestion) -> Json:
    """A unit with what speaks for it."""
    unit = given.unit
    return {
        "unit": unit.unit_id,
        "call_sign": unit.call_sign,
        "unit_kind": unit.kind,
        "agency": unit.agency,
        "station": unit.station,
        "state": unit.state.value,
        "travel_s": None if given.travel_s is None else round(given.travel_s),
        "distance_m": None if given.distance_m is None else round(given.distance_m),
        "straight_m": None if unit.straight_m is None else round(unit.straight_m),
        "responsible": unit.responsible,
        "lacks": sorted(given.lacks),
        "why": given.why,
    }
