"""The JSON of tickets: a row of the inbox, and a whole one; docs/api-tiket.md says its shape."""

from datetime import datetime

from app.api import wire
from app.api.wire_forms import Json, time_of
from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import clocks
from dispatch.rules.ticketing import OPEN, OVER, Actor, TicketState
from dispatch.scope import Role, Scope
from dispatch.ticket_file import ListedTicket, WholeTicket

# Of these nobody is late with the work: it was said to be done, or waits for the reporter.
_NOT_LATE = frozenset({TicketState.FOLLOWED_UP, TicketState.AWAITING_REPLY, TicketState.POSTPONED})


def row(listed: ListedTicket, ground: Ground, scope: Scope, now: datetime) -> Json:
    """A ticket as inboxes list it."""
    of, course = listed.row, listed.course
    category = ground.catalogue.category(of.category_code)
    return {
        "id": of.id,
        "incident": of.incident_id,
        "kind": of.kind,
        "state": of.state.value,
        "before": of.before.value if of.before else None,
        "agency": agency(of.agency_id, ground),
        "category": of.category_code,
        "category_name": category.name_id,
        "category_name_en": category.name_en,
        "priority": of.priority,
        "restricted": of.restricted_group is not None,
        "place": of.place_text,
        "village": village(of.village_code, ground),
        "lon": of.lon,
        "lat": of.lat,
        **{name: time_of(getattr(of, name)) for name in _TIMES},
        "due": {
            "verify": time_of(of.verify_due_at),
            "answer": time_of(of.answer_due_at),
            "done": time_of(of.due_at),
            "reply": time_of(of.reply_due_at),
        },
        "late": late(of, now),
        "share": _share(listed, ground, now),
        "left": left(of, ground, now),
        "waits": clocks.holder_of(of.state),
        "holder": _holder(of),
        "returns": of.returns,
        "reopens": of.reopens,
        "escalated": of.escalated,
        "extended": of.extended,
        "extendable": of.state in OPEN and not of.extended and _may_extend(of, ground),
        "proof_needed": of.proof_needed,
        "proofs": of.proofs,
        "flags": list(of.flags),
        "stars": of.stars,
        "outcome": course.outcome,
        "instruction": of.instruction,
        "reports": of.reports,
        "version": of.version,
        "demo": of.demo,
    }


_TIMES = (
    "opened_at",
    "referred_at",
    "here_at",
    "answered_at",
    "followed_up_at",
    "closed_at",
)


def whole(ticket: WholeTicket, ground: Ground, scope: Scope, now: datetime) -> Json:
    """A ticket with its steps, clocks, words, and the case; proofs are added by the door."""
    of = ticket.listed.row
    return row(ticket.listed, ground, scope, now) | {
        "steps": [_step(step, ground, scope) for step in ticket.steps],
        "clock": clock(ticket.listed, ground, now),
        "messages": [message(words, ground) for words in ticket.messages],
        "instructions": [instruction(given) for given in ticket.instructions],
        "others": [row(other, ground, scope, now) for other in ticket.others],
        "moves": [wanted.value for wanted in ticket.moves],
        "warnings": [{"code": w.code, "text": w.text} for w in ticket.warnings],
        "rule": of.rule,
        "decided": of.decided,
        "file": {
            "feature": wire.incident_feature(ticket.incident, ground, scope),
            **wire.case(ticket.case),
        },
    }


def late(of: AnyRow, now: datetime) -> list[str]:
    """Which clocks are over: of an open ticket now, of one that ended the last one when it did."""
    if of.state in OVER:
        ended = of.followed_up_at or of.closed_at
        return ["done"] if of.due_at is not None and ended > of.due_at else []
    found = []
    if of.referred_at is None and _is_over(of.verify_due_at, now):
        found.append("verify")
    if of.answered_at is None and _is_over(of.answer_due_at, now):
        found.append("answer")
    if of.state not in _NOT_LATE and _is_over(of.due_at, now):
        found.append("done")
    return found


def _is_over(due_at: datetime | None, now: datetime) -> bool:
    return due_at is not None and due_at < now


def left(of: AnyRow, ground: Ground, now: datetime) -> Json | None:
    """The clock that runs for who has it now; None where none does.

    working_s  seconds that are left as its kind counts them; below zero when late
    day_s      seconds of an ordinary working day
    """
    which, due_at = _running(of)
    if due_at is None:
        return None
    rules = ground.regency.clocks
    return {
        "which": which,
        "working_s": round(rules.working_s(now, due_at, of.kind)),
        "day_s": round(rules.day_s(of.kind)),
        "wall": rules.is_wall(of.kind),
    }


