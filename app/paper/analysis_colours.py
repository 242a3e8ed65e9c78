"""The colour of each area of an analysis on paper, and the legend: the same for both periods."""

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from app.paper import scale
from app.paper.analysis_map import Kinds, Told, surface_steps
from app.paper.analysis_words import CLASSES, class_name, class_of
from app.paper.frame import number
from dispatch.reports.ask import Unit
from dispatch.reports.hotspots import Analysis

Json = dict[str, Any]
Legend = list[tuple[str, str]]  # classes of a colour, words


def colours(told: Told) -> tuple[Legend, list[Kinds]]:
    """The legend, and for each period the colour of each area.

    By class where the method has some, else by figure: shades begin at the same figures in both.
    """
    both = told.both
    if told.analysis.ask.method in CLASSES:
        return _by_class(both)
    if told.most_dense is not None:
        return _by_surface(both, told.most_dense)
    return _by_figure(both)


def _by_class(both: Sequence[Analysis]) -> tuple[Legend, list[Kinds]]:
    method = both[0].ask.method
    known = CLASSES[method]
    classes = [{p["id"]: class_of(p, method) for p in one.places} for one in both]
    there = {kind for each in classes for kind in each.values()}
    legend = [(of, class_name(kind)) for kind, of in known.items() if kind in there]
    return legend, [
        {one: known.get(kind, "load-0") for one, kind in each.items()} for each in classes
    ]


def _by_surface(both: Sequence[Analysis], most: float) -> tuple[Legend, list[Kinds]]:
    """The four shades as analysis_map paints them; a period with too few has no surface."""
    ends = surface_steps(most)
    names = [_("dari %(n)s per km²", n=number(end, 2 if end < 10 else 0)) for end in ends]
    legend = [(f"load-{at}", str(name)) for at, name in enumerate(names, 1)]
    sparse = [one.document["grid"] is None for one in both]
    if any(sparse):
        legend.append(("unknown", str(_("terlalu sedikit untuk kepadatan"))))
    return legend, [
        dict.fromkeys((p["id"] for p in one.places), "unknown") if few else {}
        for one, few in zip(both, sparse, strict=True)
    ]


def _by_figure(both: Sequence[Analysis]) -> tuple[Legend, list[Kinds]]:
    places = [p for one in both for p in one.places]
    by_rate = both[0].document["scale"]["of"] == "rate" and any(p["rate"] for p in places)
    measure = "rate" if by_rate else "n"
    shades = scale.scale_for([p[measure] for p in places], whole=measure == "n")
    kinds = [{p["id"]: _shade(p, shades.shade(p[measure])) for p in one.places} for one in both]
    legend = [*scale.legend(shades, unknown=False)]
    if both[0].ask.unit is Unit.HEXAGON:  # fewer than five have a shade of their own
        legend = [(kind, f"5{name[1:]}" if name[:2] == "1–" else name) for kind, name in legend]
    there = {kind for each in kinds for kind in each.values()}
    for kind, words in (("few", _("kurang dari 5")), ("unknown", _("tidak diketahui"))):
        if kind in there:
            legend.append((kind, str(words)))
    if any(p["sure"] for p in places):
        legend.append(("sure", str(_("garis tebal: lebih dari kebetulan"))))
    return legend, kinds


def _shade(place: Json, at: int | None) -> str:
    if place["few"]:
        return "few"
    return "unknown" if at is None else f"load-{at}"
