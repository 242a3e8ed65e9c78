"""Answers to planners' questions: reckoned here where it is quick, else by a job and kept there."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import select

from app.facts_shelf import exposure_now, facts_now
from app.parts import Parts
from dispatch import jobs
from dispatch.facts.exposure import Exposure
from dispatch.log import Cursor
from dispatch.reports.ask import Ask
from dispatch.reports.hotspots import Analysis, again, is_quick, quiet, run
from dispatch.rules.doing import Doing
from dispatch.schema import Job
from dispatch.scope import Scope
from geo.locator import Locator

KIND = "analisis"
_MOST_KEPT = 24  # quick answers of a process
_FRESH_S = 600.0  # of what villages have
_Kept = OrderedDict[tuple[str, Cursor, str], Analysis]
_kept: WeakKeyDictionary[Parts, _Kept] = WeakKeyDictionary()
_exposures: WeakKeyDictionary[Parts, tuple[Locator, float, Exposure]] = WeakKeyDictionary()
_lock = Lock()


def reckon(parts: Parts, ask: Ask, progress: Callable[[float, str], None] = quiet) -> Analysis:
    """The answer on all that is known now."""
    facts = facts_now(parts, lambda: progress(0.0, Doing.READ_INCIDENTS))  # may raise: taken back
    return run(ask, facts, _exposure(parts), parts.ground(), progress)


def _exposure(parts: Parts) -> Exposure:
    """People, land and roads, at most ten minutes old: they hardly ever change."""
    locator, now = parts.ground().locator, time.monotonic()
    there = _exposures.get(parts)
    if there is None or there[0] is not locator or now - there[1] > _FRESH_S:
        there = _exposures[parts] = (locator, now, exposure_now(parts))
    return there[2]


def quick(parts: Parts, ask: Ask) -> Analysis:
    """The same, kept until an incident changes."""
    place = (ask.query(), facts_now(parts).cursor, parts.ground().drawing)
    with _lock:
        shelf = _kept.setdefault(parts, OrderedDict())
        if (there := shelf.get(place)) is not None:
            shelf.move_to_end(place)
            return there
    made = reckon(parts, ask)
    with _lock:
        shelf[place] = made
        while len(shelf) > _MOST_KEPT:
            shelf.popitem(last=False)
    return made


def known(parts: Parts, ask: Ask, scope: Scope) -> Analysis | None:
    """The answer if it is quick, or if a job has it already; None: ask for a job."""
    if is_quick(ask):
        return quick(parts, ask)
    if (document := _done(parts, ask, scope)) is None:
        return None
    return again(document, parts.ground(), facts_now(parts).zone)


def _done(parts: Parts, ask: Ask, scope: Scope) -> dict[str, Any] | None:
    """The document of today's job of that question."""
    key = jobs.key_of(KIND, params_of(ask), parts.now())
    newest = (
        select(Job.result)
        .where(Job.key == key, Job.state == jobs.DONE)
        .order_by(Job.id.desc())
        .limit(1)
    )
    with parts.transaction(scope) as session:
        return session.scalar(newest)


def params_of(ask: Ask) -> dict[str, Any]:
    """What a job is given."""
    return {"query": ask.query()}
