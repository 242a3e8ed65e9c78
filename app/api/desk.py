"""/api: words about a ticket, stored filters, templates of answers, hand-overs, notices."""

from typing import Annotated
from urllib.parse import parse_qsl

from babel.dates import format_date
from flask import Blueprint, request, url_for
from pydantic import Field

from app.api import reading, reading_inbox, tickets, wire_desk
from app.api.reading import Body, Line
from app.api.wire_forms import Json
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField, NotAllowed
from app.parts import parts
from dispatch import desk, inbox, messages, ticket_file
from dispatch import tickets as ticket_moves
from dispatch.inbox import InboxAsk
from dispatch.rules.answers import Facts
from dispatch.rules.ticketing import Actor
from dispatch.ticket_file import ListedTicket

bp = Blueprint("desk", __name__, url_prefix="/api")

ID = "<int(max=2147483647):number>"  # of rows that are kept as integer
TICKET = tickets.ID
# Longer than what is kept: what is too long is then refused in words, with its field.
Long = Annotated[str, Field(max_length=20_000)]
Key = Annotated[str, Field(min_length=1, max_length=200)]
Mentions = Annotated[list[int], Field(max_length=100)]


class SayBody(Body):
    kind: Line
    text: Long
    mentions: Mentions = Field(default_factory=list)
    key: Key


class FilterBody(Body):
    name: Long
    query: Long


class TemplateBody(Body):
    title: Long
    text: Long


class HandoverBody(Body):
    text: Long


class SeenBody(Body):
    upto: Annotated[int, Field(ge=0, le=2**62)]


@bp.post(f"/tickets/{TICKET}/messages")
@needs(Right.SEE_INBOX)
def post_message(ticket_id: int) -> Json:
    """Keep a note or an answer; the agency's first answer stops its clock."""
    read, now, ground = reading.body(SayBody), parts().now(), parts().ground()
    with parts().transaction(me().scope) as session:
        said = messages.say(
            session,
            ticket_id,
            read.kind,
            read.text,
            read.mentions,
            read.key,
            now,
            ground.regency,
        )
        by_agency = ticket_moves.actor_of(me().scope) is Actor.AGENCY
        if read.kind == messages.ANSWER and by_agency and not said.replay:
            ticket_moves.answered(session, ticket_id, now, ground)
        return tickets.whole(session, ticket_id)


@bp.get(f"/tickets/{TICKET}/colleagues")
@needs(Right.SEE_INBOX)
def get_colleagues(ticket_id: int) -> Json:
    """Who may be mentioned on that ticket."""
    ground = parts().ground()
    with parts().transaction(me().scope) as session:
        found = messages.colleagues(session, ticket_id, ground.regency)
    return {"people": [wire_desk.colleague(one, ground) for one in found]}


@bp.get("/stored-filters")
@needs(Right.SEE_INBOX)
def get_filters() -> Json:
    """The asker's own."""
    with parts().transaction(me().scope) as session:
        return {"filters": [wire_desk.stored_filter(one) for one in desk.filters(session)]}


@bp.post("/stored-filters")
@needs(Right.SEE_INBOX)
def post_filter() -> tuple[Json, int]:
    """Keep a query of the inbox under a name; the same name again changes it."""
    read = reading.body(FilterBody)
    _check_query(read.query)
    with parts().transaction(me().scope) as session:
        return wire_desk.stored_filter(desk.keep_filter(session, read.name, read.query)), 201


@bp.delete(f"/stored-filters/{ID}")
@needs(Right.SEE_INBOX)
def delete_filter(number: int) -> tuple[str, int]:
    """Forget one of the asker's own."""
    with parts().transaction(me().scope) as session:
        desk.drop_filter(session, number)
    return "", 204


@bp.get("/answers")
@needs(Right.SEE_INBOX)
def get_answers() -> Json:
    """Templates; with ?ticket=ID also filled in for that one, and which of them begins a move."""
    ground = parts().ground()
    with parts().transaction(me().scope) as session:
        found = messages.templates(session)
        if "ticket" not in request.args:
            return {"answers": [wire_desk.template(one, ground) for one in found]}
        wanted = reading.query_whole("ticket", default=0, most=999_999_999)
        ticket = ticket_file.row(session, wanted)
        facts = _facts(ticket)
        return {
            "answers": [wire_desk.template(one, ground, facts) for one in found],
            "begins": wire_desk.begins(found, ticket.row.kind),
        }


