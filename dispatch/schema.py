"""Tables of the work: agencies, units, calls, incidents, tickets, assignments, users, the log.

Who may see which row is written in app/migrations (row-level security), not here.
Tables that hold what a caller said carry `restricted_group`: the rule stands on the
row itself, so that no policy has to look through another table's policy.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Enum,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship
from sqlalchemy.types import UserDefinedType

from dispatch.rules.workflow import (
    AssignmentState,
    CallClass,
    Channel,
    IncidentState,
    TicketState,
    UnitState,
)
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Base, in_country

Moment = DateTime(timezone=True)
NOW = text("clock_timestamp()")


class TransactionId(UserDefinedType[str]):
    """xid8: the id of the transaction that wrote the row, comparable with a snapshot."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


def _words(kind: type[StrEnum]) -> Enum:
    """A text column that takes the words of the enumeration only."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        name=kind.__name__.lower(),
        values_callable=lambda words: [w.value for w in words],
    )


class Agency(Base):
    """Who is responsible: an OPD of the regency, or another institution."""

    __tablename__ = "agency"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    short: Mapped[str]
    kind: Mapped[str]  # opd, vertikal, bumn, bumd
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Category(Base):
    """What happened, in the regency's own catalogue."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # darurat, aduan
    name_id: Mapped[str]
    name_en: Mapped[str]
    priority: Mapped[int]  # 1 gawat, 2 tinggi, 3 sedang, 4 rendah
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text))  # skills that must be sent
    restricted_group: Mapped[str | None]  # who alone may see it; None: not sensitive
    rank: Mapped[int]  # order on the screen
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __table_args__ = (
        CheckConstraint("kind IN ('darurat', 'aduan')", name="kind"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
    )


class Responsibility(Base):
    """Which agency answers for a category in an area; the longest area code decides."""

    __tablename__ = "responsibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    area_code: Mapped[str]  # "" the whole regency, else a district or village code

    __table_args__ = (Index(None, "category_code", "area_code", "agency_id", unique=True),)


class Station(Base):
    """The home of units: a puskesmas, a fire post, an office."""

    __tablename__ = "station"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    name: Mapped[str]
    kind: Mapped[str]
    position: Mapped[Point] = mapped_column(PointColumn)
    assumed: Mapped[bool]  # "perkiraan": the place is not known, only thought likely
    note: Mapped[str]  # source, or how the place was corrected

    __table_args__ = (CheckConstraint(in_country("position"), name="position_in_country"),)


class Unit(Base):
    """A vehicle or team that can be sent."""

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    call_sign: Mapped[str] = mapped_column(unique=True)
    station_id: Mapped[int] = mapped_column(ForeignKey("station.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    kind: Mapped[str]  # ambulans, pompa, patroli, perahu ...
    skills: Mapped[list[str]] = mapped_column(ARRAY(Text))
    state: Mapped[UnitState] = mapped_column(_words(UnitState))
    state_since: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    position: Mapped[Point] = mapped_column(PointColumn)
    fix_at: Mapped[datetime | None] = mapped_column(Moment)  # None: at its station, no fix yet
    by_sea: Mapped[bool]  # a boat: needs no road
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    station: Mapped[Station] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        # Usage: orders.suggest_units(), nearest first on the ellipsoid
        Index("ix_unit_position_geography", text("(position::geography)"), postgresql_using="gist"),
    )


class User(Base):
    """Somebody who may log in. `user` is a reserved word, hence the table's name."""

    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    role: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    village_code: Mapped[str | None]
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text))  # restricted groups, beside the role's
    language: Mapped[str] = mapped_column(server_default=text("'id'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
    failed_logins: Mapped[int] = mapped_column(server_default=text("0"))
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)

    __table_args__ = (
        CheckConstraint(
            "role IN ('operator', 'dispatcher', 'agency_officer', 'field_unit', 'village_head',"
            " 'planner', 'leader', 'administrator', 'data_protection')",
            name="role",
        ),
        # A scope without its key would see nothing, or, worse, be guessed at.
        CheckConstraint("role <> 'agency_officer' OR agency_id IS NOT NULL", name="officer_scope"),
        CheckConstraint("role <> 'field_unit' OR unit_id IS NOT NULL", name="unit_scope"),
        CheckConstraint("role <> 'village_head' OR village_code IS NOT NULL", name="village_scope"),
    )


class UserSession(Base):
    """A log-in that lasts: the cookie holds the token, the table only its hash."""

    __tablename__ = "user_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index(None, "user_id"),)


class Incident(Base):
    """One event on the ground; several calls may tell of it."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    priority: Mapped[int]
    state: Mapped[IncidentState] = mapped_column(_words(IncidentState))
    place_text: Mapped[str]  # the caller's words for the place, or the label of the chosen one
    pin: Mapped[Point | None] = mapped_column(PointColumn)  # None: nobody knows yet
    pinned_by: Mapped[str | None]  # petugas (pin set by hand), tempat (place chosen from the list)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))  # under which it was placed
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    village_code: Mapped[str | None]
    district_code: Mapped[str | None]
    border_m: Mapped[float | None]  # to the nearest border of its village
    off_m: Mapped[float | None]  # how far outside that village the pin lies; None: inside
    outside: Mapped[bool]  # luar wilayah
    land_mass_id: Mapped[int | None] = mapped_column(ForeignKey("land_mass.id"))
    agency_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # of its tickets
    restricted_group: Mapped[str | None]
    after_hours: Mapped[bool]
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint(in_country("pin"), name="pin_in_country"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("(state = 'ditutup') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("closed_at IS NULL OR closed_at >= opened_at", name="time_order"),
        CheckConstraint("(village_id IS NULL) = (village_code IS NULL)", name="village_both"),
        # Usage: board, load by village, village page
        Index(
            "ix_incident_open",
            "village_code",
            "opened_at",
            postgresql_where=text("state <> 'ditutup'"),
        ),
        # Usage: calls.likely_same(), near in place and time
        Index("ix_incident_pin_geography", text("(pin::geography)"), postgresql_using="gist"),
        Index(None, "opened_at"),
        # Usage: demo_is_on(), demo clear
        Index("ix_incident_demo", "id", postgresql_where=text("demo")),
    )


class Call(Base):
    """What one caller said, as it was said. Never changed, never refused."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[Channel] = mapped_column(_words(Channel))
    call_class: Mapped[CallClass] = mapped_column(_words(CallClass))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    said_where: Mapped[str]
    said_what: Mapped[str]
    phone_masked: Mapped[str | None]  # 0812••••567
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # keyed, for the history
    restricted_group: Mapped[str | None]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    said_at: Mapped[datetime | None] = mapped_column(Moment)  # the client's clock: a claim
    after_hours: Mapped[bool]
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index(None, "incident_id"),
        # Usage: calls.history()
        Index(None, "phone_hash"),
        Index(None, "at"),
        Index("ix_call_demo", "id", postgresql_where=text("demo")),
    )


