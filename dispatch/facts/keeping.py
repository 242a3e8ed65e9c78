"""Keeps the columns true: what the log says has changed is read again, the rest stays."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.facts.columns import Facts
from dispatch.facts.reading import MOST, join, quiet, read, read_some
from dispatch.ground import Ground
from dispatch.log import Change, Cursor

FRESH_S = 10.0  # an analysis is no older than this
MOST_CHANGES = 20_000  # cases; with more it is quicker to read all anew
# After these nobody can say which cases are others than before.
ALL_NEW = frozenset({"demo.cleared", "edition.switched"})

Look = Callable[[], AbstractContextManager[Session]]  # a session that sees as ANALYST does


class Shelf:
    """The columns of one process, for all who ask in it."""

    def __init__(self, fresh_s: float = FRESH_S) -> None:
        self._fresh_s = fresh_s
        self._facts: Facts | None = None
        self._read_for: tuple[object, ...] = ()
        self._at = 0.0  # by the monotonic clock
        self._lock = threading.Lock()  # one reads, the others wait for it

    def fresh(
        self, look: Look, ground: Ground, now: datetime, heard: Callable[[], None] = quiet
    ) -> Facts:
        """All of them, at most `fresh_s` old. Never changed afterwards: others may hold it.

        heard   as of `read`; what it raises leaves all as it was
        """
        with self._lock:
            named = (ground.locator.edition_id, tuple(ground.catalogue.categories))
            young = time.monotonic() - self._at < self._fresh_s
            if self._facts is not None and named == self._read_for and young:
                return self._facts
            with look() as session:
                if self._facts is None or named != self._read_for:
                    self._facts = read(session, ground, now, MOST, heard)
                else:
                    self._facts = follow(session, ground, self._facts, now, heard)
            self._read_for, self._at = named, time.monotonic()
            return self._facts


def follow(
    session: Session,
    ground: Ground,
    facts: Facts,
    now: datetime,
    heard: Callable[[], None] = quiet,
) -> Facts:
    """The same, with what the log tells of since read anew."""
    # What is certain up to here is read below: asked first, so that late news comes twice.
    here = log.here(session)
    changed = _changed(session, facts.cursor)
    if changed is None:
        return read(session, ground, now, MOST, heard)
    again = read_some(session, ground, sorted(changed), here, now)
    stays = ~np.isin(facts.ids, np.fromiter(changed, np.int64, len(changed)))
    if stays.all() and not len(again):
        return replace(facts, cursor=here, as_of=now)
    joined = join([again, facts if stays.all() else facts.select(stays)])
    return joined.select(np.argsort(joined.ids, kind="stable"))


def _changed(session: Session, cursor: Cursor) -> set[int] | None:
    """Cases that the log names since; None: too many, or all."""
    found: set[int] = set()
    while news := log.since(session, cursor):
        if len(found) > MOST_CHANGES or _all_new(news):
            return None
        found |= {change.incident_id for change in news if change.incident_id is not None}
        cursor = news[-1].cursor
    return found


def _all_new(news: Sequence[Change]) -> bool:
    return any(change.kind in ALL_NEW for change in news)
