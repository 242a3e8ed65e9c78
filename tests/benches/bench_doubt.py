"""Uncertain location to village: how exact, how fast, how honest, how many questions.

    python -m tests.benches.bench_doubt [CALLS]

CALLS simulated calls on each boundary set (100,000 without it: some five minutes), at a 68 %
radius of 300 m: true places anywhere on the land, the position missing by a normal error.
Prints one table; needs ../shared, no database. Exit code 1 when a goal is missed.
"""

# ruff: noqa: T201 - what it prints is what it is for

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np
import shapely

from geo.point import Point
from geo.shapes import Floats, LocalScale
from geo.territory import Territory
from geo.uncertainty.belief import ACCEPT
from geo.uncertainty.drawing import Drawing
from geo.uncertainty.location import circle
from geo.uncertainty.mass import shares
from geo.uncertainty.parts import Ellipse
from geo.uncertainty.scatter import scatter
from tests.geo.uncertainty.simulated import (
    BPS,
    KEMENDAGRI,
    Answers,
    Calls,
    answers,
    calls,
    drawing_of,
    in_polygon,
    talks,
)

RADIUS_M = 300.0
BANDS = {0.5: (0.48, 0.52), 0.7: (0.68, 0.72), 0.9: (0.88, 0.92), 0.95: (0.93, 0.97)}
BIN = 0.02  # to each side of 0.5, 0.7, 0.9; half of that at 0.95
WRONG_GOAL, SOON_GOAL = 0.006, 0.9
EQUAL_MASS_POINTS = 128  # of the way that peers take (research/peers.md, 3.1)
Shares = Callable[[Point], dict[str, float]]


@dataclass
class Goals:
    """What was missed so far."""

    missed: int = 0

    def check(self, met: bool) -> str:
        self.missed += not met
        return "met" if met else "MISSED"


