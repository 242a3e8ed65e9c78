"""What a move of a ticket brings along, what it comes to, and what can go wrong with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch.errors import DispatchError
from dispatch.rules.ticketing import TicketState


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """Where a ticket is to go, and what has to be said with it (ticketing.NEEDS_*)."""

    to: TicketState
    reason: str | None = None  # a code; of what is asked with ditunda, given back, archived
    note: str | None = None  # in words, for the room and the agency
    agency: str | None = None  # code: to whom; with bukan_wewenang: where to instead
    answer: str | None = None  # what the reporters are told
    key: str = ""  # made by the client: the same move counts once; "" never sent twice


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to."""

    ticket_id: int
    incident_id: int
    version: int
    state: TicketState
    replay: bool = False  # the same key had told it before


class HeldByAnother(DispatchError):
    """Somebody else works on it; take it over first."""

    def __init__(self, by: str, at: datetime) -> None:
        self.by, self.at = by, at
        super().__init__(f"{by} works on it since {at.isoformat()}; take it over first")


class ProofMissing(DispatchError):
    """Work of this kind must be proven: add a photo or a link before it is said to be done."""

    def __init__(self, tickets: Sequence[tuple[int, str]] = ()) -> None:
        self.tickets = tickets  # id and short name of the agency of those that lack proof
        super().__init__()


class AgencyHasTicket(DispatchError):
    """That agency has a ticket of this case already."""


class MoveLacks(DispatchError):
    """Something has to be said with that move."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")
