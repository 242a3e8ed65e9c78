"""Clues: names found in a text, and what each says for one village or another.

The worth of a clue is a log-likelihood: by how much more likely are these words when the place
lies in that village. The table was set by hand and checked on tests/geo/addresses/build.csv.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from geo.address.said import Mark, Relation, Said, Span
from geo.elsewhere import Country
from geo.naming import normalise
from geo.search.names import LONGEST, Known, Match, Names, Sort

_WHOLE = "whole"  # a place by its whole name, kind included
_COMPASS = {"kln": "kulon", "kl": "kulon", "wtn": "wetan", "wt": "wetan", "kdl": "kidul"}
_TAIL = "tail"  # a later word of what was marked as a road: "jl kartini panggang"

# What was marked as (columns) against what bears the name (rows).
_WORTH: Mapping[Sort, Mapping[str, float]] = {
    Sort.VILLAGE: {
        Mark.VILLAGE: 9, Mark.NONE: 7, Mark.HAMLET: 1.5, Mark.ROAD: 3.2, _TAIL: 4,
        Mark.CROSSING: 3.5, Mark.PLACE: 4.2, Mark.DISTRICT: 1,
    },
    Sort.DISTRICT: {
        Mark.DISTRICT: 4, Mark.NONE: 2.5, Mark.PLACE: 1.6, Mark.CROSSING: 1.5, Mark.ROAD: 0.6,
        _TAIL: 1.5, Mark.VILLAGE: 0.3, Mark.HAMLET: 0.2,
    },
    Sort.HAMLET: {
        Mark.HAMLET: 5, Mark.NONE: 3.2, Mark.VILLAGE: 1.5, Mark.ROAD: 1.2, _TAIL: 2,
        Mark.PLACE: 2, Mark.CROSSING: 2,
    },
    Sort.ROAD: {Mark.ROAD: 4, Mark.CROSSING: 3, Mark.NONE: 1.5, Mark.PLACE: 0.5},
    Sort.CROSSING: {_WHOLE: 7, Mark.CROSSING: 4.5, Mark.NONE: 2.5, Mark.PLACE: 1},
    Sort.PLACE: {
        _WHOLE: 7, Mark.PLACE: 4.5, Mark.NONE: 3.5, Mark.CROSSING: 2, Mark.ROAD: 1.5, _TAIL: 2,
    },
}  # fmt: skip
_AGAINST_DISTRICT = -2.5  # "kec. X" when the village lies in another
_FOREIGN_DISTRICT = -4.0  # "kec. X", where no kecamatan of ours is called so
_AGAINST_VILLAGE = -2.0
_CUTS = str.maketrans(dict.fromkeys(",;\n()[]", "|"))
_OURS_TOO = 0.99  # told apart from 1: a name elsewhere that is one of ours, too
_HALF = 0.75
_SLOT = 2.5  # right before "kec. X" stands the village
_TWIN = 2.0  # the village that bears the name of its kecamatan: either may be meant
_NUMBERED = 3.0  # "Kauman III" is a quarter, and not always of the village of that name
_OF_HOME = 1.8  # "Jepara" at the end of an address is the regency
_SURE = 0.97  # a likeness that is hardly an accident


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
    note: str = field(default="", compare=False)


def clues_in(said: Said, names: Names, country: Country, *, typing: bool = False) -> list[Clue]:
    """All clues of a text, overlapping ones included."""
    aside = _spoken_of_as_direction(said.relations)
    found: list[Clue] = []
    for number, span in enumerate(said.spans):
        last = number == len(said.spans) - 1
        slot = not last and _is_our_district(said.spans[number + 1], names)
        of_span = _of_span(span, names, country, typing=typing and last)
        found += [_in_context(clue, span, names, country, slot=slot) for clue in of_span]
        found += _elsewhere(span, country, last=last, direction=number in aside, home=names)
    return found + _as_written(said, names, country, found)


def _as_written(said: Said, names: Names, country: Country, found: list[Clue]) -> list[Clue]:
    """Names of several words that the reading took apart: "Ujung Batu", "Gunung Kidul"."""
    read = {clue.said.replace(" ", "") for clue in found}
    more: list[Clue] = []
    for span in _parts(said.text):
        more += _of_part(span, read, names, country)
    return more


def _parts(text: str) -> Iterator[Span]:
    """The text as it stands, cut at commas and the like."""
    start = 0
    for part in text.translate(_CUTS).split("|"):
        words = tuple(normalise(part).split())
        yield Span(words=words, mark=Mark.NONE, kind="", start=start, comma=True)
        start += len(words)


def _of_part(span: Span, read: set[str], names: Names, country: Country) -> list[Clue]:
    words, more = span.words, []
    for start, end in _windows(len(words)):
        joined = "".join(words[start:end])
        if end - start < 2 or end - start > 3 or joined in read:
            continue
        known = [one for one in names.exact(joined) if one.sort in (Sort.VILLAGE, Sort.DISTRICT)]
        more += [_clue(span, start, end, Match(one, 1.0), Mark.NONE) for one in known]
        if not known and (codes := country.by_name.get(joined)):
            more.append(
                _regency_clue(span, start, end, codes, end == len(words), False, country, Mark.NONE)
            )
    return more


def _is_our_district(span: Span, names: Names) -> bool:
    if span.mark is not Mark.DISTRICT:
        return False
    return any(
        names.is_district(" ".join(span.words[:end])) for end in range(1, len(span.words) + 1)
    )


def _in_context(clue: Clue, span: Span, names: Names, country: Country, *, slot: bool) -> Clue:
    """A clue for what stands round it: "Kauman, Kec. Jepara" names a village where one belongs."""
    known, change = clue.known, 0.0
    if known is None:
        return clue
    if known.sort is Sort.VILLAGE:
        if slot and clue.end == span.start + len(span.words):
            change += _SLOT
        if _numbered(clue, span):
            change -= _NUMBERED
        if clue.mark not in (Mark.VILLAGE, Mark.PLACE) and names.is_district(known.name):
            change -= _TWIN
    if known.sort is Sort.DISTRICT and clue.mark != Mark.DISTRICT and _is_home(clue, country):
        change -= _OF_HOME
    worth = {code: max(value + change, 0.1) for code, value in clue.worth.items()}
    return replace(clue, worth=worth) if change else clue


def _numbered(clue: Clue, span: Span) -> bool:
    """Whether a Roman figure follows."""
    after = clue.end - span.start
    return after < len(span.words) and set(span.words[after]) <= set("iv")


def _is_home(clue: Clue, country: Country) -> bool:
    """Whether the words name our regency rather than the kecamatan of that name."""
    home = country.regencies.get(country.home)
    return home is not None and clue.said.replace(" ", "") == home.bare


def _spoken_of_as_direction(relations: tuple[Relation, ...]) -> set[int]:
    """Spans that only say which way: "arah Kudus"."""
    return {r.span for r in relations if r.word in ("arah", "menuju") and r.span is not None}


def _of_span(span: Span, names: Names, country: Country, *, typing: bool) -> Iterator[Clue]:
    windows = list(_windows(len(span.words)))
    known = {window: names.exact(_joined(span, *window)) for window in windows}
    taken = {n for (start, end), found in known.items() if found for n in range(start, end)}
    for (start, end), found in known.items():
        yield from (_clue(span, start, end, Match(one, 1.0)) for one in found)
        if end - start == 1:
            halves = [*names.halves(span.words[start])]
            halves += [] if found else names.begun(span.words[start])
            yield from (_clue(span, start, end, Match(half, 1.0)) for half in halves)
    yield from _with_kind(span, names)
    for start, end in windows:
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
                yield _clue(span, 0, end, match, _WHOLE)


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


def _windows(count: int) -> Iterator[tuple[int, int]]:
    for start in range(count):
        for end in range(min(count, start + LONGEST), start, -1):
            yield start, end


def _place_in_span(span: Span, start: int) -> str:
    """The mark that a word of the span stands under."""
    if start == 0:
        return span.mark
    return _TAIL if span.mark is Mark.ROAD else Mark.NONE


def _clue(span: Span, start: int, end: int, match: Match, mark: str | None = None) -> Clue:
    known = match.known
    mark = _place_in_span(span, start) if mark is None else mark
    base = _WORTH[known.sort].get(mark, 0.3) * _trust(match.likeness) * known.weight
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


def _elsewhere(
    span: Span, country: Country, *, last: bool, direction: bool, home: Names
) -> Iterator[Clue]:
    count = len(span.words)
    for start, end in _windows(count):
        joined = "".join(span.words[start:end])
        mark = _place_in_span(span, start)
        ours = bool(home.exact(joined))
        whole = last and end - start == count and span.mark is Mark.NONE  # "..., Semaraang"
        codes = country.regencies_named(
            joined, misspelt=not ours and (mark == Mark.REGENCY or whole)
        )
        if codes:
            aside = direction or _between_towns(span, start, end, country, home)
            clue = _regency_clue(span, start, end, codes, end == count, aside, country)
            # "di karimun" may be Karimunjawa.
            yield _halved(clue) if mark != Mark.REGENCY and home.begun(joined) else clue
        elif province := country.province_named(joined):
            yield _province_clue(span, start, end, province, country)
        elif mark == Mark.DISTRICT and not home.is_district(joined):
            codes = country.districts.get(joined, ())
            yield from _named_elsewhere(span, start, end, codes, 4.0, otherwise=_FOREIGN_DISTRICT)
        elif mark == Mark.VILLAGE and not ours:
            yield from _named_elsewhere(span, start, end, country.villages.get(joined, ()), 2.5)
        if mark in (Mark.NONE, _TAIL, Mark.VILLAGE, Mark.ROAD) and len(joined) >= 4:
            weak = _OURS_TOO if ours else 1.0
            for table, worth in ((country.districts, 3.0), (country.villages, 2.0)):
                codes = table.get(joined, ())
                yield from _named_elsewhere(span, start, end, codes, worth * weak, supports=True)


def _halved(clue: Clue) -> Clue:
    return replace(clue, worth={code: worth / 3 for code, worth in clue.worth.items()})


def _between_towns(span: Span, start: int, end: int, country: Country, home: Names) -> bool:
    """Whether a road's name is made of towns only: "Jl. Raya Jepara - Kudus" lies in neither."""
    if span.mark is not Mark.ROAD:
        return False
    others = [*span.words[:start], *span.words[end:]]
    return bool(others) and all(
        country.regencies_named(word)
        or any(known.sort is Sort.DISTRICT for known in home.exact(word))
        for word in others
    )


