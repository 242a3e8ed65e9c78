"""Beats for the job that the worker holds: the small process beside it (see pulse).

`python -m app.worker.heart SECONDS` reads a line of JSON for each job that is held: its id and try,
or nothing. It ends when its input closes. It loads nothing but the line to the database.
"""

import json
import os
import select
import sys
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg2

_ANSWERS_WITHIN = "-c statement_timeout=10s -c lock_timeout=5s"
_ENTER = "SELECT set_config('app.role', 'worker', true)"
_BEAT = "UPDATE job SET beat_at = %s WHERE id = %s AND tries = %s AND state = 'berjalan'"


class Heart:
    """Beats while the worker holds a job and is not frozen."""

    def __init__(self, url: str, worker: int) -> None:
        self._url, self._worker = url, worker
        self._job: tuple[int, int] | None = None
        self._line: Any = None

    def hold(self, told: dict[str, int]) -> None:
        """Of `{"id", "tries"}`, or of nothing."""
        self._job = (told["id"], told["tries"]) if told else None

    def beat(self) -> None:
        """Once; a database that is away is asked again the next time."""
        if self._job is None or _is_frozen(self._worker):
            return
        try:
            if not self._told():
                self._job = None  # it is over, or another worker's
        except psycopg2.Error:
            if self._line is not None:
                self._line.close()
            self._line = None

    def _told(self) -> bool:
        if self._line is None:
            self._line = psycopg2.connect(
                self._url, connect_timeout=5, options=_ANSWERS_WITHIN, application_name="pulse"
            )
        with self._line, closing(self._line.cursor()) as cursor:
            cursor.execute(_ENTER)
            cursor.execute(_BEAT, (datetime.now(UTC), *(self._job or ())))
            return bool(cursor.rowcount)


def _is_frozen(process: int) -> bool:
    """Whether it is stopped: it may be for ever, and another shall have its job."""
    with suppress(OSError):
        told = Path(f"/proc/{process}/stat").read_text()
        return told.rpartition(")")[2].split()[0] in ("T", "t")
    return False


def main() -> None:
    """Until the input closes."""
    each_s, unread = float(sys.argv[1]), b""
    heart = Heart(os.environ["DATABASE_URL"], os.getppid())
    while True:
        if select.select([0], [], [], each_s)[0]:
            if not (more := os.read(0, 65_536)):
                return
            *lines, unread = (unread + more).split(b"\n")
            for line in lines:
                heart.hold(json.loads(line))
        heart.beat()


if __name__ == "__main__":
    main()
