"""Clues: names found in a text, and what each says for one village or another.

The worth of a clue is a log-likelihood: by how much more likely are these words when the place
lies in that village. The table was set by hand and checked on tests/geo/addresses/build.csv.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from geo.address.said import Mark, Relation, Said, Span
from geo.elsewhere import Country
from geo.naming import normalise
from geo.search.abroad import abroad, regency_clue
from geo.search.clue import TAIL, WHOLE, Clue, place_in_span, windows
from geo.search.names import LONGEST, Known, Match, Names, Sort

_COMPASS = {"kln": "kulon", "kl": "kulon", "wtn": "wetan", "wt": "wetan", "kdl": "kidul"}

# What was marked as (columns) against what bears the name (rows).
_WORTH: Mapping[Sort, Mapping[str, float]] = {
    Sort.VILLAGE: {
        Mark.VILLAGE: 9, Mark.NONE: 7, Mark.HAMLET: 1.5, Mark.ROAD: 3.2, TAIL: 4,
        Mark.CROSSING: 4.5, Mark.PLACE: 4.5, Mark.DISTRICT: 1,
    },
    Sort.DISTRICT: {
        Mark.DISTRICT: 4, Mark.NONE: 2.5, Mark.PLACE: 1.6, Mark.CROSSING: 1.5, Mark.ROAD: 0.6,
        TAIL: 1.5, Mark.VILLAGE: 0.3, Mark.HAMLET: 0.2,
    },
    Sort.HAMLET: {
        Mark.HAMLET: 5, Mark.NONE: 3.2, Mark.VILLAGE: 1.5, Mark.ROAD: 1.2, TAIL: 2,
        Mark.PLACE: 2, Mark.CROSSING: 2,
    },
    Sort.ROAD: {Mark.ROAD: 2.0, Mark.CROSSING: 3, Mark.NONE: 1.5, Mark.PLACE: 0.5},
    Sort.CROSSING: {WHOLE: 7, Mark.CROSSING: 4.5, Mark.NONE: 2.5, Mark.PLACE: 1},
    Sort.PLACE: {
        WHOLE: 7, Mark.PLACE: 4.5, Mark.NONE: 3.5, Mark.CROSSING: 2, Mark.ROAD: 1.5, TAIL: 2,
    },
}  # fmt: skip
_AGAINST_DISTRICT = -2.5  # "kec. X" when the village lies in another
_AGAINST_VILLAGE = -2.0
_CUTS = str.maketrans(dict.fromkeys(",;\n()[]", "|"))
_HALF = 0.75
_SLOT = 3.0  # right before "kec. X" stands the village
_TWIN = 2.0  # the village that bears the name of its kecamatan: either may be meant
_NUMBERED = 2.5  # "Kauman III" is a quarter, and not always of the village of that name
_OF_HOME = 1.8  # "Jepara" at the end of an address is the regency
_MOST_WORDS = 48  # of a text that are looked up
_GOOD = 0.85  # a likeness that makes guessing needless
_GUESS = 0.6
_RUNS_ON = 0.4
_OTHER_FIRST = 0.6
_SURE = 0.97  # a likeness that is hardly an accident


def clues_in(said: Said, names: Names, country: Country, *, typing: bool = False) -> list[Clue]:
    """All clues of a text, overlapping ones included."""
    aside = _spoken_of_as_direction(said.relations)
    numbered = _numbered(said.text)
    found: list[Clue] = []
    spans = _first_words(said.spans)
    for number, span in enumerate(spans):
        last = number == len(spans) - 1
        slot = not last and _is_our_district(spans[number + 1], names)
        of_span = _of_span(span, names, country, typing=typing and last)
        found += [
            _on(_in_context(clue, span, names, country, slot, numbered), names) for clue in of_span
        ]
        found += abroad(span, country, last=last, direction=number in aside, home=names)
    return found + _as_written(said, names, country, found)


def _first_words(spans: Sequence[Span]) -> list[Span]:
    """The spans within the first words: no text may take long."""
    kept: list[Span] = []
    room = _MOST_WORDS
    for span in spans:
        if room <= 0:
            break
        kept.append(replace(span, words=span.words[:room]))
        room -= max(len(span.words), 1)
    return kept


def _as_written(said: Said, names: Names, country: Country, found: list[Clue]) -> list[Clue]:
    """Names of several words that the reading took apart: "Ujung Batu", "Gunung Kidul"."""
    read = {clue.said.replace(" ", "") for clue in found}
    more: list[Clue] = []
    vague = not any(_tells_a_village(clue) for clue in found)
    for span in _parts(said.text):
        more += _of_part(span, read, names, country)
        if vague:  # rather a guess from every word than no answer
            more += _guesses(span, names)
    return more


def _tells_a_village(clue: Clue) -> bool:
    known = clue.known
    return known is not None and known.sort is not Sort.DISTRICT and clue.likeness >= _GOOD


def _guesses(span: Span, names: Names) -> Iterator[Clue]:
    """Villages whose name is like some words, also such as were not read as a name."""
    for start, end in windows(len(span.words)):
        if end - start <= 3:
            for match in names.like(span.words[start:end]):
                if match.known.sort is Sort.VILLAGE:
                    clue = _clue(span, start, end, match, Mark.NONE)
                    yield replace(clue, worth={c: w * _GUESS for c, w in clue.worth.items()})


def _parts(text: str) -> Iterator[Span]:
    """The text as it stands, cut at commas and the like."""
    start = 0
    for part in text.translate(_CUTS).split("|"):
        words = tuple(normalise(part).split())[: max(_MOST_WORDS - start, 0)]
        yield Span(words=words, mark=Mark.NONE, kind="", start=start, comma=True)
        start += len(words)


def _of_part(span: Span, read: set[str], names: Names, country: Country) -> list[Clue]:
    words, more = span.words, []
    for start, end in windows(len(words)):
        joined = "".join(words[start:end])
        if end - start < 2 or end - start > 3 or joined in read:
            continue
        known = [one for one in names.exact(joined) if one.sort in (Sort.VILLAGE, Sort.DISTRICT)]
        more += [_clue(span, start, end, Match(one, 1.0), Mark.NONE) for one in known]
        if not known and (codes := country.by_name.get(joined)):
            more.append(
                regency_clue(span, start, end, codes, end == len(words), False, country, Mark.NONE)
            )
    return more


def _is_our_district(span: Span, names: Names) -> bool:
    if span.mark is not Mark.DISTRICT:
        return False
    return any(
        names.is_district(" ".join(span.words[:end])) for end in range(1, len(span.words) + 1)
    )


def _in_context(
    clue: Clue, span: Span, names: Names, country: Country, slot: bool, numbered: frozenset[str]
) -> Clue:
    """A clue for what stands round it: "Kauman, Kec. Jepara" names a village where one belongs."""
    known, change = clue.known, 0.0
    if known is None:
        return clue
    if known.sort is Sort.VILLAGE:
        if slot and clue.end == span.start + len(span.words):
            change += _SLOT
        elif clue.said in numbered:
            change -= _NUMBERED
        if clue.mark in (Mark.NONE, TAIL) and names.is_district(known.name):
            change -= _TWIN
    if known.sort is Sort.DISTRICT and clue.mark != Mark.DISTRICT and _is_home(clue, country):
        change -= _OF_HOME
    worth = {code: max(value + change, 0.1) for code, value in clue.worth.items()}
    return replace(clue, worth=worth) if change else clue


def _numbered(text: str) -> frozenset[str]:
    """Words that a Roman figure follows."""
    words = normalise(text).split()
    return frozenset(word for word, after in pairwise(words) if set(after) <= set("iv"))


def _on(clue: Clue, names: Names) -> Clue:
    """A road whose course is not known runs on into other villages of the kecamatan, too."""
    known = clue.known
    if known is None or known.sort is not Sort.ROAD or known.entry is None or known.entry.shape:
        return clue
    if clue.mark != Mark.ROAD or clue.likeness < 1.0:
        return clue
    near = {code for seen in known.villages for code in names.same_district(seen)}
    beyond = max(clue.worth.values(), default=0.0) * _RUNS_ON
    return replace(clue, worth=dict.fromkeys(near, beyond) | dict(clue.worth))


def _is_home(clue: Clue, country: Country) -> bool:
    """Whether the words name our regency rather than the kecamatan of that name."""
    home = country.regencies.get(country.home)
    return home is not None and clue.said.replace(" ", "") == home.bare


def _spoken_of_as_direction(relations: tuple[Relation, ...]) -> set[int]:
    """Spans that only say which way: "arah Kudus"."""
    return {r.span for r in relations if r.word in ("arah", "menuju") and r.span is not None}


def _of_span(span: Span, names: Names, country: Country, *, typing: bool) -> Iterator[Clue]:
    runs = list(windows(len(span.words)))
    known = {window: names.exact(_joined(span, *window)) for window in runs}
    taken = {n for (start, end), found in known.items() if found for n in range(start, end)}
    for (start, end), found in known.items():
        yield from (_clue(span, start, end, Match(one, 1.0)) for one in found)
        if end - start == 1:
            halves = [*names.halves(span.words[start])]
            halves += [] if found else names.begun(span.words[start])
            yield from (_clue(span, start, end, Match(half, 1.0)) for half in halves)
    yield from _with_kind(span, names)
    for start, end in runs:
        single = end - start == 1 and start in taken
        if single or known[start, end] or _is_foreign(span, start, end, country):
            continue
        unfinished = typing and end == len(span.words)
        for match in names.like(_written_out(span, start, end), unfinished=unfinished):
            yield _clue(span, start, end, match)


def _with_kind(span: Span, names: Names) -> Iterator[Clue]:
    """Places whose name begins with the word for their kind: "museum kartini"."""
    if span.mark not in (Mark.PLACE, Mark.CROSSING) or not span.kind:
        return
    for end in range(min(len(span.words), LONGEST - 1), 0, -1):
        words = [*span.kind.split(), *_written_out(span, 0, end)]
        found = [Match(one, 1.0) for one in names.exact("".join(words))]
        for match in found or names.like(words):
            if match.known.entry is not None:
                yield _clue(span, 0, end, match, WHOLE)


def _written_out(span: Span, start: int, end: int) -> tuple[str, ...]:
    """The words of a window, a short compass word at their end written out: "kalipucang kln"."""
    words = span.words[start:end]
    return (*words[:-1], _COMPASS.get(words[-1], words[-1])) if len(words) > 1 else words


def _joined(span: Span, start: int, end: int) -> str:
    return "".join(_written_out(span, start, end))


def _is_foreign(span: Span, start: int, end: int, country: Country) -> bool:
    """Whether the words are the very name of a kecamatan or regency elsewhere, marked as such."""
    joined = _joined(span, start, end)
    if span.mark is Mark.DISTRICT and start == 0:
        return joined in country.districts
    return span.mark is Mark.REGENCY and start == 0 and joined in country.by_name


def _clue(span: Span, start: int, end: int, match: Match, mark: str | None = None) -> Clue:
    known = match.known
    mark = place_in_span(span, start) if mark is None else mark
    base = _WORTH[known.sort].get(mark, 0.3) * _trust(match.likeness) * known.weight
    if match.likeness < 1 and known.name[:1].lower() != span.words[start][:1]:
        base *= _OTHER_FIRST  # a first letter is seldom the one that is wrong
    if known.half:
        base *= _HALF
    shared = base - 0.7 * math.log(max(len(known.villages), 1)) * (known.sort is not Sort.DISTRICT)
    worth = dict.fromkeys(known.villages, max(shared, 0.1))
    return Clue(
        start=span.start + start,
        end=span.start + end,
        said=" ".join(span.words[start:end]),
        mark=mark,
        likeness=match.likeness,
        known=known,
        worth=worth,
        otherwise=_otherwise(known, mark, match.likeness),
    )


def _otherwise(known: Known, mark: str, likeness: float) -> float:
    if likeness < _SURE:
        return 0.0
    if known.sort is Sort.DISTRICT and mark == Mark.DISTRICT:
        return _AGAINST_DISTRICT
    if known.sort is Sort.VILLAGE and mark == Mark.VILLAGE:
        return _AGAINST_VILLAGE
    return 0.0


def _trust(likeness: float) -> float:
    """1 for the very name, 0 where it is another."""
    return max(0.0, (likeness - 0.6) / 0.4) ** 1.5 if likeness < 1.0 else 1.0
