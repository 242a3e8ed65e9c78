"""The live wire: one hub a process. It reads the log once, and encodes once a scope.

A screen that comes late, or lost its line, reads on from the cursor that it last saw.
"""

import logging
import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import psycopg2
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.parts import Parts
from dispatch import board
from dispatch import log as work_log
from dispatch.board import VillageLoad
from dispatch.log import BELL, Change, Cursor
from dispatch.scope import HUB, Scope, stay
from dispatch.ways import PASSAGE_CHANGED, ROADS_CHANGED

POLL_S = 0.25  # the log is read this often even when no bell rings
REST_S = 0.02  # and no more often than this: under load one reading brings many changes
KEEP_ALIVE_S = 15.0
RECONNECT_S = 1.0
KEPT = 2000  # messages a scope; who falls further behind reads the board again
# After these a screen must read all anew.
GROUND_CHANGES = frozenset({"edition.switched", "catalogue.changed", "demo.cleared"})
# After these the search for places goes on other words: the screens have nothing to read anew.
PLACES_CHANGED, PLACE_LEARNED = "places.changed", "place.learned"
# After these the ways go on other roads.
WAYS_CHANGES = frozenset({ROADS_CHANGED, PASSAGE_CHANGED})

RESYNC = b"event: resync\ndata: {}\n\n"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class News:
    """What changed for one scope between two cursors, as it stands now."""

    cursor: Cursor
    incidents: list[object] = field(default_factory=list)
    units: list[object] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)  # ("incident", 12): out of sight
    load: dict[str, VillageLoad] = field(default_factory=dict)  # villages whose load changed
    unseen: bool = False  # incidents changed, too, that the scope does not see, or not any more
    edition: bool = False  # the boundaries changed: everything must be read again


Encode = Callable[[Scope, News], bytes]


