"""One village look-up in the process against shapely's STRtree and a PostGIS round trip.

    python -m tests.benches.bench_village_at

Prints microseconds and ratios of this run, and counts answers that differ from ST_Covers.
Needs TEST_ADMIN_URL, the superuser's address of a throw-away cluster; makes one without it.
"""

# ruff: noqa: T201 - what it prints is what it is for

import csv
import sys
import tracemalloc
from collections.abc import Callable
from time import perf_counter

import numpy as np
import shapely
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from geo.locator import Locator
from geo.point import Point
from geo.shapes import border_pieces
from geo.villages import find_village, villages_of
from tests.cluster import admin_url, as_role, database
from tests.geo.conftest import JEPARA, publish, village_rows
from tests.shared import shared

ROUNDS, A_ROUND = 5, 2000
GOAL = 0.25  # of STRtree + prepared, at the median
LookUp = Callable[[float, float], str | None]
Points = list[tuple[float, float]]

ONE = text("""
    SELECT code FROM village WHERE edition_id = :edition_id
       AND ST_Covers(area, ST_SetSRID(ST_MakePoint(:lon, :lat), 4326))
     ORDER BY code LIMIT 1
""")
MANY = text("""
    SELECT (SELECT code FROM village WHERE edition_id = :edition_id
               AND ST_Covers(area, ST_SetSRID(ST_MakePoint(x, y), 4326))
             ORDER BY code LIMIT 1)
      FROM unnest(CAST(:x AS float8[]), CAST(:y AS float8[])) WITH ORDINALITY AS p (x, y, n)
     ORDER BY n
""")


def main() -> int:
    """Exit code 1 when an answer differs or the goal is missed."""
    with admin_url() as admin, database(admin, "empty") as name:
        engine = create_engine(as_role(admin, "tanggap_owner", name))
        with Session(engine) as session:
            edition_id = publish(session, "bench", village_rows(shared(JEPARA)))
            session.execute(text("ANALYZE village"))
            missed = measure(session, edition_id)
        engine.dispose()
    return int(missed)


def measure(session: Session, edition_id: int) -> bool:
    locator = build(session)
    shapes = np.array([village.area for village in villages_of(session, edition_id)])
    codes = [village.code for village in villages_of(session, edition_id)]
    differ = sum(
        differences(session, edition_id, locator, kind, points)
        for kind, points in point_sets(shapes).items()
    )
    ways = look_ups(session, edition_id, locator, shapes, codes)
    ratio = compare(ways, inside(shapes, ROUNDS * A_ROUND))
    print(
        f"goal: <= {GOAL} x STRtree + prepared, 0 differ; this run: {ratio:.3f} x, {differ} differ"
    )
    return ratio > GOAL or differ > 0


def build(session: Session) -> Locator:
    Locator.read(session)
    start = perf_counter()
    locator = Locator.read(session)
    took = perf_counter() - start
    tracemalloc.start()
    kept = Locator.read(session)
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    print(f"locator: read in {took:.2f} s, about {size:.0f} MB, of edition {kept.edition}")
    return locator


def point_sets(shapes: np.ndarray) -> dict[str, Points]:
    """20,000 random points, every register point, 2,000 corners and points on borders."""
    chance = np.random.default_rng(112)
    west, south, east, north = shapely.total_bounds(shapes)
    box = (west - 0.05, south - 0.05), (east + 0.05, north + 0.05)
    pieces, _ = border_pieces(shapes)
    pieces = pieces[chance.permutation(len(pieces))[:2000]]
    share = np.where(chance.random((2000, 1)) < 0.5, 0.0, chance.random((2000, 1)))
    with shared("data/register/villages_jepara.csv").open() as file:
        seats = [(float(r["point_lon"]), float(r["point_lat"])) for r in csv.DictReader(file)]
    return {
        "random in the box": as_points(chance.uniform(*box, (10_000, 2))),
        "random in villages": inside(shapes, 10_000),
        "register": seats,
        "corners and borders": as_points(pieces[:, :2] + share * (pieces[:, 2:] - pieces[:, :2])),
    }


