"""Tables of what callers said, and, apart, of how to reach them."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.rules.workflow import CallClass, Channel
from dispatch.schema.columns import Moment, words
from geo.schema import Base


class Call(Base):
    """What one caller said, as it was said. Never changed, never refused."""

    __tablename__ = "call"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    channel: Mapped[Channel] = mapped_column(words(Channel))
    call_class: Mapped[CallClass] = mapped_column(words(CallClass))
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    said_where: Mapped[str]
    said_what: Mapped[str]
    phone_masked: Mapped[str | None]  # 0812••••567
    phone_hash: Mapped[bytes | None] = mapped_column(LargeBinary)  # keyed, for the history
    restricted_group: Mapped[str | None]
    operator_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    said_at: Mapped[datetime | None] = mapped_column(Moment)  # the client's clock: a claim
    after_hours: Mapped[bool]
    demo: Mapped[bool] = mapped_column(server_default=text("false"))

    __table_args__ = (
        Index(None, "incident_id"),
        # Usage: calls.history()
        Index(None, "phone_hash"),
        Index(None, "at"),
        Index("ix_call_demo", "id", postgresql_where=text("demo")),
    )


class CallContact(Base):
    """The caller's number and name: apart, because hardly anybody needs them."""

    __tablename__ = "call_contact"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("call.id", ondelete="CASCADE"), primary_key=True
    )
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incident.id"))
    phone: Mapped[str | None]
    name: Mapped[str | None]
    restricted_group: Mapped[str | None]
