"""Tables of the work that agencies owe: tickets, their steps, words about them, instructions."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.rules.ticketing import Actor, TicketKind, TicketState
from dispatch.schema.columns import NOW, Moment, words
from geo.schema import Base

_OVER = "('ditutup', 'digabung', 'diarsipkan')"


class Ticket(Base):
    """The work that one agency owes to an incident. What its steps say, the row says too."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))  # who has it now
    state: Mapped[TicketState] = mapped_column(words(TicketState))
    before: Mapped[TicketState | None] = mapped_column(  # where ditunda and digabung go back to
        words(TicketState, checked=False)
    )
    kind: Mapped[TicketKind] = mapped_column(words(TicketKind))
    rule: Mapped[str]  # why this agency, in words
    decided: Mapped[dict[str, Any]] = mapped_column(  # the rule, what it looked at, its version
        JSONB, server_default=sql("'{}'")
    )
    restricted_group: Mapped[str | None]
    # Copies of the incident's, kept in step by a trigger: inboxes and figures need no join.
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    priority: Mapped[int]
    village_code: Mapped[str | None]
    district_code: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(Moment)
    referred_at: Mapped[datetime | None] = mapped_column(Moment)  # first given to an agency
    here_at: Mapped[datetime | None] = mapped_column(Moment)  # given to the present one
    answered_at: Mapped[datetime | None] = mapped_column(Moment)  # first word of the agency
    followed_up_at: Mapped[datetime | None] = mapped_column(Moment)  # last said to be done
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    # What the clocks say now; a pause moves them, a return does not. None: no such clock.
    verify_due_at: Mapped[datetime | None] = mapped_column(Moment)
    answer_due_at: Mapped[datetime | None] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    reply_due_at: Mapped[datetime | None] = mapped_column(Moment)  # the reporter's
    extended: Mapped[bool] = mapped_column(server_default=sql("false"))  # PPID: once
    returns: Mapped[int] = mapped_column(server_default=sql("0"))  # bukan wewenang
    reopens: Mapped[int] = mapped_column(server_default=sql("0"))
    escalated: Mapped[int] = mapped_column(server_default=sql("0"))  # rungs climbed
    escalate_at: Mapped[datetime | None] = mapped_column(Moment)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))  # who works on it
    holder: Mapped[str | None]
    held_at: Mapped[datetime | None] = mapped_column(Moment)
    proof_needed: Mapped[bool] = mapped_column(server_default=sql("false"))
    proofs: Mapped[int] = mapped_column(server_default=sql("0"))
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=sql("'{}'"))
    outcome: Mapped[str | None]  # reason of the last step that ended it
    stars: Mapped[int | None]  # the last rating, 1 to 5
    version: Mapped[int] = mapped_column(server_default=sql("1"))
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint(f"(state IN {_OVER}) = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("closed_at >= opened_at", name="time_order"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),
        CheckConstraint("(holder_id IS NULL) = (held_at IS NULL)", name="held_since"),
        CheckConstraint(
            "returns >= 0 AND reopens >= 0 AND escalated >= 0 AND proofs >= 0", name="counts"
        ),
        Index(None, "incident_id", "agency_id", unique=True),
        # Usage: row-level security of the agency officer
        Index(None, "agency_id", "incident_id"),
        # Usage: inbox of an agency, what is late first; figures of what is open
        Index(
            "ix_ticket_inbox",
            "agency_id",
            "due_at",
            "id",
            postgresql_where=sql(f"state NOT IN {_OVER}"),
        ),
        # Usage: inbox of the room (all that is open), the leaders' late ones
        Index("ix_ticket_open", "due_at", "id", postgresql_where=sql(f"state NOT IN {_OVER}")),
        # Usage: figures of a period
        Index("ix_ticket_closed", "closed_at", postgresql_where=sql("closed_at IS NOT NULL")),
        Index(None, "opened_at"),
        # Usage: inbox, what is over, newest first
        Index(
            "ix_ticket_over",
            "agency_id",
            "closed_at",
            "id",
            postgresql_where=sql("closed_at IS NOT NULL"),
        ),
        # Usage: inbox, all of an agency, newest first
        Index("ix_ticket_agency_opened", "agency_id", "opened_at", "id"),
        # Usage: inbox by village; figures of a village
        Index("ix_ticket_village", "village_code", "opened_at"),
        # Usage: escalations.climb()
        Index(
            "ix_ticket_escalate",
            "escalate_at",
            postgresql_where=sql(f"escalate_at IS NOT NULL AND state NOT IN {_OVER}"),
        ),
        # Usage: tickets.lapse(): reporters who stayed silent
        Index(
            "ix_ticket_reply_due", "reply_due_at", postgresql_where=sql("reply_due_at IS NOT NULL")
        ),
        # Usage: what one has claimed
        Index("ix_ticket_holder", "holder_id", postgresql_where=sql("holder_id IS NOT NULL")),
        Index("ix_ticket_demo", "id", postgresql_where=sql("demo")),
    )


