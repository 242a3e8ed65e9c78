"""Cases as chunks of numbers, for counting more of them than one process should hold.

Read a chunk at a time here, or written into a folder from which workers of other machines read:
they need no way to the database, and what they count no longer changes.
"""

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import text

from dispatch import log
from dispatch.facts.columns import Facts
from dispatch.facts.counting import NEARLY, Asked, Counts, only_told, steps_of
from dispatch.facts.keeping import Look
from dispatch.facts.reading import MOST, Keys, empty, join, read_some
from dispatch.ground import Ground
from dispatch.rules.withholding import FEWEST, rare
from geo.hotspots.grid import Bounds, project_shape, zone_of
from geo.hotspots.many import Ask, Chunk, Sums
from geo.hotspots.many.sums import UNIT

Whole = NDArray[np.int64]

EACH = 500_000  # ids to a chunk: some 40 MB
_EPOCH = date(1970, 1, 1)
_90_OF_68 = float(np.sqrt(np.log(0.1) / np.log(0.32)))  # radius of 90 % to that of 68 %
_ENDS = text("SELECT coalesce(min(id), 1), coalesce(max(id), 0) FROM incident")


@dataclass(frozen=True, slots=True)
class Rows:
    """A Source of geo.hotspots.many: all cases that `look` (as ANALYST) sees, by runs of their ids.

    It holds the way to the database, so it cannot be sent to workers: `save` it into a folder.
    Cases that change between two readings of a chunk are counted as they were at the last.
    """

    look: Look
    ground: Ground
    asked: Asked
    now: datetime
    first: int  # id
    last: int
    each: int = EACH

    def __len__(self) -> int:
        return -(-(self.last + 1 - self.first) // self.each)

    def read(self, number: int) -> Chunk:
        """Those of its ids that there are, and that hours and channel let through."""
        begin = self.first + number * self.each
        end = min(begin + self.each, self.last + 1)
        with self.look() as session:
            here = log.here(session)
            none = empty(Keys.read(session, self.ground), here, self.now)
            runs = (range(at, min(at + MOST, end)) for at in range(begin, end, MOST))
            parts = [read_some(session, self.ground, run, here, self.now) for run in runs]
        facts = join([none, *parts])
        asked = self.asked
        if asked.hours is not None or asked.channel is not None:
            facts = facts.select(facts.mask(hours=asked.hours, channel=asked.channel))
        return chunk_of(facts, whole=asked.whole)


def rows(look: Look, ground: Ground, asked: Asked, now: datetime, each: int = EACH) -> Rows:
    """All cases that there are now; those taken later are not counted."""
    with look() as session:
        first, last = session.execute(_ENDS).one()
    return Rows(look, ground, asked, now, first, last, each)


def chunk_of(facts: Facts, *, whole: bool = False) -> Chunk:
    """The columns that are counted. whole: each case in the village the house counts it to."""
    n = len(facts)
    return Chunk(
        facts.day,
        facts.category,
        facts.xy,
        (facts.spread_m * _90_OF_68).astype(np.float32),
        np.arange(n + 1, dtype=np.int64) if whole else facts.start,
        facts.counted if whole else facts.village,
        np.ones(n, dtype=np.float32) if whole else facts.share,
    )


def ask_of(
    asked: Asked,
    ground: Ground,
    *,
    hex_m: float | None = None,
    cells: int | None = None,
    hidden: frozenset[str] = frozenset(),
) -> Ask:
    """The question as it is put to all chunks. hidden: kinds not counted by hexagon and cell."""
    kinds = tuple(ground.catalogue.categories)
    fine = hex_m is not None or cells is not None
    # The first week begins before the period: its days before are not meant.
    days = [asked.since, *steps_of(np.empty(0, np.int32), asked)[0][1:], asked.until]
    return Ask(
        edges=tuple((day - _EPOCH).days for day in days),
        villages=len(ground.locator.villages),
        kinds=len(kinds),
        only=_places(kinds, frozenset(asked.categories)) if asked.categories else None,
        finely=_places(kinds, frozenset(kinds) - hidden),
        bounds=bounds_m(ground) if fine else None,
        hex_m=hex_m,
        cells=cells,
    )


def bounds_m(ground: Ground) -> Bounds:
    """West, south, east, north of the regency, in metres of the zone of Facts.xy."""
    west, south, east, north = ground.bounds
    zone = zone_of((west + east) / 2, (south + north) / 2)
    # Corners alone would cut off what bulges between them.
    edge = shapely.segmentize(shapely.box(west, south, east, north), 0.05)
    low_x, low_y, high_x, high_y = project_shape(edge, zone).bounds
    return float(low_x), float(low_y), float(high_x), float(high_y)


def counts_by_village(
    sums: Sums,
    asked: Asked,
    ground: Ground,
    area_of: Whole,
    areas: tuple[str, ...],
    personal: frozenset[str],
) -> Counts:
    """As dispatch.facts.counting.by_village, from sums."""
    table = np.zeros((len(areas), *sums.village.shape[1:]), dtype=np.int64)
    there = area_of >= 0
    np.add.at(table, area_of[there], sums.village[there])
    hidden = frozenset() if asked.coarse else personal
    return _counts(sums, asked, ground, areas, (table, UNIT), hidden, personal)


def counts_by_hexagon(sums: Sums, asked: Asked, ground: Ground, personal: frozenset[str]) -> Counts:
    """As dispatch.facts.counting.by_hexagon, of the hexagons that touch the regency's bounds."""
    held = np.flatnonzero(sums.hexagon.any(axis=(1, 2)))
    areas = tuple(sums.ask.hex_ids[held].tolist())
    every = frozenset(ground.catalogue.categories)
    counts = _counts(sums, asked, ground, areas, (sums.hexagon[held], 1), personal, every)
    return only_told(counts)


def _counts(
    sums: Sums,
    asked: Asked,
    ground: Ground,
    areas: tuple[str | int, ...],
    held: tuple[Whole, int],
    hidden: frozenset[str],
    scarce: frozenset[str],
) -> Counts:
    """held: (areas, steps, kinds), and how many units of it are a case."""
    table, unit = held
    kinds = tuple(ground.catalogue.categories)
    known = sums.meant[:-1]
    few = rare(dict(zip(kinds, known.tolist(), strict=True)))
    out = np.array([kind in few or kind in hidden for kind in kinds]) & (known > 0)
    table = np.where(out, 0, table)
    by_area = table.sum(axis=1)
    too_few = (by_area < (FEWEST - NEARLY) * unit) & np.array([kind in scarce for kind in kinds])
    table = np.where(too_few[:, np.newaxis, :], 0, table)
    if not asked.split:
        kinds, table = ("",), table.sum(axis=2, keepdims=True)
    area, step, kind = np.nonzero(table)
    withheld = int(known[out].sum()) + int(by_area[too_few].sum()) / unit
    counted = int(table.sum()) / unit
    return Counts(
        areas,
        steps_of(np.empty(0, np.int32), asked)[0],
        kinds,
        area,
        step,
        kind,
        table[area, step, kind] / unit,
        sums.incidents,
        max(0.0, sums.incidents - withheld - counted),
        withheld,
        int(np.count_nonzero(out)),
    )


def _places(kinds: tuple[str, ...], chosen: frozenset[str]) -> tuple[int, ...]:
    return tuple(place for place, kind in enumerate(kinds) if kind in chosen)
