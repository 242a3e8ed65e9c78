"""Tiles a second against tipg on the same tables, kept and from the database; their sizes.

    python -m tests.benches.bench_tiles [CASES [ROUNDS [SECONDS]]]

tipg (PyPI, pinned below) is installed into a folder of its own, TANGGAP_BENCH_TIPG or one that is
thrown away, and serves the open incidents as a view on the table. It is given what ours has not:
no row security (a superuser), a GiST index on the pin, an unlimited tile. Ours answers a leader
under row security. Both with two workers and the same connections, in turn, from a generator of
its own process; all on the processors of this machine. First a check: each tile tells of the same
incidents. Ours are clusters with sums, so the zooms are those where many stand alone. `database`
asks as a reload does, which is given no kept tile; `new` with a filter that nobody asked before.
"""

# ruff: noqa: T201 - what it prints is what it is for

import gzip
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import create_engine, make_url, pool

from tests import mvt
from tests.benches import crowd_map
from tests.benches.machine import durable_world, load_average
from tests.benches.tile_crowd import ask, head, never_asked, tiles
from tests.faults.talk import Talker, log_in
from tests.world import World, free_port, serve

TIPG = ["tipg==1.6.1", "uvicorn[standard]==0.54.0"]
FROM_DATABASE, KEPT, LARGEST_KB = 2.0, 15.0, 500.0
CASES, ROUNDS, SECONDS, CONNECTIONS, WORKERS = 100_000, 5, 4.0, 16, 2
ZOOMS, EACH = (15, 16, 17, 18), 60
PEER = "/collections/public.bench_points/tiles/WebMercatorQuad"
_VIEW = (
    "CREATE VIEW bench_points AS SELECT id, category_code AS category, priority, state, opened_at,"
    " due_at, pin FROM incident WHERE state <> 'ditutup' AND pin IS NOT NULL"
    " AND restricted_group IS NULL",
    "CREATE INDEX bench_pin ON incident USING gist (pin) WHERE state <> 'ditutup'",
    "ANALYZE incident",
)


def main(cases: int, rounds: int, seconds: float) -> int:
    """Exit code 1 when a goal is missed."""
    with durable_world() as world:
        crowd_map.fill(world.owner_url, cases, 1)
        super_url = _superuser(world)
        with serve(world, workers=WORKERS) as server, peer(super_url) as peer_port:
            leader = log_in(server.url, "bupati")
            places = tiles(world, ZOOMS, EACH)
            check_same(leader, peer_port, places)
            largest = sizes(world, leader)
            got = measure(leader, peer_port, places, rounds, seconds)
    return _say(got, largest, cases, rounds)


def measure(leader: Talker, peer_port: int, places, rounds, seconds) -> dict[str, list[float]]:
    """Answers a second of each contender in each round; the order turns."""
    kept = [f"/api/tiles/incidents/{z}/{x}/{y}" for z, x, y in places]
    marks = [_with_mark(leader, path) for path in kept]
    theirs = [f"{PEER}/{z}/{x}/{y}" for z, x, y in places]
    contenders = {
        "tipg": (peer_port, "Accept-Encoding: gzip\r\n", theirs),
        # Reload: who asks so is given no kept tile. New questions go through Flask as well.
        "database": (leader.port, head(leader) + "Cache-Control: no-cache\r\n", kept),
        "new": (leader.port, head(leader), never_asked(places, 40_000)),
        "kept": (leader.port, head(leader), kept),
        "unchanged": (leader.port, head(leader), marks),
    }
    got: dict[str, list[float]] = {name: [] for name in contenders}
    for n in range(rounds):
        for name in list(contenders)[n % 5 :] + list(contenders)[: n % 5]:
            port, lines, paths = contenders[name]
            told = ask(port, CONNECTIONS, seconds, lines, paths)
            wanted = "304" if name == "unchanged" else "200"
            share = told["statuses"].get(wanted, 0) / told["answers"]
            assert share > (0.98 if name == "unchanged" else 0.999), (name, told)
            got[name].append(told["rate"])
            print(f"round {n}: {name:10} {told['rate']:8.0f}/s  p99 {told['p99_ms']:7.1f} ms"
                  f"  {told['bytes']:7.0f} bytes  {share:.1%} {wanted}")  # fmt: skip
    return got


