"""Use cases: send a unit, follow it until it is at its post again, send another in its stead."""

from dispatch.orders.alarms import Raised, raise_due
from dispatch.orders.calling import help, help_seen
from dispatch.orders.duty import duty
from dispatch.orders.extent import set_level, told
from dispatch.orders.facilities import Facility, facilities
from dispatch.orders.instead import divert, take_over
from dispatch.orders.moving import advance, advance_unit, open_of, release_all
from dispatch.orders.rows import Sent
from dispatch.orders.sending import USUAL, send_proposal, send_unit

__all__ = [
    "USUAL",
    "Facility",
    "Raised",
    "Sent",
    "advance",
    "advance_unit",
    "divert",
    "duty",
    "facilities",
    "help",
    "help_seen",
    "open_of",
    "raise_due",
    "release_all",
    "send_proposal",
    "send_unit",
    "set_level",
    "take_over",
    "told",
]
