"""The load: how much is open by village, and in all, as far as the asker may count it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.filtering import CONDITIONS, values
from dispatch.rows import AnyRow
from dispatch.rules.doubt import UNSURE
from dispatch.rules.filters import ALL, Filter
from dispatch.scope import Role, Scope, scope_of

NO_CATALOGUE = Catalogue({}, {}, [])  # enough where the filter names nothing of it


@dataclass(frozen=True, slots=True)
class VillageLoad:
    """Open incidents of one village, as far as the asker may count them."""

    open: int
    urgent: int  # priority 1
    late: int = 0  # past their time at the moment of counting
    oldest_at: datetime | None = None
    mean_opened_at: datetime | None = None  # to the second; the mean age is now less this
    unpinned: int = 0
    unsure: int = 0  # in the worklist of doubtful places; 0 for who sees no row


EMPTY = VillageLoad(0, 0)
# By village code; None: what is counted to no village (outside, or nobody knows).
Counted = Mapping[str | None, VillageLoad]


@dataclass(frozen=True, slots=True)
class Total:
    """All that is open, as far as the asker may count it."""

    open: int
    urgent: int
    late: int
    oldest_at: datetime | None
    mean_opened_at: datetime | None
    villages: int  # that have any open
    unpinned: int  # open without a pin
    elsewhere: int  # counted to no village
    unsure: int


# One row a village that has any. Uses ix_incident_open for a few villages; for all of them the
# table is read through, once.
_ROWS = text(
    "SELECT i.village_code, count(*) AS open, count(*) FILTER (WHERE i.priority = 1) AS urgent,"
    "       count(*) FILTER (WHERE i.due_at < :now) AS late, min(i.opened_at) AS oldest_at,"
    "       avg(extract(epoch FROM i.opened_at)::float8) AS mean_opened,"
    "       count(*) FILTER (WHERE i.pin IS NULL) AS unpinned,"
    "       count(*) FILTER (WHERE i.doubt > :unsure OR i.contradictions <> '{}') AS unsure"
    "  FROM incident AS i WHERE i.state <> 'ditutup'"
    # A village head sees what may lie in the own village, too; it counts where it is counted to.
    "   AND (CAST(:only AS text) IS NULL OR i.village_code = :only)"
    "   AND (CAST(:villages AS text[]) IS NULL OR i.village_code = ANY (CAST(:villages AS text[]))"
    "        OR :nowhere AND i.village_code IS NULL)"
    "   AND <conditions> GROUP BY i.village_code".replace("<conditions>", CONDITIONS)
)
# For who may count but sees no row.
_COUNTS = text(
    "SELECT village_code, open, urgent, late, oldest_at, mean_opened, unpinned, 0 AS unsure"
    "  FROM counted_load(:now, NULL, CAST(:categories AS text[]), :agency, :channel,"
    "                    CAST(:priorities AS integer[]), :since, :until, :late)"
)


def load(
    session: Session,
    now: datetime,
    filter: Filter = ALL,
    villages: Collection[str] | None = None,
    catalogue: Catalogue = NO_CATALOGUE,
) -> dict[str, VillageLoad]:
    """Open incidents by village code; villages that have none are left out.

    villages   only these; None: all
    catalogue  needed where the filter names a kind or an agency
    """
    found = counted(session, now, filter, villages, catalogue)
    return {code: there for code, there in found.items() if code is not None}


def counted(
    session: Session,
    now: datetime,
    filter: Filter = ALL,
    villages: Collection[str | None] | None = None,
    catalogue: Catalogue = NO_CATALOGUE,
) -> dict[str | None, VillageLoad]:
    """As load(), with what is counted to no village under None."""
    scope = scope_of(session)
    asked = {**values(filter, now, catalogue, scope), **_which(scope, villages)}
    if scope.role == Role.PLANNER:
        rows = session.execute(_COUNTS, asked)
        return {r.village_code: _load(r) for r in rows if _wanted(r.village_code, villages)}
    return {r.village_code: _load(r) for r in session.execute(_ROWS, asked)}


def total(of: Counted) -> Total:
    """The sum of what counted() told."""
    opens = sum(there.open for there in of.values())
    return Total(
        open=opens,
        urgent=sum(there.urgent for there in of.values()),
        late=sum(there.late for there in of.values()),
        oldest_at=min((t.oldest_at for t in of.values() if t.oldest_at), default=None),
        mean_opened_at=_mean(of, opens),
        villages=sum(code is not None and there.open > 0 for code, there in of.items()),
        unpinned=sum(there.unpinned for there in of.values()),
        elsewhere=of.get(None, EMPTY).open,
        unsure=sum(there.unsure for there in of.values()),
    )


def totals(
    session: Session, now: datetime, filter: Filter = ALL, catalogue: Catalogue = NO_CATALOGUE
) -> Total:
    """All that is open, of what the filter leaves in."""
    return total(counted(session, now, filter, catalogue=catalogue))


def _which(scope: Scope, villages: Collection[str | None] | None) -> dict[str, object]:
    """Which villages count: a village head's own; those that are asked for."""
    return {
        "only": only_village(scope),
        "villages": None if villages is None else [code for code in villages if code is not None],
        "nowhere": villages is not None and None in villages,
        "unsure": UNSURE,
    }


def only_village(scope: Scope) -> str | None:
    """The one village whose incidents a village head counts; None: all that are seen."""
    return scope.village_code if scope.role == Role.VILLAGE_HEAD else None


def _wanted(code: str | None, villages: Collection[str | None] | None) -> bool:
    return villages is None or code in villages


def _load(row: AnyRow) -> VillageLoad:
    return VillageLoad(
        row.open,
        row.urgent,
        row.late,
        row.oldest_at,
        # The order of the rows tells in the last digits: half seconds are not news.
        datetime.fromtimestamp(round(row.mean_opened), UTC),
        row.unpinned,
        row.unsure,
    )


def _mean(of: Counted, opens: int) -> datetime | None:
    seconds = sum(t.mean_opened_at.timestamp() * t.open for t in of.values() if t.mean_opened_at)
    return datetime.fromtimestamp(round(seconds / opens), UTC) if opens else None
