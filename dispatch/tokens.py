"""Tokens by which a device speaks for a unit: shown once, kept as a hash, taken back at will."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import Unknown
from dispatch.prepared import Prepared
from dispatch.rows import AnyRow
from dispatch.schema import Unit, UnitToken
from dispatch.scope import scope_of

BYTES = 24  # 192 bits: nobody guesses one
LONGEST = 200
GREATEST_ID = 2**31 - 1
USED_EACH = timedelta(minutes=5)  # that a token is in use is noted no more often


@dataclass(frozen=True, slots=True)
class NewToken:
    """The only time that the token itself is known."""

    id: int
    unit_id: int
    token: str
    label: str
    created_at: datetime


def make(session: Session, unit_id: int, label: str, now: datetime) -> NewToken:
    """A new token for the unit. Raises Unknown where there is no such unit."""
    if unit_id > GREATEST_ID:
        raise Unknown(f"unit {unit_id}")
    token = secrets.token_urlsafe(BYTES)
    row = UnitToken(
        unit_id=unit_id,
        token_hash=digest(token),
        label=label,
        created_at=now,
        created_by_name=scope_of(session).name,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # an administrator does not see the units, but the key does
        raise Unknown(f"unit {unit_id}") from None
    log.record(session, "token.made", unit_id=unit_id, token=row.id)
    return NewToken(row.id, unit_id, token, label, now)


def revoke(session: Session, token_id: int, now: datetime) -> int:
    """From now on the token opens nothing; the unit it was for. Twice is as good as once.

    Raises Unknown.
    """
    row = session.get(UnitToken, token_id)
    if row is None:
        raise Unknown(f"token {token_id}")
    if row.revoked_at is None:
        row.revoked_at = now
        session.flush()
        log.record(session, "token.revoked", unit_id=row.unit_id, token=row.id)
    return row.unit_id


def list_of(session: Session, unit_id: int | None = None) -> Sequence[AnyRow]:
    """Tokens of a unit (None: of all), the newest first. The token itself is not among it."""
    query = (
        select(
            UnitToken.id,
            UnitToken.unit_id,
            Unit.call_sign,
            UnitToken.label,
            UnitToken.created_at,
            UnitToken.created_by_name,
            UnitToken.used_at,
            UnitToken.revoked_at,
        )
        .outerjoin(Unit, Unit.id == UnitToken.unit_id)
        .order_by(UnitToken.id.desc())
    )
    return session.execute(
        query if unit_id is None else query.where(UnitToken.unit_id == unit_id)
    ).all()


def unit_of_call_sign(session: Session, call_sign: str) -> int:
    """The id. Raises Unknown."""
    found = session.scalar(select(Unit.id).where(Unit.call_sign == call_sign, Unit.active))
    if found is None:
        raise Unknown(f"unit {call_sign}")
    return found


_FIND = Prepared(
    "find_token",
    "SELECT unit_token.id, unit_id, used_at FROM unit_token"
    "  JOIN unit ON unit.id = unit_id AND unit.active"
    " WHERE token_hash = :token_hash AND revoked_at IS NULL",
)


def unit_of(session: Session, hashed: bytes, now: datetime) -> int | None:
    """The unit that a token speaks for; None where it is nobody's, revoked, or out of service.

    Needs the scope AUTH.
    """
    found = _FIND.run(session, {"token_hash": hashed}).one_or_none()
    if found is None:
        return None
    if found.used_at is None or found.used_at < now - USED_EACH:
        session.execute(update(UnitToken).where(UnitToken.id == found.id).values(used_at=now))
    return int(found.unit_id)


def digest(token: str) -> bytes:
    """What is kept of a token. It is random and long: no salt, no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
