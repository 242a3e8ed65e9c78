"""Sums of tickets by agency, village, kecamatan or category: of a period, and what is open now.

They come from ticket_week and ticket_fact (dispatch.tally), cut by row security: an officer
sees the own agency only. What counts how: dispatch.rules.standing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.ground import Ground
from dispatch.rules import standing
from dispatch.rules.clocks import Clocks
from dispatch.rules.standing import EDGES_S, STEPS, Share
from dispatch.rules.ticketing import TicketKind
from dispatch.scope import Role, scope_of
from dispatch.tally import HALVES, SUMS

GROUPINGS = ("opd", "desa", "kecamatan", "kategori")
# The column that tells them apart; in ticket_fact, which an agency's officer is answered from.
_COLUMNS = {
    "opd": "agency_id::text",
    "desa": "village_code",
    "kecamatan": "district_code",
    "kategori": "category_code",
}
_PARTS = (0.5, 0.9)  # the median, and within what nine of ten are done
_YEARS = timedelta(days=1500)  # no ticket is open longer than that and still told apart


@dataclass(frozen=True, slots=True)
class Asked:
    """Which tickets. Whole weeks: from a Monday to before a Monday, where the regency is."""

    since: date
    until: date
    by: str = "opd"  # one of GROUPINGS
    kind: str | None = None  # None: all


@dataclass(slots=True)
class Figures:
    """Sums of a period, and what is open now."""

    received: int = 0
    returned: int = 0  # of those received: given back as bukan wewenang, once or more
    reopened: int = 0  # of those received: opened again within 14 days
    closed: int = 0  # said to be done in the period, or left after their time
    timed: int = 0  # of those closed: with a clock
    on_time: int = 0
    no_proof: int = 0
    elsewhere: int = 0  # proof from another place, or used before
    last_minute: int = 0
    star_n: int = 0
    star_sum: int = 0
    dropped: int = 0  # archived or merged in time: counts for nobody
    open: int = 0
    late: int = 0
    oldest_due_at: datetime | None = None  # of those late
    done_steps: list[int] = field(default_factory=lambda: [0] * (STEPS + 1))
    open_steps: list[int] = field(default_factory=lambda: [0] * (STEPS + 1))

    def share(self) -> Share | None:
        """On time, of what was closed with a clock and what is open and overdue now."""
        return standing.share(self.on_time, self.timed + self.late)

    def times_s(self) -> tuple[float | None, ...]:
        """Median and 90th percentile to completion of what was received (standing.quantiles)."""
        return standing.quantiles(_PARTS, self.done_steps, self.open_steps)

    def stars(self) -> float | None:
        """The mean; None for fewer than standing.LEAST."""
        return self.star_sum / self.star_n if self.star_n >= standing.LEAST else None

    def add(self, other: "Figures") -> None:
        """Take the other's in."""
        for name in (*SUMS, "open", "late"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        dues = [due for due in (self.oldest_due_at, other.oldest_due_at) if due]
        self.oldest_due_at = min(dues, default=None)
        self.done_steps = _added(self.done_steps, other.done_steps)
        self.open_steps = _added(self.open_steps, other.open_steps)


@dataclass(frozen=True, slots=True)
class Week:
    """What came in and what ended in one week."""

    week: date
    received: int
    closed: int
    timed: int
    on_time: int


_SUMMED = ", ".join(f"sum({name})::integer AS {name}" for name in SUMS)
_STEPPED = ", ".join(
    f"coalesce(sum(steps[{n}]) FILTER (WHERE (kind = ANY (:wall)) = :as_wall), 0)::integer"
    for n in range(1, STEPS + 2)
)
_SUMS = (
    (
        "SELECT key, <summed>, ARRAY[<stepped>] AS steps FROM (<weeks>) AS w"
        " WHERE CAST(:kind AS text) IS NULL OR kind = :kind GROUP BY key"
    )
    .replace("<summed>", _SUMMED)
    .replace("<stepped>", _STEPPED)
)
# Uses pk_ticket_week: a few thousand rows a year, however many tickets there are.
_ROLLED = text(
    _SUMS.replace(
        "<weeks>",
        "SELECT *, CASE WHEN :by = 'opd' THEN agency_id::text ELSE code END AS key"
        "  FROM ticket_week WHERE grouping = :by AND week >= :since AND week < :until",
    )
)
# Uses ix_ticket_fact_opened: all tickets of one agency.
_OWN = {
    by: text(
        _SUMS.replace(
            "<weeks>",
            HALVES.replace("<keys>", "f.<column> AS key, f.kind").replace("<column>", column)
            + " WHERE h.week >= :since AND h.week < :until GROUP BY f.<column>, f.kind".replace(
                "<column>", column
            ),
        )
    )
    for by, column in _COLUMNS.items()
}
# Uses ix_ticket_fact_open, alone.
_OPEN = {
    by: text(
        "SELECT f.<column> AS key, CASE WHEN opened_at >= :from_at"
        " AND (kind = ANY (:wall)) = :as_wall THEN"
        "   :steps - width_bucket(opened_at, CASE WHEN kind = ANY (:wall)"
        "     THEN CAST(:wall_edges AS timestamptz[]) ELSE CAST(:work_edges AS timestamptz[]) END)"
        "   END AS step, count(*) AS open, count(*) FILTER (WHERE due_at < :now) AS late,"
        "       min(due_at) FILTER (WHERE due_at < :now) AS oldest_due_at"
        "  FROM ticket_fact AS f WHERE how = 'terbuka'"
        "   AND (CAST(:kind AS text) IS NULL OR kind = :kind) GROUP BY 1, 2".replace(
            "<column>", column
        )
    )
    for by, column in _COLUMNS.items()
}
_TREND = text(
    "SELECT week, sum(received)::integer AS received, sum(closed)::integer AS closed,"
    "       sum(timed)::integer AS timed, sum(on_time)::integer AS on_time"
    "  FROM ticket_week WHERE grouping = 'opd' AND week >= :since AND week < :until"
    "   AND (CAST(:kind AS text) IS NULL OR kind = :kind) GROUP BY week"
)


def of_period(session: Session, asked: Asked, now: datetime, ground: Ground) -> dict[str, Figures]:
    """Figures by the code of what is asked by; agencies by their number; "": of no village."""
    values = _values(asked, now, ground)
    own = scope_of(session).role == Role.AGENCY_OFFICER and asked.by != "opd"
    found: dict[str, Figures] = {}
    for row in session.execute(_OWN[asked.by] if own else _ROLLED, values):
        sums = {name: getattr(row, name) for name in SUMS}
        found[row.key or ""] = Figures(**sums, done_steps=row.steps)
    for row in session.execute(_OPEN[asked.by], values):
        here = Figures(open=row.open, late=row.late, oldest_due_at=row.oldest_due_at)
        if row.step is not None:
            here.open_steps[row.step] = row.open
        found.setdefault(row.key or "", Figures()).add(here)
    return found


def by_week(session: Session, asked: Asked) -> list[Week]:
    """Every week of the period, also one in which nothing was."""
    values = {"since": asked.since, "until": asked.until, "kind": asked.kind}
    found = {row.week: Week(*row) for row in session.execute(_TREND, values)}
    weeks = (asked.until - asked.since).days // 7
    mondays = [asked.since + timedelta(weeks=n) for n in range(weeks)]
    return [found.get(monday, Week(monday, 0, 0, 0, 0)) for monday in mondays]


def is_wall(asked: Asked, clocks: Clocks) -> bool:
    """Whether times are by the clock on the wall; where all kinds are asked for, by working time.

    Then those of the others are left out of them: the two cannot be mixed.
    """
    return asked.kind is not None and clocks.is_wall(asked.kind)


def _values(asked: Asked, now: datetime, ground: Ground) -> Mapping[str, Any]:
    clocks, zone = ground.regency.clocks, ground.regency.hours.zone
    wall = [kind.value for kind in TicketKind if clocks.is_wall(kind)]
    work = [kind.value for kind in TicketKind if not clocks.is_wall(kind)]
    return {
        "since": asked.since,
        "until": asked.until,
        "by": asked.by,
        "kind": asked.kind,
        "now": now,
        "from_at": datetime.combine(asked.since, time.min, zone),
        "wall": wall,
        "as_wall": is_wall(asked, clocks),
        "steps": STEPS,
        "wall_edges": _edges(clocks, wall, now),
        "work_edges": _edges(clocks, work, now),
    }


def _edges(clocks: Clocks, kinds: Sequence[str], now: datetime) -> list[datetime]:
    """Since when a ticket must be open to have taken each step of the ladder, the longest first."""
    if not kinds:
        return [now - timedelta(seconds=edge) for edge in reversed(EDGES_S)]
    return [_so_long_ago(clocks, kinds[0], edge, now) for edge in reversed(EDGES_S)]


def _so_long_ago(clocks: Clocks, kind: str, seconds: float, now: datetime) -> datetime:
    early, late = now - _YEARS, now
    while late - early > timedelta(seconds=30):
        middle = early + (late - early) / 2
        if clocks.working_s(middle, now, kind) >= seconds:
            early = middle
        else:
            late = middle
    return early


def _added(one: Sequence[int], other: Sequence[int]) -> list[int]:
    return [a + b for a, b in zip(one, other, strict=True)]
