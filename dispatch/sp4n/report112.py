"""The report of a month to the national 112 centre: how many calls of which class, hour and kind.

Each call is a line with its hour, class and kind: no number, no place, no words. Calls that nobody
answered never reach this house: the telephone exchange counts them.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.errors import DispatchError
from dispatch.ground import Ground
from dispatch.rules.ticketing import TicketKind
from dispatch.rules.workflow import CallClass

_CALLS = text("SELECT id, at, class, kind FROM calls_112(:since, :until)")


class NoSuchMonth(DispatchError):
    """The month is not written as 2026-11, or has not begun."""


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call. at: the hour in which it came, in the regency's time."""

    id: int
    at: datetime
    call_class: str
    kind: str | None  # of the case that it tells of


@dataclass(frozen=True, slots=True)
class MonthReport:
    """What the calls of a month come to. All of them were answered; see above."""

    month: date  # its first day
    calls: Sequence[CallLine]
    by_class: Mapping[str, int]
    by_kind: Mapping[str, int]  # of normal calls
    by_hour: Sequence[int]  # 24
    by_day: Mapping[date, int]

    @property
    def total(self) -> int:
        """All calls."""
        return len(self.calls)


def month_of(written: str, now: datetime, ground: Ground) -> date:
    """The first day of 2026-11. Raises NoSuchMonth."""
    try:
        first = date.fromisoformat(f"{written}-01")
    except ValueError:
        raise NoSuchMonth(f"{written[:20]!r}: give a month as 2026-11") from None
    if len(written) != 7 or first.year < 1970 or first > local_day(now, ground):
        raise NoSuchMonth(f"{written[:20]!r}: give a month that has begun, as 2026-11")
    return first


def last_month(now: datetime, ground: Ground) -> date:
    """The first day of the month that is over."""
    first = local_day(now, ground).replace(day=1)
    return _shifted(first, -1)


def local_day(now: datetime, ground: Ground) -> date:
    """The day that the regency's calendar shows."""
    return now.astimezone(ground.regency.hours.zone).date()


def report(session: Session, month: date, ground: Ground) -> MonthReport:
    """Of the calls to 112 in the month that begins with that day; as dispatcher or system."""
    zone = ground.regency.hours.zone
    bounds = {
        "since": datetime.combine(month, time.min, zone),
        "until": datetime.combine(_shifted(month, 1), time.min, zone),
    }
    rows = session.execute(_CALLS, bounds).all()
    calls = [CallLine(row.id, row.at.astimezone(zone), row[2], row.kind) for row in rows]
    return summed(month, calls)


def summed(month: date, calls: Sequence[CallLine]) -> MonthReport:
    """The sums. Every class, kind and hour is there, also those that nobody called with."""
    classes = Counter(call.call_class for call in calls)
    kinds = Counter(c.kind for c in calls if c.call_class == CallClass.NORMAL and c.kind)
    hours = Counter(call.at.hour for call in calls)
    days = Counter(call.at.date() for call in calls)
    return MonthReport(
        month=month,
        calls=calls,
        by_class={c.value: classes[c.value] for c in CallClass},
        by_kind={k.value: kinds[k.value] for k in TicketKind},
        by_hour=[hours[hour] for hour in range(24)],
        by_day={day: days[day] for day in sorted(days)},
    )


def _shifted(first: date, months: int) -> date:
    count = first.year * 12 + first.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)
