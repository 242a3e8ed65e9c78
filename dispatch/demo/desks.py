"""Plays what desks do with the tickets of invented complaints: refer, work, prove, answer."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from dispatch import messages, pictures, proofs
from dispatch.demo import words
from dispatch.demo.agenda import PLAYER, Act, Stage, Step
from dispatch.demo.drawn import drawn_photo
from dispatch.demo.plan import DemoCall
from dispatch.demo.teller import DemoVillage, Teller
from dispatch.demo.villages import STANDS
from dispatch.rules.ticketing import Actor, TicketState
from dispatch.schema import Call, Incident, Instruction, Ticket, TicketMessage, TicketRating, User
from dispatch.scope import Role, enter
from dispatch.tickets import Move, may_move, moving, rows
from dispatch.tickets.rows import Held
from geo.point import Point

DESK_KEYS = 700_000  # keys of these calls, far from those of a plan
OLDEST, NEWEST = 24.0, 5.0  # days
PAUSE_S = (8 * 60.0, 70 * 60.0)  # between two deeds, played as they happen
PLACE_OFF = 0.00004  # degrees: a photo is taken some metres from the pin


class Deed(Enum):
    """One thing that is done about a ticket."""

    VERIFY = auto()
    REFER = auto()
    ACCEPT = auto()
    WORK = auto()
    NOTE = auto()
    DONE = auto()
    ANSWER = auto()
    CONTENT = auto()
    SILENT = auto()
    AGAIN = auto()
    ASK = auto()
    GIVE_BACK = auto()
    ARCHIVE = auto()
    INSTRUCT = auto()


_GIVEN = (Deed.VERIFY, Deed.REFER)
_TAKEN = (*_GIVEN, Deed.ACCEPT)
_WORKED = (*_TAKEN, Deed.WORK)
_SHOWN = (*_WORKED, Deed.DONE)
_TOLD = (*_SHOWN, Deed.ANSWER)
# What has been done by now about a complaint that is still open.
STANDING: Sequence[tuple[Deed, ...]] = (
    _GIVEN,
    (*_WORKED, Deed.NOTE),
    (),
    _TAKEN,
    (*_GIVEN, Deed.INSTRUCT),
    (Deed.VERIFY,),
    (*_GIVEN, Deed.GIVE_BACK),
    (*_WORKED, Deed.INSTRUCT, Deed.NOTE),
    (*_TAKEN, Deed.ASK),
)
# The whole way of complaints that are older.
WHOLE: Sequence[tuple[Deed, ...]] = (
    (*_TOLD, Deed.CONTENT),
    (*_WORKED, Deed.NOTE, Deed.DONE, Deed.ANSWER),
    _SHOWN,
    (*_TOLD, Deed.AGAIN),
    (*_TOLD, Deed.CONTENT),
    (*_TOLD, Deed.SILENT),
    (*_TOLD, Deed.AGAIN, Deed.WORK, Deed.DONE, Deed.ANSWER, Deed.CONTENT),
    (Deed.VERIFY, Deed.ARCHIVE),
    (*_GIVEN, Deed.GIVE_BACK, Deed.ARCHIVE),
    (*_TOLD, Deed.CONTENT),
    (*_GIVEN, Deed.INSTRUCT, Deed.ACCEPT, Deed.WORK),
    _TOLD,
    (*_TOLD, Deed.SILENT),
    _GIVEN,
)
_MOVES = {  # where to, and who says so
    Deed.VERIFY: (TicketState.VERIFIED, Actor.ROOM),
    Deed.REFER: (TicketState.REFERRED, Actor.ROOM),
    Deed.ACCEPT: (TicketState.ACCEPTED, Actor.AGENCY),
    Deed.WORK: (TicketState.IN_WORK, Actor.AGENCY),
    Deed.DONE: (TicketState.FOLLOWED_UP, Actor.AGENCY),
    Deed.ANSWER: (TicketState.AWAITING_REPLY, Actor.AGENCY),
    Deed.CONTENT: (TicketState.CLOSED, Actor.REPORTER),
    Deed.SILENT: (TicketState.CLOSED, Actor.HOUSE),
    Deed.AGAIN: (TicketState.REOPENED, Actor.REPORTER),
    Deed.ASK: (TicketState.POSTPONED, Actor.AGENCY),
    Deed.GIVE_BACK: (TicketState.NOT_OURS, Actor.AGENCY),
    Deed.ARCHIVE: (TicketState.ARCHIVED, Actor.ROOM),
}
_REASONS = {
    Deed.SILENT: "pelapor_tidak_menanggapi",
    Deed.AGAIN: "belum_selesai",
    Deed.ASK: "data_kurang",
    Deed.GIVE_BACK: "bukan_tugas",
    Deed.ARCHIVE: "tidak_ditemukan",
}


def calls_of_desks(stage: Stage, villages: Sequence[DemoVillage], now: datetime) -> list[DemoCall]:
    """Complaints of the last weeks, each with what the desks did about it on the agenda."""
    chance = stage.chance
    complaints = [c for c in stage.ground.regency.categories if c.kind == "aduan" and not c.group]
    if not complaints:
        return []
    teller = Teller(chance, villages, complaints)
    calls = []
    for number, script in enumerate(WHOLE):
        report = teller.tells(teller.category("aduan"), teller.village(), pinned=True)
        at = now - timedelta(days=chance.uniform(NEWEST, OLDEST))
        calls.append(DemoCall(DESK_KEYS + number, at, report, course=STANDS))
        _expect(stage, calls[-1], script, now)
    return calls


def work_on(stage: Stage, calls: Sequence[DemoCall], now: datetime) -> None:
    """Put on the agenda what the desks did about those that still wait."""
    done = stage.keys_of(Act.CLOSE)
    waiting = [call for call in calls if call.course is STANDS and call.key not in done]
    for number, call in enumerate(waiting):
        _expect(stage, call, STANDING[number % len(STANDING)], now)


def work_ahead(stage: Stage, calls: Sequence[DemoCall]) -> None:
    """Put on the agenda what desks will do about the complaints of a play to come."""
    waiting = [c for c in calls if c.course is not None and c.course.send_after_s is None]
    scripts = [script for script in WHOLE if Deed.SILENT not in script]  # silence takes days
    for number, call in enumerate(waiting):
        script, at = scripts[number % len(scripts)], call.at
        stage.scripts[call.key] = script
        for tries in range(len(script)):
            at += timedelta(seconds=stage.chance.uniform(*PAUSE_S) / stage.haste)
            stage.later(at, Step(Act.DESK, call.key, tries=tries))


def _expect(stage: Stage, call: DemoCall, script: Sequence[Deed], now: datetime) -> None:
    """The deeds between call and now: the room is quick, an agency takes its time."""
    stage.scripts[call.key] = tuple(script)
    for number in range(len(script)):
        share = ((number + stage.chance.uniform(0.6, 1)) / (len(script) + 0.5)) ** 1.5
        stage.later(call.at + (now - call.at) * share, Step(Act.DESK, call.key, tries=number))


def perform(session: Session, stage: Stage, step: Step, now: datetime) -> None:
    """Do the deed; what the state of the ticket does not let happen, does not."""
    incident_id = stage.incidents.get(step.key)
    query = select(Ticket.id).where(Ticket.incident_id == incident_id).order_by(Ticket.id).limit(1)
    ticket_id = session.execute(query).scalar_one_or_none()
    if ticket_id is None:
        return
    deed, held = stage.scripts[step.key][step.tries], rows.hold(session, ticket_id)
    # The words are the agency's; the log says that it is a play.
    enter(session, replace(PLAYER, agency_id=held.row.agency_id))
    if deed is Deed.NOTE:
        _say(session, stage, held, step, now)
    elif deed is Deed.INSTRUCT:
        _instruct(session, stage, held, now)
    else:
        _move(session, stage, held, deed, now)


def _move(session: Session, stage: Stage, held: Held, deed: Deed, now: datetime) -> None:
    wanted, actor = _MOVES[deed]
    if wanted not in may_move(held.course.state, held.course.before, actor):
        return
    if deed is Deed.DONE:
        _prove(session, stage, held, now)
    elif deed is Deed.CONTENT:
        _rate(session, stage, held, now)
    elif deed is Deed.AGAIN:
        _reply(session, stage, held, now)
    said = {Deed.ANSWER: words.ANSWERS, Deed.ASK: words.QUESTIONS}.get(deed)
    answer = stage.chance.choice(said) if said else None
    move = Move(to=wanted, reason=_REASONS.get(deed), answer=answer)
    if held.row.holder_id is not None:
        rows.set_row(session, held.row, moving.NOBODY)
    held = rows.hold(session, held.row.id)  # proof and stars have changed the row
    moving.carry_out(session, held, move, actor, now, stage.ground)
    if deed is Deed.WORK:
        _hold_for_officer(session, held, now)


def _say(session: Session, stage: Stage, held: Held, step: Step, now: datetime) -> None:
    text, key = stage.chance.choice(words.NOTES), f"peraga-{step.key}-{step.tries}"
    messages.say(session, held.row.id, messages.NOTE, text, (), key, now, stage.ground.regency)


def _prove(session: Session, stage: Stage, held: Held, now: datetime) -> None:
    """A drawn picture that says so, as if taken beside the pin an hour ago.

    In a play at speed the case itself is younger: then halfway between it and now.
    """
    number, zone = held.row.id, stage.ground.regency.hours.zone
    pin = session.execute(select(Incident.pin).where(Incident.id == held.incident.id)).scalar_one()
    off = PLACE_OFF * (1 + number % 5)
    near = pin and Point(lon=pin.lon + off, lat=pin.lat - off)
    taken = now - min(timedelta(hours=1), (now - held.incident.opened_at) / 2)
    sent = drawn_photo(number, near, taken.astimezone(zone))
    key = f"peraga-{number}-{now:%m%d%H%M}"
    photo = pictures.sealed(sent, zone)
    proofs.add_photo(session, number, photo, None, key, now, stage.ground)


def _call_of(session: Session, held: Held) -> int | None:
    query = select(Call.id).where(Call.incident_id == held.incident.id).order_by(Call.id).limit(1)
    return session.execute(query).scalar_one_or_none()


def _rate(session: Session, stage: Stage, held: Held, now: datetime) -> None:
    stars = stage.chance.choice((3, 4, 4, 5, 5))
    call_id = _call_of(session, held)
    given = {"ticket_id": held.row.id, "call_id": call_id, "stars": stars, "at": now}
    session.execute(insert(TicketRating).values(given))
    session.execute(update(Ticket).where(Ticket.id == held.row.id).values(stars=stars))


def _reply(session: Session, stage: Stage, held: Held, now: datetime) -> None:
    reply = {
        "ticket_id": held.row.id,
        "incident_id": held.incident.id,
        "restricted_group": held.row.restricted_group,
        "at": now,
        "kind": "tanggapan",
        "by_name": "",
        "call_id": _call_of(session, held),
        "text": stage.chance.choice(words.STILL_WRONG),
        "key": f"peraga-{now:%m%d%H%M}",
        "demo": True,
    }
    session.execute(insert(TicketMessage).values(reply))


def _instruct(session: Session, stage: Stage, held: Held, now: datetime) -> None:
    """By the leader that the installation knows, where it knows one."""
    leaders = select(User.id, User.name).where(User.role == Role.LEADER, User.active)
    leader = session.execute(leaders.order_by(User.id).limit(1)).one_or_none()
    if leader is None:
        return
    given = {
        "ticket_id": held.row.id,
        "incident_id": held.incident.id,
        "restricted_group": held.row.restricted_group,
        "at": now,
        "by_user": leader.id,
        "by_name": leader.name,
        "text": stage.chance.choice(words.INSTRUCTIONS),
        "due_at": now + timedelta(days=stage.chance.uniform(1, 6)),
        "demo": True,
    }
    session.execute(insert(Instruction).values(given))


def _hold_for_officer(session: Session, held: Held, now: datetime) -> None:
    """Claimed by an officer of the agency, where it has one."""
    officers = select(User.id, User.name).where(
        User.role == Role.AGENCY_OFFICER, User.agency_id == held.row.agency_id, User.active
    )
    officer = session.execute(officers.order_by(User.id).limit(1)).one_or_none()
    if officer is not None:
        mine = {"holder_id": officer.id, "holder": officer.name, "held_at": now}
        rows.set_row(session, rows.hold(session, held.row.id).row, mine)
