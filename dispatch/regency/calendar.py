"""When offices work: calendar.toml, and the days off of the whole country from a library."""

from collections.abc import Iterator
from datetime import date, time
from zoneinfo import ZoneInfo

import holidays

from dispatch.regency.entry import YES_NO, Entry
from dispatch.rules.calendar import FIRST_YEAR, LAST_YEAR, Season, WorkCalendar
from dispatch.rules.hours import Window

COUNTRY = "ID"
LANGUAGE = "id"  # of the names; without it the library takes that of the machine
# Perpres 21/2023: five days, 37.5 hours without the breaks, from 07.30; breaks are not taken off.
USUAL = (
    Window(frozenset(range(4)), time(7, 30), time(16)),
    Window(frozenset({4}), time(7, 30), time(16, 30)),
)


def read(entry: Entry, zone: ZoneInfo) -> WorkCalendar:
    """The working calendar; of an empty file the usual hours. Raises BadConfiguration.

    Days off are those of the library `holidays` for `country` ("" none), with joint leave unless
    `joint_leave` is tidak; [[off]] adds days, [[work]] takes them away.
    """
    windows = _windows(entry, "office") or USUAL
    off = _days_off(entry)
    off |= dict(_days(entry, "off"))
    for day, _ in _days(entry, "work"):
        if day not in off:
            entry.wrong("work", f"{day} is no day off; leave it out")
        del off[day]
    seasons = _seasons(entry.entry("ramadan", needed=False))
    entry.done()
    return WorkCalendar(zone, windows, off, seasons)


def _days_off(entry: Entry) -> dict[date, str]:
    """By name. Of lunar months to come the library estimates the day."""
    country = entry.text("country", COUNTRY, empty=True)
    joint = YES_NO[entry.choice("joint_leave", YES_NO, "ya")]
    if not country:
        return {}
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    try:
        known = holidays.country_holidays(
            country,
            years=years,
            categories=("public", "government") if joint else ("public",),
            language=LANGUAGE,
        )
    except NotImplementedError:
        entry.wrong("country", f"{country!r} is not known to the library; for example ID")
    except ValueError:  # a country whose days off are of one sort only
        known = holidays.country_holidays(country, years=years)
    return {day: str(name) for day, name in known.items()}


def _windows(entry: Entry, field: str) -> tuple[Window, ...]:
    windows = tuple(_window(e) for e in entry.entries(field, field))
    for n, one in enumerate(windows):
        if any(_overlap(one, other) for other in windows[:n]):
            entry.wrong(field, f"{field} {n + 1} overlaps one above on the same day")
    return windows


def _window(entry: Entry) -> Window:
    days = entry.days()
    window = Window(days, entry.time_of("opens"), entry.time_of("closes"))
    if not days:
        entry.wrong("days", "name at least one day, as senin")
    if window.closes < window.opens:
        entry.wrong("closes", "must be later than opens")
    entry.done()
    return window


def _overlap(one: Window, other: Window) -> bool:
    if not one.days & other.days:
        return False
    return one.all_day or other.all_day or (one.opens < other.closes and other.opens < one.closes)


def _days(entry: Entry, field: str) -> Iterator[tuple[date, str]]:
    for one in entry.entries(field, field):
        yield _date(one, "day"), one.text("name")
        one.done()


def _seasons(entry: Entry) -> tuple[Season, ...]:
    """The hours of Ramadan, and from when to when it was said to be."""
    windows = _windows(entry, "office")
    periods = tuple(_season(e, windows) for e in entry.entries("periods", "periods"))
    if periods and not windows:
        entry.wrong("office", "give the hours of Ramadan as [[ramadan.office]]")
    entry.done()
    return periods


def _season(entry: Entry, windows: tuple[Window, ...]) -> Season:
    season = Season(entry.text("name"), _date(entry, "first"), _date(entry, "last"), windows)
    if not 0 < (season.last - season.first).days < 32:
        entry.wrong("last", f"{season.last}: must be 1 to 31 days after first, {season.first}")
    entry.done()
    return season


def _date(entry: Entry, field: str) -> date:
    written = entry.text(field)
    try:
        return date.fromisoformat(written)
    except ValueError:
        entry.wrong(field, f'{written!r}: give a day as "2026-02-19"')
