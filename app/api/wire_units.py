"""The JSON of units and of what they are sent to."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.api import wire_choice
from app.api.wire_forms import Json, feature, time_of
from dispatch.ground import Ground

TIMES = (
    "sent_at", "proposed_at", "ack_due_at", "alarmed_at", "accepted_at", "departed_at",
    "arrived_at", "carrying_at", "at_facility_at", "released_at", "returned_at", "help_at",
    "help_seen_at",
)  # fmt: skip


def unit_feature(row: Any, ground: Ground | None = None) -> Json:
    """A unit as GeoJSON; with the ground, also how its place may have grown since its last fix."""
    properties = {
        "kind": "unit",
        "call_sign": row.call_sign,
        "unit_kind": row.kind,
        "agency": row.agency,
        "state": str(row.state),
        "state_since": time_of(row.state_since),
        "fix_at": time_of(row.fix_at),
        "fix": _fix(row),
        "growth": wire_choice.growth(row, ground) if ground else None,
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


def assignment(row: Any, steps: Mapping[int, Sequence[Any]]) -> Json:
    """A unit sent to a case, with every time and every step by both clocks."""
    facility = None
    if row.facility_id is not None:
        facility = {"id": row.facility_id, "name": row.facility}
    return {
        "id": row.id,
        "incident": row.incident_id,
        "unit": {"id": row.unit_id, "call_sign": row.call_sign, "unit_kind": row.unit_kind},
        "state": str(row.state),
        "state_since": time_of(row.state_since),
        "version": row.version,
        "part": row.part,
        "eta": row.eta,
        "sent_by": row.sent_by_name,
        **{name: time_of(getattr(row, name)) for name in TIMES},
        "facility": facility,
        "reason": row.reason,
        "next": row.next_id,
        "help_kind": row.help_kind,
        "steps": [_step(step) for step in steps.get(row.id, ())],
    }


def _step(row: Any) -> Json:
    return {
        "state": str(row.state),
        "at": time_of(row.at),
        "claimed_at": time_of(row.claimed_at),
        "by": row.by_name,
        "note": row.note,
    }


def told(row: Any) -> Json:
    """An agency that was told of a case."""
    return {
        "agency": row.agency_id,
        "short": row.short,
        "at": time_of(row.at),
        "by": row.by_name,
    }
