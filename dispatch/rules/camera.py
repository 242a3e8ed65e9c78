"""What a camera wrote into a photo of when and where it was taken (Exif 2.32), nothing else."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any

from geo.errors import BadPoint
from geo.point import Point

# DateTimeOriginal, DateTimeDigitized, each with its offset. Not DateTime: editors write it anew.
_TIMES = ((36867, 36881), (36868, 36882))
_OFFSET = 36880  # OffsetTime, of phones that write but this one
_NORTH_REF, _NORTH, _EAST_REF, _EAST = 1, 2, 3, 4  # of the GPS directory
_SIGNS = {"N": 1, "S": -1, "E": 1, "W": -1}
_WRITTEN = re.compile(r"(\d{4})[:/-](\d\d)[:/-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_AWAY = re.compile(r"([+-])(\d\d):?(\d\d)")
_FARTHEST = timedelta(hours=14)  # of any zone from UTC
_YEARS = range(1990, 2200)  # a clock that was never set says 1970 or 1980


def taken_at(tags: Mapping[int, Any], zone: tzinfo) -> datetime | None:
    """When, in UTC; None where the photo does not say.

    tags   of the Exif directory by number
    zone   of the regency: wall time that names no offset is local time
    """
    for time_tag, offset_tag in _TIMES:
        wall = _wall(tags.get(time_tag))
        if wall is not None:
            away = _away(tags.get(offset_tag)) or _away(tags.get(_OFFSET)) or zone
            return wall.replace(tzinfo=away).astimezone(UTC)
    return None


def position(tags: Mapping[int, Any]) -> Point | None:
    """Where; None where the photo does not say, or says 0, 0: a receiver without a fix.

    tags   of the GPS directory by number
    """
    lat = _degrees(tags.get(_NORTH), tags.get(_NORTH_REF), "NS")
    lon = _degrees(tags.get(_EAST), tags.get(_EAST_REF), "EW")
    if lat is None or lon is None or (lat == 0 and lon == 0):
        return None
    try:
        return Point(lon=lon, lat=lat)
    except BadPoint:
        return None


def _wall(written: object) -> datetime | None:
    found = _WRITTEN.match(_words(written))
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    if year not in _YEARS:
        return None
    try:
        # Its zone is put to it by the caller.
        return datetime(year, month, day, hour, minute, min(second, 59))  # noqa: DTZ001
    except ValueError:
        return None


def _away(written: object) -> tzinfo | None:
    words = _words(written)
    if words in ("Z", "z"):
        return UTC
    found = _AWAY.fullmatch(words)
    if found is None:
        return None
    away = timedelta(hours=int(found[2]), minutes=int(found[3]))
    if away > _FARTHEST:
        return None
    return timezone(-away if found[1] == "-" else away)


def _degrees(parts: object, ref: object, known: str) -> float | None:
    """Degrees, minutes and seconds as one number, south and west below zero."""
    side = _words(ref).upper()[:1]
    if not side or side not in known or not isinstance(parts, tuple | list):
        return None
    try:
        numbers = [float(part) for part in parts[:3]]
    except (TypeError, ValueError, ArithmeticError):
        return None
    if len(numbers) != 3 or not all(math.isfinite(n) and n >= 0 for n in numbers):
        return None
    degrees, minutes, seconds = numbers
    return _SIGNS[side] * (degrees + minutes / 60 + seconds / 3600)


def _words(written: object) -> str:
    if isinstance(written, bytes):
        written = written.decode("ascii", "replace")
    return written.strip("\x00 ") if isinstance(written, str) else ""
