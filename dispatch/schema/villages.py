"""Tables of what village heads say of the cases in their villages, and of what the public sees."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import NOW, Moment, words
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Base, in_country


class MarkKind(StrEnum):
    """What a village head says of a case."""

    SEEN = "dilihat"  # sudah saya lihat
    HERE = "di_sini"  # lokasinya di sini: the pin, or another point
    NOT_OURS = "bukan_di_sini"  # not in this village


class VillageMark(Base):
    """What a village head said of a case, with the point that was shown. Added, never changed."""

    __tablename__ = "village_mark"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incident.id"))
    village_code: Mapped[str]
    kind: Mapped[MarkKind] = mapped_column(words(MarkKind))
    position: Mapped[Point | None] = mapped_column(PointColumn)
    moved: Mapped[bool] = mapped_column(server_default=text("false"))  # the pin went there at once
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        CheckConstraint(in_country("position"), name="position_in_country"),
        CheckConstraint("NOT moved OR position IS NOT NULL", name="moved_somewhere"),
        Index(None, "incident_id", "at"),
    )


class PublicSnapshot(Base):
    """What the public is shown from that moment on: counts that betray nobody (rules.anonymity)."""

    __tablename__ = "public_snapshot"

    at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
