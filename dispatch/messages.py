"""Use cases: notes and answers on a ticket, colleagues who are named in them, templates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import DispatchError, IllegalMove, KeyReused, Unknown
from dispatch.regency import Regency, files
from dispatch.regency.entry import Entry
from dispatch.rows import AnyRow
from dispatch.rules import answers
from dispatch.rules.ticketing import NEEDS_ANSWER, TicketKind, TicketState
from dispatch.schema import AnswerTemplate, Notice, Ticket, TicketMessage
from dispatch.scope import Role, check_group, scope_of

NOTE, ANSWER = "catatan", "jawaban"
LONGEST, MOST_MENTIONS, MOST_TEMPLATES = 5000, 20, 200
MENTIONED = "disebut"  # kind of the notice
HOUSE = "berkas wilayah"  # who wrote the templates of answers.toml


class BadMessage(DispatchError):
    """The words cannot be kept like this: which field, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(f"{field}: {detail}")


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who sees a ticket and may be spoken to about it."""

    id: int
    name: str
    role: str
    agency_id: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """What was kept; `replay`: the same key had brought it before."""

    message_id: int
    replay: bool = False


def say(
    session: Session,
    ticket_id: int,
    kind: str,
    words: str,
    mentions: Sequence[int],
    key: str,
    now: datetime,
    regency: Regency,
) -> Said:
    """Keep a note for colleagues, or an answer that all reporters of the case may read.

    The words are kept as they were typed; pages show them as text. Who is named is told.
    Raises Unknown, BadMessage (which field), IllegalMove, KeyReused, GroupOnly.
    """
    ticket = _ticket(session, ticket_id)
    check_group(session, ticket.restricted_group)
    words = _checked(session, ticket, kind, words)
    named = _named(session, ticket, mentions, regency)
    said = _keep(session, ticket, kind, words, named, key, now)
    if not said.replay:
        tell(session, ticket_id, named, MENTIONED, now)
        log.record(
            session,
            "ticket.said",
            incident_id=ticket.incident_id,
            demo=ticket.demo,
            ticket=ticket_id,
            said=kind,
        )
    return said


def tell(session: Session, ticket_id: int, users: Iterable[int], kind: str, now: datetime) -> None:
    """A notice about a ticket to each of the users, but for who writes it."""
    scope = scope_of(session)
    rows = [
        {"user_id": user, "ticket_id": ticket_id, "kind": kind, "at": now, "by_name": scope.name}
        for user in dict.fromkeys(users)
        if user != scope.user_id
    ]
    if rows:
        # inline: no RETURNING, for a notice is seen by whom it is for alone.
        session.execute(insert(Notice).inline(), rows)


def colleagues(session: Session, ticket_id: int, regency: Regency) -> list[Colleague]:
    """Who else may see the ticket, by name. Raises Unknown."""
    ticket, scope = _ticket(session, ticket_id), scope_of(session)
    return [c for c in _who_sees(session, ticket, regency) if c.id != scope.user_id]


_COLLEAGUES = text(
    "SELECT c.id, c.name, c.role, c.agency_id, c.groups, agency.code FROM colleagues(:agency) AS c"
    " LEFT JOIN agency ON agency.id = c.agency_id"
)


def _who_sees(session: Session, ticket: AnyRow, regency: Regency) -> list[Colleague]:
    group = ticket.restricted_group
    return [
        Colleague(row.id, row.name, row.role, row.agency_id)
        for row in session.execute(_COLLEAGUES, {"agency": ticket.agency_id})
        if group is None or group in row.groups or group in regency.groups_of(row.role, row.code)
    ]


def _ticket(session: Session, ticket_id: int) -> AnyRow:
    row = session.execute(
        select(
            Ticket.id,
            Ticket.incident_id,
            Ticket.agency_id,
            Ticket.state,
            Ticket.restricted_group,
            Ticket.demo,
        ).where(Ticket.id == ticket_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"ticket {ticket_id}")
    return row


def _checked(session: Session, ticket: AnyRow, kind: str, words: str) -> str:
    """The words, without the zero bytes that PostgreSQL cannot keep."""
    words = words.replace("\x00", "").strip()
    if kind not in (NOTE, ANSWER):
        raise BadMessage("kind", f"give {NOTE} or {ANSWER}")
    if not 1 <= len(words) <= LONGEST:
        raise BadMessage("text", f"give 1 to {LONGEST} characters")
    if kind == ANSWER and (part := answers.left_open(words)) is not None:
        raise BadMessage("text", f"{part} is still to be filled in, or taken out")
    if kind == ANSWER and scope_of(session).role == Role.LEADER:
        raise BadMessage("kind", f"a leader writes {NOTE}; the agency or the room answers")
    if kind == ANSWER and ticket.state is TicketState.MERGED:
        raise IllegalMove("its case was merged into another: answer there")
    return words


def _named(
    session: Session, ticket: AnyRow, mentions: Sequence[int], regency: Regency
) -> list[int]:
    """The mentions, each once. Raises BadMessage for somebody who does not see the ticket."""
    wanted = list(dict.fromkeys(mentions))
    if len(wanted) > MOST_MENTIONS:
        raise BadMessage("mentions", f"name at most {MOST_MENTIONS} colleagues")
    known = {c.id for c in _who_sees(session, ticket, regency)} if wanted else set()
    if unseen := [user for user in wanted if user not in known]:
        raise BadMessage("mentions", f"user {unseen[0]} does not see this ticket")
    return wanted


def _keep(
    session: Session,
    ticket: AnyRow,
    kind: str,
    words: str,
    named: list[int],
    key: str,
    now: datetime,
) -> Said:
    scope = scope_of(session)
    message_id = session.execute(
        postgresql.insert(TicketMessage)
        .values(
            ticket_id=ticket.id,
            incident_id=ticket.incident_id,
            restricted_group=ticket.restricted_group,
            at=now,
            kind=kind,
            by_user=scope.user_id,
            by_name=scope.name,
            agency_id=scope.agency_id,
            text=words,
            mentions=named,
            key=key,
            demo=ticket.demo,
        )
        .on_conflict_do_nothing(index_elements=["ticket_id", "key"])
        .returning(TicketMessage.id)
    ).scalar_one_or_none()
    return _replay(session, ticket.id, kind, words, key) if message_id is None else Said(message_id)


def _replay(session: Session, ticket_id: int, kind: str, words: str, key: str) -> Said:
    """What the same key brought before. Raises KeyReused when it was something else."""
    was = session.execute(
        select(
            TicketMessage.id, TicketMessage.kind, TicketMessage.text, TicketMessage.by_user
        ).where(TicketMessage.ticket_id == ticket_id, TicketMessage.key == key)
    ).one_or_none()
    if was is None or (was.kind, was.text, was.by_user) != (
        kind,
        words,
        scope_of(session).user_id,
    ):
        raise KeyReused
    return Said(was.id, replay=True)


@dataclass(frozen=True, slots=True)
class AnswerEntry:
    """A template of the whole regency, as answers.toml has it."""

    title: str
    text: str
    move: TicketState | None = None  # with which it stands in the field from the start
    kind: TicketKind | None = None  # of tickets; None: of all that have none of their own


def read_answers(folder: Path) -> list[AnswerEntry]:
    """The templates of a regency's folder; [] without answers.toml. Raises BadConfiguration."""
    entries: list[AnswerEntry] = []
    for entry in files.list_of(folder, "answers.toml", "answer", needed=False):
        title, words = entry.text("title"), entry.text("text")
        try:
            answers.check(title, words)
        except answers.BadTemplate as bad:
            entry.wrong(bad.field, str(bad))
        move, kind = _begins(entry)
        if move is not None and (move, kind) in {(e.move, e.kind) for e in entries}:
            entry.wrong("move", f"another template begins {move} of {kind or 'every kind'} already")
        entry.done()
        entries.append(AnswerEntry(title, words, move, kind))
    return entries


