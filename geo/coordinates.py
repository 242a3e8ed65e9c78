"""Coordinates as people type them: decimals with dot or comma, degrees and minutes, map links.

A scanner written by hand: it reads each sign a fixed number of times, so no text can make it slow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from geo.point import INDONESIA

LONGEST_TEXT = 300
_SIGNS = {"-": -1, "\u2212": -1, "\u2013": -1, "+": 1}  # minus, and the dash that phones put for it
_UNITS = {
    "°": 0, "º": 0, "˚": 0, "d": 0,
    "'": 1, "\u2019": 1, "\u2032": 1, "\u00b4": 1, "m": 1,
    '"': 2, "\u201d": 2, "\u2033": 2,
}  # fmt: skip
# Hemispheres in English and in Indonesian (lintang selatan/utara, bujur timur/barat).
_SIDES = {
    "s": ("lat", -1), "ls": ("lat", -1), "n": ("lat", 1), "u": ("lat", 1), "lu": ("lat", 1),
    "e": ("lon", 1), "t": ("lon", 1), "bt": ("lon", 1),
    "w": ("lon", -1), "b": ("lon", -1), "bb": ("lon", -1),
}  # fmt: skip
_SAID = frozenset({"lat", "latitude", "lintang", "lon", "lng", "long", "longitude", "bujur"})
# What stands before the pair in links: Google (!3d..!4d, @, q=, query=, ll=), Waze (ll., from
# and to), Bing (cp=), HERE (?map=), OSM, geo: URIs. The first that a pair follows counts.
_IN_LINKS = (
    "!3d", "query=", "destination=", "daddr=", "/@", "ll=", "ll.", "q=", "mlat=", "geo:", "#map=",
    "/place/", "/search/", "/dir//", "cp=", "?map=", "center=", "coordinate=", "lat=",
)  # fmt: skip
_BETWEEN = (",", "/", "!4d", "&mlon=", "&lon=", "&lng=", "~", ", ", "+", ",+")
_HOSTS = (
    "geo:", "www.", "maps.", "goo.gl/", "google.com/maps", "waze.com/", "osm.org/", "plus.codes/",
    "openstreetmap.org/", "wa.me/",
)  # fmt: skip
_FINE_ANYWHERE, _FINE_AT_HOME = 0.5e-4, 0.5e-2  # degrees: 4 decimals; 2 for a place in the country
_FEWEST_DIGITS = 4  # 6° S 110° E


@dataclass(frozen=True, slots=True)
class Typed:
    """A pair of degrees as typed, unchecked, and how finely: half a unit of the last digit."""

    lat: float
    lon: float
    fine_deg: float


@dataclass(frozen=True, slots=True)
class FoundTyped:
    """A pair inside other words, and from where to where it stands, the whole link if in one."""

    typed: Typed
    place: tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Number:
    value: float
    fine: float
    signed: bool


@dataclass(frozen=True, slots=True)
class _Unit:
    rank: int  # 0 degrees, 1 minutes, 2 seconds


@dataclass(frozen=True, slots=True)
class _Side:
    axis: str  # lat, lon
    sign: int


_Token = _Number | _Unit | _Side


@dataclass(frozen=True, slots=True)
class _Spot:
    """A token, or None for anything that is no part of coordinates, with its place."""

    token: _Token | None
    start: int
    end: int


def read_coordinates(text: str) -> Typed | None:
    """The pair that the text is, latitude first as people write it; None for any other text.

    Hemisphere letters (S, E, LS, BT ...) may turn the order. Only 300 letters are read.
    """
    text = text[:LONGEST_TEXT].strip()
    if find_links(text) == [(0, len(text))]:
        return _from_link(unquote(text).lower())
    tokens = _tokens(text)
    return None if tokens is None else _pair(tokens)


def find_coordinates(text: str) -> FoundTyped | None:
    """The first map link with a pair in it, else the first pair that the text holds.

    Decimals must have four digits after the point, or two and lie in the country: prices and
    times of day are none. The caller cuts the text; every sign is read a few times.
    """
    for start, end in find_links(text):
        typed = _from_link(unquote(text[start:end]).lower())
        if typed is not None and _is_on_earth(typed):
            return FoundTyped(typed, (start, end))
    if sum(map(str.isdecimal, text)) < _FEWEST_DIGITS:
        return None
    found = _find_pair(list(_spots(text, decimal_comma=False)))
    if found is None and "," in text:
        found = _find_pair(list(_spots(text, decimal_comma=True)))
    return found


def find_links(text: str) -> list[tuple[int, int]]:
    """From where to where the links of a text stand, with or without http before them."""
    links: list[tuple[int, int]] = []
    end = 0
    for chunk in text.split():
        start = text.index(chunk, end)
        bare = chunk.lstrip("(<[\"'").lower()
        if links and links[-1][1] == end and text[end - 1] == "," and chunk[0] in "-+0123456789":
            links[-1] = links[-1][0], start + len(chunk)  # ...?q=-6.5, 110.6
        elif "://" in chunk or bare.startswith(_HOSTS):
            links.append((start + _before_scheme(chunk), start + len(chunk)))
        end = start + len(chunk)
    return links


def _before_scheme(chunk: str) -> int:
    """Words may stand right before a link: "lokasi:https://..."."""
    at = chunk.find("://")
    while at > 0 and chunk[at - 1].isalpha():
        at -= 1
    return max(at, 0)


def _from_link(link: str) -> Typed | None:
    for mark in _IN_LINKS:
        at = link.find(mark)
        if at >= 0 and (pair := _plain_pair(link[at + len(mark) :], mark)) is not None:
            return pair
    return None


def _plain_pair(rest: str, mark: str) -> Typed | None:
    """The first two numbers after the mark; after #map= the zoom comes before them."""
    if mark == "#map=":
        rest = rest.partition("/")[2]
    elif mark == "q=" and rest.startswith("loc:"):
        rest = rest[4:]
    first = _number_at(rest, 0, decimal_comma=False)
    if first is None:
        return None
    between = next((gap for gap in _BETWEEN if rest.startswith(gap, first[1])), None)
    if between is None:
        return None
    start = first[1] + len(between)
    while rest.startswith(("+", " "), start):
        start += 1
    second = _number_at(rest, start, decimal_comma=False)
    if second is None:
        return None
    return Typed(first[0].value, second[0].value, max(first[0].fine, second[0].fine))


