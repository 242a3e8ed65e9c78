"""Calls a second through HTTP, the whole pipeline, against pgbench with the same statements.

    python -m tests.benches.bench_intake [ROUNDS [SECONDS]]

Both write to one database whose commits wait for the disk, as tanggap_app under row-level
security, in turn. Server, pgbench, generator and database share the processors of this
machine. Counts first: as many rows as answers.
"""

# ruff: noqa: T201 - what it prints is what it is for

import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from app.api import wire
from app.auth.sessions import log_in as token_for
from app.auth.sessions import person_of
from dispatch import calls, scope
from dispatch.calls import CallReport
from dispatch.scope import Scope
from geo.point import Point
from tests.benches.machine import cpu_s, durable_world, load_average, pgbench, postmaster
from tests.cluster import DEMO_PASSWORD
from tests.faults.talk import Talker, log_in
from tests.world import World, serve

GOAL = 0.5
Run = dict[str, float]
ROUNDS, SECONDS = 7, 4.0
CONNECTIONS = 16
WORKERS = 2
VILLAGES, BODIES = 4, 4000  # few villages: pgbench prepares each script anew on each connection
CHANCE = random.Random(112)  # noqa: S311 - the same points each time

# A square inside each of some villages: every point of it can be drawn without asking.
_SQUARES = text("""
    SELECT ST_X(circle.center) AS lon, ST_Y(circle.center) AS lat, circle.radius * 0.65 AS half
      FROM village, ST_MaximumInscribedCircle(area) AS circle
     WHERE edition_id = (SELECT id FROM edition WHERE in_force)
     ORDER BY md5(code) LIMIT :most
""")


@dataclass(frozen=True)
class Square:
    """A range of points that lie in one village."""

    lon: float
    lat: float
    half: float

    def draw(self) -> Point:
        """One of its points."""
        return Point(
            lon=self.lon + CHANCE.uniform(-self.half, self.half),
            lat=self.lat + CHANCE.uniform(-self.half, self.half),
        )


def main(rounds: int = ROUNDS, seconds: float = SECONDS) -> int:
    """Exit code 1 when rows are missing or the goal is missed."""
    with durable_world() as world, tempfile.TemporaryDirectory() as folder:
        with world.as_owner() as session:
            squares = [Square(*row) for row in session.execute(_SQUARES, {"most": VILLAGES})]
        scripts = pgbench_scripts(world, squares, Path(folder))
        with serve(world, workers=WORKERS) as server:
            asked = requests(log_in(server.url, "operator1"), squares, Path(folder))
            port = int(server.url.rpartition(":")[2])
            house = [server.process.pid, postmaster(world)]
            http, base = [], []
            for number in range(rounds + 1):  # the first warms both, and is not counted
                http.append(counted(house, lambda: post(world, port, seconds, asked)))
                base.append(
                    counted([house[1], os.getpid()], lambda: write(world, seconds, scripts))
                )
                print(f"round {number}: HTTP {line(http[-1])}; pgbench {line(base[-1])}")
    return report(http[1:], base[1:])


def counted(processes: Sequence[int], run: Callable[[], Run]) -> Run:
    """The run with the processor time that it took in those processes, for each call."""
    before = sum(map(cpu_s, processes))
    done = run()
    return done | {"cpu_us": 1e6 * (sum(map(cpu_s, processes)) - before) / done["calls"]}


def line(told: Run) -> str:
    """One measurement in a few words."""
    late = f", p50 {told['p50_ms']:.0f} p99 {told['p99_ms']:.0f} ms" if "p50_ms" in told else ""
    return f"{told['rate']:.0f}/s{late}, {told['cpu_us']:.0f} us of processor a call"


def report(http: Sequence[Run], base: Sequence[Run]) -> int:
    """The ratio of the medians, and how far the rounds lie apart."""
    ratios = sorted(h["rate"] / b["rate"] for h, b in zip(http, base, strict=True))
    rate, base_rate = (middle(runs, "rate") for runs in (http, base))
    cpu, base_cpu = (middle(runs, "cpu_us") for runs in (http, base))
    print(
        f"intake: {len(http)} rounds, {CONNECTIONS} connections, {WORKERS} workers, "
        f"rows == answers; {load_average()}\n"
        f"intake: HTTP {rate:.0f}/s, pgbench {base_rate:.0f}/s, ratio {rate / base_rate:.2f} "
        f"({ratios[0]:.2f} to {ratios[-1]:.2f}), goal {GOAL}; HTTP p50 "
        f"{middle(http, 'p50_ms'):.0f} ms, p99 {middle(http, 'p99_ms'):.0f} ms\n"
        f"intake: processor time a call {cpu:.0f} us, pgbench {base_cpu:.0f} us, "
        f"ratio {base_cpu / cpu:.2f}"
    )
    return int(rate / base_rate < GOAL)


def middle(runs: Sequence[Run], what: str) -> float:
    """The median of one figure."""
    return statistics.median(run[what] for run in runs)


def requests(talker: Talker, squares: Sequence[Square], folder: Path) -> Path:
    """What the generator sends: one head, and bodies with points of their own."""
    head = (
        "POST /api/calls HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Cookie: {talker.cookie}\r\nX-CSRF-Token: {talker.token}\r\n"
        "Idempotency-Key: %s-%d\r\nContent-Length: %d\r\n\r\n"
    )
    bodies = []
    for number in range(BODIES):
        pin = squares[number % len(squares)].draw()
        told = WORDS | {"pin": {"lon": pin.lon, "lat": pin.lat}}
        bodies.append(json.dumps(told))
    file = folder / "requests.json"
    file.write_text(json.dumps({"head": head, "bodies": bodies}))
    return file


