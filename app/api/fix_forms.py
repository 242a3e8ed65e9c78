"""Fixes as devices write them: our own JSON, OsmAnd's words and JSON, OwnTracks' JSON.

Sources: traccar.org/osmand (both forms), owntracks.org/booklet/tech/json.
"""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import Field

from app.api.reading import Body
from app.errors import BadRequestField
from dispatch.positions import MOST_AT_ONCE
from dispatch.rules.fixes import Fix
from geo.errors import BadPoint
from geo.point import INDONESIA, Point, pin_at

KNOT_MS = 1852 / 3600
FASTEST_MS = 150.0
WIDEST_M = 100_000.0
SECONDS_UNTIL = 2**31  # a greater number of a timestamp counts milliseconds, as Traccar reads it


class FixBody(Body):
    """One fix of our own page."""

    lon: float
    lat: float
    at: Annotated[str, Field(max_length=40)]
    accuracy_m: Annotated[float, Field(ge=0, le=WIDEST_M)] | None = None
    speed_ms: Annotated[float, Field(ge=0, le=FASTEST_MS)] | None = None
    heading: Annotated[float, Field(ge=0, le=360)] | None = None


class FixesBody(Body):
    """Body of POST /api/positions."""

    fixes: Annotated[list[FixBody], Field(min_length=1, max_length=MOST_AT_ONCE)]


def fixes_of(read: FixesBody) -> list[Fix]:
    """Raises BadRequestField with the number of the fix and its field."""
    return [
        Fix(
            point=_place(f"fixes.{n}.", fix.lon, fix.lat),
            at=iso(f"fixes.{n}.at", fix.at),
            accuracy_m=fix.accuracy_m,
            speed_ms=fix.speed_ms,
            heading=fix.heading,
        )
        for n, fix in enumerate(read.fixes)
    ]


def osmand_words(words: Mapping[str, str], now: datetime) -> Fix | None:
    """A fix of query or form; None where it tells no place (a heartbeat). Speed in knots.

    Side values that make no sense are left out; a place or a time raises BadRequestField.
    """
    lat, lon = words.get("lat"), words.get("lon")
    if lat is None and lon is None and "," in words.get("location", ""):
        lat, lon = words["location"].split(",")[:2]
    if lat is None and lon is None:
        return None
    if words.get("valid", "true").lower() in ("false", "0"):
        raise BadRequestField("valid", "valid: the device itself does not trust the fix")
    return Fix(
        point=_place("", _number("lon", lon), _number("lat", lat)),
        at=_timestamp(words.get("timestamp"), now),
        accuracy_m=_side(words.get("accuracy"), 1, WIDEST_M, zero=False),
        speed_ms=_side(words.get("speed"), KNOT_MS, FASTEST_MS),
        heading=_side(words.get("bearing") or words.get("heading"), 1, 360),
    )


def osmand_json(sent: Mapping[str, Any], now: datetime) -> Fix | None:
    """A fix of Traccar Client 9 and later; None where it tells no place. Speed in m/s.

    -1 stands for what the phone does not know. Raises BadRequestField.
    """
    location = _table("location", sent.get("location"))
    if location.get("coords") is None:
        return None
    coords = _table("location.coords", location["coords"])
    lon, lat = (_number(name, coords.get(name)) for name in ("longitude", "latitude"))
    return Fix(
        point=_place("location.coords.", lon, lat),
        at=_timestamp(location.get("timestamp"), now),
        accuracy_m=_side(coords.get("accuracy"), 1, WIDEST_M, zero=False),
        speed_ms=_side(coords.get("speed"), 1, FASTEST_MS),
        heading=_side(coords.get("heading"), 1, 360),
    )


def owntracks(sent: Mapping[str, Any], now: datetime) -> Fix | None:
    """A fix of OwnTracks; None for all that is no location. Speed in km/h.

    Raises BadRequestField.
    """
    if sent.get("_type") != "location":
        return None
    lon, lat = _number("lon", sent.get("lon")), _number("lat", sent.get("lat"))
    return Fix(
        point=_place("", lon, lat),
        at=_timestamp(sent.get("tst"), now, field="tst"),
        accuracy_m=_side(sent.get("acc"), 1, WIDEST_M, zero=False),
        speed_ms=_side(sent.get("vel"), 1 / 3.6, FASTEST_MS),
        heading=_side(sent.get("cog"), 1, 360),
    )


def _table(field: str, value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadRequestField(field, f"{field}: give an object")
    return value


def _place(prefix: str, lon: float, lat: float) -> Point:
    try:
        return pin_at(lon, lat)
    except BadPoint as bad:
        name = "lat" if INDONESIA.west <= lon <= INDONESIA.east else "lon"
        raise BadRequestField(f"{prefix}{name}", str(bad)) from None


def _number(field: str, written: object) -> float:
    """A finite number, written as one or in words. Raises BadRequestField."""
    try:
        if isinstance(written, bool):
            raise ValueError
        value = float(written)  # type: ignore[arg-type]  # what it cannot read it refuses
    except (TypeError, ValueError, OverflowError):
        raise BadRequestField(field, f"{field}={str(written)[:40]!r}: give a number") from None
    if not math.isfinite(value):
        raise BadRequestField(field, f"{field}={value}: give a finite number")
    return value


def _side(written: object, factor: float, most: float, *, zero: bool = True) -> float | None:
    """A value beside the place, in our unit; None where it is missing or makes no sense.

    zero   whether 0 is a value: an accuracy of 0 m means that the phone does not know it
    """
    if written is None or written == "":
        return None
    try:
        value = _number("", written) * factor
    except BadRequestField:
        return None
    if not 0 <= value <= most or (value == 0 and not zero):
        return None
    return value


def _timestamp(written: object, now: datetime, field: str = "timestamp") -> datetime:
    """Seconds or milliseconds since 1970, or ISO 8601 (without a zone: UTC); `now` where missing.

    Raises BadRequestField.
    """
    if written is None or written == "":
        return now
    try:
        value = _number(field, written)
    except BadRequestField:
        return _loose_iso(field, str(written))
    try:
        return datetime.fromtimestamp(value if value < SECONDS_UNTIL else value / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        raise BadRequestField(field, f"{field}={str(written)[:40]!r}: no such time") from None


def _loose_iso(field: str, written: str) -> datetime:
    """ISO 8601, also without a zone, and with the plus of the zone lost in a query."""
    date, mark, rest = written[:40].partition("T")
    try:
        moment = datetime.fromisoformat(date + mark + rest.replace(" ", "+"))
        if moment.tzinfo is None:
            return moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRequestField(
            field, f"{field}={written[:40]!r}: give seconds, milliseconds or 2026-11-22T10:00:00Z"
        ) from None


def iso(field: str, written: str) -> datetime:
    """Strictly ISO 8601 with its zone. Raises BadRequestField."""
    try:
        moment = datetime.fromisoformat(written)
        if moment.tzinfo is None:
            raise ValueError
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        what = "give a time with its zone, as 2026-11-22T10:00:00Z"
        raise BadRequestField(field, f"{field}: {what}") from None
