"""What was done on time, in figures that closing cannot embellish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

LAST_MINUTE = timedelta(minutes=15)  # of what is reckoned in working days
LAST_SHARE = 0.98  # of the time for completion
REOPENED_WITHIN = timedelta(days=14)
_Z = 1.96


class Flag(StrEnum):
    """What makes a closing look as if it were done for the figure."""

    LAST_MINUTE = "menit_terakhir"
    REOPENED = "dibuka_kembali"  # within 14 days
    NO_PROOF = "tanpa_bukti"
    ELSEWHERE = "bukti_jauh"  # all proof is from another place, or was used before


@dataclass(frozen=True, slots=True)
class OnTime:
    """Counts of one agency, or of whatever is compared.

    The share is closed on time / (closed + open overdue). What is open and still has time counts
    nowhere: it is neither good nor bad yet. What is open and late counts at once, or an agency
    would look best that closes the easy ones and lets the late lie; it may not wait for its
    closing to be seen. A pause (waiting for the reporter) has moved the due already. After
    peers.md 3.9 (cityofaustin/atd-data-tech#21672).
    """

    closed_on_time: int = 0
    closed: int = 0
    open_overdue: int = 0

    @property
    def of(self) -> int:
        """How many the share is taken of."""
        return self.closed + self.open_overdue

    @property
    def share(self) -> float | None:
        """0 to 1; None where nothing was to be done yet."""
        return self.closed_on_time / self.of if self.of else None

    @property
    def at_least(self) -> float | None:
        """The lower end of what the share may really be (Wilson, 95 %): to rank by.

        One of one done on time is not better than 95 of 100.
        """
        if not self.of:
            return None
        n, p, z2 = self.of, self.closed_on_time / self.of, _Z**2
        spread = _Z * sqrt(p * (1 - p) / n + z2 / (4 * n**2))
        return min(p, max(0.0, (p + z2 / (2 * n) - spread) / (1 + z2 / n)))

    def __add__(self, other: "OnTime") -> "OnTime":
        return OnTime(
            self.closed_on_time + other.closed_on_time,
            self.closed + other.closed,
            self.open_overdue + other.open_overdue,
        )


def on_time(tickets: Iterable[tuple[datetime | None, datetime | None]], now: datetime) -> OnTime:
    """The counts of tickets, each (due_at, closed_at). Without a due there is nothing to count.

    The due itself is still on time. Merged tickets are not to be given: their case goes on.
    """
    closed_on_time = closed = overdue = 0
    for due_at, closed_at in tickets:
        if due_at is None:
            continue
        closed += closed_at is not None
        closed_on_time += closed_at is not None and closed_at <= due_at
        overdue += closed_at is None and due_at < now
    return OnTime(closed_on_time, closed, overdue)


def closing_flags(
    *,
    last_minute: bool,
    proof_needed: bool,
    proofs: int,
    proofs_doubted: int = 0,
) -> list[str]:
    """What is odd about a ticket that was just said to be done.

    last_minute     see at_the_last_minute()
    proofs_doubted  how many of the proofs are from elsewhere, or were used before
    """
    odd = {
        Flag.LAST_MINUTE: last_minute,
        Flag.NO_PROOF: proof_needed and not proofs,
        Flag.ELSEWHERE: 0 < proofs <= proofs_doubted,
    }
    return [flag.value for flag, so in odd.items() if so]


def at_the_last_minute(
    done_at: datetime, due_at: datetime | None, share: float | None, *, wall: bool
) -> bool:
    """In the last 2 % of its time, or in the last 15 minutes of working days: and not late.

    share  of its time that was used up by then, as Clocks.share() says
    wall   an emergency, which may have no more than an hour: 15 minutes say nothing there
    """
    if due_at is None or done_at > due_at:
        return False
    if not wall and due_at - done_at <= LAST_MINUTE:
        return True
    return share is not None and share >= LAST_SHARE


def reopened_soon(closed_at: datetime, reopened_at: datetime) -> bool:
    """Whether it was opened again so soon that it may never have been done: within 14 days."""
    return timedelta(0) <= reopened_at - closed_at <= REOPENED_WITHIN
