"""Two cities in bins: fires of Toronto by cell, police calls of Sacramento by beat."""

import csv
import gzip
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.grid import Grid, bin_points, project, zone_of
from tests.shared import shared

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class City:
    """xy (n, 2) metres of incidents; counts (places,) and where the places are (places, 2)."""

    xy: Floats
    counts: Floats
    places: Floats


def toronto() -> City:
    """Fires of 2011 to 2022 in cells of 1.5 km, those with any."""
    return _toronto(shared("data/incidents/toronto_fire_2011_2022.csv.gz"))


def sacramento() -> City:
    """Police calls of January 2019 by the police's grid, each where its calls lie on average."""
    return _sacramento(shared("data/incidents/sacramento_police_cad_2019_01.csv.gz"))


@cache
def _toronto(path: Path) -> City:
    rows = _rows(path)
    xy = project(_lonlat(rows), zone_of(-79.4, 43.7))
    west, south = xy.min(axis=0)
    east, north = xy.max(axis=0)
    rows_cols = int((north - south) // 1500) + 1, int((east - west) // 1500) + 1
    grid = Grid(west, south, 1500.0, *rows_cols)
    counts = bin_points(grid, xy)
    held = counts > 0
    east_of, north_of = grid.centres()
    middles = np.dstack(np.meshgrid(east_of, north_of))
    return City(xy, counts[held], middles[held])


@cache
def _sacramento(path: Path) -> City:
    rows = [row for row in _rows(path) if row["grid"] and row["lon"]]
    xy = project(_lonlat(rows), zone_of(-121.5, 38.6))
    names, place = np.unique([row["grid"] for row in rows], return_inverse=True)
    counts = np.bincount(place, minlength=len(names)).astype(np.float64)
    sums = [np.bincount(place, weights=xy[:, axis]) / counts for axis in (0, 1)]
    return City(xy, counts, np.column_stack(sums))


def _rows(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _lonlat(rows: list[dict[str, str]]) -> Floats:
    return np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
