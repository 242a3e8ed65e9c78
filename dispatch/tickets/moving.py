"""Use cases: move a ticket by the table, open it again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from dispatch import log, messages
from dispatch.catalogue import AgencyFacts
from dispatch.errors import IllegalMove, KeyReused
from dispatch.ground import Ground
from dispatch.rules import answers
from dispatch.rules.course import ASIDE
from dispatch.rules.ticketing import (
    NEEDS_AGENCY,
    NEEDS_ANSWER,
    NEEDS_REASON,
    OVER,
    REASONS,
    WITH_AGENCY,
    WITH_REPORTER,
    WITH_ROOM,
    Actor,
    TicketState,
    check_step,
    may_follow,
)
from dispatch.scope import check_group, scope_of
from dispatch.tickets import clocking, ends, rows
from dispatch.tickets.facts import (
    AgencyHasTicket,
    HeldByAnother,
    Move,
    Moved,
    MoveLacks,
    ProofMissing,
)
from dispatch.tickets.rows import Held, NewStep

_LOCKED_FOR = frozenset({Actor.ROOM, Actor.AGENCY})
NOBODY: Mapping[str, Any] = {"holder_id": None, "holder": None, "held_at": None}


def move(
    session: Session, ticket_id: int, move: Move, version: int, now: datetime, ground: Ground
) -> Moved:
    """Move a ticket on, in the name of the session's scope; its case ends or opens with it.

    The same key again changes nothing and answers the same.
    Raises Unknown, ChangedMeanwhile, IllegalMove, HeldByAnother, ProofMissing, AgencyHasTicket,
    MoveLacks (which field), KeyReused, GroupOnly.
    """
    held = rows.hold(session, ticket_id)
    if (told := _told_before(held, move)) is not None:
        return told
    rows.check_version(held, version)
    actor = actor_of_session(session)
    _check_group(session, held, actor)
    return carry_out(session, held, move, actor, now, ground)


def carry_out(
    session: Session,
    held: Held,
    move: Move,
    actor: Actor,
    now: datetime,
    ground: Ground,
    **facts: Any,
) -> Moved:
    """The move of a ticket that is held already, by that actor. Raises as move()."""
    check_may(held, move.to, actor)
    if actor in _LOCKED_FOR:
        check_free(session, held)
    agency = _check_said(session, held, move, actor, ground)
    step = _step(held, move, actor, agency, now, facts)
    if move.answer and actor in _LOCKED_FOR:
        key = f"{move.key}:jawaban" if move.key else f"langkah-{held.row.version}"
        messages.say(
            session, held.row.id, messages.ANSWER, move.answer, (), key, now, ground.regency
        )
    flags = clocking.flags(ground, held.row, held.course, step)
    let_go = NOBODY if _let_go(held.course.state, move.to) else {}
    rows.write(session, held, step, ground, flags=flags, **let_go)
    ends.follow(session, held.incident, now, ground, step)
    tell(session, held, state=step.state.value)
    return Moved(held.row.id, held.row.incident_id, held.row.version + 1, step.state)


def reopen_by(
    session: Session,
    ticket_id: int,
    now: datetime,
    ground: Ground,
    *,
    reason: str | None = None,
    note: str | None = None,
    key: str = "",
) -> Moved:
    """Open a ticket again for who asks, whatever its version: the reporter saw no work done.

    Raises Unknown, IllegalMove.
    """
    held = rows.hold(session, ticket_id)
    asked = Move(to=TicketState.REOPENED, reason=reason, note=note, key=key)
    if (told := _told_before(held, asked)) is not None:
        return told
    actor = actor_of_session(session)
    _check_group(session, held, actor)
    return carry_out(session, held, asked, actor, now, ground)


def tell(session: Session, held: Held, kind: str = "ticket.moved", **facts: Any) -> None:
    """The row of the log by which live screens hear of it."""
    row = held.row
    log.record(session, kind, incident_id=row.incident_id, demo=row.demo, ticket=row.id, **facts)


def may_move(
    state: TicketState, before: TicketState | None, actor: Actor | None
) -> list[TicketState]:
    """Where that actor may move a ticket that stands so."""
    if actor is None:
        return []
    found = may_follow(state, actor)
    if state is TicketState.POSTPONED:
        return [wanted for wanted in found if wanted == before or wanted in OVER]
    return found


def check_may(held: Held, wanted: TicketState, actor: Actor) -> None:
    """Whether the table lets that actor. Raises IllegalMove, saying what may follow."""
    state, before = held.course.state, held.course.before
    check_step(state, wanted, actor)
    if state in ASIDE and wanted != before and wanted not in OVER:
        raise IllegalMove(f"{state} -> {wanted}: it goes back to {before}")
    if held.incident.merged_into is not None and state in OVER and wanted not in OVER:
        raise IllegalMove(f"its case was merged into {held.incident.merged_into}")


def check_free(session: Session, held: Held) -> None:
    """Raises HeldByAnother when somebody else has claimed it."""
    row = held.row
    if row.holder_id is not None and row.holder_id != scope_of(session).user_id:
        raise HeldByAnother(row.holder or "", row.held_at)


def _check_group(session: Session, held: Held, actor: Actor) -> None:
    """Whose report it is has no group, and is shown no other case than that. Raises GroupOnly."""
    if actor is not Actor.REPORTER:
        check_group(session, held.row.restricted_group)


def actor_of_session(session: Session) -> Actor:
    """Who moves. Raises IllegalMove for who moves nothing."""
    actor = rows.actor_of(scope_of(session))
    if actor is None:
        raise IllegalMove(f"{scope_of(session).role} moves no tickets")
    return actor


def _told_before(held: Held, move: Move) -> Moved | None:
    """What the same key came to. Raises KeyReused when it was another move."""
    for step in held.steps:
        if move.key and step.facts.get("key") == move.key:
            if step.state != move.to:
                raise KeyReused(f"key of {step.state}, now sent with {move.to}")
            row = held.row
            return Moved(row.id, row.incident_id, row.version, row.state, replay=True)
    return None


def _check_said(
    session: Session, held: Held, move: Move, actor: Actor, ground: Ground
) -> AgencyFacts | None:
    """The agency that the move names. Raises MoveLacks, AgencyHasTicket, ProofMissing."""
    back = held.course.state in ASIDE
    if actor in _LOCKED_FOR and not back:
        _check_words(move)
    if move.to is TicketState.FOLLOWED_UP and not rows.is_proven(session, held):
        raise ProofMissing
    if back or move.agency is None:
        _check_goes_somewhere(held, move, back=back)
        return None
    agency = agency_of(ground, move.agency)
    if move.to in NEEDS_AGENCY:
        if agency.id != held.row.agency_id:
            check_alone(session, held.incident, agency.id)
        elif held.course.state is TicketState.REFERRED:
            raise MoveLacks("agency", "it is with that agency already; give another one")
    return agency


def _check_goes_somewhere(held: Held, move: Move, *, back: bool) -> None:
    """Without an agency a ticket is given to the one that the rule chose. Raises MoveLacks."""
    asked = move.to in NEEDS_AGENCY and not back
    if asked and held.course.state in (TicketState.REFERRED, TicketState.NOT_OURS):
        raise MoveLacks("agency", "give the code of the agency that it goes to")


def _check_words(move: Move) -> None:
    codes, reason = REASONS.get(move.to, ()), (move.reason or "").strip()
    if move.to in NEEDS_REASON and not reason:
        raise MoveLacks("reason", f"say why, to move it to {move.to}: one of {', '.join(codes)}")
    if reason and codes and reason not in codes:
        raise MoveLacks("reason", f"{reason[:40]!r}: give one of {', '.join(codes)}")
    if move.to in NEEDS_ANSWER and not (move.answer or "").strip():
        raise MoveLacks("answer", f"say what the reporter is told, to move it to {move.to}")
    if (part := answers.left_open(move.answer or "")) is not None:
        raise MoveLacks("answer", f"{part} is still to be filled in, or taken out")


def agency_of(ground: Ground, code: str) -> AgencyFacts:
    """The agency of that code. Raises MoveLacks."""
    for agency in ground.catalogue.agencies.values():
        if agency.code == code:
            return agency
    raise MoveLacks("agency", f"there is no agency {code[:40]!r}; give the code of one")


def check_alone(session: Session, incident: Any, agency_id: int) -> None:
    """Raises AgencyHasTicket when that agency has a ticket of the case."""
    if agency_id in rows.agencies_of(session, incident.id):
        raise AgencyHasTicket


def _step(
    held: Held,
    move: Move,
    actor: Actor,
    agency: AgencyFacts | None,
    now: datetime,
    facts: Mapping[str, Any],
) -> NewStep:
    """The step as it will be kept; the suggestion where to instead is a fact of a return."""
    gives = move.to in NEEDS_AGENCY and held.course.state not in ASIDE
    said = dict(facts) | ({"key": move.key} if move.key else {})
    if agency is not None and move.to is TicketState.NOT_OURS:
        said["instead"] = agency.code
    return NewStep(
        at=max(now, held.course.legs[-1].start),
        state=move.to,
        agency_id=agency.id if gives and agency is not None else held.row.agency_id,
        actor=actor,
        reason=(move.reason or "").strip() or None,
        note=(move.note or "").strip() or None,
        facts=said,
    )


def _let_go(state: TicketState, wanted: TicketState) -> bool:
    """Whether nobody holds it any more: it is done, over, or another side's turn."""
    if wanted is TicketState.MERGED or state is TicketState.MERGED:
        return False  # parted again it stands as it stood
    return wanted is TicketState.FOLLOWED_UP or side(state) != side(wanted)


def side(state: TicketState) -> str | None:
    """Whom a ticket waits for: ruang, opd, pelapor; None when it is over."""
    if state in WITH_ROOM:
        return "ruang"
    if state in WITH_AGENCY:
        return "opd"
    return "pelapor" if state in WITH_REPORTER else None
