"""Says that the worker lives, by a small process beside it (heart).

A thread would not do: a compiled loop holds the interpreter for half a second, on a busy machine
for many, and the worker waits its turn behind all else. Neither holds up a process of its own,
which starts before the worker makes way. It ends with the worker, however that ends: its input
closes.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from typing import IO

from app.bell import libpq_url
from dispatch.jobs import Held


class Pulse:
    """The worker's end of it: says which job is held. Its process is started anew if it dies."""

    def __init__(self, database_url: str, each_s: float) -> None:
        self._url, self._each_s = libpq_url(database_url), each_s
        self._beside = self._started()

    def __enter__(self) -> "Pulse":
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def hold(self, held: Held) -> None:
        """Beat for this job from now on, until it is let go, lost or over."""
        self._say({"id": held.id, "tries": held.tries})

    def rest(self) -> None:
        """Beat no more."""
        self._say({})

    def _say(self, told: dict[str, int]) -> None:
        try:
            self._write(told)
        except OSError:
            self._end()
            self._beside = self._started()
            self._write(told)

    def _write(self, told: dict[str, int]) -> None:
        os.write(self._input.fileno(), json.dumps(told).encode() + b"\n")

    def _started(self) -> "subprocess.Popen[bytes]":
        # A session of its own: what ends the worker by its terminal must not silence it first.
        return subprocess.Popen(  # noqa: S603 - our own program, a number to go with it
            [sys.executable, "-m", "app.worker.heart", str(self._each_s)],
            stdin=subprocess.PIPE,
            env={**os.environ, "DATABASE_URL": self._url},
            start_new_session=True,
        )

    def _end(self) -> None:
        with suppress(OSError):
            self._input.close()
        self._beside.wait()

    @property
    def _input(self) -> IO[bytes]:
        assert self._beside.stdin is not None  # noqa: S101 - it was asked for
        return self._beside.stdin
