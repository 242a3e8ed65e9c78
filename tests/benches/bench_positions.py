"""Fixes of 500 units, one each 5 s, over HTTP, while a dispatcher's screen is open.

    python -m tests.benches.bench_positions [SECONDS]

First at their own pace (open loop: a fix is sent when it is due, whether the last was answered
or not, and its time counts from when it was due). Then as many as go through, beside pgbench
with a bare INSERT of a fix: one statement, no policies, each commit on the disk. Server, sender,
screen and database share the processors of this machine. Counts first: no fix is dropped.
"""

# ruff: noqa: T201 - what it prints is what it is for

import re
import secrets
import selectors
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import text

from dispatch import tokens
from tests.benches.machine import cpu_s, durable_world, load_average, pgbench, postmaster
from tests.benches.pound import Line
from tests.cluster import as_role
from tests.faults.listen import Stream
from tests.faults.talk import log_in
from tests.world import World, serve

UNITS, EVERY_S, WORKERS, LINES = 500, 5.0, 2, 16
SECONDS = 30.0
BURST_S = 5.0

_UNITS = text(
    "INSERT INTO unit (call_sign, station_id, agency_id, kind, skills, state, position, by_sea)"
    " SELECT 'UKUR-' || n, station_id, agency_id, 'patroli', '{}', 'siap', position, false"
    "   FROM unit, generate_series(1, :many) AS n WHERE id = 1 RETURNING id"
)
_TOKEN = text(
    "INSERT INTO unit_token (unit_id, token_hash, label, created_by_name)"
    " VALUES (:unit, :hash, 'ukur', 'ukur')"
)
_INSERT = (
    "\\set unit random({first}, {last})\n"
    "INSERT INTO unit_fix (unit_id, at, received_at, position, accuracy_m, speed_ms, heading,"
    " source) VALUES (:unit, clock_timestamp(), clock_timestamp(),"
    " ST_SetSRID(ST_MakePoint(110.668, -6.588), 4326), 8, 12, 90, 'ukur')"
    " ON CONFLICT DO NOTHING;\n"
)


@dataclass
class Told:
    """What came back."""

    took: list[float] = field(default_factory=list)  # seconds, sorted at the end
    statuses: dict[str, int] = field(default_factory=dict)
    taken: int = 0  # fixes that were believed
    seconds: float = 0.0

    def note(self, heard: bytes, seconds: float) -> None:
        self.took.append(seconds)
        status = heard[9:12].decode()
        self.statuses[status] = self.statuses.get(status, 0) + 1
        self.taken += b'"taken":1' in heard

    def percentile_ms(self, share: float) -> float:
        return 1000 * sorted(self.took)[int(len(self.took) * share)]


def main(seconds: float = SECONDS) -> int:
    """Exit code 1 when a fix is dropped."""
    with durable_world() as world, serve(world, workers=WORKERS) as server:
        units, shown = make_units(world)
        port = int(server.url.rpartition(":")[2])
        dispatcher = log_in(server.url, "dispatcher1")
        cursor = dispatcher.ask("GET", "/api/board").json["cursor"]
        house = [server.process.pid, postmaster(world)]
        with Stream(dispatcher, cursor) as screen:
            drive(port, phones(shown), rate=UNITS / EVERY_S, seconds=3)  # warm
            before, cpu = kept(world), [cpu_s(pid) for pid in house]
            told = drive(port, phones(shown), rate=UNITS / EVERY_S, seconds=seconds)
            used = [(cpu_s(pid) - b) / told.seconds for pid, b in zip(house, cpu, strict=True)]
            rows = kept(world) - before
            seen = len(screen.places.keys() & set(units))
        most = drive(port, phones(shown), rate=None, seconds=BURST_S)
        bare = insert_rate(world, units)
    good = told.statuses.get("200", 0)
    dropped = len(told.took) - told.taken
    print(
        f"positions: {UNITS} units, a fix each {EVERY_S:.0f} s, {WORKERS} workers; "
        f"{load_average()}\n"
        f"at their pace: {good} fixes in {told.seconds:.0f} s ({good / told.seconds:.0f}/s), "
        f"dropped {dropped}, statuses {told.statuses}\n"
        f"from due to answered: p50 {told.percentile_ms(0.5):.1f} ms, "
        f"p99 {told.percentile_ms(0.99):.1f} ms\n"
        f"processor: server {100 * used[0]:.0f} %, database {100 * used[1]:.0f} % of one; "
        f"rows kept {rows} ({100 * rows / max(good, 1):.0f} %); "
        f"units seen on the screen {seen} of {UNITS}\n"
        f"as many as go: {most.taken / most.seconds:.0f}/s over HTTP, bare INSERT "
        f"{bare:.0f}/s by pgbench: ratio {most.taken / most.seconds / bare:.3f}; "
        f"statuses {most.statuses}"
    )
    return int(dropped > 0 or seen < UNITS or set(most.statuses) != {"200"})


