"""From when on an emergency is late: the table [late_minutes] of regency.toml.

What is no emergency is late when the time for completion of its ticket is over: working days, in
clocks.toml.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from dispatch.regency.entry import Entry
from dispatch.rules.clock_terms import USUAL, Done
from dispatch.rules.ticketing import TicketKind

_MOST = 527_040.0  # a year
_ELSEWHERE = "is set in working days since tickets have clocks: clocks.toml, [kinds.{kind}] done"


@dataclass(frozen=True, slots=True)
class LateRules:
    """How long an emergency of each priority may stay open, in minutes by the clock on the wall."""

    by_priority: Done = USUAL[TicketKind.EMERGENCY].done or (60, 120, 240, 480)

    def due_at(self, kind: str, priority: int, opened_at: datetime) -> datetime:
        """The moment from which on it is late, by the clock on the wall.

        Of what is no emergency a rough one, in days of the calendar; Clocks.at_opening() knows it.
        """
        done = USUAL[TicketKind(kind)].done
        if kind == TicketKind.EMERGENCY or done is None:
            return opened_at + timedelta(minutes=self.by_priority[priority - 1])
        return opened_at + timedelta(days=done[priority - 1])


def read(entry: Entry) -> LateRules:
    """Raises BadConfiguration."""
    for kind in TicketKind:
        if kind is not TicketKind.EMERGENCY and kind in entry.values:
            entry.wrong(kind, _ELSEWHERE.format(kind=kind.value))
    usual = LateRules().by_priority
    given = entry.numbers(TicketKind.EMERGENCY, 1, _MOST, usual)
    if len(given) != len(usual):
        entry.wrong(TicketKind.EMERGENCY, f"give {len(usual)} numbers, one for each priority")
    entry.done()
    gawat, tinggi, sedang, rendah = given
    return LateRules((gawat, tinggi, sedang, rendah))
