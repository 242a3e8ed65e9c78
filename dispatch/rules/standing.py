"""What counts of a ticket and with whom, how sure a share is, and in what order agencies stand.

The rules and the games they were tried against: docs/decisions/0026-leaders.md.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

from dispatch.rules.ticketing import OVER, WITH_AGENCY, TicketState

LEAST = 5  # below so many no rate is told: one ticket would turn it over
AGAIN_WITHIN = timedelta(days=14)
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
    done_at: datetime | None  # of DONE: when the agency said so, not when the reporter was content
    ended_at: datetime | None  # None: open
    on_time: bool | None  # None: open, dropped, or without a clock
    due_at: datetime | None  # the clock that still runs; None: none does


def verdict(life: Life) -> Verdict:
    """How it counts now. A ticket that left after its time counts as late, however it left.

    What was opened again is never on time: the first ending was none.
    """
    state, due = life.state, life.due_at
    if state is TicketState.AWAITING_REPLY or state is TicketState.CLOSED:
        done = life.followed_up_at or life.closed_at
        in_time = None if due is None or done is None else done <= due and life.reopens == 0
        return Verdict(How.DONE, done, done, in_time, None)
    if state in OVER:
        ended = life.closed_at
        late = due is not None and ended is not None and ended > due
        if late:
            return Verdict(How.DONE, None, ended, False, None)
        return Verdict(How.DROPPED, None, ended, None, None)
    # The clock stands while the reporter is waited for, and once the work is said to be done.
    said = state is TicketState.FOLLOWED_UP and life.followed_up_at is not None
    stands = state is TicketState.POSTPONED or (
        said and due is not None and life.followed_up_at is not None and life.followed_up_at <= due
    )
    return Verdict(How.OPEN, None, None, None, None if stands else due)


def charged(life: Life, held: Sequence[Held], now: datetime) -> int:
    """With which agency it counts: who held it longest before its time was over.

    To give it back just before, or to hold it after somebody else has let it run out, changes
    nothing. Equal times: who had it first. Without any: who has it now.
    """
    end = min(moment for moment in (now, life.due_at, life.closed_at) if moment is not None)
    times: dict[int, float] = defaultdict(float)
    for leg in held:
        if leg.state in WITH_AGENCY:
            until = end if leg.end is None else min(leg.end, end)
            times[leg.agency_id] += max(0.0, (until - leg.start).total_seconds())
    some = {agency: s for agency, s in times.items() if s > 0}
    return max(some, key=lambda agency: some[agency]) if some else life.agency_id


def reopened(held: Sequence[Held]) -> bool:
    """Whether it was opened again within 14 days of an ending."""
    ended: datetime | None = None
    for leg in held:
        if leg.state is TicketState.REOPENED and ended and leg.start - ended <= AGAIN_WITHIN:
            return True
        if leg.state in (TicketState.AWAITING_REPLY, TicketState.CLOSED):
            ended = leg.start
    return False


def step_of(seconds: float) -> int:
    """The step of the ladder that a time belongs to: 0 up to 15 minutes, STEPS above the last."""
    return sum(seconds > edge for edge in EDGES_S)


def quantile(part: float, done: Sequence[int], open_: Sequence[int]) -> float | None:
    """Seconds after which so large a part is done, by Kaplan and Meier on the ladder of times.

    done, open_  STEPS + 1 counts by step: those done, and those that are open since so long
    None: less than that part is done yet, or there are fewer than LEAST.
    Within a step evenly by its logarithm, so good to some 8 %. After Kaplan & Meier 1958.
    """
    risk, left = sum(done) + sum(open_), 1.0
    if risk < LEAST:
        return None
    for at in range(STEPS + 1):
        # Who is open since a time within the step was at risk for half of it (actuarial).
        exposed = risk - open_[at] / 2
        after = left * (1 - done[at] / exposed) if exposed > 0 else left
        if after <= 1 - part and done[at]:
            return _within(at, (left - (1 - part)) / (left - after))
        left, risk = after, risk - done[at] - open_[at]
    return None


def _within(at: int, share: float) -> float:
    low = EDGES_S[at - 1] if at else EDGES_S[0] / _RATIO
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
    ends = [start for _, _, start in some[1:]] + [None]
    return [
        Held(state, agency, start, end)
        for (state, agency, start), end in zip(some, ends, strict=True)
    ]
