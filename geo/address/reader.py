"""Reads a text from left to right: marks open a span, commas, numbers and relations close it."""

from __future__ import annotations

from geo.address.drafts import RelationDraft, SpanDraft
from geo.address.numbers import after_date, house_at, km_at, neighbourhood_at
from geo.address.relations import Phrase, phrase_at
from geo.address.said import Mark, Relation, Span
from geo.address.tokens import Token, gap_at, is_number, word_at
from geo.address.words import (
    CALL_TALK,
    COMPASS,
    CONJUNCTIONS,
    GLUE,
    MARKS,
    NOT_BEFORE,
    PROVINCES,
    RELATIONS,
    SELF_NAMED,
    SHORT_FORMS,
    SHORT_WORDS,
    THINGS,
    TITLES,
    TITLES_WITH_DOT,
    MarkWord,
)

_COMMAS = frozenset(",;\n()[]{}|")
_NAMED_AFTER_PLACES = (Mark.ROAD, Mark.VILLAGE, Mark.DISTRICT, Mark.HAMLET)
_OFFICES = {Mark.VILLAGE: "kantor kelurahan", Mark.DISTRICT: "kantor kecamatan"}
_NUMBERED = (Mark.HAMLET, Mark.ROAD)  # lane 3, block 2: the number is all of the name


