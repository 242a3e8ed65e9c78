"""Who may draw a tile now: a few at a time, each with a rest after it, the others in line."""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import TooBusy

BUILDERS = 2  # at once, in each process
MOST_WAITING = 64  # beyond that one is told to come again
WAIT_S = 2.5  # for a turn, or for a tile that somebody else draws
BUSY = "terlalu banyak petak peta diminta sekaligus; coba lagi sebentar"


class Turns:
    """Turns to draw. A builder rests as long as it drew: half of the time belongs to the calls.

    The rest is before the next turn, not after the last: who asks for little does not notice.
    """

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(BUILDERS)
        self._rested = deque([0.0] * BUILDERS)  # when each free builder may begin again
        self._waiting = 0

    @contextmanager
    def one(self) -> Iterator[None]:
        """Draw inside the block. Raises TooBusy where it is not one's turn within WAIT_S."""
        self._wait()
        rested = self._rested.popleft()
        begun = time.monotonic()
        try:
            time.sleep(max(0.0, rested - begun))
            begun = time.monotonic()
            yield
        finally:
            now = time.monotonic()
            self._rested.append(now + (now - begun))
            self._free.release()

    def left(self) -> int:
        """How many could begin at once."""
        return len(self._rested)

    def _wait(self) -> None:
        if self._waiting >= MOST_WAITING:
            raise TooBusy(BUSY)
        self._waiting += 1
        try:
            if not self._free.acquire(timeout=WAIT_S):
                raise TooBusy(BUSY)
        finally:
            self._waiting -= 1
