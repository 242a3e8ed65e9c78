"""Tables of the leaders' figures: which tickets changed, what counts of each, sums by week."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, Integer, SmallInteger
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import NOW, Moment
from geo.schema import Base


class TicketChange(Base):
    """A ticket that changed and is not counted anew yet; a trigger writes, the timer reads."""

    __tablename__ = "ticket_change"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ticket_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)


class TicketFact(Base):
    """What counts of one ticket, and with which agency (dispatch.rules.standing says how)."""

    __tablename__ = "ticket_fact"

    ticket_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    agency_id: Mapped[int]  # whose it is in the figures: not always who has it now
    kind: Mapped[str]
    category_code: Mapped[str]
    village_code: Mapped[str | None]
    district_code: Mapped[str | None]
    restricted_group: Mapped[str | None]
    how: Mapped[str]  # terbuka, selesai, gugur
    opened_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime | None] = mapped_column(Moment)  # None: no clock runs now
    opened_week: Mapped[date]
    ended_week: Mapped[date | None]
    on_time: Mapped[bool | None]  # None: open, or never had a clock
    step: Mapped[int | None] = mapped_column(SmallInteger)  # of the ladder of times, when done
    returned: Mapped[bool]
    reopened: Mapped[bool]  # within 14 days of having been said to be done
    no_proof: Mapped[bool]
    elsewhere: Mapped[bool]
    last_minute: Mapped[bool]
    stars: Mapped[int | None] = mapped_column(SmallInteger)

    __table_args__ = (
        # Usage: leaders.open_now(), read from the index alone
        Index(
            "ix_ticket_fact_open",
            "agency_id",
            postgresql_include=[
                "kind", "category_code", "village_code", "district_code", "restricted_group",
                "opened_at", "due_at",
            ],
            postgresql_where=sql("how = 'terbuka'"),
        ),
        # Usage: an agency's own figures by village or category
        Index("ix_ticket_fact_opened", "agency_id", "opened_week"),
        Index(
            "ix_ticket_fact_ended",
            "agency_id",
            "ended_week",
            postgresql_where=sql("ended_week IS NOT NULL"),
        ),
    )  # fmt: skip


class TicketWeek(Base):
    """Sums of ticket_fact by week; `grouping` opd: by agency; desa, kecamatan, kategori: code."""

    __tablename__ = "ticket_week"

    grouping: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(primary_key=True)  # its Monday
    agency_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: of all
    code: Mapped[str] = mapped_column(primary_key=True)  # "": by agency, or of no village
    kind: Mapped[str] = mapped_column(primary_key=True)
    restricted: Mapped[str] = mapped_column(primary_key=True)  # the group; "": not sensitive
    # Of what came in that week.
    received: Mapped[int]
    returned: Mapped[int]
    reopened: Mapped[int]
    steps: Mapped[list[int]] = mapped_column(ARRAY(Integer))  # done, by the ladder of times
    # Of what ended in that week.
    closed: Mapped[int]
    timed: Mapped[int]  # with a clock
    on_time: Mapped[int]
    no_proof: Mapped[int]
    elsewhere: Mapped[int]
    last_minute: Mapped[int]
    star_n: Mapped[int]
    star_sum: Mapped[int]
    dropped: Mapped[int]  # archived or merged while in time: counts for nobody
