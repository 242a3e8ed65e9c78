"""More incidents than one machine need hold: workers against one process, one of them killed.

    python -m tests.benches.bench_many [--incidents 100000000] [--workers 2] [--chunk 2000000]
                                       [--kill] [--limit-mb 2048] [--seed 1]

Incidents are drawn by the seed, chunk by chunk, by whoever counts them: so both sides pay for it.
Counted: 195 villages x 105 weeks x 20 kinds, hexagons of 1 km the same, 512 x 512 cells. --kill: a
worker that has a chunk in hand gets SIGKILL after each third of the way. Memory is VmHWM, the most
that a process ever held. Prints one table of this run; exits 1 where a total differs, or a worker
held 2 GiB or more.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

from geo.hotspots.many import Ask, Done, Made, Sums, add_up, add_up_on, here
from geo.hotspots.many.adding import peak_bytes

GOAL_BYTES = 2 << 30
DAYS = (19_723, 20_454)
BOUNDS = (0.0, 0.0, 60_000.0, 60_000.0)
ASK = Ask(
    edges=tuple(range(DAYS[0], DAYS[1] + 4, 7)),
    villages=195,
    kinds=20,
    bounds=BOUNDS,
    hex_m=1_000.0,
    cells=512,
)


@dataclass
class Watch:
    """What the workers tell of themselves, and the killing of some. kills: after so many chunks."""

    client: Any
    kills: tuple[int, ...]
    pids: dict[str, int]  # of each worker by its address
    peaks: dict[str, int] = field(default_factory=dict)
    killed: list[str] = field(default_factory=list)

    def __call__(self, done: Done) -> None:
        self.peaks[done.worker] = max(done.peak_bytes, self.peaks.get(done.worker, 0))
        if done.done in self.kills:
            self._kill()

    def _kill(self) -> None:
        """One that has a chunk in hand, by its process id."""
        busy = [address for address, chunks in self.client.processing().items() if chunks]
        self.pids |= self.client.run(os.getpid)
        name = busy[0]
        os.kill(self.pids[name], signal.SIGKILL)
        self.killed.append(f"{name} {self.pids[name]}")


def main() -> int:
    """Exit code 1 where a total differs or a worker held too much."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--incidents", type=int, default=100_000_000)
    asked.add_argument("--workers", type=int, default=2)
    asked.add_argument("--chunk", type=int, default=2_000_000)
    asked.add_argument("--kill", action="store_true")
    asked.add_argument("--limit-mb", type=int, default=2048)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    chunks = max(1, given.incidents // given.chunk)
    made = Made(chunks=chunks, rows=given.chunk, seed=given.seed, days=DAYS, bounds=BOUNDS)
    print(
        f"{chunks * given.chunk:,} incidents in {chunks} chunks; tables of"
        f" {ASK.nbytes / 1e6:.0f} MB; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors",
        flush=True,
    )
    alone_s, alone = timed(lambda: add_up(made, ASK))
    row("one process", alone_s, alone, peak_bytes())
    with here(given.workers, given.limit_mb << 20) as client:
        kills = (max(1, chunks // 3), max(1, 2 * chunks // 3)) if given.kill else ()
        watch = Watch(client, kills, dict(client.run(os.getpid)))
        many_s, many = timed(lambda: add_up_on(client, made, ASK, watch))
    most = max(watch.peaks.values())
    row(f"{given.workers} workers, {len(watch.killed)} killed", many_s, many, most)
    for worker, peak in watch.peaks.items():
        fate = ", killed" if worker in watch.killed else ""
        print(f"  worker {worker.rpartition(' ')[2]}{fate}: {peak / 2**20:.0f} MiB at most")
    return verdict(alone, many, most, alone_s / many_s)


def timed(do: Callable[[], Sums]) -> tuple[float, Sums]:
    """Seconds, and what it counted."""
    begun = perf_counter()
    sums = do()
    return perf_counter() - begun, sums


def row(who: str, seconds: float, sums: Sums, peak: int) -> None:
    """A line of the table."""
    print(
        f"{who:24}{seconds:9.1f} s{sums.seen[0]:>14,} read{sums.incidents:>14,} meant"
        f"{peak / 2**20:8.0f} MiB  {sums.digest()}",
        flush=True,
    )


def verdict(alone: Sums, many: Sums, most: int, ratio: float) -> int:
    """The last line, and the exit code."""
    same, small = alone.equals(many), most < GOAL_BYTES
    print(
        f"totals {'equal to the bit' if same else 'DIFFER'};"
        f" {'under' if small else 'OVER'} 2 GiB a worker; {ratio:.2f} times as fast as one process"
    )
    return 0 if same and small else 1


if __name__ == "__main__":
    sys.exit(main())
