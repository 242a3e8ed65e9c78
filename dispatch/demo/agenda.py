"""The agenda of a play: what happens when, to which call and which unit."""

import heapq
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from dispatch.demo.course import Course
from dispatch.demo.moving import Trip
from dispatch.demo.plan import DemoCall
from dispatch.ground import Ground
from dispatch.scope import Scope
from geo.routing import Router

PLAYER = Scope("system", name="peraga")  # whose deeds these are, in the log


class Act(Enum):
    """What happens next."""

    TAKE = auto()
    SEND = auto()
    ANSWER = auto()
    DEPART = auto()
    ARRIVE = auto()
    CARRY = auto()
    BRING = auto()
    DONE = auto()
    HOME = auto()
    CLOSE = auto()
    DESK = auto()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens."""

    act: Act
    key: int  # of the call that opened the incident
    assignment_id: int = 0
    tries: int = 0


@dataclass(slots=True)
class Stage:
    """A play under way. `haste` shortens every wait: 60 makes a minute of an hour."""

    ground: Ground
    router: Router
    chance: random.Random
    phone_key: bytes
    haste: float = 1.0
    calls: dict[int, DemoCall] = field(default_factory=dict)
    incidents: dict[int, int] = field(default_factory=dict)  # ids by key of the call
    courses: dict[int, Course] = field(default_factory=dict)  # by key of the call
    reserved: dict[int, int] = field(default_factory=dict)  # unit that shall go, by key
    trips: dict[int, Trip] = field(default_factory=dict)  # by assignment
    scripts: dict[int, tuple[Any, ...]] = field(default_factory=dict)  # of the desks, by key
    _due: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _number: int = 0

    def expect(self, plan: Iterable[DemoCall]) -> None:
        """Put the calls of a plan on the agenda, at their own times."""
        for call in plan:
            self.calls[call.key] = call
            if call.course is not None:
                self.courses[call.key] = call.course
            self.later(call.at, Step(Act.TAKE, call.key))

    def later(self, at: datetime, step: Step) -> None:
        """Put a step on the agenda."""
        self._number += 1
        heapq.heappush(self._due, (at, self._number, step))

    def after(self, now: datetime, wait_s: float, step: Step) -> None:
        """Put a step on the agenda, so many played seconds from now."""
        self.later(now + timedelta(seconds=wait_s / self.haste), step)

    def next_at(self) -> datetime | None:
        """When the next step is due; None when the play is over."""
        return self._due[0][0] if self._due else None

    def keys_of(self, act: Act) -> set[int]:
        """Keys of the calls for which such a step is on the agenda."""
        return {step.key for _, _, step in self._due if step.act is act}

    def pop_due(self, until: datetime) -> tuple[datetime, Step] | None:
        """The next step due by then, with its time."""
        if not self._due or self._due[0][0] > until:
            return None
        at, _, step = heapq.heappop(self._due)
        return at, step
