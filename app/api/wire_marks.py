"""The JSON of what a village head said of a case, as the room reads it."""

from typing import Any

from app.api.wire_forms import Json, time_of


def mark(row: Any) -> Json:
    """lon, lat: the point that was shown; off_m: its distance to the pin of now, null without."""
    return {
        "id": row.id,
        "village": row.village_code,
        "kind": str(row.kind),
        "at": time_of(row.at),
        "by": row.by_name,
        "moved": row.moved,
        "lon": row.lon,
        "lat": row.lat,
        "off_m": None if row.off_m is None else round(row.off_m),
    }
