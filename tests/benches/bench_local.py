"""Gi* and local Moran against PySAL: as fast, as exact, as honest where there is no pattern.

    python -m tests.benches.bench_local [CELLS] [REACH] [MAPS]

Gi* by formula on CELLS cells (62,500) with all within REACH cells (7), weights included;
999 permutations of 195 villages by 52 weeks; MAPS maps (1,000) without a pattern at 0.3, 2 and
20 incidents a village. Prints one table; exit code 1 when a goal is missed.
"""

# ruff: noqa: T201 - what it prints is what it is for

import math
import sys
import warnings
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from geo.hotspots.discoveries import false_discovery
from geo.hotspots.local import Local, gi_star
from geo.hotspots.moran import local_moran
from geo.hotspots.raster import raster
from geo.hotspots.weights import Weights, nearest

FASTER_GOAL, Z_GOAL, SECONDS_GOAL, FALSE_GOAL = 500.0, 1e-9, 3.0, 0.05
VILLAGES, WEEKS, DRAWS, REFINE = 195, 52, 999, 19_999
BATCH = 100  # maps that share their draws
MISSED: list[str] = []


def main() -> int:
    """Prints all; 1 when a goal is missed."""
    warnings.simplefilter("ignore")  # PySAL announces changes of its next release at each call
    cells, reach, maps = (
        int(sys.argv[n + 1]) if len(sys.argv) > n + 1 else usual
        for n, usual in enumerate((62_500, 7, 1_000))
    )
    by_formula(cells, reach)
    by_permutation()
    without_pattern(maps)
    print("goals " + ("MISSED: " + "; ".join(MISSED) if MISSED else "met"))
    return int(bool(MISSED))


def by_formula(cells: int, reach: int) -> None:
    import libpysal
    from esda.getisord import G_Local

    side = math.isqrt(cells)
    counts = np.random.default_rng(1).poisson(3.0, side * side).astype(float)
    middles = np.indices((side, side)).reshape(2, -1).T[:, ::-1].astype(float)
    ours, found = timed(lambda: gi_star(counts, raster(side, side, reach)), 7)
    weighing, w = timed(
        lambda: libpysal.weights.DistanceBand(middles, reach * 1.0001, silence_warnings=True)
    )
    reckoning, theirs = timed(lambda: G_Local(counts, w, transform="B", star=True, permutations=0))
    ratio, apart = (weighing + reckoning) / ours, np.abs(found.z - theirs.Zs).max()
    print(f"Gi* by formula, {side * side} cells, all within {reach}")
    print(f"  ours {ours * 1e3:.1f} ms; libpysal {weighing:.2f} s + esda {reckoning:.2f} s")
    print(f"  x {ratio:,.0f}; greatest difference of z {apart:.1e}")
    goal(ratio >= FASTER_GOAL, f"x {FASTER_GOAL:g}")
    goal(apart <= Z_GOAL, "z to 1e-9")


def by_permutation() -> None:
    from esda.getisord import G_Local

    chance = np.random.default_rng(2)
    villages = nearest(chance.random((VILLAGES, 2)), 6)
    weeks = chance.gamma(2.0, 2.0, (VILLAGES, WEEKS))
    print(f"{DRAWS} permutations, {VILLAGES} villages x {WEEKS} weeks")
    took, _ = timed(lambda: gi_star(weeks, villages, permutations=DRAWS), 3)
    again, _ = timed(lambda: gi_star(weeks, villages, permutations=DRAWS, refine=99_999))
    moran, _ = timed(lambda: local_moran(weeks, villages, permutations=DRAWS))
    print(f"  Gi* {took:.2f} s, rare ones to 99,999 {again:.2f} s, local Moran {moran:.2f} s")
    w = as_pysal(villages)
    settings: dict[str, Any] = {"transform": "B", "star": True, "n_jobs": 1, "seed": 1}
    first, _ = timed(lambda: G_Local(weeks[:, 0], w, permutations=DRAWS, **settings))
    warm, _ = timed(lambda: G_Local(weeks[:, 0], w, permutations=DRAWS, **settings))
    print(f"  esda: first week {first:.1f} s (compiles), {WEEKS} more {warm * WEEKS:.2f} s")
    many = 99_999
    theirs = G_Local(weeks[:, 0], w, permutations=many, keep_simulations=False, **settings).p_sim
    p = gi_star(weeks[:, 0], villages, permutations=many, seed=2).p_sim
    apart = np.abs(p - theirs) / (np.sqrt(2 * theirs * (1 - theirs) / many) + 1 / many)
    print(f"  p_sim of {many} draws: {apart.max():.1f} standard errors from esda's at the most")
    goal(took <= SECONDS_GOAL, f"{SECONDS_GOAL:g} s")
    goal(apart.max() <= 4.5, "p as esda's")


def without_pattern(maps: int) -> None:
    villages = Weights.of(raster(13, 15).sparse())
    print(f"maps of {VILLAGES} villages without a pattern on which something is found, of {maps}")
    print(f"  {'incidents a village':22s} {'':7s} {'permuted':>9s} {'formula':>9s} {'as esda':>9s}")
    for mean in (0.3, 2.0, 20.0):
        counts = np.random.default_rng(3).poisson(mean, (VILLAGES, maps)).astype(float)
        for name, statistic in (("Gi*", gi_star), ("Moran", local_moran)):
            share = false_ones(counts, villages, statistic)
            print(f"  {mean:<22g} {name:7s} {share[0]:9.3f} {share[1]:9.3f} {share[2]:9.3f}")
            # What so few maps may show by chance where the rate is the nominal one.
            slack = 2.33 * math.sqrt(FALSE_GOAL * (1 - FALSE_GOAL) / maps) if maps < 1000 else 0.0
            goal(share[0] <= FALSE_GOAL + slack, f"{name} at {mean:g} a village")


def false_ones(
    counts: np.ndarray, villages: Weights, statistic: Callable[..., Local]
) -> tuple[float, ...]:
    """Shares of maps with a discovery by permutation, by formula and as esda folds."""
    found = np.zeros(3)
    for start in range(0, counts.shape[1], BATCH):
        batch = counts[:, start : start + BATCH]
        result = statistic(batch, villages, permutations=DRAWS, refine=REFINE, seed=start)
        for way, p in enumerate((result.p_two, result.p, result.p_sim)):
            assert p is not None
            found[way] += sum(false_discovery(one).found.any() for one in p.T)
    return tuple((found / counts.shape[1]).tolist())


def as_pysal(weights: Weights) -> Any:
    import libpysal

    return libpysal.weights.WSP(weights.matrix.copy()).to_W(silence_warnings=True)


def timed(work: Callable[[], Any], turns: int = 1) -> tuple[float, Any]:
    """Median seconds, and what came of it."""
    took = []
    for _ in range(turns):
        start = perf_counter()
        made = work()
        took.append(perf_counter() - start)
    return float(np.median(took)), made


def goal(met: bool, what: str) -> None:
    if not met:
        MISSED.append(what)


if __name__ == "__main__":
    sys.exit(main())
