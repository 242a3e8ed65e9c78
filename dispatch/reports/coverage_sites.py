"""Where new posts would help most, or where all should stand: the job "lokasi"."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from dispatch.cover.standing import Standing
from dispatch.ground import Ground
from dispatch.reports.ask import BadAsk
from dispatch.reports.coverage_ask import CoverageAsk, Goal
from dispatch.reports.coverage_given import Given, basis_of, general_caveats
from dispatch.reports.coverage_reach import Spots, reach, reach_from, spots_of_demand
from dispatch.reports.coverage_words import caveat, site_words
from dispatch.rules.doing import Doing
from geo.coverage import Demand, Floats, within
from geo.coverage.sites import Sites, best_sites, p_median
from geo.point import Point
from geo.routing import Start

Json = dict[str, Any]
Say = Callable[[float, str], None]
POINTS = 12  # that stand for a village
FAR_S = 3_600.0  # what is farther counts as that far: 60 minutes
SOLVER_S = 60.0
_PROVEN = 1e-6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where units could stand."""

    code: str  # of a village; of a station its id
    name: str
    kind: str  # pos, desa
    point: Point


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """What the solver is asked: rows are the units of today, then the candidates.

    times_s  (units + candidates, points) from the order; NaN beyond FAR_S
    """

    ask: CoverageAsk
    units: list[Standing]
    candidates: list[Candidate]
    demand: Demand
    times_s: Floats

    def today(self) -> list[int]:
        """Rows of the units that are there."""
        return list(range(len(self.units)))

    def chosen(self, sites: Sites) -> list[Candidate]:
        """The candidates that were chosen."""
        return [self.candidates[n - len(self.units)] for n in sites.chosen]


def sites_document(given: Given, ground: Ground, ask: CoverageAsk, now: datetime, say: Say) -> Json:
    """The best sites with what they change. Raises BadAsk where nothing can be chosen."""
    when = ask.moment(now, ground.regency.hours.zone)
    demand = Demand.of(ground.locator.areas, given.people, POINTS)
    units, candidates = given.units, _candidates(given, ground)
    say(0.1, Doing.SITE_TIMES)
    spots = spots_of_demand(ground.router, demand)
    sought = Sought(ask, units, candidates, demand, _times(ground, units, candidates, spots, when))
    say(0.5, Doing.SITES)
    sites = _solved(sought, lambda: say(0.5, Doing.SITES))
    say(0.95, Doing.SITE_RESULTS)
    first, second = _before(sought), _after(sought, sites)
    caveats = [
        *general_caveats(given, POINTS, basis_of(ground, given, spots.points, when)),
        caveat("calon", sum(one.kind == "pos" for one in candidates)),
        caveat("kapal"),
        *([caveat("terlalu_jauh", FAR_S / 60)] if ask.goal is Goal.NEAR else []),
        *([caveat("celah", sites.gap * 100)] if sites.gap > 0 else []),
    ]
    chosen = sought.chosen(sites)
    said = site_words([one.name for one in chosen], ask.minutes, first, second)
    return {
        "ask": ask.to_json(),
        "as_of": now.isoformat().replace("+00:00", "Z"),
        "departs_at": when.isoformat().replace("+00:00", "Z"),
        "words": said[0],
        "words_en": said[1],
        "caveats": caveats,
        "sites": [_site(sought, sites, one) for one in chosen],
        "before": first,
        "after": second,
        "solver": {
            "name": sites.solver,
            "value": round(sites.value, 6),
            "bound": round(sites.bound, 6),
            "gap": round(sites.gap, 6),
            "proven": sites.gap < _PROVEN,
        },
        "villages": _changed(sought, ground, sites),
    }


def _candidates(given: Given, ground: Ground) -> list[Candidate]:
    """Every station once a place, and a point well inside every village."""
    posts = {point: Candidate(str(n), name, "pos", point) for n, name, point in given.stations}
    villages = []
    for village, area in zip(ground.locator.villages, ground.locator.areas, strict=True):
        middle = area.representative_point()
        point = Point(lon=middle.x, lat=middle.y)
        villages.append(Candidate(village.code, village.name, "desa", point))
    return [*posts.values(), *villages]


