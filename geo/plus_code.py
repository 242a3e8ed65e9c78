"""Plus codes (Open Location Codes): a grid over the earth, five pairs of digits, then finer.

Written after the public specification of Open Location Code (google/open-location-code).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo.errors import GeoError
from geo.point import Point

ALPHABET = "23456789CFGHJMPQRVWX"
_VALUE = {digit: value for value, digit in enumerate(ALPHABET)}
_PLUS_AT = 8  # digits before the plus of a full code
_PAIR_DIGITS, _MOST_DIGITS = 10, 15
_ROWS, _COLUMNS = 5, 4  # of the finer grid, from the eleventh digit on
# Whole steps of the finest grid in a degree: no rounding on the way.
_LAT_STEPS, _LON_STEPS = 8000 * _ROWS**5, 8000 * _COLUMNS**5
_SHORT_LENGTHS = (4, 6, 8)  # digits before the plus that are looked for in other text


class BadPlusCode(GeoError):
    """What was given is no plus code, or not one of the sort that is needed here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CodeArea:
    """The area that a code names, in degrees."""

    south: float
    west: float
    north: float
    east: float

    @property
    def middle(self) -> Point:
        """Where to put the pin."""
        return Point(lon=(self.west + self.east) / 2, lat=min((self.south + self.north) / 2, 90.0))

    @property
    def diagonal_m(self) -> float:
        """From corner to corner, in metres."""
        corner = Point(lon=self.west, lat=self.south)
        return corner.distance_m(Point(lon=self.east, lat=self.north))


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code inside a text: in upper case, and from where to where it stands."""

    code: str
    place: tuple[int, int]


def is_valid(code: str) -> bool:
    """Whether it is a code at all, full or short; lower case is as good."""
    digits, plus, finer = code.upper().partition("+")
    if not plus or len(digits) > _PLUS_AT or len(digits) % 2 or len(finer) == 1:
        return False
    if not all(digit in _VALUE for digit in digits.rstrip("0") + finer):
        return False
    padding = len(digits) - len(digits.rstrip("0"))
    if padding:
        return len(digits) == _PLUS_AT and not finer and padding % 2 == 0 and padding < _PLUS_AT
    return bool(digits or finer)


def is_full(code: str) -> bool:
    """Whether it says by itself where it is."""
    if not is_valid(code) or code.index("+") != _PLUS_AT:
        return False
    lat, lon = code[0].upper(), code[1].upper()
    return _VALUE[lat] * 20 < 180 and _VALUE[lon] * 20 < 360


def is_short(code: str) -> bool:
    """Whether a place near by must be known to read it."""
    return is_valid(code) and code.index("+") < _PLUS_AT


def decode(code: str) -> CodeArea:
    """The area of a full code; digits after the fifteenth count for nothing.

    Raises BadPlusCode for a short code or none.
    """
    if not is_full(code):
        raise BadPlusCode(f"{code!r}: give a full plus code, eight digits before the plus")
    digits = code.upper().replace("+", "").rstrip("0")[:_MOST_DIGITS]
    lat, lon = -90 * _LAT_STEPS, -180 * _LON_STEPS
    lat_size, lon_size = 400 * _LAT_STEPS, 400 * _LON_STEPS
    for north, east in zip(digits[:_PAIR_DIGITS:2], digits[1:_PAIR_DIGITS:2], strict=True):
        lat_size, lon_size = lat_size // 20, lon_size // 20
        lat, lon = lat + _VALUE[north] * lat_size, lon + _VALUE[east] * lon_size
    for digit in digits[_PAIR_DIGITS:]:
        lat_size, lon_size = lat_size // _ROWS, lon_size // _COLUMNS
        row, column = divmod(_VALUE[digit], _COLUMNS)
        lat, lon = lat + row * lat_size, lon + column * lon_size
    return CodeArea(
        south=lat / _LAT_STEPS,
        west=lon / _LON_STEPS,
        north=(lat + lat_size) / _LAT_STEPS,
        east=(lon + lon_size) / _LON_STEPS,
    )


def encode(point: Point, length: int = _PAIR_DIGITS) -> str:
    """The full code of so many digits (2, 4, 6, 8, 10 to 15) whose area holds the point."""
    if length < 2 or (length < _PAIR_DIGITS and length % 2):
        raise BadPlusCode(f"length {length}: give 2, 4, 6, 8 or 10 to {_MOST_DIGITS}")
    length = min(length, _MOST_DIGITS)
    lat = math.floor(round((point.lat + 90) * _LAT_STEPS * 1e6) / 1e6)
    lon = math.floor(round((point.lon + 180) * _LON_STEPS * 1e6) / 1e6) % (360 * _LON_STEPS)
    lat = min(lat, 180 * _LAT_STEPS - 1)  # the pole belongs to the last row
    digits: list[str] = []
    for _ in range(_MOST_DIGITS - _PAIR_DIGITS):
        (lat, row), (lon, column) = divmod(lat, _ROWS), divmod(lon, _COLUMNS)
        digits.append(ALPHABET[row * _COLUMNS + column])
    for _ in range(_PAIR_DIGITS // 2):
        (lat, north), (lon, east) = divmod(lat, 20), divmod(lon, 20)
        digits += (ALPHABET[east], ALPHABET[north])
    whole = "".join(reversed(digits))[:length].ljust(_PLUS_AT, "0")
    return f"{whole[:_PLUS_AT]}+{whole[_PLUS_AT:]}"


def recover(short: str, reference: Point) -> str:
    """The full code with that ending whose middle is nearest to the reference point.

    A full code comes back in upper case. Raises BadPlusCode for what is no code.
    """
    if is_full(short):
        return short.upper()
    if not is_short(short):
        raise BadPlusCode(f"{short!r}: this is no plus code")
    short = short.upper()
    missing = _PLUS_AT - short.index("+")
    cell_deg = 20.0 ** (2 - missing / 2)
    area = decode(encode(reference)[:missing] + short)
    lat, lon = (area.south + area.north) / 2, (area.west + area.east) / 2
    return encode(
        Point(
            lon=_wrapped(_nearer(lon, _wrapped(reference.lon), cell_deg, 540.0)),
            lat=_nearer(lat, reference.lat, cell_deg, 90.0),
        ),
        len(short) - 1 + missing,
    )


def _nearer(degrees: float, reference: float, cell_deg: float, most: float) -> float:
    """Moved by one cell where that brings it nearer and keeps it on earth."""
    if reference + cell_deg / 2 < degrees and degrees - cell_deg >= -most:
        return degrees - cell_deg
    if reference - cell_deg / 2 > degrees and degrees + cell_deg <= most:
        return degrees + cell_deg
    return degrees


def _wrapped(lon: float) -> float:
    return (lon + 180) % 360 - 180


def find_plus_code(text: str) -> FoundCode | None:
    """The first code in a text: full, or short with four or six digits before the plus.

    It stands by itself and has a letter in it, so that "12+300" is none.
    """
    at = text.find("+")
    while at >= 0:
        start, end = _around(text, at)
        code = text[start:end].upper()
        if at - start in _SHORT_LENGTHS and end - at > 2 and _is_written(code):
            return FoundCode(code, (start, end))
        at = text.find("+", at + 1)
    return None


def _is_written(code: str) -> bool:
    return any(digit.isalpha() for digit in code) and (is_short(code) or is_full(code))


def _around(text: str, plus: int) -> tuple[int, int]:
    """The letters and digits on both sides of the plus; at most one more than a code has."""
    start, end = plus, plus + 1
    while start > 0 and text[start - 1].isalnum() and plus - start <= _PLUS_AT:
        start -= 1
    while end < len(text) and text[end].isalnum() and end - plus <= _MOST_DIGITS:
        end += 1
    return start, end
