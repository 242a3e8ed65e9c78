"""From the sending of a call to its event on 100 open screens, over real sockets.

    python -m tests.benches.bench_live [ROUNDS [CALLS]]

Screens of two roles on a server with two workers; a call each quarter of a second; commits wait
for the disk. Server, screens, caller and database share the processors of this machine.
Counts first: every screen got every event.
"""

# ruff: noqa: T201 - what it prints is what it is for

import re
import selectors
import socket
import statistics
import sys
import threading
import time
from collections.abc import Sequence

from tests.benches.machine import durable_world, load_average
from tests.faults.crowd import call
from tests.faults.talk import Talker, log_in
from tests.world import serve

GOAL_MS = 50.0  # at the 99th percentile
SCREENS, WORKERS = 100, 2
ROUNDS, CALLS, EVERY_S = 5, 24, 0.25
_INCIDENT = re.compile(rb'event: incident\ndata: \{"type":"Feature","id":(\d+)')


class Screens:
    """Open streams, read by one thread; when each incident came to each of them."""

    def __init__(self, talkers: Sequence[Talker], cursor: str) -> None:
        self.came: dict[int, dict[int, float]] = {}  # incident: screen: time
        self._over = False
        self._ways = selectors.EpollSelector()
        for number in range(SCREENS):
            talker = talkers[number % len(talkers)]
            line = socket.create_connection((talker.host, talker.port), timeout=30)
            line.sendall(
                f"GET /api/events?after={cursor} HTTP/1.1\r\nHost: {talker.host}\r\n"
                f"Cookie: {talker.cookie}\r\n\r\n".encode()
            )
            assert line.recv(4096).startswith(b"HTTP/1.1 200")  # it listens from here on
            self._ways.register(line, selectors.EVENT_READ, [number, b""])
        self._thread = threading.Thread(target=self._read, name="screens")
        self._thread.start()

    def close(self) -> None:
        self._over = True
        self._thread.join()
        for key in list(self._ways.get_map().values()):
            key.fileobj.close()

    def have(self, incidents: Sequence[int]) -> bool:
        """Whether each of them is on every screen."""
        return all(len(self.came.get(number, {})) == SCREENS for number in incidents)

    def _read(self) -> None:
        while not self._over:
            for key, _ in self._ways.select(0.1):
                heard = key.fileobj.recv(65536)
                now = time.perf_counter()
                assert heard, "the server hung up"
                whole, _, key.data[1] = (key.data[1] + heard).rpartition(b"\n\n")
                for found in _INCIDENT.finditer(whole):
                    self.came.setdefault(int(found[1]), {}).setdefault(key.data[0], now)


def main(rounds: int = ROUNDS, calls: int = CALLS) -> int:
    """Exit code 1 when an event is missing or the goal is missed."""
    with durable_world() as world, serve(world, workers=WORKERS) as server:
        operator = log_in(server.url, "operator1")
        talkers = [operator, log_in(server.url, "dispatcher1")]
        screens = Screens(talkers, operator.ask("GET", "/api/board").json["cursor"])
        try:
            told = [one_round(screens, operator, n, calls) for n in range(rounds + 1)][1:]
        finally:
            screens.close()
    p50, p99 = (statistics.median(column) for column in list(zip(*told, strict=True))[:2])
    worst = max(p for _, p in told)
    print(
        f"live: {rounds} rounds of {calls} calls, {SCREENS} screens, {WORKERS} workers, every "
        f"screen got every event; {load_average()}\n"
        f"live: sending of the call to its event: p50 {p50:.1f} ms, p99 {p99:.1f} ms (worst round "
        f"{worst:.1f} ms), goal p99 {GOAL_MS:.0f} ms"
    )
    return int(p99 > GOAL_MS)


def one_round(screens: Screens, caller: Talker, number: int, calls: int) -> tuple[float, float]:
    """p50 and p99 in milliseconds over all calls and screens."""
    sent: dict[int, float] = {}
    answered: list[float] = []
    for n in range(calls):
        begun = time.perf_counter()
        answer = caller.call(call(f"round {number} call {n}"), f"round-{number}-{n:05d}")
        assert answer.status == 201, answer.body
        answered.append(1000 * (time.perf_counter() - begun))
        sent[answer.json["incident"]["id"]] = begun
        time.sleep(max(0.0, EVERY_S - (time.perf_counter() - begun)))
    until = time.monotonic() + 20
    while not screens.have(list(sent)):
        assert time.monotonic() < until, "an event is missing on a screen"
        time.sleep(0.05)
    took = sorted(
        1000 * (came - begun)
        for incident, begun in sent.items()
        for came in screens.came[incident].values()
    )
    p50, p99 = took[len(took) // 2], took[int(len(took) * 0.99)]
    own = statistics.median(answered)
    print(
        f"round {number}: p50 {p50:.1f} ms, p99 {p99:.1f} ms; the caller's own answer {own:.1f} ms"
    )
    return p50, p99


if __name__ == "__main__":
    sys.exit(main(*(int(given) for given in sys.argv[1:])))
