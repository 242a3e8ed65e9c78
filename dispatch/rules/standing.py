"""What counts of a ticket and with whom, how sure a share is, and in what order agencies stand.

The rules and the games they were tried against: docs/decisions/0026-leaders.md.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from math import sqrt

import numpy as np

from dispatch.rules.ontime import reopened_soon
from dispatch.rules.survival import Curve, kaplan_meier
from dispatch.rules.ticketing import OVER, WITH_AGENCY, WITH_ROOM, TicketState

LEAST = 5  # below so many no rate is told: one ticket would turn it over
ROOM = 0  # in the place of an agency: the room has let it lie
_NEVER = datetime.max.replace(tzinfo=UTC)
# The agency has said that it is done; what the room and the reporter take is not its time.
_DONE = frozenset({TicketState.FOLLOWED_UP, TicketState.AWAITING_REPLY, TicketState.CLOSED})
_Z = 1.96  # of a 95 % interval

# The ladder of times: each step so much longer than the one before; 15 minutes to 118 days.
STEPS = 32
_FIRST_S = 900.0
_RATIO = 1.35
EDGES_S = tuple(_FIRST_S * _RATIO**n for n in range(STEPS))


class How(StrEnum):
    """What a ticket counts as."""

    OPEN = "terbuka"
    DONE = "selesai"
    DROPPED = "gugur"  # archived or merged while in time: counts for nobody


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch of a ticket's life as its steps tell it."""

    state: TicketState
    agency_id: int
    start: datetime
    end: datetime | None  # None: it goes on


