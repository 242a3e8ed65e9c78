"""How far 200 units come in 5, 10 and 15 minutes: ours, scipy and networkx on one graph.

python -m tests.benches.bench_isochrones [units] [metres of a plot]
Prints one table; in the same run the seconds of every node of the roads are checked against scipy's
full search, to 1e-6 s. Needs ../shared/data/roads.
"""

# ruff: noqa: T201 - what it prints is what it is for

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import TypeVar
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from geo.coverage.isochrones import Plots, isochrones
from geo.coverage.reach import Places, Reached, reached
from geo.point import Point
from geo.routing import Start
from geo.routing.roads import RoadRouter
from geo.routing.rules import RoadRules, TurnCosts
from tests.benches import auckland, machine
from tests.benches.auckland import Graph
from tests.shared import SHARED

ROADS = SHARED / "data/roads"
LIMITS_S = 300.0, 600.0, 900.0
PLAIN = RoadRules(signed_share=1.0, turns=TurnCosts(0, 0, 0, 0))
TRIES = 5
FEW = 5  # units that networkx is asked for
_CLOSE_S = 1e-6
Floats = NDArray[np.float64]
Answer = TypeVar("Answer")


def main() -> None:
    """Measure and print."""
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    side_m = float(sys.argv[2]) if len(sys.argv) > 2 else 100.0
    graph = auckland.read(ROADS)
    nodes = np.random.default_rng(20261122).choice(graph.inner, units, replace=False)
    router = RoadRouter.of(graph.table, PLAIN, ZoneInfo("UTC"))
    area = shapely.box(*shapely.total_bounds(shapely.multipoints(graph.spots)))
    print(f"{len(graph.spots):,} nodes, {len(graph.start):,} arcs, {graph.table.count:,} roads;")
    print(f"{units} units; {machine.load_average()}\n")
    starts = [Start(_point(graph, node)) for node in nodes]
    goals = Places.of(router, [_point(graph, node) for node in graph.inner])
    began = time.perf_counter()
    plots = Plots.over(area, side_m)
    squares = Places.of(router, plots.points())
    built_s = time.perf_counter() - began
    print(f"{'once a network: plots and their roads':<58}{built_s:>8.2f} s  {plots.columns} wide\n")
    print(f"{f'{units} units, 15 minutes':<58}{'s':>8}{'CPU s':>8}{'times':>9}")
    right, base_s = _timed(lambda: _scipy(graph, nodes, np.inf), 1)
    _row("scipy, nodes, whole search for each unit", base_s, base_s)
    _row(
        "scipy, nodes, no farther than 15 minutes",
        _timed(lambda: _scipy(graph, nodes), 1)[1],
        base_s,
    )
    _, few_s = _timed(lambda: _networkx(graph, nodes[:FEW]), 1)
    _row(
        f"networkx, nodes, 15 minutes ({FEW} units, times {units / FEW:g})",
        few_s * units / FEW,
        base_s,
    )
    found, ours_s = _timed(lambda: reached(router, starts, goals, LIMITS_S[-1]))
    _row("ours, seconds of all nodes", ours_s, base_s)
    print(f"{'':<4}{_check(graph, found, right):,} seconds equal scipy's to {_CLOSE_S:g}")
    far, plots_s = _timed(lambda: reached(router, starts, squares, LIMITS_S[-1]))
    _row(f"ours, seconds of plots of {side_m:g} m", plots_s, base_s)
    shapes, drawn_s = _timed(lambda: isochrones(plots, far, LIMITS_S))
    _row(f"ours, {shapes.size} shapes for 5, 10, 15 minutes", drawn_s, base_s)
    _row("ours, plots and shapes together: the goal is 1 s", plots_s + drawn_s, base_s)
    corners = int(shapely.get_num_coordinates(shapes).sum())
    print(f"{'':<4}{corners:,} corners; all shapes valid: {shapely.is_valid(shapes).all()}")


def _timed(do: Callable[[], Answer], tries: int = TRIES) -> tuple[Answer, Floats]:
    """The answer, and the middle of so many times: on the wall, of the processor.

    Warmed up first where there are several.
    """
    answer = do() if tries > 1 else None
    spent = []
    for _ in range(tries):
        began = np.array([time.perf_counter(), time.process_time()])
        answer = do()
        spent.append(np.array([time.perf_counter(), time.process_time()]) - began)
    assert answer is not None
    return answer, np.median(spent, axis=0)


def _row(name: str, spent_s: Floats, base_s: Floats) -> None:
    """On a machine that others use, too, the clock on the wall runs on: the processor's is told."""
    wall_s, cpu_s = spent_s.tolist()
    print(f"{name:<58}{wall_s:>8.3f}{cpu_s:>8.3f}{base_s[0] / wall_s:>8.1f} x")


def _point(graph: Graph, node: int) -> Point:
    lon, lat = graph.spots[node].tolist()
    return Point(lon=lon, lat=lat)


def _scipy(graph: Graph, nodes: NDArray[np.intp], limit_s: float = LIMITS_S[-1]) -> Floats:
    """(units, nodes) seconds; infinite beyond the limit."""
    size = len(graph.spots)
    arcs = csr_matrix((graph.seconds, (graph.start, graph.finish)), shape=(size, size))
    found: Floats = dijkstra(arcs, indices=nodes, limit=limit_s)
    return found


def _networkx(graph: Graph, nodes: NDArray[np.intp]) -> list[dict[int, float]]:
    roads = nx.DiGraph()
    arcs = zip(graph.start.tolist(), graph.finish.tolist(), graph.seconds.tolist(), strict=True)
    roads.add_weighted_edges_from(arcs)
    search = nx.single_source_dijkstra_path_length
    return [search(roads, node, cutoff=LIMITS_S[-1]) for node in nodes.tolist()]


def _check(graph: Graph, found: Reached, right: Floats) -> int:
    """How many answers were compared. Raises where one differs, or one of the two is missing."""
    expected = right[:, graph.inner]
    table = found.table()
    sure = np.abs(expected - LIMITS_S[-1]) > _CLOSE_S
    np.testing.assert_array_equal(~np.isnan(table)[sure], (expected <= LIMITS_S[-1])[sure])
    known = ~np.isnan(table)
    np.testing.assert_allclose(table[known], expected[known], rtol=0, atol=_CLOSE_S)
    return int(known.sum())


if __name__ == "__main__":
    main()
