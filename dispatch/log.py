"""The log of the work: one row for each thing that happened. The row is the truth.

The bell (NOTIFY) only says that there is one more, and is rung by the door after the
commit: inside the transaction it would hold a global lock (traps.md, 16).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from dispatch.prepared import Prepared
from dispatch.rows import AnyRow
from dispatch.schema import LogEntry
from dispatch.scope import scope_of

BELL = "tanggap_log"  # the LISTEN channel; it carries no content


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in the log: all rows up to here are known."""

    xid: int
    id: int

    def __str__(self) -> str:
        return f"{self.xid}-{self.id}"

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read what str() wrote. Raises ValueError for anything else."""
        xid, _, number = written.partition("-")
        if not (xid.isascii() and xid.isdigit() and number.isascii() and number.isdigit()):
            raise ValueError(f"cursor {written!r}: expected two whole numbers, as 812-93")
        if len(xid) > 19 or len(number) > 18:
            raise ValueError(f"cursor {written!r}: out of range")
        return cls(int(xid), int(number))


@dataclass(frozen=True, slots=True)
class Change:
    """What a row of the log points at."""

    cursor: Cursor
    kind: str
    at: datetime
    incident_id: int | None
    unit_id: int | None
    # From and to which village a case was moved, by code; None: to none. Empty: it stayed.
    villages: frozenset[str | None] = frozenset()


def record(
    session: Session,
    kind: str,
    *,
    incident_id: int | None = None,
    unit_id: int | None = None,
    call_id: int | None = None,
    demo: bool = False,
    **facts: Any,
) -> None:
    """Add a row in the name of the session's scope, and have the bell rung after the commit.

    `facts` takes codes and numbers, never a caller's name, number or words.
    """
    scope = scope_of(session)
    session.execute(
        # inline: no RETURNING, for not everybody who writes a row may read it.
        insert(LogEntry)
        .inline()
        .values(
            kind=kind,
            actor_id=scope.user_id,
            actor=scope.name,
            incident_id=incident_id,
            unit_id=unit_id,
            call_id=call_id,
            facts=facts,
            demo=demo,
        )
    )
    ask_to_ring(session)


def ask_to_ring(session: Session) -> None:
    """Have the bell rung once this transaction is committed."""
    session.info["ring"] = True


# To plan them under row security takes ten times as long as to carry them out, and the live wire
# asks with every ring.
_SINCE = Prepared(
    "log_since",
    "SELECT xid::text::bigint AS xid, id, kind, at, incident_id, unit_id,"
    "       jsonb_exists(facts, 'to_village') AS moved, facts ->> 'from_village' AS from_village,"
    "       facts ->> 'to_village' AS to_village FROM log_entry"
    " WHERE (xid, id) > (CAST(:xid AS xid8), :id)"
    "   AND xid < pg_snapshot_xmin(pg_current_snapshot())"
    "   AND kind NOT IN ('case.read', 'contact.read')"  # a look changes nothing
    " ORDER BY xid, id LIMIT :most",
)
_HERE = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")


def since(session: Session, cursor: Cursor, most: int = 1000) -> Sequence[Change]:
    """Rows after the cursor in the order in which they became certain, oldest first.

    A row whose transaction is older than one still open waits for it, so that none
    is ever stepped over (`id > last` missed 37 % under eight writers; performance.md).
    """
    rows = _SINCE.run(session, {"xid": str(cursor.xid), "id": cursor.id, "most": most})
    return [_change(row) for row in rows]


def _change(row: AnyRow) -> Change:
    villages = {row.from_village, row.to_village} if row.moved else ()
    return Change(
        Cursor(row.xid, row.id), row.kind, row.at, row.incident_id, row.unit_id, frozenset(villages)
    )


def here(session: Session) -> Cursor:
    """The cursor from which on to listen: every row below it is visible to this snapshot.

    Ask first, then read the states: late news comes twice, not never.
    """
    return Cursor(session.execute(_HERE).scalar_one(), 0)
