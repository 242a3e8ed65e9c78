"""Tables of the planners' work: long reckonings, the files they made, notes on the map."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import Moment
from geo.columns import PointColumn
from geo.point import Point
from geo.schema import Base, in_country

JOB_STATES = ("menunggu", "berjalan", "selesai", "gagal", "batal")
_STATES = ", ".join(f"'{state}'" for state in JOB_STATES)


class Job(Base):
    """A reckoning that takes too long for a request: waits, is done by a worker, is kept a while.

    Params and result hold codes, dates and numbers, never a caller's name, number or words.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    kind: Mapped[str]  # one of app.worker.kinds
    params: Mapped[dict[str, Any]] = mapped_column(JSONB)
    key: Mapped[str]  # of kind, params and day: the same is reckoned once
    by_user: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[str] = mapped_column(server_default=sql("'menunggu'"))
    tries: Mapped[int] = mapped_column(server_default=sql("0"))  # also: which try holds it now
    worker: Mapped[str | None]  # who has it, or had it last
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    beat_at: Mapped[datetime | None] = mapped_column(Moment)  # silent for long: the worker died
    cancel_at: Mapped[datetime | None] = mapped_column(Moment)  # when it was asked to stop
    progress: Mapped[float] = mapped_column(server_default=sql("0"))  # 0 to 1
    step: Mapped[str] = mapped_column(server_default=sql("''"))  # a key of dispatch.rules.doing
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    trouble: Mapped[str | None]  # a key of dispatch.rules.doing, or words

    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        CheckConstraint("jsonb_typeof(params) = 'object'", name="params_object"),
        CheckConstraint(
            "(state IN ('selesai', 'gagal', 'batal')) = (ended_at IS NOT NULL)",
            name="ended_has_time",
        ),
        CheckConstraint("(state = 'selesai') = (result IS NOT NULL)", name="done_has_result"),
        # Usage: jobs.ask(): of two that ask for the same at once, one makes it
        Index(
            "uq_job_key",
            "key",
            unique=True,
            postgresql_where=sql("state IN ('menunggu', 'berjalan')"),
        ),
        # Usage: jobs.ask(): what was reckoned already
        Index("ix_job_done", "key", "id", postgresql_where=sql("state = 'selesai'")),
        # Usage: jobs.take(), the number that one user has waiting
        Index("ix_job_live", "id", postgresql_where=sql("state IN ('menunggu', 'berjalan')")),
        Index(None, "by_user", "made_at"),  # Usage: jobs.of_user()
        Index(None, "ended_at"),  # Usage: jobs.purge()
    )


class JobFile(Base):
    """A file that a job made."""

    __tablename__ = "job_file"

    job_id: Mapped[int] = mapped_column(
        ForeignKey("job.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    name: Mapped[str] = mapped_column(primary_key=True)
    mimetype: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        CheckConstraint("name ~ '^[a-z0-9][a-z0-9._-]{0,79}$'", name="name"),
        CheckConstraint("length(body) <= 50000000", name="size"),
    )


class AnalysisNote(Base):
    """What somebody wrote on the map of an analysis, for a meeting. Taken back, never deleted."""

    __tablename__ = "analysis_note"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ask: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the permalink of the analysis
    point: Mapped[Point] = mapped_column(PointColumn)
    text: Mapped[str]
    by_user: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    by_name: Mapped[str]
    at: Mapped[datetime] = mapped_column(Moment)
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    __table_args__ = (
        CheckConstraint(in_country("point"), name="point_in_country"),
        CheckConstraint("length(text) BETWEEN 1 AND 500", name="length"),
        CheckConstraint("jsonb_typeof(ask) = 'object'", name="ask_object"),
        # Usage: notes of an analysis, newest first
        Index("ix_analysis_note_at", "at", postgresql_where=sql("deleted_at IS NULL")),
    )
