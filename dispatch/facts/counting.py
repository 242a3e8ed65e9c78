"""Cases by area, step of time and kind: the table that everything else starts from."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dispatch.facts.columns import ELSEWHERE, Facts, Floats, Whole
from dispatch.rules.withholding import FEWEST, rare, whole_months, whole_weeks
from geo.hotspots.hexagons import hex_of

_EPOCH = date(1970, 1, 1)
_MONDAY = 3  # 1970-01-01 was a Thursday: with so many days more, weeks begin at a multiple of seven
_KEPT = 4  # widths of hexagons
NEARLY = 0.01  # shares of a case are rounded: so much less than FEWEST are as many
MOST_CELLS = 40_000_000  # of the table before empty ones are left out: 320 MB


class Step(StrEnum):
    """How time is cut up."""

    DAY = "hari"
    WEEK = "minggu"  # from Monday
    MONTH = "bulan"
    WHOLE = "semua"  # not at all


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is counted. places: name of each village's area by its index in Facts.villages."""

    since: date
    until: date  # not included
    step: Step = Step.WEEK
    categories: tuple[str, ...] = ()  # (): all
    hours: tuple[int, int] | None = None
    channel: str | None = None
    whole: bool = False  # each case goes to the village the house counts it to, undivided
    split: bool = True  # by kind, too

    @property
    def even(self) -> bool:
        """Whether it is made of whole weeks, or of whole months, and nowhere told by the day.

        Answers to two such questions do not differ by one day (by the odd days between weeks and
        months at the most: docs/decisions/0033-facts-and-jobs.md).
        """
        period = self.since, self.until
        by_weeks = whole_weeks(*period) and self.step in (Step.WEEK, Step.WHOLE)
        return by_weeks or (whole_months(*period) and self.step in (Step.MONTH, Step.WHOLE))

    @property
    def coarse(self) -> bool:
        """Whether it is coarse enough for kinds that point to a person: no hour can be cut out."""
        return self.even and self.hours is None and self.channel is None


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Cells with something in them: n[i] cases in area[i], step[i], of kind[i].

    areas    what area[i] is an index of: codes of villages or districts, numbers of hexagons
    steps    first day of each; step[i] is an index of it
    kinds    codes; kind[i] is an index of it, 0 where kinds are not told apart
    """

    areas: tuple[str | int, ...]
    steps: tuple[date, ...]
    kinds: tuple[str, ...]
    area: Whole
    step: Whole
    kind: Whole
    n: Floats
    total: int  # cases that are meant, the withheld among them
    elsewhere: float  # shares of them in none of the areas, or whose place nobody knows
    withheld: float  # cases of kinds not told like this, or too rare, in all or in their area
    withheld_kinds: int  # of which nothing is told


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What is counted: a row a case, or with `share` and `owner` a row a share."""

    place: Whole  # index of the area, ELSEWHERE for none
    share: Floats | None = None
    owner: Whole | None = None  # index of the case


