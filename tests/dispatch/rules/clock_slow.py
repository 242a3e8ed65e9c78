"""A second reckoning of the clocks, minute by minute, that shares no line with the first.

A term is a budget of working minutes that is used up minute by minute while the clock runs; the
code under test moves due dates by pauses instead, and looks times up in sums.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from tests.dispatch.rules.clock_world import FASTING, OFF, ORDINARY, RAMADAN, WIB

MINUTE = timedelta(minutes=1)
STANDS = ("ditunda", "menunggu_tanggapan", "ditutup", "diarsipkan")
ASKED = ("ditunda", "menunggu_tanggapan")
AGENCY = ("didisposisi", "diterima_opd", "dikerjakan", "ditindaklanjuti", "dibuka_kembali")
TERMS = {  # verify, answer, done by priority, extension, reply
    "aduan": (3, 5, (14,) * 4, 0, 10),
    "saran": (0, 5, (14,) * 4, 0, 0),
    "informasi": (3, 5, (10,) * 4, 7, 0),
}
CLASSES = {"normatif": (5,) * 4, "pengawasan": (60,) * 4, "berjenjang": (1, 3, 5, 14)}
EMERGENCY = (60, 120, 240, 480)

Steps = list[tuple[datetime, str]]


def hours_on(day: date) -> tuple[int, int] | None:
    """Minutes of the day at which work begins and ends."""
    if day in OFF:
        return None
    fasting = any(first <= day.isoformat() <= last for first, last in RAMADAN)
    return (FASTING if fasting else ORDINARY).get(day.weekday())


def works(moment: datetime) -> bool:
    """True where the minute that begins then is one of work."""
    local = moment.astimezone(WIB)
    hours = hours_on(local.date())
    return hours is not None and hours[0] <= local.hour * 60 + local.minute < hours[1]


def minutes_between(start: datetime, end: datetime) -> int:
    """Working minutes, counted one by one; below zero the other way round."""
    if end < start:
        return -minutes_between(end, start)
    return sum(works(at) for at in minutes(start, end))


def minutes(start: datetime, end: datetime) -> Iterator[datetime]:
    """Each minute's beginning."""
    at = start.astimezone(UTC)
    while at < end:
        yield at
        at += MINUTE


def add_minutes(start: datetime, wanted: int) -> datetime:
    """Walk on until so many working minutes have passed."""
    at = start.astimezone(UTC)
    while wanted > 0:
        wanted -= works(at)
        at += MINUTE
    return at


def add_days(start: datetime, wanted: int) -> datetime:
    """Walk from day to day; the day of the start is not counted."""
    day = start.astimezone(WIB).date()
    while wanted:
        day += timedelta(days=1)
        wanted -= hours_on(day) is not None
    hours = hours_on(day)
    assert hours is not None
    return datetime(day.year, day.month, day.day, tzinfo=WIB) + hours[1] * MINUTE


class Slow:
    """One ticket: its kind, class, priority and steps."""

    def __init__(self, kind: str, own: str, priority: int, steps: Steps, extended: bool) -> None:
        self.wall, self.steps = kind == "darurat", steps
        self.extended, self.priority = extended, priority
        if self.wall:
            self.verify, self.answer, self.reply = 0, 0, 1440
            self.done = EMERGENCY[priority - 1]
        else:
            self.verify, self.answer, done, extension, self.reply = TERMS[kind]
            self.done = CLASSES.get(own, done)[priority - 1] + extension * extended

    def dues(self) -> tuple[datetime | None, ...]:
        """Verify, answer, done, reply."""
        opened = self.steps[0][0]
        verify = self.until(opened, self._end(opened, self.verify))
        done = self.until(opened, self._end(opened, self.done))
        return verify, self._answer(done), done, self._reply()

    def until(self, since: datetime, end: datetime | None) -> datetime | None:
        """When the time from `since` to `end` is used up, if it runs only while the clock does."""
        if end is None:
            return None
        budget, at = self._counts(since, end), since.astimezone(UTC)
        while budget > 0:
            budget -= self._runs(at) and (self.wall or works(at))
            at += MINUTE
        return at

    def share(self, now: datetime) -> float:
        """Used minutes by all there are."""
        opened = self.steps[0][0]
        end = self._end(opened, self.done)
        assert end is not None
        used = sum(
            (self.wall or works(at)) and self.state(at) not in STANDS for at in minutes(opened, now)
        )
        return used / self._counts(opened, end)

    def state(self, at: datetime) -> str:
        """Of the ticket in that minute."""
        return next(state for since, state in reversed(self.steps) if since <= at)

    def _runs(self, at: datetime) -> bool:
        """A pause without an end yet is looked at as if the clock ran on."""
        return at >= self.steps[-1][0] or self.state(at) not in STANDS

    def _counts(self, start: datetime, end: datetime) -> int:
        return (end - start) // MINUTE if self.wall else minutes_between(start, end)

    def _end(self, start: datetime, term: int) -> datetime | None:
        if not term:
            return None
        return start + term * MINUTE if self.wall else add_days(start, term)

    def _answer(self, done: datetime | None) -> datetime | None:
        if not self.answer:
            return None
        opened = self.steps[0][0]
        given = [at for at, state in self.steps if state in AGENCY]
        if given:
            due = self.until(given[0], add_days(given[0], self.answer))
        else:
            verified = add_days(opened, self.verify) if self.verify else opened
            due = self.until(opened, add_days(verified, self.answer))
        assert due is not None
        return due if done is None else min(due, done)

    def _reply(self) -> datetime | None:
        since, state = self.steps[-1]
        return self._end(since, self.reply) if state in ASKED else None
