"""Finds marks and the names of provinces among the tokens of a text."""

from __future__ import annotations

from geo.address.said import Mark
from geo.address.tokens import Token, word_at
from geo.address.words import MARKS, NOT_BEFORE, PROVINCES, MarkWord


def mark_at(tokens: list[Token], at: int) -> MarkWord | None:
    """The longest mark that begins there."""
    for mark in MARKS.get(word_at(tokens, at), ()):
        if _stand(mark.words, tokens, at):
            return None if word_at(tokens, at + 1) in NOT_BEFORE.get(mark.words[0], ()) else mark
    return None


def names_place(tokens: list[Token], at: int) -> bool:
    """Whether a kind of place or a crossing is named there."""
    found = mark_at(tokens, at)
    return found is not None and found.mark in (Mark.PLACE, Mark.CROSSING)


def province_at(tokens: list[Token], at: int) -> tuple[tuple[str, ...], int] | None:
    """The province that is named there, written out, and where its name ends."""
    for words, name in PROVINCES.get(word_at(tokens, at), ()):
        if _stand(words, tokens, at):
            return name, at + len(words)
    return None


def _stand(words: tuple[str, ...], tokens: list[Token], at: int) -> bool:
    """Whether these words stand there with no comma between."""
    return all(
        word_at(tokens, at + n) == word and (n == 0 or "," not in tokens[at + n].gap)
        for n, word in enumerate(words)
    )
