"""Takes a text about a place apart."""

from __future__ import annotations

from geo.address.reader import Reader
from geo.address.said import Said
from geo.address.tidy import hide_phones, tidy
from geo.address.tokens import tokens_of
from geo.coordinates import FoundTyped, find_coordinates, find_links, read_coordinates
from geo.plus_code import find_plus_code
from geo.point import INDONESIA

Place = tuple[int, int]  # from where to where something stands
_GAP = " , "  # what was taken out parts the names beside it


def read(text: str) -> Said:
    """What the text says of a place. Reads any text at all, at most LONGEST_TEXT letters of it."""
    return take_apart(tidy(text))


def take_apart(plain: str) -> Said:
    """As read, of a tidy text, which is not cut: the work grows as the text does."""
    position = _whole(plain) or find_coordinates(plain)
    code = find_plus_code(plain)
    found = [each.place for each in (position, code) if each is not None]
    shown, names = _without(plain, found)
    reader = Reader(tokens_of(names))
    reader.read()
    return Said(
        text=shown,
        spans=tuple(reader.drafts.spans),
        relations=tuple(relation.done() for relation in reader.drafts.relations),
        rt=reader.rt,
        rw=reader.rw,
        km=reader.km,
        house=reader.house,
        postcode=reader.postcode,
        coordinates=None if position is None else position.typed,
        plus_code=None if code is None else code.code,
    )


def _whole(text: str) -> FoundTyped | None:
    """Coordinates and nothing else, however few their decimals: "-6.6, 110.7".

    Without a decimal in either it may as well be a house and a street: RT 6, RW 110.
    """
    typed = read_coordinates(text)
    if typed is None or typed.fine_deg >= 0.5:
        return None
    here = INDONESIA.holds(typed.lon, typed.lat) or INDONESIA.holds(typed.lat, typed.lon)
    return FoundTyped(typed, (0, len(text))) if here else None


def _without(text: str, found: list[Place]) -> tuple[str, str]:
    """The text with phone numbers hidden, and the same without links and what was found in it."""
    shown: list[str] = []
    names: list[str] = []
    done = 0
    for start, end in sorted(found):
        if start >= done:  # else a plus code inside a link
            part = hide_phones(text[done:start])
            shown += (part, text[start:end])
            names += (_without_links(part), _GAP)
            done = end
    rest = hide_phones(text[done:])
    return "".join((*shown, rest)), "".join((*names, _without_links(rest)))


def _without_links(text: str) -> str:
    parts: list[str] = []
    done = 0
    for start, end in find_links(text):
        parts += (text[done:start], _GAP)
        done = end
    return "".join((*parts, text[done:])) if parts else text
