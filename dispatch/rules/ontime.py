"""What was done on time, in figures that closing cannot embellish."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import sqrt

LAST_MINUTE = timedelta(hours=1)
LAST_SHARE = 0.05
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
        return max(0.0, (p + z2 / (2 * n) - spread) / (1 + z2 / n))

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
    opened_at: datetime,
    due_at: datetime | None,
    done_at: datetime,
    proof_needed: bool,
    proofs: int,
    proofs_doubted: int = 0,
) -> list[str]:
    """What is odd about a ticket that was just said to be done.

    done_at         when the agency said so, or it was closed
    proofs_doubted  how many of the proofs are from elsewhere, or were used before
    """
    flags = []
    if due_at is not None and _last_minute(opened_at, due_at, done_at):
        flags.append(Flag.LAST_MINUTE.value)
    if proof_needed and not proofs:
        flags.append(Flag.NO_PROOF.value)
    if proofs and proofs_doubted >= proofs:
        flags.append(Flag.ELSEWHERE.value)
    return flags


def reopened_soon(closed_at: datetime, reopened_at: datetime) -> bool:
    """Whether it was opened again so soon that it may never have been done: within 14 days."""
    return timedelta(0) <= reopened_at - closed_at <= REOPENED_WITHIN


def _last_minute(opened_at: datetime, due_at: datetime, done_at: datetime) -> bool:
    """In the last hour, or the last twentieth of a term that is shorter than 20 hours."""
    last = min(LAST_MINUTE, (due_at - opened_at) * LAST_SHARE)
    return timedelta(0) <= due_at - done_at <= last