def main() -> int:
    """Prints all; 1 when a goal is missed."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    kemendagri, bps = drawing_of(KEMENDAGRI), drawing_of(BPS)
    both = Territory.of_two(kemendagri, bps, 0.5)
    goals = Goals()
    exact_and_fast(kemendagri, goals)
    for name, drawing in (("Kemendagri", kemendagri), ("BPS 2019", bps)):
        honest(name, Territory(((drawing, 1.0),)), [drawing], count, goals)
    honest("both, truth from either", both, [kemendagri, bps], count, goals)
    honest("Kemendagri, truth BPS", Territory(((kemendagri, 1.0),)), [bps], count // 2, None)
    print(f"\n{goals.missed} goals missed")
    return int(goals.missed > 0)


def exact_and_fast(drawing: Drawing, goals: Goals) -> None:
    made = calls([drawing], 400, RADIUS_M, seed=1).points
    ways: dict[str, Shares] = {
        "edges, Owen's T": lambda point: named(drawing, shares(ellipse(point), drawing.areas)),
        f"{EQUAL_MASS_POINTS} points, plain Python": by_points(drawing),
        "Territory.chances": lambda point: dict(
            Territory(((drawing, 1.0),)).chances(circle(point, RADIUS_M)).villages
        ),
    }
    truths = [by_dice(drawing, point, seed) for seed, point in enumerate(made[:40])]
    print(f"{len(drawing.codes)} villages, circle of {RADIUS_M:g} m, against 400,000 random points")
    print(f"{'':28s} {'p50 ms':>8s} {'p95 ms':>8s} {'worst error':>12s} {'mean error':>11s}")
    for name, way in ways.items():
        took = sorted(times_ms(way, made))
        errors = [error(way(p), t) for p, t in zip(made, truths, strict=False)]
        p50, p95 = took[len(took) // 2], took[int(len(took) * 0.95)]
        row = f"{name:28s} {p50:8.3f} {p95:8.3f} {max(errors):12.4f} {np.mean(errors):11.4f}"
        print(row, "" if "points" in name else goals.check(max(errors) <= 0.01))


def ellipse(point: Point) -> Ellipse:
    return Ellipse(centre=point, major_m=RADIUS_M, minor_m=RADIUS_M)


def named(drawing: Drawing, held: Floats) -> dict[str, float]:
    return {drawing.codes[n]: float(held[n]) for n in np.flatnonzero(held).tolist()}


def by_points(drawing: Drawing) -> Shares:
    """Equal-mass points on prepared polygons, candidates from an STRtree, as research did it."""
    areas, codes = drawing.areas.areas, drawing.codes
    tree = shapely.STRtree(areas)
    offsets = scatter(ellipse(Point(lon=0.0, lat=0.0)), EQUAL_MASS_POINTS)
    metres = offsets * (LocalScale.at(0).lon_m, LocalScale.at(0).lat_m)

    def held(point: Point) -> dict[str, float]:
        scale = LocalScale.at(point.lat)
        spots = (metres / (scale.lon_m, scale.lat_m) + (point.lon, point.lat)).tolist()
        lons, lats = zip(*spots, strict=True)
        near = tree.query(shapely.box(min(lons), min(lats), max(lons), max(lats))).tolist()
        found: dict[str, float] = {}
        for lon, lat in spots:
            for which in near:
                if shapely.intersects_xy(areas[which], lon, lat):
                    found[codes[which]] = found.get(codes[which], 0.0) + 1 / EQUAL_MASS_POINTS
                    break
        return found

    return held


def by_dice(drawing: Drawing, point: Point, seed: int) -> dict[str, float]:
    """What is true to 0.1 %; off the villages as Territory counts it, below 0.001 as none."""
    sigma_m = RADIUS_M / math.sqrt(-2 * math.log(0.32))
    missed = np.random.default_rng(seed).normal(0, sigma_m, (400_000, 2))
    scale = LocalScale.at(point.lat)
    spots = missed / (scale.lon_m, scale.lat_m) + (point.lon, point.lat)
    near = shapely.STRtree(drawing.areas.areas).query(
        shapely.box(*spots.min(axis=0), *spots.max(axis=0))
    )
    return {
        drawing.codes[n]: float(shapely.contains_xy(drawing.areas.areas[n], *spots.T).mean())
        for n in near.tolist()
    }


def error(found: dict[str, float], true: dict[str, float]) -> float:
    return max(abs(found.get(code, 0.0) - true.get(code, 0.0)) for code in found | true)


def times_ms(way: Shares, points: list[Point]) -> list[float]:
    took = []
    for point in points:
        start = perf_counter()
        way(point)
        took.append((perf_counter() - start) * 1e3)
    return took


def honest(
    name: str, territory: Territory, true: list[Drawing], count: int, goals: Goals | None
) -> None:
    """Calibration, wrong villages taken, questions. Without goals it is only told."""
    made = calls(true, count, RADIUS_M, seed=2026)
    said = answers(territory, made, RADIUS_M)
    print(f"\n{name}: {len(made.points)} calls at {RADIUS_M:g} m")
    for level, (low, high) in BANDS.items():
        near = said.near(level, BIN if level < 0.95 else BIN / 2)
        right = said.right[near].mean()
        verdict = goals.check(low <= right <= high) if goals else ""
        print(f"  said {level:4.2f}: right {right:6.4f} of {near.sum():6d}   {verdict}")
    accepting(said, made, true, goals)
    asking(territory, made, count // 10, goals)


def accepting(said: Answers, made: Calls, true: list[Drawing], goals: Goals | None) -> None:
    for level in (0.95, 0.96, ACCEPT, 0.97):
        taken = said.p >= level
        wrong = ~said.right[taken]
        verdict = goals.check(wrong.mean() <= WRONG_GOAL) if goals and level == ACCEPT else ""
        print(
            f"  taken at p >= {level:5.3f}: {taken.mean():6.2%} of calls, wrong {wrong.mean():6.3%}"
            f" of these, {wrong.sum() / len(taken):6.3%} of all   {verdict}"
        )
    wrong_alone, none_alone = in_polygon(true[0], made)
    print(
        f"  point in polygon alone: wrong {wrong_alone:6.2%}, no village {none_alone:6.2%};"
        f" first answer here: wrong {(~said.right).mean():6.2%}"
    )


def asking(territory: Territory, made: Calls, count: int, goals: Goals | None) -> None:
    # Calls of both drawings stand in a row: take some of each.
    step = max(1, len(made.points) // count)
    few = Calls(made.points[::step], made.villages[::step])
    start = perf_counter()
    held = talks(territory, few, RADIUS_M, error=0.03, seed=5)
    took_ms = (perf_counter() - start) * 1e3 / len(held)
    soon = np.mean([talk.taken is not None and talk.questions <= 1 for talk in held])
    none = np.mean([talk.taken is not None and talk.questions == 0 for talk in held])
    taken = [talk for talk in held if talk.taken is not None]
    wrong = np.mean([talk.taken != talk.true for talk in taken])
    verdict = goals.check(bool(soon >= SOON_GOAL)) if goals else ""
    print(
        f"  settled with no question {none:6.2%}, with one at most {soon:6.2%}, with three"
        f" {len(taken) / len(held):6.2%}, wrong of these {wrong:6.2%}"
        f" ({len(held)} calls, {took_ms:.1f} ms each)   {verdict}"
    )


if __name__ == "__main__":
    sys.exit(main())
