"""Cases of a period on paper: signs by priority, or clusters with exact sums, and a list."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import folium
from flask import render_template
from flask_babel import gettext as _

from app.paper.frame import Line, age, moment, number, signs
from app.paper.ground import Shape, near_village, sheet_of
from app.paper.page import Heading, page
from dispatch.exports import Cell, Sum

Case = Mapping[str, Any]  # by the names of the columns of an export

MOST_SIGNS = 400  # single signs on a map; above that they are gathered
ROWS = 300  # of the list; the map and the sums hold all
# Told apart by shape and by colour; drawn, because a printer may lack the letters.
SIGNS = {
    1: "M8 0 L16 8 L8 16 L0 8 Z",
    2: "M8 1 L16 15 L0 15 Z",
    3: "M8 1 A7 7 0 1 0 8 15 A7 7 0 1 0 8 1 Z",
    4: "M8 1 A7 7 0 1 0 8 15 A7 7 0 1 0 8 1 Z",
}


@dataclass(frozen=True, slots=True)
class Gathered:
    """Cases as a print shows them."""

    sums: Sum
    cells: Sequence[Cell]  # one for each case, or fewer
    listed: Sequence[Case]
    categories: Sequence[tuple[str, int]]  # name and how many, most first
    agencies: Sequence[tuple[str, int]]
    closed: bool  # whether closed ones are among them
    now: datetime  # in the zone of the regency


def priority_name(priority: int) -> str:
    """In words."""
    names = {1: _("gawat"), 2: _("tinggi"), 3: _("sedang"), 4: _("rendah")}
    return str(names[priority])


def state_name(state: str) -> str:
    """In words."""
    names = {
        "baru": _("belum berangkat"),
        "ditugaskan": _("ditugaskan"),
        "di_lokasi": _("di lokasi"),
        "ditutup": _("ditutup"),
    }
    return str(names.get(state, state))


def cases_sheet(
    heading: Heading, shapes: Sequence[Shape], found: Gathered, most_rows: int = ROWS
) -> str:
    """HTML of the map with its sums and its list, whole in itself."""
    sheet = sheet_of(shapes, lambda _code: "pale", lambda _on: [cell_signs(found.cells)])
    return page(
        heading, render_template("print_cases.html", sheet=sheet, **listing(found, most_rows))
    )


def village_sheet(
    heading: Heading,
    shapes: Sequence[Shape],
    own: Shape,
    facts: Sequence[tuple[str, str]],
    found: Gathered | None,
    parts: Sequence[Line],
    most_rows: int = ROWS,
) -> str:
    """HTML of one village: outline, figures, list by age; without cases for who may only count."""
    layers: Iterable[folium.GeoJson] = [cell_signs(found.cells)] if found else []
    return page(
        heading,
        render_template(
            "print_village.html",
            map=near_village(shapes, own.code, lambda _on: layers),
            facts=facts,
            parts=parts,
            **(listing(found, most_rows) if found else {"found": None, "number": number}),
        ),
    )


def listing(found: Gathered, most_rows: int) -> dict[str, Any]:
    """What the templates are given of the cases."""
    listed = list(found.listed[:most_rows])
    return {
        "found": found,
        "gathered": any(cell.n > 1 for cell in found.cells),
        "priorities": [(p, priority_name(p), found.sums.by_priority.get(p, 0)) for p in SIGNS],
        "signs": SIGNS,
        "with_place": any("place" in case for case in listed),
        "rows": [(case["priority"], _line(case, found)) for case in listed],
        "left_out": found.sums.n - len(listed),
        "number": number,
    }


def cell_signs(cells: Sequence[Cell]) -> folium.GeoJson:
    """A sign for each cell: of one case its priority, of more their number in a circle."""
    order = sorted(cells, key=lambda c: (c.n > 1, -c.priority))  # the urgent ones on top
    return signs([(c.lon, c.lat, _sign(c)) for c in order])


def _sign(cell: Cell) -> dict[str, Any]:
    if cell.n == 1:
        shape = f'<svg viewBox="-1 -1 18 18"><path d="{SIGNS[cell.priority]}"/></svg>'
        return {"className": f"sign p{cell.priority}", "iconSize": [14, 14], "html": shape}
    side = round(16 + 9 * len(str(cell.n)))
    words = f"<b>{number(cell.n)}</b>"
    return {"className": f"cluster p{cell.priority}", "iconSize": [side, side], "html": words}


def _line(case: Case, found: Gathered) -> Line:
    closed_at, opened_at = case.get("closed_at"), case["opened_at"].astimezone(found.now.tzinfo)
    state = state_name(str(case["state"]))
    words = [
        priority_name(case["priority"]),
        str(case["category_name"]),
        str(case.get("village") or _("di luar desa")),
        case.get("place"),
        moment(opened_at, year=opened_at.year != found.now.year),
        "–" if closed_at else age(opened_at, found.now),
        str(case.get("agencies") or "–"),
        str(state) + (f" · {_('lewat waktu')}" if case.get("late") else ""),
    ]
    return Line(tuple(None if word is None else str(word) for word in words))
