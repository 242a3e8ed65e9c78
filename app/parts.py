"""What the app is made of. Built once from the settings; a test hands in its own."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session, sessionmaker

from app.bell import Ringer
from app.config import MissingSetting, Settings
from dispatch.ground import Finder, Ground
from dispatch.regency import Regency, read_regency
from dispatch.scope import LOOSE, SYSTEM, Scope, enter
from geo.online import OnlineSource, from_settings
from geo.routing import Router

# A transaction that forgets to end would hold back the live wire: the server ends it.
_CONNECT = {"connect_timeout": 5, "options": "-c statement_timeout=10s -c lock_timeout=5s"}


# Of map tiles, which anybody may ask for in any number: lines of their own, and short patience.
# app.tile_store lets two be drawn at a time.
_TILES = {
    "connect_timeout": 5,
    "application_name": "tanggap tiles",
    # What is prepared is planned once, for any tile (dispatch.tiles).
    "options": "-c statement_timeout=2s -c lock_timeout=1s -c plan_cache_mode=force_generic_plan",
}
_TILE_LINES = 2


@dataclass(kw_only=True, eq=False)
class Parts:
    """Sessions, the ground with its router, the clock, the bell."""

    settings: Settings
    engine: Engine
    regency: Regency
    ringer: Ringer
    online: OnlineSource | None = None  # an outside geocoder, where one is set
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _ground: Ground | None = None
    _reading: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.tile_engine = _tile_engine(self.settings)
        self._tile_sessions = sessionmaker(self.tile_engine, expire_on_commit=False)
        loose = _tile_engine(self.settings, isolation_level="AUTOCOMMIT", pool_reset_on_return=None)
        self._loose_sessions = sessionmaker(loose, info={LOOSE: True})
        self.phone_key = phone_key(self.settings)
        self.tracking_key = tracking_key(self.settings)
        self.learns = self.settings.learning

    @contextmanager
    def transaction(self, scope: Scope) -> Iterator[Session]:
        """A session that sees with the scope's eyes; commits at the end, or rolls back.

        The bell is rung after the commit, never inside it.
        """
        with self.sessions.begin() as session:
            enter(session, scope)
            yield session
        if session.info.pop("ring", False):
            self.ringer.ring()

    @contextmanager
    def tile_transaction(self, scope: Scope) -> Iterator[Session]:
        """As transaction, to draw a tile: on two lines of its own, 2 s a statement, no writing.

        So a flood of tiles takes no line from a call that comes in.
        """
        with self._tile_sessions.begin() as session:
            enter(session, scope)
            yield session

    @contextmanager
    def tile_line(self, scope: Scope) -> Iterator[Session]:
        """As tile_transaction, without one: each statement brings the scope along (look_once).

        What does not bring it sees nothing.
        """
        with self._loose_sessions() as session:
            session.info["scope"] = scope
            yield session

    def ground(self) -> Ground:
        """Villages and catalogue, as last read."""
        return self._ground or self.read_ground()

    def read_ground(self) -> Ground:
        """Read them anew, and swap: requests under way keep the one they began with."""
        with self._reading, self.transaction(Scope("hub")) as session:
            ground = Ground.read(session, self.regency)
            self._ground = ground.with_learned(session, self.now())
        return self._ground

    @property
    def finder(self) -> Finder:
        """From words to places, as last read."""
        return self.ground().finder

    @property
    def router(self) -> Router:
        """Travel times, as last read."""
        return self.ground().router

    def read_ways(self) -> None:
        """Read roads, ferries and speeds anew, and swap; the rest stays."""
        self.ground()
        with self._reading, self.transaction(Scope("hub")) as session:
            if self._ground is not None:  # as it is now: others swap it under the same lock
                self._ground = self._ground.with_ways(session)

    def read_learned(self) -> None:
        """Read the names that callers taught anew, and swap; the rest stays."""
        self.ground()
        with self._reading, self.transaction(Scope("hub")) as session:
            if self._ground is not None:
                self._ground = self._ground.with_learned(session, self.now())


def phone_key(settings: Settings) -> bytes:
    """The secret under which callers' numbers are hashed: of this installation only."""
    return hashlib.blake2b(b"phone", key=settings.secret_key.encode()[:64]).digest()


def tracking_key(settings: Settings) -> bytes:
    """The secret from which the codes of reports are made (dispatch.rules.tracking)."""
    return hashlib.blake2b(b"tracking", key=settings.secret_key.encode()[:64]).digest()


def build(settings: Settings) -> Parts:
    """The parts of an installation. Does not touch the database yet."""
    regency = read_regency(settings.regency_folder)
    return Parts(
        settings=settings,
        engine=create_engine(
            settings.database_url,
            pool_size=settings.pool_size,
            max_overflow=0,
            pool_timeout=10,
            # No pre-ping: a round trip a request. After a crash each pooled connection fails once.
            pool_pre_ping=False,
            connect_args=_CONNECT,
            hide_parameters=True,  # an error text must not carry a caller's number
        ),
        regency=regency,
        ringer=Ringer(settings.database_url),
        online=_online(settings, regency),
    )


def _tile_engine(settings: Settings, **how: Any) -> Engine:
    """Connects when the first tile is drawn."""
    return create_engine(
        settings.database_url,
        pool_size=_TILE_LINES,
        max_overflow=0,
        pool_timeout=2,
        connect_args=_TILES,
        hide_parameters=True,
        **how,
    )


def _online(settings: Settings, regency: Regency) -> OnlineSource | None:
    """Raises BadAddress for an address that is none."""
    if settings.nominatim_url is None:
        return None
    return from_settings(settings.nominatim_url, f"Tanggap ({regency.service})")


def parts() -> Parts:
    """The parts of the running app."""
    return cast(Parts, current_app.extensions["parts"])


@contextmanager
def owner_transaction(settings: Settings | None = None) -> Iterator[Session]:
    """A session with the owner's rights, for `tanggap` on the command line only."""
    settings = settings or Settings.from_environment()
    if not settings.database_admin_url:
        raise MissingSetting("DATABASE_ADMIN_URL is not set: the command line needs the owner")
    engine = create_engine(settings.database_admin_url)
    ringer = Ringer(settings.database_admin_url)
    try:
        with sessionmaker(engine, expire_on_commit=False).begin() as session:
            enter(session, SYSTEM)
            yield session
        if session.info.pop("ring", False):
            ringer.ring_now()
    finally:
        engine.dispose()
