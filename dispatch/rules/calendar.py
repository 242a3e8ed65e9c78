"""The working calendar: when offices work, and how long a time is in working time."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import accumulate
from typing import NamedTuple
from zoneinfo import ZoneInfo

from dispatch.errors import DispatchError
from dispatch.rules.hours import Window

FIRST_YEAR, LAST_YEAR = 2015, 2060
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1)


class OutsideCalendar(DispatchError):
    """A term that ends after the last year of the working calendar."""


@dataclass(frozen=True, slots=True)
class Season:
    """Other hours from one day to another, both included: Ramadan."""

    name: str
    first: date
    last: date
    windows: tuple[Window, ...]


@dataclass(frozen=True)
class WorkCalendar:
    """Hours by day of the week, days off, and seasons with hours of their own.

    windows   of an ordinary week; those of one day do not overlap
    off       days without work, by name: holidays and joint leave
    seasons   where two overlap, the first counts
    """

    zone: ZoneInfo
    windows: tuple[Window, ...]
    off: Mapping[date, str] = field(default_factory=dict)
    seasons: tuple[Season, ...] = ()

    def windows_on(self, day: date) -> list[Window]:
        """The hours of that day, in order; none on a day off."""
        if day in self.off:
            return []
        season = next((s for s in self.seasons if s.first <= day <= s.last), None)
        windows = self.windows if season is None else season.windows
        return sorted((w for w in windows if day.weekday() in w.days), key=lambda w: w.opens)

    def is_open(self, moment: datetime) -> bool:
        """Is it working time? The opening minute is, the closing minute is not."""
        local = moment.astimezone(self.zone)
        return any(window.holds(local) for window in self.windows_on(local.date()))

    def working_s(self, start: datetime, end: datetime) -> float:
        """Seconds of working time from `start` to `end`; below zero where `end` is earlier."""
        return (self._worked(end) - self._worked(start)) / 1e6

    def add_working(self, start: datetime, seconds: float) -> datetime:
        """The first moment at which so much working time has gone by since `start`.

        A term that is used up with the end of work ends there, not the next morning.
        Raises ValueError below zero, OutsideCalendar after the last year.
        """
        if seconds < 0:
            raise ValueError(f"{seconds} s: working time is added, not taken away")
        if not seconds:
            return start
        wanted = self._worked(start) + round(seconds * 1e6)
        at = bisect_left(self._table.done, wanted)
        if at == len(self._table.done):
            raise OutsideCalendar(f"{seconds:.0f} s of work after {start.isoformat()}")
        return _moment(self._table.closes[at] - (self._table.done[at] - wanted), start)

    def add_working_days(self, start: datetime, days: int) -> datetime:
        """The end of work on the n-th working day after the day of `start`.

        The day of the report does not count, whatever its hour, nor does a day off: three working
        days after a Saturday night end on Wednesday with the end of work, and so do three after
        that Friday morning. In Indonesian terms (hari kerja) the day from which one counts is
        left out: UU 14/2008 art. 22 (7) "10 (sepuluh) hari kerja sejak diterimanya
        permintaan", as offices and the information commissions count it.
        Raises ValueError below one day, OutsideCalendar after the last year.
        """
        if days < 1:
            raise ValueError(f"{days} working days: give one or more")
        today = start.astimezone(self.zone).toordinal()
        at = bisect_right(self._table.days, today) + days - 1
        if at >= len(self._table.days):
            raise OutsideCalendar(f"{days} working days after {start.isoformat()}")
        return _moment(self._table.ends[at], start)

    @cached_property
    def ordinary_day_s(self) -> float:
        """Seconds of the working day that most days of an ordinary week have."""
        lengths = [_length_s(self.windows, day) for day in range(7)]
        worked = [length for length in lengths if length]
        return max(worked, key=lambda length: (worked.count(length), length))

    def _worked(self, moment: datetime) -> int:
        """Microseconds of working time since the first year began."""
        table, at = self._table, _micros(moment)
        window = bisect_right(table.opens, at) - 1
        if window < 0:
            return 0
        return table.done[window] - max(0, table.closes[window] - at)

    @cached_property
    def _table(self) -> "_Table":
        return _table(self.zone, self.windows, frozenset(self.off), self.seasons)


class _Table(NamedTuple):
    """Every window of every day, and the sums over them; times in microseconds since 1970."""

    opens: list[int]
    closes: list[int]
    done: list[int]  # working time up to the end of the window
    days: list[int]  # ordinals of the days that are worked on
    ends: list[int]  # when work ends on them


@lru_cache(maxsize=8)
def _table(
    zone: ZoneInfo, windows: tuple[Window, ...], off: frozenset[date], seasons: tuple[Season, ...]
) -> _Table:
    """Sums once for all days: afterwards each question is a search in a sorted list."""
    calendar = WorkCalendar(zone, windows, dict.fromkeys(off, ""), seasons)
    opens, closes, days, ends = [], [], [], []
    for day in _days():
        worked = calendar.windows_on(day)
        for window in worked:
            opens.append(_at(day, window.opens, zone))
            closes.append(_at(day + _DAY * window.all_day, window.closes, zone))
        if worked:
            days.append(day.toordinal())
            ends.append(closes[-1])
    done = list(accumulate(end - start for start, end in zip(opens, closes, strict=True)))
    return _Table(opens, closes, done, days, ends)


def _days() -> Iterator[date]:
    first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _at(day: date, at: time, zone: ZoneInfo) -> int:
    return _micros(datetime.combine(day, at, zone))


def _micros(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _moment(micros: int, like: datetime) -> datetime:
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(like.tzinfo)


def _length_s(windows: tuple[Window, ...], day: int) -> float:
    return sum(_window_s(window) for window in windows if day in window.days)


def _window_s(window: Window) -> float:
    if window.all_day:
        return _DAY.total_seconds()
    some_day = date(2001, 1, 1)
    open_for = datetime.combine(some_day, window.closes) - datetime.combine(some_day, window.opens)
    return open_for.total_seconds()
