"""The clocks of a ticket: until when it must be verified, answered and done, and who has it.

A ticket's life is a row of legs. Where a leg waits for the reporter, or the ticket is over, the
clock stands, and what was due moves on by the working time that passed. A return
(bukan_wewenang) and a merge do not stop it: neither is the reporter's doing. What is opened
again goes on where it stood: closing early wins no time, nor does it lose any.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from dispatch.rules.calendar import WorkCalendar
from dispatch.rules.clock_terms import USUAL, USUAL_CLASSES, OwnTerms, Terms
from dispatch.rules.escalation import Ladder
from dispatch.rules.ticketing import (
    OVER,
    WITH_AGENCY,
    WITH_REPORTER,
    WITH_ROOM,
    TicketKind,
    TicketState,
)

STANDS = WITH_REPORTER | {TicketState.CLOSED, TicketState.ARCHIVED}
HOLDERS = MappingProxyType({"ruang": WITH_ROOM, "opd": WITH_AGENCY, "pelapor": WITH_REPORTER})
_NOBODYS = OVER | WITH_REPORTER  # nobody can be reminded
_DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of a ticket's life in one state; the last one has no end yet."""

    state: TicketState
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Dues:
    """Until when what must have happened. None: there is no such clock.

    verify and answer stay after they were met: what is late is for the ticket to say. A clock that
    stands shows what was due when it stopped.
    """

    verify: datetime | None = None
    answer: datetime | None = None
    done: datetime | None = None
    reply: datetime | None = None  # the reporter's, while the ticket waits for one
    escalate_at: datetime | None = None  # the next rung of the ladder; None while the clock stands


