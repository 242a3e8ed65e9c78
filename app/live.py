"""The live wire: one hub a process. It reads the log once, and encodes once a scope.

A screen that comes late, or lost its line, reads on from the cursor that it last saw.
What changed is told at once; the load of its villages is counted anew a little later, of those
villages alone. All of them are counted each minute: to be late takes no event.
"""

import logging
import select
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg2
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.channel import KEPT, LOSE_SIGHT, Channel, Screen, news_of
from app.ground_news import GroundNews
from app.load_news import NOT_SENSITIVE, Encode, LoadTeller, eyes, looking
from app.pace import Pace
from app.parts import Parts
from app.telling import GROUND_CHANGES, RESYNC, About, Ear, LoadNews, News
from dispatch import board, load, positions
from dispatch import log as work_log
from dispatch.load import Counted
from dispatch.log import BELL, Cursor
from dispatch.scope import HUB, Role, Scope, stay

POLL_S = 0.25  # the log is read this often even when no bell rings
RECONNECT_S = 1.0
MOVED_EACH_S = 1.0  # units that moved are told no more often
SWEEP_LOOK_S = 1.0  # between two looks whether a scope's villages are due to be counted
# A crew knows where it is; the others see no units.
NOT_TOLD_OF_MOVES = frozenset({Role.FIELD_UNIT, Role.VILLAGE_HEAD, Role.PLANNER})

ROOM = frozenset({Role.OPERATOR, Role.DISPATCHER})  # told first
BY_PLACE = frozenset({Role.PLANNER, Role.VILLAGE_HEAD})  # told only of what may concern them
TELLERS = 4  # scopes that are told side by side, each over a line of its own
MOST_READ = 1000  # rows of the log at once

__all__ = ["Hub", "News"]

log = logging.getLogger(__name__)


Watcher = Callable[[Session, About], None]


