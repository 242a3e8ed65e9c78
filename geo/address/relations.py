"""Where a place lies as seen from another: depan, 200 m timur dari, lor pasar."""

from __future__ import annotations

from dataclasses import dataclass

from geo.address.numbers import ABOUT, distance_at
from geo.address.tokens import Token, gap_at, word_at
from geo.address.words import COMPASS, COMPASS_FORMS, COMPASS_PAIRS, GLUE, NUMBER_WORDS, RELATIONS

_GENERIC = ("sebelah", "arah")  # may stand together with a direction or another word
_CUTS = frozenset(",;\n()[]{}|")
_PREPOSITIONS = ("ke", "di", "nang", "neng", "ning")
# Whatever a phrase can begin with: most words are none of these, and so are soon done with.
_FIRST = {*RELATIONS, *COMPASS, *COMPASS_FORMS, *ABOUT, *NUMBER_WORDS, *_PREPOSITIONS}
_FIRST |= {first for first, _ in COMPASS_PAIRS}


@dataclass(slots=True)
class Phrase:
    """The words of one relation, as far as they go."""

    end: int
    word: str = ""
    bearing_deg: float | None = None
    distance_m: float | None = None
    towards: bool = False  # "ke utara", "ngalor": seen from what was named before
    origin: bool = False  # ends with "dari": what it is seen from follows
    bare: bool = False  # nothing but a compass word that may be part of a name

    @property
    def name(self) -> str:
        """The word of the relation that it tells."""
        if self.bearing_deg is not None and self.word in ("", "arah"):
            return "sebelah"
        return self.word or "dari"


def phrase_at(tokens: list[Token], at: int) -> Phrase | None:
    """The relation that begins here; None when none does."""
    if not tokens[at].number and tokens[at].word not in _FIRST:
        return None
    phrase = Phrase(at)
    start = at
    while phrase.end < len(tokens) and (phrase.end == start or not _is_cut(tokens, phrase.end)):
        if not _take(phrase, tokens):
            break
        if phrase.origin:
            break
    if not (phrase.word or phrase.distance_m or phrase.bearing_deg is not None):
        return None
    words = phrase.end - start - phrase.origin
    phrase.bare = words == 1 and word_at(tokens, start) in COMPASS
    return phrase


def _is_cut(tokens: list[Token], at: int) -> bool:
    return not _CUTS.isdisjoint(gap_at(tokens, at))


def _take(phrase: Phrase, tokens: list[Token]) -> bool:
    """Whether the next words belong to the phrase; they are in it then."""
    return (
        _take_distance(phrase, tokens)
        or _take_compass(phrase, tokens)
        or _take_word(phrase, tokens)
        or _take_preposition(phrase, tokens)
        or _take_glue(phrase, tokens)
    )


def _take_distance(phrase: Phrase, tokens: list[Token]) -> bool:
    found = distance_at(tokens, phrase.end) if phrase.distance_m is None else None
    if found is None:
        return False
    phrase.distance_m, phrase.end = found
    return True


def _take_compass(phrase: Phrase, tokens: list[Token]) -> bool:
    """Two words may be one direction: timur laut."""
    if phrase.bearing_deg is not None or phrase.word not in ("", *_GENERIC, "samping"):
        return False
    word = word_at(tokens, phrase.end)
    pair = COMPASS_PAIRS.get((word, word_at(tokens, phrase.end + 1)))
    if pair is not None and not _is_cut(tokens, phrase.end + 1):
        phrase.bearing_deg, phrase.end = pair, phrase.end + 2
        return True
    bearing = COMPASS.get(word, COMPASS_FORMS.get(word))
    if bearing is None:
        return False
    phrase.bearing_deg, phrase.end = bearing, phrase.end + 1
    phrase.towards |= word.startswith("ng")
    return True


def _take_word(phrase: Phrase, tokens: list[Token]) -> bool:
    word = RELATIONS.get(word_at(tokens, phrase.end))
    if word is None or (phrase.word and phrase.word not in _GENERIC):
        return False
    if phrase.bearing_deg is not None and word not in _GENERIC:
        return False  # "utara pasar depan masjid" are two
    if not (phrase.word and word in _GENERIC):
        phrase.word = word
    phrase.end += 1
    return True


def _take_preposition(phrase: Phrase, tokens: list[Token]) -> bool:
    """Ke utara, di depan; dari after a direction or a distance."""
    word, after = word_at(tokens, phrase.end), word_at(tokens, phrase.end + 1)
    if word in ("dari", "daripada", "saking", "seko", "dr"):
        phrase.origin = (
            bool(phrase.word) or phrase.bearing_deg is not None or bool(phrase.distance_m)
        )
        phrase.end += phrase.origin
        return phrase.origin
    direction = after in COMPASS or after in COMPASS_FORMS or after in ("arah", "sebelah")
    if word in _PREPOSITIONS and (direction or after in RELATIONS):
        phrase.towards |= word != "di" and direction
        phrase.end += 1
        return True
    return False


def _take_glue(phrase: Phrase, tokens: list[Token]) -> bool:
    """Dekat dengan, sebelah kiri, depan persis."""
    if not phrase.word or word_at(tokens, phrase.end) not in GLUE:
        return False
    phrase.end += 1
    return True
