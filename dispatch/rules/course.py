"""What the steps of a ticket come to: how its row must stand, and which leg took how long."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

from dispatch.rules.clocks import Leg
from dispatch.rules.ticketing import OVER, WITH_AGENCY, WITH_ROOM, Actor, TicketState

EXTENDED = "diperpanjang"  # reason of a step that moves nothing: PPID, seven working days more
ANSWERED = "dijawab"  # reason of a step that moves nothing: the agency said a first word
# What an agency does, as against what it only clicks: a first word to the reporter.
_WORDS = frozenset(
    {
        TicketState.IN_WORK,
        TicketState.FOLLOWED_UP,
        TicketState.AWAITING_REPLY,
        TicketState.POSTPONED,
    }
)
# What was said to be done was not, after all.
_NOT_DONE = (WITH_ROOM | WITH_AGENCY) - {TicketState.FOLLOWED_UP}
# From these a ticket comes back to where it was.
ASIDE = frozenset({TicketState.POSTPONED, TicketState.MERGED})


class Step(Protocol):
    """A row of ticket_step, as far as the fold looks at it."""

    @property
    def at(self) -> datetime: ...
    @property
    def state(self) -> TicketState: ...
    @property
    def agency_id(self) -> int: ...
    @property
    def actor(self) -> Actor: ...
    @property
    def reason(self) -> str | None: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How a ticket stands after its steps. The names are those of the columns of `ticket`."""

    state: TicketState
    agency_id: int
    opened_at: datetime
    here_at: datetime
    before: TicketState | None = None
    referred_at: datetime | None = None
    answered_at: datetime | None = None
    followed_up_at: datetime | None = None
    closed_at: datetime | None = None
    returns: int = 0
    reopens: int = 0
    extended: bool = False
    outcome: str | None = None
    legs: tuple[Leg, ...] = ()
    aside: tuple[TicketState, ...] = field(default=())  # where ditunda and digabung left from

    def columns(self) -> dict[str, Any]:
        """What the row of the ticket must say, by column."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = (
    "state",
    "agency_id",
    "opened_at",
    "here_at",
    "before",
    "referred_at",
    "answered_at",
    "followed_up_at",
    "closed_at",
    "returns",
    "reopens",
    "extended",
    "outcome",
)


def fold(steps: Iterable[Step]) -> Course:
    """The course of a ticket, from its steps, oldest first.

    A case that was merged and parted again counts as if it had never been merged.
    Raises ValueError when there is no step.
    """
    course: Course | None = None
    for step in steps:
        course = opened(step) if course is None else after(course, step)
    if course is None:
        raise ValueError("a ticket has at least the step that opened it")
    return course


def opened(step: Step) -> Course:
    """The course of a ticket that was just opened."""
    course = Course(
        state=step.state,
        agency_id=step.agency_id,
        opened_at=step.at,
        here_at=step.at,
        legs=(Leg(step.state, step.at, None),),
    )
    return _told(course, step)


def after(course: Course, step: Step) -> Course:
    """The course with one more step."""
    if step.state == course.state and step.agency_id == course.agency_id and _stays(step):
        return _worded(course, step)
    back = course.state in ASIDE and course.aside[-1:] == (step.state,)
    if back and course.state is TicketState.MERGED:
        return _parted(course)
    moved = replace(
        course,
        state=step.state,
        agency_id=step.agency_id,
        legs=_lengthened(course.legs, step),
        aside=_aside(course, step.state),
    )
    moved = replace(moved, before=moved.aside[-1] if moved.aside else None)
    return _ended(_told(_counted(moved, step, back=back), step, back=back), step)


def _stays(step: Step) -> bool:
    return step.reason in (EXTENDED, ANSWERED)


def _worded(course: Course, step: Step) -> Course:
    """A step that moves nothing: more time, or a first word."""
    if step.reason == EXTENDED:
        return replace(course, extended=True)
    return replace(course, answered_at=course.answered_at or step.at)


def _parted(course: Course) -> Course:
    """Back to where it was when its case was merged: that leg goes on."""
    last = replace(course.legs[-2], end=None)
    aside = course.aside[:-1]
    return replace(
        course,
        state=last.state,
        closed_at=None,
        outcome=None,
        legs=(*course.legs[:-2], last),
        aside=aside,
        before=aside[-1] if aside else None,
    )


def _lengthened(legs: tuple[Leg, ...], step: Step) -> tuple[Leg, ...]:
    """The legs with the one that begins now; no leg ends before it began."""
    *rest, last = legs
    at = max(step.at, last.start)
    return (*rest, replace(last, end=at), Leg(step.state, at, None))


def _aside(course: Course, wanted: TicketState) -> tuple[TicketState, ...]:
    if wanted in ASIDE:
        return (*course.aside, course.state)
    return ()


def _counted(course: Course, step: Step, *, back: bool) -> Course:
    """Returns and re-openings, but not the way back from ditunda."""
    if back:
        return course
    if step.state is TicketState.NOT_OURS:
        return replace(course, returns=course.returns + 1)
    if step.state is TicketState.REOPENED:
        return replace(course, reopens=course.reopens + 1)
    return course


def _told(course: Course, step: Step, *, back: bool = False) -> Course:
    """When it was first given to an agency, given to this one, answered, said to be done."""
    at = course.legs[-1].start
    if step.state in (TicketState.REFERRED, TicketState.ACCEPTED):
        course = replace(course, referred_at=course.referred_at or at)
    if step.state is TicketState.REFERRED and not back:
        course = replace(course, here_at=at)
    if step.actor is Actor.AGENCY and step.state in _WORDS and not back:
        course = replace(course, answered_at=course.answered_at or at)
    if step.state is TicketState.AWAITING_REPLY:
        course = replace(course, answered_at=course.answered_at or at)
    if step.state is TicketState.FOLLOWED_UP:
        return replace(course, followed_up_at=at)
    if step.state in _NOT_DONE:
        return replace(course, followed_up_at=None)
    return course


def _ended(course: Course, step: Step) -> Course:
    """When and how it ended; nothing while it is open."""
    at = course.legs[-1].start
    if step.state in OVER:
        return replace(course, closed_at=at, outcome=step.reason)
    return replace(course, closed_at=None, outcome=None)
