"""Log-ins that last: a random token in the cookie, its hash in the table, a short memory here."""

import hashlib
import secrets
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.auth.passwords import fits
from app.auth.roles import RIGHTS
from app.config import Settings
from app.errors import TooManyTries
from app.parts import Parts
from dispatch import log
from dispatch.regency import Regency
from dispatch.rows import AnySelect
from dispatch.schema import Agency, Unit, User, UserSession
from dispatch.scope import AUTH, Role, Scope

MEMORY_S = 5.0  # a log-in that was ended elsewhere is forgotten here within this time
FREE_TRIES = 5  # wrong passwords before one has to wait
LONGEST_WAIT = timedelta(minutes=1)  # never a lock-out: the centre must stay reachable
RENEW_AFTER = timedelta(hours=1)  # a log-in that is renewed by its use is written no more often


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is logged in."""

    id: int
    login: str
    name: str
    role: Role
    language: str
    agency: str | None
    unit: str | None
    scope: Scope


def log_in(parts: Parts, login: str, password: str) -> str | None:
    """A new token, or None when name or password are wrong. Raises TooManyTries."""
    now = parts.now()
    with parts.transaction(AUTH) as session:
        user = session.scalar(select(User).where(User.login == login.strip().lower()))
        if user is not None and user.failed_at is not None:
            _check_wait(user.failed_logins, user.failed_at, now)
        kept = user.password_hash if user is not None and user.active else None
    # The slow hash runs with no session open.
    right = fits(password, kept)
    with parts.transaction(AUTH) as session:
        if user is None or not right:
            _note_failure(session, user, now)
            return None
        session.execute(
            update(User).where(User.id == user.id).values(failed_logins=0, failed_at=None)
        )
        token = secrets.token_urlsafe(32)
        session.add(
            UserSession(
                token_hash=_hash(token),
                user_id=user.id,
                expires_at=now + lasts(user.role, parts.settings),
            )
        )
        session.execute(delete(UserSession).where(UserSession.expires_at < now))
        log.record(session, "login.ok", user=user.id, login=user.login)
        return token


def lasts(role: str, settings: Settings) -> timedelta:
    """How long a log-in is good for; a wallboard's from its last use on."""
    if role == Role.WALLBOARD:
        return timedelta(days=settings.wall_days)
    return timedelta(hours=settings.session_hours)


def _check_wait(failed: int, failed_at: datetime, now: datetime) -> None:
    if failed < FREE_TRIES:
        return
    # At most 2^10 s before the cap: after days of wrong tries the power would overflow.
    wait = min(timedelta(seconds=2 ** min(failed - FREE_TRIES + 1, 10)), LONGEST_WAIT)
    if now < failed_at + wait:
        raise TooManyTries(f"tunggu {round(wait.total_seconds())} detik")


def _note_failure(session: Session, user: User | None, now: datetime) -> None:
    log.record(session, "login.failed", user=user.id if user else None)
    if user is not None:
        session.execute(
            update(User)
            .where(User.id == user.id)
            .values(failed_logins=User.failed_logins + 1, failed_at=now)
        )


def log_out(parts: Parts, token: str) -> None:
    """End the log-in everywhere."""
    with parts.transaction(AUTH) as session:
        ended = (
            delete(UserSession)
            .where(UserSession.token_hash == _hash(token))
            .returning(UserSession.user_id)
        )
        log.record(session, "logout", user=session.scalar(ended))
    MEMORY.forget(token)


def person_of(parts: Parts, token: str) -> Person | None:
    """Who holds the token; None when it is unknown, has run out, or its user is disabled."""
    known = MEMORY.recall(token)
    if known is not None:
        return known
    now = parts.now()
    with parts.transaction(AUTH) as session:
        row = session.execute(_held([token], now)).one_or_none()
        if row is not None and row.User.role == Role.WALLBOARD:
            _renew(session, token, row.expires_at, now + lasts(row.User.role, parts.settings))
    if row is None:
        return None
    person = _person(row.User, row.code, row.short, row.call_sign, parts.regency)
    MEMORY.remember(token, person)
    return person


def people_of(parts: Parts, tokens: Collection[str]) -> dict[str, Person]:
    """Who holds each of the tokens, looked up at once; as person_of(), without the Nones."""
    by_hash = {_hash(token): token for token in tokens}
    with parts.transaction(AUTH) as session:
        rows = session.execute(_held(tokens, parts.now())).all()
    return {
        by_hash[r.token_hash]: _person(r.User, r.code, r.short, r.call_sign, parts.regency)
        for r in rows
    }


def _held(tokens: Collection[str], now: datetime) -> AnySelect:
    """The users of log-ins that go on, with their agency and unit."""
    return (
        select(
            User, Agency.code, Agency.short, Unit.call_sign, UserSession.expires_at,
            UserSession.token_hash,
        )
        .join(UserSession, UserSession.user_id == User.id)
        .outerjoin(Unit, Unit.id == User.unit_id)
        .outerjoin(Agency, Agency.id == func.coalesce(User.agency_id, Unit.agency_id))
        .where(
            UserSession.token_hash.in_([_hash(token) for token in tokens]),
            UserSession.expires_at > now,
            User.active,
        )
    )  # fmt: skip


def _renew(session: Session, token: str, ends: datetime, later: datetime) -> None:
    """A screen on the wall is logged in once; its log-in ends when nobody has used it for long."""
    if later - ends < RENEW_AFTER:
        return
    session.execute(
        update(UserSession).where(UserSession.token_hash == _hash(token)).values(expires_at=later)
    )


def _person(
    user: User, agency_code: str | None, agency: str | None, unit: str | None, regency: Regency
) -> Person:
    groups = frozenset(user.groups) | regency.groups_of(user.role, agency_code)
    scope = Scope(
        role=user.role,
        user_id=user.id,
        name=user.name,
        agency_id=user.agency_id,
        unit_id=user.unit_id,
        village_code=user.village_code,
        groups=groups,
    )
    return Person(
        user.id, user.login, user.name, Role(user.role), user.language, agency, unit, scope
    )


def describe(person: Person) -> dict[str, Any]:
    """Who one is and what one may do; for /api/me and for every page."""
    return {
        "id": person.id,
        "login": person.login,
        "name": person.name,
        "role": person.role.value,
        "rights": sorted(RIGHTS[person.role]),
        "language": person.language,
        "village": person.scope.village_code,
        "agency": person.agency,
        "unit": person.unit,
    }


class _Memory:
    """Who a token belongs to, for MEMORY_S: a stream of requests asks the table once."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, Person]] = {}
        self._lock = threading.Lock()

    def recall(self, token: str) -> Person | None:
        until, person = self._known.get(token, (0.0, None))
        return person if time.monotonic() < until else None

    def remember(self, token: str, person: Person) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._known) > 5000:
                self._known = {t: k for t, k in self._known.items() if k[0] > now}
            self._known[token] = (now + MEMORY_S, person)

    def forget(self, token: str) -> None:
        with self._lock:
            self._known.pop(token, None)


MEMORY = _Memory()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
