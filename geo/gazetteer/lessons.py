"""What may be learned of the words of a call: names of public places; persons are filtered out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from geo.address.said import Mark, Relation, Said, Span
from geo.gazetteer.persons import (
    GIVEN_NAMES,
    INTRODUCING,
    LOOSE,
    PRIVATE,
    ROAD_TITLES,
    SIDES,
    TITLES,
    like_person,
    words_of,
)
from geo.naming import normalise

_FEWEST_WORDS, _MOST_WORDS = 2, 5  # the word for the kind among them
_NEIGHBOURS = 2  # words before the mark and after the name that must not lead up to a person
_LONGEST_WORD = 20
_LONG_NUMBER = 6  # digits: a telephone, an identity card, never a house
_MARKS = frozenset({Mark.ROAD, Mark.HAMLET, Mark.CROSSING, Mark.PLACE})
# Places that all may go to and that are hardly ever called after whoever owns them. Graves,
# boarding schools, shops, workshops and surgeries are: these are not learned.
_PUBLIC = words_of("""
    masjid mushola langgar gereja pura vihara klenteng sd sdn sdit mi mts mtsn ma man madin
    madrasah smp smpn smpit sma sman smk smkn slb tk tkit paud ra tpq sekolah kampus universitas
    puskesmas pustu posyandu rs rsud rsu rsia pkd pasar spbu kantor pendopo dinas polsek polres
    koramil kodim kua gedung terminal pelabuhan dermaga stasiun halte jembatan kali sungai bendung
    waduk embung pantai pulau gunung goa benteng lapangan stadion gor alun-alun taman museum tugu
    monumen gapura tpi perumahan rusun
