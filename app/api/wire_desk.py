"""The JSON of a desk: filters, templates, hand-overs, notices, instructions, results of many."""

from collections.abc import Sequence
from datetime import datetime

from app.api import wire_tickets
from app.api.wire_forms import Json, time_of
from dispatch.ground import Ground
from dispatch.inbox import Counts
from dispatch.messages import Colleague
from dispatch.rows import AnyRow
from dispatch.rules import answers
from dispatch.rules.answers import Facts
from dispatch.rules.ticketing import NEEDS_ANSWER, TicketKind
from dispatch.schema import AnswerTemplate, Handover, Notice, StoredFilter


def stored_filter(of: StoredFilter) -> Json:
    """A filter under its name; `query` as the inbox takes it."""
    return {"id": of.id, "name": of.name, "query": of.query}


def template(of: AnswerTemplate, ground: Ground, facts: Facts | None = None) -> Json:
    """A template; with a ticket's facts also filled in."""
    told: Json = {
        "id": of.id,
        "title": of.title,
        "text": of.text,
        "agency": wire_tickets.agency(of.agency_id, ground),
        "move": of.move,
        "kind": of.kind,
    }
    return told if facts is None else told | {"filled": answers.fill(of.text, facts)}


def begins(of: Sequence[AnswerTemplate], kind: TicketKind) -> dict[str, int]:
    """By move: the id of the template that stands in the field of the answer from the start."""
    found = {move: answers.beginning(of, move, kind) for move in sorted(NEEDS_ANSWER)}
    return {move.value: one.id for move, one in found.items() if one is not None}


def handover(of: Handover) -> Json:
    """What a shift left."""
    return {
        "id": of.id,
        "at": time_of(of.at),
        "by": of.by_name,
        "text": of.text,
        "figures": of.figures,
        "taken_at": time_of(of.taken_at),
        "taken_by": of.taken_by,
    }


def figures(of: Counts) -> dict[str, int]:
    """What a hand-over freezes."""
    return {
        "open": of.open,
        "late": of.late,
        "new": of.new,
        "returned": of.returned,
        "waiting": of.waiting,
        "mine": of.mine,
    }


def notice(of: Notice) -> Json:
    """What a colleague, or the house, wants one to look at."""
    return {
        "id": of.id,
        "kind": of.kind,
        "ticket": of.ticket_id,
        "at": time_of(of.at),
        "by": of.by_name,
        "seen_at": time_of(of.seen_at),
    }


def colleague(of: Colleague, ground: Ground) -> Json:
    """Somebody who may be mentioned."""
    return {
        "id": of.id,
        "name": of.name,
        "role": of.role,
        "agency": wire_tickets.agency(of.agency_id, ground),
    }


def waiting_instruction(row: AnyRow, ground: Ground, now: datetime) -> Json:
    """An instruction without an answer, with its ticket."""
    return wire_tickets.instruction(row) | {
        "ticket": row.ticket_id,
        "incident": row.incident_id,
        "agency": wire_tickets.agency(row.agency_id, ground),
        "state": row.state.value,
        "overdue": row.due_at < now,
    }
