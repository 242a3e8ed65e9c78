"""A screen without a screen: it follows the events over a real socket, and comes again when cut."""

import json
import socket
import threading
import time
from contextlib import suppress

from tests.faults.talk import Talker


class Stream:
    """Incidents as they come. Reads on from the last id when its line is cut."""

    def __init__(self, talker: Talker, cursor: str) -> None:
        self.came: dict[int, float] = {}  # incident id: when it first came
        self.places: dict[int, list[float]] = {}  # unit id: where it was said to be last
        self.resyncs = 0
        self._talker, self.cursor = talker, cursor
        self._socket: socket.socket | None = None
        self._over = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._follow, name="stream", daemon=True)

    def __enter__(self) -> "Stream":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(10)

    def wait_for(self, incidents: set[int], seconds: float) -> None:
        """Raises AssertionError when one does not come in time."""
        with self._news:
            self._news.wait_for(lambda: incidents <= self.came.keys(), seconds)
        assert incidents <= self.came.keys(), incidents - self.came.keys()

    def wait_for_unit(self, unit: int, place: list[float], seconds: float) -> None:
        """Raises AssertionError when it is not said to be there in time."""
        with self._news:
            self._news.wait_for(lambda: self.places.get(unit) == place, seconds)
        assert self.places.get(unit) == place

    def _follow(self) -> None:
        while not self._over:
            with suppress(OSError):
                self._read()
            time.sleep(0.05)

    def _read(self) -> None:
        at = (self._talker.host, self._talker.port)
        with socket.create_connection(at, timeout=60) as line:
            self._socket = line
            line.sendall(
                f"GET /api/events?after={self.cursor} HTTP/1.1\r\nHost: {at[0]}\r\n"
                f"Cookie: {self._talker.cookie}\r\n\r\n".encode()
            )
            for block in line.makefile("rb"):
                self._hear(block.strip())

    _event = b""

    def _hear(self, line: bytes) -> None:
        if line.startswith(b"event: "):
            self._event = line[7:]
        elif line.startswith(b"id: "):
            self.cursor = line[4:].decode()
        elif line.startswith(b"data: "):
            self.resyncs += self._event == b"resync"
            if self._event == b"incident":
                with self._news:
                    self.came.setdefault(json.loads(line[6:])["id"], time.time())
                    self._news.notify_all()
            elif self._event == b"unit":
                feature = json.loads(line[6:])
                with self._news:
                    self.places[feature["id"]] = feature["geometry"]["coordinates"]
                    self._news.notify_all()
