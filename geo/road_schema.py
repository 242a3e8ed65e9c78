"""Tables of the roads: networks, the roads between two junctions, banned turns, ferries, speeds."""

from datetime import datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.columns import LineColumn
from geo.schema import Base, Moment


class RoadNetwork(Base):
    """One import of roads. At most one is in force; the one before stays until it is removed."""

    __tablename__ = "road_network"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)  # short name, "osm-2026-11"
    title: Mapped[str]
    source: Mapped[str]  # the file, or who published it
    licence: Mapped[str]
    sha256: Mapped[str]  # of the file that was read
    drives_on: Mapped[str]  # left, right
    loaded_at: Mapped[datetime] = mapped_column(Moment)
    in_force: Mapped[bool]
    in_force_since: Mapped[datetime | None] = mapped_column(Moment)
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)  # counts, components, what was left out
    signals: Mapped[list[int]] = mapped_column(  # junctions with traffic lights
        ARRAY(Integer), server_default=text("'{}'")
    )

    __table_args__ = (
        CheckConstraint("drives_on IN ('left', 'right')", name="drives_on"),
        # At most one network in force, whatever the code does.
        Index(
            "uq_road_network_in_force",
            "in_force",
            unique=True,
            postgresql_where=text("in_force"),
        ),
    )


class Road(Base):
    """A road between two junctions (or dead ends), in the direction in which it was drawn."""

    __tablename__ = "road"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("road_network.id", ondelete="CASCADE"))
    way_id: Mapped[int | None] = mapped_column(BigInteger)  # in the source
    start: Mapped[int]  # number of the junction it begins at, of this network
    finish: Mapped[int]
    kind: Mapped[str]  # motorway, trunk, primary ... (OSM's words)
    name: Mapped[str | None]
    oneway: Mapped[bool]  # from start to finish only
    length_m: Mapped[float]  # on the ellipsoid
    speed_kmh: Mapped[float | None]  # signed; None: as its kind
    component: Mapped[int]  # 0: the largest part that is strongly connected
    course: Mapped[BaseGeometry] = mapped_column(LineColumn)

    __table_args__ = (
        CheckConstraint("length_m >= 0", name="length"),
        # Usage: reading a network
        Index(None, "network_id"),
    )


class TurnBan(Base):
    """A turn that the signs forbid: from one road over a junction into another."""

    __tablename__ = "turn_ban"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("road_network.id", ondelete="CASCADE"))
    from_road: Mapped[int] = mapped_column(ForeignKey("road.id", ondelete="CASCADE"))
    via: Mapped[int]  # number of the junction
    to_road: Mapped[int] = mapped_column(ForeignKey("road.id", ondelete="CASCADE"))

    __table_args__ = (Index(None, "network_id"),)


class Ferry(Base):
    """A ferry of a network between two junctions; those of the regency stand in roads.toml."""

    __tablename__ = "ferry"

    id: Mapped[int] = mapped_column(primary_key=True)
    network_id: Mapped[int] = mapped_column(ForeignKey("road_network.id", ondelete="CASCADE"))
    code: Mapped[str]  # under which it is opened and closed
    name: Mapped[str]
    start: Mapped[int]
    finish: Mapped[int]
    crossing_s: Mapped[float]
    every_s: Mapped[float | None]  # between two departures; None: as the timetable, or at once
    timetable: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    vehicles: Mapped[bool]  # takes cars
    course: Mapped[BaseGeometry] = mapped_column(LineColumn)

    __table_args__ = (
        CheckConstraint("crossing_s > 0", name="crossing"),
        CheckConstraint("every_s > 0", name="every"),
        Index(None, "network_id", "code", unique=True),
    )


class SpeedFactor(Base):
    """What own journeys taught: how much longer a class of road takes in a band of hours."""

    __tablename__ = "speed_factor"

    kind: Mapped[str] = mapped_column(
        primary_key=True
    )  # of road; "*" all, "garis" as the crow flies
    band: Mapped[str] = mapped_column(primary_key=True)  # of hours; "*" all
    factor: Mapped[float]  # on the travel time; 1: as configured
    sd: Mapped[float]  # of the logarithm of what one journey takes against it
    journeys: Mapped[int]  # it was learned from
    fitted_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (CheckConstraint("factor > 0 AND sd >= 0 AND journeys >= 0", name="sane"),)