def _tokens(text: str) -> list[_Token] | None:
    """What the text is made of; None when there is anything but coordinates in it."""
    tokens: list[_Token] = []
    for spot in _spots(text, _has_decimal_commas(text)):
        if spot.token is None:
            return None
        tokens.append(spot.token)
    return tokens


def _spots(text: str, decimal_comma: bool) -> Iterator[_Spot]:
    """The tokens of a text with their places; words like "lat" are as good as blanks."""
    at = 0
    while at < len(text):
        letter, start = text[at], at
        if letter in " ,;/:()[]|\t\n":
            at += 1
        elif letter in _UNITS and not letter.isalpha():
            unit, at = _unit_at(text, at)
            yield _Spot(unit, start, at)
        elif letter.isalpha():
            word = _word_at(text, at)
            at += len(word)
            if word.lower() not in _SAID:
                yield _Spot(_meaning(word.lower()), start, at)
        elif (found := _number_at(text, at, decimal_comma)) is not None:
            number, at = found
            yield _Spot(number, start, at)
        else:
            at += 1
            yield _Spot(None, start, at)


def _has_decimal_commas(text: str) -> bool:
    """-6,63 110,65: two or more commas between digits and no dot at all."""
    if "." in text:
        return False
    inside = zip(text, text[1:], text[2:], strict=False)
    return sum(a.isdigit() and b == "," and c.isdigit() for a, b, c in inside) >= 2


def _unit_at(text: str, at: int) -> tuple[_Unit, int]:
    """Two minute signs in a row are one second sign."""
    rank = _UNITS[text[at]]
    double = rank == 1 and _UNITS.get(text[at + 1 : at + 2]) == 1
    return _Unit(2 if double else rank), at + 2 if double else at + 1


def _word_at(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end].isalpha() and text[end] not in "°º˚":
        end += 1
    return text[at:end]


def _meaning(word: str) -> _Token | None:
    """None for a word that has nothing to do with coordinates."""
    if word in _SIDES:
        return _Side(*_SIDES[word])
    return _Unit(_UNITS[word]) if word in ("d", "m") else None


def _find_pair(spots: list[_Spot]) -> FoundTyped | None:
    for start, spot in enumerate(spots):
        if spot.token is None or _is_rough(spot.token):
            continue
        middle = _after_axis(spots, start)
        end = _after_axis(spots, middle)
        if start < middle < end:
            axes = [_tokens_in(spots, start, middle), _tokens_in(spots, middle, end)]
            typed = _typed(axes)
            if typed is not None and _is_sure(axes, typed):
                return FoundTyped(typed, (spots[start].start, spots[end - 1].end))
    return None


def _is_rough(token: _Token) -> bool:
    """A number with too few decimals, unless it is small enough for degrees of an arc."""
    return isinstance(token, _Number) and token.fine > _FINE_AT_HOME and token.fine < 0.5


def _after_axis(spots: list[_Spot], start: int) -> int:
    """Where the axis ends that begins there; `start` when none does."""
    at, side_before = start, _is_side(spots, start)
    at += side_before
    for rank in range(3):
        number = spots[at].token if at < len(spots) else None
        if not isinstance(number, _Number) or (rank and number.signed):
            break
        at += 1
        if at == len(spots) or spots[at].token != _Unit(rank):
            break
        at += 1
    if at == start + side_before:
        return start
    return at + (not side_before and _is_side(spots, at))


