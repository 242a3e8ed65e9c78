"""Replays a simulated year on real roads: the house's choice against the nearest by straight line.

    python -m tests.benches.bench_replay [--days 365] [--a-day 60] [--units 2]

Auckland's roads and its 19 real ambulance stations (../shared/data). The first tenth of the year
teaches the house the factors and spreads of its own journeys; the rest counts. What really
happens on a journey follows another law than the house assumes (tests/replay/engine.py).
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as clock
from zoneinfo import ZoneInfo

import numpy as np

from dispatch.rules.eta import Turnout
from geo.point import Point
from geo.routing import Leg, Start
from geo.routing.learned import Journey, Lesson, learn
from geo.routing.roads import RoadRouter
from geo.routing.rules import ALL, Band, RoadRules
from geo.routing.table import RoadTable
from tests.geo.routing.drawn import real
from tests.replay.calls import near, simulated
from tests.replay.choosers import BEGIN, House, nearest_by_line
from tests.replay.engine import Call, Choose, Luck, Told, replay
from tests.replay.figures import changes, covered
from tests.shared import SHARED

ZONE = ZoneInfo("Asia/Jakarta")
TARGET_S = 900.0
ROADS = SHARED / "data/roads/auckland_main_roads_2017.osm.pbf"
STATIONS = SHARED / "data/roads/auckland_stations.geojson"
# The truth that the house is not told: how much longer each class takes by day and by night.
TRUTH = {"motorway": 1.25, "trunk": 1.2, "primary": 1.35, "secondary": 1.15, "tertiary": 0.95}
NIGHT = 0.85
LUCK = Luck(seed=112, turnout_s=80.0)
# Night is a band of its own, and the house is told no more of it than that.
RULES = RoadRules(drives_on="left", bands=(Band("malam", clock(22), clock(6), {}),))
TAUGHT = 0.1  # of the year


@dataclass(frozen=True, slots=True)
class Ground:
    """Roads, stations and where people are."""

    table: RoadTable
    stations: tuple[Point, ...]
    spots: np.ndarray[tuple[int, int], np.dtype[np.float64]]
    weights: np.ndarray[tuple[int], np.dtype[np.float64]]


class Truth:
    """What the road really asks for: other factors than the house begins with."""

    def __init__(self, table: RoadTable) -> None:
        day = {(kind, ALL): factor for kind, factor in TRUTH.items()}
        night = {key: factor * NIGHT for key, factor in day.items()}
        self._routers = [
            RoadRouter.of(table, RoadRules(drives_on="left"), ZONE, learned)
            for learned in (day, night)
        ]

    def travel(self, start: Point, goal: Point, at_s: float) -> float:
        """Seconds, as engine.Travel."""
        hour = at_s % 86_400 / 3600
        router = self._routers[0 if 6 <= hour < 22 else 1]
        found = float(router.times([Start(start)], [goal])[0, 0])
        return found if np.isfinite(found) else float("inf")


def read_ground() -> Ground:
    """From ../shared/data."""
    table = real(ROADS)
    features = json.loads(STATIONS.read_text())["features"]
    stations = tuple(
        Point(lon=f["geometry"]["coordinates"][0], lat=f["geometry"]["coordinates"][1])
        for f in features
        if f["properties"]["category"] == "ambulance_station"
    )
    chance = np.random.default_rng(7)
    main = np.flatnonzero(table.component == 0)
    roads = chance.choice(main, 20_000, p=table.length_m[main] / table.length_m[main].sum())
    spots = table.coords[table.offsets[roads]]
    return Ground(table, stations, spots, near(spots, stations, 4000.0))


def year(ground: Ground, days: float, a_day: float) -> list[Call]:
    """The calls, those of places that no road joins left out: nobody could ever be there."""
    return simulated(days, a_day, ground.spots, ground.weights, seed=112)


def compare(
    ground: Ground, calls: Sequence[Call], house: Choose, per_station: int, truth: Truth
) -> tuple[Told, Told]:
    """The same calls, nearest by line and as the house chooses."""
    homes = [home for home in ground.stations for _ in range(per_station)]
    told = [replay(calls, homes, how, truth.travel, LUCK) for how in (nearest_by_line, house)]
    return told[0], told[1]


def taught(router: RoadRouter, told: Told) -> Lesson:
    """What the house learns of its own journeys, as dispatch.speeds reads them of assignments."""
    journeys = []
    for one in told.journeys:
        when = BEGIN + timedelta(seconds=one.at_s)
        leg = router.legs([Start(one.start)], one.goal, when)[0]
        if isinstance(leg, Leg):
            journeys.append(Journey(leg.share_s, leg.band, one.travel_s, leg.travel_s))
    return learn(journeys)


def learned_house(router: RoadRouter, lesson: Lesson) -> House:
    """The house after the lesson."""
    factors = {(row.kind, row.band): row.factor for row in lesson.factors}
    sds = {row.band: row.sd for row in lesson.factors if row.kind == ALL}

    def sd(now: datetime) -> float:
        band = router.hours.band_at(now)
        return sds.get(band.name if band else ALL, sds[ALL])

    return House(router.relearned(factors), TARGET_S, Turnout(), sd)


def main() -> None:
    """Print one table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--days", type=float, default=365)
    asked.add_argument("--a-day", type=float, default=40)
    asked.add_argument("--units", type=int, default=2, help="a station")
    given = asked.parse_args()
    began = time.monotonic()
    ground = read_ground()
    truth, calls = Truth(ground.table), year(ground, given.days, given.a_day)
    router = RoadRouter.of(ground.table, RULES, ZONE)
    blind = House(router, TARGET_S, Turnout(), lambda _now: 0.35)
    first = int(len(calls) * TAUGHT)
    print(f"{len(calls)} calls, {len(ground.stations) * given.units} units", flush=True)
    line, house = compare(ground, calls[:first], blind.choose, given.units, truth)
    show("before learning", line, house)
    lesson = taught(router, house)
    print(
        f"\nlearned from {lesson.used} journeys: bias {lesson.bias_plain:+.1%} before, "
        f"{lesson.bias_after:+.1%} after; sd {lesson.sd_plain:.3f}, {lesson.sd_after:.3f}",
        flush=True,
    )
    wise = learned_house(router, lesson)
    line, house = compare(ground, calls[first:], wise.choose, given.units, truth)
    show("after learning", line, house)
    print(f"{time.monotonic() - began:.0f} s")


def show(title: str, line: Told, house: Told) -> None:
    """One comparison."""
    share, count = covered(house)
    print(f"\n{title}: {count} promises, the 80 % interval held in {share:.1%}")
    print(f"{'figure':10s} {'line':>9s} {'house':>9s} {'change':>9s}   95 %")
    for c in changes(line, house, TARGET_S):
        print(
            f"{c.name:10s} {c.before:9.4f} {c.after:9.4f} {c.after - c.before:+9.4f}"
            f"   {c.low:+.4f} to {c.high:+.4f}"
        )


if __name__ == "__main__":
    main()