def _begins(entry: Entry) -> tuple[TicketState | None, TicketKind | None]:
    """The move that it belongs to, and of which kind of ticket."""
    moves = sorted(NEEDS_ANSWER)
    move = TicketState(entry.choice("move", moves)) if "move" in entry.values else None
    kind = TicketKind(entry.choice("kind", list(TicketKind))) if "kind" in entry.values else None
    if kind is not None and move is None:
        entry.wrong("kind", f"say the move, too: one of {', '.join(moves)}")
    return move, kind


def sync_answers(session: Session, entries: Sequence[AnswerEntry]) -> int:
    """Make the regency's templates what its files say, for the house; how many there are.

    What stands there already keeps its number.
    """
    wanted = list(dict.fromkeys(entries))
    for row in session.scalars(select(AnswerTemplate).where(AnswerTemplate.agency_id.is_(None))):
        entry = AnswerEntry(row.title, row.text, row.move, row.kind)
        if entry in wanted:
            wanted.remove(entry)
        else:
            session.delete(row)
    session.add_all(
        AnswerTemplate(
            agency_id=None, title=e.title, text=e.text, by_name=HOUSE, move=e.move, kind=e.kind
        )
        for e in wanted
    )
    session.flush()
    return len(set(entries))


def templates(session: Session) -> Sequence[AnswerTemplate]:
    """Those that the asker may begin an answer with: the own agency's first, then all others'."""
    own = AnswerTemplate.agency_id.is_(None)
    return session.scalars(
        select(AnswerTemplate)
        .order_by(own, AnswerTemplate.title, AnswerTemplate.id)
        .limit(MOST_TEMPLATES * 2)
    ).all()


def add_template(session: Session, title: str, words: str) -> AnswerTemplate:
    """A template of the asker's own agency. Raises BadMessage, naming the field."""
    title, words = title.replace("\x00", "").strip(), words.replace("\x00", "").strip()
    try:
        answers.check(title, words)
    except answers.BadTemplate as bad:
        raise BadMessage(bad.field, str(bad).partition(": ")[2]) from None
    scope = scope_of(session)
    own = select(AnswerTemplate.id).where(AnswerTemplate.agency_id == scope.agency_id)
    if len(session.scalars(own).all()) >= MOST_TEMPLATES:
        raise BadMessage("title", f"there are {MOST_TEMPLATES} already; delete one first")
    made = AnswerTemplate(agency_id=scope.agency_id, title=title, text=words, by_name=scope.name)
    session.add(made)
    session.flush()
    log.record(session, "answer.added", template=made.id)
    return made


def drop_template(session: Session, template_id: int) -> None:
    """Delete one of the own agency's. Raises Unknown: none, or not theirs."""
    gone = delete(AnswerTemplate).where(AnswerTemplate.id == template_id)
    if session.scalar(gone.returning(AnswerTemplate.id)) is None:
        raise Unknown(f"answer {template_id}")
    log.record(session, "answer.deleted", template=template_id)
