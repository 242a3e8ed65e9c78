"""Tables of who is sent where: assignments with their steps, photos, who was told, closed ways."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.rules.workflow import AssignmentState
from dispatch.schema.columns import Moment, words
from geo.schema import Base


class Assignment(Base):
    """A unit for an incident: proposed, sent, followed until it is at its post again."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[AssignmentState] = mapped_column(words(AssignmentState))
    state_since: Mapped[datetime] = mapped_column(Moment, server_default=text("clock_timestamp()"))
    version: Mapped[int] = mapped_column(server_default=text("1"))
    part: Mapped[str | None]  # which need of the response plan it fills
    restricted_group: Mapped[str | None]
    eta: Mapped[dict[str, Any] | None] = mapped_column(  # as dispatch.choosing writes it
        JSONB(none_as_null=True)
    )
    proposed_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime] = mapped_column(Moment)  # of a proposal: when it was made
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    sent_by_name: Mapped[str]  # as it was then: not every role may read the users
    ack_due_at: Mapped[datetime | None] = mapped_column(Moment)  # without an answer by then: alarm
    alarmed_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted_at: Mapped[datetime | None] = mapped_column(Moment)
    departed_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    carrying_at: Mapped[datetime | None] = mapped_column(Moment)
    at_facility_at: Mapped[datetime | None] = mapped_column(Moment)
    facility_id: Mapped[int | None] = mapped_column(ForeignKey("station.id"))
    released_at: Mapped[datetime | None] = mapped_column(Moment)  # the unit is free from here on
    returned_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str | None]  # why cancelled or diverted: one of workflow.Reason
    next_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))  # what came instead
    help_at: Mapped[datetime | None] = mapped_column(Moment)  # the crew asks for help
    help_kind: Mapped[str | None]  # one of workflow.Help
    help_seen_at: Mapped[datetime | None] = mapped_column(Moment)
    demo: Mapped[bool] = mapped_column(server_default=text("false"))  # as its incident

    __table_args__ = (
        # Two never get the same unit: the index decides the race, not the code.
        Index(
            "uq_assignment_unit_open",
            "unit_id",
            unique=True,
            postgresql_where=text("released_at IS NULL AND state <> 'diusulkan'"),
        ),
        Index(None, "incident_id"),
        # Usage: tickets.end_cases()
        Index(
            "ix_assignment_released",
            "released_at",
            postgresql_where=text("released_at IS NOT NULL"),
        ),
        # Usage: orders that nobody answered
        Index(
            "ix_assignment_unanswered",
            "ack_due_at",
            postgresql_where=text("state = 'ditugaskan' AND alarmed_at IS NULL"),
        ),
        CheckConstraint("accepted_at IS NULL OR accepted_at >= sent_at", name="accepted_order"),
        CheckConstraint("departed_at IS NULL OR departed_at >= sent_at", name="departed_order"),
        CheckConstraint("arrived_at IS NULL OR arrived_at >= sent_at", name="arrived_order"),
        CheckConstraint("released_at IS NULL OR released_at >= sent_at", name="released_order"),
        CheckConstraint(
            "(state IN ('selesai', 'kembali', 'dibatalkan', 'dialihkan'))"
            " = (released_at IS NOT NULL)",
            name="released_when_over",
        ),
    )


class AssignmentStep(Base):
    """One move of an assignment, or a note to it, with both clocks; by its key it arrives once."""

    __tablename__ = "assignment_step"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey("assignment.id", ondelete="CASCADE"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[AssignmentState] = mapped_column(words(AssignmentState))
    at: Mapped[datetime] = mapped_column(Moment)  # the server's clock
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)  # the device's clock
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    key: Mapped[str | None]  # made by the device
    note: Mapped[str | None]  # not a move: terlambat (came too late), bantuan:KIND, bantuan_dilihat

    __table_args__ = (
        Index(None, "assignment_id", "at"),
        UniqueConstraint("assignment_id", "key"),
    )


class Photo(Base):
    """A picture from the field: re-encoded, without what the camera wrote into it."""

    __tablename__ = "photo"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    assignment_id: Mapped[int | None] = mapped_column(ForeignKey("assignment.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    restricted_group: Mapped[str | None]
    key: Mapped[str]  # made by the device: the same picture arrives once
    at: Mapped[datetime] = mapped_column(Moment)
    claimed_at: Mapped[datetime | None] = mapped_column(Moment)
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    image: Mapped[bytes] = mapped_column(LargeBinary)  # JPEG
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index(None, "incident_id", "key", unique=True),
        CheckConstraint("length(image) <= 2000000", name="size"),
    )


class Told(Base):
    """Who had to be told of an incident, and was: PLN at a fire."""

    __tablename__ = "told"

    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    restricted_group: Mapped[str | None]


class Passage(Base):
    """A ferry, or the sea for small boats ("laut"), as a dispatcher last said: open or closed."""

    __tablename__ = "passage"

    code: Mapped[str] = mapped_column(primary_key=True)
    open: Mapped[bool]
    note: Mapped[str]  # "ombak 2,5 m"
    changed_at: Mapped[datetime] = mapped_column(Moment)
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    changed_by_name: Mapped[str]
