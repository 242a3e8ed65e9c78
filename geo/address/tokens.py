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
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")


class Token(NamedTuple):
    """A word or a number."""

    word: str  # lower case letters without accents, or digits; never both
    gap: str  # what stands between it and the one before, as typed
    number: bool


def tokens_of(text: str) -> list[Token]:
    """The words and numbers of a text in order; letters that are not Latin count as nothing."""
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    letters = plain.encode("ascii", "ignore").decode().lower()
    return _with_initials_joined(_cut(letters))


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
            tokens.append(Token(text[at:end].replace("'", ""), text[done:at], False))
            at = done = end
        elif text[at] in _DIGITS:
            end = _after(text, at, _DIGITS)
            tokens.append(Token(text[at:end], text[done:at], True))
            at = done = end
        else:
            at += 1
    return tokens


def _after_word(text: str, at: int) -> int:
    """An apostrophe between letters belongs to the word: jum'at, ma'mur."""
    end = _after(text, at, _LETTERS)
    while text.startswith("'", end) and text[end + 1 : end + 2] in _LETTERS:
        end = _after(text, end + 1, _LETTERS)
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
            joined[-1] = joined[-1]._replace(word=joined[-1].word + token.word)
            continue
        initials = single and not (joined and joined[-1].number)
        joined.append(token)
    return joined
