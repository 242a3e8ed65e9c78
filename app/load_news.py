"""Counts the load of each scope's villages anew: of those that changed soon, of all each minute."""

import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from app.channel import Channel
from app.telling import LoadNews, News
from dispatch import load
from dispatch.load import VillageLoad
from dispatch.log import Cursor
from dispatch.scope import Role, Scope, stay

EACH_S = 1.0  # a scope is told of its load no more often than this
# A village of thousands takes longer to count than the calls of a second take to be told.
IN_FLOOD_S = 4.0
SWEEP_EACH_S = 60.0  # all villages are counted this often: cases grow late without an event
# Sees the rows of all that is not sensitive, which is what a planner may count.
NOT_SENSITIVE = Scope(Role.WALLBOARD)

Encode = Callable[[Scope, News], bytes]


def eyes(url: str, lines: int) -> Engine:
    """What the wire looks with: lines of its own, for it must not wait for those of requests."""
    options = "-c statement_timeout=10s -c lock_timeout=5s"
    return create_engine(
        url,
        pool_size=lines,
        max_overflow=1,  # and of who counts for a scope that nobody listened to yet
        connect_args={"connect_timeout": 5, "options": options, "application_name": "tanggap wire"},
        hide_parameters=True,
        isolation_level="AUTOCOMMIT",  # it only reads: one exchange, not four
    )


@contextmanager
def looking(engine: Engine, scope: Scope) -> Iterator[Session]:
    """A session on one of the wire's own lines that sees with the scope's eyes."""
    with Session(engine) as session:
        stay(session, scope)
        yield session


class LoadTeller:
    """Tells screens how much is open where; `reading` is held while a channel learns of it."""

    def __init__(
        self,
        now: Callable[[], datetime],
        engine: Engine,
        encode: Encode,
        reading: threading.Lock,
    ) -> None:
        self._now = now
        self._eyes = engine
        self._encode = encode
        self._reading = reading

    def counted(
        self, scope: Scope, villages: Collection[str | None] | None = None
    ) -> dict[str | None, VillageLoad]:
        """As dispatch.load.counted() with the scope's eyes; a planner's are lent by villages."""
        lent = NOT_SENSITIVE if scope.role == Role.PLANNER else scope
        with looking(self._eyes, lent) as session:
            return load.counted(session, self._now(), villages=villages)

    def tell_due(self, channel: Channel, cursor: Cursor, *, flood: bool) -> bool:
        """Count the villages in which something changed, unless it was done a moment ago.

        False: there was nothing to count.
        """
        each_s = IN_FLOOD_S if flood else EACH_S
        if not channel.due or time.monotonic() - channel.counted_at < each_s:
            return False
        with self._reading:
            due = set(channel.due)
            found = self.counted(channel.scope, due)
            channel.due -= due
            channel.recounted |= due
            channel.counted_at = time.monotonic()
            news = channel.take_counts(found, due)
            # Else nothing that this scope may see has changed: that there was something else, and
            # when, is not for it.
            if news.villages or channel.owed:
                self._tell(channel, cursor, news)
        return True

    def sweep(self, channel: Channel, cursor: Callable[[], Cursor | None]) -> None:
        """Count all villages, and tell of those that changed. The wire goes on meanwhile."""
        if time.monotonic() - channel.swept_at < SWEEP_EACH_S:
            return
        with self._reading:
            channel.recounted = set()
            channel.swept_at = time.monotonic()
        found = self.counted(channel.scope)
        with self._reading:
            # What was counted meanwhile is newer; what is due will be.
            stale = {*found, *channel.counts} - channel.recounted - channel.due
            news, here = channel.take_counts(found, stale), cursor()
            if news.villages and here is not None:
                self._tell(channel, here, news)

    def _tell(self, channel: Channel, cursor: Cursor, news: LoadNews) -> None:
        told = News(cursor, load=news, whole=not channel.due)
        channel.add(self._encode(channel.scope, told))
