"""The clock of the house: in each process a thread that does what is due, second by second.

Several processes do no harm: what one of them holds, the others leave alone.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.parts import Parts
from dispatch import escalations, orders, positions, public, tally, tickets
from dispatch.scope import TIMER, enter
from geo.errors import NoEdition

EACH_S = 1.0
AWAY_S = 2.0  # until the next try when the database does not answer
PURGE_EACH = timedelta(hours=1)
LAPSE_EACH_S = 60.0  # reporters who stayed silent
END_EACH_S = 30.0  # cases that wait for nobody any more
CLIMB_EACH_S = 10.0  # tickets that are late, up the ladder
TALLY_EACH_S = 20.0  # figures of tickets that changed
COUNT_AGAIN_S = 60.0  # until the next try when the counts for the public could not be made

log = logging.getLogger(__name__)


class Timer:
    """Alarms for orders that nobody answers; clocks of tickets; counts; purges what is too old."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._purged_at = time.monotonic()
        self._counted_for: datetime | None = None  # the newest hour that the public was told of
        self._count_from = 0.0
        # By the monotonic clock.
        self._next = dict.fromkeys(("lapse", "end", "climb", "tally"), 0.0)
        # A line of its own: an alarm must not wait until the web gives one back.
        self._line = create_engine(
            parts.settings.database_url,
            pool_size=1,
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "connect_timeout": 5,
                "application_name": "tanggap timer",
                "options": "-c statement_timeout=10s -c lock_timeout=2s",
            },
        )

    def start(self) -> None:
        """From here on. In a worker, not at import: a thread does not survive gunicorn's fork."""
        if self._thread is None or not self._thread.is_alive():
            self._over.clear()
            self._thread = threading.Thread(target=self._tick_for_ever, name="timer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """No more, and hang up."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(15)
        self._line.dispose()

    def tick(self) -> int:
        """Raise what is due now; how much it was."""
        with Session(self._line) as session:
            with session.begin():
                enter(session, TIMER)
                raised = orders.raise_due(session, self._parts.now())
            if session.info.pop("ring", False):
                self._parts.ringer.ring()
        return raised.silent + raised.lapsed

    def _tick_for_ever(self) -> None:
        while not self._over.is_set():
            wait_s = EACH_S
            try:
                self.tick()
                self._look_at_tickets()
                self._purge_now_and_then()
                self._count_in_time()
            except SQLAlchemyError as error:
                log.warning("the timer cannot look: %s", type(error).__name__)
                wait_s = AWAY_S
            except Exception:  # nobody would start this thread again
                log.exception("the timer stumbled")
                wait_s = AWAY_S
            self._over.wait(wait_s)

    def lapse(self) -> int:
        """End the tickets whose reporters stayed silent; how many there were."""
        ground = self._parts.ground()
        return self._do(lambda session, now: tickets.lapse(session, now, ground))

    def end(self) -> int:
        """End the cases whose last unit came free after their last ticket; how many there were."""
        return self._do(tickets.end_cases)

    def climb(self) -> int:
        """Tell the next ones of the ladder of what is late; how many tickets there were."""
        ground = self._parts.ground()
        return self._do(lambda session, now: escalations.climb(session, now, ground))

    def tally(self) -> int:
        """Count anew the figures of tickets that changed; how many there were."""
        ground = self._parts.ground()
        return self._do(lambda session, _now: tally.refresh(session, ground))

    def _do(self, work: Callable[[Session, datetime], int]) -> int:
        """One piece of work in a transaction of its own, and the bell after it."""
        with Session(self._line) as session:
            with session.begin():
                enter(session, TIMER)
                done = work(session, self._parts.now())
            if session.info.pop("ring", False):
                self._parts.ringer.ring()
        return done

    def _look_at_tickets(self) -> None:
        each = {
            "lapse": (self.lapse, LAPSE_EACH_S),
            "end": (self.end, END_EACH_S),
            "climb": (self.climb, CLIMB_EACH_S),
            "tally": (self.tally, TALLY_EACH_S),
        }
        for name, (work, seconds) in each.items():
            if time.monotonic() >= self._next[name]:
                # What fails is tried again at its time; alarms go on in between.
                self._next[name] = time.monotonic() + seconds
                with suppress(NoEdition):
                    work()

    def count(self) -> datetime | None:
        """Make the counts for the public that are due; since when they are shown, if just made."""
        now = self._parts.now()
        if public.due(now, self._parts.regency.public) == self._counted_for:
            return None
        ground = self._parts.ground()
        with Session(self._line) as session, session.begin():
            enter(session, TIMER)
            made = public.make_snapshot(session, ground, now)
        self._counted_for = public.due(now, self._parts.regency.public)
        return made

    def _count_in_time(self) -> None:
        if time.monotonic() < self._count_from:
            return
        # Counting may fail again and again; alarms and purges go on in between.
        self._count_from = time.monotonic() + COUNT_AGAIN_S
        with suppress(NoEdition):
            self.count()
            self._count_from = 0.0

    def _purge_now_and_then(self) -> None:
        if time.monotonic() - self._purged_at < PURGE_EACH.total_seconds():
            return
        self._purged_at = time.monotonic()
        self.purge()

    def purge(self) -> int:
        """Take away positions that are kept no longer; how many there were. Little by little."""
        rules, gone = self._parts.regency.positions, 0
        while True:
            with Session(self._line) as session, session.begin():
                enter(session, TIMER)
                part = positions.purge(session, self._parts.now(), rules)
            gone += part
            if part < positions.PURGED_AT_ONCE:
                return gone
