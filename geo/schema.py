"""Tables of the ground: editions, villages, land masses, places. Base is the house's metadata."""

from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    CheckConstraint,
    DateTime,
    ForeignKey,
    Index,
    MetaData,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from geo.columns import AreaColumn, PointColumn, ShapeColumn
from geo.point import INDONESIA, Point

Moment = DateTime(timezone=True)


class Base(DeclarativeBase):
    """The tables of the whole house."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


def in_country(column: str) -> str:
    """The CHECK that keeps NaN, infinity, swapped axes, nothing and other continents out.

    An empty point has no coordinates, and a CHECK lets NULL pass: hence ST_IsEmpty.
    """
    box = INDONESIA
    return (
        f"{column} IS NULL OR (NOT ST_IsEmpty({column})"
        f" AND ST_X({column}) BETWEEN {box.west:g} AND {box.east:g}"
        f" AND ST_Y({column}) BETWEEN {box.south:g} AND {box.north:g})"
    )


class Edition(Base):
    """One release of the village boundaries. At most one is in force."""

    __tablename__ = "edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # short name, "kemendagri-2025"
    title: Mapped[str]
    status: Mapped[str]  # resmi, terbitan (published by others), indikatif (a guess)
    source: Mapped[str]
    licence: Mapped[str]
    sha256: Mapped[str]  # of the file that was read; of the register for indikatif
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    in_force: Mapped[bool]
    in_force_since: Mapped[datetime | None] = mapped_column(Moment)
    # A second opinion on where the borders run: how far it is believed against the edition in
    # force; None for all editions but one.
    second_weight: Mapped[float | None]
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)  # faults found and moves made, in counts

    __table_args__ = (
        CheckConstraint("status IN ('resmi', 'terbitan', 'indikatif')", name="status"),
        CheckConstraint("second_weight > 0 AND second_weight < 1", name="second_weight"),
        # At most one edition in force, whatever the code does.
        Index("uq_edition_in_force", "in_force", unique=True, postgresql_where=text("in_force")),
    )


class Village(Base):
    """The smallest area with a boundary, as one edition draws it."""

    __tablename__ = "village"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    code: Mapped[str]  # Kemendagri, 33.20.11.2006
    name: Mapped[str]
    kind: Mapped[str]  # desa, kelurahan
    district_code: Mapped[str]
    district: Mapped[str]  # kecamatan
    postal_code: Mapped[str | None]
    population: Mapped[int | None]  # None: not known
    seat: Mapped[Point] = mapped_column(PointColumn)  # a point well inside, for labels
    area: Mapped[BaseGeometry] = mapped_column(AreaColumn)

    edition: Mapped[Edition] = relationship(lazy="raise_on_sql")

    __table_args__ = (
        CheckConstraint(in_country("seat"), name="seat_in_country"),
        UniqueConstraint("edition_id", "code"),
        # Usage: village_at(), nearest_village(), village tiles
        Index(None, "area", postgresql_using="gist"),
    )


class LandMass(Base):
    """Land that can be driven across without a ferry, derived from the villages of an edition."""

    __tablename__ = "land_mass"

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id", ondelete="CASCADE"))
    name: Mapped[str]  # of the largest village on it
    area_km2: Mapped[float]
    area: Mapped[BaseGeometry] = mapped_column(AreaColumn)  # parts joined by bridges are one row

    __table_args__ = (
        # Usage: land_mass_at(), units that need no ferry
        Index(None, "area", postgresql_using="gist"),
    )


class Place(Base):
    """A named place of the gazetteer: a village, a road, a hamlet, a market, a crossing."""

    __tablename__ = "place"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    search_name: Mapped[str]  # what naming.normalise() makes of name
    aka: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))  # other names
    context: Mapped[str]  # where it is, in words: "Tahunan", the kecamatan
    position: Mapped[Point | None] = mapped_column(PointColumn)  # None: only the villages are known
    shape: Mapped[BaseGeometry | None] = mapped_column(ShapeColumn)  # line or area; None: a point
    spread_m: Mapped[float]  # radius within which the named thing lies
    source: Mapped[str]
    village_codes: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    added_at: Mapped[datetime] = mapped_column(Moment, server_default=text("now()"))

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        CheckConstraint(
            "position IS NOT NULL OR shape IS NOT NULL OR village_codes <> '{}'", name="somewhere"
        ),
        # Usage: replacing or undoing what one source gave
        Index(None, "source"),
    )


class LearnedName(Base):
    """Words for a place that callers used, with pins that were set by hand.

    Words that look like a person's name are filtered out (geo.gazetteer.lessons), which is no
    proof that none is among them. So a name is of no use until a second pin, a day or more after
    the first, confirmed it; after 30 days without one it is deleted. What it counts for fades
    with time since last_at (geo.gazetteer.learned).
    """

    __tablename__ = "learned_name"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str]  # normalised
    kind: Mapped[str]  # of Mark: jalan, dusun, tempat ...
    village_code: Mapped[str]
    position: Mapped[Point] = mapped_column(PointColumn)  # mean of the pins
    spread_m: Mapped[float]  # 68 % radius of the pins round it
    times: Mapped[int]  # pins that confirmed it
    first_at: Mapped[datetime] = mapped_column(Moment)
    last_at: Mapped[datetime] = mapped_column(Moment)
    active: Mapped[bool] = mapped_column(server_default=text("true"))  # off: undone by a person

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        UniqueConstraint("words", "kind", "village_code"),
    )
