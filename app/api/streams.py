"""Open streams of events: what changes, told until the screen goes or its log-in ends."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from sqlalchemy.exc import SQLAlchemyError

from app.auth.sessions import Person, people_of
from app.lines import SocketLine
from app.live import Hub
from app.parts import Parts
from dispatch.log import Cursor
from dispatch.scope import Scope

RECHECK_S = 10.0  # a stream outlives its log-in by no more than this and a keep-alive
AT_ONCE = 100  # log-ins looked up by one query: 500 made all screens wait for 20 to 80 ms
# An event, not a comment: a screen can hear its absence, and say that the line is dead.
TICK = b"event: tick\ndata: {}\n\n"

log = logging.getLogger(__name__)


class LogIns:
    """The log-ins behind the open streams, looked up for all of them at once."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._open: Counter[str] = Counter()  # streams by token
        self._asked: frozenset[str] = frozenset()
        self._people: dict[str, Person] = {}
        self._at = time.monotonic()
        self._lock = threading.Lock()

    @contextmanager
    def used(self, token: str) -> Iterator[None]:
        """Inside the block a stream of this log-in is open."""
        self._open[token] += 1
        try:
            yield
        finally:
            self._open[token] -= 1
            self._open += Counter()  # without what is down to zero

    def hold(self, token: str, scope: Scope) -> bool:
        """Whether the log-in goes on, and still with these eyes."""
        with self._lock:
            if time.monotonic() - self._at > RECHECK_S:
                self._ask()
            asked, person = token in self._asked, self._people.get(token)
        if not asked:  # it began after the last look
            return True
        return person is not None and person.scope == scope

    def _ask(self) -> None:
        asked = frozenset(self._open)
        try:
            people = self._people_of(asked)
        except SQLAlchemyError as error:  # then there is no news to be told either
            log.warning("log-ins of open streams not looked up: %s", type(error).__name__)
        else:
            self._asked, self._people = asked, people
        self._at = time.monotonic()

    def _people_of(self, tokens: frozenset[str]) -> dict[str, Person]:
        """Little by little: between two queries the news have their turn."""
        people: dict[str, Person] = {}
        left = iter(tokens)
        while some := list(islice(left, AT_ONCE)):
            people |= people_of(self._parts, some)
        return people


class Streams:
    """Follows the hub for each open screen."""

    def __init__(self, parts: Parts, hub: Hub) -> None:
        self._hub = hub
        self._log_ins = LogIns(parts)

    def follow(
        self, token: str, scope: Scope, cursor: Cursor, line: SocketLine | None
    ) -> Iterator[bytes]:
        """Messages until the screen goes, or its log-in ends; what the hub wrote is not in them.

        No session is open while one waits for a slow screen.
        """
        with self._log_ins.used(token), self._hub.listening(scope) as screen:
            message, _ = self._hub.catch_up(scope, cursor)  # listened first: nothing falls between
            yield message + TICK
            while True:
                seen = screen.seen
                heard = screen.wait(line)
                if not self._log_ins.hold(token, scope):
                    return
                if heard or screen.seen == seen:
                    yield heard or TICK
