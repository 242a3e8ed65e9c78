"""Plays invented calls through the real use cases: taken, sent, closed."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch import calls, cases, choosing, orders, proofs
from dispatch.choosing import Choice
from dispatch.demo import desks, under_way, words
from dispatch.demo.agenda import PLAYER, Act, Stage, Step
from dispatch.demo.moving import Trip
from dispatch.rules.candidates import Suggestion
from dispatch.rules.workflow import AssignmentState, IncidentState, UnitState
from dispatch.schema import Assignment, Incident, Ticket, Unit
from dispatch.scope import enter
from dispatch.tickets import ARCHIVES
from geo.point import Point

RETRY = timedelta(minutes=5)  # nobody is free: look again
MOST_TRIES = 4


def perform(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """Do one step as of `now`, and put what follows on the agenda.

    Raises DispatchError when somebody real was faster; what would follow is then dropped.
    """
    enter(session, PLAYER)
    {
        Act.TAKE: _take,
        Act.SEND: _send,
        Act.ANSWER: under_way.answer,
        Act.DEPART: under_way.depart,
        Act.ARRIVE: under_way.arrive,
        Act.CARRY: under_way.carry,
        Act.BRING: under_way.bring,
        Act.DONE: under_way.done,
        Act.HOME: under_way.home,
        Act.CLOSE: _close,
        Act.DESK: desks.perform,
    }[step.act](session, stage, step, now)


def _take(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    call = stage.calls[step.key]
    joins = None if call.same_as is None else stage.incidents.get(call.same_as)
    if call.same_as is not None and joins is None:
        return  # its incident did not come to be
    answer = calls.take_call(
        session,
        replace(call.report, joins=joins),
        now,
        stage.ground,
        phone_key=stage.phone_key,
        write_answer=lambda taken: {"incident": taken.incident_id},
    )
    if call.course is None:
        return
    stage.incidents[step.key] = answer.body["incident"]
    if call.course.send_after_s is not None:
        needs = stage.ground.catalogue.category(call.report.category).needs
        for number in range(max(call.course.units, len(needs))):
            wait_s = call.course.send_after_s + number * 90
            stage.after(now, wait_s, Step(Act.SEND, step.key))


def _send(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    incident_id, course = stage.incidents[step.key], stage.courses[step.key]
    incident = session.execute(
        select(Incident.pin, Incident.state, Incident.category_code).where(
            Incident.id == incident_id
        )
    ).one()
    if incident.state not in (IncidentState.NEW, IncidentState.ASSIGNED):
        return
    if incident.pin is None:  # nobody can be sent; after a while it is given up
        stage.after(now, stage.chance.uniform(60, 180) * 60, Step(Act.CLOSE, step.key))
        return
    needs = stage.ground.catalogue.category(incident.category_code).needs
    wanted = (needs - _brought(session, incident_id)) or needs
    chosen = _reserved(session, stage, step) or _suggested(session, stage, incident_id, wanted, now)
    if chosen is None:
        if step.tries < MOST_TRIES:
            again = Step(Act.SEND, step.key, tries=step.tries + 1)
            stage.after(now, RETRY.total_seconds(), again)
        return
    unit_id, start = chosen
    eta = choosing.eta_for(session, incident_id, unit_id, stage.ground, now)
    part = choosing.part_for(session, incident_id, unit_id, stage.ground)
    rules = stage.ground.regency.orders
    sent = orders.send_unit(session, incident_id, unit_id, now, part=part, eta=eta, rules=rules)
    travel_s = under_way.travel_s(stage, start, incident.pin) * stage.chance.uniform(0.9, 1.3)
    trip = Trip(unit_id, start, incident.pin, travel_s / stage.haste)
    stage.trips[sent.assignment_id] = trip
    stage.after(now, course.answer_s, Step(Act.ANSWER, step.key, sent.assignment_id))


def _reserved(session: Session, stage: Stage, step: Step) -> tuple[int, Point] | None:
    """The unit that the plan has in mind, with its position; None when it is busy."""
    unit_id = stage.reserved.get(step.key)
    query = select(Unit.position).where(Unit.id == unit_id, Unit.state == UnitState.FREE)
    position = session.execute(query).scalar_one_or_none() if unit_id is not None else None
    return None if unit_id is None or position is None else (unit_id, position)


def _suggested(
    session: Session, stage: Stage, incident_id: int, wanted: frozenset[str], now: datetime
) -> tuple[int, Point] | None:
    """The unit that the house suggests, with its position."""
    chosen = _choose(choosing.suggest_units(session, incident_id, stage.ground, now), wanted)
    if chosen is None:
        return None
    query = select(Unit.position).where(Unit.id == chosen.unit.unit_id)
    return chosen.unit.unit_id, session.execute(query).scalar_one()


def _brought(session: Session, incident_id: int) -> frozenset[str]:
    """Skills of the units that are out for it."""
    rows = session.scalars(
        select(Unit.skills)
        .join(Assignment, Assignment.unit_id == Unit.id)
        .where(
            Assignment.incident_id == incident_id,
            Assignment.released_at.is_(None),
            Assignment.state != AssignmentState.PROPOSED,
        )
    )
    return frozenset(skill for skills in rows for skill in skills)


def _choose(choice: Choice, wanted: frozenset[str]) -> Suggestion | None:
    """The best one at its post that brings something of what is wanted; else a boat.

    Where nothing special is wanted, one of the responsible agency.
    """
    suggestions = [*choice.units, *(s for s in choice.by_sea if s.unit.by_sea)]
    free = [s for s in suggestions if s.unit.state is UnitState.FREE]
    if not wanted:
        return next((s for s in free if s.unit.responsible), None)
    helping = [s for s in free if wanted & s.unit.skills]
    return max(helping, key=lambda s: len(wanted & s.unit.skills), default=None)


def _close(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """Unless another unit is still out for it: the last one to be done closes it."""
    incident_id = stage.incidents[step.key]
    incident = session.execute(
        select(Incident.version, Incident.state, Incident.category_code, Incident.pin).where(
            Incident.id == incident_id
        )
    ).one()
    out = session.scalar(
        select(func.count()).where(
            Assignment.incident_id == incident_id, Assignment.released_at.is_(None)
        )
    )
    if incident.state == IncidentState.CLOSED or out:
        return
    kind = stage.ground.catalogue.category(incident.category_code).kind
    outcome = stage.chance.choice(words.OUTCOMES[kind]) if incident.pin else words.NEVER_FOUND
    if outcome not in ARCHIVES:
        _prove(session, incident_id, now)
    cases.close(session, incident_id, outcome, incident.version, now, stage.ground)


def _prove(session: Session, incident_id: int, now: datetime) -> None:
    """The agency's post about the work, where the category asks for proof."""
    owed = select(Ticket.id).where(
        Ticket.incident_id == incident_id, Ticket.proof_needed, Ticket.proofs == 0
    )
    for ticket_id in session.scalars(owed.order_by(Ticket.id)).all():
        url = f"https://www.instagram.com/p/contoh{ticket_id}"
        proofs.add_link(session, ticket_id, url, None, f"contoh-{ticket_id}", now)
