"""The live wire: one hub a process. It reads the log once, and encodes once a scope.

A screen that comes late, or lost its line, reads on from the cursor that it last saw.
"""

import logging
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg2
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.parts import Parts
from app.telling import GROUND_CHANGES, KEPT, RESYNC, About, Channel, Ear, News, changed_load
from app.warming import warm_cover
from dispatch import board, positions
from dispatch import log as work_log
from dispatch.board import VillageLoad
from dispatch.log import BELL, Cursor
from dispatch.scope import HUB, Role, Scope, stay
from dispatch.ways import PASSAGE_CHANGED, ROADS_CHANGED

POLL_S = 0.25  # the log is read this often even when no bell rings
REST_S = 0.02  # and no more often than this: under load one reading brings many changes
KEEP_ALIVE_S = 15.0
RECONNECT_S = 1.0
AGAIN_S = 30.0  # ways that could not be read are tried again so much later
MOVED_EACH_S = 1.0  # units that moved are told no more often
# A crew knows where it is; the others see no units.
NOT_TOLD_OF_MOVES = frozenset({Role.FIELD_UNIT, Role.VILLAGE_HEAD, Role.PLANNER})
# After these the search for places goes on other words: the screens have nothing to read anew.
PLACES_CHANGED, PLACE_LEARNED = "places.changed", "place.learned"
# After these the ways go on other roads.
WAYS_CHANGES = frozenset({ROADS_CHANGED, PASSAGE_CHANGED})

__all__ = ["Hub", "News"]

log = logging.getLogger(__name__)


Encode = Callable[[Scope, News], bytes]


class Hub:
    """Wakes on the bell and on its own poll; hands each scope its news, encoded once."""

    def __init__(self, parts: Parts, encode: Encode) -> None:
        self._parts = parts
        self._encode = encode
        self._news = threading.Condition()
        self._channels: dict[Scope, Channel] = {}
        self._cursor: Cursor | None = None
        self._thread: threading.Thread | None = None
        self._reading = threading.Lock()
        self._over = threading.Event()
        self._ear = Ear()
        self._listen_at = 0.0  # for moved units, by the monotonic clock
        self._ways_at: float | None = None  # when the ways are due to be read; None: they are fresh
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
            heard = positions.heard_since_cursor(session, cursor)
        if len(changes) >= KEPT or any(c.kind in GROUND_CHANGES for c in changes):
            return RESYNC, cursor
        about = About.changes(changes) if changes else About(cursor)
        if scope.role not in NOT_TOLD_OF_MOVES:
            about = replace(about, unit_ids=about.unit_ids | heard.keys())
        if not (about.incident_ids or about.unit_ids):
            return b"", about.cursor
        news = self._news_for(scope, about, shown=None, load_before=None)
        if news.unseen:
            # What went out of sight while the line was cut would stay on the screen; to name it
            # would tell of others that never were in sight.
            return RESYNC, cursor
        return self._encode(scope, news), about.cursor

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

    def _join(self, scope: Scope) -> Channel:
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

    def _new_channel(self, scope: Scope) -> Channel:
        channel = Channel(scope)
        with self._parts.transaction(scope) as session:
            state = board.now(session)
        channel.shown = {("incident", r.id) for r in state.incidents}
        channel.shown |= {("unit", r.id) for r in state.units}
        channel.load = dict(state.load)
        return channel

    def _leave(self, channel: Channel) -> None:
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
                self._read_moves(session)
                self._read_ways()
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
            kinds = {change.kind for change in changes}
            self._read_ground(kinds)
            self._tell_all(About.changes(changes))
        if kinds & (GROUND_CHANGES | WAYS_CHANGES | {PLACES_CHANGED}):
            warm_cover(self._parts)

    def _read_moves(self, session: Session) -> None:
        """Tell every scope where units are that were heard of, with the cursor as it stands."""
        if time.monotonic() < self._listen_at:
            return
        self._listen_at = time.monotonic() + MOVED_EACH_S
        with self._reading:
            heard = self._ear.listen(session, self._parts.now())
            if heard and self._cursor is not None:
                self._tell_all(About(self._cursor, unit_ids=frozenset(heard)), moves=True)
                self._ear.told(heard)

    def _tell_all(self, about: About, *, moves: bool = False) -> None:
        """A message to each scope that wants to hear it; the caller holds `_reading`."""
        with self._news:
            channels = list(self._channels.values())
        if moves:
            channels = [c for c in channels if c.scope.role not in NOT_TOLD_OF_MOVES]
        told = [(channel, self._tell(channel, about)) for channel in channels]
        with self._news:
            self._cursor = about.cursor
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
                self._ways_at = time.monotonic()
                self._read_ways()

    def _read_ways(self) -> None:
        """What cannot be read (a broken timetable, too slow a disk) must not silence the wire.

        The ways of before serve on, and it is tried again.
        """
        if self._ways_at is None or time.monotonic() < self._ways_at:
            return
        self._ways_at = time.monotonic() + AGAIN_S
        try:
            self._parts.read_ways()
        except Exception:
            log.exception("the ways cannot be read: those of before serve on")
        else:
            self._ways_at = None

    def _tell(self, channel: Channel, about: About) -> bytes:
        """One scope's message. What cannot be told must not silence the others."""
        try:
            news = self._news_for(channel.scope, about, channel.shown, channel.load)
            return self._encode(channel.scope, news)
        except (psycopg2.Error, SQLAlchemyError):
            raise  # the line is cut: the same changes are told when it is back
        except Exception:
            log.exception("cannot tell %s", channel.scope.role)
            return RESYNC

    def _news_for(
        self,
        scope: Scope,
        about: About,
        shown: set[tuple[str, int]] | None,
        load_before: dict[str, VillageLoad] | None,
    ) -> News:
        """The changed things as the scope may see them; `shown` and the load are brought along."""
        with self._parts.transaction(scope) as session:
            incidents = board.incidents_of(session, about.incident_ids)
            units = board.units_of(session, about.unit_ids)
            load = board.load(session) if about.incident_ids else None
        seen = {("incident", r.id) for r in incidents} | {("unit", r.id) for r in units}
        asked = {("incident", i) for i in about.incident_ids}
        asked |= {("unit", i) for i in about.unit_ids}
        gone: list[tuple[str, int]] = []
        if shown is not None:
            gone = sorted((asked - seen) & shown)
            shown |= seen
            shown -= set(gone)
        return News(
            cursor=about.cursor,
            incidents=list(incidents),
            units=list(units),
            gone=gone,
            load={} if load is None else changed_load(load_before, load),
            unseen=not {("incident", i) for i in about.incident_ids} <= seen,
            edition=about.edition,
        )
