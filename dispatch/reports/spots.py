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


<<<<<<< HEAD
=======
def by_clusters(work: Work) -> Found:
    """DBSCAN of the points; clusters with their outlines, the fullest first."""
    from geo.hotspots.clusters import dbscan

    facts, pinned = _pinned(work)
    near_m = _near_m(work, len(pinned))
    heard = work.heard(0.35, 0.6, Doing.CLUSTERS)
    made = dbscan(facts.xy[pinned], near_m, work.ask.least, heard=heard)
    figures = {"near_m": near_m, "least": work.ask.least, "points": len(pinned)}
    return _clustered(work, made.labels, pinned, near_m / 2, figures, ())


def by_clusters_h(work: Work) -> Found:
    """HDBSCAN: clusters of any density; of very many points some are drawn."""
    from geo.hotspots.clusters import hdbscan

    facts, pinned = _pinned(work)
    heard = work.heard(0.35, 0.6, Doing.CLUSTERS)
    made = hdbscan(facts.xy[pinned], work.ask.least, seed=work.ask.seed, heard=heard)
    looked = int(made.looked_at.sum())
    drawn = () if looked == len(pinned) else (_sampled(looked, len(pinned)),)
    figures = {"least": made.least, "points": len(pinned), "looked_at": looked}
    return _clustered(work, made.labels, pinned, 100.0, figures, drawn)


def _sampled(looked: int, of: int) -> Caveat:
    return Caveat("kelompok_acak", looked, {"all": of})


def _pinned(work: Work) -> tuple[Facts, NDArray[np.int64]]:
    facts = work.gathered.facts
    pinned = np.flatnonzero(~np.isnan(facts.xy[:, 0]))
    if not len(pinned):
        raise NothingToAnalyse
    if len(pinned) < work.ask.least:
        raise TooFew(work.ask.least, len(pinned))
    return facts, pinned


def _near_m(work: Work, n: int) -> float:
    """So near that so many lie within it only where it is DENSER than the land on the average."""
    if work.ask.near_m is not None:
        return float(work.ask.near_m)
    per_m2 = n / max(float(work.areas.land.area), 1.0)
    low, high = NEAR_M
    return min(high, max(low, float(np.sqrt(work.ask.least / (DENSER * np.pi * per_m2)))))


def _clustered(
    work: Work, labels: NDArray[np.int64], pinned: NDArray[np.int64], margin_m: float,
    figures: Json, caveats: tuple[Caveat, ...],
) -> Found:  # fmt: skip
    from geo.hotspots.outlines import figures as told

    found, facts = by_counts(work), work.gathered.facts
    heard = work.heard(0.6, 0.9, Doing.DRAW_CLUSTERS)
    heard(0.0)
    # Five calls from one house are a cluster, too: its middle and its line must not show the house.
    rough = (np.floor(facts.xy[pinned] / ROUGH_M) + 0.5) * ROUGH_M
    days = facts.day[pinned].astype(np.int64)
    made = told(labels, rough, max(margin_m, ROUGH_M), day=days, heard=heard)
    area = _area_of(work)
    clusters = []
    for nth, one in enumerate((one for one in made if one.points >= RARE), 1):
        inside = pinned[labels == one.label]
        where = np.bincount(area[inside] + 1, minlength=len(work.areas) + 1)[1:]
        fullest = np.argsort(-where, kind="stable")
        kinds = np.bincount(facts.category[inside], minlength=len(facts.categories))
        clusters.append(
            {
                "id": nth,
                "name": work.areas.names[int(where.argmax())] if where.any() else "",
                "n": one.points,
                "expected": None,
                "p": None,
                "sure": False,
                "since": _day(one.first_day),
                "until": _day(None if one.last_day is None else one.last_day + 1),
                "radius_m": one.span_m / 2,
                "area_km2": one.area_km2,
                "places": [work.areas.ids[int(at)] for at in fullest if where[at]],
                "categories": {
                    facts.categories[int(at)]: int(kinds[at])
                    for at in np.flatnonzero(kinds >= RARE)
                },
                "outline_m": shapely.simplify(one.outline, 5.0),
                "centre_m": one.centre,
            }
        )
    return replace(
        found, clusters=clusters, figures={**found.figures, **figures},
        caveats=(*found.caveats, *caveats),
    )  # fmt: skip


def _area_of(work: Work) -> NDArray[np.int64]:
    """(n) an area of each incident, the likeliest; -1 elsewhere."""
    gathered = work.gathered
    order = np.argsort(gathered.share, kind="stable")  # the greatest share is written last
    area = np.full(len(gathered.facts), -1, dtype=np.int64)
    area[gathered.of[order]] = gathered.area[order]
    return area


>>>>>>> w-small
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
