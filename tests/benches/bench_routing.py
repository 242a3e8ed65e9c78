"""One incident to 200 units, exactly: our router, scipy, networkx, pgRouting, on one graph.

python -m tests.benches.bench_routing [incidents]
Prints one table; in the same run every answer is checked against the others.
"""

# ruff: noqa: T201 - what it prints is what it is for

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import networkx as nx
import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import dijkstra
from sqlalchemy import Connection, create_engine, text

from geo.point import Point
from geo.routing import Leg, Start
from geo.routing.roads import RoadRouter
from geo.routing.rules import RoadRules, TurnCosts
from tests.benches import auckland, machine
from tests.benches.auckland import Graph
from tests.cluster import admin_url, as_role
from tests.geo.routing.drawn import real
from tests.shared import SHARED

ROADS = SHARED / "data/roads"
UNITS, LIMIT_S = 200, 900.0
SLOW = 10  # so many times fewer incidents for those that take long
ZONE = ZoneInfo("UTC")
PLAIN = RoadRules(signed_share=1.0, turns=TurnCosts(0, 0, 0, 0))
Floats = NDArray[np.float64]
Ask = Callable[[int], Floats]  # an incident's node to the seconds of all units; NaN: not reached

# Reversed arcs from the incident, cut to the box of incident and units (research/performance.md).
_BOX = (
    "SELECT a.id, a.finish AS source, a.start AS target, a.seconds AS cost, -1 AS reverse_cost"
    " FROM arcs a WHERE a.course && ST_MakeEnvelope({},{},{},{},4326)"
)
_ALL = "SELECT id, finish AS source, start AS target, seconds AS cost, -1 AS reverse_cost FROM arcs"
_ASK = text(
    "SELECT node, agg_cost FROM pgr_drivingDistance(:arcs, CAST(:incident AS bigint),"
    " CAST(:most AS float8), true) WHERE node = ANY(:units)"
)


