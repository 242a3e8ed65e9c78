"""The calendar and the clocks that the table of cases is reckoned with: days off typed by hand.

Days off of 2025 and 2026 after the joint decrees of the three ministers (SKB 3 Menteri, holidays
and joint leave), those that fall on a Saturday or Sunday too; of 2027 and 2028 what the cases need,
by estimate.
"""

from datetime import date, time
from zoneinfo import ZoneInfo

from dispatch.rules.calendar import Season, WorkCalendar
from dispatch.rules.clock_terms import OwnTerms, Terms, same_for_all
from dispatch.rules.clocks import Clocks
from dispatch.rules.escalation import Ladder
from dispatch.rules.hours import Window
from dispatch.rules.ticketing import TicketKind

WIB = ZoneInfo("Asia/Jakarta")

HOLIDAYS = {
    2025: "01-01 01-27 01-29 03-29 03-31 04-01 04-18 04-20 05-01 05-12 05-29 06-01 06-06 06-27"
    " 08-17 09-05 12-25",
    2026: "01-01 01-16 02-17 03-19 03-21 03-22 04-03 04-05 05-01 05-14 05-27 05-31 06-01 06-16"
    " 08-17 08-25 12-25",
    2027: "01-01 01-05 02-06 03-08 03-10 03-11",
    2028: "01-01 02-27 02-28",
}
JOINT_LEAVE = {
    2025: "01-28 03-28 04-02 04-03 04-04 04-07 05-13 05-30 06-09 08-18 12-26",
    2026: "02-16 03-18 03-20 03-23 03-24 05-15 05-28 12-24",
}
RAMADAN = (
    ("2025-03-01", "2025-03-30"),
    ("2026-02-19", "2026-03-20"),
    ("2027-02-08", "2027-03-09"),
    ("2028-01-28", "2028-02-26"),
)
# Day of the week to minutes of the day; Monday 0. Ordinary days, and those of Ramadan.
ORDINARY = dict.fromkeys(range(4), (7 * 60 + 30, 16 * 60)) | {4: (7 * 60 + 30, 14 * 60 + 30)}
FASTING = dict.fromkeys(range(4), (8 * 60, 15 * 60)) | {4: (8 * 60, 14 * 60)}


def days(written: dict[int, str]) -> list[date]:
    """The dates of such a table."""
    return [
        date.fromisoformat(f"{year}-{day}")
        for year, all_days in written.items()
        for day in all_days.split()
    ]


OFF = frozenset(days(HOLIDAYS) + days(JOINT_LEAVE))


def windows(hours: dict[int, tuple[int, int]]) -> tuple[Window, ...]:
    """The same as the code under test wants it."""
    return tuple(
        Window(frozenset({day}), time(*divmod(opens, 60)), time(*divmod(closes, 60)))
        for day, (opens, closes) in hours.items()
    )


CALENDAR = WorkCalendar(
    WIB,
    windows(ORDINARY),
    dict.fromkeys(OFF, "libur"),
    tuple(
        Season("Ramadan", date.fromisoformat(first), date.fromisoformat(last), windows(FASTING))
        for first, last in RAMADAN
    ),
)

CLOCKS = Clocks(
    CALENDAR,
    kinds={
        TicketKind.EMERGENCY: Terms(wall=True, done=(60, 120, 240, 480), reply=1440),
        TicketKind.COMPLAINT: Terms(verify=3, answer=5, done=same_for_all(14), reply=10),
        TicketKind.SUGGESTION: Terms(answer=5, done=same_for_all(14)),
        TicketKind.INFORMATION: Terms(verify=3, answer=5, done=same_for_all(10), extension=7),
    },
    classes={
        "normatif": OwnTerms(done=same_for_all(5)),
        "pengawasan": OwnTerms(done=same_for_all(60)),
        "berjenjang": OwnTerms(done=(1, 3, 5, 14)),
    },
    ladder=Ladder(zone=WIB),
)
