"""The ladder of reminders: who is told when how much of a ticket's time is used up."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo


class Told(StrEnum):
    """Who hears of a rung. A digest is one message a day with all that came up."""

    OFFICER = "petugas"  # who holds the ticket, or the agency's inbox
    HEAD = "kepala_opd"
    ROOM = "ruang"
    LEADER_DIGEST = "pimpinan_ringkas"
    LEADER = "pimpinan"


@dataclass(frozen=True, slots=True)
class Rung:
    """share  of the time for completion that is used up, 0.5 for half, 1 when it is over."""

    share: float
    tell: tuple[Told, ...]


USUAL: Mapping[float, tuple[Told, ...]] = MappingProxyType(
    {
        0.5: (Told.OFFICER,),
        0.8: (Told.HEAD,),
        1.0: (Told.ROOM, Told.LEADER_DIGEST),
        1.5: (Told.LEADER,),
    }
)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Rungs, the lowest first, and the hours in which only emergencies are spoken of.

    quiet_from = quiet_to means that no hour is quiet.
    """

    rungs: tuple[Rung, ...] = tuple(Rung(share, tell) for share, tell in USUAL.items())
    quiet_from: time = time(21)
    quiet_to: time = time(6)
    zone: ZoneInfo | None = None  # None: UTC

    def rung(self, climbed: int) -> Rung | None:
        """The next one after so many; None at the top."""
        return self.rungs[climbed] if climbed < len(self.rungs) else None

    def is_quiet(self, moment: datetime) -> bool:
        """True inside the quiet hours: the first minute is, the last is not."""
        at = moment.astimezone(self.zone or UTC).time()
        if self.quiet_from <= self.quiet_to:
            return self.quiet_from <= at < self.quiet_to
        return at >= self.quiet_from or at < self.quiet_to

    def after_quiet(self, moment: datetime, *, urgent: bool) -> datetime:
        """The moment itself, or the end of the quiet hours that it falls into."""
        if urgent or not self.is_quiet(moment):
            return moment
        local = moment.astimezone(self.zone or UTC)
        end = datetime.combine(local.date(), self.quiet_to, local.tzinfo)
        if end <= local:
            end = datetime.combine(local.date() + timedelta(days=1), self.quiet_to, local.tzinfo)
        return end.astimezone(moment.tzinfo)
