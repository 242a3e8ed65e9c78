"""Reads a text from left to right: marks open a span, commas, numbers and relations close it."""

from __future__ import annotations

from geo.address.drafts import Drafts, RelationDraft
from geo.address.marks import mark_at, names_place, province_at
from geo.address.numbers import after_date, house_at, km_at, neighbourhood_at
from geo.address.relations import Phrase, phrase_at
from geo.address.said import Mark
from geo.address.tokens import Token, gap_at, is_number, word_at
from geo.address.words import (
    AREAS_AFTER,
    AUTHORITIES,
    CALL_TALK,
    COMPASS,
    CONJUNCTIONS,
    DAY_TIMES,
    GLUE,
    NAME_TITLES,
    RELATIONS,
    SELF_NAMED,
    SHORT_COMPASS,
    SHORT_FORMS,
    SHORT_WORDS,
    THINGS,
    TITLES,
    TITLES_WITH_DOT,
    MarkWord,
)

_COMMAS = frozenset(",;\n()[]{}|")
_PARTING = frozenset("/:=+?!_*")
_NAMED_AFTER_PLACES = (Mark.ROAD, Mark.VILLAGE, Mark.DISTRICT, Mark.HAMLET)
_ADMINISTRATIVE = (Mark.VILLAGE, Mark.DISTRICT, Mark.REGENCY)
_NUMBERED = (Mark.HAMLET, Mark.ROAD)  # lane 3, block 2: the number is all of the name


