"""From the commit of a call to its event on a thousand open screens, over real sockets.

    [STAGES=1] python -m tests.benches.bench_screens [SCREENS,.. [SECONDS [OPEN [PAIRS]]]]

Open loop: a call each fifth of a second, whether or not the last was told. The server (two gevent
workers) and the database are pinned to the first processor; the screens (one process), the caller
and this bench to the second. Each screen has a log-in of its own, of roles in turn. The clock
starts when the row of the log is written, just before the commit, so that the wait for the disk
counts in. It stops at the kernel's stamp on the packet at the screen's socket: the goal is held
against that. Beside it stands when the one process that plays all screens had read it, which is
later by its own lag. STAGES=1 stamps each stage of the way in the server, too, and prints them.

OPEN cases lie open before it begins. Then PAIRS of rounds of as many calls as go through 16
connections: with and without listeners, and with the live wire cut off; by the second, which others
on the machine blur, and by the second of processor that server and database used.
"""

# ruff: noqa: T201 - what it prints is what it is for

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.auth.guard import TOKEN
from app.security import COOKIE
from tests.benches.bench_intake import CONNECTIONS, Square, requests
from tests.benches.crowd_map import fill
from tests.benches.machine import cpu_s, durable_world, load_average, postmaster
from tests.benches.stages import stages
from tests.faults.crowd import call
from tests.faults.talk import Talker, log_in
from tests.world import World, serve

SCREENS, SECONDS, OPEN, PAIRS = (1000, 2000), 30.0, 100_000, 5
GOALS_MS = {1000: 50.0, 2000: 200.0}
GOAL_RATIO = 0.95
EVERY_S = 0.2
WORKERS, LISTENERS = 2, 20
SERVING, ASKING = {0}, {1}  # processors
ROLES = ("operator", "dispatcher", "leader", "wallboard")  # of logins that see every fire

_LOG_INS = text(
    "INSERT INTO user_session (token_hash, user_id, expires_at)"
    " SELECT sha256(convert_to('screen ' || n, 'UTF8')), users[1 + n % cardinality(users)],"
    "        now() + interval '1 hour'"
    "   FROM generate_series(0, :screens - 1) AS n,"
    "        (SELECT array_agg(id ORDER BY id) AS users FROM app_user"
    "          WHERE role = ANY (:roles)) AS watchers"
)
_LOGGED = text(
    "SELECT incident_id, extract(epoch FROM at)::float8 AS at FROM log_entry"
    " WHERE kind = 'incident.opened' AND incident_id = ANY (:ids)"
)


def main(screens: Sequence[int], seconds: float, opens: int, pairs: int) -> int:
    """Exit code 1 when a screen was lost, an event is missing, or a goal is missed."""
    os.sched_setaffinity(0, SERVING)  # what is started from here on inherits it
    with durable_world() as world, tempfile.TemporaryDirectory() as folder:
        fill(world.owner_url, opens)
        cookies = log_ins(world, max(screens))
        with serve(world, workers=WORKERS, **stamped(Path(folder))) as server:
            os.sched_setaffinity(0, ASKING)
            caller, house = log_in(server.url, "operator1"), [server.process.pid, postmaster(world)]
            print(f"screens: {opens} open cases, a call each {EVERY_S} s for {seconds:.0f} s, "
                  f"{WORKERS} workers; {load_average()}")  # fmt: skip
            good = [
                told(world, caller, house, many, seconds, cookies, Path(folder)) for many in screens
            ]
        if pairs:
            good.append(intake(world, pairs, min(seconds, 8.0), cookies, Path(folder)))
    return int(not all(good))


def stamped(folder: Path) -> dict[str, str]:
    """How to serve so that each stage is stamped, where that is wanted."""
    if not os.environ.get("STAGES"):
        return {}
    return {"app": "tests.benches.stamped_wsgi:application", "STAMPS": str(folder / "stamps")}


def log_ins(world: World, screens: int) -> list[str]:
    """Cookies of log-ins that nobody made by hand: a thousand passwords would take a minute."""
    with world.as_owner() as session:
        session.execute(_LOG_INS, {"screens": screens, "roles": list(ROLES)})
    signer = world.app.session_interface.get_signing_serializer(world.app)  # type: ignore[attr-defined]
    return [f"{COOKIE}={signer.dumps({TOKEN: f'screen {n}'})}" for n in range(screens)]


@contextmanager
def watching(
    caller: Talker, screens: int, cookies: list[str], folder: Path
) -> Iterator[dict[str, Any]]:
    """Inside the block the screens are open; after it the mapping says what came to them."""
    file = folder / "cookies.json"
    file.write_text(json.dumps(cookies))
    cursor = caller.ask("GET", "/api/board?incidents=0").json["cursor"]
    given = [str(caller.port), cursor, str(screens), str(file)]
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benches.watching", *given],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    said: dict[str, Any] = {}
    yield said
    said |= json.loads(process.communicate("")[0])


