"""Tables of what can be sent: stations, units, and where each is sent."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema.catalogue import Agency
from dispatch.schema.columns import NOW, Moment, words
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Base, in_country


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
    state: Mapped[UnitState] = mapped_column(words(UnitState))
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


class Assignment(Base):
    """A unit sent to an incident, until it is released."""

    __tablename__ = "assignment"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    state: Mapped[AssignmentState] = mapped_column(words(AssignmentState))
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
