"""Clues for other regencies: their names, their kecamatan and villages, their province."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from geo.address.said import Mark, Span
from geo.elsewhere import Country
from geo.search.clue import TAIL, Clue, place_in_span, windows
from geo.search.names import Names, Sort

_FOREIGN_DISTRICT = -4.0  # "kec. X", where no kecamatan of ours is called so
_OURS_TOO = 0.99  # told apart from 1: a name elsewhere that is one of ours, too
_SUPPORTING = (Mark.NONE, TAIL, Mark.VILLAGE, Mark.ROAD)
DISTRICT, VILLAGE = 3.0, 2.0  # of a regency that is known otherwise


def abroad(
    span: Span, country: Country, *, last: bool, direction: bool, home: Names
) -> Iterator[Clue]:
    count = len(span.words)
    for start, end in windows(count):
        joined = "".join(span.words[start:end])
        mark = place_in_span(span, start)
        ours = bool(home.exact(joined))
        whole = last and end - start == count and span.mark is Mark.NONE  # "..., Semaraang"
        codes = country.regencies_named(
            joined, misspelt=not ours and (mark == Mark.REGENCY or whole)
        )
        if codes:
            aside = direction or _between_towns(span, start, end, country, home)
            clue = regency_clue(span, start, end, codes, end == count, aside, country)
            # "di karimun" may be Karimunjawa.
            yield _halved(clue) if mark != Mark.REGENCY and home.begun(joined) else clue
        elif province := country.province_named(joined):
            yield _province_clue(span, start, end, province, country)
        elif mark == Mark.VILLAGE and not ours:
            yield from _named_elsewhere(span, start, end, country.villages.get(joined, ()), 2.5)
        if mark == Mark.DISTRICT and not home.is_district(joined):
            codes = country.districts.get(joined, ())
            yield from _named_elsewhere(span, start, end, codes, 4.0, otherwise=_FOREIGN_DISTRICT)
        between = span.mark is Mark.ROAD and _between_towns(span, start, end, country, home)
        if mark in _SUPPORTING and len(joined) >= 4 and not between:
            weak = _OURS_TOO if ours else 1.0
            for table, worth in ((country.districts, DISTRICT), (country.villages, VILLAGE)):
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


def regency_clue(
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
        mark=place_in_span(span, start) if mark is None else mark,
        likeness=1.0,
        known=None,
        worth=dict.fromkeys(codes, worth),
        regency=country.pick(codes, span.kind if start == 0 else "", {}),
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
        return 8.5 if closing else 4.5
    if span.mark in (Mark.PLACE, Mark.CROSSING):
        return 5.0 if closing else 4.0
    if start == 0:
        return 2.0
    return 9.0 if closing else 5.0  # "desa kauman kudus"


def _province_clue(span: Span, start: int, end: int, province: str, country: Country) -> Clue:
    ours = province == country.home[:2]
    worth = {} if ours else {province: 6.0}
    return Clue(
        start=span.start + start,
        end=span.start + end,
        said=" ".join(span.words[start:end]),
        mark=place_in_span(span, start),
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
            mark=place_in_span(span, start),
            likeness=1.0,
            known=None,
            worth=dict.fromkeys(codes, worth - 0.3 * math.log(len(codes)) * (not supports)),
            supports=supports,
            otherwise=otherwise,
        )
