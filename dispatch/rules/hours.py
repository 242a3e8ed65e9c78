"""When the service is open, and what to say when it is not. A call is taken at any hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_SAID = {  # days; all day, until when, closed, closed until when
    "id": (
        tuple(day.capitalize() for day in DAYS),
        "Layanan buka 24 jam.",
        "Layanan buka sampai pukul {at}.",
        "Di luar jam layanan.",
        "Di luar jam layanan, buka lagi {day}pukul {at}.",
    ),
    "en": (
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        "Open 24 hours.",
        "Open until {at}.",
        "Outside service hours.",
        "Outside service hours, open again {day}at {at}.",
    ),
}


@dataclass(frozen=True, slots=True)
class Window:
    """Open from one time of day to another, on some days of the week.

    days    0 Monday to 6 Sunday
    closes  later than `opens`; 24 hours are written 00:00 to 00:00
    """

    days: frozenset[int]
    opens: time
    closes: time

    @property
    def all_day(self) -> bool:
        """True when it never closes on its days."""
        return self.opens == self.closes

    def holds(self, moment: datetime) -> bool:
        """Is the local moment inside? The opening minute is, the closing minute is not."""
        if moment.weekday() not in self.days:
            return False
        return self.all_day or self.opens <= moment.timetz().replace(tzinfo=None) < self.closes


@dataclass(frozen=True, slots=True)
class Hours:
    """The hours of a service in its own time zone, and the rule outside of them."""

    zone: ZoneInfo
    zone_name: str  # WIB, as people say it
    windows: Sequence[Window]
    rule_after_hours: str  # who takes over, in a sentence


def is_open(hours: Hours, now: datetime) -> bool:
    """True inside the service hours. `now` must carry a time zone."""
    local = now.astimezone(hours.zone)
    return any(window.holds(local) for window in hours.windows)


def text(hours: Hours, now: datetime, language: str = "id") -> str:
    """Until when it is open, or from when on; then who takes over, in the regency's own words."""
    local = now.astimezone(hours.zone)
    days, all_day, until, closed, again = _SAID.get(language, _SAID["id"])
    for window in hours.windows:
        if window.holds(local):
            return all_day if window.all_day else until.format(at=_clock(hours, window.closes))
    opens = _next_opening(hours, local)
    if opens is None:
        return f"{closed} {hours.rule_after_hours}"
    day = "" if opens.date() == local.date() else f"{days[opens.weekday()]} "
    return f"{again.format(day=day, at=_clock(hours, opens.time()))} {hours.rule_after_hours}"


def _next_opening(hours: Hours, local: datetime) -> datetime | None:
    """The first opening after the local moment, within eight days."""
    openings = [
        datetime.combine(local.date() + timedelta(days=ahead), window.opens, hours.zone)
        for ahead in range(8)
        for window in hours.windows
        if (local + timedelta(days=ahead)).weekday() in window.days
    ]
    return min((o for o in openings if o > local), default=None)


def _clock(hours: Hours, at: time) -> str:
    return f"{at:%H.%M} {hours.zone_name}"
