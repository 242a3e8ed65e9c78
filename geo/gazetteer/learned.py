"""Names learned from pins set by hand: they wait, count, wear down, fade, and are forgotten."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from geo.gazetteer.lessons import Lesson
from geo.point import Point
from geo.schema import LearnedName

LEAST_SPREAD_M = 60.0
FAR_M = 1_000.0  # no pin nearer than this counts against a name
FAR_SPREADS = 3.0
HALF_LIFE = timedelta(days=365)
MOST_LESSONS = 5  # of one call
APART = timedelta(days=1)  # between the first pin and the one that confirms it
WAITS = timedelta(days=30)  # for that one; then the name is deleted
# Squared 68 % radius of a two-dimensional normal, by its mean squared distance (2 sigma squared).
_RADIUS2 = -math.log(1 - 0.68)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of a name so far."""

    position: Point
    spread_m: float
    times: int


def weight(times: int, last_at: datetime, now: datetime) -> float:
    """What a learned name counts for, 0 to 1: 0.75 for two pins, half as much a year later.

    A place of the gazetteer counts 1. One pin would count 0.5, but alone it is not read.
    """
    age = max(now - last_at, timedelta(0))
    faded: float = 0.5 ** (age / HALF_LIFE)
    return (1 - 0.5**times) * faded


def is_confirmed(times: int, first_at: datetime, last_at: datetime) -> bool:
    """Whether a second pin, a day or more after the first, said the same; till then it waits.

    What one call alone named, a person perhaps, never comes out so.
    """
    return times >= 2 and last_at - first_at >= APART


def confirmed() -> ColumnElement[bool]:
    """The same, for a query."""
    return and_(LearnedName.times >= 2, LearnedName.last_at >= LearnedName.first_at + APART)


def learn(
    session: Session, lessons: Sequence[Lesson], point: Point, village_code: str, now: datetime
) -> int:
    """Takes a pin into each of the names; answers how many names took it.

    A name is of no use before it is confirmed; what waited too long for that is deleted here.

    A pin farther off than three spreads, and than 1 km, counts against the name: at nought it is
    off. What a person switched off stays so, and what wore off begins anew with the next pin.
    """
    if session.scalar(text("SELECT has_table_privilege('learned_name', 'DELETE')")):
        forget_waiting(session, now)
    taken = 0
    for lesson in sorted(set(lessons), key=lambda one: (one.words, one.kind))[:MOST_LESSONS]:
        taken += _first(session, lesson, point, village_code, now) or _again(
            session, lesson, point, village_code, now
        )
    return taken


def switch(session: Session, id_: int, on: bool) -> bool:
    """Switches a learned name on or off; False where there is none."""
    changed = session.scalars(
        update(LearnedName)
        .where(LearnedName.id == id_)
        # At 0 the next pin would switch it on again, whatever a person said.
        .values(active=on, times=func.greatest(LearnedName.times, 1))
        .returning(LearnedName.id)
    )
    return bool(changed.all())


def forget(session: Session, id_: int) -> bool:
    """Deletes a learned name; False where there is none."""
    gone = session.scalars(
        delete(LearnedName).where(LearnedName.id == id_).returning(LearnedName.id)
    )
    return bool(gone.all())


def forget_waiting(session: Session, now: datetime) -> int:
    """Deletes what waited 30 days to be confirmed; answers how many names that were.

    What a person switched off stays: else the next pin would begin it anew.
    """
    by_person = and_(LearnedName.active.is_(False), LearnedName.times > 0)
    gone = session.scalars(
        delete(LearnedName)
        .where(~confirmed(), ~by_person)
        .where(LearnedName.last_at <= now - WAITS)
        .returning(LearnedName.id)
        .execution_options(synchronize_session=False)
    )
    return len(gone.all())


def _first(session: Session, lesson: Lesson, point: Point, code: str, now: datetime) -> bool:
    """Whether the name was new."""
    row = insert(LearnedName).values(
        words=lesson.words,
        kind=lesson.kind,
        village_code=code,
        position=point,
        spread_m=LEAST_SPREAD_M,
        times=1,
        first_at=now,
        last_at=now,
    )
    made = session.execute(row.on_conflict_do_nothing().returning(LearnedName.id))
    return made.one_or_none() is not None


def _again(session: Session, lesson: Lesson, point: Point, code: str, now: datetime) -> bool:
    """Whether the name took the pin."""
    row = session.scalars(
        select(LearnedName)
        .where(LearnedName.words == lesson.words)
        .where(LearnedName.kind == lesson.kind)
        .where(LearnedName.village_code == code)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if not row.active and row.times > 0:
        return False
    known = _Known(row.position, row.spread_m, row.times)
    if far := known.times > 0 and _is_far(known, point):
        row.times -= 1
    else:
        row.first_at = min(row.first_at, now) if known.times else now
        after = _with_pin(known, point)
        row.position, row.spread_m, row.times = after.position, after.spread_m, after.times
        row.last_at = max(row.last_at, now) if known.times else now
    row.active = row.times > 0
    session.flush()
    return not far


def _is_far(known: _Known, point: Point) -> bool:
    return known.position.distance_m(point) > max(FAR_M, FAR_SPREADS * known.spread_m)


def _with_pin(known: _Known, point: Point) -> _Known:
    """Mean and spread with one pin more (Welford's way: nothing but these is kept)."""
    if known.times == 0:
        return _Known(point, LEAST_SPREAD_M, 1)
    times = known.times + 1
    off_m = known.position.distance_m(point)
    squared = (known.spread_m**2 / _RADIUS2 * known.times + off_m**2 * known.times / times) / times
    mean = Point(
        lon=known.position.lon + (point.lon - known.position.lon) / times,
        lat=known.position.lat + (point.lat - known.position.lat) / times,
    )
    return _Known(mean, max(LEAST_SPREAD_M, math.sqrt(squared * _RADIUS2)), times)