@dataclass(frozen=True, slots=True)
class Life:
    """A ticket's row, as far as it counts."""

    state: TicketState
    agency_id: int
    opened_at: datetime
    due_at: datetime | None
    followed_up_at: datetime | None
    closed_at: datetime | None
    reopens: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a ticket counts."""

    how: How
    done_at: datetime | None  # when the agency said so, not when the reporter was content
    ended_at: datetime | None  # None: open
    on_time: bool | None  # None: open, dropped, or without a clock
    due_at: datetime | None  # the clock that still runs; None: none does


def verdict(life: Life, clocked: bool) -> Verdict:
    """How it counts now; `clocked`: whether tickets of its kind are to be done by some time.

    What was opened again is never on time: the first ending was none. A ticket that left after its
    time counts as late, however it left.
    """
    if life.state in _DONE:
        done = life.followed_up_at or life.closed_at
        return Verdict(How.DONE, done, done, _in_time(life, done) if clocked else None, None)
    if life.state in OVER:
        late = bool(life.due_at and life.closed_at and life.closed_at > life.due_at)
        how = How.DONE if late else How.DROPPED
        return Verdict(how, None, life.closed_at, False if late else None, None)
    # While the reporter is waited for the clock stands.
    due = None if life.state is TicketState.POSTPONED else life.due_at
    return Verdict(How.OPEN, None, None, None, due)


def _in_time(life: Life, done: datetime | None) -> bool:
    # Without a due the clock stands since before it was over (dispatch.rules.clocks).
    in_time = life.due_at is None or (done is not None and done <= life.due_at)
    return in_time and life.reopens == 0


def charged(life: Life, held: Sequence[Held], urgent: bool) -> int:
    """With whom it counts: who held it longest before its time was over; ROOM for the room.

    To give it back just before, to pass it on late, or to hold it after somebody else has let it
    run out, changes nothing. Whoever has it now is taken to keep it until then, so that the answer
    does not change with the clock. Equal times: who had it first. Nobody: whose it is now.

    urgent  the agency was told with the room: then the room never holds it
    """
    ends = [moment for moment in (life.due_at, life.closed_at) if moment is not None]
    end = min(ends, default=_NEVER)
    times: dict[int, float] = defaultdict(float)
    for leg in held:
        if (holder := _holder(leg, urgent)) is not None:
            until = end if leg.end is None else min(leg.end, end)
            times[holder] += max(0.0, (until - leg.start).total_seconds())
    some = {holder: s for holder, s in times.items() if s > 0}
    return max(some, key=lambda holder: some[holder]) if some else life.agency_id


def _holder(leg: Held, urgent: bool) -> int | None:
    if leg.state in WITH_AGENCY:
        return leg.agency_id
    return ROOM if leg.state in WITH_ROOM and not urgent else None


def reopened(held: Sequence[Held]) -> bool:
    """Whether it was opened again within 14 days of an ending."""
    ended: datetime | None = None
    for leg in held:
        if leg.state is TicketState.REOPENED and ended and reopened_soon(ended, leg.start):
            return True
        if leg.state in _DONE:
            ended = leg.start
    return False


def step_of(seconds: float) -> int:
    """The step of the ladder that a time belongs to: 0 up to 15 minutes, STEPS above the last."""
    return bisect_left(EDGES_S, seconds)


def quantiles(
    parts: Sequence[float], done: Sequence[int], still: Sequence[int]
) -> tuple[float | None, ...]:
    """Seconds after which so large parts are done, by Kaplan and Meier on the ladder of times.

    done, still  STEPS + 1 counts by step: those done, and those that are open since so long
    None: so large a part is not done yet, or there are fewer than LEAST. Within a step evenly by
    the logarithm, so good to some 8 %.
    """
    if sum(done) + sum(still) < LEAST:
        return tuple(None for _ in parts)
    at = np.arange(STEPS + 1, dtype=np.float64)
    # Who is open since a time within a step has left before it ends.
    curve = kaplan_meier(
        np.concatenate([at + 1, at]),
        np.repeat([True, False], STEPS + 1),
        np.concatenate([np.asarray(done), np.asarray(still)]),
    )
    return tuple(_within(curve, part) for part in parts)


def _within(curve: Curve, part: float) -> float | None:
    if (end := curve.within(part)) is None:
        return None
    at = int(np.flatnonzero(curve.times == end)[0])
    before = float(curve.open[at - 1]) if at else 1.0
    share = (before - (1 - part)) / (before - float(curve.open[at]))
    low = EDGES_S[0] / _RATIO * _RATIO ** (end - 1)
    return float(low * _RATIO**share)


@dataclass(frozen=True, slots=True)
class Share:
    """k of n, and between what it lies with 95 % (Wilson 1927)."""

    k: int
    n: int
    low: float
    high: float

    @property
    def p(self) -> float:
        """The share itself."""
        return self.k / self.n


def share(k: int, n: int) -> Share | None:
    """None below LEAST."""
    if n < LEAST:
        return None
    p, z2 = k / n, _Z * _Z
    middle = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Share(k, n, max(0.0, middle - half), min(1.0, middle + half))


def order(shares: Mapping[str, Share | None]) -> list[tuple[str, int | None]]:
    """Names with their rank, best first, by the lower end of the interval; None: too few, last.

    The lower end, for a few easy tickets must not stand above a year's work. Equal ones share a
    rank.
    """
    ranked = sorted(
        ((name, of) for name, of in shares.items() if of), key=lambda pair: (-pair[1].low, pair[0])
    )
    rows: list[tuple[str, int | None]] = []
    for at, (name, of) in enumerate(ranked):
        same = at > 0 and ranked[at - 1][1].low == of.low
        rows.append((name, rows[-1][1] if same else at + 1))
    return rows + [(name, None) for name in sorted(shares) if shares[name] is None]


def legs(steps: Iterable[tuple[TicketState, int, datetime]]) -> list[Held]:
    """From steps (state, agency, since when), in their order, to stretches."""
    some = list(steps)
    ends = [*(start for _, _, start in some[1:]), None][: len(some)]
    return [
        Held(state, agency, start, end)
        for (state, agency, start), end in zip(some, ends, strict=True)
    ]
