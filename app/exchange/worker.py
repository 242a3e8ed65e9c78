"""Keeps both sides even: tells what is new here, hears what is new there, compares once a day."""

import logging
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError

from app.exchange.client import Client, NotDone, Refused
from app.parts import Parts
from dispatch.errors import DispatchError
from dispatch.scope import EXCHANGE
from dispatch.sp4n import exchange, reconciling
from dispatch.sp4n.exchange import TakenByAnother, Telling
from dispatch.sp4n.hearing import Heard, hear
from dispatch.sp4n.mapping import Remote
from dispatch.sp4n.reconciling import Run

PUSH_EACH_S, PULL_EACH_S = 30.0, 300.0
RECONCILE_HOUR = 3  # local time, when few calls come in
log = logging.getLogger(__name__)


@dataclass
class Office:
    """What the worker works with."""

    parts: Parts
    client: Client
    lease: timedelta = timedelta(seconds=60)
    over: threading.Event = field(default_factory=threading.Event)

    def now(self) -> datetime:
        """The clock of the house."""
        return self.parts.now()


def push(office: Office, most: int = 1000, until: Callable[[], bool] = lambda: False) -> int:
    """Tell all that is due; how many were told. Raises Refused when the token is not taken."""
    with office.parts.transaction(EXCHANGE) as session:
        exchange.plan(session, office.now(), office.parts.ground())
    told = asked = 0
    while asked < most and not until() and (tellings := _take(office)):
        asked += len(tellings)
        for at, telling in enumerate(tellings):
            try:
                told += _tell(office, telling)
            except Refused:
                _give_back(office, tellings[at:])
                raise
    return told


def _take(office: Office) -> list[Telling]:
    with office.parts.transaction(EXCHANGE) as session:
        return exchange.take(session, office.now(), office.parts.ground(), lease=office.lease)


def _give_back(office: Office, tellings: list[Telling]) -> None:
    with office.parts.transaction(EXCHANGE) as session:
        exchange.give_back(session, tellings, office.now())


def _tell(office: Office, telling: Telling) -> bool:
    """Send one, outside any transaction, and keep what came of it."""
    try:
        remote = office.client.tell(telling)
    except Refused:
        raise
    except NotDone as bad:
        _failed(office, telling, str(bad), for_good=bad.for_good)
        return False
    try:
        with office.parts.transaction(EXCHANGE) as session:
            return exchange.answered(session, telling, remote, office.now())
    except TakenByAnother as bad:
        _failed(office, telling, str(bad), for_good=True)
        return False


def _failed(office: Office, telling: Telling, trouble: str, *, for_good: bool) -> None:
    with office.parts.transaction(EXCHANGE) as session:
        dead = exchange.failed(
            session,
            telling,
            trouble,
            office.now(),
            random.random(),  # noqa: S311  # spreads the load, hides nothing
            for_good=for_good,
        )
    log.warning("report %d: %s%s", telling.link_id, trouble, "; given up" if dead else "")


def pull(office: Office) -> dict[Heard, int]:
    """Take in what is new over there; how many of each. Raises NotDone."""
    return take_in(office.parts, office.client.all())


def take_in(parts: Parts, remotes: Sequence[Remote]) -> dict[Heard, int]:
    """Each in a transaction of its own: one that cannot be taken holds up no other."""
    counts = dict.fromkeys(Heard, 0)
    for remote in remotes:
        try:
            with parts.transaction(EXCHANGE) as session:
                heard = hear(session, remote, parts.now(), parts.ground())
        except (DispatchError, DBAPIError) as bad:
            # The comparison will show it as missing here; a database that is away says so itself.
            if isinstance(bad, OperationalError):
                raise
            log.warning("report %r is not taken: %s", remote.id, type(bad).__name__)
            continue
        counts[heard] += 1
    return counts


def reconcile(office: Office, *, repair: bool = False, within_s: float = 120.0) -> tuple[Run, int]:
    """Compare, and mend where it is asked for; the last comparison, and how much was mended.

    within_s   for how long what must be told is sent; the rest goes with the worker
    Raises NotDone when the other side does not answer.
    """
    remotes = office.client.all()
    run = _compare(office, remotes, keep=not repair)
    if not repair:
        return run, 0
    with office.parts.transaction(EXCHANGE) as session:
        mended = reconciling.mend(session, run, remotes, office.now(), office.parts.ground())
    deadline = time.monotonic() + within_s
    push(office, until=lambda: time.monotonic() > deadline)
    return _compare(office, office.client.all(), keep=True), mended


def _compare(office: Office, remotes: list[Remote], *, keep: bool) -> Run:
    with office.parts.transaction(EXCHANGE) as session:
        return reconciling.reconcile(
            session, remotes, office.now(), office.parts.ground(), keep=keep
        )


def serve(office: Office, still: Callable[[], bool]) -> None:
    """For ever, until the office closes or `still` says no: tell, hear, compare at night."""
    pull_at = 0.0
    compared: str | None = None
    while not office.over.is_set() and still():
        _quietly("push", lambda: push(office, until=office.over.is_set))
        if time.monotonic() >= pull_at:
            _quietly("pull", lambda: pull(office))
            pull_at = time.monotonic() + PULL_EACH_S
        local = office.now().astimezone(office.parts.regency.hours.zone)
        if local.hour == RECONCILE_HOUR and compared != local.date().isoformat():
            compared = local.date().isoformat()
            _quietly("reconcile", lambda: reconcile(office))
        office.over.wait(PUSH_EACH_S)


def _quietly(what: str, work: Callable[[], object]) -> None:
    """A line that is cut, or a database that is away, ends no worker."""
    try:
        work()
    except NotDone as bad:
        log.warning("%s: %s", what, bad)
    except SQLAlchemyError as error:
        log.warning("%s: %s", what, type(error).__name__)
