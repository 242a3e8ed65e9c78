"""Words without the numbers and addresses of people, before they leave the house.

Patterns find what has a form: telephone numbers, NIK, e-mail, plates. A name has none: words that
go out are few, and only where the regency's file says that they may.
"""

import re
import unicodedata

LONGEST = 5000  # characters that are looked at; more is cut before any pattern sees it
CUT = "…"
# Each class is bounded and none is nested: the time grows with the length alone (traps.md, 23).
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
# Digits with at most two signs between them: 0812-3456-7890, (0291) 591 492, 33 2001 010190 0001.
_DIGITS = re.compile(r"(?<![\w])\+?\(?\d(?:[ .()/-]{0,2}\d){6,24}(?!\w)")
_PLATE = re.compile(r"\b(?!R[TW]|KM)[A-Z]{1,2} ?\d{1,4} ?(?!R[TW]\b|KM\b)[A-Z]{2,3}\b")
_HANDLE = re.compile(r"(?<!\w)@[A-Za-z0-9_.]{2,30}")
_DATE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}|\d{4}-\d{2}-\d{2}")
_BLANKS = re.compile(r"[^\S\n]{2,}")


def clean(words: str, longest: int = 1000) -> str:
    """The words without what tells who somebody is, at most so many characters.

    What is taken out is named in its place: [nomor], [NIK], [surel], [akun], [plat].
    """
    plain = "".join(_sign(c) for c in words[:LONGEST])
    plain = _MAIL.sub("[surel]", plain)
    plain = _DIGITS.sub(_number, plain)
    plain = _HANDLE.sub("[akun]", plain)
    plain = _PLATE.sub("[plat]", plain)
    return cut(_BLANKS.sub(" ", plain).strip(), longest)


def cut(words: str, longest: int) -> str:
    """At most so many characters, cut between two words where there is one near."""
    if len(words) <= longest:
        return words
    short = words[: longest - 1]
    at = short.rfind(" ", max(0, len(short) - 40))
    return (short[:at] if at > 0 else short).rstrip() + CUT


def _sign(sign: str) -> str:
    """Digits of other scripts as 0 to 9, no signs that are not seen."""
    if sign == "\n":
        return sign
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.digit(sign))
    return " " if kind == "Cc" else "" if kind == "Cf" else sign


def _number(found: re.Match[str]) -> str:
    """What a run of digits is: a NIK has 16, a number 8 to 15; dates and prices stay."""
    written = found.group()
    digits = sum(c.isdigit() for c in written)
    if digits >= 16:
        return "[NIK]"
    if _DATE.fullmatch(written) or _is_amount(written):
        return written
    return "[nomor]" if digits >= 8 or written[0] in "+(0" else written


def _is_amount(written: str) -> bool:
    """1.500.000: groups of three after dots, and no zero in front."""
    head, *groups = written.split(".")
    return (
        bool(groups)
        and written[0] != "0"
        and 1 <= len(head) <= 3
        and head.isdigit()
        and all(len(group) == 3 and group.isdigit() for group in groups)
    )
