"""All chunks of a source counted by dask workers; what one of them loses another counts again.

Only chunk numbers and the question go out, only packed sums come back. Whole numbers add up the
same in any order, and each chunk's sums are taken in once: so the total is that of one process to
the bit, whoever died on the way.
"""

from __future__ import annotations

import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from geo.errors import GeoError
from geo.hotspots.errors import HotspotError
from geo.hotspots.many.adding import Done, Progress, peak_bytes
from geo.hotspots.many.asking import Ask
from geo.hotspots.many.chunks import Source
from geo.hotspots.many.counting import count
from geo.hotspots.many.sums import Packed, Sums

MEMORY_BYTES = 2 << 30  # of a worker; above it dask kills it and the chunk is tried again
TRIES = 5  # of one chunk, each of which dask itself tries on several workers
PATIENCE_S = 60.0  # without any worker: one that was killed is started anew meanwhile

_SPAWN = "distributed.nanny.pre-spawn-environ"
# Dask has every freed array given back to the system, which zeroes it anew: 1.6 times as slow.
_MALLOC = {"MALLOC_TRIM_THRESHOLD_": 1 << 30, "MALLOC_MMAP_THRESHOLD_": 1 << 24}


class NoDask(HotspotError):
    """Counting on many machines needs dask: install tanggap with its extra `cluster`."""


class NoWorker(HotspotError):
    """No worker is left: start some at the scheduler's address, then ask again."""


class NoScheduler(HotspotError):
    """The scheduler of the workers is gone: start it and them, then ask again."""


class OtherRelease(HotspotError):
    """A worker runs another release of the program and would count otherwise."""


class ChunkLost(HotspotError):
    """A chunk could not be counted however often it was tried."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a worker sends back of one chunk."""

    packed: Packed
    worker: str
    peak_bytes: int


def add_up_on(
    client: Any,
    source: Source,
    ask: Ask,
    progress: Progress | None = None,
    *,
    at_once: int | None = None,
    patience_s: float = PATIENCE_S,
) -> Sums:
    """As add_up, to the bit, on the workers of a dask.distributed Client.

    source      must be picklable, and read the same from every machine
    at_once     chunks in flight, which bounds the memory here; twice the workers' threads if None
    patience_s  how long to wait where there is no worker at all
    Raises NoDask, NoWorker, NoScheduler, OtherRelease, ChunkLost, and what the source says of a
    bad chunk. Whatever is raised, nothing is left running.
    """
    _dask()
    _wait_for_one(client, patience_s)
    run = _Run(client, source, ask, at_once or 2 * _threads(client), patience_s)
    try:
        return run.all(progress)
    finally:
        run.stop()


@contextmanager
def here(workers: int = 2, memory_bytes: int = MEMORY_BYTES) -> Iterator[Any]:
    """A Client on so many processes of this machine, on the loopback alone, gone afterwards.

    A script that uses it must guard its start with `if __name__ == "__main__"`: workers read it.
    """
    distributed = _dask()
    from dask import config

    with (
        config.set({_SPAWN: config.get(_SPAWN) | _MALLOC}),
        TemporaryDirectory(prefix="tanggap-workers-", ignore_cleanup_errors=True) as folder,
        distributed.LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            # Without an address it would listen at 8787, and on every side.
            dashboard_address="127.0.0.1:0",
            worker_dashboard_address="127.0.0.1:0",
            memory_limit=memory_bytes,
            local_directory=folder,
            silence_logs=logging.CRITICAL,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@dataclass(slots=True)
class _Run:
    """One adding up. pending: chunks in flight by their futures; failed: tries by chunk."""

    client: Any
    source: Source
    ask: Ask
    at_once: int
    patience_s: float
    pending: dict[Any, int] = field(default_factory=dict)
    failed: dict[int, int] = field(default_factory=dict)

    def all(self, progress: Progress | None) -> Sums:
        total, done, of = Sums.none(self.ask), 0, len(self.source)
        left = iter(range(of))
        while done < of:
            self._fill(left)
            for future in self._ready():
                number = self.pending.pop(future)
                if (part := self._taken(future, number)) is None:
                    continue
                part.packed.add_to(total)
                done += 1
                if progress is not None:
                    progress(Done(number, done, of, part.worker, part.peak_bytes))
        return total

    def stop(self) -> None:
        """Call off what is in flight."""
        if self.pending and self.client.status != "closed":
            self.client.cancel(list(self.pending), force=True)
        self.pending.clear()

    def _fill(self, left: Iterator[int]) -> None:
        while len(self.pending) < self.at_once and (number := next(left, None)) is not None:
            self._send(number)

    def _send(self, number: int) -> None:
        if self.client.status == "closed":
            raise NoScheduler
        # The source goes along each time: what is scattered beforehand dies with its worker.
        future = self.client.submit(
            part_of, self.source, self.ask, number, release(), pure=False, retries=1
        )
        self.pending[future] = number

    def _ready(self) -> list[Any]:
        """Futures that are over; none where it took long but there are workers yet."""
        try:
            ended = _dask().wait(list(self.pending), self.patience_s, return_when="FIRST_COMPLETED")
        except TimeoutError:
            if not self.client.scheduler_info(n_workers=-1)["workers"]:
                raise NoWorker from None
            return []
        return list(ended.done)

    def _taken(self, future: Any, number: int) -> Part | None:
        """Its part; None: the chunk is in flight again."""
        try:
            part: Part = future.result(timeout=self.patience_s)
        except TimeoutError as wrong:
            if future.status == "error":  # so the source said
                self._again(number, wrong)
            else:  # whoever held it died: dask has it counted again
                self.pending[future] = number
            return None
        except GeoError:  # the chunk or the worker is at fault: no use in trying again
            raise
        except _dask().KilledWorker as wrong:
            raise ChunkLost(
                f"chunk {number} brought down every worker that took it: more memory for workers,"
                " or smaller chunks"
            ) from wrong
        except Exception as wrong:
            self._again(number, wrong)
            return None
        finally:
            if future not in self.pending:
                future.release()
        return part

    def _again(self, number: int, wrong: Exception) -> None:
        self.failed[number] = self.failed.get(number, 0) + 1
        if self.failed[number] >= TRIES:
            raise ChunkLost(f"chunk {number}, tried {TRIES} times: {wrong}") from wrong
        self._send(number)


def part_of(source: Source, ask: Ask, number: int, wanted: str) -> Part:
    """What a worker does: one chunk, counted and packed."""
    if release() != wanted:
        raise OtherRelease(f"the worker's counting is {release()}, wanted is {wanted}")
    sums = Sums.none(ask)
    count(source.read(number), sums)
    return Part(Packed.of(sums), _name(), peak_bytes())


@lru_cache(maxsize=1)
def release() -> str:
    """Mark of all that decides what is counted: two that count differently have another."""
    folder = Path(__file__).parent
    mark = hashlib.sha256()
    for name in ("../grid.py", "../hexagons.py", "asking.py", "counting.py", "sums.py"):
        mark.update((folder / name).read_bytes())
    return mark.hexdigest()[:12]


def _name() -> str:
    from distributed import get_worker

    return f"{get_worker().address} {os.getpid()}"


def _wait_for_one(client: Any, patience_s: float) -> None:
    try:
        client.wait_for_workers(1, timeout=patience_s)
    except TimeoutError:
        raise NoWorker from None


def _threads(client: Any) -> int:
    """Of all workers, and 1 where the only one died this very moment."""
    return max(1, sum(int(n) for n in client.nthreads().values()))


def _dask() -> Any:
    try:
        import distributed
    except ImportError:
        raise NoDask from None
    return distributed
