"""The load by village on paper: shades, counts, islands apart, and the same as a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import folium
from flask import render_template
from flask_babel import gettext as _

from app.paper import scale
from app.paper.frame import Line, age, number, signs
from app.paper.ground import Shape, sheet_of
from app.paper.page import Heading, page
from dispatch.load import EMPTY, VillageLoad, total

MEASURES = ("open", "late", "per_1000")
_MOST_COUNTS = 40  # numbers on the map; more would hide it


@dataclass(frozen=True, slots=True)
class LoadFigures:
    """What is open by village code, with None for what is counted to no village."""

    by_village: Mapping[str | None, VillageLoad]
    measure: str  # one of MEASURES
    now: datetime

    def of(self, shape: Shape) -> float | None:
        """The measured value; None where it cannot be known."""
        there = self.by_village.get(shape.code, EMPTY)
        if self.measure == "per_1000":
            return 1000 * there.open / shape.population if shape.population else None
        return float(there.late if self.measure == "late" else there.open)


def measure_name(measure: str) -> str:
    """In words."""
    names = {
        "open": _("Laporan terbuka"),
        "late": _("Laporan lewat waktu"),
        "per_1000": _("Laporan terbuka per 1.000 penduduk"),
    }
    return str(names[measure])


def load_sheet(
    heading: Heading, shapes: Sequence[Shape], figures: LoadFigures, most_rows: int | None = None
) -> str:
    """HTML of the map with its table, whole in itself.

    most_rows  of the table; the rest is counted in words
    """
    values = {s.code: figures.of(s) for s in shapes}
    shades = scale.scale_for(values.values(), whole=figures.measure != "per_1000")
    labels = {code: _value_words(figures, value) for code, value in values.items()}

    def style(code: str) -> str:
        shade = shades.shade(values[code])
        return "unknown" if shade is None else f"load-{shade}"

    # What is counted to no village stands in the sentence, not on the map.
    known = {s.code for s in shapes}
    whole = total({c: v for c, v in figures.by_village.items() if c is None or c in known})
    with_rate = any(s.population for s in shapes)
    rows = _rows(shapes, figures, with_rate)
    return page(
        heading,
        render_template(
            "print_load.html",
            sheet=sheet_of(shapes, style, lambda on: _counts(on, figures), labels),
            legend=scale.legend(shades, unknown=None in values.values()),
            measure=measure_name(figures.measure),
            total=whole,
            oldest=age(whole.oldest_at, figures.now),
            rows=rows[:most_rows],
            with_rate=with_rate,
            left_out=0 if most_rows is None else max(0, len(rows) - most_rows),
            number=number,
        ),
    )


def _value_words(figures: LoadFigures, value: float | None) -> str:
    if value is None:
        return str(_("penduduk belum diketahui"))
    if figures.measure == "per_1000":
        return str(_("%(n)s terbuka per 1.000 penduduk", n=number(value, 2)))
    if figures.measure == "late":
        return str(_("%(n)s lewat waktu", n=number(value)))
    return str(_("%(n)s terbuka", n=number(value)))


def _counts(shapes: Sequence[Shape], figures: LoadFigures) -> Iterable[folium.GeoJson]:
    """The highest values as numbers in their villages."""
    places = 1 if figures.measure == "per_1000" else 0
    known = [(figures.of(s) or 0.0, s) for s in shapes]
    highest = sorted((pair for pair in known if pair[0] > 0), key=lambda pair: -pair[0])
    spots = [
        (s.area.representative_point(), f"<b>{number(value, places)}</b>")
        for value, s in highest[:_MOST_COUNTS]
    ]
    yield signs(
        [(p.x, p.y, {"className": "count", "iconSize": [0, 0], "html": n}) for p, n in spots]
    )


def _rows(shapes: Sequence[Shape], figures: LoadFigures, with_rate: bool) -> list[Line]:
    """Villages that have any open, the highest first."""
    there = [(figures.by_village.get(s.code, EMPTY), s) for s in shapes]
    some = [(load, s) for load, s in there if load.open]
    some.sort(key=lambda pair: (-(figures.of(pair[1]) or 0), -pair[0].open, pair[1].name))
    return [_line(load, shape, figures.now, with_rate) for load, shape in some]


def _line(load: VillageLoad, shape: Shape, now: datetime, with_rate: bool) -> Line:
    rate = 1000 * load.open / shape.population if shape.population else None
    counts = (number(load.open), number(load.urgent), number(load.late))
    rates = (number(rate, 2),) if with_rate else ()
    return Line((shape.name, shape.district, *counts, *rates, age(load.oldest_at, now)))
