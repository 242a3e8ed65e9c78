"""The methods that look at a surface and at days, not at areas: density and alarms."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.reports.ask import Ask, Period
from dispatch.reports.caveats import Caveat
from dispatch.reports.gathering import RARE
from dispatch.reports.methods import Found, Work, by_counts
from dispatch.reports.words import RECENT_DAYS
from dispatch.rules.doing import Doing, watching
from geo.hotspots.errors import NothingToAnalyse, TooFew
from geo.hotspots.grid import Grid

Floats = NDArray[np.float64]
Json = dict[str, Any]

CELLS = 512  # along the longer side of a density
HISTORY_DAYS = 730  # before the period, from which CUSUM learns what is usual
_EPOCH = date(1970, 1, 1)
_90_OF_68 = float(np.sqrt(np.log(0.1) / np.log(0.32)))  # radius of 90 % to that of 68 %


def by_density(work: Work) -> Found:
    """A surface of incidents per km²; the areas beside it as by counts."""
    from geo.hotspots.density import density

    found, facts, land = by_counts(work), work.gathered.facts, work.areas.land
    west, south, east, north = land.bounds
    grid = Grid.over((west, south, east, north), CELLS)
    wanted = work.ask.bandwidth_m
    spread_m = facts.spread_m.astype(np.float64) * _90_OF_68
    made = density(
        grid,
        facts.xy,
        bandwidth_m=None if wanted is None else max(float(wanted), grid.cell_m),
        inside=land,
        spread_m=spread_m,
        heard=work.heard(0.4, 0.8, Doing.DENSITY),
    )
    heard = work.heard(0.8, 0.88, Doing.DENSITY)
    bare = density(grid, facts.xy, bandwidth_m=made.bandwidth_m, spread_m=spread_m, heard=heard)
    values, floor = _told(made.values, bare.values, made.bandwidth_m)
    if not np.nan_to_num(values).any():
        return replace(found, missing=(Caveat("kepadatan_sepi", round(made.bandwidth_m)),))
    rule = {"scott": "kaidah Scott", "given": "diberikan", "cell": "satu sel"}[made.rule]
    caveats = (
        *found.caveats,
        Caveat("lebar_pita", round(made.bandwidth_m), {"rule": rule}),
        *((Caveat("tepi"),) if made.edge else ()),
        *((Caveat("kepadatan_ditahan", floor, {"least": RARE}),) if floor else ()),
    )
    return replace(
        found,
        caveats=caveats,
        figures={**found.figures, "bandwidth_m": made.bandwidth_m, "cell_m": grid.cell_m},
        grid={
            "west": grid.west, "south": grid.south, "cell_m": grid.cell_m, "rows": grid.rows,
            "cols": grid.cols, "bandwidth_m": made.bandwidth_m, "rule": made.rule,
            "edge": made.edge, "unit": "kejadian per km²", "used": made.used, "floor": floor,
            "values": values,
        },
    )  # fmt: skip


def _told(values: Floats, bare: Floats, bandwidth_m: float) -> tuple[Floats, float]:
    """The surface without what fewer than RARE cases in one spot would draw, and that limit.

    The hill of a single case has its top at the case: it would be found to a cell. The limit is
    held to the surface before its edges are corrected (`bare`): on a small island a single case
    is made as high as many.
    """
    floor = RARE / (2 * np.pi * (bandwidth_m / 1000) ** 2)
    with np.errstate(invalid="ignore"):
        return np.where((bare < floor) & np.isfinite(values), 0.0, values), floor


def by_cusum(work: Work) -> Found:
    """Alarms by category on the days of the period, learnt from what went before."""
    from geo.hotspots.cusum import baseline_of, cusum

    ask, found = work.ask, by_counts(work)
    first = _first_day(work)
    meant = work.facts.mask(first, ask.until, ask.categories, ask.hours, ask.channel)
    facts = work.facts.select(meant)
    days = Period(first, ask.until).days
    kinds = [
        at for at, code in enumerate(facts.categories)
        if code not in work.gathered.withheld_categories
    ]  # fmt: skip
    alarms: list[Json] = []
    lacking: TooFew | NothingToAnalyse | None = None
    for nth, at in enumerate(kinds):
        share, each = 0.35 + 0.5 * nth / len(kinds), 0.5 / len(kinds)
        heard = work.heard(share, share + each, watching(facts.categories[at]))
        heard(0.0)
        of = facts.day[facts.category == at] - (first - _EPOCH).days
        counts = np.bincount(of, minlength=days)
        if counts.sum() < RARE:
            continue
        try:
            usual = baseline_of(counts, (first - _EPOCH).days, ask.period.days)
            made = cusum(counts, usual, false_alarm_days=ask.quiet_days, seed=ask.seed, heard=heard)
        except (TooFew, NothingToAnalyse) as error:
            lacking = error
            continue
        alarms.append(_alarm(facts.categories[at], ask.period, counts, made))
    if lacking is not None and not alarms:
        raise lacking
    alarms.sort(key=lambda one: (not one["now"], -len(one["days"]), one["category"]))
    caveats = (*found.caveats, Caveat("alarm_semu", ask.quiet_days), *_together(ask, alarms))
    figures = {**found.figures, "history_days": days - ask.period.days, "ratio": 1.5}
    return replace(found, alarms=alarms, caveats=caveats, figures=figures)


def _together(ask: Ask, alarms: list[Json]) -> tuple[Caveat, ...]:
    """How often any of the watched categories gives a false alarm."""
    if len(alarms) < 2:
        return ()
    days = max(1, round(ask.quiet_days / len(alarms)))
    return (Caveat("alarm_banyak", len(alarms), {"days": days}),)


def _first_day(work: Work) -> date:
    """Two years before the period, or the first day of which anything is known."""
    earliest = work.ask.since - timedelta(days=HISTORY_DAYS)
    if not len(work.facts):
        return earliest
    return max(earliest, min(work.ask.since, _EPOCH + timedelta(days=int(work.facts.day.min()))))


def _alarm(category: str, period: Period, counts: NDArray[np.int64], made: Any) -> Json:
    watched = counts[-period.days :]
    days = [
        (period.since + timedelta(days=int(at))).isoformat() for at in np.flatnonzero(made.alarm)
    ]
    last = np.flatnonzero(made.alarm)
    recent = max(1, min(RECENT_DAYS, period.days))
    return {
        "category": category,
        "days": days,
        "now": bool(len(last) and last[-1] >= period.days - recent),
        "since": (
            (period.since + timedelta(days=int(made.since[last[-1]]))).isoformat()
            if len(last)
            else None
        ),
        "n": int(watched.sum()),
        "expected": float(made.expected.sum()),
        "path": made.score,
        "limit": made.threshold,
        "false_alarm_days": made.false_alarm_days,
        "achieved": made.achieved.once_in_days,
        "achieved_low": _once(made.achieved.high),
        "achieved_high": _once(made.achieved.low),
    }


def _once(a_day: float) -> float | None:
    return 1 / a_day if a_day > 0 else None