class TicketStep(Base):
    """One step of a ticket. Added, never changed: the row of the ticket follows from its steps."""

    __tablename__ = "ticket_step"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[TicketState] = mapped_column(words(TicketState))  # from here on
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))  # who has it from here on
    actor: Mapped[Actor] = mapped_column(words(Actor))
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    reason: Mapped[str | None]  # a code
    note: Mapped[str | None]  # in words, for the room and the agency
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (Index(None, "ticket_id", "id"),)


class TicketMessage(Base):
    """Words about a ticket: an internal note, an answer to the reporters, or what one replied."""

    __tablename__ = "ticket_message"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    restricted_group: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Moment)
    kind: Mapped[str]  # catatan, jawaban, tanggapan
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]  # of a member of staff; empty for a reporter
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))  # whose reply it is
    text: Mapped[str]
    mentions: Mapped[list[int]] = mapped_column(ARRAY(Integer), server_default=sql("'{}'"))
    key: Mapped[str]  # made by the client: the same words arrive once
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("kind IN ('catatan', 'jawaban', 'tanggapan')", name="kind"),
        CheckConstraint("(kind = 'tanggapan') = (call_id IS NOT NULL)", name="reply_of_a_call"),
        CheckConstraint("length(text) BETWEEN 1 AND 5000", name="length"),
        Index(None, "ticket_id", "key", unique=True),
        Index("ix_ticket_message_in_order", "ticket_id", "id"),
    )


class TicketRating(Base):
    """How content a reporter was; each report rates once, and may change it."""

    __tablename__ = "ticket_rating"

    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"), primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), primary_key=True)
    stars: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("stars BETWEEN 1 AND 5", name="stars"),)


class Instruction(Base):
    """What a leader wants done about a ticket, by when, and what came of it."""

    __tablename__ = "instruction"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id"))
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    restricted_group: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Moment)
    by_user: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    text: Mapped[str]
    due_at: Mapped[datetime] = mapped_column(Moment)
    answered_at: Mapped[datetime | None] = mapped_column(Moment)
    answered_by: Mapped[str | None]
    answer: Mapped[str | None]
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint("length(text) BETWEEN 1 AND 2000", name="length"),
        CheckConstraint("due_at > at", name="due_later"),
        CheckConstraint("(answered_at IS NULL) = (answer IS NULL)", name="answered"),
        Index(None, "ticket_id", "id"),
        # Usage: instructions that wait
        Index("ix_instruction_open", "due_at", postgresql_where=sql("answered_at IS NULL")),
    )


class Merge(Base):
    """One case was merged into another, with what it was before: parting restores that exactly."""

    __tablename__ = "merge"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    into_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    why: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the reasons that were shown
    was: Mapped[dict[str, Any]] = mapped_column(
        JSONB
    )  # state, closed_at, outcome; of each ticket, too
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str | None]

    __table_args__ = (
        CheckConstraint("from_id <> into_id", name="two"),
        Index(
            "ix_merge_standing", "from_id", unique=True, postgresql_where=sql("undone_at IS NULL")
        ),
        Index(None, "into_id"),
    )


class StoredFilter(Base):
    """A filter of the inbox that somebody keeps under a name."""

    __tablename__ = "stored_filter"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    name: Mapped[str]
    query: Mapped[str]

    __table_args__ = (Index(None, "user_id", "name", unique=True),)


class AnswerTemplate(Base):
    """Words to begin an answer with; without an agency they are everybody's (answers.toml).

    Those that belong to a move stand in its field from the start: all of them are the regency's.
    """

    __tablename__ = "answer_template"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    title: Mapped[str]
    text: Mapped[str]
    by_name: Mapped[str]
    move: Mapped[TicketState | None] = mapped_column(words(TicketState, checked=False))
    kind: Mapped[TicketKind | None] = mapped_column(  # of the ticket; None: of every kind
        words(TicketKind, checked=False)
    )

    __table_args__ = (
        CheckConstraint("length(text) BETWEEN 1 AND 5000", name="length"),
        CheckConstraint("move IN ('menunggu_tanggapan', 'ditunda')", name="move_with_answer"),
        CheckConstraint("move IS NULL OR agency_id IS NULL", name="move_of_the_regency"),
        CheckConstraint("kind IS NULL OR move IS NOT NULL", name="kind_of_a_move"),
    )


class Handover(Base):
    """What one shift leaves to the next: of the room (no agency), or of an agency."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    by_user: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    text: Mapped[str]
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB)
    taken_at: Mapped[datetime | None] = mapped_column(Moment)
    taken_by: Mapped[str | None]

    __table_args__ = (Index(None, "agency_id", "at"),)


class Notice(Base):
    """What the house tells one user inside: a mention, an instruction, a ticket that came back."""

    __tablename__ = "notice"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    by_name: Mapped[str]
    seen_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        Index("ix_notice_unseen", "user_id", "id", postgresql_where=sql("seen_at IS NULL")),
        Index(None, "user_id", "id"),
    )
