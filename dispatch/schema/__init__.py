"""Tables of the work: agencies, units, calls, incidents, tickets, assignments, users, the log.

Who may see which row is written in app/migrations (row-level security), not here.
Tables that hold what a caller said carry `restricted_group`: the rule stands on the
row itself, so that no policy has to look through another table's policy.
"""

import geo.road_schema  # its tables belong to the house
import geo.village_schema  # noqa: F401
from dispatch.schema.analysis import AnalysisNote, Job, JobFile
from dispatch.schema.assignments import Assignment, AssignmentStep, Passage, Photo, Told
from dispatch.schema.calls import Call, CallContact
from dispatch.schema.catalogue import Agency, Asset, Category, Responsibility
from dispatch.schema.columns import TransactionId
from dispatch.schema.history import LogEntry
from dispatch.schema.incidents import Incident
from dispatch.schema.leaders import TicketChange, TicketFact, TicketWeek
from dispatch.schema.notices import (
    ExchangeLink,
    ExchangeRun,
    Outgoing,
    PushSubscription,
    Subscription,
)
from dispatch.schema.people import IdempotencyKey, User, UserSession
from dispatch.schema.proofs import Proof, ProofBand, ProofSeal, WorkLink
from dispatch.schema.tickets import (
    AnswerTemplate,
    Handover,
    Instruction,
    Merge,
    Notice,
    StoredFilter,
    Ticket,
    TicketMessage,
    TicketRating,
    TicketStep,
)
from dispatch.schema.units import Station, Unit, UnitFix, UnitToken
from dispatch.schema.villages import MarkKind, PublicSnapshot, VillageMark

__all__ = [
    "Agency",
    "AnalysisNote",
    "AnswerTemplate",
    "Asset",
    "Assignment",
    "AssignmentStep",
    "Call",
    "CallContact",
    "Category",
    "ExchangeLink",
    "ExchangeRun",
    "Handover",
    "IdempotencyKey",
    "Incident",
    "Instruction",
    "Job",
    "JobFile",
    "LogEntry",
    "MarkKind",
    "Merge",
    "Notice",
    "Outgoing",
    "Passage",
    "Photo",
    "Proof",
    "ProofBand",
    "ProofSeal",
    "PublicSnapshot",
    "PushSubscription",
    "Responsibility",
    "Station",
    "StoredFilter",
    "Subscription",
    "Ticket",
    "TicketChange",
    "TicketFact",
    "TicketMessage",
    "TicketRating",
    "TicketStep",
    "TicketWeek",
    "Told",
    "TransactionId",
    "Unit",
    "UnitFix",
    "UnitToken",
    "User",
    "UserSession",
    "VillageMark",
    "WorkLink",
]
