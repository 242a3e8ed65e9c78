"""Forms that all of the API's JSON shares: features and times."""

from datetime import datetime
from typing import Any

Json = dict[str, Any]


def feature(number: int, lon: float | None, lat: float | None, properties: Json) -> Json:
    """GeoJSON; the geometry is null while nobody knows the place."""
    point = None if lon is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": number, "geometry": point, "properties": properties}


def time_of(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
