"""Rings the bell of the log after a commit, on a connection of its own."""

import threading
import time

import psycopg2
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT, connection
from sqlalchemy import make_url

from dispatch.log import BELL

REST_S = 0.01  # between two rings: under load one ring tells of many commits


def libpq_url(url: str) -> str:
    """The SQLAlchemy URL as libpq reads it: without the driver's name."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


class Ringer:
    """Rings from a thread: a request never waits, and many commits share one ring.

    A ring may be lost with the process or the database; listeners poll the log as well.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._due = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._connection: connection | None = None

    def ring(self) -> None:
        """Soon, and once for all that asked meanwhile."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                # Not at import: a thread does not survive gunicorn's fork.
                self._thread = threading.Thread(target=self._serve, name="ringer", daemon=True)
                self._thread.start()
        self._due.set()

    def ring_now(self) -> None:
        """At once, from the calling thread, and hang up."""
        try:
            self._notify()
        finally:
            self._hang_up()

    def _serve(self) -> None:
        while True:
            self._due.wait()
            self._due.clear()
            try:
                self._notify()
            except psycopg2.Error:
                self._hang_up()  # the next ring calls again; the listeners' poll bridges the gap
            time.sleep(REST_S)

    def _notify(self) -> None:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg2.connect(libpq_url(self._url), connect_timeout=5)
            self._connection.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        with self._connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {BELL}")

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
