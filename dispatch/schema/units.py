"""Tables of what can be sent: stations, units, and who may speak for a unit."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dispatch.rules.workflow import UnitState
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
    # When it was last heard of, by the server's clock, be it with a fix that is not believed
    fix_received_at: Mapped[datetime | None] = mapped_column(Moment)
    fix_accuracy_m: Mapped[float | None]  # 68 % radius, as the device says
    fix_speed_ms: Mapped[float | None]
    fix_heading: Mapped[float | None]  # degrees from north, clockwise
    fix_flag: Mapped[
        str | None
    ]  # why the newest fix is not believed; the position is the one before
    crew: Mapped[int | None]  # people on board; None: not told
    shift_ends_at: Mapped[datetime | None] = mapped_column(Moment)
    silent_since: Mapped[datetime | None] = mapped_column(Moment)  # an order was not answered
    by_sea: Mapped[bool]  # a boat: needs no road
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    station: Mapped[Station] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        CheckConstraint("fix_accuracy_m >= 0", name="fix_accuracy"),
        CheckConstraint("crew BETWEEN 0 AND 60", name="crew"),
        # Usage: positions.heard_since(), what the live wire tells of positions
        Index("ix_unit_moved", "fix_received_at"),
    )


class UnitToken(Base):
    """What a device shows to speak for a unit: the table holds only the hash."""

    __tablename__ = "unit_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    label: Mapped[str]  # which device
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    created_by_name: Mapped[str]
    used_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (Index(None, "unit_id"),)


class UnitFix(Base):
    """Where a unit said it was: thinned, and kept as long as the configuration says."""

    __tablename__ = "unit_fix"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment)  # by the device's clock: a claim
    received_at: Mapped[datetime] = mapped_column(Moment)
    position: Mapped[Point] = mapped_column(PointColumn)
    accuracy_m: Mapped[float | None]
    speed_ms: Mapped[float | None]
    heading: Mapped[float | None]
    source: Mapped[str]  # halaman, osmand, owntracks, demo
    flag: Mapped[str | None]  # why it is not believed: masa_depan, terlalu_lama, lompatan

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        # Usage: positions.take_fixes(), the last fix kept of a unit; a repeated request adds none
        Index(None, "unit_id", "at", unique=True),
        Index(None, "received_at"),  # Usage: positions.purge()
    )
