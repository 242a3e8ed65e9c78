"""The table of the log: what was done, and who looked."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import NOW, Moment, TransactionId
from geo.schema import Base


class LogEntry(Base):
    """One thing that happened, or one look at something private. Added, never changed.

    `facts` holds no name, no number and no words of a caller.
    """

    __tablename__ = "log_entry"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    # Ids can become visible out of order; (xid, id) below the snapshot's xmin cannot.
    xid: Mapped[str] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    actor: Mapped[str]  # name of the member of staff, as it was then
    incident_id: Mapped[int | None] = mapped_column(BigInteger)
    unit_id: Mapped[int | None]
    call_id: Mapped[int | None] = mapped_column(BigInteger)
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        # Usage: log.since()
        Index(None, "xid", "id"),
        Index(None, "incident_id"),
    )
