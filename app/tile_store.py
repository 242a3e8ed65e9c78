"""Tiles that were drawn, kept in this process as long as nothing in them has changed.

The hub reads the log and says which incidents changed; the tiles over the cells where each was and
is are stale from then on. Kept by the shared scope: nobody is served what another's eyes saw.
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol
from weakref import WeakKeyDictionary

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from sqlalchemy.orm import Session

from app.errors import TooBusy
from app.parts import Parts
from app.tile_cells import Covered
from app.tile_turns import BUSY, WAIT_S, Turns
from dispatch.log import Cursor
from dispatch.rules.filters import Filter
from dispatch.scope import Scope

MOST_BYTES = 64_000_000  # of tiles a process keeps
ENTRY_BYTES = 600  # what one costs beside its body, so that empty ones are bounded, too
AGE_S = 60.0  # what is late, and what the last hours hold, changes with no event
TENDED_S = 2.0  # without word from the hub for so long, nothing kept is served
BEHIND_S = 0.5  # how long one waits for the hub to read what the asker has heard of
REST, MOST_REST_S = 10.0, 1.0  # a tile rests ten times as long as it took to draw
MOST_MOVED = 5000  # more changes at once: forget all and begin anew
_CANCELLED = "57014"  # statement_timeout

_CELLS = text("SELECT id, x, y FROM incident_cells(CAST(:ids AS bigint[]))")


class Heard(Protocol):
    """What the hub tells: app.telling.About."""

    @property
    def cursor(self) -> Cursor: ...
    @property
    def incident_ids(self) -> Collection[int]: ...
    @property
    def edition(self) -> bool: ...


class Key(NamedTuple):
    """Which tile, for whose eyes. `scope` None: the same for everybody, and for ever."""

    scope: Scope | None
    what: str  # the filter's key, or which edition's villages
    z: int
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile as it goes over the line."""

    packed: bytes  # gzip; b"" where there is nothing
    etag: str

    @classmethod
    def of(cls, body: bytes) -> "Tile":
        mark = hashlib.blake2b(body, digest_size=12).hexdigest()
        # Without a moment in its head: equal tiles have equal bytes.
        return cls(gzip.compress(body, 5, mtime=0) if body else b"", f'"{mark}"')

    def plain(self) -> bytes:
        """Unpacked, for the few who do not take gzip."""
        return gzip.decompress(self.packed) if self.packed else b""


@dataclass(slots=True)
class _Kept:
    tile: Tile
    born: float
    rest_s: float
    stale: bool = False


@dataclass(slots=True)
class _Build:
    done: threading.Event = field(default_factory=threading.Event)
    reading: bool = False  # what is committed from here on may be missing in it
    spoiled: bool = False
    tile: Tile | None = None
    error: BaseException | None = None