class _Channel:
    """What one scope has been told, and what it is thought to show."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.listeners = 0
        self.number = 0  # of the newest message
        self.messages: deque[tuple[int, bytes]] = deque(maxlen=KEPT)
        self.shown: set[tuple[str, int]] = set()
        self.load: dict[str, VillageLoad] = {}

    def add(self, message: bytes) -> None:
        self.number += 1
        self.messages.append((self.number, message))

    def after(self, seen: int) -> bytes:
        """The messages after one; the advice to read all again when some are gone by now."""
        if self.number - seen > len(self.messages):
            return RESYNC
        due = list(takewhile(lambda kept: kept[0] > seen, reversed(self.messages)))
        return b"".join(message for _, message in reversed(due))


class Hub:
    """Wakes on the bell and on its own poll; hands each scope its news, encoded once."""

    def __init__(self, parts: Parts, encode: Encode) -> None:
        self._parts = parts
        self._encode = encode
        self._news = threading.Condition()
        self._channels: dict[Scope, _Channel] = {}
        self._cursor: Cursor | None = None
        self._thread: threading.Thread | None = None
        self._reading = threading.Lock()
        self._over = threading.Event()
        self._line = create_engine(
            parts.settings.database_url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": 5, "application_name": "tanggap hub"},
        )

    @contextmanager
    def listening(self, scope: Scope) -> Iterator[Callable[[], bytes | None]]:
        """Inside the block: wait() gives the next message, or None after a silence.

        Enter first, then read the board: what happens in between comes as a message.
        """
        channel = self._join(scope.shared())
        try:
            seen = channel.number

            def wait() -> bytes | None:
                nonlocal seen
                with self._news:
                    if not self._news.wait_for(lambda: channel.number > seen, KEEP_ALIVE_S):
                        return None
                    due = channel.after(seen)
                    seen = channel.number
                return due

            yield wait
        finally:
            self._leave(channel)

    def catch_up(self, scope: Scope, cursor: Cursor) -> tuple[bytes, Cursor]:
        """What changed for a scope since the cursor, and the cursor after it."""
        with self._parts.transaction(HUB) as session:
            changes = work_log.since(session, cursor, most=KEPT)
        if len(changes) >= KEPT or any(c.kind in GROUND_CHANGES for c in changes):
            return RESYNC, cursor
        if not changes:
            return b"", cursor
        news = self._news_for(scope, changes, shown=None, load_before=None)
        if news.unseen:
            # What went out of sight while the line was cut would stay on the screen; to name it
            # would tell of others that never were in sight.
            return RESYNC, cursor
        return self._encode(scope, news), changes[-1].cursor

    def start(self) -> None:
        """Listen from here on, also before the first screen: the ground must not grow stale."""
        with self._reading:
            if self._cursor is None:
                with self._parts.transaction(HUB) as session:
                    self._cursor = work_log.here(session)
        with self._news:
            # In a worker, not at import: a thread does not survive gunicorn's fork.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._hear_for_ever, name="hub", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        """Hear no more: for tests, whose databases come and go."""
        self._over.set()

    def _join(self, scope: Scope) -> _Channel:
        self.start()
        with self._reading:  # no news is told between the reading of the state and the joining
            with self._news:
                channel = self._channels.get(scope)
            if channel is None:
                channel = self._new_channel(scope)
            with self._news:
                channel.listeners += 1
                self._channels[scope] = channel
        return channel

    def _new_channel(self, scope: Scope) -> _Channel:
        channel = _Channel(scope)
        with self._parts.transaction(scope) as session:
            state = board.now(session)
        channel.shown = {("incident", r.id) for r in state.incidents}
        channel.shown |= {("unit", r.id) for r in state.units}
        channel.load = dict(state.load)
        return channel

    def _leave(self, channel: _Channel) -> None:
        with self._news:
            channel.listeners -= 1
            if channel.listeners == 0 and self._channels.get(channel.scope) is channel:
                del self._channels[channel.scope]

    def _hear_for_ever(self) -> None:
        while not self._over.is_set():
            try:
                self._hear()
            except (psycopg2.Error, SQLAlchemyError, OSError) as error:
                log.warning("live wire cut: %s", type(error).__name__)
                self._over.wait(RECONNECT_S)
            except Exception:  # nobody would start this thread again
                log.exception("live wire stumbled")
                self._over.wait(RECONNECT_S)

    def _hear(self) -> None:
        """Listen first, then read: a ring between the two is not lost.

        A line of its own, and no transaction around a reading: one round trip, not four.
        """
        with self._line.connect() as connection, Session(connection) as session:
            stay(session, HUB)
            session.execute(text(f"LISTEN {BELL}"))
            line: Any = connection.connection.dbapi_connection
            while not self._over.is_set():
                self._read(session)
                time.sleep(REST_S)
                select.select([line], [], [], POLL_S)
                line.poll()
                line.notifies.clear()

    def _read(self, session: Session) -> None:
        """Read the log on, and tell every scope what it means for it."""
        with self._reading:
            cursor = self._cursor
            if cursor is None:
                return
            changes = work_log.since(session, cursor)
            if not changes:
                return
            self._read_ground({change.kind for change in changes})
            with self._news:
                channels = list(self._channels.values())
            told = [(channel, self._tell(channel, changes)) for channel in channels]
            with self._news:
                self._cursor = changes[-1].cursor
                for channel, message in told:
                    if message:
                        channel.add(message)
                self._news.notify_all()

    def _read_ground(self, kinds: set[str]) -> None:
        """What this process holds of the ground, anew, as far as it changed."""
        if kinds & GROUND_CHANGES or PLACES_CHANGED in kinds:
            self._parts.read_ground()
        else:
            if PLACE_LEARNED in kinds:
                self._parts.read_learned()
            if kinds & WAYS_CHANGES:
                self._parts.read_ways()

    def _tell(self, channel: _Channel, changes: Sequence[Change]) -> bytes:
        """One scope's message. What cannot be told must not silence the others."""
        try:
            return self._message(channel, changes)
        except (psycopg2.Error, SQLAlchemyError):
            raise  # the line is cut: the same changes are told when it is back
        except Exception:
            log.exception("cannot tell %s", channel.scope.role)
            return RESYNC

    def _message(self, channel: _Channel, changes: Sequence[Change]) -> bytes:
        news = self._news_for(channel.scope, changes, channel.shown, channel.load)
        return self._encode(channel.scope, news)

    def _news_for(
        self,
        scope: Scope,
        changes: Sequence[Change],
        shown: set[tuple[str, int]] | None,
        load_before: dict[str, VillageLoad] | None,
    ) -> News:
        """The changed things as the scope may see them; `shown` and the load are brought along."""
        incident_ids = {c.incident_id for c in changes if c.incident_id is not None}
        unit_ids = {c.unit_id for c in changes if c.unit_id is not None}
        with self._parts.transaction(scope) as session:
            incidents = board.incidents_of(session, incident_ids)
            units = board.units_of(session, unit_ids)
            load = board.load(session) if incident_ids else load_before or {}
        seen = {("incident", r.id) for r in incidents} | {("unit", r.id) for r in units}
        asked = {("incident", i) for i in incident_ids} | {("unit", i) for i in unit_ids}
        gone: list[tuple[str, int]] = []
        if shown is not None:
            gone = sorted((asked - seen) & shown)
            shown |= seen
            shown -= set(gone)
        return News(
            cursor=changes[-1].cursor,
            incidents=list(incidents),
            units=list(units),
            gone=gone,
            load=_changed_load(load_before, load),
            unseen=not {("incident", i) for i in incident_ids} <= seen,
            edition=any(c.kind in GROUND_CHANGES for c in changes),
        )


def _changed_load(
    before: dict[str, VillageLoad] | None, after: dict[str, VillageLoad]
) -> dict[str, VillageLoad]:
    """Villages whose load changed; one that has none left comes with zeros."""
    if before is None:
        return after
    changed = {code: load for code, load in after.items() if before.get(code) != load}
    changed |= {code: VillageLoad(0, 0, None) for code in before.keys() - after.keys()}
    before.clear()
    before.update(after)
    return changed
