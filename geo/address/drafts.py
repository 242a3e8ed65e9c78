"""Spans and relations while they are still being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.address.said import Mark, Relation, Span
from geo.address.words import ROMAN, TITLES

_MAY_BE_NAMELESS = (Mark.PLACE, Mark.CROSSING)


@dataclass(slots=True)
class SpanDraft:
    """A span that may still grow."""

    mark: Mark
    kind: str
    start: int
    comma: bool
    short: bool = False  # marked in a short form, "kec."
    title: bool = False
    number: str = ""
    words: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        """Marked, but nothing named so far."""
        return not self.words and not self.number

    @property
    def worthless(self) -> bool:
        """Names nothing: "di jalan", "desa kelurahan"."""
        return self.empty and self.mark not in _MAY_BE_NAMELESS

    def settle(self) -> None:
        """A title at the end belongs to what comes after; II at the end is a number."""
        while self.words and self.words[-1] in TITLES and len(self.words) > 1:
            self.words.pop()
        numeral = ROMAN.get(self.words[-1]) if self.words else None
        if numeral and self.mark is not Mark.NONE and len(self.words) > 1 and not self.number:
            self.words.pop()
            self.number = numeral

    def done(self) -> Span:
        """As it stands."""
        return Span(
            words=tuple(self.words),
            mark=self.mark,
            kind=self.kind,
            start=self.start,
            comma=self.comma,
            number=self.number,
            title=self.title,
        )


@dataclass(slots=True)
class RelationDraft:
    """A relation that may still learn what it speaks of."""

    word: str
    bearing_deg: float | None = None
    distance_m: float | None = None
    span: int | None = None

    def done(self) -> Relation:
        """As it stands."""
        return Relation(self.word, self.bearing_deg, self.distance_m, self.span)