class Reader:
    """One text being read. Each step takes at least one token, so the work grows as the text."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.drafts = Drafts()
        self.rt: int | None = None
        self.rw: int | None = None
        self.km: float | None = None
        self.house: str | None = None
        self.postcode: str | None = None

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
            self._take_province,
            self._take_talk,
            self._take_area_after,
        )
        while self.at < len(self.tokens):
            self._heed_gap()
            if not any(step() for step in steps):
                self._take_word()
        self.drafts.close()

    @property
    def _word(self) -> str:
        return self.tokens[self.at].word

    # What stands between the words

    def _heed_gap(self) -> None:
        gap = self.tokens[self.at].gap
        if gap in ("", " "):
            return
        signs = gap.replace(" ", "")
        if self._is_slip(signs):
            return
        if not _COMMAS.isdisjoint(signs) or self._is_sentence_end(signs):
            self.drafts.cut()
            self.drafts.comma = self.at > 0
        elif self._parts(gap, signs):
            self.drafts.close()
            if self.drafts.between and "-" in signs:
                self.drafts.expect_second()

    def _is_slip(self, signs: str) -> bool:
        """Between a mark and its name, dots, colons and slashes part nothing."""
        draft = self.drafts.open
        if draft is None or not draft.empty or draft.mark is Mark.NONE:
            return False
        return signs in (".", ":", ".:", "-", "/", "./", "=") or (draft.short and signs == ",")

    def _is_sentence_end(self, signs: str) -> bool:
        before = word_at(self.tokens, self.at - 1)
        return signs.startswith(".") and len(before) > 3 and before not in TITLES_WITH_DOT

    def _parts(self, gap: str, signs: str) -> bool:
        """A dash joins in the name of a road, and where no blank stands beside it."""
        if signs in ("-", ".-"):
            draft = self.drafts.open
            on_road = draft is not None and draft.mark is Mark.ROAD
            return (" " in gap and not on_road) or self.drafts.between
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
        self.drafts.cut()
        self.at = end
        return True

    def _take_number(self) -> bool:
        """A number by itself: of a school, a lane or a house, a postcode, or nothing to us."""
        if not is_number(self.tokens, self.at):
            return False
        digits, draft = self._word, self.drafts.open
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
        before = self._seen_from_before(phrase)
        self.at = phrase.end
        if before and self.drafts.add_direction(phrase.bearing_deg, phrase.distance_m):
            return True
        if before and phrase.name == "arah":  # "pasar 2 km ke arah ..." tells of both
            self.drafts.relate(RelationDraft("dari", None, phrase.distance_m), before=True)
            phrase.distance_m, before = None, False
        draft = RelationDraft(phrase.name, phrase.bearing_deg, phrase.distance_m)
        self.drafts.relate(draft, before=before)
        return True

    def _is_part_of_name(self) -> bool:
        """Kulon of "Margasari Kulon", Seberang of "Kec. Seberang"; not in "masjid lor pasar".

        "Margasari lor pasar" can be both: the word stays in the name, as a village is worse
        missed than a direction, and no direction is told.
        """
        draft = self.drafts.open
        if draft is None:
            return False
        if self._word not in COMPASS:
            return draft.empty and draft.mark in _ADMINISTRATIVE and self._word == "seberang"
        if word_at(self.tokens, self.at + 1) == "dari":
            return word_at(self.tokens, self.at + 2) in RELATIONS  # "... Kulon dari arah ..."
        nameless = draft.mark in (Mark.PLACE, Mark.CROSSING) and draft.empty
        return not (nameless and names_place(self.tokens, self.at + 1))

    def _follows(self, at: int) -> bool:
        """Whether a name or a mark comes next, with no comma before it."""
        word = word_at(self.tokens, at)
        if not word or is_number(self.tokens, at):
            return False
        if not _COMMAS.isdisjoint(gap_at(self.tokens, at)):
            return False
        return word not in CALL_TALK and word not in RELATIONS

    def _seen_from_before(self, phrase: Phrase) -> bool:
        """Whether it is seen from what was named before: "pasar ke utara 200 m"."""
        if phrase.origin or not (self.drafts.spans or self.drafts.open):
            return False
        if phrase.word not in ("", "arah", "sebelah"):
            return False
        if phrase.bearing_deg is None and phrase.distance_m is None:
            return False
        if phrase.towards or phrase.bearing_deg is None:
            return not names_place(self.tokens, phrase.end)
        return not self._follows(phrase.end)

    # Names

    def _take_mark(self) -> bool:
        found = mark_at(self.tokens, self.at)
        if found is None:
            return False
        draft = self.drafts.open
        if draft is not None and self._names_the_open(found):
            draft.words.extend(found.words)
        else:
            self._start(found)
        self.at += len(found.words)
        return True

    def _names_the_open(self, found: MarkWord) -> bool:
        """Jl. Pasar Lama, Desa Kampung Baru, Dukuh Krajan: a mark that is part of a name."""
        draft = self.drafts.open
        if draft is not None and draft.words and draft.words[-1] in TITLES:
            return found.mark is Mark.PLACE  # "Warung Pak Min"
        if draft is None or not draft.empty or draft.mark not in _NAMED_AFTER_PLACES:
            return False
        if found.kind in ("kampung", "krajan", "kota", "simpang"):
            return found.kind != draft.kind
        return found.mark is Mark.PLACE

    def _start(self, found: MarkWord) -> None:
        """A span with that mark; "kantor polsek" is a polsek."""
        draft, start = self.drafts.open, self.at + len(found.words)
        if draft is not None and draft.kind == "kantor" and draft.empty:
            draft.mark, draft.kind, draft.start = found.mark, found.kind, start
            return
        self.drafts.close(soft=True)
        if found.kind in SELF_NAMED:
            self.drafts.begin(found.mark, found.kind, self.at).words.extend(found.words)
            self.drafts.close()
        else:
            short = not SHORT_FORMS.isdisjoint(found.words)
            self.drafts.begin(found.mark, found.kind, start, short)

    def _take_talk(self) -> bool:
        """A word that is no name; a person's title and things may begin the name of a shop."""
        word = self._word
        if not self._is_talk(word) or self._is_named(word):
            return False
        drafts = self.drafts
        if drafts.awaited and word in AUTHORITIES:
            drafts.begin(Mark.PLACE, word, self.at + 1)
        elif drafts.between and word in CONJUNCTIONS and (drafts.open or not drafts.awaited):
            drafts.close()
            drafts.expect_second()
        elif word in GLUE:
            drafts.close()
        else:
            drafts.talk()
        drafts.title = word in TITLES
        self.at += 1
        return True

    def _is_talk(self, word: str) -> bool:
        """Tengah belongs to names, but not in "di tengah"."""
        if word == "tengah":
            return word_at(self.tokens, self.at - 1) in ("di", "nang", "neng", "ning")
        return word in CALL_TALK or word in TITLES

    def _is_named(self, word: str) -> bool:
        """Pak in "Jl. Pak Tani", mas in "Toko Mas Mawar", motor in "bengkel motor", D.I."""
        draft = self.drafts.open
        if draft is None or draft.mark is Mark.NONE:
            return self._is_short_compass()
        if self.tokens[self.at].initials or self._is_short_compass():
            return True
        if word in THINGS:
            return draft.empty and (draft.mark is Mark.PLACE or (draft.short and self._on_road()))
        if word in DAY_TIMES:
            return draft.empty and draft.kind == "pasar"
        if word not in TITLES or not TITLES.issuperset(draft.words[:3]):
            return word in NAME_TITLES and self._on_road() and self._follows(self.at + 1)
        return self._follows(self.at + 1)

    def _on_road(self) -> bool:
        return self.drafts.open is not None and self.drafts.open.mark is Mark.ROAD

    def _is_short_compass(self) -> bool:
        """The tim. of "Margasari Tim."."""
        draft = self.drafts.open
        dotted = gap_at(self.tokens, self.at + 1).startswith(".")
        return self._word in SHORT_COMPASS and dotted and draft is not None and bool(draft.words)

    def _take_province(self) -> bool:
        """Jawa Tengah and jateng are provinces, unless a mark just before says otherwise."""
        draft = self.drafts.open
        found = province_at(self.tokens, self.at)
        if found is None or (draft is not None and draft.empty):
            return False
        self.drafts.close()
        self.drafts.begin(Mark.PROVINCE, "", self.at).words.extend(found[0])
        self.drafts.close()
        self.at = found[1]
        return True

    def _take_area_after(self) -> bool:
        """In English the mark comes last: "Kudus Regency"."""
        draft = self.drafts.open
        after = AREAS_AFTER.get(self._word)
        if after is None or draft is None or draft.mark is not Mark.NONE or len(draft.words) > 3:
            return False
        draft.mark, draft.kind = after
        self.drafts.close()
        self.at += 1
        return True

    def _take_word(self) -> None:
        word, draft = self._word, self.drafts.open
        if draft is None:
            draft = self.drafts.begin(Mark.NONE, "", self.at)
            if word == "raya" and self._follows(self.at + 1):  # a road without the word for it
                draft.mark, draft.kind, draft.start = Mark.ROAD, "jalan raya", self.at + 1
                self.at += 1
                return
        if self._is_short_compass():
            word = SHORT_COMPASS[word]
        draft.words.append(SHORT_WORDS.get(word, word))
        self.at += 1