WORDS = {
    "where": "dekat pasar, rumah cat hijau",
    "what": "warung terbakar, api sudah sampai atap",
    "category": "kebakaran",
    "phone": "081234567890",
    "caller": "Sari",
}


def post(world: World, port: int, seconds: float, asked: Path) -> Run:
    """Rate and latencies of the generator. Asserts that each answer is a row."""
    before = kept(world)
    arguments = [str(port), str(CONNECTIONS), str(seconds), str(asked)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.benches.pound", *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(done.stdout)
    statuses = told.pop("statuses")
    assert set(statuses) == {"201"}, statuses
    assert kept(world) - before == statuses["201"], "an answer without its row"
    return told | {"calls": statuses["201"]}


def kept(world: World) -> int:
    """Incidents with ticket, call, contact and log row."""
    with world.as_owner() as session:
        return session.execute(
            text(
                "SELECT count(*) FROM incident AS i"
                "  JOIN call AS c ON c.incident_id = i.id JOIN call_contact ON call_id = c.id"
                "  JOIN log_entry AS l ON l.call_id = c.id"
                " WHERE EXISTS (SELECT FROM ticket AS t WHERE t.incident_id = i.id)"
            )
        ).scalar_one()


def write(world: World, seconds: float, script: Sequence[str]) -> Run:
    """Transactions a second of pgbench. Asserts that each is a row."""
    before = kept(world)
    how = ["-n", "-M", "prepared", "-c", str(CONNECTIONS), "-j", "1", "-T", f"{seconds:.0f}"]
    said = pgbench(world.app_url, [*how, *script])
    found = re.search(r"transactions actually processed: (\d+)", said)
    rate = re.search(r"tps = ([\d.]+)", said)
    assert found, said
    assert rate, said
    assert kept(world) - before == int(found[1]), "a transaction without its row"
    return {"rate": float(rate[1]), "calls": int(found[1])}


def pgbench_scripts(world: World, squares: Sequence[Square], folder: Path) -> list[str]:
    """Arguments for pgbench: a script for each square, and the values that do not vary in it."""
    token = token_for(world.parts, "operator1", DEMO_PASSWORD)
    person = person_of(world.parts, str(token))
    assert person is not None
    arguments = []
    for number, square in enumerate(squares):
        teller = Speller(f"_{number}")
        script = folder / f"square{number}.sql"
        script.write_text(one_call(world, person.scope, square, teller))
        arguments += ["-f", str(script), *(f"-D{name}={value}" for name, value in teller.said)]
    return arguments


def one_call(world: World, operator: Scope, square: Square, teller: "Speller") -> str:
    """As the server sends them; only point, ids and key vary within a square."""
    report = CallReport(**WORDS, pin=Point(lon=square.lon, lat=square.lat))
    ground, now = world.parts.ground(), world.parts.now()
    with world.parts.transaction(operator) as session:
        taken = calls.decide(session, report, now, ground)
        body = wire.taken_call(taken, ground, operator)
        values = calls.values(session, taken, ground, "", bytes(32), bytes(32), body)
    for drawn in ("lon", "lat", "call_id", "incident_id", "key"):
        del values[drawn]
    intake = teller.spell(calls.INTAKE_SQL, values)
    return "\n".join(
        [
            f"\\set lon {square.lon} + {square.half} * (random(0, 2000000) - 1000000) / 1000000.0",
            f"\\set lat {square.lat} + {square.half} * (random(0, 2000000) - 1000000) / 1000000.0",
            "\\set k random(1, 9000000000000000000)",
            "BEGIN;",
            teller.spell(scope.ENTER_SQL, scope.settings(operator)) + ";",
            teller.spell(calls.IDS_SQL, {"opens": True}) + " \\gset",
            intake.replace(":key", "('key-' || CAST(:k AS text))") + ";",
            "COMMIT;",
        ]
    )


_BARE = {None: "NULL", "": "''"}  # pgbench has no variable with nothing in it


def _is_bare(value: object) -> bool:
    return value is None or value == ""


class Speller:
    """Turns a statement of ours into one of pgbench, its values into variables of pgbench."""

    def __init__(self, mark: str) -> None:
        self.mark = mark
        self.said: list[tuple[str, str]] = []

    def spell(self, sql: str, values: dict) -> str:
        """The statement in one line; names that have no value here stay as they are."""
        self.said += [(k + self.mark, _text(v)) for k, v in values.items() if not _is_bare(v)]

        def variable(name: re.Match) -> str:
            if name[1] not in values:
                return name[0]
            value = values[name[1]]
            return _BARE[value] if _is_bare(value) else name[0] + self.mark

        return " ".join(re.sub(r"(?<!:):([a-z_]+)", variable, re.sub(r"--.*", "", sql)).split())


def _text(value: object) -> str:
    """As PostgreSQL reads it."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, list):
        return "{" + ",".join(map(str, value)) + "}"
    return str(value)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*([int(given[0])] if given else []), *(float(s) for s in given[1:2])))
