"""Use cases of a ticket: it is moved, claimed, given more time, and ends with its case."""

from dispatch.tickets.cases import ARCHIVES, add, end_with_case, merge_with_case, part_with_case
from dispatch.tickets.ends import end_cases
from dispatch.tickets.facts import (
    AgencyHasTicket,
    HeldByAnother,
    Move,
    Moved,
    MoveLacks,
    ProofMissing,
)
from dispatch.tickets.holding import claim, release
from dispatch.tickets.lapsing import lapse
from dispatch.tickets.moving import may_move, move, reopen_by, side
from dispatch.tickets.rows import actor_of
from dispatch.tickets.staying import answered, extend

__all__ = [
    "ARCHIVES",
    "AgencyHasTicket",
    "HeldByAnother",
    "Move",
    "MoveLacks",
    "Moved",
    "ProofMissing",
    "actor_of",
    "add",
    "answered",
    "claim",
    "end_cases",
    "end_with_case",
    "extend",
    "lapse",
    "may_move",
    "merge_with_case",
    "move",
    "part_with_case",
    "release",
    "reopen_by",
    "side",
]