@dataclass(frozen=True)
class Clocks:
    """All clocks of a regency. Moments in and out carry a time zone."""

    calendar: WorkCalendar
    kinds: Mapping[TicketKind, Terms] = field(default_factory=lambda: USUAL)
    classes: Mapping[str, OwnTerms] = field(default_factory=lambda: USUAL_CLASSES)
    ladder: Ladder = field(default_factory=Ladder)

    def terms(self, kind: str, clock_class: str | None = None) -> Terms:
        """What holds for that kind and class; an unknown class is as none."""
        return self.kinds[TicketKind(kind)].by(self.classes.get(clock_class or ""))

    def may_extend(self, kind: str, clock_class: str | None = None) -> bool:
        """Whether the time for completion can be made longer once."""
        return self.terms(kind, clock_class).extension > 0

    def at_opening(
        self, kind: str, clock_class: str | None, priority: int, opened_at: datetime
    ) -> Dues:
        """The dues of a ticket that nobody has touched yet."""
        return self.dues(kind, clock_class, priority, (Leg(TicketState.NEW, opened_at),))

    def dues(
        self,
        kind: str,
        clock_class: str | None,
        priority: int,
        legs: Sequence[Leg],
        *,
        extended: bool = False,
        escalated: int = 0,
    ) -> Dues:
        """What is due when, after these legs.

        legs       in order, the first begins with the ticket
        extended   the extension was asked for
        escalated  rungs that were climbed already
        """
        terms, opened_at = self.terms(kind, clock_class), legs[0].start
        verify = self._after(terms, opened_at, terms.verify)
        end = self._end(terms, priority, opened_at, extended)
        done = self._moved(terms, end, legs)
        return Dues(
            verify=self._moved(terms, verify, legs),
            answer=_capped(self._answer(terms, verify, legs), done),
            done=done,
            reply=self._reply(terms, legs[-1]),
            escalate_at=self._escalate_at(terms, end, legs, escalated),
        )

    def share(
        self,
        kind: str,
        clock_class: str | None,
        priority: int,
        legs: Sequence[Leg],
        now: datetime,
        *,
        extended: bool = False,
    ) -> float | None:
        """How much of the time for completion is used up: 1 when it is over. None: no clock."""
        terms, opened_at = self.terms(kind, clock_class), legs[0].start
        end = self._end(terms, priority, opened_at, extended)
        if end is None:
            return None
        ran_s = sum(self._ran_s(terms, leg, now) for leg in legs)
        return ran_s / self._between(terms, opened_at, end)

    def working_s(self, start: datetime, end: datetime, kind: str) -> float:
        """Seconds from one to the other as that kind counts them; below zero if `end` is earlier.

        What is left is working_s(now, due, kind), in days divided by day_s(kind).
        """
        return self._between(self.terms(kind), start, end)

    def day_s(self, kind: str) -> float:
        """Seconds of an ordinary working day; of a whole day where the clock on the wall counts."""
        return _DAY_S if self.terms(kind).wall else self.calendar.ordinary_day_s

    def is_wall(self, kind: str) -> bool:
        """Whether that kind counts by the clock on the wall."""
        return self.terms(kind).wall

    def _after(self, terms: Terms, start: datetime, term: float | None) -> datetime | None:
        if not term:
            return None
        if terms.wall:
            return start + timedelta(minutes=term)
        return self.calendar.add_working_days(start, int(term))

    def _between(self, terms: Terms, start: datetime, end: datetime) -> float:
        if terms.wall:
            return (end - start).total_seconds()
        return self.calendar.working_s(start, end)

    def _add(self, terms: Terms, start: datetime, seconds: float) -> datetime:
        if terms.wall:
            return start + timedelta(seconds=seconds)
        return self.calendar.add_working(start, seconds)

    def _end(
        self, terms: Terms, priority: int, opened_at: datetime, extended: bool
    ) -> datetime | None:
        """When the time for completion is over if the clock never stands."""
        if terms.done is None:
            return None
        term = terms.done[priority - 1] + (terms.extension if extended else 0)
        return self._after(terms, opened_at, term)

    def _answer(
        self, terms: Terms, verify: datetime | None, legs: Sequence[Leg]
    ) -> datetime | None:
        """From the first disposition on; before one, as if it came when verifying is due."""
        first = next((n for n, leg in enumerate(legs) if leg.state in WITH_AGENCY), None)
        if first is not None:
            due = self._after(terms, legs[first].start, terms.answer)
            return self._moved(terms, due, legs[first:])
        return self._moved(terms, self._after(terms, verify or legs[0].start, terms.answer), legs)

    def _reply(self, terms: Terms, last: Leg) -> datetime | None:
        return self._after(terms, last.start, terms.reply) if last.state in WITH_REPORTER else None

    def _moved(self, terms: Terms, due: datetime | None, legs: Sequence[Leg]) -> datetime | None:
        """The due, put off by each pause that began before it and is over.

        While a pause lasts nobody knows by how much: the due stays as it was when it began. A
        pause that begins when the time is over moves nothing: what is late stays late.
        """
        for leg in legs:
            if due is None or leg.end is None or leg.state not in STANDS or leg.start >= due:
                continue
            due = self._add(terms, due, self._between(terms, leg.start, leg.end))
        return due

    def _ran_s(self, terms: Terms, leg: Leg, now: datetime) -> float:
        end = now if leg.end is None else min(leg.end, now)
        if leg.state in STANDS or end <= leg.start:
            return 0.0
        return self._between(terms, leg.start, end)

    def _escalate_at(
        self, terms: Terms, end: datetime | None, legs: Sequence[Leg], escalated: int
    ) -> datetime | None:
        """When the next rung is reached; never in the quiet hours. None: the clock stands."""
        rung = self.ladder.rung(escalated)
        if rung is None or end is None or legs[-1].state in _NOBODYS:
            return None
        wanted_s = rung.share * self._between(terms, legs[0].start, end)
        moment = self._when_used(terms, legs, wanted_s)
        return self.ladder.after_quiet(moment, urgent=terms.wall)

    def _when_used(self, terms: Terms, legs: Sequence[Leg], wanted_s: float) -> datetime:
        """The moment at which the clock has run so long; the last leg must be running."""
        for leg in legs[:-1]:
            ran_s = 0.0 if leg.end is None else self._ran_s(terms, leg, leg.end)
            if ran_s > 0 and wanted_s <= ran_s:
                return self._add(terms, leg.start, wanted_s)
            wanted_s -= ran_s
        return self._add(terms, legs[-1].start, max(0.0, wanted_s))


def with_holder_s(legs: Sequence[Leg], now: datetime) -> dict[str, float]:
    """Seconds by the clock on the wall that each had it: ruang, opd, pelapor."""
    spent = dict.fromkeys(HOLDERS, 0.0)
    for leg in legs:
        holder = holder_of(leg.state)
        if holder is not None:
            spent[holder] += max(0.0, ((leg.end or now) - leg.start).total_seconds())
    return spent


def holder_of(state: TicketState) -> str | None:
    """Whom a ticket in that state waits for; None: it is over."""
    return next((holder for holder, states in HOLDERS.items() if state in states), None)


def legs_of(steps: Sequence[tuple[datetime, TicketState]]) -> tuple[Leg, ...]:
    """The legs between steps that are in order; the last one is open.

    Two servers may disagree about the time: a step never comes before the one before it.
    """
    times: list[datetime] = []
    for at, _ in steps:
        times.append(max(at, times[-1]) if times else at)
    ends = [*times[1:], None]
    return tuple(Leg(s, start, end) for (_, s), start, end in zip(steps, times, ends, strict=True))


def _capped(answer: datetime | None, done: datetime | None) -> datetime | None:
    """Who is done needs no first answer any more."""
    return answer if answer is None or done is None else min(answer, done)