def as_points(array: np.ndarray) -> Points:
    return [(lon, lat) for lon, lat in array.tolist()]


def inside(shapes: np.ndarray, count: int) -> Points:
    """Random points, as many in a small village as in a large one: calls come from people."""
    chance = np.random.default_rng(9)
    found: Points = []
    bounds = shapely.bounds(shapes)
    while len(found) < count:
        which = chance.integers(0, len(shapes), count)
        spots = chance.uniform(bounds[which, :2], bounds[which, 2:])
        hit = shapely.intersects_xy(shapes[which], spots[:, 0], spots[:, 1])
        found += as_points(spots[hit])
    return found[:count]


def differences(
    session: Session, edition_id: int, locator: Locator, kind: str, points: Points
) -> int:
    lon, lat = (list(axis) for axis in zip(*points, strict=True))
    truth = session.scalars(MANY, {"edition_id": edition_id, "x": lon, "y": lat}).all()
    answers = [found and found.code for found in (locator.village_at(*p) for p in points)]
    differ = sum(a != t for a, t in zip(answers, truth, strict=True))
    off = sum(t is None for t in truth)
    print(f"{kind}: {len(points)} points, {off} off every village, {differ} differ from ST_Covers")
    return differ


def look_ups(
    session: Session, edition_id: int, locator: Locator, shapes: np.ndarray, codes: list[str]
) -> dict[str, LookUp]:
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    connection: Connection = session.connection()

    def by_tree(lon: float, lat: float) -> str | None:
        maybe = tree.query(shapely.Point(lon, lat))
        hits = maybe[shapely.intersects_xy(shapes[maybe], lon, lat)]
        return codes[int(hits.min())] if len(hits) else None

    def by_postgis(lon: float, lat: float) -> str | None:
        asked = {"edition_id": edition_id, "lon": lon, "lat": lat}
        return connection.execute(ONE, asked).scalar()

    def by_orm(lon: float, lat: float) -> str | None:
        found = find_village(session, Point(lon=lon, lat=lat))
        return found and found.code

    def by_locator(lon: float, lat: float) -> str | None:
        found = locator.village_at(lon, lat)
        return found and found.code

    def placed(lon: float, lat: float) -> str | None:
        found = locator.placement_at(Point(lon=lon, lat=lat)).village
        return found and found.code

    return {
        "STRtree + prepared": by_tree,
        "locator.village_at": by_locator,
        "locator.placement_at": placed,
        "PostGIS round trip": by_postgis,
        "PostGIS, ORM object": by_orm,
    }


def compare(ways: dict[str, LookUp], points: Points) -> float:
    """Prints each way; answers the locator's median over that of STRtree + prepared.

    The ways take turns, round after round, so that a busy machine is busy for all of them.
    """
    took: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ROUNDS):
        part = points[number * A_ROUND : (number + 1) * A_ROUND]
        for name, look_up in ways.items():
            took[name] += times(look_up, part if "PostGIS" not in name else part[:200])
    middles = {name: np.percentile(each, [50, 95]) for name, each in took.items()}
    tree, trip = middles["STRtree + prepared"], middles["PostGIS round trip"]
    for name, (p50, p95) in middles.items():
        print(
            f"{name:22s} n {len(took[name]):6d}  p50 {p50:8.2f} us  p95 {p95:8.2f} us"
            f"  x STRtree {p50 / tree[0]:7.3f} / {p95 / tree[1]:7.3f}"
            f"  x PostGIS {p50 / trip[0]:7.4f} / {p95 / trip[1]:7.4f}"
        )
    return float(middles["locator.village_at"][0] / tree[0])


def times(look_up: LookUp, points: Points) -> list[float]:
    """Microseconds of each look-up."""
    each = []
    for lon, lat in points:
        start = perf_counter()
        look_up(lon, lat)
        each.append((perf_counter() - start) * 1e6)
    return each


if __name__ == "__main__":
    sys.exit(main())
