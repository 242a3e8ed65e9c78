from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from dispatch.rules.hours import Hours, Window, is_open, text

JAKARTA = ZoneInfo("Asia/Jakarta")
DAILY = Hours(
    JAKARTA, "WIB", [Window(frozenset(range(7)), time(7), time(21))], "Diteruskan ke piket."
)
WEEKDAYS = Hours(
    JAKARTA, "WIB", [Window(frozenset(range(5)), time(8), time(16))], "Diteruskan ke piket."
)
ALWAYS = Hours(JAKARTA, "WIB", [Window(frozenset(range(7)), time(0), time(0))], "")


def wib(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026 (the 20th is a Friday), in UTC."""
    return datetime(2026, 11, day, hour, minute, tzinfo=JAKARTA).astimezone(UTC)


def test_the_opening_minute_is_inside_and_the_closing_minute_is_not():
    assert [is_open(DAILY, wib(20, 7)), is_open(DAILY, wib(20, 20, 59))] == [True, True]
    assert [is_open(DAILY, wib(20, 6, 59)), is_open(DAILY, wib(20, 21))] == [False, False]


def test_hours_are_those_of_the_regency_not_of_the_server():
    assert is_open(DAILY, datetime(2026, 11, 20, 0, 30, tzinfo=UTC))  # 07.30 in Jakarta


def test_it_says_until_when_it_is_open():
    assert text(DAILY, wib(20, 10)) == "Layanan buka sampai pukul 21.00 WIB."


def test_outside_it_says_when_it_opens_and_who_takes_over():
    assert text(DAILY, wib(20, 3)) == (
        "Di luar jam layanan, buka lagi pukul 07.00 WIB. Diteruskan ke piket."
    )
    assert "Sabtu pukul 07.00 WIB" in text(DAILY, wib(20, 22))


def test_a_closed_weekend_opens_on_monday():
    assert not is_open(WEEKDAYS, wib(21, 10))
    assert "buka lagi Senin pukul 08.00 WIB" in text(WEEKDAYS, wib(20, 17))


def test_a_service_that_never_closes_says_so():
    assert is_open(ALWAYS, wib(20, 0))
    assert text(ALWAYS, wib(20, 3)) == "Layanan buka 24 jam."
