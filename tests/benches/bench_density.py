"""A surface of a million incidents against scikit-learn's kernel density, and bins of them.

    python -m tests.benches.bench_density [POINTS] [CELLS] [SAMPLED]

POINTS incidents (1,000,000) of 400 towns and the land between on CELLS x CELLS cells (512),
bandwidth 500 m. scikit-learn answers SAMPLED cells (2,000), and 200 of them exactly: its time is
that of its tree and so many times the cells. Prints one table; exit code 1 when a goal is missed.
"""

# ruff: noqa: T201 - what it prints is what it is for

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np
import shapely
from numpy.typing import NDArray
from sklearn.neighbors import KernelDensity

from geo.hotspots.density import density, rule_of_thumb
from geo.hotspots.grid import Grid, bin_places, bin_points, inside_share
from geo.hotspots.hexagons import bin_hexes

SIDE_M, BANDWIDTH_M, HEXAGON_M, VILLAGES = 60_000.0, 500.0, 1_000.0, 195
FASTER_GOAL, ERROR_GOAL = 1_000.0, 0.01
EXACT = 200  # cells
Floats = NDArray[np.float64]


def main() -> int:
    """Prints all; 1 when a goal is missed."""
    points, cells, sampled = (
        int(sys.argv[n + 1]) if len(sys.argv) > n + 1 else usual
        for n, usual in enumerate((1_000_000, 512, 2_000))
    )
    chance = np.random.default_rng(2026)
    xy = incidents(points, chance)
    grid = Grid.over((0, 0, SIDE_M, SIDE_M), cells)
    land = shapely.Point(SIDE_M / 2, SIDE_M / 2).buffer(SIDE_M * 0.45, quad_segs=5_000)
    shares = inside_share(grid, land)
    print(
        f"{points} points, {cells} x {cells} cells of {grid.cell_m:.0f} m, sigma {BANDWIDTH_M:g} m"
    )
    ours = timed("density", lambda: density(grid, xy, bandwidth_m=BANDWIDTH_M))
    timed("density, land's edge mended", lambda: density(grid, xy, None, BANDWIDTH_M, shares))
    spread = chance.choice([0.0, 30.0, 300.0, 900.0], len(xy))
    timed(
        "density, four radii of doubt", lambda: density(grid, xy, None, BANDWIDTH_M, None, spread)
    )
    timed("share of cells inside", lambda: inside_share(grid, land))
    timed("rule of thumb", lambda: rule_of_thumb(xy))
    timed("square bins", lambda: bin_points(grid, xy))
    timed("hexagon bins", lambda: bin_hexes(xy, HEXAGON_M))
    village = chance.integers(-1, VILLAGES, points)
    timed("village bins", lambda: bin_places(village, VILLAGES))
    ratio, error = against_scikit_learn(grid, xy, ours, sampled, chance)
    met = ratio >= FASTER_GOAL and error <= ERROR_GOAL
    print(f"goals (x {FASTER_GOAL:g}, median error {ERROR_GOAL:.0%}): {'met' if met else 'MISSED'}")
    return int(not met)


def incidents(points: int, chance: np.random.Generator) -> Floats:
    """Nine tenths in towns of very different size, the rest anywhere."""
    towns = chance.uniform(0, SIDE_M, (400, 2))
    size = chance.lognormal(0, 1, 400)
    which = chance.choice(400, points, p=size / size.sum())
    xy = towns[which] + chance.normal(0, 800, (points, 2))
    anywhere = chance.random(points) < 0.1
    xy[anywhere] = chance.uniform(0, SIDE_M, (int(anywhere.sum()), 2))
    return np.asarray(xy[((xy >= 0) & (xy <= SIDE_M)).all(axis=1)])


def timed(name: str, work: Callable[[], object], turns: int = 7) -> float:
    """Seconds, the median of some turns."""
    took = []
    for _ in range(turns):
        start = perf_counter()
        work()
        took.append(perf_counter() - start)
    print(f"  {name:38s} {np.median(took) * 1e3:12.2f} ms")
    return float(np.median(took))


def against_scikit_learn(
    grid: Grid, xy: Floats, ours_s: float, sampled: int, chance: np.random.Generator
) -> tuple[float, float]:
    """How many times as fast, and the median error against the exact sums."""
    rows, cols = chance.integers(0, grid.rows, sampled), chance.integers(0, grid.cols, sampled)
    east, north = grid.centres()
    spots = np.column_stack((east[cols], north[rows]))
    start = perf_counter()
    tree = KernelDensity(bandwidth=BANDWIDTH_M, rtol=0.01).fit(xy)
    planted = perf_counter() - start
    start = perf_counter()
    about = np.exp(tree.score_samples(spots))
    theirs_s = planted + (perf_counter() - start) / sampled * grid.rows * grid.cols
    exact = np.exp(KernelDensity(bandwidth=BANDWIDTH_M).fit(xy).score_samples(spots[:EXACT]))
    found = density(grid, xy, bandwidth_m=BANDWIDTH_M).values[rows, cols] / len(xy) / 1e6
    off, theirs_off = (np.abs(some[:EXACT] - exact) / exact for some in (found, about))
    ratio = theirs_s / ours_s
    print(
        f"  {'scikit-learn, rtol 0.01, all cells':38s} {theirs_s * 1e3:12.0f} ms   x {ratio:,.0f}"
    )
    for name, one in (("ours", off), ("scikit-learn", theirs_off)):
        worst = np.quantile(one, 0.95)
        print(f"  error of {name:29s} median {np.median(one):.3%}, 95 % under {worst:.3%}")
    return ratio, float(np.median(off))


if __name__ == "__main__":
    sys.exit(main())
