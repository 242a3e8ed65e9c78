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
    kind: Mapped[str]  # opd, vertikal, bumn, bumd, desa, tetangga (a neighbouring regency)
    active: Mapped[bool] = mapped_column(server_default=text("true"))


class Category(Base):
    """What happened, in the regency's own catalogue."""

    __tablename__ = "category"

    code: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # rules.ticketing.TicketKind
    name_id: Mapped[str]
    name_en: Mapped[str]
    priority: Mapped[int]  # 1 gawat, 2 tinggi, 3 sedang, 4 rendah
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text))  # skills that must be sent
    restricted_group: Mapped[str | None]  # who alone may see it; None: not sensitive
    counted: Mapped[bool] = mapped_column(server_default=text("false"))  # though kept to a group
    audience: Mapped[Audience] = mapped_column(words(Audience), server_default=text("'ruang'"))
    proof: Mapped[bool] = mapped_column(server_default=text("false"))  # no closing without it
    clock: Mapped[str | None]  # class of its clocks, as clocks.toml names it; None: of its kind
    rank: Mapped[int]  # order on the screen
    active: Mapped[bool] = mapped_column(server_default=text("true"))

    __table_args__ = (
        CheckConstraint("kind IN ('darurat', 'aduan', 'saran', 'informasi')", name="kind"),
        CheckConstraint("priority BETWEEN 1 AND 4", name="priority"),
        CheckConstraint("restricted_group IS NULL OR audience = 'ruang'", name="sensitive_stays"),
    )


class Responsibility(Base):
    """Which agency answers for a category: by owner of the thing, then by area, then by hours."""

    __tablename__ = "responsibility"

    id: Mapped[int] = mapped_column(primary_key=True)
    category_code: Mapped[str] = mapped_column(ForeignKey("category.code", ondelete="CASCADE"))
    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id", ondelete="CASCADE"))
    area_code: Mapped[str]  # "" the whole regency, else a district or village code
    owner: Mapped[str] = mapped_column(server_default=text("''"))  # "" whoever; jalan_provinsi ...
    hours: Mapped[str] = mapped_column(server_default=text("''"))  # "" always; jam_kerja, luar_jam

    __table_args__ = (
        CheckConstraint("hours IN ('', 'jam_kerja', 'luar_jam')", name="hours"),
        Index(None, "category_code", "area_code", "owner", "hours", "agency_id", unique=True),
    )


class Asset(Base):
    """A thing with an owner, found by its name: a road of a register, a market, a harbour."""

    __tablename__ = "asset"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]  # jalan, tiang, pipa, saluran, hutan ...
    owner: Mapped[str]  # as responsibility.owner names it
    name: Mapped[str]
    code: Mapped[str | None]
    source: Mapped[str]

    __table_args__ = (Index(None, "kind", "name", unique=True),)
