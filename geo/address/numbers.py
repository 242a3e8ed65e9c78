"""Numbers of an address: RT and RW, kilometre posts, house numbers, distances, dates."""

from __future__ import annotations

from typing import NamedTuple

from geo.address.tokens import Token, gap_at, is_number, word_at
from geo.address.words import DATE_WORDS, METRES, MONTHS, NUMBER_WORDS, ROMAN, TITLES

LONGEST_M = 100_000.0
_HIGHEST_KM = 2000.0
_HOUSE_WORDS = frozenset({"no", "nomor", "nomer", "nmr", "num"})
_KM_WORDS = frozenset({"km", "kilometer", "klm", "pal"})
_RT_WORDS, _RW_WORDS = frozenset({"rt", "erte"}), frozenset({"rw", "erwe"})
_AROUND = (("kira", "kira"), ("kurang", "lebih"), ("krg", "lbh"), ("lebih", "kurang"))
ABOUT = frozenset(
    {"kira", "kiro", "kurang", "krg", "lebih", "sekitar", "jarak", "berjarak", "sejauh", "hampir"}
)


class Neighbourhood(NamedTuple):
    """RT and RW; None where not said, or nothing but zeros."""

    rt: int | None
    rw: int | None
    end: int


def value_at(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """A number in digits (5,5 and 5.5 and 1/2, no blanks) or as a word, and where it ends."""
    if not is_number(tokens, at):
        return _spoken(tokens, at)
    first, gap = tokens[at].word, gap_at(tokens, at + 1)
    if len(first) > 6:
        return None
    if is_number(tokens, at + 1) and gap in (",", ".", "/"):
        second = tokens[at + 1].word[:6]
        if gap != "/":
            return float(f"{first}.{second}"), at + 2
        if int(second) > int(first):
            return int(first) / int(second), at + 2
    return float(first), at + 1


def _spoken(tokens: list[Token], at: int) -> tuple[float, int] | None:
    value = NUMBER_WORDS.get(word_at(tokens, at))
    if value is None:
        return None
    hundreds = word_at(tokens, at + 1) in ("ratus", "atus")
    return (value * 100, at + 2) if hundreds else (value, at + 1)


def distance_at(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """Metres, with or without "kira-kira" before them, and where they end."""
    at = _after_about(tokens, at)
    found = value_at(tokens, at)
    if found is None or (metres := METRES.get(word_at(tokens, found[1]))) is None:
        return None
    distance_m = found[0] * metres
    return (distance_m, found[1] + 1) if 0 < distance_m <= LONGEST_M else None


def _after_about(tokens: list[Token], at: int) -> int:
    for _ in range(2):  # "jarak kira-kira"; not more, or "kira kira kira ..." would take long
        if (word_at(tokens, at), word_at(tokens, at + 1)) in _AROUND:
            at += 2
        elif word_at(tokens, at) in ABOUT:
            at += 1
    return at


def km_at(tokens: list[Token], at: int) -> tuple[float, int] | None:
    """A kilometre post: "km 5", "KM.5,5", "km 12+300"."""
    if word_at(tokens, at) not in _KM_WORDS:
        return None
    found = value_at(tokens, at + 1)
    if found is None or found[0] > _HIGHEST_KM or gap_at(tokens, at + 1) == "\n":
        return None
    km, end = found
    if is_number(tokens, end) and gap_at(tokens, end).strip() == "+" and km.is_integer():
        return km + int(tokens[end].word[:3]) / 1000, end + 1
    return km, end


def neighbourhood_at(tokens: list[Token], at: int) -> Neighbourhood | None:
    """RT 03, RW 02, RT03/02, RT/RW 3/2, or a bare 003/002."""
    word = word_at(tokens, at)
    if word in _RT_WORDS:
        pair = word_at(tokens, at + 1) in _RW_WORDS
        return _rt_from(tokens, at + 2 if pair else at + 1)
    if word in _RW_WORDS:
        rw = _counted(tokens, at + 1)
        return Neighbourhood(None, rw or None, at + 2) if rw is not None else None
    return _bare_pair(tokens, at)


def _rt_from(tokens: list[Token], at: int) -> Neighbourhood | None:
    rt = _counted(tokens, at)
    if rt is None:
        return None
    if gap_at(tokens, at + 1).strip() == "/" and is_number(tokens, at + 1):
        return Neighbourhood(rt or None, _counted(tokens, at + 1) or None, at + 2)
    return Neighbourhood(rt or None, None, at + 1)


def _counted(tokens: list[Token], at: int) -> int | None:
    """The number of an RT or RW; 0 for one that is none."""
    if is_number(tokens, at):
        return int(tokens[at].word) if len(tokens[at].word) <= 3 else 0
    if (numeral := word_at(tokens, at)) in ROMAN:
        return int(ROMAN[numeral])
    value = NUMBER_WORDS.get(word_at(tokens, at), 0.5)
    return int(value) if value.is_integer() else None


def _bare_pair(tokens: list[Token], at: int) -> Neighbourhood | None:
    """Two numbers and a slash, unless a unit follows (1/2 km) or a third (a date)."""
    if not (is_number(tokens, at) and is_number(tokens, at + 1)):
        return None
    rt, rw = tokens[at].word, tokens[at + 1].word
    if not tokens[at].gap and at:  # block F1/12
        return None
    if gap_at(tokens, at + 1).strip() != "/" or not (_like_rt(rt) and _like_rt(rw)):
        return None
    if word_at(tokens, at + 2) in METRES or "/" in gap_at(tokens, at + 2):
        return None
    return Neighbourhood(int(rt) or None, int(rw) or None, at + 2)


def _like_rt(digits: str) -> bool:
    return len(digits) <= 2 or (len(digits) == 3 and digits[0] == "0")


def house_at(tokens: list[Token], at: int) -> tuple[str | None, int] | None:
    """A house number after "no", and where it ends; None for one of five digits or more."""
    if word_at(tokens, at) not in _HOUSE_WORDS:
        return None
    lettered = not is_number(tokens, at + 1) and len(word_at(tokens, at + 1)) == 1
    if lettered and gap_at(tokens, at + 2) == "":
        at += 1  # the D of D5 tells little
    if not is_number(tokens, at + 1):
        return None
    digits = tokens[at + 1].word
    letter, end = _house_letter(tokens, at + 2)
    while is_number(tokens, end) and gap_at(tokens, end).strip() in ("-", "/", "&"):
        end += 1
    return (digits.lstrip("0") + letter if len(digits) <= 4 else None) or None, end


def _house_letter(tokens: list[Token], at: int) -> tuple[str, int]:
    """The A of 12A, 12-A, 12/A and 12 A; "H" with a dot is a title."""
    word, gap = word_at(tokens, at), gap_at(tokens, at).strip()
    if len(word) != 1 or is_number(tokens, at) or gap not in ("", "-", "/"):
        return "", at
    title = word in TITLES and gap_at(tokens, at + 1).startswith(".")
    return ("", at) if title else (word.upper(), at + 1)


def after_date(tokens: list[Token], at: int) -> int:
    """Where a date or a time of day ends that begins here; `at` itself when none does."""
    if word_at(tokens, at) in DATE_WORDS and is_number(tokens, at + 1):
        return _after_numbers(tokens, at + 1)
    if not is_number(tokens, at):
        return at
    slashes = [gap_at(tokens, at + step).strip() == "/" for step in (1, 2)]
    if all(slashes) and is_number(tokens, at + 2):
        return _after_numbers(tokens, at)
    if word_at(tokens, at + 1) in MONTHS:
        return _after_numbers(tokens, at)
    return at


def _after_numbers(tokens: list[Token], at: int) -> int:
    """Past numbers with / . : - between them, and a month's name with its year."""
    at += 1
    while is_number(tokens, at) and gap_at(tokens, at).strip() in ("/", ".", ":", "-"):
        at += 1
    if word_at(tokens, at) in MONTHS:
        at += 1
        if is_number(tokens, at) and len(tokens[at].word) == 4:
            at += 1
    return at
