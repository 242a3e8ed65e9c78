"""Counts the load of each scope's villages anew: of those that changed soon, of all each minute."""

import threading
import time
from collections.abc import Callable, Collection

from app.channel import Channel
from app.parts import Parts
from app.telling import LoadNews, News
from dispatch import load
from dispatch.load import VillageLoad
from dispatch.log import Cursor
from dispatch.scope import Role, Scope

EACH_S = 0.5  # a scope is told of its load no more often than this
SWEEP_EACH_S = 60.0  # all villages are counted this often: cases grow late without an event
# Sees the rows of all that is not sensitive, which is what a planner may count.
NOT_SENSITIVE = Scope(Role.WALLBOARD)

Encode = Callable[[Scope, News], bytes]


class LoadTeller:
    """Tells screens how much is open where; `reading` is held while a channel learns of it."""

    def __init__(self, parts: Parts, encode: Encode, reading: threading.Lock) -> None:
        self._parts = parts
        self._encode = encode
        self._reading = reading

    def counted(
        self, scope: Scope, villages: Collection[str | None] | None = None
    ) -> dict[str | None, VillageLoad]:
        """As dispatch.load.counted() with the scope's eyes; a planner's are lent by villages."""
        eyes = NOT_SENSITIVE if scope.role == Role.PLANNER else scope
        with self._parts.transaction(eyes) as session:
            return load.counted(session, self._parts.now(), villages=villages)

    def tell_due(self, channel: Channel, cursor: Cursor) -> None:
        """Count the villages in which something changed, unless it was done a moment ago."""
        if not channel.due or time.monotonic() - channel.counted_at < EACH_S:
            return
        with self._reading:
            due = set(channel.due)
            found = self.counted(channel.scope, due)
            channel.due -= due
            channel.recounted |= due
            channel.counted_at = time.monotonic()
            self._tell(channel, cursor, channel.take_counts(found, due))

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
