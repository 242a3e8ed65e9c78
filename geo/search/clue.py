"""A name found in a text, and what it says for one village or another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from geo.address.said import Mark, Span
from geo.search.names import LONGEST, Known, Sort

WHOLE = "whole"  # a place by its whole name, kind included
TAIL = "tail"  # a later word of what was marked as a road: "jl kartini panggang"


@dataclass(frozen=True, slots=True)
class Clue:
    """A name found in the text.

    worth      by village code or regency code (two parts): how much it speaks for that
    otherwise  for all others; below 0 it speaks against them
    """

    start: int
    end: int
    said: str
    mark: str
    likeness: float
    known: Known | None
    worth: Mapping[str, float]
    otherwise: float = 0.0
    regency: str | None = None  # code, for the name of a regency
    supports: bool = False  # counts only for a regency that was named as well

    def names(self, code: str) -> bool:
        """Whether it is something in that village, and not only near it or round it."""
        known = self.known
        return known is not None and known.sort is not Sort.DISTRICT and code in known.villages


def windows(count: int) -> Iterator[tuple[int, int]]:
    """Start and end of all runs of words up to the longest name, longer ones first."""
    for start in range(count):
        for end in range(min(count, start + LONGEST), start, -1):
            yield start, end


def place_in_span(span: Span, start: int) -> str:
    """The mark that a word of the span stands under."""
    if start == 0:
        return span.mark
    return TAIL if span.mark is Mark.ROAD else Mark.NONE