def _is_side(spots: list[_Spot], at: int) -> bool:
    return at < len(spots) and isinstance(spots[at].token, _Side)


def _tokens_in(spots: list[_Spot], start: int, end: int) -> list[_Token]:
    return [spot.token for spot in spots[start:end] if spot.token is not None]


def _is_on_earth(typed: Typed) -> bool:
    """Swapped or not: who asks is told of that elsewhere."""
    lat, lon = abs(typed.lat), abs(typed.lon)
    return max(lat, lon) <= 180 and min(lat, lon) <= 90


def _is_sure(axes: list[list[_Token]], typed: Typed) -> bool:
    """Whether somebody who writes of other things can hardly have meant anything else."""
    if not _is_on_earth(typed):
        return False
    if all(any(isinstance(token, _Unit | _Side) for token in axis) for axis in axes):
        return all(_Unit(0) in axis for axis in axes) or typed.fine_deg <= _FINE_AT_HOME
    at_home = INDONESIA.holds(typed.lon, typed.lat) or INDONESIA.holds(typed.lat, typed.lon)
    return typed.fine_deg <= (_FINE_AT_HOME if at_home else _FINE_ANYWHERE)


def _number_at(text: str, at: int, decimal_comma: bool) -> tuple[_Number, int] | None:
    """The number that begins here, and where it ends."""
    sign = _SIGNS.get(text[at : at + 1])
    start = at if sign is None else at + 1
    end = _after_digits(text, start)
    if end == start:
        return None
    point = "," if decimal_comma else "."
    digits, decimals = text[start:end], 0
    if text.startswith(point, end) and _after_digits(text, end + 1) > end + 1:
        last = _after_digits(text, end + 1)
        digits, decimals = f"{digits}.{text[end + 1 : last]}", last - end - 1
        end = last
    return _Number((sign or 1) * float(digits), 0.5 / 10**decimals, sign is not None), end


def _after_digits(text: str, at: int) -> int:
    while at < len(text) and text[at] in "0123456789":
        at += 1
    return at


def _pair(tokens: list[_Token]) -> Typed | None:
    return _typed(list(_axes(tokens)))


def _typed(axes: list[list[_Token]]) -> Typed | None:
    if len(axes) != 2 or None in (read := [_degrees(axis) for axis in axes]):
        return None
    (one, one_axis, one_fine), (other, other_axis, other_fine) = (r for r in read if r)
    fine = max(one_fine, other_fine)
    if (one_axis, other_axis) in (("lat", "lon"), ("", "")):
        return Typed(one, other, fine)
    return Typed(other, one, fine) if (one_axis, other_axis) == ("lon", "lat") else None


def _axes(tokens: list[_Token]) -> Iterator[list[_Token]]:
    """The tokens of each axis: cut after or before the sides, at degree signs, else in half."""
    if any(isinstance(token, _Side) for token in tokens):
        yield from _cut_at_sides(tokens)
    elif sum(isinstance(token, _Unit) and token.rank == 0 for token in tokens) == 2:
        second = [n for n, token in enumerate(tokens) if token == _Unit(0)][1] - 1
        yield tokens[:second]
        yield tokens[second:]
    else:
        half = len(tokens) // 2
        yield tokens[:half]
        yield tokens[half:]


def _cut_at_sides(tokens: list[_Token]) -> Iterator[list[_Token]]:
    before = isinstance(tokens[0], _Side)  # S 6.63 E 110.65
    axis: list[_Token] = []
    for token in tokens:
        if before and isinstance(token, _Side) and axis:
            yield axis
            axis = []
        axis.append(token)
        if not before and isinstance(token, _Side):
            yield axis
            axis = []
    if axis:
        yield axis


def _degrees(axis: list[_Token]) -> tuple[float, str, float] | None:
    """Degrees with their sign, the axis if its side is given, and how finely; None for nonsense."""
    numbers = [token for token in axis if isinstance(token, _Number)]
    sides = [token for token in axis if isinstance(token, _Side)]
    ranks = [token.rank for token in axis if isinstance(token, _Unit)]
    if not 1 <= len(numbers) <= 3 or len(sides) > 1 or ranks != list(range(len(ranks))):
        return None
    if any(n.signed or n.value >= 60 for n in numbers[1:]) or (sides and numbers[0].signed):
        return None
    if len(numbers) > 1 and not (ranks or sides):
        return None
    parts = [abs(number.value) / 60**rank for rank, number in enumerate(numbers)]
    fine = numbers[-1].fine / 60 ** (len(numbers) - 1)
    sign = sides[0].sign if sides else math.copysign(1, numbers[0].value)
    return sign * sum(parts), sides[0].axis if sides else "", fine
