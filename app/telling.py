"""What the live wire tells of, what it remembers of each scope, and which units moved."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy.orm import Session

from dispatch import positions
from dispatch.board import VillageLoad
from dispatch.log import Change, Cursor
from dispatch.scope import Scope

# Messages kept for a scope, and their bytes; who falls further behind reads the board again.
KEPT, KEPT_BYTES = 2000, 8_000_000
# After these a screen must read all anew.
GROUND_CHANGES = frozenset({"edition.switched", "catalogue.changed", "demo.cleared"})

RESYNC = b"event: resync\ndata: {}\n\n"


@dataclass(frozen=True, slots=True)
class News:
    """What changed for one scope between two cursors, as it stands now."""

    cursor: Cursor
    incidents: list[object] = field(default_factory=list)
    units: list[object] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)  # ("incident", 12): out of sight
    load: dict[str, VillageLoad] = field(default_factory=dict)  # villages whose load changed
    unseen: bool = False  # incidents changed, too, that the scope does not see, or not any more
    edition: bool = False  # the boundaries changed: everything must be read again


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about: things that changed, as far as the log or the ear knows."""

    cursor: Cursor
    incident_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    edition: bool = False

    @classmethod
    def changes(cls, changes: Sequence[Change]) -> "About":
        return cls(
            cursor=changes[-1].cursor,
            incident_ids=frozenset(c.incident_id for c in changes if c.incident_id is not None),
            unit_ids=frozenset(c.unit_id for c in changes if c.unit_id is not None),
            edition=any(c.kind in GROUND_CHANGES for c in changes),
        )


class Ear:
    """Which units were heard of since it listened last: a fix leaves no row in the log.

    Fixes become visible in another order than that of their stamps. So each reading goes back a
    little, and what was told already is known by its stamp.
    """

    def __init__(self) -> None:
        self._told: dict[int, datetime] = {}
        self._newest: datetime | None = None

    def listen(self, session: Session, now: datetime) -> dict[int, datetime]:
        """Units with news, and when each was heard of; the same again until told() is called."""
        since = None
        if self._newest is not None:  # a server whose clock runs ahead must not deafen the others
            since = min(self._newest, now) - timedelta(seconds=positions.OVERLAP_S)
        heard = positions.heard_since(session, since)
        return {unit: at for unit, at in heard.items() if self._told.get(unit) != at}

    def told(self, heard: dict[int, datetime]) -> None:
        """These are no news any more."""
        self._told |= heard
        self._newest = max(filter(None, (self._newest, *heard.values())))


class Channel:
    """What one scope has been told, and what it is thought to show."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.listeners = 0
        self.number = 0  # of the newest message
        self.messages: deque[tuple[int, bytes]] = deque()
        self.bytes = 0
        self.shown: set[tuple[str, int]] = set()
        self.load: dict[str, VillageLoad] = {}

    def add(self, message: bytes) -> None:
        self.number += 1
        self.messages.append((self.number, message))
        self.bytes += len(message)
        while len(self.messages) > KEPT or (self.bytes > KEPT_BYTES and len(self.messages) > 1):
            self.bytes -= len(self.messages.popleft()[1])

    def after(self, seen: int) -> bytes:
        """The messages after one; the advice to read all again when some are gone by now."""
        if self.number - seen > len(self.messages):
            return RESYNC
        due = list(takewhile(lambda kept: kept[0] > seen, reversed(self.messages)))
        return b"".join(message for _, message in reversed(due))


def changed_load(
    before: dict[str, VillageLoad] | None, after: dict[str, VillageLoad]
) -> dict[str, VillageLoad]:
    """Villages whose load changed; one that has none left comes with zeros."""
    if before is None:
        return after
    changed = {code: load for code, load in after.items() if before.get(code) != load}
    changed |= {code: VillageLoad(0, 0, None) for code in before.keys() - after.keys()}
    before.clear()
    before.update(after)
    return changed
