"""Table of what happened: one row an event on the ground."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Index,
    Integer,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.rules.audience import Audience
from dispatch.rules.workflow import Channel, IncidentState
from dispatch.schema.columns import Moment, words
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Base, in_country


class Incident(Base):
    """One event on the ground; several calls may tell of it."""

    __tablename__ = "incident"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code"))
    priority: Mapped[int]
    level: Mapped[int] = mapped_column(server_default=text("1"))  # of the response plan
    state: Mapped[IncidentState] = mapped_column(words(IncidentState))
    place_text: Mapped[str]  # the caller's words for the place, or the label of the chosen one
    pin: Mapped[Point | None] = mapped_column(PointColumn)  # None: nobody knows yet
    cell: Mapped[int | None] = mapped_column(  # of the pin, as geo.map_cells numbers them
        BigInteger, Computed("map_cell(pin)", persisted=True), deferred=True
    )
    pinned_by: Mapped[str | None]  # petugas (by hand), tempat (chosen), desa (by its head)
    edition_id: Mapped[int] = mapped_column(ForeignKey("edition.id"))  # under which it was placed
    village_id: Mapped[int | None] = mapped_column(ForeignKey("village.id"))
    village_code: Mapped[str | None]
    district_code: Mapped[str | None]
    border_m: Mapped[float | None]  # to the nearest border of its village
    off_m: Mapped[float | None]  # how far outside that village the pin lies; None: inside
    outside: Mapped[bool]  # luar wilayah
    land_mass_id: Mapped[int | None] = mapped_column(ForeignKey("land_mass.id"))
    location: Mapped[dict[str, Any] | None] = mapped_column(  # as dispatch.clues.record() writes it
        JSONB(none_as_null=True)
    )
    village_p: Mapped[float | None]  # chance that village_code is right; None: not reckoned
    doubt: Mapped[float] = mapped_column(server_default=text("0"))  # 0 settled, 1 nothing known
    also_villages: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    contradictions: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    agency_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # of its tickets
    restricted_group: Mapped[str | None]
    # How far it may be told, as its category says: nobody outside the room where nothing is said.
    audience: Mapped[Audience] = mapped_column(words(Audience), server_default=text("'ruang'"))
    owner: Mapped[str | None]  # of the thing that it is about: jalan_provinsi, tiang_pln ...
    channel: Mapped[Channel] = mapped_column(  # of the call that opened it
        words(Channel), server_default=text("'112'")
    )
    after_hours: Mapped[bool]
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # late from here on; None: never
    opened_at: Mapped[datetime] = mapped_column(Moment)
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[str | None]
    merged_into: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))  # digabung
    version: Mapped[int] = mapped_column(server_default=text("1"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint(in_country("pin"), name="pin_in_country"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("level BETWEEN 1 AND 9", name="level"),
        CheckConstraint("(state = 'ditutup') = (closed_at IS NOT NULL)", name="closed_has_time"),
        CheckConstraint("closed_at IS NULL OR closed_at >= opened_at", name="time_order"),
        CheckConstraint("(village_id IS NULL) = (village_code IS NULL)", name="village_both"),
        CheckConstraint("village_p BETWEEN 0 AND 1", name="village_p"),  # NaN is above all
        CheckConstraint("doubt BETWEEN 0 AND 1", name="doubt"),
        CheckConstraint("village_p IS NULL OR village_code IS NOT NULL", name="village_p_of_one"),
        # Counted once: the village that counts the incident is not told a second time.
        CheckConstraint(
            "village_code IS NULL OR village_code <> ALL (also_villages)", name="also_others"
        ),
        CheckConstraint(
            "merged_into IS NULL OR (merged_into <> id AND state = 'ditutup')",
            name="merged_is_over",
        ),
        CheckConstraint("jsonb_typeof(location) = 'object'", name="location_object"),
        # Usage: board, load by village, village page
        Index(
            "ix_incident_open",
            "village_code",
            "opened_at",
            postgresql_where=text("state <> 'ditutup'"),
        ),
        # Usage: incident tiles; unlike the one above also under row security, which lets no
        # operator of PostGIS look at a row before it is known to be visible
        Index("ix_incident_open_cell", "cell", postgresql_where=text("state <> 'ditutup'")),
        # Usage: board.unsure()
        Index(
            "ix_incident_unsure",
            "priority",
            "opened_at",
            postgresql_where=text("state <> 'ditutup' AND (doubt > 0 OR contradictions <> '{}')"),
        ),
        # Usage: history.likely_same(), near in place and time
        Index("ix_incident_pin_geography", text("(pin::geography)"), postgresql_using="gist"),
        Index(None, "opened_at"),
        # Usage: record.of_incident(), the reporters of a merged case
        Index(
            "ix_incident_merged", "merged_into", postgresql_where=text("merged_into IS NOT NULL")
        ),
        # Usage: demo_is_on(), demo clear
        Index("ix_incident_demo", "id", postgresql_where=text("demo")),
    )