def main() -> None:
    """Measure and print."""
    incidents = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    graph = auckland.read(ROADS)
    chance = np.random.default_rng(20261122)
    units = chance.choice(graph.inner, UNITS, replace=False)
    goals = chance.choice(np.setdiff1d(graph.inner, units), incidents, replace=False)
    ours = _built("build (the ready-made graph)", lambda: RoadRouter.of(graph.table, PLAIN, ZONE))
    print(f"{len(graph.spots):,} nodes, {len(graph.start):,} arcs; {graph.table.count:,} roads,")
    print(f"{ours.network.states:,} directed; {UNITS} units, {incidents} incidents\n")
    heads = f"{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}{'times':>8}{'farthest':>12}"
    print(f"{'one incident to 200 units':<46}{heads}")
    right = dict(enumerate(_scipy(graph, units, np.inf)(goal) for goal in goals[:incidents]))
    base = _row("our router, times()", _times(ours, graph, units), goals, right)
    _row("our router, legs() with shares", _legs(ours, graph, units), goals, right)
    _row("scipy, nodes, all", _scipy(graph, units, np.inf), goals, right, base)
    _row("scipy, nodes, 15 min", _scipy(graph, units, LIMIT_S), goals, right, base)
    few = goals[: max(3, incidents // SLOW)]
    _row("networkx, nodes, all", _networkx(graph, units), few[:10], right, base)
    with _postgres(graph) as connection:
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        for name, box, most in (
            ("pgr_drivingDistance, box, 15 min", True, LIMIT_S),
            ("pgr_drivingDistance, box, all", True, 1e9),
            ("pgr_drivingDistance, 15 min", False, LIMIT_S),
        ):
            ask = _pgrouting(connection, graph, units, box, most)
            _row(name, ask, few, right, base, pid)
    _imported(incidents)
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _row(
    name: str,
    ask: Ask,
    goals: Sequence[int],
    right: dict[int, Floats],
    base: float | None = None,
    pid: int | None = None,
) -> float:
    """Measure, check, print; the median in ms. `pid`: of the server that does the work."""
    ask(int(goals[-1]))  # warm
    spent, off, used = [], 0.0, _cpu(pid)
    for n, goal in enumerate(goals):
        began = time.perf_counter()
        found = ask(int(goal))
        spent.append((time.perf_counter() - began) * 1e3)
        known = ~np.isnan(found)
        off = max(off, float(np.abs(found[known] - right[n][known]).max(initial=0.0)))
        missed = right[n][~known]
        assert (np.isnan(missed) | (missed > LIMIT_S) | _by_box(name)).all(), name
    own_ms = (_cpu(pid) - used) / len(goals) * 1e3
    middle, last = np.percentile(spent, [50, 99])
    factor = "" if base is None else f"{middle / base:.1f} x"
    print(f"{name:<46}{middle:>9.2f}{last:>9.2f}{own_ms:>9.2f}{factor:>8}{off:>10.1e} s")
    return float(middle)


def _cpu(pid: int | None) -> float:
    """Seconds of processor: on a machine that others use, too, the clock on the wall runs on."""
    return time.process_time() if pid is None else machine.cpu_s(pid)


def _by_box(name: str) -> bool:
    """A box cuts ways that lead out of it: what it misses is its own fault."""
    return "box" in name


def _times(router: RoadRouter, graph: Graph, units: NDArray[np.intp]) -> Ask:
    starts = [Start(_point(graph, unit)) for unit in units]

    def ask(goal: int) -> Floats:
        router._kept.trees.clear()  # every search is made, none is remembered
        return router.times(starts, [_point(graph, goal)])[:, 0]

    return ask


def _legs(router: RoadRouter, graph: Graph, units: NDArray[np.intp]) -> Ask:
    starts = [Start(_point(graph, unit)) for unit in units]

    def ask(goal: int) -> Floats:
        router._kept.trees.clear()
        legs = router.legs(starts, _point(graph, goal))
        return np.array([leg.travel_s if isinstance(leg, Leg) else np.nan for leg in legs])

    return ask


def _scipy(graph: Graph, units: NDArray[np.intp], most: float) -> Ask:
    arcs = graph.reversed

    def ask(goal: int) -> Floats:
        found = dijkstra(arcs, indices=goal, limit=most)[units]
        found[np.isinf(found)] = np.nan
        return np.asarray(found)

    return ask


def _networkx(graph: Graph, units: NDArray[np.intp]) -> Ask:
    arcs = nx.DiGraph()
    rows = zip(graph.finish.tolist(), graph.start.tolist(), graph.seconds.tolist(), strict=True)
    arcs.add_weighted_edges_from(rows)

    def ask(goal: int) -> Floats:
        found = nx.single_source_dijkstra_path_length(arcs, goal)
        return np.array([found.get(unit, np.nan) for unit in units.tolist()])

    return ask


def _pgrouting(
    connection: Connection, graph: Graph, units: NDArray[np.intp], box: bool, most: float
) -> Ask:
    place = {int(unit): n for n, unit in enumerate(units)}

    def ask(goal: int) -> Floats:
        corners = graph.spots[[*units, goal]]
        bounds = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
        arcs = _BOX.format(*bounds) if box else _ALL
        given = {"arcs": arcs, "incident": goal, "most": most, "units": list(place)}
        found = np.full(len(units), np.nan)
        for node, spent_s in connection.execute(_ASK, given):
            found[place[node]] = spent_s
        return found

    return ask


@contextmanager
def _postgres(graph: Graph) -> Iterator[Connection]:
    """A throw-away cluster with the arcs, indexed as pgRouting wants them."""
    with admin_url() as admin:
        engine = create_engine(as_role(admin, "tanggap_super", "postgres"))
        with engine.connect() as connection:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pgrouting CASCADE")
            connection.exec_driver_sql(
                "CREATE TEMP TABLE arcs (id int PRIMARY KEY, start int, finish int,"
                " seconds float8, course geometry(LineString, 4326))"
            )
            _fill(connection, graph)
            for field in ("start", "finish"):
                connection.exec_driver_sql(f"CREATE INDEX ON arcs ({field})")
            connection.exec_driver_sql("CREATE INDEX ON arcs USING gist (course)")
            connection.exec_driver_sql("ANALYZE arcs")
            yield connection
        engine.dispose()


def _fill(connection: Connection, graph: Graph) -> None:
    add = text(
        "INSERT INTO arcs SELECT id, start, finish, seconds, ST_SetSRID(ST_MakeLine("
        " ST_MakePoint(x1, y1), ST_MakePoint(x2, y2)), 4326) FROM unnest("
        " CAST(:id AS int[]), CAST(:start AS int[]), CAST(:finish AS int[]),"
        " CAST(:seconds AS float8[]), CAST(:x1 AS float8[]), CAST(:y1 AS float8[]),"
        " CAST(:x2 AS float8[]), CAST(:y2 AS float8[]))"
        " AS t(id, start, finish, seconds, x1, y1, x2, y2)"
    )
    one, other = graph.spots[graph.start], graph.spots[graph.finish]
    connection.execute(
        add,
        {
            "id": list(range(len(graph.start))),
            "start": graph.start.tolist(),
            "finish": graph.finish.tolist(),
            "seconds": graph.seconds.tolist(),
            "x1": one[:, 0].tolist(),
            "y1": one[:, 1].tolist(),
            "x2": other[:, 0].tolist(),
            "y2": other[:, 1].tolist(),
        },
    )


def _imported(incidents: int) -> None:
    """The same question on networks as an import makes them, with turns and places off the road."""
    print()
    for file in ("auckland_main_roads_2017.osm.pbf", "manhattan_roads_2019.osm.pbf"):
        table = real(ROADS / file)
        router = _built(
            f"build ({file})", lambda table=table: RoadRouter.of(table, RoadRules(), ZONE)
        )
        chance = np.random.default_rng(7)

        def beside(count: int, table: object = table, chance: object = chance) -> list[Point]:
            spots = table.coords[chance.integers(0, len(table.coords), count)]
            spots = spots + chance.normal(0, 3e-4, (count, 2))
            return [Point(lon=float(lon), lat=float(lat)) for lon, lat in spots]

        starts = [Start(place) for place in beside(UNITS)]
        goals = beside(incidents)
        name = f"{router.network.states:,} directed, with turns"
        _timed(f"{name}: times()", lambda goal, r=router, s=starts: r.times(s, [goal]), goals)
        router._kept.trees.clear()
        _timed(f"{name}: legs()", lambda goal, r=router, s=starts: r.legs(s, goal), goals)
        moved = [[Start(place) for place in beside(UNITS)] for _ in range(20)]
        _timed("  200 units that all moved: joins", lambda s, r=router: r.setting(s), moved)


def _timed(name: str, ask: Callable[[object], object], asked: Sequence[object]) -> None:
    ask(asked[-1])
    spent, used = [], _cpu(None)
    for each in asked[:-1]:
        began = time.perf_counter()
        ask(each)
        spent.append((time.perf_counter() - began) * 1e3)
    own_ms = (_cpu(None) - used) / len(spent) * 1e3
    middle, last = np.percentile(spent, [50, 99])
    print(f"{name:<46}{middle:>9.2f}{last:>9.2f}{own_ms:>9.2f}")


def _built(name: str, make: Callable[[], RoadRouter]) -> RoadRouter:
    began = time.perf_counter()
    router = make()
    print(f"{name:<46}{(time.perf_counter() - began) * 1e3:>9.0f}")
    return router


def _point(graph: Graph, node: int) -> Point:
    lon, lat = graph.spots[node].tolist()
    return Point(lon=lon, lat=lat)


if __name__ == "__main__":
    assert Path(ROADS).is_dir(), f"{ROADS} is not here"
    main()