class Reader:
    """One text being read. Each step takes at least one token, so the work grows as the text."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.spans: list[Span] = []
        self.relations: list[RelationDraft] = []
        self.rt: int | None = None
        self.rw: int | None = None
        self.km: float | None = None
        self.house: str | None = None
        self.postcode: str | None = None
        self._open: SpanDraft | None = None
        self._comma = False  # one stands between the last span and here
        self._title = False  # pak, bu just before
        self._waiting: list[RelationDraft] = []  # for the span that they speak of
        self._between = False  # "antara A": B is still to come

    def read(self) -> None:
        """All tokens, once."""
        steps = (
            self._take_date,
            self._take_neighbourhood,
            self._take_km,
            self._take_house,
            self._take_relation,
            self._take_mark,
            self._take_number,
            self._take_talk,
        )
        while self.at < len(self.tokens):
            self._heed_gap()
            if not any(step() for step in steps):
                self._take_word()
        self._close()

    def told(self) -> tuple[Relation, ...]:
        """The relations, with the spans that they speak of."""
        return tuple(relation.done() for relation in self.relations)

    # What stands between the words

    def _heed_gap(self) -> None:
        gap = self.tokens[self.at].gap
        if gap in ("", " "):
            return
        signs = gap.replace(" ", "")
        if self._is_slip(signs):
            return
        if not _COMMAS.isdisjoint(signs) or self._is_sentence_end(signs):
            self._cut()
            self._comma = self.at > 0
        elif self._parts(gap, signs):
            self._close()
            if self._between and "-" in signs:
                self._expect_second()

    def _is_slip(self, signs: str) -> bool:
        """Between a mark and its name, dots, colons and slashes part nothing."""
        draft = self._open
        if draft is None or not draft.empty or draft.mark is Mark.NONE:
            return False
        return signs in (".", ":", ".:", "-", "/", "./", "=") or (draft.short and signs == ",")

    def _is_sentence_end(self, signs: str) -> bool:
        before = word_at(self.tokens, self.at - 1)
        return signs.startswith(".") and len(before) > 3 and before not in TITLES_WITH_DOT

    def _parts(self, gap: str, signs: str) -> bool:
        """A dash joins in the name of a road, and where no blank stands beside it."""
        if signs in ("-", ".-"):
            on_road = self._open is not None and self._open.mark is Mark.ROAD
            return (" " in gap and not on_road) or self._between
        return not _PARTING.isdisjoint(signs)

    # Numbers

    def _take_date(self) -> bool:
        return self._step_to(after_date(self.tokens, self.at))

    def _take_neighbourhood(self) -> bool:
        found = neighbourhood_at(self.tokens, self.at)
        if found is None:
            return False
        self.rt = self.rt or found.rt
        self.rw = self.rw or found.rw
        return self._step_to(found.end)

    def _take_km(self) -> bool:
        found = km_at(self.tokens, self.at)
        if found is None:
            return False
        self.km = found[0] if self.km is None else self.km
        return self._step_to(found[1])

    def _take_house(self) -> bool:
        found = house_at(self.tokens, self.at)
        if found is None:
            return False
        self.house = self.house or found[0]
        return self._step_to(found[1])

    def _step_to(self, end: int) -> bool:
        """Past a number: it ends the span before it."""
        if end == self.at:
            return False
        self._cut()
        self.at = end
        return True

    def _take_number(self) -> bool:
        """A number by itself: of a school, a lane or a house, a postcode, or nothing to us."""
        if not is_number(self.tokens, self.at):
            return False
        digits, draft = self.tokens[self.at].word, self._open
        if draft is not None and not draft.number and len(digits) <= 3:
            if draft.mark is Mark.PLACE:
                draft.number = digits.lstrip("0")
                self.at += 1
                return True
            if draft.mark in _NUMBERED and (draft.empty or draft.kind in ("gang", "blok")):
                draft.number = digits.lstrip("0")
        if len(digits) == 5 and digits[0] != "0":
            self.postcode = self.postcode or digits
        elif draft is not None and draft.mark is Mark.ROAD and draft.words and len(digits) <= 4:
            self.house = self.house or digits.lstrip("0") or None
        return self._step_to(self.at + 1)

    # Relations

    def _take_relation(self) -> bool:
        if self._is_part_of_name():
            return False
        phrase = phrase_at(self.tokens, self.at)
        if phrase is None or (phrase.bare and not phrase.origin and not self._follows(phrase.end)):
            return False
        previous = self._seen_from_before(phrase)
        self._close()
        if phrase.word != "antara" and previous and self._add_direction(phrase):
            self.at = phrase.end
            return True
        draft = RelationDraft(phrase.name, phrase.bearing_deg, phrase.distance_m)
        self.relations.append(draft)
        self._between = draft.word == "antara"
        if previous and self.spans:
            draft.span = len(self.spans) - 1
        else:
            self._waiting.append(draft)
        self.at = phrase.end
        return True

    def _is_part_of_name(self) -> bool:
        """Kulon of "Margasari Kulon", Timur of "Jl. Timur"; not in "masjid lor pasar".

        "Margasari lor pasar" can be both: the word stays in the name, as a village is easier
        missed than a direction, and no direction is told.
        """
        draft = self._open
        if draft is None or word_at(self.tokens, self.at) not in COMPASS:
            return False
        after = word_at(self.tokens, self.at + 1)
        if after == "dari":
            return word_at(self.tokens, self.at + 2) in RELATIONS  # "... Kulon dari arah ..."
        nameless = draft.mark in (Mark.PLACE, Mark.CROSSING) and draft.empty
        return not (nameless and self._names_place(self.at + 1))

    def _names_place(self, at: int) -> bool:
        found = mark_at(self.tokens, at)
        return found is not None and found.mark in (Mark.PLACE, Mark.CROSSING)

    def _follows(self, at: int) -> bool:
        """Whether a name or a mark comes next, with no comma before it."""
        word = word_at(self.tokens, at)
        if (
            not word
            or is_number(self.tokens, at)
            or not _COMMAS.isdisjoint(gap_at(self.tokens, at))
        ):
            return False
        return word not in CALL_TALK and word not in RELATIONS

    def _seen_from_before(self, phrase: Phrase) -> bool:
        """Whether it is seen from what was named before: "pasar ke utara 200 m"."""
        if phrase.origin or not (self.spans or self._open):
            return False
        if phrase.word not in ("", "arah", "sebelah"):
            return False
        if phrase.bearing_deg is None and phrase.distance_m is None:
            return False
        if phrase.towards or phrase.bearing_deg is None:
            return not self._names_place(phrase.end)
        return not self._follows(phrase.end)

    def _add_direction(self, phrase: Phrase) -> bool:
        """One relation told in two parts: "200 m dari pasar ke arah utara"."""
        last = self.relations[-1] if self.relations else None
        if last is None or last.span is None or last.span != len(self.spans) - 1:
            return False
        if last.word not in ("dari", "sebelah"):
            return False
        if last.bearing_deg is None and phrase.distance_m is None:
            last.word, last.bearing_deg = "sebelah", phrase.bearing_deg
            return True
        if last.distance_m is None and phrase.bearing_deg is None:
            last.distance_m = phrase.distance_m
            return True
        return False

    def _expect_second(self) -> None:
        """The B of "antara A dan B"."""
        self._between = False
        draft = RelationDraft("antara")
        self.relations.append(draft)
        self._waiting.append(draft)

    # Names

    def _take_mark(self) -> bool:
        found = mark_at(self.tokens, self.at)
        if found is None:
            return False
        if self._names_the_open(found):
            self._open_words().extend(found.words)
        else:
            self._start(found)
        self.at += len(found.words)
        return True

    def _names_the_open(self, found: MarkWord) -> bool:
        """Jl. Pasar Lama, Desa Kampung Baru, Dukuh Krajan: a mark that is part of a name."""
        draft = self._open
        if draft is None or not draft.empty or draft.mark not in _NAMED_AFTER_PLACES:
            return False
        if found.kind in ("kampung", "krajan", "kota", "simpang"):
            return found.kind != draft.kind
        return found.mark is Mark.PLACE

    def _start(self, found: MarkWord) -> None:
        """A span with that mark; "kantor polsek" is a polsek."""
        draft = self._open
        if draft is not None and draft.kind == "kantor" and draft.empty:
            draft.mark, draft.kind = found.mark, found.kind
            draft.start = self.at + len(found.words)
            return
        self._close(soft=True)
        short = found.words[-1] in SHORT_FORMS
        self._begin(found.mark, found.kind, self.at + len(found.words), short)
        if found.kind in SELF_NAMED:
            self._open_words().extend(found.words)
            self._close()

    def _take_talk(self) -> bool:
        """A word that is no name; a person's title and things may begin the name of a shop."""
        word = word_at(self.tokens, self.at)
        if word not in CALL_TALK and word not in TITLES:
            return False
        if self._begins_name(word):
            return False
        if self._between and word in CONJUNCTIONS and (self._open or not self._waiting):
            self._close()
            self._expect_second()
        else:
            self._close()
            if word not in GLUE:
                self._waiting.clear()
        self._title = word in TITLES
        self.at += 1
        return True

    def _begins_name(self, word: str) -> bool:
        """Pak in "Jl. Pak Tani", mas in "Toko Mas Mawar", motor in "bengkel motor"."""
        draft = self._open
        if draft is None or draft.mark is Mark.NONE:
            return False
        if word in THINGS:
            return draft.mark is Mark.PLACE and draft.empty
        if word not in TITLES or any(each not in TITLES for each in draft.words):
            return False
        after = word_at(self.tokens, self.at + 1)
        return after not in CALL_TALK and self._follows(self.at + 1)

    def _take_word(self) -> None:
        word = word_at(self.tokens, self.at)
        province = self._province_at()
        if province:
            self._cut_softly()
            self._begin(Mark.PROVINCE, "", self.at, short=False)
            self._open_words().extend(province)
            self.at += 1 if word in PROVINCES else 2
            self._close()
            return
        if self._open is None:
            self._begin(Mark.NONE, "", self.at, short=False)
            if self._opens_road(word):
                return
        self._open_words().append(SHORT_WORDS.get(word, word))
        self.at += 1

    def _opens_road(self, word: str) -> bool:
        """A road without the word for it: "Raya A-B"."""
        draft = self._open
        if draft is None or word != "raya" or not self._follows(self.at + 1):
            return False
        draft.mark, draft.kind = Mark.ROAD, "jalan raya"
        self.at += 1
        draft.start = self.at
        return True

    def _province_at(self) -> tuple[str, ...]:
        """Jawa Tengah and jateng are provinces, unless a mark just before says otherwise."""
        if self._open is not None and self._open.empty:
            return ()
        pair = (word_at(self.tokens, self.at), word_at(self.tokens, self.at + 1))
        if pair in PROVINCES.values():
            return pair
        return PROVINCES.get(pair[0], ())

    # Opening and closing

    def _begin(self, mark: Mark, kind: str, start: int, short: bool) -> None:
        self._open = SpanDraft(mark, kind, start, self._comma, short, title=self._title)
        for relation in self._waiting:
            relation.span = len(self.spans)
        self._title = self._comma = False

    def _open_words(self) -> list[str]:
        assert self._open is not None  # noqa: S101 - opened by the caller
        return self._open.words

    def _cut(self) -> None:
        """A comma, a number: nothing that was said before waits for a name any longer."""
        self._close()
        self._waiting.clear()
        self._title = False

    def _cut_softly(self) -> None:
        self._close(soft=True)

    def _close(self, soft: bool = False) -> None:
        """Ends the span. soft: another mark follows at once, and takes its place if it is empty."""
        draft, self._open = self._open, None
        if draft is None:
            return
        draft.settle()
        if draft.worthless and not soft and self._waiting and draft.mark in _OFFICES:
            draft.mark, draft.kind = Mark.PLACE, _OFFICES[draft.mark]  # "depan kelurahan"
        if not draft.worthless:
            self.spans.append(draft.done())
            self._waiting.clear()
            return
        self._comma |= draft.comma
        for relation in self._waiting:
            relation.span = None
        if not soft:
            self._waiting.clear()


_PARTING = frozenset("/:&=+?!_*")


def mark_at(tokens: list[Token], at: int) -> MarkWord | None:
    """The longest mark that begins there."""
    for mark in MARKS.get(word_at(tokens, at), ()):
        words = mark.words
        if all(
            word_at(tokens, at + n) == word and (n == 0 or "," not in tokens[at + n].gap)
            for n, word in enumerate(words)
        ):
            return None if word_at(tokens, at + 1) in NOT_BEFORE.get(words[0], ()) else mark
    return None
