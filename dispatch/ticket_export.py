"""Tickets as files need them: all that the inbox would list, row by row. Cut by row security."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import TextClause
from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.inbox import InboxAsk
from dispatch.inbox.conditions import IS_OPEN, ORDERS, filters, in_box, said, states_of
from dispatch.inbox.statements import filled
from dispatch.rows import AnyRow
from dispatch.scope import scope_of

MOST = 100_000  # tickets of one file
AT_ONCE = 1000  # rows that are held at a time

_ROWS = """
SELECT * FROM (
  SELECT t.id, t.incident_id, t.kind, t.state, t.agency_id, t.category_code, t.priority,
         t.village_code, t.district_code, t.restricted_group, t.opened_at, t.referred_at,
         t.answered_at, t.followed_up_at, t.closed_at, t.verify_due_at, t.answer_due_at, t.due_at,
         t.returns, t.reopens, t.escalated, t.extended, t.proof_needed, t.proofs, t.flags,
         t.outcome, t.stars, t.holder_id, t.demo, i.place_text, ST_X(i.pin) AS lon,
         ST_Y(i.pin) AS lat, <is_open> AND <next_due> < :now AS late, <next_due> AS next_due
    FROM ticket AS t JOIN incident AS i ON i.id = t.incident_id
   WHERE <where>) AS listed
 WHERE <box>
 ORDER BY <order> LIMIT :most"""


def tickets(
    session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue, most: int = MOST
) -> Iterator[Sequence[AnyRow]]:
    """What the inbox would list, in its order, pages left out, AT_ONCE at a time; at most so many.

    As it stood at one moment. The session stays open meanwhile: never wait for a client between.
    """
    statement, values = _statement(session, ask, now, catalogue)
    found = session.execute(
        statement,
        values | {"most": most},
        execution_options={"stream_results": True, "max_row_buffer": AT_ONCE},
    )
    yield from found.partitions(AT_ONCE)


def _statement(
    session: Session, ask: InboxAsk, now: datetime, catalogue: Catalogue
) -> tuple[TextClause, dict[str, object]]:
    scope = scope_of(session)
    where, values = filters(ask, scope, catalogue, now)
    standing = states_of(ask) if ask.over else IS_OPEN
    words = said(ask, values)
    statement = filled(
        _ROWS,
        where=" AND ".join(part for part in (standing, where, words) if part),
        box="true" if ask.over else in_box(ask, scope),
        order=ORDERS[ask.sort].clause(),
    )
    return statement, values
