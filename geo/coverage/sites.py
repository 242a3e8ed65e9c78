"""Where help should stand: the best of many places, by a solver, with what it could not prove.

Two questions: from which places are most people reached within a limit (MCLP, Church and ReVelle
1974), and from which is the way to all people shortest on average (p-median, Hakimi 1964, in the
radius formulation of García, Labbé and Marín 2011). HiGHS answers both through scipy; a greedy
answer, bettered by swaps, stands by: nothing worse is ever handed out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_matrix, csr_matrix, hstack, identity, vstack

from geo.coverage.demand import Flags, Floats, Ints
from geo.errors import GeoError
from geo.hotspots.heard import waited

_CLOSE = 1e-9
_GAP = 1e-9  # of the solver: the best answer is wanted, not one near it
_WHOLE = 1e4  # all weight, as the solver sees it: its own tolerances are absolute
SECONDS = 20.0
Asked = Callable[[], None]  # heard now and then; may raise to stop


def unasked() -> None:
    """Nobody wants to stop."""


class BadCount(GeoError):
    """The number of sites cannot be chosen from these candidates."""


@dataclass(frozen=True, slots=True)
class Sites:
    """The chosen places, and how good they can be at most.

    value  MCLP: the weight that is covered; p-median: seconds on average
    bound  no choice is better than that, as far as the solver came
    """

    chosen: tuple[int, ...]  # new ones, rising; without those that were kept
    value: float
    bound: float
    solver: str  # "HiGHS", or "tukar" (greedy and swaps) where the solver found nothing better

    @property
    def gap(self) -> float:
        """How much better another choice might still be, as a share of the value: 0 is proven."""
        size = max(abs(self.value), _CLOSE)
        return float(max(0.0, abs(self.bound - self.value) / size - _CLOSE))


def best_sites(
    times_s: Floats,
    weights: Floats,
    count: int,
    limit_s: float,
    kept: Collection[int] = (),
    seconds: float = SECONDS,
    asked: Asked = unasked,
) -> Sites:
    """The `count` places that together with the kept ones cover the most weight (MCLP).

    times_s  (candidates, points), NaN where there is no way
    weights  (points,) not negative
    seconds  that the solver may take
    asked    called some times a second; may raise to stop
    Raises BadCount where fewer than `count` candidates are free to be chosen.
    """
    free = _free(times_s, count, kept)
    with np.errstate(invalid="ignore"):
        covers = times_s <= limit_s
    given = covers[sorted(kept)].any(axis=0)
    sets, worth = _alike(covers[free][:, ~given], weights[~given])

    def value(chosen: Ints) -> float:
        return float(worth[sets[chosen].any(axis=0)].sum())

    base = float(weights[given].sum())
    start = _swapped(len(free), count, value, asked)
    if not count or not len(worth):
        return _sites(free, start, base + value(start), base + value(start), "HiGHS")
    found = waited(lambda: _solve_cover(sets, worth, count, seconds), asked)
    bound = min(float(worth.sum()), -_bound(found, -float(worth.sum())))
    better = _chosen(found, len(free), count)
    if better is not None and value(better) >= value(start) - _CLOSE:
        return _sites(free, better, base + value(better), base + bound, "HiGHS")
    return _sites(free, start, base + value(start), base + bound, "tukar")


def p_median(
    times_s: Floats,
    weights: Floats,
    count: int,
    far_s: float,
    kept: Collection[int] = (),
    seconds: float = SECONDS,
    asked: Asked = unasked,
) -> Sites:
    """The `count` places that with the kept ones are nearest to all on average (p-median).

    far_s    counts where there is no way, or a longer one
    Otherwise as best_sites. Raises ValueError where all weights are 0.
    """
    free = _free(times_s, count, kept)
    if weights.sum() <= 0:
        raise ValueError("weights: all are 0; give at least one above")
    share = weights / weights.sum()
    way_s = np.where(times_s <= far_s, times_s, far_s)
    given_s = way_s[sorted(kept)].min(axis=0, initial=far_s)
    least_s = np.minimum(way_s[free], given_s)

    def value(chosen: Ints) -> float:
        return -float(share @ least_s[chosen].min(axis=0, initial=far_s).clip(max=given_s))

    start = _swapped(len(free), count, value, asked)
    if not count:
        return _sites(free, start, -value(start), -value(start), "HiGHS")
    found = waited(lambda: _solve_median(least_s, given_s, share, count, seconds), asked)
    bound = max(float(share @ least_s.min(axis=0)), _bound(found, 0.0))
    better = _chosen(found, len(free), count)
    if better is not None and value(better) >= value(start) - _CLOSE:
        return _sites(free, better, -value(better), bound, "HiGHS")
    return _sites(free, start, -value(start), bound, "tukar")


def _free(times_s: Floats, count: int, kept: Collection[int]) -> Ints:
    """Candidates that are not kept already."""
    free = np.setdiff1d(np.arange(len(times_s)), np.array(sorted(kept), dtype=np.int64))
    if not 0 <= count <= len(free):
        raise BadCount(f"count {count}: give 0 to {len(free)}, the candidates that are free")
    return free


def _sites(free: Ints, chosen: Ints, value: float, bound: float, solver: str) -> Sites:
    return Sites(tuple(sorted(free[chosen].tolist())), value, bound, solver)


def _alike(covers: Flags, weights: Floats) -> tuple[Flags, Floats]:
    """Points that the same candidates cover, taken together; those that none covers left out."""
    some = covers.any(axis=0) & (weights > 0)
    sets, whose = np.unique(covers[:, some], axis=1, return_inverse=True)
    worth = np.bincount(whose.ravel(), weights=weights[some], minlength=sets.shape[1])
    return sets, np.asarray(worth, dtype=np.float64)


def _solve_cover(sets: Flags, worth: Floats, count: int, seconds: float) -> Any:
    """Places first, then what is covered: y <= the sum of the places that cover it."""
    places, groups = sets.shape
    covered = hstack([-csr_matrix(sets.T.astype(np.float64)), identity(groups)])
    number = hstack([np.ones((1, places)), csr_matrix((1, groups))])
    found = milp(
        np.concatenate([np.zeros(places), -worth * (_WHOLE / worth.sum())]),
        integrality=np.concatenate([np.ones(places), np.zeros(groups)]),
        bounds=Bounds(0, 1),
        constraints=[
            LinearConstraint(covered, -np.inf, 0),
            LinearConstraint(number, count, count),
        ],
        options={"time_limit": seconds, "mip_rel_gap": _GAP},
    )
    if found.mip_dual_bound is not None:
        found.mip_dual_bound *= worth.sum() / _WHOLE
    return found


def _solve_median(
    least_s: Floats, given_s: Floats, share: Floats, count: int, seconds: float
) -> Any:
    """Places first, then a step z for each point and each distance that may have to be borne.

    z = 1: no place is nearer than that distance. The steps of a point only get fewer with distance.
    """
    places = len(least_s)
    cost, base, rows, columns, signs = [], 0.0, [], [], []
    low, step = [], 0
    for point in np.flatnonzero(share > 0).tolist():
        own = least_s[:, point]
        levels = np.unique(np.append(own, given_s[point]))
        base += share[point] * levels[0]
        for number, (near, far) in enumerate(pairwise(levels.tolist())):
            at = np.flatnonzero(own == near)
            cost.append(share[point] * (far - near))
            rows += [step] * (len(at) + 1)
            columns += [*at.tolist(), places + step]
            signs += [1] * (len(at) + 1)
            if number:
                rows.append(step)
                columns.append(places + step - 1)
                signs.append(-1)
            low.append(0.0 if number else 1.0)
            step += 1
    bears = coo_matrix((signs, (rows, columns)), shape=(step, places + step))
    number_of = hstack([np.ones((1, places)), csr_matrix((1, step))])
    found = milp(
        np.concatenate([np.zeros(places), np.array(cost)]),
        integrality=np.concatenate([np.ones(places), np.zeros(step)]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(
            vstack([bears, number_of]),
            np.append(low, count),
            np.append(np.full(step, np.inf), count),
        ),
        options={"time_limit": seconds, "mip_rel_gap": _GAP},
    )
    if found.mip_dual_bound is not None:
        found.mip_dual_bound += base
    return found


def _bound(found: Any, otherwise: float) -> float:
    """What the solver proved; `otherwise` where it came to nothing."""
    bound = found.mip_dual_bound
    return otherwise if bound is None or not np.isfinite(bound) else float(bound)


def _chosen(found: Any, places: int, count: int) -> Ints | None:
    """The places of the solver's answer; None where it has none."""
    if found.x is None:
        return None
    chosen = np.flatnonzero(found.x[:places] > 0.5)
    return chosen if len(chosen) == count else None


def _swapped(places: int, count: int, value: Any, asked: Asked) -> Ints:
    """Greedy, then one place for another as long as that is better (Teitz and Bart 1968)."""
    chosen: list[int] = []
    for _ in range(count):
        rest = [n for n in range(places) if n not in chosen]
        chosen.append(max(rest, key=lambda n: value(np.array([*chosen, n]))))
        asked()
    best, moved = value(np.array(chosen, dtype=np.int64)), True
    while moved:
        moved = False
        for place in range(count):
            asked()
            for other in range(places):
                tried = [*chosen[:place], other, *chosen[place + 1 :]]
                if other in chosen or (then := value(np.array(tried))) <= best + _CLOSE:
                    continue
                chosen, best, moved = tried, then, True
    return np.array(sorted(chosen), dtype=np.int64)
