"""Tables beside the villages: their simplified outlines, how many live there, their RT and RW."""

from shapely.geometry.base import BaseGeometry
from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from geo.columns import AreaColumn, PointColumn
from geo.point import Point
from geo.schema import Base, in_country


class VillageDrawing(Base):
    """A village's outline as a map of that scale draws it: simplified with all its neighbours.

    Edges stay shared. Derived from `village` (geo.drawing); where it is missing, `village` serves.
    """

    __tablename__ = "village_drawing"

    edition_id: Mapped[int] = mapped_column(
        ForeignKey("edition.id", ondelete="CASCADE"), primary_key=True
    )
    tolerance_m: Mapped[int] = mapped_column(primary_key=True)  # 50, 10
    code: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[BaseGeometry] = mapped_column(AreaColumn)

    __table_args__ = (
        # Usage: village tiles
        Index(None, "area", postgresql_using="gist"),
    )


class VillageFacts(Base):
    """What is known of a village beside its outline; outlives the editions."""

    __tablename__ = "village_facts"

    code: Mapped[str] = mapped_column(primary_key=True)
    population: Mapped[int | None]  # None: not known
    source: Mapped[str]  # who said so, and of which year

    __table_args__ = (CheckConstraint("population > 0", name="population"),)


class VillagePart(Base):
    """A dusun, RW or RT of a village, as its own register (OpenSID) lists it. No person in it."""

    __tablename__ = "village_part"

    id: Mapped[int] = mapped_column(primary_key=True)
    village_code: Mapped[str]
    dusun: Mapped[str]  # "" where the village has none
    rw: Mapped[str]  # "002"; "" for a whole dusun
    rt: Mapped[str]  # "003"; "" for a whole RW
    position: Mapped[Point | None] = mapped_column(PointColumn)
    households: Mapped[int | None]
    population: Mapped[int | None]
    source: Mapped[str]

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        CheckConstraint("households >= 0", name="households"),
        CheckConstraint("population >= 0", name="population"),
        CheckConstraint("dusun <> '' OR rw <> '' OR rt <> ''", name="named"),
        Index(None, "village_code", "dusun", "rw", "rt", unique=True),
    )
