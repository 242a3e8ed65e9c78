"""Counts of a million cases through HTTP against the bare SQL; the intake beside a heavy job.

    python -m tests.benches.bench_counts [--cases 1000000] [--rounds 200] [--intake SECONDS]

Real server (gunicorn, two workers) over a cluster whose commits wait for the disk. `warm` asks the
same few questions again and again, `new` one that nobody asked before, so that nothing is kept but
the facts themselves. Bare SQL: as the owner, without row security, answering the same.
With --intake: the time a call takes, while nothing else goes on, and while a worker reckons without
pause. Prints one table of this run; exits 1 when a goal is missed. Needs ../shared.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import numpy as np
from sqlalchemy import text

from app.facts_shelf import APART_S, WARM_AFTER_S
from dispatch.facts.reading import read
from dispatch.scope import ANALYST
from tests.benches import crowd_incidents
from tests.benches.intake_beside import intake
from tests.benches.machine import durable_world, load_average
from tests.faults.talk import Talker, log_in
from tests.world import Server, World, serve

GOAL_MS = 500.0
COUNTED = (
    " (restricted_group IS NULL OR (category_code, restricted_group) IN"
    " (SELECT k.code, k.restricted_group FROM category AS k WHERE k.counted))"
)
_MEANT = (
    f"{COUNTED} AND merged_into IS NULL"
    " AND opened_at AT TIME ZONE :zone >= CAST(:since AS date)"
    " AND opened_at AT TIME ZONE :zone < CAST(:until AS date)"
)
_STEP = "date_trunc(:trunc, opened_at AT TIME ZONE :zone)::date"
BARE = (
    f"SELECT village_code, {_STEP} AS step, category_code, count(*) FROM incident"
    f" WHERE village_code IS NOT NULL AND {_MEANT} GROUP BY 1, 2, 3"
)
BARE_SHARED = (
    f"SELECT v.code, {_STEP} AS step, category_code, sum(v.p) FROM incident,"
    " LATERAL (SELECT village_code AS code, 1::float8 AS p WHERE village_p >= 0.995"
    "          UNION ALL SELECT e ->> 0, (e ->> 1)::float8"
    "            FROM jsonb_array_elements(location -> 'villages') AS e WHERE village_p < 0.995"
    f"         ) AS v WHERE v.code IS NOT NULL AND {_MEANT} GROUP BY 1, 2, 3"
)
# As geo.hotspots.hexagons: the nearest middle of two shifted lattices (Carr, Olsen, White 1992).
HEXES = (
    "WITH spot AS ("
    f" SELECT {_STEP} AS step, category_code, ST_X(m) / :width AS x,"
    "        ST_Y(m) / :width / sqrt(3) AS y"
    "   FROM incident, ST_Transform(pin, :epsg) AS m"
    f"  WHERE pin IS NOT NULL AND {_MEANT}),"
    " near AS (SELECT *, round(x) AS ex, round(y) AS ey, floor(x) AS ox, floor(y) AS oy FROM spot),"
    " hex AS (SELECT step, category_code,"
    "   (x - ox - 0.5) ^ 2 + 3 * (y - oy - 0.5) ^ 2 < (x - ex) ^ 2 + 3 * (y - ey) ^ 2 AS odd,"
    "   ex, ey, ox, oy FROM near)"
    " SELECT (CASE WHEN odd THEN 2 * oy + 1 ELSE 2 * ey END::bigint + 33554432) * 67108864"
    "        + CASE WHEN odd THEN ox ELSE ex END::bigint + 33554432, step, category_code, count(*)"
    "   FROM hex GROUP BY 1, 2, 3"
)
ONE_KIND = BARE_SHARED.replace(" GROUP BY", " AND category_code = 'jalan' GROUP BY")
QUESTIONS: dict[str, tuple[str, str]] = {
    "village x week x kind, shares": ("by=desa&step=minggu", BARE_SHARED),
    "village x week x kind, whole": ("by=desa&step=minggu&whole=1", BARE),
    "hexagon 1 km x week x kind": ("by=heksagon&cell_m=1000&step=minggu", HEXES),
    "village x month, one kind": ("by=desa&step=bulan&split=0&category=jalan", ONE_KIND),
}


def main() -> int:
    """Exit code 1 when a goal is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=200)
    asked.add_argument("--intake", type=float, default=0.0, help="seconds of each kind")
    given = asked.parse_args()
    with durable_world() as world:
        begun = time.perf_counter()
        wrote = crowd_incidents.fill(world.owner_url, given.cases)
        print(f"{wrote} cases made in {time.perf_counter() - begun:.0f} s; {load_average()}")
        _first(world)
        with serve(world, workers=2) as server:
            # Both processes read the facts ahead, some seconds after they are up.
            time.sleep(WARM_AFTER_S + 3 * APART_S + given.cases / 1e5)
            met = _table(world, server, given.rounds)
            if given.intake:
                met &= intake(world, server, given.intake)
    return 0 if met else 1