def _regency_clue(
    span: Span,
    start: int,
    end: int,
    codes: tuple[str, ...],
    closing: bool,
    direction: bool,
    country: Country,
    mark: str | None = None,
) -> Clue:
    worth = _worth_of_regency(span, start, end, closing, direction)
    return Clue(
        start=span.start + start,
        end=span.start + end,
        said=" ".join(span.words[start:end]),
        mark=_place_in_span(span, start) if mark is None else mark,
        likeness=1.0,
        known=None,
        worth=dict.fromkeys(codes, worth),
        regency=country.pick(codes, span.kind if start == 0 else "", {}),
        note=span.kind if start == 0 and span.mark is Mark.REGENCY else "",
    )


def _worth_of_regency(span: Span, start: int, end: int, closing: bool, direction: bool) -> float:
    if direction:
        return 0.5
    if end < len(span.words) and span.words[end] in ("regency", "city"):  # as English maps write
        return 8.0
    if span.mark is Mark.REGENCY and start == 0:
        return 8.0
    if span.mark is Mark.ROAD:
        # "Jl. Sudirman Pati" ends in its town; "Jl. Raya Kudus" is only named after one.
        return 3.5 if start > 0 and closing and end - start < len(span.words) else 0.3
    if span.mark is Mark.NONE:
        return 6.0 if closing else 4.5
    if span.mark in (Mark.PLACE, Mark.CROSSING):
        return 5.0 if closing else 4.0
    return 5.0 if start > 0 else 2.0


def _province_clue(span: Span, start: int, end: int, province: str, country: Country) -> Clue:
    ours = province == country.home[:2]
    worth = {} if ours else {province: 6.0}
    return Clue(
        start=span.start + start,
        end=span.start + end,
        said=" ".join(span.words[start:end]),
        mark=_place_in_span(span, start),
        likeness=1.0,
        known=None,
        worth=worth,
        regency=None if ours else province,
    )


def _named_elsewhere(
    span: Span,
    start: int,
    end: int,
    codes: tuple[str, ...],
    worth: float,
    *,
    supports: bool = False,
    otherwise: float = 0.0,
) -> Iterator[Clue]:
    if codes:
        yield Clue(
            start=span.start + start,
            end=span.start + end,
            said=" ".join(span.words[start:end]),
            mark=_place_in_span(span, start),
            likeness=1.0,
            known=None,
            worth=dict.fromkeys(codes, worth - 0.3 * math.log(len(codes)) * (not supports)),
            supports=supports,
            otherwise=otherwise,
        )