def make_units(world: World) -> tuple[list[int], list[str]]:
    """Ids of new units, and a token of each."""
    with world.as_owner() as session:
        units = list(session.scalars(_UNITS, {"many": UNITS}))
        shown = [secrets.token_urlsafe(24) for _ in units]
        for unit, token in zip(units, shown, strict=True):
            session.execute(_TOKEN, {"unit": unit, "hash": tokens.digest(token)})
    return units, shown


def phones(shown: list[str]) -> Callable[[], bytes]:
    """The next request: every second unit drives at 15 m/s, the others stand."""

    def requests() -> Iterator[bytes]:
        begun = time.time()
        while True:
            for number, token in enumerate(shown):
                now = time.time()
                driven_m = 15 * (now - begun) if number % 2 else 0.0
                lon = 110.6 + number / 10_000 + driven_m / 110_500
                words = (
                    f"id={token}&timestamp={datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}&lat=-6.6"
                    f"&lon={lon:.7f}&speed={29 if number % 2 else 0}&bearing=90&altitude=12"
                    "&accuracy=8&batt=87"
                )
                head = f"POST /api/osmand?{words} HTTP/1.1\r\nHost: x\r\nContent-Length: 0"
                yield f"{head}\r\n\r\n".encode()

    made = requests()
    return lambda: next(made)


def drive(port: int, request: Callable[[], bytes], rate: float | None, seconds: float) -> Told:
    """Send at the rate (None: as soon as a line is free) and note each answer."""
    told, ways = Told(), selectors.EpollSelector()
    free = [Line(port) for _ in range(LINES)]
    lines = list(free)
    for line in lines:
        ways.register(line.socket, selectors.EVENT_READ, line)
    begun, sent = time.perf_counter(), 0
    while True:
        now = time.perf_counter() - begun
        due = int(now * rate) + 1 if rate else sent + LINES
        while free and sent < due and now < seconds:
            line = free.pop()
            line.ask(request())
            if rate:  # it was due then, even when no line was free
                line.sent_at = begun + sent / rate
            sent += 1
        if now >= seconds and len(free) == LINES:
            break
        for key, _ in ways.select(0.002 if rate else 0.1):
            line = key.data
            if line.whole():
                told.note(line.heard, time.perf_counter() - line.sent_at)
                line.heard = b""
                free.append(line)
    told.seconds = time.perf_counter() - begun
    for line in lines:
        line.socket.close()
    return told


def kept(world: World) -> int:
    with world.as_owner() as session:
        return session.execute(text("SELECT count(*) FROM unit_fix")).scalar_one()


def insert_rate(world: World, units: list[int]) -> float:
    """Bare INSERTs a second as the superuser, whom no policy binds."""
    database = world.app_url.rpartition("?")[0].rpartition("/")[2]
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder, "insert.sql")
        script.write_text(_INSERT.format(first=units[0], last=units[-1]))
        how = ["-n", "-M", "prepared", "-c", str(LINES), "-j", "1", "-T", f"{BURST_S:.0f}"]
        said = pgbench(as_role(world.app_url, "tanggap_super", database), [*how, "-f", str(script)])
    found = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    return float(found[1])


if __name__ == "__main__":
    sys.exit(main(*(float(given) for given in sys.argv[1:])))
