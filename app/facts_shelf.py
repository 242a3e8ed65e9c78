"""The columns of facts that this process keeps, web and worker alike; the web reads them ahead."""

import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from app.parts import Parts
from dispatch.facts import Facts
from dispatch.facts.exposure import Exposure, read_exposure
from dispatch.facts.keeping import Shelf
from dispatch.facts.reading import quiet
from dispatch.scope import ANALYST

WARM_AFTER_S = 2.0  # what waited for this process to start goes first
APART_S = 4.0  # processes that start together do not all read together
_shelves: WeakKeyDictionary[Parts, Shelf] = WeakKeyDictionary()

log = logging.getLogger(__name__)


def facts_now(parts: Parts, heard: Callable[[], None] = quiet) -> Facts:
    """All incidents that may be counted, at most ten seconds old. See Facts for what they cost.

    heard   called now and then while they are read; may raise to stop
    """
    shelf = _shelves.setdefault(parts, Shelf())

    @contextmanager
    def look() -> Iterator[Session]:
        with parts.transaction(ANALYST) as session:
            yield session

    return shelf.fresh(look, parts.ground(), parts.now(), heard)


def warm_facts(parts: Parts) -> int:
    """Read them before anybody asks; how many. What fails is read when somebody does."""
    try:
        return len(facts_now(parts))
    except Exception:
        log.exception("the facts could not be read ahead")
        return 0


def warm_beside(parts: Parts) -> None:
    """As warm_facts, soon and beside all else: a million cases take seconds. After the fork."""

    def warm() -> None:
        time.sleep(WARM_AFTER_S + os.getpid() % 4 * APART_S)
        warm_facts(parts)

    threading.Thread(target=warm, name="facts", daemon=True).start()


def exposure_now(parts: Parts) -> Exposure:
    """People, land and roads of each village, in the order of Facts.villages."""
    with parts.transaction(ANALYST) as session:
        return read_exposure(session, parts.ground())


def forget(parts: Parts) -> None:
    """Have them read anew: rows were changed that the log does not tell of."""
    _shelves.pop(parts, None)
