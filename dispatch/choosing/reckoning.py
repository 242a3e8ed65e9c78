"""When which unit would be where: rows of units and places of incidents to distributions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from dispatch.choosing.spots import Place
from dispatch.ground import Ground
from dispatch.prepared import Prepared
from dispatch.rows import AnyRow
from dispatch.rules import eta
from dispatch.rules.eta import Arrivals
from dispatch.rules.whereabouts import Fix, Whereabouts, at_post, growth_of, whereabouts
from geo.point import Point
from geo.routing import Leg, NoRoute, Start
from geo.shapes import Floats, Ints

_ROAD, _LINE, _SEA = "*", "garis", "laut"  # kinds of SpeedFactor whose spread counts for a way
_SPREADS = Prepared(
    "spreads",
    "SELECT kind, band, sd FROM speed_factor WHERE kind = ANY(CAST(:kinds AS text[])) AND sd > 0",
)


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """Units with where they may be.

    owners    (starts,) number of the unit of each start
    """

    rows: Sequence[AnyRow]
    places: Sequence[Whereabouts]
    at_post: Sequence[bool]
    starts: Sequence[Start]
    owners: Ints

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Spreads:
    """What own journeys taught of how travel times scatter: by kind and band."""

    learned: Mapping[tuple[str, str], float]
    usual: float  # until they did

    def of(self, basis: str, band: str) -> float:
        """Of the logarithm, for a way found like that."""
        kind = _LINE if basis.startswith("garis") else _SEA if basis == "laut" else _ROAD
        for key in ((kind, band), (kind, "*")):
            if key in self.learned:
                return self.learned[key]
        return self.usual


def read_spreads(session: Session, ground: Ground) -> Spreads:
    """From the table of learned factors."""
    rows = _SPREADS.run(session, {"kinds": [_ROAD, _LINE, _SEA]})
    return Spreads({(r.kind, r.band): r.sd for r in rows}, ground.regency.plans.travel_sd)


def fleet(rows: Sequence[AnyRow], ground: Ground, now: datetime) -> Fleet:
    """Where the units of these rows (candidates.sql) may be."""
    places, posts, starts, owners = [], [], [], []
    for number, row in enumerate(rows):
        station = Point(lon=row.station_lon, lat=row.station_lat)
        fix = fix_of(row, now)
        home = at_post(fix, station, ground.regency.plans.growth)
        place = _place(row, fix, station, home, ground)
        places.append(place)
        posts.append(home and row.state == "siap")
        starts += [Start(spot, row.kind, row.by_sea) for spot in place.spots]
        owners += [number] * len(place.spots)
    return Fleet(rows, places, posts, starts, np.array(owners, dtype=np.intp))


def fix_of(row: AnyRow, now: datetime) -> Fix | None:
    """What the unit said last; a clock that runs ahead makes no fix younger than now."""
    if row.fix_at is None:
        return None
    age_s = max(0.0, (now - row.fix_at).total_seconds())
    return Fix(Point(lon=row.lon, lat=row.lat), age_s, row.fix_accuracy_m)


def _place(row: AnyRow, fix: Fix | None, station: Point, home: bool, ground: Ground) -> Whereabouts:
    rules, regency = ground.regency.plans.growth, ground.regency
    return whereabouts(
        fix,
        # Without a fix the row's own position counts: the station's, or where it was put.
        Point(lon=row.lon, lat=row.lat) if fix is None else station,
        growth_of(row.state, regency.speed_of(row.kind), home, rules),
        rules,
        stale_s=regency.positions.stale_s,
        lost_s=regency.positions.lost_s,
        assumed=row.assumed,
    )


def arrivals(
    units: Fleet,
    place: Place,
    target_s: float,
    ground: Ground,
    spreads: Spreads,
    now: datetime,
) -> Arrivals:
    """When each unit is there, from now on."""
    return arrivals_at(units, [place], [target_s], ground, spreads, now)[0]


def arrivals_at(
    units: Fleet,
    places: Sequence[Place],
    targets_s: Sequence[float],
    ground: Ground,
    spreads: Spreads,
    now: datetime,
) -> list[Arrivals]:
    """As arrivals() for several places; the router is asked once for all of them."""
    spots = [spot for place in places for spot in place.spots]
    times_s = ground.router.times(units.starts, spots, now)
    ends = np.cumsum([len(place.spots) for place in places])[:-1]
    return [
        _mixed(units, block, place, target_s, ground, spreads, now)
        for block, place, target_s in zip(
            np.split(times_s, ends, axis=1), places, targets_s, strict=True
        )
    ]


def _mixed(
    units: Fleet,
    times_s: Floats,
    place: Place,
    target_s: float,
    ground: Ground,
    spreads: Spreads,
    now: datetime,
) -> Arrivals:
    rules = ground.regency.plans.turnout
    travel_s, weight = eta.crossed(times_s, units.owners, place.weight)
    turnout_s = [
        rules.mean_s(row.kind, home, row.silent_since is not None)
        for row, home in zip(units.rows, units.at_post, strict=True)
    ]
    sds = _spreads_of(units, place, ground, spreads, now)
    return eta.arrivals(travel_s, weight, np.array(turnout_s), sds, target_s, rules.sd)


def _spreads_of(
    units: Fleet, place: Place, ground: Ground, spreads: Spreads, now: datetime
) -> Floats:
    """(units,) of the logarithm of the travel time."""
    if not spreads.learned:
        return np.full(len(units), spreads.usual)
    basis, band = _basis(ground, units, place, now)
    return np.array([spreads.of(_SEA if row.by_sea else basis, band) for row in units.rows])


def _basis(ground: Ground, units: Fleet, place: Place, now: datetime) -> tuple[str, str]:
    """How the router finds ways by land just now, and the band of hours: asked of the nearest."""
    by_land = [start for start in units.starts if not start.by_sea]
    if not by_land:
        return "", "*"
    nearest = min(by_land, key=lambda start: start.point.distance_m(place.middle))
    leg = ground.router.legs([nearest], place.middle, now)[0]
    return (leg.basis, leg.band) if isinstance(leg, Leg) else ("", "*")


def legs_of(
    units: Fleet, numbers: Sequence[int], place: Place, ground: Ground, now: datetime
) -> list[Leg | NoRoute]:
    """The way of each of these units from the likeliest point of where it may be."""
    starts = [
        Start(units.places[n].point, units.rows[n].kind, units.rows[n].by_sea) for n in numbers
    ]
    return ground.router.legs(starts, place.middle, now) if starts else []
