"""Calls to replay: a simulated year on a road network, and the real fires of Toronto."""

import csv
import gzip
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.point import Point
from tests.replay.engine import Call

DAY_S = 86_400.0
# Calls by hour of the day against the mean: quiet nights, two humps. Assumed, no one's figures.
BY_HOUR = np.array(
    [5, 4, 3, 3, 3, 4, 6, 9, 11, 12, 12, 12, 11, 11, 11, 12, 12, 13, 12, 11, 10, 9, 8, 6.0]
)


@dataclass(frozen=True, slots=True)
class Fire:
    """A fire of Toronto: where, when, and how long until the first crew was there."""

    at: datetime  # local time
    where: Point
    response_s: float


def toronto(path: Path) -> list[Fire]:
    """The fires of the set, oldest first; what took longer than two hours is a slip of the pen."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        fires = [
            Fire(
                datetime.fromisoformat(row["alarm_time"]),
                Point(lon=float(row["lon"]), lat=float(row["lat"])),
                float(row["response_s"]),
            )
            for row in csv.DictReader(lines)
            if row["response_s"] and row["lon"] and 0 < float(row["response_s"]) <= 7200
        ]
    return sorted(fires, key=lambda fire: fire.at)


def simulated(
    days: float, a_day: float, spots: NDArray[np.float64], weights: NDArray[np.float64], seed: int
) -> list[Call]:
    """Calls at random spots (n, 2: lon, lat), by the hours of the day; said within 300 m or so."""
    chance = np.random.default_rng(seed)
    times = _times(days, a_day, chance)
    chosen = chance.choice(len(spots), len(times), p=weights / weights.sum())
    calls = []
    for number, (at_s, spot) in enumerate(zip(times, chosen, strict=True)):
        lon, lat = spots[spot]
        where = _moved(lon, lat, 60.0, chance)
        radius_m = float(chance.choice([20.0, 100.0, 300.0], p=[0.4, 0.3, 0.3]))
        calls.append(
            Call(
                number=number,
                at_s=float(at_s),
                where=where,
                said=_moved(where.lon, where.lat, radius_m, chance),
                radius_m=radius_m,
                priority=int(chance.choice([1, 2, 3], p=[0.3, 0.4, 0.3])),
                busy_s=float(chance.gamma(4.0, 600.0)),
            )
        )
    return calls


def near(
    points: NDArray[np.float64], towns: Sequence[Point], reach_m: float
) -> NDArray[np.float64]:
    """Weights of points that fall off with the distance to the nearest town, never to nothing."""
    lat = math.radians(float(points[:, 1].mean()))
    scale = np.array([math.cos(lat), 1.0]) * 111_195.0
    at = np.array([[town.lon, town.lat] for town in towns])
    apart = np.linalg.norm((points[:, None, :] - at[None, :, :]) * scale, axis=2).min(axis=1)
    return np.asarray(np.exp(-((apart / reach_m) ** 2) / 2) + 0.02)


def _times(days: float, a_day: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """Times of a Poisson process whose rate follows the hours."""
    most = a_day * BY_HOUR.max() / BY_HOUR.mean()
    count = chance.poisson(most * days)
    times = np.sort(chance.uniform(0.0, days * DAY_S, count))
    hours = (times % DAY_S // 3600).astype(int)
    return times[chance.random(count) < BY_HOUR[hours] / BY_HOUR.max()]


def _moved(lon: float, lat: float, radius_m: float, chance: np.random.Generator) -> Point:
    """A point beside it; `radius_m` holds 68 % of them."""
    sigma = radius_m / 1.5096  # of a round normal: 68 % lie within that many sigma
    east, north = chance.normal(0.0, sigma, 2)
    return Point(
        lon=float(lon + east / (111_195.0 * math.cos(math.radians(lat)))),
        lat=float(lat + north / 111_195.0),
    )