class Hub:
    """Wakes on the bell and on its own poll; hands each scope its news, encoded once."""

    def __init__(self, parts: Parts, encode: Encode) -> None:
        self._parts = parts
        self._encode = encode
        self._ground = GroundNews(parts)
        self._channels: dict[Scope, Channel] = {}
        self._cursor: Cursor | None = None
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()  # of the channels and the threads
        self._reading = threading.Lock()
        self._over = threading.Event()
        self._eyes = eyes(parts.settings.database_url, TELLERS + 1)  # and the sweep's
        self._loads = LoadTeller(parts.now, self._eyes, encode, self._reading)
        self._ear = Ear()
        self._tellers = ThreadPoolExecutor(TELLERS, "hub teller")
        self._listen_at = 0.0  # for moved units, by the monotonic clock
        self._watchers: list[Watcher] = []
        self._line = create_engine(
            parts.settings.database_url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"connect_timeout": 5, "application_name": "tanggap hub"},
        )

    @property
    def cursor(self) -> Cursor | None:
        """Up to where the log was read and told; None before the start."""
        return self._cursor

    def watch(self, watcher: Watcher) -> None:
        """Have it called at each reading of the log with what changed, before any screen hears.

        Where nothing changed it is told the place in the log up to which that is sure.
        The session sees with the hub's eyes. What the watcher raises silences the wire.
        """
        self._watchers.append(watcher)

    @contextmanager
    def listening(self, scope: Scope) -> Iterator[Screen]:
        """Inside the block: the screen's wait() gives the next messages, or None after a silence.

        Enter first, then read the board: what happens in between comes as a message.
        """
        channel, screen = self._join(scope.shared())
        try:
            yield screen
        finally:
            self._leave(channel, screen)

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
        with self._parts.transaction(scope) as session:
            incidents = board.incidents_of(session, about.incident_ids)
            units = board.units_of(session, about.unit_ids)
        news = news_of(about, incidents, units)
        if news.unseen and scope.role in LOSE_SIGHT:
            # What went out of sight while the line was cut would stay on the screen; to name it
            # would tell of others that never were in sight.
            return RESYNC, cursor
        if incidents or (about.incident_ids and scope.role == Role.PLANNER):
            counts = self.counts_of(scope)
            news = replace(news, load=LoadNews(counts, load.total(counts)))
        return self._encode(scope, news), about.cursor

    def counts_of(self, scope: Scope) -> Counted:
        """The load of all villages, as it was told last to whoever sees with these eyes."""
        channel = self._channels.get(scope.shared())
        return dict(channel.counts) if channel else self._loads.counted(scope.shared())

    def start(self) -> None:
        """Listen from here on, also before the first screen: the ground must not grow stale."""
        with self._reading:
            if self._cursor is None:
                with self._parts.transaction(HUB) as session:
                    self._cursor = work_log.here(session)
        with self._lock:
            # In a worker, not at import: a thread does not survive gunicorn's fork.
            if not any(thread.is_alive() for thread in self._threads):
                self._threads = [
                    threading.Thread(target=self._for_ever, args=(work,), name=name, daemon=True)
                    for name, work in (("hub", self._hear), ("hub sweep", self._sweep))
                ]
                for thread in self._threads:
                    thread.start()

    def stop(self) -> None:
        """Hear no more: for tests, whose databases come and go."""
        self._over.set()
        self._tellers.shutdown(wait=False)
        self._eyes.dispose()

    def _join(self, scope: Scope) -> tuple[Channel, Screen]:
        self.start()
        with self._reading:  # no news is told between the reading of the state and the joining
            with self._lock:
                channel = self._channels.get(scope)
            if channel is None:
                channel = self._new_channel(scope)
            with self._lock:
                self._channels[scope] = channel
                return channel, channel.join()

    def _new_channel(self, scope: Scope) -> Channel:
        channel = Channel(scope)
        self._renew(channel)
        return channel

    def _renew(self, channel: Channel) -> None:
        """What a screen of the scope shows that reads the board now, and what it counts."""
        scope = channel.scope
        with self._parts.transaction(scope) as session:
            channel.shown = {("unit", number): None for number in board.unit_ids(session)}
            if scope.role in LOSE_SIGHT:
                places = board.in_sight(session)
                channel.shown |= {("incident", r.id): r.village_code for r in places}
        channel.due = set()
        channel.counts = self._loads.counted(scope)
        channel.swept_at = time.monotonic()

    def _leave(self, channel: Channel, screen: Screen) -> None:
        with self._lock:
            if channel.leave(screen) == 0 and self._channels.get(channel.scope) is channel:
                del self._channels[channel.scope]

    def _for_ever(self, work: Callable[[], None]) -> None:
        while not self._over.is_set():
            try:
                work()
            except (psycopg2.Error, SQLAlchemyError, OSError) as error:
                log.warning("live wire cut: %s", type(error).__name__)
                self._over.wait(RECONNECT_S)
            except Exception:  # nobody would start this thread again
                if not self._over.is_set():
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
            pace = Pace(time.monotonic())
            while not self._over.is_set():
                changes = self._read(session)
                self._read_moves(session)
                counted = self._tell_one_load(flood=pace.flood)
                self._ground.read_ways()
                time.sleep(pace.rest_s(changes, time.monotonic()))
                select.select([line], [], [], 0.0 if counted else POLL_S)
                line.poll()
                line.notifies.clear()

    def _tell_one_load(self, *, flood: bool = False) -> bool:
        """Of one scope only: what has changed meanwhile must not wait for all the counting."""
        cursor = self._cursor
        # Who was told longest ago first: else the first ones, due again, would starve the last.
        channels = sorted(self._listened(), key=lambda channel: channel.counted_at)
        return cursor is not None and any(
            self._loads.tell_due(channel, cursor, flood=flood) for channel in channels
        )

    def _sweep(self) -> None:
        while not self._over.wait(SWEEP_LOOK_S):
            for channel in self._listened():
                self._loads.sweep(channel, lambda: self._cursor)

    def _read(self, session: Session) -> int:
        """Read the log on, and tell every scope what it means for it; of how many things."""
        with self._reading:
            cursor = self._cursor
            if cursor is None:
                return 0
            reached = work_log.here(session)  # before the reading: all that is below is in it
            changes = work_log.since(session, cursor, most=MOST_READ)
            kinds = {change.kind for change in changes}
            self._ground.read(kinds)
            about = About.changes(changes) if changes else About(cursor)
            whole = len(changes) < MOST_READ
            for watcher in self._watchers:
                watcher(
                    session, replace(about, cursor=max(reached, about.cursor)) if whole else about
                )
            if changes:
                self._tell_all(about)
        self._ground.warm(kinds)
        return len(about.incident_ids) + len(about.unit_ids)

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
        """A message to each scope that it means something to; the caller holds `_reading`.

        Where the line to the database is cut meanwhile, some are told once more when it is back.
        """
        channels = self._listened()
        if moves:
            channels = [c for c in channels if c.scope.role not in NOT_TOLD_OF_MOVES]
        by_place = [c for c in channels if c.scope.role in BY_PLACE]
        others = sorted((c for c in channels if c.scope.role not in BY_PLACE), key=_room_first)
        self._tell_some(others, about)
        if by_place:
            with looking(self._eyes, NOT_SENSITIVE) as session:
                about = about.with_places(session)
            self._tell_some([c for c in by_place if c.is_about(about)], about)
        self._cursor = about.cursor

    def _tell_some(self, channels: Sequence[Channel], about: About) -> None:
        """Side by side: what one scope's rows wait for is mostly the way to the database."""
        meant = [channel for channel in channels if channel.is_about(about)]
        telling = [self._tellers.submit(self._tell, channel, about) for channel in meant]
        wait(telling)  # all of them: a channel is brought along by one reading at a time
        for told in telling:
            told.result()

    def _listened(self) -> list[Channel]:
        with self._lock:
            return list(self._channels.values())

    def _tell(self, channel: Channel, about: About) -> None:
        """One scope's message. What cannot be told must not silence the others."""
        if message := self._message(channel, about):
            channel.add(message)

    def _message(self, channel: Channel, about: About) -> bytes:
        try:
            if about.edition:
                self._renew(channel)
            with Session(self._eyes, info={"scope": channel.scope}) as session:
                seen = board.changed(session, about.incident_ids, about.unit_ids)
            return self._encode(channel.scope, news_of(about, *seen, channel))
        except (psycopg2.Error, SQLAlchemyError):
            raise  # the line is cut: the same changes are told when it is back
        except Exception:
            log.exception("cannot tell %s", channel.scope.role)
            return RESYNC


def _room_first(channel: Channel) -> bool:
    return channel.scope.role not in ROOM
