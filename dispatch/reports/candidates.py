"""Where each incident may have happened, as points with chances, for methods that look at points.

A sure one is its pin. A doubtful one is laid over points: those of a round cloud about its pin, or
points spread evenly over a village where there is no pin, or where the cloud does not reach it.
Each village keeps exactly the chance that was recorded of it; what lies elsewhere is left out.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from dispatch.facts import Facts
from dispatch.reports.areas import Areas
from dispatch.reports.ask import Unit
from dispatch.reports.gathering import (
    POINTS,
    RADIUS_68,
    SURE,
    Gathered,
    cloud,
    numbered,
    villages_of,
)
from geo.hotspots.hexagons import hex_of

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

_SLIGHT = 0.01  # a chance below it is no reason to look all over a village
_THIN_M = 15.0  # an outline this coarse tells on which side of a border a cloud's point lies
# Steps by which points in a square never crowd (the plane's golden ratio, after Roberts 2018).
_STEPS = np.array([0.7548776662466927, 0.5698402909980532])


@dataclass(frozen=True, slots=True, eq=False)
class Spots:
    """s places at which incidents may have happened.

    xy        (s, 2) metres
    chance    (s,) that it was there; those of one incident come to 1 or less
    of        (s,) index of the incident
    area      (s,) index of the area about it; -1 elsewhere
    doubtful  (n,) of all incidents: whether it is laid over several, or not wholly at one
    """

    xy: Floats
    chance: Floats
    of: Whole
    area: Whole
    doubtful: Flags

    def __len__(self) -> int:
        return len(self.of)

    @property
    def sure(self) -> bool:
        """Whether each incident is at one place for certain."""
        return not self.doubtful.any()

    @property
    def weights(self) -> Floats | None:
        """As `geo.hotspots` takes them: None where all are 1."""
        return None if self.sure else self.chance


def spots_of(gathered: Gathered, areas: Areas, villages: Areas, fine_m: float) -> Spots:
    """The places of all incidents that have any.

    areas     those of the question; `villages` those of the same edition
    fine_m    a pin that is known as well as this is where it is
    """
    facts = gathered.facts
    pinned, owner = ~np.isnan(facts.xy[:, 0]), facts.owner()
    village = villages_of(facts, villages)
    most = np.zeros(len(facts))
    np.maximum.at(most, owner[village >= 0], facts.share[village >= 0])
    outside = pinned & (most == 0) & (facts.spread_m <= fine_m)
    sure = (pinned & (most >= SURE) & (facts.spread_m <= fine_m)) | outside
    loose = ~sure & (most > 0)
    first, at = _first(owner, facts.share, village, len(facts)), np.flatnonzero(sure)
    spread = _spread(facts, villages, np.flatnonzero(loose), fine_m)
    xy = np.concatenate([facts.xy[at], spread[0]])
    of = np.concatenate([at, spread[2]])
    about = np.concatenate([first[at], spread[3]])
    return Spots(xy, np.concatenate([np.ones(len(at)), spread[1]]), of,
                 _areas_at(xy, about, areas), loose)  # fmt: skip


def _first(owner: Whole, share: NDArray[np.float32], village: Whole, n: int) -> Whole:
    """(n,) the likeliest village of each incident; -1 where it is in none."""
    order = np.argsort(np.where(village >= 0, share, -1), kind="stable")
    first = np.full(n, -1, dtype=np.int64)
    first[owner[order]] = village[order]
    return first


def _spread(
    facts: Facts, villages: Areas, which: Whole, fine_m: float
) -> tuple[Floats, Floats, Whole, Whole]:
    """Points, chances, incidents and villages of those in doubt."""
    some = facts.select(which)
    many, owner, village = len(villages), some.owner(), villages_of(some, villages)
    xy, of = _about_pins(some, fine_m)
    about = _village_at(xy, villages)
    first = _first(owner, some.share, village, len(some))
    # A pier lies in no village: what is off the land belongs to the likeliest one.
    about = np.where(about >= 0, about, first[of])
    kept = village >= 0
    keys, which_key = np.unique(owner[kept] * many + village[kept], return_inverse=True)
    chance = np.bincount(which_key, some.share[kept], minlength=len(keys))
    own = of * many + about
    row = np.minimum(np.searchsorted(keys, own), max(len(keys) - 1, 0))
    known = keys[row] == own
    held = np.bincount(row[known], minlength=len(keys))
    bare = (held == 0) & (chance >= _SLIGHT)
    evenly = _evenly(keys[bare] % many, villages)
    return (
        np.concatenate([xy[known], evenly]),
        np.concatenate(
            [(chance / np.maximum(held, 1))[row[known]], np.repeat(chance[bare] / POINTS, POINTS)]
        ),
        which[np.concatenate([of[known], np.repeat(keys[bare] // many, POINTS)])],
        np.concatenate([about[known], np.repeat(keys[bare] % many, POINTS)]),
    )


def _about_pins(facts: Facts, fine_m: float) -> tuple[Floats, Whole]:
    """The pins that are known well, and a cloud about each of the others."""
    pinned = ~np.isnan(facts.xy[:, 0])
    wide = np.flatnonzero(pinned & (facts.spread_m > fine_m))
    near = np.flatnonzero(pinned & ~(facts.spread_m > fine_m))
    sigma = facts.spread_m[wide].astype(np.float64) / RADIUS_68
    spots = facts.xy[wide][:, None, :] + sigma[:, None, None] * cloud()
    xy = np.concatenate([facts.xy[near], spots.reshape(-1, 2)])
    return xy, np.concatenate([near, np.repeat(wide, POINTS)])


def _village_at(xy: Floats, villages: Areas) -> Whole:
    """(s,) the village about each point; -1 off all of them."""
    thin = shapely.simplify(villages.shapes, _THIN_M)
    point, village = STRtree(thin).query(shapely.points(xy), predicate="intersects")
    found = np.full(len(xy), -1, dtype=np.int64)
    found[point] = village
    return found


def _evenly(village: Whole, villages: Areas) -> Floats:
    """(POINTS for each, 2) points in these villages; of one village no two are the same."""
    made = np.empty((len(village), POINTS, 2))
    for one in np.unique(village):
        rows = np.flatnonzero(village == one)
        made[rows] = _inside(villages.shapes[one], len(rows) * POINTS).reshape(-1, POINTS, 2)
    return made.reshape(-1, 2)


def _inside(shape: BaseGeometry, many: int) -> Floats:
    """(many, 2) points spread evenly over a shape, the same ones each time."""
    west, south, east, north = shape.bounds
    size = np.array([east - west, north - south])
    shapely.prepare(shape)
    found, have, begin = [np.empty((0, 2))], 0, 1
    while have < many:
        at_once = 64 + 2 * (many - have)
        turns = np.arange(begin, begin + at_once)[:, None]
        xy = np.array([west, south]) + (turns * _STEPS % 1) * size
        found.append(xy[shapely.contains_xy(shape, xy[:, 0], xy[:, 1])])
        have, begin = have + len(found[-1]), begin + at_once
    return np.concatenate(found)[:many]


def _areas_at(xy: Floats, village: Whole, areas: Areas) -> Whole:
    """(s,) the area of the question about each point."""
    if areas.unit is Unit.HEXAGON:
        return numbered(hex_of(xy, float(areas.cell_m or 1)), areas)
    which = np.append(np.asarray(areas.overlap.argmax(axis=0)).ravel(), -1)
    return which[village].astype(np.int64)
