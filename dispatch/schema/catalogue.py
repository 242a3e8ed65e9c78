"""Tables of the catalogue: what can happen, and who answers for it."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.rules.audience import Audience
from dispatch.schema.columns import words
from geo.schema import Base


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
    audience: Mapped[Audience] = mapped_column(words(Audience), server_default=text("'ruang'"))
    rank: Mapped[int]  # order on the screen
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __table_args__ = (
        CheckConstraint("kind IN ('darurat', 'aduan')", name="kind"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("restricted_group IS NULL OR audience = 'ruang'", name="sensitive_stays"),
    )


class Responsibility(Base):
    """Which agency answers for a category in an area; the longest area code decides."""

    __tablename__ = "responsibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    area_code: Mapped[str]  # "" the whole regency, else a district or village code

    __table_args__ = (Index(None, "category_code", "area_code", "agency_id", unique=True),)