def _first(world: World) -> None:
    """How long the columns take to read, and what they weigh."""
    ground = world.parts.ground()
    begun, cpu = time.perf_counter(), time.process_time()
    with world.as_scope(ANALYST) as session:
        facts = read(session, ground, datetime.now(UTC))
    took, own = time.perf_counter() - begun, time.process_time() - cpu
    print(
        f"facts: {len(facts)} read in {took:.2f} s ({own:.2f} s of it this process),"
        f" {facts.nbytes / 1e6:.0f} MB a process"
    )


def _table(world: World, server: Server, rounds: int) -> bool:
    talker = log_in(server.url, "perencana")
    today = datetime.now(UTC).date()
    until = today + timedelta(days=7 - today.weekday())  # whole weeks, as hexagons want it
    since = until - timedelta(days=crowd_incidents.DAYS + 7)
    print(f"{'':34}{'warm p50':>9}{'p99':>8}{'new p50':>9}{'p99':>8}{'SQL ms':>9}{'MB':>6}  goal")
    met = True
    for name, (words, statement) in QUESTIONS.items():
        path = f"/api/counts?{words}&since="
        body = _body(talker, f"{path}{since}&until={until}")
        warm = _times(rounds, lambda _, p=path: _body(talker, f"{p}{since}&until={until}"))
        fresh = _times(
            min(rounds, 60),
            # Later than any case: each is another question about all of them.
            lambda n, p=path: _body(talker, f"{p}{since}&until={until + timedelta(weeks=n + 1)}"),
        )
        trunc = "month" if "bulan" in words else "week"
        sql = _sql_ms(world, statement, {"since": since, "until": until, "trunc": trunc})
        ok = float(np.percentile(fresh, 99)) <= GOAL_MS
        met &= ok
        figures = [*np.percentile(warm, (50, 99)), *np.percentile(fresh, (50, 99)), sql]
        print(
            f"{name:34}{figures[0]:9.0f}{figures[1]:8.0f}{figures[2]:9.0f}{figures[3]:8.0f}"
            f"{figures[4]:9.0f}{len(body) / 1e6:6.1f}  {'met' if ok else 'MISSED'}"
            f" (<= {GOAL_MS:.0f} ms)"
        )
    return met


def _body(talker: Talker, path: str) -> bytes:
    answer = talker.ask("GET", path)
    assert answer.status == 200, answer
    return answer.body


def _times(rounds: int, ask: Callable[[int], object]) -> list[float]:
    took = []
    for number in range(rounds):
        begun = time.perf_counter()
        ask(number)
        took.append((time.perf_counter() - begun) * 1e3)
    return took


def _sql_ms(world: World, statement: str, asked: dict[str, date | str], rounds: int = 3) -> float:
    given = asked | {"zone": "Asia/Jakarta", "width": 1000.0, "epsg": 32749}
    took = []
    for _ in range(rounds):
        with world.as_owner() as session:
            begun = time.perf_counter()
            session.execute(text(statement), given).all()
            took.append((time.perf_counter() - begun) * 1e3)
    return float(np.median(took))


if __name__ == "__main__":
    sys.exit(main())
