"""A text cut into words and numbers, each with the signs that stand before it."""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

_PLAIN = str.maketrans(
    {
        "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2018": "'", "\u2019": "'", "\u02bc": "'", "`": "'",
        "\u2022": ",", "\u00b7": ",", "\u2044": "/", "\\": "/",
        "\u00b1": " ", "°": " ", "\u201c": " ", "\u201d": " ", '"': " ",
    }
)  # fmt: skip
_SMALL = frozenset("abcdefghijklmnopqrstuvwxyz")
_CAPITALS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERS = _SMALL | _CAPITALS
_DIGITS = frozenset("0123456789")


class Token(NamedTuple):
    """A word or a number."""

    word: str  # lower case letters without accents, or digits; never both
    gap: str  # what stands between it and the one before, as typed
    number: bool
    initials: bool = False  # K.H., D.I.: single letters with dots, joined


def tokens_of(text: str) -> list[Token]:
    """The words and numbers of a text in order; letters that are not Latin count as nothing."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    return _with_initials_joined(_cut(plain.encode("ascii", "ignore").decode()))


def word_at(tokens: list[Token], at: int) -> str:
    """The word there; "" before the first and behind the last."""
    return tokens[at].word if 0 <= at < len(tokens) else ""


def gap_at(tokens: list[Token], at: int) -> str:
    """What stands before the token there; a line's end behind the last."""
    return tokens[at].gap if at < len(tokens) else "\n"


def is_number(tokens: list[Token], at: int) -> bool:
    """Whether digits stand there."""
    return at < len(tokens) and tokens[at].number


def _cut(text: str) -> list[Token]:
    tokens: list[Token] = []
    at = done = 0
    while at < len(text):
        if text[at] in _LETTERS:
            end = _after_word(text, at)
            number = text[at:end] in "oO" and text[end : end + 1] in _DIGITS  # RW O5
            if not number:
                tokens.append(Token(_letters(text[at:end]), text[done:at], False))
        elif text[at] in _DIGITS:
            end, number = at, True
        else:
            at += 1
            continue
        if number:
            end = _after(text, max(end, at), _DIGITS)
            tokens.append(Token(text[at:end].upper().replace("O", "0"), text[done:at], True))
        at = done = end
    return tokens


def _letters(word: str) -> str:
    return word.replace("'", "").lower()


def _after_word(text: str, at: int) -> int:
    """An apostrophe between letters belongs to the word (jum'at); a capital begins another.

    "JalanMawarNo" is three words, "MTsN" and "NGawi" are one.
    """
    end = at + 1
    small = 0  # letters in a row
    while end < len(text):
        if text[end] in _CAPITALS and small >= 2:
            break
        if text[end] in _LETTERS:
            small = small + 1 if text[end] in _SMALL else 0
        elif text[end] != "'" or text[end + 1 : end + 2] not in _LETTERS:
            break
        end += 1
    return end


def _after(text: str, at: int, signs: frozenset[str]) -> int:
    while at < len(text) and text[at] in signs:
        at += 1
    return at


def _with_initials_joined(tokens: list[Token]) -> list[Token]:
    """K.H. is one word, and so is R. A.; the m of "200 m." is not the first of any."""
    joined: list[Token] = []
    initials = False  # whether the last one is made of single letters, each with its dot
    for token in tokens:
        single = not token.number and len(token.word) == 1
        if initials and single and token.gap.rstrip() == ".":
            joined[-1] = joined[-1]._replace(word=joined[-1].word + token.word, initials=True)
            continue
        initials = single and not (joined and joined[-1].number)
        joined.append(token)
    return joined
