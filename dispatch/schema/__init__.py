"""Tables of the work: agencies, units, calls, incidents, tickets, assignments, users, the log.

Who may see which row is written in app/migrations (row-level security), not here.
Tables that hold what a caller said carry `restricted_group`: the rule stands on the
row itself, so that no policy has to look through another table's policy.
"""

from dispatch.schema.calls import Call, CallContact
from dispatch.schema.catalogue import Agency, Category, Responsibility
from dispatch.schema.columns import TransactionId
from dispatch.schema.history import LogEntry
from dispatch.schema.incidents import Incident, Ticket
from dispatch.schema.people import IdempotencyKey, User, UserSession
from dispatch.schema.units import Assignment, Station, Unit

__all__ = [
    "Agency",
    "Assignment",
    "Call",
    "CallContact",
    "Category",
    "IdempotencyKey",
    "Incident",
    "LogEntry",
    "Responsibility",
    "Station",
    "Ticket",
    "TransactionId",
    "Unit",
    "User",
    "UserSession",
]
