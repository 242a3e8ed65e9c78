"""The JSON of units and of what they are sent to."""

from typing import Any

from app.api.wire_forms import Json, feature, time_of


def unit_feature(row: Any) -> Json:
    """A unit as GeoJSON."""
    properties = {
        "kind": "unit",
        "call_sign": row.call_sign,
        "unit_kind": row.kind,
        "agency": row.agency,
        "state": str(row.state),
        "state_since": time_of(row.state_since),
        "fix_at": time_of(row.fix_at),
        "station": row.station,
        "assumed": row.assumed and row.fix_at is None,
        "by_sea": row.by_sea,
        "active": row.active,
    }
    return feature(row.id, row.lon, row.lat, properties)


def assignment(row: Any) -> Json:
    """A unit sent to a case."""
    return {
        "id": row.id,
        "incident": row.incident_id,
        "unit": {"id": row.unit_id, "call_sign": row.call_sign, "unit_kind": row.unit_kind},
        "state": str(row.state),
        "sent_at": time_of(row.sent_at),
        "sent_by": row.sent_by_name,
        "departed_at": time_of(row.departed_at),
        "arrived_at": time_of(row.arrived_at),
        "released_at": time_of(row.released_at),
    }
