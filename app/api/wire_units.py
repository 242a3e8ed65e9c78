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
        "fix": _fix(row),
        "crew": row.crew,
        "shift_ends_at": time_of(row.shift_ends_at),
        "silent_since": time_of(row.silent_since),
        "skills": list(row.skills),
        "assignment": _out_for(row),
        "station": row.station,
        "assumed": row.assumed and row.fix_at is None,
        "by_sea": row.by_sea,
        "active": row.active,
    }
    return feature(row.id, row.lon, row.lat, properties)


def _fix(row: Any) -> Json | None:
    """What the device said last, and whether it is believed."""
    if row.fix_at is None:
        return None
    return {
        "at": time_of(row.fix_at),
        "received_at": time_of(row.fix_received_at),
        "accuracy_m": row.fix_accuracy_m,
        "speed_ms": row.fix_speed_ms,
        "heading": row.fix_heading,
        "flag": row.fix_flag,
    }


def _out_for(row: Any) -> Json | None:
    """The assignment that holds the unit, where the asker may see it."""
    if row.assignment_id is None:
        return None
    return {
        "id": row.assignment_id,
        "incident": row.out_for,
        "state": str(row.assignment_state),
        "state_since": time_of(row.assignment_since),
        "version": row.assignment_version,
        "part": row.part,
        "eta": row.eta,
        "sent_at": time_of(row.sent_at),
        "sent_by": row.sent_by_name,
        "ack_due_at": time_of(row.ack_due_at),
        "alarmed_at": time_of(row.alarmed_at),
        "accepted_at": time_of(row.accepted_at),
        "departed_at": time_of(row.departed_at),
        "arrived_at": time_of(row.arrived_at),
        "help_at": time_of(row.help_at),
        "help_kind": row.help_kind,
        "help_seen_at": time_of(row.help_seen_at),
    }


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