def check_same(leader: Talker, peer_port: int, places) -> None:
    """Each tile tells of as many incidents as the peer's; who stands alone has the same id."""
    seen = single = 0
    for z, x, y in places:
        ours = mvt.layers(_plain(leader, f"/api/tiles/incidents/{z}/{x}/{y}")).get("incidents", [])
        url = f"http://127.0.0.1:{peer_port}{PEER}/{z}/{x}/{y}"
        with urllib.request.urlopen(url, timeout=60) as answer:
            read = mvt.layers(answer.read())
        theirs = [f for f in read.get("default", []) if all(0 < c < 4096 for c in f.points[0])]
        count = sum(f.properties["n"] for f in ours)
        edge = [f for f in read.get("default", []) if any(c in (0, 4096) for c in f.points[0])]
        assert len(theirs) <= count <= len(theirs) + len(edge), (z, x, y, count, len(theirs))
        ids = {f.properties["id"] for f in theirs} | {f.properties["id"] for f in edge}
        assert {f.id for f in ours if f.id} <= ids
        seen, single = seen + count, single + sum(f.properties["n"] == 1 for f in ours)
    print(f"the same {seen} incidents in {len(places)} tiles; {single / seen:.0%} stand alone")


def sizes(world: World, leader: Talker) -> dict[int, float]:
    """Kilobytes as sent of the largest tile of each zoom."""
    largest: dict[int, float] = {}
    dispatcher = log_in(f"http://{leader.host}:{leader.port}", "dispatcher1")
    for z, x, y in tiles(world, range(5, 19), 25):
        answer = dispatcher.ask("GET", f"/api/tiles/incidents/{z}/{x}/{y}", Accept_Encoding="gzip")
        assert answer.status == 200, (z, x, y, answer.status)
        largest[z] = max(largest.get(z, 0.0), len(answer.body) / 1000)
    return largest


@contextmanager
def peer(url: str) -> Iterator[int]:
    """The other server, tipg, over the database, on a port of its own."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(os.environ.get("TANGGAP_BENCH_TIPG") or folder)
        if not (home / "bin/uvicorn").exists():
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            subprocess.run([home / "bin/pip", "install", "-q", *TIPG], check=True)
        port, at = free_port(), make_url(url)
        socket = quote(str(at.query["host"]), safe="")
        dsn = f"postgresql://{at.username}@{socket}:{at.query['port']}/{at.database}"
        given = {"DATABASE_URL": dsn, "TIPG_DB_SCHEMAS": '["public"]', "PATH": os.environ["PATH"],
                 "TIPG_MAX_FEATURES_PER_TILE": "1000000", "DB_MAX_CONN_SIZE": "4"}  # fmt: skip
        command = [home / "bin/uvicorn", "tipg.main:app", "--port", str(port), "--log-level",
                   "error", "--workers", str(WORKERS), "--no-access-log"]  # fmt: skip
        process = subprocess.Popen(command, env=given, cwd=folder)
        try:
            _wait_for(f"http://127.0.0.1:{port}/collections?f=json")
            yield port
        finally:
            process.terminate()
            process.wait(20)


def _superuser(world: World) -> str:
    url = make_url(world.owner_url).set(username="tanggap_super")
    engine = create_engine(url, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in _VIEW:
            connection.exec_driver_sql(statement)
    return url.render_as_string(hide_password=False)


def _wait_for(url: str) -> None:
    until = time.monotonic() + 90
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.3)


def _plain(talker: Talker, path: str) -> bytes:
    answer = talker.ask("GET", path, Accept_Encoding="gzip")
    assert answer.status == 200, (path, answer.status, answer.body[:200])
    return gzip.decompress(answer.body) if answer.body else b""


def _with_mark(talker: Talker, path: str) -> str:
    mark = talker.ask("GET", path, Accept_Encoding="gzip").headers["ETag"]
    return f"{path}\nIf-None-Match: {mark}\r\n"


def _say(got: dict[str, list[float]], largest: dict[int, float], cases: int, rounds: int) -> int:
    rate = {name: statistics.median(rounds) for name, rounds in got.items()}
    print(f"\ntiles: {cases} open, median of {rounds} rounds, {CONNECTIONS} connections,"
          f" {WORKERS} workers each, zooms {ZOOMS}; {load_average()}")  # fmt: skip
    goals = {"database": FROM_DATABASE, "kept": KEPT}
    missed = False
    for name, each in rate.items():
        ratio, goal = each / rate["tipg"], goals.get(name)
        missed |= goal is not None and ratio < goal
        print(f"{name:10} {each:9.0f}/s {ratio:7.1f} x" + (f"  goal {goal:.0f} x" if goal else ""))
    print("largest tile sent, kB by zoom: "
          + ", ".join(f"z{z} {size:.1f}" for z, size in sorted(largest.items()))
          + f"; goal under {LARGEST_KB:.0f}")  # fmt: skip
    return int(missed or max(largest.values()) > LARGEST_KB)


if __name__ == "__main__":
    arguments = [CASES, ROUNDS, SECONDS]
    for n, word in enumerate(sys.argv[1:]):
        arguments[n] = type(arguments[n])(word)
    sys.exit(main(*arguments))