class CallContact(Base):
    """The caller's number and name: apart, because hardly anybody needs them."""

    __tablename__ = "call_contact"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("call.id", ondelete="CASCADE"), primary_key=True
    )
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    phone: Mapped[str | None]
    name: Mapped[str | None]
    restricted_group: Mapped[str | None]


class Ticket(Base):
    """The work that one agency owes to an incident."""

    __tablename__ = "ticket"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"))
    state: Mapped[TicketState] = mapped_column(_words(TicketState))
    rule: Mapped[str]  # why this agency, in words
    restricted_group: Mapped[str | None]
    opened_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (
        Index(None, "incident_id", "agency_id", unique=True),
        # Usage: row-level security of the agency officer
        Index(None, "agency_id", "incident_id"),
    )


class Assignment(Base):
    """A unit sent to an incident, until it is released."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[AssignmentState] = mapped_column(_words(AssignmentState))
    restricted_group: Mapped[str | None]
    sent_at: Mapped[datetime] = mapped_column(Moment)
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    sent_by_name: Mapped[str]  # as it was then: not every role may read the users
    departed_at: Mapped[datetime | None] = mapped_column(Moment)
    arrived_at: Mapped[datetime | None] = mapped_column(Moment)
    released_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        # Two never get the same unit: the index decides the race, not the code.
        Index(
            "uq_assignment_unit_open",
            "unit_id",
            unique=True,
            postgresql_where=text("released_at IS NULL"),
        ),
        Index(None, "incident_id"),
        CheckConstraint("departed_at IS NULL OR departed_at >= sent_at", name="departed_order"),
        CheckConstraint("arrived_at IS NULL OR arrived_at >= sent_at", name="arrived_order"),
        CheckConstraint("released_at IS NULL OR released_at >= sent_at", name="released_order"),
    )


class LogEntry(Base):
    """One thing that happened, or one look at something private. Added, never changed.

    `facts` holds no name, no number and no words of a caller.
    """

    __tablename__ = "log_entry"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    # Ids can become visible out of order; (xid, id) below the snapshot's xmin cannot.
    xid: Mapped[str] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    actor: Mapped[str]  # name of the member of staff, as it was then
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    unit_id: Mapped[int | None]
    call_id: Mapped[int | None] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        # Usage: log.since()
        Index(None, "xid", "id"),
        Index(None, "incident_id"),
    )


class IdempotencyKey(Base):
    """A request that was carried out, with the answer it got, under the key its client made."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of what was asked
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)

    __table_args__ = (
        CheckConstraint("length(key) BETWEEN 8 AND 200", name="key_length"),
        Index(None, "at"),
    )
