"""What a count of a village can be held against: its people, its land, its roads."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.cover.people import people_of
from dispatch.ground import Ground

Floats = NDArray[np.float64]

_AREAS = text(
    "SELECT code, ST_Area(area::geography) / 1e6 AS km2 FROM village WHERE edition_id = :edition"
)
# A road counts where its middle lies: roads between two junctions are short, villages are not.
_ROADS = text(
    "SELECT ST_X(p) AS lon, ST_Y(p) AS lat, length_m / 1000 AS km"
    "  FROM (SELECT ST_LineInterpolatePoint(r.course, 0.5) AS p, r.length_m"
    "          FROM road AS r JOIN road_network AS n ON n.id = r.network_id"
    "         WHERE n.in_force AND r.kind <> ALL (:apart)) AS middle"
)
# Nobody drives, falls or reports a pothole on a ferry.
_APART = ["ferry"]


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """A number of each village, in the order of `codes`; NaN: not known."""

    codes: tuple[str, ...]
    population: Floats
    area_km2: Floats
    road_km: Floats  # NaN everywhere without a network of roads


def read_exposure(session: Session, ground: Ground) -> Exposure:
    """Of the villages of the edition in force, as Facts.villages names them."""
    codes = tuple(village.code for village in ground.locator.villages)
    edition = {"edition": ground.locator.edition_id}
    lives = zip(codes, people_of(session, ground.locator), strict=True)
    people: dict[str, float] = {code: n for code, n in lives if n}
    areas = {r.code: r.km2 for r in session.execute(_AREAS, edition)}
    return Exposure(codes, _of(codes, people), _of(codes, areas), _road_km(session, ground))


def _of(codes: tuple[str, ...], known: dict[str, float]) -> Floats:
    return np.array([known.get(code, np.nan) for code in codes], dtype=np.float64)


def _road_km(session: Session, ground: Ground) -> Floats:
    """(villages) kilometres of road, each road once."""
    rows = session.execute(_ROADS, {"apart": _APART}).all()
    areas = ground.locator.areas
    if not rows:
        return np.full(len(areas), np.nan)
    middles = shapely.points([(row.lon, row.lat) for row in rows])
    which, village = shapely.STRtree(middles).query(areas, predicate="intersects")[::-1]
    # A middle on a shared border belongs to the first of the two, not to both.
    _, first = np.unique(which, return_index=True)
    km = np.array([row.km for row in rows])
    sums = np.bincount(village[first], weights=km[which[first]], minlength=len(areas))
    return sums.astype(np.float64)
