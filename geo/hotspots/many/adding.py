"""All chunks of a source counted in this process, one after the other."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from geo.hotspots.many.asking import Ask
from geo.hotspots.many.chunks import Source
from geo.hotspots.many.counting import count
from geo.hotspots.many.sums import Sums


@dataclass(frozen=True, slots=True)
class Done:
    """One more chunk is in the sums.

    number      which
    done, of    how many are, and how many there will be
    worker      process that counted it, as address and process id
    peak_bytes  most memory that this process ever held (RSS); 0: the system does not tell
    """

    number: int
    done: int
    of: int
    worker: str
    peak_bytes: int


Progress = Callable[[Done], None]  # may raise, to give up: nothing is left running


def add_up(source: Source, ask: Ask, progress: Progress | None = None) -> Sums:
    """The sums of all chunks. Memory: the tables and one chunk, however many there are."""
    total = Sums.none(ask)
    of = len(source)
    for number in range(of):
        count(source.read(number), total)
        if progress is not None:
            progress(Done(number, number + 1, of, f"{os.getpid()}", peak_bytes()))
    return total


def peak_bytes() -> int:
    """Most memory that this process ever held at once; 0 where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    # Not getrusage: its figure is handed down from the process that started this one.
    return int(status.partition("VmHWM:")[2].split()[0]) << 10
