"""Which unit a device speaks for: its token, looked up under a bound on tries."""

import time
from collections.abc import Callable
from datetime import datetime

from flask import request
from sqlalchemy.orm import Session

from app.errors import TooManyTries
from dispatch import tokens
from dispatch.errors import BadToken
from dispatch.scope import Role, Scope, enter

REMEMBERED_S = 300.0  # a token that was good lately is looked up whatever its neighbours do
MOST_KEYS = 20_000


class Bound:
    """So many at once for each key, and then so many a second."""

    def __init__(
        self, at_once: float, per_s: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._at_once, self._per_s, self._clock = at_once, per_s, clock
        self._left: dict[object, tuple[float, float]] = {}  # how many are left, as of when

    def is_open(self, key: object) -> bool:
        """Whether one more is allowed."""
        return self._now_left(key) >= 1

    def count(self, key: object) -> None:
        """One more came."""
        if len(self._left) >= MOST_KEYS:
            self._forget_rested()
        self._left[key] = (self._now_left(key) - 1, self._clock())

    def _now_left(self, key: object) -> float:
        left, when = self._left.get(key, (self._at_once, self._clock()))
        return min(self._at_once, left + (self._clock() - when) * self._per_s)

    def _forget_rested(self) -> None:
        """Those who may do everything again need not be remembered; else the older half goes."""
        kept = {k: v for k, v in self._left.items() if self._now_left(k) < self._at_once}
        if len(kept) >= MOST_KEYS:
            newest = sorted(kept.items(), key=lambda item: item[1][1])[MOST_KEYS // 2 :]
            kept = dict(newest)
        self._left = kept


# A phone comes out of a dead spot with an hour of fixes, one request each.
FIXES = Bound(at_once=1500, per_s=5)
# One forgotten phone with a revoked token tries each 5 s, and must not shut out its neighbours.
FAILURES = Bound(at_once=120, per_s=2)
GOOD: dict[bytes, float] = {}


def enter_as_device(session: Session, token: str | None, now: datetime) -> Scope:
    """From here on the session sees with the eyes of the token's unit; the scope of these eyes.

    The session has the scope AUTH until then: a transaction of its own would cost as much as the
    fix. The bounds hold for one process. Raises BadToken, the same for a token that never was and
    one that was revoked; TooManyTries.
    """
    if not token or len(token) > tokens.LONGEST:
        raise BadToken
    hashed, address = tokens.digest(token), address_of_asker()
    if time.monotonic() > GOOD.get(hashed, 0.0) and not FAILURES.is_open(address):
        raise TooManyTries("tunggu sebentar")
    if not FIXES.is_open(hashed):
        raise TooManyTries("tunggu sebentar")
    unit_id = tokens.unit_of(session, hashed, now)
    if unit_id is None:
        GOOD.pop(hashed, None)
        FAILURES.count(address)
        raise BadToken
    _remember(hashed)
    scope = Scope(Role.FIELD_UNIT, unit_id=unit_id)
    enter(session, scope)
    return scope


def address_of_asker() -> str | None:
    """Who asks. Behind a front server all come from one address: it tells whose line it was.

    Believed of a front server on this machine only, and of what it tells only its own last word.
    """
    told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    if told and request.remote_addr in ("127.0.0.1", "::1"):
        return told[:64]
    return request.remote_addr


def _remember(hashed: bytes) -> None:
    FIXES.count(hashed)
    if len(GOOD) > MOST_KEYS:
        GOOD.clear()
    GOOD[hashed] = time.monotonic() + REMEMBERED_S
