"""From a question and the incidents to an analysis, whatever the method."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dispatch.facts import Facts
from dispatch.facts.exposure import Exposure
from dispatch.ground import Ground
from dispatch.reports.areas import Areas, areas_of
from dispatch.reports.ask import BY_POINTS, Ask, Method, Period, Step, Unit, from_json
from dispatch.reports.caveats import Caveat
from dispatch.reports.clusters import by_clusters, by_clusters_h
from dispatch.reports.difference import compared
from dispatch.reports.divisor import divisor_of
from dispatch.reports.document import Before, document_of
from dispatch.reports.gathering import gather
from dispatch.reports.methods import (
    Found,
    Work,
    by_counts,
    by_emerging,
    by_gi,
    by_moran,
    nothing_found,
    why_not,
)
from dispatch.reports.outbreaks import by_scan
from dispatch.reports.spots import by_cusum, by_density
from dispatch.rules.doing import Doing
from dispatch.rules.withholding import may_show, whole_months, whole_weeks
from geo.hotspots.errors import NothingToAnalyse, TooFew

Json = dict[str, Any]

# What may take more than 0.3 s of a million incidents is a job.
QUICK_CELL_M = 5000  # hexagons from which on they are counted at once
QUICK_STEPS = 400  # days by which a series is told at once
METHODS: dict[Method, Callable[[Work], Found]] = {
    Method.COUNTS: by_counts,
    Method.DENSITY: by_density,
    Method.GI: by_gi,
    Method.MORAN: by_moran,
    Method.CLUSTERS: by_clusters,
    Method.CLUSTERS_H: by_clusters_h,
    Method.EMERGING: by_emerging,
    Method.SCAN: by_scan,
    Method.CUSUM: by_cusum,
}


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """One answer, as docs/api-analisis.md tells it; `areas` for maps and files."""

    ask: Ask
    document: Json
    areas: Areas
    shown: tuple[int, ...] = field(default=())  # index in areas of each of document["places"]

    @property
    def places(self) -> list[Json]:
        """The table."""
        found: list[Json] = self.document["places"]
        return found


def again(document: Json, ground: Ground, zone: int) -> Analysis:
    """An analysis that was kept as its document, with its areas."""
    ask = from_json(document["ask"])
    areas = areas_of(ground, ask.unit, ask.cell_m, zone)
    place = {one: at for at, one in enumerate(areas.ids)}
    return Analysis(ask, document, areas, tuple(place.get(p["id"], -1) for p in document["places"]))


def quiet(_share: float, _words: str) -> None:
    """Tells nobody how far it is."""


def is_quick(ask: Ask) -> bool:
    """Whether an answer can be waited for: counts, or a statistic of few areas, not a job."""
    if ask.step is Step.DAY and ask.period.days > QUICK_STEPS:
        return False
    few = ask.unit is not Unit.HEXAGON
    if ask.method is Method.COUNTS:
        return few or ask.cell_m >= QUICK_CELL_M
    return few and ask.method in (Method.GI, Method.MORAN) and ask.permutations <= 999


def run(
    ask: Ask,
    facts: Facts,
    exposure: Exposure,
    ground: Ground,
    progress: Callable[[float, str], None] = quiet,
) -> Analysis:
    """The answer to a question on all incidents. Never fails for too little: it says so instead.

    progress   is told the share that is done and a step of Doing; may raise to stop
    Raises BadAsk for a category that is not there, too many hexagons, or steps.
    """
    ask.among(allowed(ground))
    progress(0.02, Doing.AREAS)
    areas = areas_of(ground, ask.unit, ask.cell_m, facts.zone)
    progress(0.1, Doing.DIVIDE)
    coarse = too_fine(ask, ground)
    personal = ground.catalogue.personal
    gathered = gather(ask, ask.period, facts, areas, coarse, personal)
    divisor = divisor_of(ask, facts, exposure, areas, ground.regency.digital_villages)
    progress(0.3, Doing.TEST)
    villages = areas_of(ground, Unit.VILLAGE, ask.cell_m, facts.zone)
    work = Work(ask, areas, villages, gathered, divisor, facts, progress)
    found = _found(work)
    before = _before(work, coarse, personal)
    progress(0.9, Doing.TABLES)
    document, shown = document_of(work, found, before, ground)
    return Analysis(ask, document, areas, shown)


def allowed(ground: Ground) -> list[str]:
    """Categories that may be asked for: those that no group keeps to itself."""
    return [
        c.code
        for c in ground.catalogue.categories.values()
        if may_show(c.kept_group, c.audience, finely=False)
    ]


def too_fine(ask: Ask, ground: Ground) -> frozenset[str]:
    """Categories that are told by village and whole week only, where the question looks closer.

    Two periods that differ by a day, or two that differ by an hour or a channel, would tell a
    single case by what one has more than the other.
    """
    by_village = ask.unit is not Unit.HEXAGON and ask.method not in BY_POINTS
    cut = ask.hours is not None or ask.channel is not None
    periods = [one for one in (ask.period, ask.compare) if one is not None]
    if by_village and not cut and all(_is_even(one, ask.step) for one in periods):
        return frozenset()
    return ground.catalogue.personal


def _is_even(period: Period, step: Step) -> bool:
    """Whether it is of whole weeks from Monday on, told by weeks, or of whole months by months."""
    if step is Step.WEEK:
        return whole_weeks(period.since, period.until)
    return step is Step.MONTH and whole_months(period.since, period.until)


def _found(work: Work) -> Found:
    if not len(work.gathered.facts):
        return nothing_found(work, Caveat("kosong"))
    if not np.isfinite(work.divisor.weight).any():
        return nothing_found(work, Caveat("tanpa_angka"))
    try:
        if not work.divisor.plain and (known := int(np.isfinite(work.divisor.weight).sum())) < 3:
            raise TooFew(3, known, "places with known exposure")
        return METHODS[work.ask.method](work)
    except (TooFew, NothingToAnalyse) as error:
        return nothing_found(work, why_not(error))


def _before(work: Work, coarse: frozenset[str], personal: frozenset[str]) -> Before | None:
    ask = work.ask
    if ask.compare is None:
        return None
    gathered = gather(ask, ask.compare, work.facts, work.areas, coarse, personal)
    now, then = work.gathered.n, gathered.n
    both = compared(now, then, ask.period.days, ask.compare.days, ask.alpha)
    made, sure = both.made, both.told.found
    kinds = np.where(sure, np.where(made.ratio > 1, "naik", "turun"), "sama")
    columns = [
        None if not (now[at] or then[at]) else {
            "n": then[at], "ratio": made.ratio[at], "low": made.low[at], "high": made.high[at],
            "p": made.p[at], "sure": bool(sure[at]), "class": str(kinds[at]),
        }
        for at in range(len(now))
    ]  # fmt: skip
    told = both.crowding[now + then > 0]
    wider = float(np.median(told)) if both.measured and len(told) else None
    return Before(gathered, columns, int(sure.sum()), wider)