@dataclass(eq=False)
class Prepared:
    """Facts with what all counts of them need; made once for each reading of the facts."""

    facts: Facts
    owner: NDArray[np.int64] = field(init=False)
    _hexes: dict[int, tuple[Whole, NDArray[np.int32]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.owner = self.facts.owner()

    def hexes(self, width_m: int) -> tuple[Whole, NDArray[np.int32]]:
        """Numbers of all hexagons that hold a case, and in which of them each lies; -1: in none."""
        if width_m not in self._hexes:
            ids = hex_of(self.facts.xy, width_m)
            found, place = np.unique(ids, return_inverse=True)
            lost = int(len(found) > 0 and found[0] == -1)
            if len(self._hexes) >= _KEPT:
                self._hexes.pop(next(iter(self._hexes)))
            self._hexes[width_m] = (found[lost:], (place - lost).astype(np.int32))
        return self._hexes[width_m]


def by_village(
    prepared: Prepared,
    asked: Asked,
    area_of: NDArray[np.int64],
    areas: tuple[str, ...],
    personal: frozenset[str],
) -> Counts:
    """Counts by villages, or by what they are parts of.

    area_of    (villages) index into areas, ELSEWHERE for none
    personal   kinds that point to a person: told of areas with FEWEST cases of them in the period,
               and only where the question is coarse
    """
    facts = prepared.facts
    place = np.append(area_of, ELSEWHERE)  # the last is what ELSEWHERE itself stands for
    rows = Rows(place[facts.counted])
    if not asked.whole:
        rows = Rows(place[facts.village], facts.share.astype(np.float64), prepared.owner)
    return _table(facts, asked, areas, rows, frozenset() if asked.coarse else personal, personal)


def by_hexagon(prepared: Prepared, asked: Asked, width_m: int, personal: frozenset[str]) -> Counts:
    """Counts by hexagons, each case in the one of its pin. Without a pin: elsewhere.

    Of each kind a hexagon is told with FEWEST cases of it in the period, or it is not named at all.

    personal   kinds that point to a person: not told as finely as this
    """
    ids, place = prepared.hexes(width_m)
    rows = Rows(place.astype(np.int64))
    every = frozenset(prepared.facts.categories)
    counts = _table(prepared.facts, asked, tuple(ids.tolist()), rows, personal, every)
    return only_told(counts)


def only_told(counts: Counts) -> Counts:
    """Without the areas of which nothing is told: that something lies there is told by a name."""
    told = np.bincount(counts.area, minlength=len(counts.areas)) > 0
    areas = tuple(counts.areas[at] for at in np.flatnonzero(told))
    return replace(counts, areas=areas, area=(np.cumsum(told) - 1)[counts.area])


def _table(
    facts: Facts,
    asked: Asked,
    areas: tuple[str | int, ...],
    rows: Rows,
    hidden: frozenset[str],
    scarce: frozenset[str],
) -> Counts:
    """scarce: kinds that are told of areas with FEWEST cases of them, and of no others."""
    meant = facts.mask(asked.since, asked.until, asked.categories, asked.hours, asked.channel)
    total = int(np.count_nonzero(meant))
    out = _withheld(facts, meant, hidden)
    meant &= ~np.append(out, False)[facts.category]
    shown = int(np.count_nonzero(meant))
    # A kind that came after the catalogue was read: nobody knows whether it may be told.
    meant &= facts.category >= 0
    steps, step = steps_of(facts.day, asked)
    kinds = facts.categories if asked.split else ("",)
    key = step * len(kinds) + (facts.category if asked.split else 0)
    key[~meant] = -1
    key = key if rows.owner is None else key[rows.owner]
    used = np.flatnonzero((key >= 0) & (rows.place >= 0))
    few = _too_few(facts, rows, used, len(areas), scarce)
    told, untold = used[~few], used[few]
    size = len(areas) * len(steps) * len(kinds)
    flat = rows.place[told] * (len(steps) * len(kinds)) + key[told]
    sums = _sums(flat, None if rows.share is None else rows.share[told], size)
    fewer = len(untold) if rows.share is None else float(rows.share[untold].sum())
    return Counts(
        areas,
        steps,
        kinds,
        sums[0] // (len(steps) * len(kinds)),
        sums[0] // len(kinds) % len(steps),
        sums[0] % len(kinds),
        sums[1],
        total,
        max(0.0, shown - fewer - float(sums[1].sum())),
        total - shown + fewer,
        int(np.count_nonzero(out)),
    )


def _too_few(
    facts: Facts, rows: Rows, used: Whole, areas: int, scarce: frozenset[str]
) -> NDArray[np.bool_]:
    """(used) Which rows are of a kind with fewer than FEWEST cases in their area, all steps summed.

    Also where kinds are not told apart: else what is withheld would be the rest of a subtraction.
    """
    kinds = len(facts.categories)
    owner = used if rows.owner is None else rows.owner[used]
    cell = rows.place[used] * kinds + facts.category[owner]
    share = None if rows.share is None else rows.share[used]
    held = np.bincount(cell, weights=share, minlength=areas * kinds)
    few = (held < FEWEST - NEARLY) & np.tile([kind in scarce for kind in facts.categories], areas)
    return np.asarray(few[cell])


def _sums(flat: Whole, weights: Floats | None, size: int) -> tuple[Whole, Floats]:
    """Places that hold anything, rising, and how much."""
    if size <= MOST_CELLS:
        held = np.bincount(flat, weights=weights, minlength=size)
        places = np.flatnonzero(held)
        return places, held[places].astype(np.float64)
    places, back = np.unique(flat, return_inverse=True)  # few of very many: slower, but it fits
    return places, np.bincount(back, weights=weights, minlength=len(places)).astype(np.float64)


def _withheld(facts: Facts, meant: NDArray[np.bool_], hidden: frozenset[str]) -> NDArray[np.bool_]:
    """(categories) of which nothing is told: too rare in the period, or hidden as such."""
    known = facts.category[meant & (facts.category >= 0)]
    counts = np.bincount(known, minlength=len(facts.categories))
    few = rare(dict(zip(facts.categories, counts.tolist(), strict=True)))
    return np.array(
        [
            code in few or (code in hidden and count > 0)
            for code, count in zip(facts.categories, counts, strict=True)
        ],
        dtype=np.bool_,
    )


def steps_of(day: NDArray[np.int32], asked: Asked) -> tuple[tuple[date, ...], Whole]:
    """First days of the steps of a period, and in which step each day lies; only true inside it."""
    first, last = (asked.since - _EPOCH).days, (asked.until - _EPOCH).days - 1
    if asked.step is Step.DAY:
        return _days(first, last, 1), day.astype(np.int64) - first
    if asked.step is Step.WEEK:
        begin = (first + _MONDAY) // 7 * 7 - _MONDAY
        return _days(begin, last, 7), (day.astype(np.int64) - begin) // 7
    if asked.step is Step.WHOLE:
        return (asked.since,), np.zeros(len(day), dtype=np.int64)
    return _months(day, asked.since, asked.until)


def _days(first: int, last: int, each: int) -> tuple[date, ...]:
    return tuple(_EPOCH + timedelta(days=at) for at in range(first, last + 1, each))


def _months(day: NDArray[np.int32], since: date, until: date) -> tuple[tuple[date, ...], Whole]:
    end = until - timedelta(days=1)
    count = (end.year - since.year) * 12 + end.month - since.month + 1
    months = [divmod(since.year * 12 + since.month - 1 + at, 12) for at in range(count)]
    starts = tuple(date(year, month + 1, 1) for year, month in months)
    edges = np.array([(start - _EPOCH).days for start in starts])
    # A table of days: a lookup for each case instead of a search.
    first = int(edges[0])
    table = np.searchsorted(edges, np.arange(first, (until - _EPOCH).days), side="right") - 1
    return starts, table[(day - first).clip(0, len(table) - 1)].astype(np.int64)


def districts(
    district_of: Mapping[str, str], villages: tuple[str, ...]
) -> tuple[tuple[str, ...], Whole]:
    """Codes of the districts, rising, and which of them each village lies in."""
    codes = tuple(sorted({district_of[v] for v in villages if v in district_of}))
    place = {code: at for at, code in enumerate(codes)}
    of = [place.get(district_of.get(village, ""), ELSEWHERE) for village in villages]
    return codes, np.array(of, dtype=np.int64)