def told(
    world: World,
    caller: Talker,
    house: Sequence[int],
    screens: int,
    seconds: float,
    cookies: list[str],
    folder: Path,
) -> bool:
    """Whether all were held, nothing was missed, and the goal was met."""
    with watching(caller, screens, cookies, folder) as said:
        time.sleep(2)  # what was known before is told by then
        before = [cpu_s(pid) for pid in house]
        incidents = calls_in_open_loop(caller, seconds)
        used = [100 * (cpu_s(pid) - was) / seconds for pid, was in zip(house, before, strict=True)]
        time.sleep(3)
    with world.as_owner() as session:
        logged = {r.incident_id: r.at for r in session.execute(_LOGGED, {"ids": incidents})}
    came = {int(number): moments for number, moments in said["came"].items()}
    missing = sum(screens - len(came.get(number, ())) for number in incidents)
    arrived, read = (
        sorted(1000 * (moment[n] - logged[i]) for i in incidents for moment in came.get(i, ()))
        for n in (0, 1)
    )
    p50, p99 = at_share(arrived, 0.5), at_share(arrived, 0.99)
    goal = GOALS_MS.get(screens, GOALS_MS[max(GOALS_MS)])
    print(
        f"screens: {screens:5d} open, {said['held']} held, {len(incidents)} events, {missing} "
        f"missing: p50 {p50:.1f} ms, p99 {p99:.1f} ms, worst {arrived[-1]:.1f} ms; goal p99 "
        f"{goal:.0f} ms; read by their one reader p50 {at_share(read, 0.5):.1f} ms, p99 "
        f"{at_share(read, 0.99):.1f} ms; server {used[0]:.0f} % and database {used[1]:.0f} % of a "
        f"processor; {load_average()}"
    )
    if (stamps := folder / "stamps").exists():
        print(*stages(stamps, logged, came), sep="\n")
    return said["held"] == screens and missing == 0 and p99 <= goal


def at_share(ordered: Sequence[float], share: float) -> float:
    """The value below which that share of them lies."""
    return ordered[int(len(ordered) * share)]


def calls_in_open_loop(caller: Talker, seconds: float) -> list[int]:
    """Ids of the incidents. Each call is sent at its own time, from a thread of its own."""
    answers: list[Any] = []
    begun, run = time.perf_counter(), time.time_ns()

    def one(number: int) -> None:
        answers.append(caller.call(call(f"call {number}"), f"screens-{run}-{number:05d}"))

    threads = []
    for number in range(int(seconds / EVERY_S)):
        time.sleep(max(0.0, begun + number * EVERY_S - time.perf_counter()))
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert all(answer.status == 201 for answer in answers)
    return [answer.json["incident"]["id"] for answer in answers]


def intake(world: World, pairs: int, seconds: float, cookies: list[str], folder: Path) -> bool:
    """Calls a second in turn: nobody listens, some do, and no live wire at all."""
    with world.as_owner() as session:
        lon, lat = session.execute(_SEAT).one()
    rates: dict[str, list[tuple[float, float]]] = {"nobody": [], "listening": [], "cut off": []}
    for _ in range(pairs):
        for how, told_by in rates.items():
            told_by.append(pound(world, how, Square(lon, lat, 0.002), seconds, cookies, folder))
    print(f"intake: {pairs} rounds of {seconds:.0f} s, {CONNECTIONS} connections; {load_average()}")
    by_clock, _by_work = (
        ratio(words, {how: [pair[n] for pair in each] for how, each in rates.items()})
        for n, words in enumerate(("calls a second", "calls a second of processor"))
    )
    return by_clock >= GOAL_RATIO


def ratio(words: str, rates: dict[str, list[float]]) -> float:
    """Of who takes calls while screens listen to who does while nobody does; prints it."""
    middle = {how: statistics.median(each) for how, each in rates.items()}
    found = middle["listening"] / middle["nobody"]
    print(
        f"intake: {words}: nobody listens {middle['nobody']:.0f}, {LISTENERS} screens "
        f"{middle['listening']:.0f}, wire cut off {middle['cut off']:.0f}; ratios {found:.2f} and "
        f"{middle['listening'] / middle['cut off']:.2f}, goal {GOAL_RATIO}"
    )
    return found


_SEAT = text(
    "SELECT ST_X(seat), ST_Y(seat) FROM village"
    " WHERE edition_id = (SELECT id FROM edition WHERE in_force) ORDER BY code LIMIT 1"
)


def pound(
    world: World, how: str, square: Square, seconds: float, cookies: list[str], folder: Path
) -> tuple[float, float]:
    """Calls a second on a server of its own, and calls a second of its and the database's work."""
    os.sched_setaffinity(0, SERVING)
    app = "tests.benches.quiet_wsgi" if how == "cut off" else "app.wsgi"
    with serve(world, workers=WORKERS, app=f"{app}:application") as server:
        os.sched_setaffinity(0, ASKING)
        port, caller = int(server.url.rpartition(":")[2]), log_in(server.url, "operator1")
        asked = requests(caller, [square], folder)
        command = [sys.executable, "-m", "tests.benches.pound", str(port), str(CONNECTIONS)]
        command += [str(seconds), str(asked)]
        house = [server.process.pid, postmaster(world)]
        if how != "listening":
            return rates_of(command, house)
        with watching(caller, LISTENERS, cookies, folder):
            return rates_of(command, house)


def rates_of(command: list[str], house: Sequence[int]) -> tuple[float, float]:
    """By the clock, and by the processor time of the house. Asserts that every call was taken."""
    before = sum(map(cpu_s, house))
    said = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    used_s = sum(map(cpu_s, house)) - before
    assert set(said["statuses"]) == {"201"}, said["statuses"]
    return float(said["rate"]), said["statuses"]["201"] / used_s


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(
        main(
            [int(n) for n in given[0].split(",")] if given else SCREENS,
            float(given[1]) if len(given) > 1 else SECONDS,
            int(given[2]) if len(given) > 2 else OPEN,
            int(given[3]) if len(given) > 3 else PAIRS,
        )
    )
