"""Tables of who may log in, and of requests that were carried out."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from dispatch.schema.columns import NOW, Moment
from geo.schema import Base


class User(Base):
    """Somebody who may log in. `user` is a reserved word, hence the table's name."""

    __tablename__ = "app_user"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]  # argon2id
    role: Mapped[str]
    agency_id: Mapped[int | None] = mapped_column(ForeignKey("agency.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    village_code: Mapped[str | None]
    groups: Mapped[list[str]] = mapped_column(ARRAY(Text))  # restricted groups, beside the role's
    language: Mapped[str] = mapped_column(server_default=text("'id'"))
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    demo: Mapped[bool] = mapped_column(server_default=text("false"))
    failed_logins: Mapped[int] = mapped_column(server_default=text("0"))
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)

    __table_args__ = (
        CheckConstraint(
            "role IN ('operator', 'dispatcher', 'agency_officer', 'field_unit', 'village_head',"
            " 'planner', 'leader', 'administrator', 'data_protection', 'wallboard')",
            name="role",
        ),
        # A scope without its key would see nothing, or, worse, be guessed at.
        CheckConstraint("role <> 'agency_officer' OR agency_id IS NOT NULL", name="officer_scope"),
        CheckConstraint("role <> 'field_unit' OR unit_id IS NOT NULL", name="unit_scope"),
        CheckConstraint("role <> 'village_head' OR village_code IS NOT NULL", name="village_scope"),
    )


class UserSession(Base):
    """A log-in that lasts: the cookie holds the token, the table only its hash."""

    __tablename__ = "user_session"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)
    expires_at: Mapped[datetime] = mapped_column(Moment)

    __table_args__ = (Index(None, "user_id"),)


class IdempotencyKey(Base):
    """A request that was carried out, with the answer it got, under the key its client made."""

    __tablename__ = "idempotency_key"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True
    )
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)  # SHA-256 of what was asked
    status: Mapped[int]
    answer: Mapped[dict[str, Any]] = mapped_column(JSONB)
    at: Mapped[datetime] = mapped_column(Moment, server_default=NOW)

    __table_args__ = (
        CheckConstraint("length(key) BETWEEN 8 AND 200", name="key_length"),
        Index(None, "at"),
    )