def _times(
    ground: Ground,
    units: Sequence[Standing],
    candidates: Sequence[Candidate],
    spots: Spots,
    when: datetime,
) -> Floats:
    """New posts get the kind of unit that is usual for this help."""
    kinds = Counter(unit.kind for unit in units if not unit.by_sea)
    kind = kinds.most_common(1)[0][0] if kinds else ""
    delay_s = ground.regency.plans.turnout.mean_s(kind, True)
    starts = [Start(one.point, kind) for one in candidates]
    delays_s = np.full(len(starts), delay_s)
    new = reach_from(ground.router, starts, delays_s, spots, FAR_S, when).table()
    return np.vstack([reach(ground, units, spots, FAR_S, when).table(), new])


def _solved(sought: Sought, asked: Callable[[], None]) -> Sites:
    """With the units of today, or without those on land: boats cannot be moved inland."""
    ask, units = sought.ask, sought.units
    dropped = [n for n in sought.today() if not (ask.keep or units[n].by_sea)]
    times_s = sought.times_s.copy()
    times_s[dropped] = np.nan
    if ask.count > len(sought.candidates):
        raise BadAsk("count", f"hanya ada {len(sought.candidates)} calon lokasi")
    weights, demand = sought.demand.weights, sought.demand
    # What is dropped must not be chosen either: it is kept, and reaches nothing.
    kept = sought.today()
    if ask.goal is Goal.COVER:
        limit_s = ask.minutes * 60.0
        return best_sites(times_s, weights, ask.count, limit_s, kept, SOLVER_S, asked)
    far = np.nan_to_num(times_s, nan=FAR_S)
    whole = demand.by_village(weights)
    by_village = demand.by_village(far * weights) / whole
    return p_median(by_village, whole, ask.count, FAR_S, kept, SOLVER_S, asked)


def _first_s(sought: Sought, rows: Sequence[int]) -> Floats:
    """(points,) seconds until the first of these is there; NaN for never."""
    if not rows:
        return np.full(len(sought.demand.weights), np.nan)
    return np.asarray(np.fmin.reduce(sought.times_s[list(rows)], axis=0))


def _then(sought: Sought, sites: Sites) -> list[int]:
    """Rows that are there afterwards."""
    kept = [n for n in sought.today() if sought.ask.keep or sought.units[n].by_sea]
    return [*kept, *sites.chosen]


def _before(sought: Sought) -> Json:
    return _figures(sought, _first_s(sought, sought.today()))


def _after(sought: Sought, sites: Sites) -> Json:
    return _figures(sought, _first_s(sought, _then(sought, sites)))


def _figures(sought: Sought, first_s: Floats) -> Json:
    covered = within(first_s, sought.ask.minutes * 60.0)
    weights = sought.demand.weights
    return {
        "share": round(float(weights[covered].sum()), 4),
        "villages": int(sought.demand.reached(covered).sum()),
        "mean_s": round(float(weights @ np.nan_to_num(first_s, nan=FAR_S))),
    }


def _site(sought: Sought, sites: Sites, one: Candidate) -> Json:
    """A site with what would be lost without it."""
    row = len(sought.units) + sought.candidates.index(one)
    rest = [n for n in _then(sought, sites) if n != row]
    whole = _figures(sought, _first_s(sought, _then(sought, sites)))
    without = _figures(sought, _first_s(sought, rest))
    return {
        "id": one.code,
        "name": one.name,
        "kind": one.kind,
        "point": [round(one.point.lon, 5), round(one.point.lat, 5)],
        "share": round(whole["share"] - without["share"], 4),
        "mean_s": without["mean_s"] - whole["mean_s"],
    }


def _changed(sought: Sought, ground: Ground, sites: Sites) -> list[Json]:
    """Villages whose share changes, the greatest gain of people first."""
    limit_s, demand = sought.ask.minutes * 60.0, sought.demand
    was = demand.shares(within(_first_s(sought, sought.today()), limit_s))
    then = demand.shares(within(_first_s(sought, _then(sought, sites)), limit_s))
    weights = demand.by_village(demand.weights)
    order = np.argsort((was - then) * weights, kind="stable")
    villages = ground.locator.villages
    return [
        {
            "id": villages[n].code,
            "name": villages[n].name,
            "before": round(float(was[n]), 4),
            "after": round(float(then[n]), 4),
        }
        for n in order.tolist()
        if abs(was[n] - then[n]) > 1e-9
    ]
