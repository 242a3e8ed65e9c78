"""How soon each part of the land is reached from where units stand: reckoned once, then kept.

Kept for a router, an edition of the boundaries and a band of hours; where one of these changes,
all is reckoned anew when it is asked for. A ferry's timetable within the band is not followed.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.cover.people import people_of
from dispatch.cover.standing import Standing
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.schema import Station, Unit
from geo.coverage import Demand, Floats
from geo.locator import Locator
from geo.point import Point
from geo.routing import Router, Start
from geo.routing.rules import Hours

POINTS = 6  # that stand for a village
CELL = 0.003  # degrees, about 330 m: units as near to one another as this reach as far
MOST_KEPT = 1_000  # rows of times, those asked for last; about 5 kB each
MOST_BANDS = 6  # of hours with speeds of their own that are kept
STEP = 6  # posts that are reckoned at once where others should not wait long
_Key = tuple[int, int, str, bool]


@dataclass(slots=True)
class Reaches:
    """Travel times from places to all points of the demand, and to stations. Threads may share it.

    goals  the points of the demand, then the stations
    """

    router: Router
    locator: Locator
    band: str  # of hours: roads are quicker at night
    demand: Demand
    stations: Sequence[AnyRow]  # id, name, position
    goals: list[Point]
    _rows: OrderedDict[_Key, NDArray[np.float32]] = field(default_factory=OrderedDict)
    _adding: threading.Lock = field(default_factory=threading.Lock)

    def travel_s(self, starts: Sequence[Start], when: datetime) -> Floats:
        """(starts, points) seconds, NaN where there is no way."""
        return self._times(starts, when)[:, : len(self.demand.weights)]

    def to_stations_s(self, starts: Sequence[Start], when: datetime) -> Floats:
        """(starts, stations) seconds, NaN where there is no way."""
        return self._times(starts, when)[:, len(self.demand.weights) :]

    def _times(self, starts: Sequence[Start], when: datetime) -> Floats:
        keys = [_key(start) for start in starts]
        with self._adding:
            unknown = dict(zip(reversed(keys), reversed(starts), strict=True))
            unknown = {key: start for key, start in unknown.items() if key not in self._rows}
            if unknown:
                times = self.router.times(list(unknown.values()), self.goals, when)
                self._rows.update(zip(unknown, times.astype(np.float32), strict=True))
            rows = [self._rows[key] for key in keys]
            for key in keys:
                self._rows.move_to_end(key)
            while len(self._rows) > MOST_KEPT:
                self._rows.popitem(last=False)
        return np.array(rows, dtype=np.float64).reshape(len(starts), len(self.goals))

    def arrival_s(self, units: Sequence[Standing], ground: Ground, when: datetime) -> Floats:
        """(units, points) from the order until they are there, from where they are now."""
        return self.travel_s([u.start for u in units], when) + _turnout_s(units, ground, home=False)

    def from_posts_s(self, units: Sequence[Standing], ground: Ground, when: datetime) -> Floats:
        """The same as if every unit stood free at its post."""
        return self.travel_s([u.home for u in units], when) + _turnout_s(units, ground, home=True)


_kept: list[Reaches] = []
_reading = threading.Lock()


def reaches(session: Session, ground: Ground, now: datetime) -> Reaches:
    """Those of the ways, boundaries and hours in force; new ones where these changed."""
    band = _band(ground, now)
    with _reading:
        same = [k for k in _kept if k.router is ground.router and k.locator is ground.locator]
        if (known := next((k for k in same if k.band == band), None)) is not None:
            return known
        land = (k.demand for k in _kept if k.locator is ground.locator)
        made = _read(session, ground, band, next(land, None))
        _kept[:] = [made, *same][:MOST_BANDS]
        return made


def _band(ground: Ground, now: datetime) -> str:
    """Name of the band of hours whose speeds are driven now; empty in the usual hours."""
    bands = ground.regency.roads.bands
    band = Hours(ground.regency.hours.zone, bands).band_at(now)
    return band.name if band else ""


def _read(session: Session, ground: Ground, band: str, demand: Demand | None) -> Reaches:
    demand = demand or _demand(session, ground.locator)
    stations = session.execute(
        select(Station.id, Station.name, Station.position).order_by(Station.id)
    ).all()
    goals = [Point(lon=float(lon), lat=float(lat)) for lon, lat in demand.spots]
    goals += [station.position for station in stations]
    return Reaches(ground.router, ground.locator, band, demand, stations, goals)


def warm(session: Session, ground: Ground, now: datetime) -> int:
    """Reckon from all posts now, so that nobody waits for it later. Returns how many rows."""
    return sum(warming(session, ground, now))


def warming(session: Session, ground: Ground, now: datetime) -> Iterator[int]:
    """As warm(), in small steps: with the database before the first, without it from there on."""
    rows = session.execute(
        select(Station.position, Unit.kind, Unit.by_sea)
        .join(Unit, Unit.station_id == Station.id)
        .where(Unit.active)
        .distinct()
    ).all()
    starts = sorted((Start(row.position, row.kind, row.by_sea) for row in rows), key=_key)
    known = reaches(session, ground, now)
    some = (starts[n : n + STEP] for n in range(0, len(starts), STEP))
    return (len(known.travel_s(step, now)) for step in some)


def _demand(session: Session, locator: Locator) -> Demand:
    return Demand.of(locator.areas, people_of(session, locator), POINTS)


def _key(start: Start) -> _Key:
    at = start.point
    return (round(at.lon / CELL), round(at.lat / CELL), start.kind, start.by_sea)


def _turnout_s(units: Sequence[Standing], ground: Ground, *, home: bool) -> Floats:
    rules = ground.regency.plans.turnout
    return np.array([[rules.mean_s(u.kind, home or u.at_post)] for u in units]).reshape(-1, 1)
