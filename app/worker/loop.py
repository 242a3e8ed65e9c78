"""Takes one job after the other, tells that it lives, and keeps what came of each."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.parts import Parts
from app.progress import Cancelled
from app.worker.kinds import Work, work_of
from app.worker.pulse import Pulse
from dispatch import jobs
from dispatch.errors import DispatchError
from dispatch.jobs import Held, JobOver, Lost
from dispatch.rules.doing import Trouble
from dispatch.scope import WORKER
from geo.errors import GeoError

EACH_S = 0.5  # between two looks, when there is nothing to do
AWAY_S = 2.0  # until the next try when the database does not answer
TOLD_EACH_S = 0.3  # how far it is; as often it hears whether it shall stop
PURGE_EACH_S = 3600.0

log = logging.getLogger(__name__)


@dataclass(eq=False)
class Office:
    """What the worker works with."""

    parts: Parts
    silent: timedelta = jobs.SILENT_FOR  # after which another worker is held to be dead
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")
    over: threading.Event = field(default_factory=threading.Event)
    pulse: Pulse | None = None  # without it only progress tells that the worker lives


class Teller:
    """Progress of one job, told now and then; the pulse tells meanwhile that the worker lives.

    What is cancelled, lost to another worker, or to end with this process, stops at the next call.
    """

    def __init__(self, office: Office, held: Held) -> None:
        self._office, self._held = office, held
        self._share, self._step = 0.0, ""
        self._told_at = 0.0

    def __enter__(self) -> "Teller":
        if self._office.pulse is not None:
            self._office.pulse.hold(self._held)
        return self

    def __exit__(self, *_: object) -> None:
        if self._office.pulse is not None:
            self._office.pulse.rest()

    def __call__(self, share: float, step: str = "") -> None:
        """As app.progress.Progress."""
        self._share, self._step = share, step or self._step
        if self._office.over.is_set():
            raise Ending
        if time.monotonic() - self._told_at >= TOLD_EACH_S:
            self._tell()

    def _tell(self) -> None:
        """Raises Cancelled, Lost."""
        parts = self._office.parts
        with parts.transaction(WORKER) as session:
            stop = jobs.beat(session, self._held, self._share, self._step, parts.now())
        self._told_at = time.monotonic()
        if stop:
            raise Cancelled


class Ending(Exception):
    """The worker was told to end; the job waits for the next one."""


def run(office: Office, alive: Callable[[], bool] = lambda: True) -> None:
    """Until the office closes, or whoever started it is gone."""
    purge_at = time.monotonic()
    while not office.over.is_set() and alive():
        try:
            if time.monotonic() >= purge_at:
                purge_at = time.monotonic() + PURGE_EACH_S
                _purge(office)
            if not one(office):
                office.over.wait(EACH_S)
        except SQLAlchemyError as error:
            log.warning("the database: %s", type(error).__name__)
            office.over.wait(AWAY_S)
        except Exception:  # nobody would start it again
            log.exception("the worker stumbled")
            office.over.wait(AWAY_S)


def one(office: Office) -> bool:
    """Take a job and do it; whether there was one."""
    parts = office.parts
    with parts.transaction(WORKER) as session:
        held = jobs.take(session, office.name, parts.now(), office.silent)
    if held is None:
        return False
    try:
        with Teller(office, held) as progress:  # before the module of its kind is loaded
            work = work_of(held.kind)
            if work is None:
                _fail(office, held, Trouble.UNKNOWN_KIND)
            else:
                _do(office, held, work, progress)
    except Lost:
        log.warning("job %d: another worker has it, or it is over", held.id)
    return True


def _do(office: Office, held: Held, work: Work, progress: Teller) -> None:
    """Reckon, and keep what came of it. Raises Lost."""
    parts = office.parts
    try:
        progress(0.0)
        result = work(parts, held.params, progress)
        with parts.transaction(WORKER) as session:
            jobs.finish(session, held, result, parts.now())
    except Cancelled:
        with parts.transaction(WORKER) as session:
            jobs.stopped(session, held, parts.now())
    except Ending:
        with parts.transaction(WORKER) as session:
            jobs.give_back(session, held)
    except (Lost, JobOver):
        raise
    except (DispatchError, GeoError) as told:
        _fail(office, held, str(told))
    except MemoryError:
        _fail(office, held, Trouble.NO_MEMORY)
    except SQLAlchemyError as error:
        log.warning("job %d: the database: %s", held.id, type(error).__name__)
        _fail(office, held, Trouble.STUMBLED, again=True)
    except Exception:
        log.exception("job %d (%s) stumbled", held.id, held.kind)
        _fail(office, held, Trouble.STUMBLED, again=True)


def _fail(office: Office, held: Held, trouble: str, *, again: bool = False) -> None:
    with office.parts.transaction(WORKER) as session:
        jobs.fail(session, held, trouble, office.parts.now(), again=again)


def _purge(office: Office) -> None:
    with office.parts.transaction(WORKER) as session:
        jobs.purge(session, office.parts.now())
