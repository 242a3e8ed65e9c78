"""Use case: many incidents and many units at once: proposed together, sent only by a person."""

from dispatch.surge.keeping import Kept, Wanted, drop, keep, proposals, send_one
from dispatch.surge.proposing import Proposal, Surge, Unmet, propose

__all__ = [
    "Kept",
    "Proposal",
    "Surge",
    "Unmet",
    "Wanted",
    "drop",
    "keep",
    "proposals",
    "propose",
    "send_one",
]
