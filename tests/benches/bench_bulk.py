"""A million points to villages: the locator's table against STRtree and one PostGIS statement.

    python -m tests.benches.bench_bulk [--points 1000000] [--rounds 3]

On the 195 villages of Jepara and on 8,000 cells of a Voronoi tiling. Prints seconds and ratios
of this run and counts answers that differ; exits 1 when one differs or a goal is missed.
Needs ../shared, and TEST_ADMIN_URL or the means to make a cluster.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import io
import json
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import psycopg2
import shapely
from numpy.typing import NDArray
from psycopg2 import extensions
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import make_url

from geo.locator import Grid
from geo.placement import VillageRef
from geo.shapes import Shapes
from tests.cluster import admin_url, as_role, database
from tests.geo.conftest import JEPARA
from tests.shared import shared

GOALS = {"STRtree": 2.0, "PostGIS": 20.0}
OFF = 0.05  # share of the points that lie anywhere in the box; the others lie in a village
Floats = NDArray[np.float64]
Numbers = NDArray[np.intp]
Pairs = tuple[Numbers, Numbers]  # numbers of points, and of the villages that cover them
Answer = Callable[[], Pairs | None]  # None: they lie in the server


@dataclass(frozen=True)
class World:
    """Villages and points."""

    label: str
    areas: NDArray[np.object_]
    lon: Floats
    lat: Floats


def main() -> int:
    """Exit code 1 when an answer differs or a goal is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--points", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    chance = np.random.default_rng(195)
    missed = False
    with admin_url() as admin, database(admin, "empty") as name:
        url = make_url(as_role(admin, "tanggap_super", name)).set(drivername="postgresql")
        connection = psycopg2.connect(url.render_as_string(hide_password=False))
        connection.autocommit = True
        with connection.cursor() as cursor:
            for label, areas in (("Jepara", jepara()), ("Voronoi", voronoi(8000, chance))):
                world = scatter(label, areas, given.points, chance)
                missed = compare(world, cursor, given.rounds) or missed
        connection.close()
    return int(missed)


def jepara() -> NDArray[np.object_]:
    features = json.loads(shared(JEPARA).read_text())["features"]
    features.sort(key=lambda feature: feature["properties"]["code"])
    return np.array([shape(feature["geometry"]) for feature in features])