def _running(of: AnyRow) -> tuple[str, datetime | None]:
    holder = clocks.holder_of(of.state)
    if holder == "pelapor":
        return "reply", of.reply_due_at
    if holder == "ruang" and of.referred_at is None and of.verify_due_at is not None:
        return "verify", of.verify_due_at
    if holder == "opd" and of.answered_at is None and of.answer_due_at is not None:
        return "answer", of.answer_due_at
    return "done", of.due_at if holder is not None else None


def clock(listed: ListedTicket, ground: Ground, now: datetime) -> Json:
    """Who had it how long. The clock of the citizen runs from the report on, returns or not."""
    rules, of, legs = ground.regency.clocks, listed.row, listed.course.legs
    spent = clocks.with_holder_s(legs, now)
    ended = of.closed_at or now
    return {
        "legs": [
            {
                "from": time_of(leg.start),
                "to": time_of(leg.end),
                "state": leg.state.value,
                "holder": clocks.holder_of(leg.state),
                "working_s": _seconds(rules.working_s(leg.start, leg.end or now, of.kind)),
                "wall_s": _seconds(((leg.end or now) - leg.start).total_seconds()),
            }
            for leg in legs
        ],
        "with_room_s": _seconds(spent["ruang"]),
        "with_agency_s": _seconds(spent["opd"]),
        "with_reporter_s": _seconds(spent["pelapor"]),
        "citizen_s": _seconds((ended - of.opened_at).total_seconds()),
    }


def agency(agency_id: int | None, ground: Ground) -> Json | None:
    """An agency by code and short name."""
    if agency_id is None:
        return None
    known = ground.catalogue.agencies.get(agency_id)
    if known is None:
        return {"code": None, "short": f"#{agency_id}"}
    return {"code": known.code, "short": known.short}


def village(code: str | None, ground: Ground) -> Json | None:
    """A village by name; one of an edition before by its code alone."""
    if code is None:
        return None
    known = ground.by_code.get(code)
    if known is None:
        return {"code": code, "name": code, "district": None}
    return {"code": code, "name": known.name, "district": known.district}


def message(words: AnyRow, ground: Ground) -> Json:
    """Words about a ticket."""
    return {
        "id": words.id,
        "at": time_of(words.at),
        "kind": words.kind,
        "by": words.by_name,
        "agency": agency(words.agency_id, ground),
        "text": words.text,
        "mentions": list(words.mentions),
    }


def instruction(given: AnyRow) -> Json:
    """What a leader wants done, and what came of it."""
    return {
        "id": given.id,
        "at": time_of(given.at),
        "by": given.by_name,
        "text": given.text,
        "due_at": time_of(given.due_at),
        "answered_at": time_of(given.answered_at),
        "answered_by": given.answered_by,
        "answer": given.answer,
    }


def _step(step: AnyRow, ground: Ground, scope: Scope) -> Json:
    # The words of a reporter are not for a leader.
    hidden = scope.role == Role.LEADER and step.actor is Actor.REPORTER
    return {
        "at": time_of(step.at),
        "state": step.state.value,
        "agency": agency(step.agency_id, ground),
        "actor": step.actor.value,
        "by": step.by_name,
        "reason": step.reason,
        "note": None if hidden else step.note,
        "instead": step.facts.get("instead"),
    }


def _holder(of: AnyRow) -> Json | None:
    if of.holder_id is None:
        return None
    return {"id": of.holder_id, "name": of.holder, "at": time_of(of.held_at)}


def _share(listed: ListedTicket, ground: Ground, now: datetime) -> float | None:
    of, course = listed.row, listed.course
    used = ground.regency.clocks.share(
        of.kind,
        ground.catalogue.category(of.category_code).clock,
        of.priority,
        course.legs,
        now,
        extended=course.extended,
    )
    return None if used is None else round(used, 3)


def _may_extend(of: AnyRow, ground: Ground) -> bool:
    clock_class = ground.catalogue.category(of.category_code).clock
    return of.kind == "informasi" and ground.regency.clocks.may_extend(of.kind, clock_class)


def _seconds(counted: float) -> int:
    """Whole seconds, never below zero: two machines may disagree about the time."""
    return max(0, round(counted))
