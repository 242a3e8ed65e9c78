"""Ferries: which line sails when, from quay to quay."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from shapely.geometry import LineString

from geo.errors import GeoError
from geo.point import Point

EVERY_DAY = frozenset(range(7))
_MOST_DAYS = 15  # that a next sailing is looked for
_A_MONDAY = date(2024, 1, 1)  # any


class BadTimetable(GeoError):
    """The timetable of a ferry cannot be read."""


@dataclass(frozen=True, slots=True)
class Sailing:
    """Departures on some weekdays, by local time: one, or one every so often."""

    first: time
    last: time | None = None  # None: only the first
    every_s: float | None = None
    days: frozenset[int] = EVERY_DAY  # Monday is 0

    def __post_init__(self) -> None:
        if (self.last is None) != (self.every_s is None):
            raise BadTimetable("last: give it together with every_s, or neither")
        if self.every_s is not None and self.every_s < 60:
            raise BadTimetable(f"every_s {self.every_s:g}: give 60 or more")
        if self.last is not None and self.last < self.first:
            raise BadTimetable(
                "last: must not be earlier than first; write a night as two sailings"
            )
        if not self.days <= EVERY_DAY or not self.days:
            raise BadTimetable(f"days {sorted(self.days)}: give numbers 0 (Monday) to 6")

    def on(self, day: date) -> list[datetime]:
        """The departures of a day, in order, without a time zone."""
        if day.weekday() not in self.days:
            return []
        first = datetime.combine(day, self.first)
        if self.last is None or self.every_s is None:
            return [first]
        span_s = (datetime.combine(day, self.last) - first).total_seconds()
        count = int(span_s // self.every_s) + 1
        return [first + timedelta(seconds=self.every_s * n) for n in range(count)]


@dataclass(frozen=True, slots=True)
class FerryLine:
    """One direction of a ferry. There and back are two lines with the same code.

    No sailings: it leaves as soon as somebody comes.
    """

    code: str  # under which it is opened and closed
    name: str
    start: Point  # the quay that it leaves
    finish: Point
    crossing_s: float
    vehicles: bool  # takes cars
    sailings: tuple[Sailing, ...] = ()
    course: LineString | None = None  # from start to finish; None: straight

    def back(self, sailings: tuple[Sailing, ...] | None = None) -> "FerryLine":
        """The other direction; by its own timetable where one is given."""
        return FerryLine(
            self.code,
            self.name,
            self.finish,
            self.start,
            self.crossing_s,
            self.vehicles,
            self.sailings if sailings is None else sailings,
            None if self.course is None else self.course.reverse(),
        )

    def departs_after(self, moment: datetime) -> datetime | None:
        """The next departure at or after a local moment; None where none is known."""
        if not self.sailings:
            return moment
        naive = moment.replace(tzinfo=None)
        for ahead in range(_MOST_DAYS):
            day = naive.date() + timedelta(days=ahead)
            due = [at for sailing in self.sailings for at in sailing.on(day) if at >= naive]
            if due:
                return min(due).replace(tzinfo=moment.tzinfo)
        return None

    def usual_wait_s(self) -> float:
        """What one waits in the mean who comes at any moment of a week; 0 without a timetable."""
        days = [_A_MONDAY + timedelta(days=n) for n in range(7)]
        week = sorted({at for day in days for sailing in self.sailings for at in sailing.on(day)})
        if not week:
            return 0.0
        ends = [*week[1:], week[0] + timedelta(days=7)]
        gaps = [(end - at).total_seconds() for at, end in zip(week, ends, strict=True)]
        return sum(gap * gap for gap in gaps) / 2 / sum(gaps)

    def length_m(self) -> float:
        """Metres of its course."""
        corners = [Point(lon=lon, lat=lat) for lon, lat in self.line().coords]
        return sum(a.distance_m(b) for a, b in pairwise(corners))

    def line(self) -> LineString:
        """Its course to be drawn."""
        ends = [(self.start.lon, self.start.lat), (self.finish.lon, self.finish.lat)]
        return self.course or LineString(ends)


def sailings_of(
    timetable: Sequence[Mapping[str, Any]], every_s: float | None = None
) -> tuple[Sailing, ...]:
    """Sailings as the table `ferry` keeps them; `every_s`: all day, counted from midnight.

    timetable   [{"days": [0, 1], "times": ["07:00"]},
                 {"first": "06:00", "last": "18:00", "every_s": 1800}]; days absent: every day
    Raises BadTimetable.
    """
    all_day = [] if every_s is None else [Sailing(time(0), time(23, 59, 59), every_s)]
    return (*(sailing for entry in timetable for sailing in _read(entry)), *all_day)


def written(sailings: Sequence[Sailing]) -> list[dict[str, Any]]:
    """What sailings_of() reads."""
    return [
        {"days": sorted(s.days), "times": [s.first.isoformat()]}
        if s.last is None
        else {
            "days": sorted(s.days),
            "first": s.first.isoformat(),
            "last": s.last.isoformat(),
            "every_s": s.every_s,
        }
        for s in sailings
    ]


def _read(entry: Mapping[str, Any]) -> list[Sailing]:
    try:
        days = frozenset(int(day) for day in entry.get("days", EVERY_DAY))
        if "times" in entry:
            return [Sailing(time.fromisoformat(at), days=days) for at in entry["times"]]
        first, last = (time.fromisoformat(entry[end]) for end in ("first", "last"))
        return [Sailing(first, last, float(entry["every_s"]), days)]
    except (KeyError, TypeError, ValueError) as bad:
        raise BadTimetable(f"{dict(entry)!r}: {bad}") from bad