def voronoi(count: int, chance: np.random.Generator) -> NDArray[np.object_]:
    """The cells round so many random places in one square degree, clipped to it.

    Their sides are cut and bent like real borders are, 12 corners to a side.
    """
    box = shapely.box(110, -7, 111, -6)
    places = shapely.multipoints(chance.uniform((110, -7), (111, -6), (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(places, extend_to=box))
    return np.array([shapely.intersection(bent(cell), box) for cell in cells], dtype=object)


def bent(cell: BaseGeometry) -> BaseGeometry:
    """Every corner is moved by where it lies alone, so neighbours go on meeting, to rounding."""

    def move(spots: Floats) -> Floats:
        wave = 2e-4 * np.sin(spots[:, ::-1] * 12_000)
        return spots + wave

    return shapely.make_valid(shapely.transform(shapely.segmentize(cell, 1e-3), move))


def scatter(
    label: str, areas: NDArray[np.object_], count: int, chance: np.random.Generator
) -> World:
    west, south, east, north = shapely.total_bounds(areas)
    tree = shapely.STRtree(areas)
    inside: list[Floats] = [chance.uniform((west, south), (east, north), (int(count * OFF), 2))]
    while sum(map(len, inside)) < count:
        spots = chance.uniform((west, south), (east, north), (count, 2))
        hits = np.unique(tree.query(shapely.points(spots), predicate="intersects")[0])
        inside.append(spots[hits])
    spots = chance.permutation(np.concatenate(inside)[:count])
    return World(label, areas, spots[:, 0].copy(), spots[:, 1].copy())


def compare(world: World, cursor: extensions.cursor, rounds: int) -> bool:
    """Prints the table; True when an answer differs or a goal is missed."""
    fill(cursor, world)
    ways = {"locator table": ours(world)} | trees(world) | {"PostGIS ST_Covers": postgis(cursor)}
    times: dict[str, list[float]] = {way: [] for way in ways}
    answers: dict[str, Numbers] = {}
    for _ in range(rounds):
        for way, answer in ways.items():
            start = perf_counter()
            found = answer()
            times[way].append(perf_counter() - start)
            answers[way] = lowest(found or pairs_of(cursor), len(world.lon))
    truth = answers["STRtree of points, prepared villages"]
    best = {way: min(taken) for way, taken in times.items()}
    print(f"\n{world.label}: {len(world.areas)} villages, {len(world.lon):,} points")
    print(f"{'':40}{'seconds':>10}{'ours = 1':>10}{'differ':>8}")
    for way, seconds in best.items():
        differ = int((answers[way] != truth).sum())
        print(f"{way:40}{seconds:10.3f}{seconds / best['locator table']:10.1f}{differ:8}")
    missed = bool((answers["locator table"] != truth).any())
    for goal, times_faster in GOALS.items():
        rival = min(seconds for way, seconds in best.items() if way.startswith(goal))
        ratio = rival / best["locator table"]
        missed = missed or ratio < times_faster
        print(f"goal: {times_faster:g} x the best {goal}; this run: {ratio:.1f} x")
    return missed


def lowest(found: Pairs, count: int) -> Numbers:
    """The lowest village of each point, -1 for none. Not timed."""
    answer = np.full(count, np.iinfo(np.intp).max)
    np.minimum.at(answer, *found)
    answer[answer == np.iinfo(np.intp).max] = -1
    return answer


def ours(world: World) -> Answer:
    """Prints what the grid takes to build and to keep."""
    refs = [VillageRef(n, str(n), "", "desa", "", "") for n in range(len(world.areas))]
    shapes = Shapes.of(list(world.areas))
    start = perf_counter()
    Grid.over(shapes, refs)
    took = perf_counter() - start
    tracemalloc.start()
    grid = Grid.over(shapes, refs)
    kept, peak = (size / 1e6 for size in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    print(
        f"\n{world.label}: grid built in {took:.2f} s, keeps {kept:.0f} MB, at most {peak:.0f} MB"
    )

    def answer() -> Pairs:
        found = grid.table.villages_at(world.lon, world.lat)
        inside = np.flatnonzero(found >= 0)
        return inside, found[inside]

    return answer


def trees(world: World) -> dict[str, Answer]:
    """Three ways to ask shapely; each makes its points, as ours begins with numbers, too."""
    shapely.prepare(world.areas)
    tree = shapely.STRtree(world.areas)

    def with_predicate() -> Pairs:
        points = shapely.points(world.lon, world.lat)
        point, area = tree.query(points, predicate="intersects")
        return point, area

    def boxes_then_prepared() -> Pairs:
        point, area = tree.query(shapely.points(world.lon, world.lat))
        covers = shapely.intersects_xy(world.areas[area], world.lon[point], world.lat[point])
        return point[covers], area[covers]

    def tree_of_points() -> Pairs:
        points = shapely.STRtree(shapely.points(world.lon, world.lat))
        area, point = points.query(world.areas, predicate="intersects")
        return point, area

    return {
        "STRtree of villages, predicate": with_predicate,
        "STRtree of villages, then prepared": boxes_then_prepared,
        "STRtree of points, prepared villages": tree_of_points,
    }


def fill(cursor: extensions.cursor, world: World) -> None:
    """Villages with a GiST index and points, both analysed; workers may share the work."""
    cursor.execute("DROP TABLE IF EXISTS area, spot, raw")
    cursor.execute("CREATE TABLE area (number int PRIMARY KEY, area geometry)")
    rows = ((n, shapely.to_wkb(area, hex=True)) for n, area in enumerate(world.areas))
    cursor.copy_expert(
        "COPY area FROM STDIN", io.StringIO("".join(f"{n}\t{wkb}\n" for n, wkb in rows))
    )
    cursor.execute("CREATE INDEX ON area USING gist (area)")
    spots = zip(world.lon.tolist(), world.lat.tolist(), strict=True)
    lines = "".join(f"{n}\t{lon!r}\t{lat!r}\n" for n, (lon, lat) in enumerate(spots))
    cursor.execute("CREATE UNLOGGED TABLE raw (n int, lon float8, lat float8)")
    cursor.copy_expert("COPY raw FROM STDIN", io.StringIO(lines))
    cursor.execute(
        "CREATE UNLOGGED TABLE spot AS SELECT n, ST_MakePoint(lon, lat) AS point FROM raw"
    )
    cursor.execute("VACUUM ANALYZE area")
    cursor.execute("VACUUM ANALYZE spot")
    cursor.execute("SET jit = off")
    cursor.execute("SET work_mem = '128MB'")


def postgis(cursor: extensions.cursor) -> Answer:
    """One statement, whose pairs stay in the server."""

    def answer() -> None:
        cursor.execute("DROP TABLE IF EXISTS found")
        cursor.execute(
            "CREATE UNLOGGED TABLE found AS SELECT spot.n, area.number FROM spot"
            " JOIN area ON ST_Covers(area.area, spot.point)"
        )

    return answer


def pairs_of(cursor: extensions.cursor) -> Pairs:
    """What the statement found."""
    rows = io.StringIO()
    cursor.copy_expert("COPY found TO STDOUT WITH (DELIMITER ' ')", rows)
    numbers = np.array(rows.getvalue().split(), dtype=np.intp).reshape(-1, 2)
    return numbers[:, 0], numbers[:, 1]


if __name__ == "__main__":
    sys.exit(main())
