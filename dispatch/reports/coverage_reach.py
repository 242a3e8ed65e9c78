"""How soon units at their posts reach many places: by road, by the straight line, by boat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import shapely

from dispatch.cover.standing import Standing
from dispatch.ground import Ground
from dispatch.reports.ask import BadAsk
from geo.coverage import Demand, Flags, Floats, Ints
from geo.coverage.isochrones import Plots, TooFine, by_router
from geo.coverage.reach import Places, Reached, reached
from geo.locator import Locator
from geo.point import Point
from geo.routing import Router, Start
from geo.routing.crow import metres_between
from geo.routing.house import HouseRouter
from geo.routing.land import Lands

_KMH = 3.6
_FIELDS = 3  # that are kept
_LEEWAY, _QUAY_M = 1.5, 3_000.0
Starts = Sequence[Start]
Part = tuple[Ints, Floats]  # numbers of places, and their seconds


class Spots:
    """Places that are asked for again and again, with where they meet the roads."""

    def __init__(self, spots: Floats, router: Router) -> None:
        self.points = [Point(lon=lon, lat=lat) for lon, lat in spots.tolist()]
        self.house = router if isinstance(router, HouseRouter) else None
        self.roads = self.house.overland.roads if self.house else None
        self.near = self._near()
        self.off = np.flatnonzero(~self.near.near()) if self.near else np.arange(len(spots))
        self.coast = self._coast(spots)

    def _near(self) -> Places | None:
        if self.house is None or self.roads is None:
            return None
        return Places.of(self.roads, self.points, self.house.overland.lands)

    def _coast(self, spots: Floats) -> Flags:
        """Which of them a boat could help."""
        if self.house is None or self.house.sea is None:
            return np.zeros(len(spots), dtype=bool)
        lands: Lands = self.house.overland.lands
        shore = shapely.boundary(lands.whole)
        shapely.prepare(shore)
        near: Flags = shapely.dwithin(
            shore, shapely.points(spots * lands.metres), self.house.sea.rules.near_m
        )
        return near


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """The plots of a regency with the ways to them."""

    router: Router
    locator: Locator
    plots: Plots
    spots: Spots


# Locators and routers are never changed, only swapped for others: a worker keeps the last fields.
_fields: list[Field] = []


def field_of(router: Router, locator: Locator, cell_m: int) -> Field:
    """Squares over all villages; once for a router, an edition and a size. Raises BadAsk."""
    for one in _fields:
        if one.router is router and one.locator is locator and one.plots.side_m == cell_m:
            return one
    land = shapely.union_all(np.array(locator.areas, dtype=object))
    try:
        plots = Plots.over(land, float(cell_m), within=land)
    except TooFine as error:
        raise BadAsk("cell_m", "terlalu halus untuk wilayah ini; beri angka besar") from error
    made = Field(router, locator, plots, Spots(plots.spots(), router))
    _fields[:] = [made, *_fields][:_FIELDS]
    return made


def spots_of_demand(router: Router, demand: Demand) -> Spots:
    """The points that stand for villages."""
    return Spots(demand.spots, router)


def reach(
    ground: Ground,
    units: Sequence[Standing],
    spots: Spots,
    limit_s: float,
    when: datetime,
) -> Reached:
    """From the order until each place is reached, by each unit from its post.

    Ferries are followed only to places that no road leads to.
    """
    rules = ground.regency.plans.turnout
    delays_s = np.array([rules.mean_s(unit.kind, True) for unit in units], dtype=np.float64)
    homes = [unit.home for unit in units]
    return reach_from(ground.router, homes, delays_s, spots, limit_s, when)


def reach_from(
    router: Router,
    starts: Starts,
    delays_s: Floats,
    spots: Spots,
    limit_s: float,
    when: datetime,
) -> Reached:
    """The same from any starts, each of which sets out after its delay."""
    left_s = np.maximum(limit_s - delays_s, 0.0)
    found: list[list[Part]] = [[] for _ in starts]
    boats = [n for n, start in enumerate(starts) if start.by_sea]
    land = [n for n, start in enumerate(starts) if not start.by_sea]
    joined = _joined(spots, starts)
    drive = [n for n in land if joined[n]]
    walk = [n for n in land if not joined[n]]
    if drive and spots.roads is not None and spots.near is not None:
        some = [starts[n] for n in drive]
        _add(found, drive, reached(spots.roads, some, spots.near, left_s[drive].tolist(), when))
        _add(found, drive, _asked(router, some, spots, spots.off, left_s[drive], when), spots.off)
    every = np.arange(len(spots.points))
    if walk:
        some = [starts[n] for n in walk]
        _add(found, walk, _asked(router, some, spots, every, left_s[walk], when))
    for n in boats:
        which = _in_sight(starts[n], spots, float(left_s[n]))
        _add(found, [n], _asked(router, [starts[n]], spots, which, left_s[[n]], when), which)
    return Reached.of(len(every), [_whole(parts) for parts in found]).later(delays_s)


def _joined(spots: Spots, starts: Starts) -> list[bool]:
    """Whether each start is near a road."""
    if spots.roads is None:
        return [False] * len(starts)
    return [bool(joins) for joins in spots.roads.joins([start.point for start in starts])]


def _asked(
    router: Router, starts: Starts, spots: Spots, which: Ints, limits_s: Floats, when: datetime
) -> Reached:
    """By the router's own times, of some places, which are numbered anew."""
    places = [spots.points[n] for n in which.tolist()]
    return by_router(router, starts, places, limits_s.tolist(), when)


def _in_sight(boat: Start, spots: Spots, limit_s: float) -> Ints:
    """Places on the coast that the boat could be at in time if no land were in between."""
    if spots.house is None or spots.house.sea is None:
        return np.empty(0, dtype=np.int64)
    rules = spots.house.sea.rules
    far_m = limit_s * rules.speed_kmh_by_kind.get(boat.kind, rules.speed_kmh) / _KMH
    coast = np.flatnonzero(spots.coast)
    away_m = metres_between([boat.point], [spots.points[n] for n in coast.tolist()])[0]
    # It may be noted inland of its quay, and the learned speed may be higher.
    seen: Ints = coast[away_m <= far_m * _LEEWAY + _QUAY_M]
    return seen


def _add(
    found: list[list[Part]], whose: Sequence[int], some: Reached, names: Ints | None = None
) -> None:
    """Put what some starts reach with the rest; `names` of the places, where numbered anew."""
    for row, n in enumerate(whose):
        own = slice(int(some.at[row]), int(some.at[row + 1]))
        place = some.place[own]
        found[n].append((place if names is None else names[place], some.seconds[own]))


def _whole(parts: Sequence[Part]) -> Part:
    none: Part = np.empty(0, dtype=np.int64), np.empty(0)
    places, seconds = zip(none, *parts, strict=True)
    return np.concatenate(places), np.concatenate(seconds)
