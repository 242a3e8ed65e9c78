"""Who goes, end to end over HTTP: 200 units, real roads in force, one suggestion after the other.

    python -m tests.benches.bench_suggest [REQUESTS [CONNECTIONS]]

gunicorn with two workers over a cluster of its own; Auckland's roads are laid over the regency.
A fifth of the units has an old fix (an area, not a dot), a third of the incidents a wide place.
Prints one line for each kind of place, and one for all.
"""

# ruff: noqa: T201 - what it prints is what it is for

import random
import statistics
import sys
import threading
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from dispatch.schema import Station, Unit
from geo.point import Point
from tests.benches.machine import durable_world, load_average
from tests.faults.talk import Talker, log_in
from tests.geo.roads.moved import load_moved_roads
from tests.world import World, serve

GOAL_MS = 100.0
UNITS, INCIDENTS = 200, 60
REQUESTS, CONNECTIONS = 400, 1
CHANCE = random.Random(112)  # noqa: S311 - the same world each time
KINDS = (
    ("ambulans", ["medis"]),
    ("patroli", ["polisi"]),
    ("pompa", ["api", "penyelamatan"]),
    ("suplai", ["api"]),
)
# Middles of roads of the mainland, each in a village.
_ROADSIDE = text("""
    SELECT ST_X(spot) AS lon, ST_Y(spot) AS lat
      FROM road, LATERAL (SELECT ST_LineInterpolatePoint(course, 0.5) AS spot) AS middle
     WHERE component = 0 AND EXISTS (
             SELECT FROM village JOIN edition ON edition.id = village.edition_id
              WHERE edition.in_force AND ST_Covers(village.area, spot))
     ORDER BY md5(road.id::text) LIMIT :most
""")
CATEGORIES = ("kebakaran", "lalu_lintas", "kesehatan", "kepolisian", "banjir")


def main(requests: int = REQUESTS, connections: int = CONNECTIONS) -> int:
    """Exit code 1 when the goal is missed."""
    with durable_world() as world:
        spots = fill(world)
        with serve(world, workers=2) as server:
            talker = log_in(server.url, "dispatcher1")
            asked = incidents(talker, spots)
            told = ask(talker, asked, requests, connections)
    return report(told, connections)


def fill(world: World) -> list[Point]:
    """Roads in force, and units up to 200, spread over the villages."""
    with world.as_owner() as session:
        load_moved_roads(session)
        rows = session.execute(_ROADSIDE, {"most": UNITS + INCIDENTS})
        spots = [Point(lon=row.lon, lat=row.lat) for row in rows]
        home = session.scalars(select(Station).order_by(Station.id)).first()
        there = session.scalars(select(Unit)).all()
        for number in range(UNITS - len(there)):
            kind, skills = KINDS[number % len(KINDS)]
            session.add(unit(number, kind, skills, home, spots[number]))
        session.flush()
        session.execute(text("ANALYZE"))
    return spots[::-1]


def unit(number: int, kind: str, skills: list[str], home: Station, spot: Point) -> Unit:
    """Of every five one has a fix of some minutes ago and is on its way home."""
    old = number % 5 == 0
    now = datetime.now(UTC)
    return Unit(
        call_sign=f"UJI-{number:03d}",
        station_id=home.id,
        agency_id=home.agency_id,
        kind=kind,
        skills=skills,
        state="kembali" if old else "siap",
        state_since=now,
        position=spot,
        fix_at=now - timedelta(seconds=CHANCE.uniform(200, 900) if old else 5),
        fix_received_at=now,
        fix_accuracy_m=10,
        by_sea=False,
    )


def incidents(talker: Talker, spots: list[Point]) -> list[tuple[str, str]]:
    """Paths of suggestions, with what is known of the place."""
    paths = []
    for number in range(INCIDENTS):
        pin = spots[number]
        body = {
            "where": "dekat pasar",
            "what": "tolong",
            "category": CATEGORIES[number % len(CATEGORIES)],
            "pin": {"lon": pin.lon, "lat": pin.lat},
        }
        wide = number % 3 == 0
        if wide:
            body["location"] = {"radius_m": 800}
        answer = talker.call(body, f"bench-suggest-{number:04d}")
        assert answer.status == 201, answer.body
        place = "wide place" if wide else "pin"
        paths.append((f"/api/incidents/{answer.json['incident']['id']}/suggestions", place))
    return paths


def ask(
    talker: Talker, asked: list[tuple[str, str]], requests: int, connections: int
) -> dict[str, list[float]]:
    """Seconds of each request, by what is known of the place; the first round only warms."""
    told: dict[str, list[float]] = defaultdict(list)
    by_road: list[bool] = []
    for path, _ in asked * 2:
        get(talker, path)

    def some(first: int) -> None:
        for number in range(first, requests, connections):
            path, place = asked[number % len(asked)]
            begun = time.perf_counter()
            answer = get(talker, path)
            told[place].append(time.perf_counter() - begun)
            assert answer["units"], path
            by_road.extend(unit["basis"].startswith("jalan") for unit in answer["units"])

    threads = [threading.Thread(target=some, args=(n,)) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # The regency's own posts may lie off the roads that were laid over it.
    assert statistics.mean(by_road) > 0.5, "hardly anybody comes by road"
    return told


def get(talker: Talker, path: str) -> dict:
    """One answer."""
    answer = talker.ask("GET", path)
    assert answer.status == 200, answer.body
    found: dict = answer.json
    return found


def report(told: dict[str, list[float]], connections: int) -> int:
    """Median and 99th percentile."""
    everything = [took for some in told.values() for took in some]
    print(
        f"suggestion over HTTP: {UNITS} units, {connections} at a time, 2 workers; {load_average()}"
    )
    for name, some in [*sorted(told.items()), ("all", everything)]:
        print(f"  {name:<12} n {len(some):>5}  {figures(some)}")
    return int(percentile(everything, 0.99) > GOAL_MS)


def figures(some: list[float]) -> str:
    """In milliseconds."""
    middle = 1000 * statistics.median(some)
    return f"p50 {middle:6.1f} ms  p99 {percentile(some, 0.99):6.1f} ms  (goal {GOAL_MS:.0f})"


def percentile(some: list[float], share: float) -> float:
    """Milliseconds that this share does not exceed."""
    return 1000 * sorted(some)[min(len(some) - 1, int(len(some) * share))]


if __name__ == "__main__":
    sys.exit(main(*(int(given) for given in sys.argv[1:3])))
