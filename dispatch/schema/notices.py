"""Tables of messages on their way out: the outbox, who wants which, browsers that take a push."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import Moment
from geo.schema import Base

CHANNELS = ("surel", "webhook", "telegram", "whatsapp", "webpush")
_CHANNELS = ", ".join(f"'{channel}'" for channel in CHANNELS)


class Outgoing(Base):
    """A message in the outbox, written with what it tells of, in the same transaction.

    `facts` holds codes, numbers and times, never a name, a number, a place or words of a caller.
    """

    __tablename__ = "outgoing"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)  # what the receiver knows it by
    once: Mapped[str] = mapped_column(unique=True)  # the same happening is told once
    channel: Mapped[str]
    to: Mapped[str]  # an address of an agency; "call:ID" for a reporter, looked up when sent
    template: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    urgent: Mapped[bool] = mapped_column(server_default=sql("false"))
    ticket_id: Mapped[int | None] = mapped_column(BigInteger)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    made_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(server_default=sql("'menunggu'"))
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    next_at: Mapped[datetime] = mapped_column(Moment)  # not before; a lease while it is being sent
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str | None]  # of the last try, without what was sent
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        CheckConstraint(f"channel IN ({_CHANNELS})", name="channel"),
        CheckConstraint("state IN ('menunggu', 'terkirim', 'mati', 'batal')", name="state"),
        CheckConstraint("(state = 'terkirim') = (sent_at IS NOT NULL)", name="sent_has_time"),
        # Usage: outbox.take()
        Index(
            "ix_outgoing_waiting",
            sql("urgent DESC"),
            "next_at",
            postgresql_where=sql("state = 'menunggu'"),
        ),
        # Usage: dead letters
        Index("ix_outgoing_dead", "id", postgresql_where=sql("state = 'mati'")),
        Index(None, "made_at"),
    )


class Subscription(Base):
    """Who is told of what, by which way: of an agency, or of the room (no agency)."""

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    channel: Mapped[str]
    to: Mapped[str]
    events: Mapped[list[str]] = mapped_column(ARRAY(Text))  # [] all
    digest: Mapped[bool] = mapped_column(server_default=sql("false"))  # once a day, together
    secret: Mapped[str | None]  # of a webhook: name of the environment's setting, or sealed
    active: Mapped[bool] = mapped_column(server_default=sql("true"))
    from_files: Mapped[bool] = mapped_column(server_default=sql("false"))  # notices.toml

    __table_args__ = (
        CheckConstraint(f"channel IN ({_CHANNELS})", name="channel"),
        Index(None, "agency_id", "channel", "to", unique=True, postgresql_nulls_not_distinct=True),
    )


class PushSubscription(Base):
    """A browser of a user that takes Web Push."""

    __tablename__ = "push_subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    endpoint: Mapped[str] = mapped_column(unique=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Moment)
    gone_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index(None, "user_id"),)


class ExchangeLink(Base):
    """A ticket and its twin in SP4N-LAPOR: the id on both sides, and what was told last."""

    __tablename__ = "exchange_link"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    system: Mapped[str] = mapped_column(server_default=sql("'sp4n'"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id"))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    remote_id: Mapped[str | None]  # None: not answered yet
    key: Mapped[str] = mapped_column(unique=True)  # idempotency key at the other side
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))  # last sent
    heard: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sql("'{}'"))  # last read
    state: Mapped[str] = mapped_column(server_default=sql("'menunggu'"))
    tries: Mapped[int] = mapped_column(server_default=sql("0"))
    next_at: Mapped[datetime | None] = mapped_column(Moment)
    trouble: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(Moment)
    demo: Mapped[bool] = mapped_column(server_default=sql("false"))

    __table_args__ = (
        Index("ix_exchange_link_remote", "system", "remote_id", unique=True),
        Index("ix_exchange_link_ticket", "system", "ticket_id", unique=True),
        CheckConstraint("state IN ('menunggu', 'selaras', 'gagal', 'mati')", name="state"),
    )


class ExchangeRun(Base):
    """One reconciliation with the other system: what was missing, what differed."""

    __tablename__ = "exchange_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    system: Mapped[str] = mapped_column(server_default=sql("'sp4n'"))
    at: Mapped[datetime] = mapped_column(Moment)
    ours: Mapped[int]
    theirs: Mapped[int]
    found: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)  # kind, ids, ours, theirs