""") | {"balai desa", "kantor desa", "pos ronda", "pos polisi", "air terjun", "kantor pos"}
_WORSHIP = frozenset({"masjid", "mushola", "langgar"})
# What a mosque's name begins with, before its one word.
_ARTICLES = words_of("al as at ar ad asy ash ath nurul baitul darul miftahul sabilul")
# From these the place named is near enough to the pin.
_AT = frozenset({"depan", "belakang", "samping", "sebelah", "seberang", "dekat", "sekitar"})
_NEAR_M = 100.0


@dataclass(frozen=True, slots=True)
class Lesson:
    """Words that name a place, normalised, and the kind that their mark says (a Mark)."""

    words: str
    kind: str


def learnable(said: Said) -> list[Lesson]:
    """The names in a text that a confirmed pin may teach, none twice. When in doubt, none.

    A name is learned only if all of this holds:

    - the text has no number of six digits or more, no hidden telephone number, and no word that
      introduces a person ("nama", "a.n.", "pelapor", "hp", "pasien" ...): else nothing of it is;
    - a mark stands before the name: road, hamlet, crossing, or a kind of public place from a
      fixed list (no shop, surgery, boarding school or grave: these bear persons' names);
    - with the word for its kind it has two to five words, but only one of its own: what follows
      must say a side or an age ("kulon", "baru"), what precedes be "al", "nurul" and the like in
      a mosque's name, "kh" and the like in a road's. Two unmarked words may be a place and who
      lives there;
    - each has three to 20 letters a to z, and no number belongs to it;
    - none of its words is a title or kin word, a word for a home or an owner, a listed given
      name, or built as these are;
    - none of the two words before the mark and after the name is a title or a word for a home;
    - the pin may be taken for the place: no distance, no "between", "towards", "before", "after".

    This is a filter, not a proof: a rare name right behind a mark ("gang x") may pass. So a lesson
    also waits for a second pin on another day (geo.gazetteer.learned), and a person looks through
    the list now and then.

    Texts of restricted categories must not come here, and what the gazetteer has already is to be
    taken out with `unknown`.
    """
    words = normalise(said.text).split()
    if _speaks_of_persons(said.text, words):
        return []
    found = (_lesson(said, number, words) for number in range(len(said.spans)))
    return list(dict.fromkeys(lesson for lesson in found if lesson is not None))


def unknown(lessons: Sequence[Lesson], known: Collection[str]) -> list[Lesson]:
    """Those that the gazetteer lacks.

    known  its names, normalised, with the word for the kind in the spelling of geo.address
           ("jalan mawar"); hamlets without it
    A lesson that goes on after a known name goes, too: where "jalan mawar" is known, what follows
    in "jalan mawar x" is no part of the road, but perhaps of a person.
    """
    return [one for one in lessons if not any(start in known for start in _starts(one))]


def _starts(lesson: Lesson) -> Iterator[str]:
    """The whole and all that it begins with, but never the word for the kind alone."""
    words = lesson.words.split()
    for end in range(1 if lesson.kind == Mark.HAMLET else 2, len(words) + 1):
        yield " ".join(words[:end])


def _speaks_of_persons(text: str, words: list[str]) -> bool:
    """Also "a.n.", which is two words when its dots are gone, and numbers written in groups."""
    if "•" in text or not INTRODUCING.isdisjoint(words):
        return True
    if any(pair == ("a", "n") for pair in pairwise(words)):
        return True
    run = 0
    for word in words:
        run = run + sum(map(str.isdigit, word)) if any(map(str.isdigit, word)) else 0
        if run >= _LONG_NUMBER:
            return True
    return False


def _lesson(said: Said, number: int, words: list[str]) -> Lesson | None:
    span = said.spans[number]
    if span.mark not in _MARKS or span.number or span.title or not span.words:
        return None
    if span.mark is Mark.PLACE and span.kind not in _PUBLIC:
        return None
    if not all(_stands_at(relation) for relation in said.relations if relation.span == number):
        return None
    if not _is_clean(span) or not _is_apart(span, words):
        return None
    named = [*span.kind.split(), *span.words]
    if not _FEWEST_WORDS <= len(named) <= _MOST_WORDS:
        return None
    hamlet = span.mark is Mark.HAMLET
    return Lesson(normalise(" ".join(span.words if hamlet else named)), span.mark.value)


def _stands_at(relation: Relation) -> bool:
    return relation.word in _AT and (relation.distance_m or 0.0) <= _NEAR_M


def _is_clean(span: Span) -> bool:
    """Whether it has one word of its own, and each word can be a part of a place's name."""
    own = list(span.words)
    if span.mark is Mark.ROAD and own[0] in ROAD_TITLES and len(own) > 1:
        own = own[1:]
    if span.kind in _WORSHIP:
        while len(own) > 1 and own[0] in _ARTICLES:
            own = own[1:]
    return SIDES.issuperset(own[1:]) and all(_fits(word) for word in own)


def _fits(word: str) -> bool:
    if word in PRIVATE or word in LOOSE or word in INTRODUCING:
        return False
    if not (word.isascii() and word.isalpha() and len(word) <= _LONGEST_WORD):
        return False
    return len(word) >= 3 and not like_person(word)


def _is_apart(span: Span, words: list[str]) -> bool:
    """Whether no title and no home stands next to the name.

    Where the span's words are not found in the text, as they were written out, no such word may
    stand anywhere in it.
    """
    leading = TITLES | PRIVATE
    places = list(_places_of(span, words))
    if not places:
        return leading.isdisjoint(words)
    mark = len(span.kind.split())
    for start in places:
        before = words[max(0, start - mark - _NEIGHBOURS) : start]
        end = start + len(span.words)
        after = words[end : end + _NEIGHBOURS]
        if not (leading | GIVEN_NAMES).isdisjoint(after) or not leading.isdisjoint(before):
            return False
    return True


def _places_of(span: Span, words: list[str]) -> Iterator[int]:
    own = list(span.words)
    for start in range(len(words) - len(own) + 1):
        if words[start : start + len(own)] == own:
            yield start
