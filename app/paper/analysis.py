"""An analysis on paper: the sentence, the map, the course of time, the table, the method."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import render_template
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup, escape

from app.paper.analysis_colours import colours
from app.paper.analysis_map import Told, sheet_of_analysis
from app.paper.analysis_words import class_name, class_of, method_words
from app.paper.frame import (
    Line,
    moment,
    number,
)
from app.paper.page import Heading, page
from dispatch.reports.hotspots import Analysis

Json = dict[str, Any]

ROWS = 30  # of the table: the files hold all
_FIGURED = 26  # bars that carry their number
_WIDE, _HIGH = 640.0, 110.0  # of the drawing of the course of time


def analysis_sheet(heading: Heading, told: Told) -> str:
    """HTML of the sheet, whole in itself: it opens with no network."""
    document = told.analysis.document
    english = told.language == "en"
    legend, each = colours(told)
    rows, left_out = _table(told)
    zone = heading.as_of.tzinfo
    return page(
        heading,
        render_template(
            "print_analysis.html",
            sentence=document["words_en" if english else "words"],
            period=_period(told),
            method=method_words(told.analysis.ask.method),
            facts=_facts(document),
            maps=[
                (_days(one.ask.since, one.ask.until), sheet_of_analysis(told, one, kinds))
                for one, kinds in zip(told.both, each, strict=True)
            ],
            legend=legend,
            trends=_trends(told),
            rows=rows,
            rated=document["scale"]["unit"] if _is_rated(document) else "",
            figured=(3, 4, 5, 6, 8, 9) if _is_rated(document) else (3, 4, 5, 7, 8),
            left_out=left_out,
            compared=document["before"] is not None,
            clusters=[
                (_days(one.ask.since, one.ask.until), _clusters(one.document))
                for one in told.both
                if one.document["clusters"]
            ],
            alarms=_alarms(document, english),
            notes=[
                Line((str(at), note.words, note.author, moment(note.made_at.astimezone(zone))))
                for at, note in enumerate(told.notes, 1)
            ],
            caveats=[one["text_en" if english else "text"] for one in document["caveats"]],
            query=document["query"],
            number=number,
        ),
    )


def _period(told: Told) -> str:
    ask = told.analysis.ask
    words = [_days(ask.since, ask.until)]
    if ask.categories:
        names = (told.ground.catalogue.category(c).name(told.language) for c in ask.categories)
        words.append(", ".join(names))
    if ask.hours:
        words.append(_("jam %(a)s–%(b)s", a=ask.hours[0], b=ask.hours[1]))
    if ask.compare:
        words.append(_("dibanding %(days)s", days=_days(ask.compare.since, ask.compare.until)))
    return " · ".join(str(word) for word in words)


def _days(since: date, until: date) -> str:
    """From the first to the last day; `until` is the day after."""
    last = date.fromordinal(until.toordinal() - 1)
    first = str(format_date(since, "d MMMM y", locale=get_locale()))
    return (
        first
        if since == last
        else f"{first} – {format_date(last, 'd MMMM y', locale=get_locale())}"
    )


def _facts(document: Json) -> list[tuple[str, str]]:
    totals = document["totals"]
    sure = sum(place["sure"] for place in document["places"])
    facts = [
        (_("Kejadian"), number(totals["n"])),
        (_("Hari"), number(totals["days"])),
        (_("Wilayah"), number(totals["places"])),
        (_("Menonjol"), number(sure)),
        (_("Tempat meragukan"), number(totals["doubtful"])),
        (_("Tanpa tempat"), number(totals["unplaced"])),
    ]
    return [(str(name), value) for name, value in facts]


def _table(told: Told) -> tuple[list[Line], int]:
    """The areas that stand out first, then the fullest; the rest is counted."""
    places = sorted(
        told.analysis.places,
        key=lambda p: (not p["sure"], not (p["before"] or {}).get("sure"), -(p["n"] or 0)),
    )
    kept = [p for p in places if p["n"] or p["few"]]
    return [_row(p, told.analysis) for p in kept[:ROWS]], max(0, len(kept) - ROWS)


def _is_rated(document: Json) -> bool:
    return bool(document["scale"]["of"] == "rate")


def _chance(p: float | None) -> str:
    """A chance is never nought."""
    return f"< {number(0.001, 3)}" if p is not None and p < 0.001 else number(p, 3)


def _row(place: Json, of: Analysis) -> Line:
    before = place["before"]
    n = "< 5" if place["few"] else number(place["n"], 1)
    cells: list[str | None] = [
        place["name"], place["district"], n, number(place["expected"], 1),
        *([number(place["rate"], 2)] if _is_rated(of.document) else []), _chance(place["p"]),
        class_name(class_of(place, of.ask.method)) + (" *" if place["sure"] else ""),
    ]  # fmt: skip
    if before is not None:
        way = {"naik": _("naik"), "turun": _("turun"), "sama": "–"}[before["class"]]
        cells += [number(before["n"], 1), number(before["ratio"], 2), str(way)]
    return Line(tuple(cells))


def _day(iso: str) -> str:
    return str(format_date(date.fromisoformat(iso), "d MMM y", locale=get_locale()))


def _span(cluster: Json) -> str | None:
    """From the first to the last day; `until` is the day after."""
    if not cluster["since"]:
        return None
    return _days(date.fromisoformat(cluster["since"]), date.fromisoformat(cluster["until"]))


def _clusters(document: Json) -> list[Line]:
    return [
        Line((str(one["id"]), one["name"] or None, number(one["n"], 1), number(one["expected"], 1),
              _chance(one["p"]), _span(one)))
        for one in document["clusters"][:ROWS]
    ]  # fmt: skip


def _alarms(document: Json, english: bool) -> list[Line]:
    return [
        Line((one["name_en" if english else "name"], number(one["n"]), number(one["expected"], 1),
              str(_("ya")) if one["now"] else "–", ", ".join(map(_day, one["days"][-3:])) or None))
        for one in document["alarms"]
    ]  # fmt: skip


def _trends(told: Told) -> list[tuple[str, Markup]]:
    """Period and drawing of each, as high for the same number."""
    most = max(1, *(n for one in told.both for n in one.document["series"]["total"]), 1)
    return [
        (_days(one.ask.since, one.ask.until), _trend(one.document["series"], most))
        for one in told.both
    ]


def _trend(series: Json, most: int) -> Markup:
    """Bars by step of time; numbers of ours only, so nothing to escape."""
    counts, steps = series["total"], series["steps"]
    wide, high = _WIDE / max(1, len(counts)), _HIGH - 28
    bars = [
        f'<rect class="load-3" x="{at * wide:.1f}" y="{12 + high - high * n / most:.1f}"'
        f' width="{max(0.5, 0.8 * wide):.1f}" height="{high * n / most:.1f}"/>'
        for at, n in enumerate(counts)
    ]
    if len(counts) <= _FIGURED:
        bars += [
            f'<text x="{(at + 0.4) * wide:.1f}" y="{10 + high - high * n / most:.1f}"'
            f' font-size="9" text-anchor="middle">{number(n)}</text>'
            for at, n in enumerate(counts)
        ]
    every = max(1, len(steps) // 8)
    bars += [
        f'<text x="{at * wide:.1f}" y="{_HIGH - 3:.1f}" font-size="9">'
        f"{date.fromisoformat(step):%d.%m.%y}</text>"
        for at, step in enumerate(steps)
        if at % every == 0 and at * wide < _WIDE - 30
    ]
    label = escape(_("Jumlah menurut waktu, paling banyak %(n)s", n=max([0, *counts])))
    return Markup(  # noqa: S704 - numbers of ours
        f'<svg class="trend" viewBox="0 0 {_WIDE:.0f} {_HIGH:.0f}" role="img"'
        f' aria-label="{label}">{"".join(bars)}</svg>'
    )
