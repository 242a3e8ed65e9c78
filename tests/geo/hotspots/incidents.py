"""Real incidents of the shared folder in metres about their middle, with their days."""

import csv
import gzip
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.shared import shared

TORONTO = "data/incidents/toronto_fire_2011_2022.csv.gz"  # 12 years of fires
SACRAMENTO = "data/incidents/sacramento_police_cad_2019_01.csv.gz"  # one month of a police desk
EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Incidents:
    xy: NDArray[np.float64]
    day: NDArray[np.int64]  # since 1970-01-01
    kind: NDArray[np.str_]

    @property
    def first_day(self) -> int:
        return int(self.day.min())

    def by_place(self, cell_m: float, step_days: int) -> tuple[Any, Any]:
        """(steps, places) counts on squares that ever held one, and the squares' middles."""
        squares, at = np.unique(np.floor(self.xy / cell_m), axis=0, return_inverse=True)
        step = (self.day - self.first_day) // step_days
        counts = np.zeros((int(step.max()) + 1, len(squares)), np.int64)
        np.add.at(counts, (step, at), 1)
        return counts, (squares + 0.5) * cell_m

    def by_day(self) -> NDArray[np.int64]:
        return np.bincount(self.day - self.first_day)


@cache
def toronto() -> Incidents:
    return _read(TORONTO, "alarm_time", "property_use")


@cache
def sacramento() -> Incidents:
    return _read(SACRAMENTO, "received_date", "description")


def _read(path: str, when: str, kind: str) -> Incidents:
    with gzip.open(shared(path), "rt", encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["lon"] and row["lat"] and row[when]]
    lonlat = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
    middle = np.median(lonlat, axis=0)
    metres = 111_320 * np.array([np.cos(np.deg2rad(middle[1])), 1.0])
    days = [date.fromisoformat(row[when][:10]).toordinal() - EPOCH for row in rows]
    kinds = np.array([row[kind] for row in rows])
    return Incidents((lonlat - middle) * metres, np.array(days), kinds)