@bp.post("/answers")
@needs(Right.WORK_TICKET)
def post_answer() -> tuple[Json, int]:
    """A template of the own agency."""
    read = reading.body(TemplateBody)
    with parts().transaction(me().scope) as session:
        made = messages.add_template(session, read.title, read.text)
        return wire_desk.template(made, parts().ground()), 201


@bp.delete(f"/answers/{ID}")
@needs(Right.WORK_TICKET)
def delete_answer(number: int) -> tuple[str, int]:
    """Delete one of the own agency's."""
    with parts().transaction(me().scope) as session:
        messages.drop_template(session, number)
    return "", 204


@bp.get("/handovers")
@needs(Right.SEE_INBOX)
def get_handovers() -> Json:
    """Of the own side, newest first; `waiting`: the newest one, while nobody has taken it."""
    with parts().transaction(me().scope) as session:
        waits = desk.waiting_handover(session)
        return {
            "waiting": None if waits is None else wire_desk.handover(waits),
            "handovers": [wire_desk.handover(one) for one in desk.handovers(session)],
        }


@bp.post("/handovers")
@needs(Right.SEE_INBOX)
def post_handover() -> tuple[Json, int]:
    """Leave words to the next shift, with the figures as they stand now."""
    _check_has_shifts()
    read, now = reading.body(HandoverBody), parts().now()
    with parts().transaction(me().scope) as session:
        counted = inbox.counts(session, InboxAsk(), now, parts().ground().catalogue)
        left = desk.hand_over(session, read.text, wire_desk.figures(counted), now)
        return wire_desk.handover(left), 201


@bp.post(f"/handovers/{ID}/take")
@needs(Right.SEE_INBOX)
def post_take(number: int) -> Json:
    """Take the shift over, once."""
    _check_has_shifts()
    with parts().transaction(me().scope) as session:
        return wire_desk.handover(desk.take_over(session, number, parts().now()))


@bp.get("/notices")
@needs(Right.LOGGED_IN)
def get_notices() -> Json:
    """What the asker is to look at, newest first."""
    with parts().transaction(me().scope) as session:
        unseen, newest = desk.notices(session)
        return {"unseen": unseen, "notices": [wire_desk.notice(one) for one in newest]}


@bp.post("/notices/seen")
@needs(Right.LOGGED_IN)
def post_seen() -> Json:
    """All up to that one were seen."""
    read = reading.body(SeenBody)
    with parts().transaction(me().scope) as session:
        desk.see_notices(session, read.upto, parts().now())
        return {"unseen": desk.notices(session)[0]}


def _check_has_shifts() -> None:
    """A leader sees tickets, but has no shift."""
    role = me().role
    if not (may(role, Right.WORK_TICKET) or may(role, Right.VERIFY)):
        raise NotAllowed(f"{role} has no shifts")


def _check_query(query: str) -> None:
    """Only words that the inbox knows; their values are read when it is asked for."""
    known = [word for word in reading_inbox.WORDS if word not in ("after", "limit")]
    for name, _ in parse_qsl(query.lstrip("?"), keep_blank_values=True):
        if name not in known:
            short = reading.plain(name)[:40]
            raise BadRequestField(
                "query", f"query: {short} is not known; known: {', '.join(known)}"
            )


def _facts(ticket: ListedTicket) -> Facts:
    """What a template may tell of a ticket; what is not known stays in its braces."""
    of, ground = ticket.row, parts().ground()
    village = ground.by_code.get(of.village_code or "")
    agency = ground.catalogue.agencies.get(of.agency_id)
    facts = {
        "nomor": str(of.id),
        "kategori": ground.catalogue.category(of.category_code).name_id,
        "desa": village.name if village else None,
        "instansi": agency.name if agency else None,
        "batas": _day(of.due_at),
        "lacak": _tracking(),
    }
    return {name: told for name, told in facts.items() if told is not None}


def _day(moment: object) -> str | None:
    if moment is None:
        return None
    local = moment.astimezone(parts().regency.hours.zone)  # type: ignore[attr-defined]
    # To the reporter, hence in Indonesian whatever the language of who answers.
    return str(format_date(local, "EEEE, d MMMM y", locale="id"))


def _tracking() -> str:
    base = parts().settings.public_url or request.url_root
    return f"{base.rstrip('/')}{url_for('track.get_form')}"
