"""The inbox of tickets: a page of those that are meant, how many there are, where they lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.inbox import statements
from dispatch.inbox.asking import BadCursor, Box, Cursor, Held, InboxAsk, Sort
from dispatch.inbox.conditions import (
    IS_OPEN,
    IS_WAITING,
    ORDERS,
    came_back_to,
    filters,
    in_box,
    new_for,
    said,
    states_of,
    waits_for,
)
from dispatch.inbox.statements import filled
from dispatch.rows import AnyRow
from dispatch.scope import Scope, scope_of

__all__ = ["BadCursor", "Box", "Counts", "Cursor", "Held", "InboxAsk", "InboxPage", "Sort",
           "counts", "page", "points"]  # fmt: skip

MOST_POINTS = 5000  # of a map
MOST_COUNTED = 2000  # of what is over: beyond that it is said to be more
STRETCH = 6000  # tickets in which words are looked for at a time, where some are over


Found = Sequence[tuple[int, Sequence[str]]]  # ids, each with the keys of its place in the order


@dataclass(frozen=True, slots=True)
class Counts:
    """How many match the filters, whatever the box and the states that are looked at."""

    open: int
    late: int
    new: int  # that the asker's side has not touched
    returned: int  # to the asker's side
    waiting: int  # for the reporter
    mine: int
    box_in: int  # that wait for the asker's side
    by_state: dict[str, int]  # of open ones; of those that are over only where they are asked for
    capped: bool = False  # more are over than were counted


@dataclass(frozen=True, slots=True)
class InboxPage:
    """Some of the tickets by id, in order; where the next page begins (None: there is none)."""

    ids: Sequence[int]
    next: Cursor | None
    counts: Counts


@dataclass(frozen=True, slots=True)
class Points:
    """Tickets with a place on the map; whether there are more of them."""

    rows: Sequence[AnyRow]  # id, incident_id, lon, lat, state, kind, category_code, priority, ...
    truncated: bool


def page(session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue) -> InboxPage:
    """What the asker may see of what is meant, in its order, at most `ask.limit`.

    Words are looked for in STRETCH tickets at a time where those that are over are meant, too:
    such a page may hold fewer, and still name the next one.
    """
    if not ask.over:
        return _open(session, ask, now, catalogue)
    counted = counts(session, ask, now, catalogue)
    found, goes_on = _over(session, ask, now, catalogue)
    return _paged(ask, found, counted, goes_on)


def counts(session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue) -> Counts:
    """The numbers on the boxes."""
    where, values = _standing(session, ask, now, catalogue)
    statement = filled(statements.ONLY_COUNTS, **where, sums=_sums(scope_of(session)))
    row = session.execute(statement, values).one()
    over, capped = _over_counts(session, ask, now, catalogue) if ask.over else ({}, False)
    return _counts(row, over, capped=capped)


def _open(session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue) -> InboxPage:
    """Counts and page of what is open, from one look at it."""
    where, values = _standing(session, ask, now, catalogue)
    scope, order = scope_of(session), ORDERS[ask.sort]
    statement = filled(
        statements.OPEN_PAGE,
        **where,
        sums=_sums(scope),
        box=in_box(ask, scope),
        keys=order.written(),
        beyond=order.beyond(ask.after, values),
        order=order.clause(),
    )
    row = session.execute(statement, values | {"most": ask.limit + 1}).one()
    return _paged(ask, [(int(number), keys) for number, keys in row.picked], _counts(row, {}))


def _standing(
    session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue
) -> tuple[dict[str, str], dict[str, Any]]:
    """Conditions and values for STANDING."""
    where, values = filters(ask, scope_of(session), catalogue, now)
    words = said(ask, values)
    if not words:
        return {"where": where, "beside": ""}, values
    return {"where": f"{where} AND {words}", "beside": statements.BESIDE}, values


def _sums(scope: Scope) -> str:
    """Members of Counts over `standing`."""
    of = {
        "open": "true",
        "late": "next_due < :now",
        "new": new_for(scope),
        "returned": came_back_to(scope),
        "waiting": IS_WAITING,
        "mine": "holder_id = :me",
        "box_in": waits_for(scope),
    }
    return ", ".join(f"'{name}', count(*) FILTER (WHERE {when})" for name, when in of.items())


def _counts(row: AnyRow, over: dict[str, int], *, capped: bool = False) -> Counts:
    return Counts(**row.sums, by_state=row.by_state | over, capped=capped)


def _over_counts(
    session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue
) -> tuple[dict[str, int], bool]:
    """How many are over, by state, up to MOST_COUNTED; whether there are, or may be, more."""
    if ask.words:
        return {}, True
    where, values = filters(ask, scope_of(session), catalogue, now)
    values["most_counted"] = MOST_COUNTED
    rows = session.execute(filled(statements.OVER_COUNTS, where=where), values)
    by_state = {row.state: row.n for row in rows}
    return by_state, sum(by_state.values()) == MOST_COUNTED


def _over(
    session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue
) -> tuple[Found, Sequence[str] | None]:
    """A page of a list that holds what is over, along the index of its order.

    And where the look for words is to go on; None: there is nothing more.
    """
    where, values = filters(ask, scope_of(session), catalogue, now)
    order = ORDERS[ask.sort]
    words = said(ask, values)
    statement = filled(
        statements.SAID_PAGE if words else statements.OVER_PAGE,
        states=states_of(ask),
        where=where,
        said=words,
        keys=order.written(),
        beyond=order.beyond(ask.after, values),
        order=order.clause(),
    )
    rows = session.execute(statement, values | {"most": ask.limit + 1, "stretch": STRETCH})
    if not words:
        return [(row.id, row.keys) for row in rows], None
    row = rows.one()
    return [(int(number), keys) for number, keys in row.found], row.goes_on


def _paged(
    ask: InboxAsk, found: Found, counted: Counts, goes_on: Sequence[str] | None = None
) -> InboxPage:
    shown = found[: ask.limit]
    ends = shown[-1][1] if len(found) > ask.limit else goes_on
    last = None if ends is None else Cursor(ask.sort, tuple(ends))
    return InboxPage([number for number, _ in shown], last, counted)


def points(session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue) -> Points:
    """The same tickets where they lie, in the order of the list, at most MOST_POINTS."""
    scope, order = scope_of(session), ORDERS[ask.sort]
    where, values = filters(ask, scope, catalogue, now)
    standing = states_of(ask) if ask.over else IS_OPEN
    words = said(ask, values)
    statement = filled(
        statements.POINTS,
        where=" AND ".join(part for part in (standing, where, words) if part),
        box="true" if ask.over else in_box(ask, scope),
        order=order.clause(),
    )
    rows = session.execute(statement, values | {"most": MOST_POINTS + 1}).all()
    return Points(rows[:MOST_POINTS], len(rows) > MOST_POINTS)