class TileStore:
    """Tiles by key, bounded in bytes, the longest unused go first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._heard = threading.Condition(self._lock)
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._building: dict[Key, _Build] = {}
        self._covered: Covered[Key] = Covered()
        self._bytes = 0
        self._cells: dict[int, tuple[int, int]] | None = None  # where each open incident is
        self._reached: Cursor | None = None
        self._tended = float("-inf")
        self._turns = Turns()
        self._words: OrderedDict[tuple[Scope, str], Filter] = OrderedDict()

    # -- asked by requests

    def fresh(self, key: Key, after: Cursor | None = None) -> Tile | None:
        """The tile, where it is kept and sure to be as new as what the asker has heard of."""
        kept = self._kept.get(key)
        if kept is None or not self._serves(kept, key, after):
            return None
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
        return kept.tile

    def get(
        self,
        key: Key,
        build: Callable[[], bytes],
        after: Cursor | None = None,
        *,
        anew: bool = False,
    ) -> Tile:
        """The tile, kept or drawn; the same tile asked for twice at once is drawn once.

        anew   the asker wants no kept one
        Raises TooBusy where there is no turn for it within WAIT_S, or drawing takes too long.
        """
        if not self._catch_up(after):
            return self._in_turn(build)  # the hub is cut off: for this asker alone
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and not anew and self._serves(kept, key, after):
                return kept.tile
            drawing = self._building.get(key)
            if mine := drawing is None:
                drawing = self._building[key] = _Build()
                self._covered.add(key, key.z, key.x, key.y)
        if mine:
            self._draw(key, drawing, build, kept)
        elif not drawing.done.wait(WAIT_S + MOST_REST_S):
            raise TooBusy(BUSY)
        if drawing.error is not None:
            raise drawing.error
        assert drawing.tile is not None  # noqa: S101 - done without an error
        return drawing.tile

    def remember_words(self, scope: Scope, query: str, what: Filter) -> None:
        """That this query, asked by such eyes, was read as that filter."""
        with self._lock:
            self._words[scope, query] = what
            while len(self._words) > 5000:
                self._words.popitem(last=False)

    def words(self, scope: Scope, query: str) -> Filter | None:
        """The filter that the query asks for; None: it has to be read first."""
        return self._words.get((scope, query))

    # -- told by the hub

    def heard(self, session: Session, about: Heard) -> None:
        """What a reading of the log brought, be it nothing; before anybody else is told of it."""
        if about.edition:
            self.forget(about.cursor)
        else:
            self.changed(session, about.incident_ids, about.cursor)

    def changed(self, session: Session, incident_ids: Collection[int], cursor: Cursor) -> None:
        """These incidents changed, up to that place in the log. Before anybody is told of it.

        session   with the eyes of HUB
        """
        with self._lock:
            idle = not (self._kept or self._building)
            if idle or len(incident_ids) > MOST_MOVED:
                self._cells = None
            known = self._cells
        if not idle and incident_ids:
            ids = None if known is None else list(incident_ids)
            rows = session.execute(_CELLS, {"ids": ids}).all()
            now_at = {row.id: (row.x, row.y) for row in rows}
            with self._lock:
                self._move(incident_ids, known, now_at)
        self.reached(cursor)

    def reached(self, cursor: Cursor) -> None:
        """All up to there has been read and told to changed()."""
        with self._lock:
            self._reached = max(cursor, self._reached or cursor)
            self._tended = time.monotonic()
            self._heard.notify_all()

    def forget(self, cursor: Cursor | None = None) -> None:
        """Everything may have changed: catalogue, boundaries, a whole demo day."""
        with self._lock:
            for key in list(self._kept):
                self._drop(key)
            self._spoil(list(self._building))
            self._words.clear()
            self._cells = None
        if cursor is not None:
            self.reached(cursor)

    # -- inside

    def _serves(self, kept: _Kept, key: Key, after: Cursor | None) -> bool:
        if key.scope is None:
            return True
        now = time.monotonic()
        return (
            not kept.stale
            and now - kept.born < AGE_S
            and now - self._tended < TENDED_S
            and (after is None or self._has_read(after))
        )

    def _has_read(self, after: Cursor) -> bool:
        return self._reached is not None and after <= self._reached

    def _catch_up(self, after: Cursor | None) -> bool:
        if after is None or self._has_read(after):
            return True
        with self._heard:
            return self._heard.wait_for(lambda: self._has_read(after), BEHIND_S)

    def _draw(
        self, key: Key, drawing: _Build, build: Callable[[], bytes], before: _Kept | None
    ) -> None:
        try:
            self._let_rest(before)
            begun = time.monotonic()
            drawing.tile = self._in_turn(build, lambda: self._begin(drawing))
            self._keep(key, drawing, begun)
        except BaseException as error:
            drawing.error = error
        finally:
            with self._lock:
                if self._building.get(key) is drawing:
                    del self._building[key]
                if key not in self._kept and key not in self._building:
                    self._covered.remove(key, key.z, key.x, key.y)
            drawing.done.set()

    def _let_rest(self, before: _Kept | None) -> None:
        """One that every event makes stale is drawn anew now and then, for all who wait for it."""
        if before is not None and before.stale:
            time.sleep(max(0.0, before.born + before.rest_s - time.monotonic()))

    def _begin(self, drawing: _Build) -> None:
        with self._lock:
            drawing.reading = True

    def _in_turn(
        self, build: Callable[[], bytes], begin: Callable[[], None] = lambda: None
    ) -> Tile:
        with self._turns.one():
            begin()
            try:
                return Tile.of(build())
            except PoolEmpty:
                raise TooBusy(BUSY) from None
            except DBAPIError as error:
                if getattr(error.orig, "pgcode", None) == _CANCELLED:
                    raise TooBusy(BUSY) from None
                raise

    def _keep(self, key: Key, drawing: _Build, begun: float) -> None:
        now = time.monotonic()
        rest_s = min(MOST_REST_S, REST * (now - begun))
        with self._lock:
            if drawing.spoiled or drawing.tile is None:
                return
            self._drop(key)
            self._covered.add(key, key.z, key.x, key.y)
            self._kept[key] = _Kept(drawing.tile, now, rest_s)
            self._bytes += ENTRY_BYTES + len(drawing.tile.packed)
            while self._bytes > self._most and len(self._kept) > 1:
                self._drop(next(iter(self._kept)))

    def _drop(self, key: Key) -> None:
        if (kept := self._kept.pop(key, None)) is not None:
            self._bytes -= ENTRY_BYTES + len(kept.tile.packed)
            if key not in self._building:
                self._covered.remove(key, key.z, key.x, key.y)

    def _move(
        self,
        ids: Collection[int],
        known: dict[int, tuple[int, int]] | None,
        now_at: dict[int, tuple[int, int]],
    ) -> None:
        """Where they were and where they are, nothing kept holds any more."""
        if known is None:  # nobody knows where they were
            self._cells = now_at
            self._stale(iter({*self._kept, *self._building}))
            return
        for one in ids:
            was, now = known.pop(one, None), now_at.get(one)
            if now is not None:
                known[one] = now
            for cell in {cell for cell in (was, now) if cell is not None}:
                self._stale(self._covered.over(*cell))

    def _stale(self, keys: Iterator[Key]) -> None:
        stale = [key for key in keys if key.scope is not None]
        for key in stale:
            if (kept := self._kept.get(key)) is not None:
                kept.stale = True
        self._spoil(stale)

    def _spoil(self, keys: Collection[Key]) -> None:
        """What is being read may lack it: its askers get it, whoever comes later does not."""
        for key in keys:
            drawing = self._building.get(key)
            if drawing is not None and drawing.reading:
                drawing.spoiled = True
                del self._building[key]


_STORES: WeakKeyDictionary[Parts, TileStore] = WeakKeyDictionary()
_MAKING = threading.Lock()


def of(parts: Parts) -> TileStore:
    """The store of these parts; made when it is first asked for."""
    with _MAKING:
        return _STORES.setdefault(parts, TileStore())
