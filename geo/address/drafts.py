"""Spans and relations while they are still being read."""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.address.said import Mark, Relation, Span
from geo.address.words import ROMAN, TITLES

_MAY_BE_NAMELESS = (Mark.PLACE, Mark.CROSSING)
_OFFICES = {Mark.VILLAGE: "kantor kelurahan", Mark.DISTRICT: "kantor kecamatan"}
_COUNTED = (Mark.ROAD, Mark.HAMLET)  # lane IV, dusun II: the number is all of the name


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
        while len(self.words) > 1 and self.words[-1] in TITLES:
            self.words.pop()
        numeral = ROMAN.get(self.words[-1]) if self.words else None
        named = len(self.words) > 1 or (self.mark in _COUNTED and self.kind != "blok")
        if numeral and named and not self.number:
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


class Drafts:
    """The spans and relations of a text so far; at most one span is open."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.relations: list[RelationDraft] = []
        self.open: SpanDraft | None = None
        self.comma = False  # one stands between the last span and here
        self.title = False  # pak, bu stand just before
        self.between = False  # "antara A": B is still to come
        self._waiting: list[RelationDraft] = []  # for the span that they speak of

    @property
    def awaited(self) -> bool:
        """Whether a relation waits for what it speaks of."""
        return bool(self._waiting)

    def begin(self, mark: Mark, kind: str, start: int, short: bool = False) -> SpanDraft:
        """A new span, of which the waiting relations speak."""
        draft = SpanDraft(mark, kind, start, self.comma, short, title=self.title)
        for relation in self._waiting:
            relation.span = len(self.spans)
        self.open, self.title, self.comma = draft, False, False
        return draft

    def close(self, soft: bool = False) -> None:
        """Ends the span. soft: another mark follows at once; it stands in for an empty span."""
        draft, self.open = self.open, None
        if draft is None:
            return
        draft.settle()
        if draft.worthless and not soft and self._waiting and draft.mark in _OFFICES:
            draft.mark, draft.kind = Mark.PLACE, _OFFICES[draft.mark]  # "depan kelurahan"
        if not draft.worthless:
            self.spans.append(draft.done())
            self._waiting.clear()
            return
        self.comma |= draft.comma
        for relation in self._waiting:
            relation.span = None
        if not soft:
            self._waiting.clear()

    def cut(self) -> None:
        """A comma or a number: no relation waits for a name behind it."""
        self.close()
        self._waiting.clear()
        self.title = False

    def talk(self) -> None:
        """A word of call talk: as a comma, but not one that is told of."""
        self.close()
        self._waiting.clear()

    def relate(self, draft: RelationDraft, *, before: bool = False) -> None:
        """before: it speaks of the last span, else of the next one."""
        self.close()
        self.relations.append(draft)
        self.between = draft.word == "antara"
        if before and self.spans:
            draft.span = len(self.spans) - 1
        else:
            self._waiting.append(draft)

    def expect_second(self) -> None:
        """The B of "antara A dan B"."""
        self.relate(RelationDraft("antara"))
        self.between = False

    def add_direction(self, bearing_deg: float | None, distance_m: float | None) -> bool:
        """Whether it is the second part of the last relation: "200 m dari pasar ke utara"."""
        self.close()
        last = self.relations[-1] if self.relations else None
        if last is None or last.span is None or last.span != len(self.spans) - 1:
            return False
        if last.word not in ("dari", "sebelah"):
            return False
        if last.bearing_deg is None and distance_m is None:
            last.word, last.bearing_deg = "sebelah", bearing_deg
        elif last.distance_m is None and bearing_deg is None:
            last.distance_m = distance_m
        else:
            return False
        return True
