"""Incidents gathered by area and by step of time, the doubtful ones shared out by their chances."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.facts import ELSEWHERE, Facts
from dispatch.reports.areas import Areas
from dispatch.reports.ask import Ask, Period, Step, Unit
from dispatch.rules.withholding import FEWEST
from geo.hotspots.hexagons import hex_of

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

RARE = FEWEST
SURE = 0.95  # chance from which on a place counts as known
POINTS = 12  # by which a doubtful place is spread over hexagons
_EPOCH = date(1970, 1, 1)
# The radius that holds 68 % of a round normal cloud, in its standard deviations.
RADIUS_68 = float(np.sqrt(-2 * np.log(1 - 0.68)))


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """The n incidents that a question means, in r shares among its areas."""

    facts: Facts  # of these n
    area: Whole  # (r) index of the area; -1 elsewhere
    share: Floats  # (r)
    of: Whole  # (r) index of the incident
    n: Floats  # by area
    doubt: Floats  # by area: share of n that rests on doubtful places
    elsewhere: float  # shares outside all areas
    unplaced: int  # nobody knows where at all
    doubtful: int  # incidents whose likeliest area has a chance below SURE
    withheld: int  # incidents of categories too rare to show; not among the n
    coarse: int  # incidents of categories that are told by village only; not among the n
    few: int  # incidents that touch persons, too few of a kind in their area; not among the n
    withheld_categories: tuple[str, ...]

    def by(self, key: NDArray[np.integer], size: int) -> Floats:
        """(size, areas) sums by a number of each incident (n); below 0 is left out."""
        areas = len(self.n)
        number = key[self.of].astype(np.int64)
        kept = (self.area >= 0) & (number >= 0)
        place = number[kept] * areas + self.area[kept]
        found = np.bincount(place, weights=self.share[kept], minlength=size * areas)
        return np.asarray(found, dtype=np.float64).reshape(size, areas)

    def of_areas(self, some: Sequence[int], key: NDArray[np.integer], size: int) -> Floats:
        """(size, some) as `by`, of these areas alone: a table of all may not fit the memory."""
        column = np.full(len(self.n) + 1, -1, dtype=np.int64)
        column[np.asarray(some, dtype=np.int64)] = np.arange(len(some))
        place = column[self.area]  # the last column is for what lies elsewhere
        return replace(self, area=place, n=np.zeros(len(some))).by(key, size)


def gather(
    ask: Ask,
    period: Period,
    facts: Facts,
    areas: Areas,
    coarse: Collection[str] = (),
    personal: Collection[str] = (),
) -> Gathered:
    """What the question means in that period, by its areas.

    coarse    codes of categories that are not told as finely as the question asks
    personal  of categories of which fewer than RARE in one area are withheld
    """
    both = facts.mask(categories=ask.categories, hours=ask.hours, channel=ask.channel)
    untold = np.array([code in coarse for code in facts.categories] or [False])[facts.category]
    # A kind that came after the catalogue was read: nobody knows whether it may be shown.
    both &= facts.category >= 0
    too_fine = both & untold & facts.mask(period.since, period.until)
    both &= ~untold
    mask = both & facts.mask(period.since, period.until)
    rare = _rare(facts, both, ask, period)
    hidden = mask & rare[facts.category]
    meant = facts.select(mask & ~hidden)
    alone = _alone(meant, areas, personal)
    chosen = meant.select(~alone)
    area, share, of = _shares(chosen, areas)
    kept = area >= 0
    n = np.bincount(area[kept], weights=share[kept], minlength=len(areas)).astype(np.float64)
    most = np.zeros(len(chosen))
    np.maximum.at(most, of[kept], share[kept])
    doubtful = (most < SURE) & (most > 0)
    in_doubt = kept & doubtful[of]
    unsure = np.bincount(area[in_doubt], weights=share[in_doubt], minlength=len(areas))
    unplaced = _unplaced(chosen)
    outside = float(share[~kept].sum()) - float(np.count_nonzero(unplaced))
    return Gathered(
        facts=chosen,
        area=area,
        share=share,
        of=of,
        n=n,
        doubt=np.divide(unsure, n, out=np.zeros(len(areas)), where=n > 0),
        elsewhere=max(0.0, outside),
        unplaced=int(np.count_nonzero(unplaced)),
        doubtful=int(np.count_nonzero(doubtful)),
        withheld=int(np.count_nonzero(hidden)),
        coarse=int(np.count_nonzero(too_fine)),
        few=int(np.count_nonzero(alone)),
        withheld_categories=tuple(
            code
            for code, few in zip(facts.categories, rare, strict=True)
            if few
            and hidden.any()
            and (facts.category[hidden] == facts.categories.index(code)).any()
        ),
    )


def _rare(facts: Facts, meant: NDArray[np.bool_], ask: Ask, period: Period) -> NDArray[np.bool_]:
    """(categories) which are too rare to show, in either of the two periods that are compared."""
    rare = np.zeros(len(facts.categories), dtype=np.bool_)
    for one in (ask.period, ask.compare):
        if one is not None:
            kept = facts.category[meant & facts.mask(one.since, one.until)]
            counts = np.bincount(kept, minlength=len(rare))
            rare |= (counts > 0) & (counts < RARE)
    return rare


def _alone(facts: Facts, areas: Areas, personal: Collection[str]) -> NDArray[np.bool_]:
    """(n) which are of a kind that touches persons, with too few of it where they likely were."""
    touched = np.array([code in personal for code in facts.categories] or [False])[facts.category]
    if areas.unit is Unit.HEXAGON or not touched.any():
        return np.zeros(len(facts), dtype=np.bool_)
    area, share, of = _shares(facts, areas)
    kinds = len(facts.categories)
    place = area * kinds + facts.category[of]
    sums = np.bincount(place[area >= 0], weights=share[area >= 0], minlength=len(areas) * kinds)
    order = np.argsort(share, kind="stable")  # the greatest share is written last
    home = np.full(len(facts), -1, dtype=np.int64)
    home[of[order]] = area[order]
    few = sums[np.maximum(home, 0) * kinds + facts.category] < RARE - 1e-9
    return np.asarray(touched & (home >= 0) & few, dtype=np.bool_)


def _unplaced(facts: Facts) -> NDArray[np.bool_]:
    """(n) no point, and no village with a chance."""
    known = np.zeros(len(facts), dtype=np.bool_)
    known[facts.owner()[facts.village != ELSEWHERE]] = True
    return ~known & np.isnan(facts.xy[:, 0])


def _shares(facts: Facts, areas: Areas) -> tuple[Whole, Floats, Whole]:
    """Area, share and incident of each share."""
    village = villages_of(facts, areas)
    share, of = facts.share.astype(np.float64), facts.owner()
    if areas.unit is not Unit.HEXAGON:
        which = np.append(np.asarray(areas.overlap.argmax(axis=0)).ravel(), -1)
        return which[village].astype(np.int64), share, of
    pinned = ~np.isnan(facts.xy[:, 0])
    cells = _cells(facts, areas, pinned)
    loose = ~pinned[of]
    spread = _spread_out(village[loose], share[loose], of[loose], areas)
    return (
        np.concatenate([cells[0], spread[0]]),
        np.concatenate([cells[1], spread[1]]),
        np.concatenate([cells[2], spread[2]]),
    )


def villages_of(facts: Facts, areas: Areas) -> Whole:
    """(m) the village of each share as the areas number them; -1 elsewhere."""
    place = {code: n for n, code in enumerate(areas.village_codes)}
    table = np.array([*(place.get(code, -1) for code in facts.villages), -1], dtype=np.int64)
    return table[facts.village]


def _cells(facts: Facts, areas: Areas, pinned: NDArray[np.bool_]) -> tuple[Whole, Floats, Whole]:
    """Hexagons of what has a point; where it is spread wider than a cell, of a cloud about it."""
    width = float(areas.cell_m or 1)
    wide = pinned & (facts.spread_m > width / 4)
    near = np.flatnonzero(pinned & ~wide)
    far = np.flatnonzero(wide)
    spots = (
        facts.xy[far][:, None, :]
        + facts.spread_m[far].astype(np.float64)[:, None, None] / RADIUS_68 * cloud()
    ).reshape(-1, 2)
    found = hex_of(np.concatenate([facts.xy[near], spots]), width)
    share = np.concatenate([np.ones(len(near)), np.full(len(spots), 1 / POINTS)])
    return numbered(found, areas), share, np.concatenate([near, np.repeat(far, POINTS)])


def cloud() -> Floats:
    """Points of equal weight that stand for a round normal cloud of deviation 1."""
    nth = np.arange(POINTS)
    radius = np.sqrt(-2 * np.log(1 - (nth + 0.5) / POINTS))
    turn = nth * np.pi * (3 - np.sqrt(5))  # the golden angle: no direction comes twice
    return np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])


def numbered(ids: Whole, areas: Areas) -> Whole:
    """Hexagon numbers as indices of the areas; -1 for those off the land."""
    known = np.array([int(one) for one in areas.ids], dtype=np.int64)  # rising, as made
    if not len(known):
        return np.full(len(ids), -1, dtype=np.int64)
    place = np.minimum(np.searchsorted(known, ids), len(known) - 1)
    return np.where(known[place] == ids, place, -1)


def _spread_out(
    village: Whole, share: Floats, of: Whole, areas: Areas
) -> tuple[Whole, Floats, Whole]:
    """Shares of villages without a point, laid evenly over the hexagons of the village."""
    by_village = areas.overlap.tocsc()
    first = by_village.indptr
    known = village >= 0
    here = np.where(known, village, 0)
    many = np.where(known, first[here + 1] - first[here], 1)
    ends = np.cumsum(many)
    row = np.repeat(np.arange(len(village)), many)
    nth = np.arange(len(row)) - np.repeat(ends - many, many)
    cell = np.where(
        known[row],
        by_village.indices[np.minimum(first[here[row]] + nth, len(by_village.indices) - 1)],
        -1,
    )
    part = np.where(
        known[row],
        by_village.data[np.minimum(first[here[row]] + nth, len(by_village.data) - 1)],
        1.0,
    )
    return cell.astype(np.int64), share[row] * part, of[row]


def steps_of(period: Period, step: Step) -> list[date]:
    """First days of the steps that cover the period; the first is that of the period itself."""
    days = [period.since]
    while (following := _following(days[-1], step)) < period.until:
        days.append(following)
    return days


def _following(day: date, step: Step) -> date:
    if step is Step.DAY:
        return day + timedelta(days=1)
    if step is Step.WEEK:
        return day + timedelta(days=7 - day.weekday())
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def lengths_of(steps: Sequence[date], until: date) -> list[int]:
    """Days of each step."""
    ends = [*steps[1:], until]
    return [(end - start).days for start, end in zip(steps, ends, strict=True)]


def step_of(day: NDArray[np.integer], steps: Sequence[date]) -> Whole:
    """(n) the step of each local day since 1970."""
    edges = np.array([(start - _EPOCH).days for start in steps])
    return (np.searchsorted(edges, day, side="right") - 1).astype(np.int64)
