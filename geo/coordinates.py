"""Coordinates as people type them: decimals with dot or comma, degrees and minutes, map links.

A scanner written by hand: it reads each sign once, so no text can make it slow.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

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
# What stands before the pair in links: Google (!3d..!4d, @, q=, query=, ll=), OSM, geo: URIs.
_IN_LINKS = (
    "!3d",
    "query=",
    "destination=",
    "/@",
    "ll=",
    "q=",
    "mlat=",
    "geo:",
    "#map=",
    "/place/",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A pair of degrees as typed, unchecked, and how finely: half a unit of the last digit."""

    lat: float
    lon: float
    fine_deg: float


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


def read_coordinates(text: str) -> Typed | None:
    """The pair that the text is, latitude first as people write it; None for any other text.

    Hemisphere letters (S, E, LS, BT ...) may turn the order. Only 300 letters are read.
    """
    text = text[:LONGEST_TEXT].strip()
    if "://" in text or text.startswith("geo:"):
        return _from_link(unquote(text)[:LONGEST_TEXT])
    tokens = _tokens(text)
    return None if tokens is None else _pair(tokens)


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
    between = next(
        (
            gap
            for gap in (",", "/", "!4d", "&mlon=", ", ", "+", ",+")
            if rest.startswith(gap, first[1])
        ),
        None,
    )
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
    comma = _has_decimal_commas(text)
    at = 0
    while at < len(text):
        letter = text[at]
        if letter in " ,;/:()\t":
            at += 1
        elif letter in _UNITS and not letter.isalpha():
            at = _after_unit(text, at, tokens)
        elif letter.isalpha():
            word = _word_at(text, at)
            if not _take_word(word.lower(), tokens):
                return None
            at += len(word)
        elif (found := _number_at(text, at, comma)) is not None:
            tokens.append(found[0])
            at = found[1]
        else:
            return None
    return tokens


def _has_decimal_commas(text: str) -> bool:
    """-6,63 110,65: two or more commas between digits and no dot at all."""
    if "." in text:
        return False
    inside = zip(text, text[1:], text[2:], strict=False)
    return sum(a.isdigit() and b == "," and c.isdigit() for a, b, c in inside) >= 2


def _after_unit(text: str, at: int, tokens: list[_Token]) -> int:
    """Two minute signs in a row are one second sign."""
    rank = _UNITS[text[at]]
    double = rank == 1 and _UNITS.get(text[at + 1 : at + 2]) == 1
    tokens.append(_Unit(2 if double else rank))
    return at + 2 if double else at + 1


def _word_at(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end].isalpha() and text[end] not in "°º˚":
        end += 1
    return text[at:end]


def _take_word(word: str, tokens: list[_Token]) -> bool:
    """False for a word that has nothing to do with coordinates."""
    if word in _SIDES:
        tokens.append(_Side(*_SIDES[word]))
    elif word in ("d", "m"):
        tokens.append(_Unit(_UNITS[word]))
    elif word not in _SAID:
        return False
    return True


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
    axes = list(_axes(tokens))
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
