"""Text made fit for reading: cut, without control signs and emoji, phone numbers hidden."""

from __future__ import annotations

import unicodedata

from geo.address.said import LONGEST_TEXT

HIDDEN = "\u2022\u2022\u2022"  # stands where a phone number was
_FEWEST_PHONE_DIGITS = 8
_IN_PHONES = " -.()\u2013"  # between the groups of a phone number, at most three in a row
# NFKC would turn these degree and minute signs into letters and blanks.
_DEGREES = str.maketrans({"º": "°", "\u02da": "°", "\u00b4": "'", "\r": "\n", "\t": " "})
_LINE_ENDS = {"\n", "\u2028", "\u2029", "\x0b", "\x0c", "\x85"}
_KEPT_SYMBOLS = "°"
_DROPPED_KINDS = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "So", "Mn", "Me"})


def tidy(text: str) -> str:
    """The first LONGEST_TEXT letters in their plainest form; a word cut in two is left out.

    Compatible forms (full-width digits, ligatures) become plain, control, zero-width and
    direction signs, emoji and loose accents go. tidy(tidy(text)) == tidy(text).
    """
    short = _cut(text)
    if short.isascii() and short.isprintable():
        return short.strip()
    shown = "".join(map(_shown, short.translate(_DEGREES)))
    plain = unicodedata.normalize("NFKC", shown).translate(_DEGREES)
    kept = "".join(sign for sign in plain if sign in _LINE_ENDS or _is_kept(sign))
    return _cut(unicodedata.normalize("NFKC", kept)).strip()


def _cut(text: str) -> str:
    """A word or number that the cut goes through would be another one: it goes whole."""
    end = LONGEST_TEXT
    if len(text) <= end:
        return text
    if not text[end].isalnum():
        return text[:end]
    while end and text[end - 1].isalnum():
        end -= 1
    return text[:end]


def _shown(sign: str) -> str:
    """Nothing for a sign that cannot be seen; a line's end of any sort is a plain one."""
    if sign in _LINE_ENDS:
        return "\n"
    if sign.isalnum():
        return sign
    return "" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn") else sign


def _is_kept(sign: str) -> bool:
    if sign.isalnum() or sign in _KEPT_SYMBOLS:
        return True
    kind = unicodedata.category(sign)
    return kind not in _DROPPED_KINDS and not (kind == "Sk" and sign > "\U0001f000")


def hide_phones(text: str) -> str:
    """The text with every run of eight digits or more, blanks and dashes between, hidden.

    So are dates and identity numbers. Five digits after a short number are a postcode.
    """
    parts: list[str] = []
    done = at = 0
    while at < len(text):
        if not text[at].isdecimal():
            at += 1
            continue
        groups, end = _digits_from(text, at)
        if _is_phone(groups):
            parts += (text[done:at], HIDDEN)
            done = end
        at = end
    return "".join((*parts, text[done:])) if parts else text


def _digits_from(text: str, at: int) -> tuple[list[str], int]:
    """Groups of digits that may be one number, and where the last of them ends."""
    groups: list[str] = []
    while True:
        end = at
        while end < len(text) and text[end].isdecimal():
            end += 1
        groups.append(text[at:end])
        at = end
        while at < len(text) and at - end < 3 and text[at] in _IN_PHONES:
            at += 1
        if at == len(text) or not text[at].isdecimal():
            return groups, end


def _is_phone(groups: list[str]) -> bool:
    digits = sum(map(len, groups))
    if digits < _FEWEST_PHONE_DIGITS:
        return False
    before = digits - len(groups[-1])
    postcode = len(groups[-1]) == 5 and groups[-1][0] != "0"
    short = before <= 3 or (before == 4 and groups[0][0] != "0")
    return not (postcode and short)
