"""What leaders look at: how agencies and villages stand, what is late now, where, and with whom."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Self

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch import figures
from dispatch.figures import Asked, Figures, Week
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import standing
from dispatch.scope import scope_of
from dispatch.tally import week_of

TREND_WEEKS = 26
MOST_WEEKS = 106
PAGE = 50
MOST_LATE = 200  # of one page


@dataclass(frozen=True, slots=True)
class Ranked:
    """One line of the table."""

    code: str  # of the agency (its number), village, kecamatan or category; "": of no village
    name: str
    rank: int | None  # None: too few to be ranked
    figures: Figures


@dataclass(frozen=True, slots=True)
class Overview:
    """All figures of the page."""

    asked: Asked
    as_of: datetime  # what changed later is not counted yet
    total: Figures
    rows: Sequence[Ranked]  # best first, those that cannot be ranked last
    trend: Sequence[Week]
    wall: bool  # times are by the clock on the wall, else working time
    left_out: bool  # sensitive cases are not among them


@dataclass(frozen=True, slots=True)
class LateAsked:
    """Which of the late ones; None: all."""

    kind: str | None = None
    agency_id: int | None = None
    village: str | None = None
    district: str | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class After:
    """Where the page before ended."""

    due_at: datetime
    ticket_id: int

    def __str__(self) -> str:
        return f"{self.due_at.timestamp():.6f}_{self.ticket_id}"

    @classmethod
    def parse(cls, written: str, like: datetime) -> Self:
        """Read what str() wrote. Raises ValueError for anything else."""
        moment, _, number = written.partition("_")
        if len(written) > 40 or not number.isdecimal():
            raise ValueError(f"cursor {written[:40]!r}: expected as 1790000000.000000_4512")
        return cls(datetime.fromtimestamp(float(moment), like.tzinfo), int(number))


# By the time that is over longest. Uses ix_ticket_open. The clock stands while the reporter is
# waited for, and once the agency has said that it is done.
_LATE = text(
    "SELECT t.id, t.due_at, f.agency_id AS counts_for"
    "  FROM ticket AS t LEFT JOIN ticket_fact AS f ON f.ticket_id = t.id"
    " WHERE t.state NOT IN ('ditutup', 'digabung', 'diarsipkan')"
    "   AND t.state NOT IN ('ditindaklanjuti', 'menunggu_tanggapan', 'ditunda')"
    "   AND t.due_at < :now"
    "   AND (CAST(:after_due AS timestamptz) IS NULL OR (t.due_at, t.id) > (:after_due, :after_id))"
    "   AND (CAST(:kind AS text) IS NULL OR t.kind = :kind)"
    "   AND (CAST(:agency_id AS integer) IS NULL OR t.agency_id = :agency_id)"
    "   AND (CAST(:village AS text) IS NULL OR t.village_code = :village)"
    "   AND (CAST(:district AS text) IS NULL OR t.district_code = :district)"
    "   AND (CAST(:category AS text) IS NULL OR t.category_code = :category)"
    " ORDER BY t.due_at, t.id LIMIT :most"
)
_AS_OF = text("SELECT min(at) FROM ticket_change")


def overview(session: Session, asked: Asked, now: datetime, ground: Ground) -> Overview:
    """The figures of the period, ranked, with the trend up to its end."""
    found = figures.of_period(session, asked, now, ground)
    total = Figures()
    for one in found.values():
        total.add(one)
    some = {code: one for code, one in found.items() if one.received or one.closed or one.open}
    ranks = standing.order({code: one.share() for code, one in some.items()})
    trend = replace(asked, since=asked.until - timedelta(weeks=TREND_WEEKS))
    return Overview(
        asked,
        min(now, session.scalar(_AS_OF) or now),
        total,
        [Ranked(code, name_of(asked.by, code, ground), rank, some[code]) for code, rank in ranks],
        figures.by_week(session, trend),
        figures.is_wall(asked, ground.regency.clocks),
        _left_out(session, ground),
    )


def late(
    session: Session,
    asked: LateAsked,
    now: datetime,
    after: After | None = None,
    most: int = PAGE,
) -> tuple[Sequence[AnyRow], After | None]:
    """Open tickets past their time for completion, the longest first; where the next page begins.

    Live from the tickets, not from the sums. None: there is no next page.
    """
    values = {
        "now": now, "most": most + 1, "kind": asked.kind, "agency_id": asked.agency_id,
        "village": asked.village, "district": asked.district, "category": asked.category,
        "after_due": after and after.due_at, "after_id": after and after.ticket_id,
    }  # fmt: skip
    rows = session.execute(_LATE, values).all()
    if len(rows) <= most:
        return rows, None
    return rows[:most], After(rows[most - 1].due_at, rows[most - 1].id)


def name_of(by: str, code: str, ground: Ground) -> str:
    """Of an agency (by number), a village, a kecamatan or a category; "" for none, and the room."""
    if not code or (by == "opd" and int(code) == standing.ROOM):
        return ""
    if by == "opd":
        return ground.catalogue.shorts([int(code)])[0]
    if by == "desa":
        return ground.by_code[code].name if code in ground.by_code else code
    if by == "kecamatan":
        return next((v.district for v in ground.by_code.values() if v.district_code == code), code)
    return ground.catalogue.category(code).name_id


def this_week(now: datetime, ground: Ground) -> date:
    """Its Monday."""
    return week_of(now, ground.regency.hours.zone)


def _left_out(session: Session, ground: Ground) -> bool:
    groups = {c.restricted_group for c in ground.catalogue.categories.values()} - {None}
    return not groups <= scope_of(session).groups
