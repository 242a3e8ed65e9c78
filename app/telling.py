"""What the live wire tells of, and which units moved."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from dispatch import board, positions
from dispatch.load import Counted, Total
from dispatch.log import Change, Cursor

# After these a screen must read all anew.
GROUND_CHANGES = frozenset({"edition.switched", "catalogue.changed", "demo.cleared"})

RESYNC = b"event: resync\ndata: {}\n\n"


@dataclass(frozen=True, slots=True)
class LoadNews:
    """Villages whose load changed, and what all of them come to."""

    villages: Counted
    total: Total


@dataclass(frozen=True, slots=True)
class News:
    """What changed for one scope between two cursors, as it stands now."""

    cursor: Cursor
    incidents: list[object] = field(default_factory=list)
    units: list[object] = field(default_factory=list)
    gone: list[tuple[str, int]] = field(default_factory=list)  # ("incident", 12): out of sight
    load: LoadNews | None = None
    unseen: bool = False  # incidents changed, too, that the scope does not see, or not any more
    edition: bool = False  # the boundaries changed: everything must be read again
    whole: bool = True  # False: a load that belongs to it follows, and the cursor with it


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about: things that changed, as far as the log or the ear knows."""

    cursor: Cursor
    incident_ids: frozenset[int] = frozenset()
    unit_ids: frozenset[int] = frozenset()
    edition: bool = False
    # Villages (None: none) that count the incidents now, or did before they were moved; for what
    # is not sensitive, see with_places().
    villages: frozenset[str | None] = frozenset()
    near: frozenset[str] = frozenset()  # villages that are told of one of them

    @classmethod
    def changes(cls, changes: Sequence[Change]) -> "About":
        return cls(
            cursor=changes[-1].cursor,
            incident_ids=frozenset(c.incident_id for c in changes if c.incident_id is not None),
            unit_ids=frozenset(c.unit_id for c in changes if c.unit_id is not None),
            edition=any(c.kind in GROUND_CHANGES for c in changes),
            villages=frozenset().union(*(c.villages for c in changes)),
        )

    def with_places(self, session: Session) -> "About":
        """The same, with the villages of its incidents; the session sees what is not sensitive."""
        if not self.incident_ids:
            return self
        places = board.places_of(session, self.incident_ids)
        near = {code for place in places for code in (place.village_code, *place.also_villages)}
        return replace(
            self,
            villages=self.villages | {place.village_code for place in places},
            near=frozenset(code for code in {*near, *self.villages} if code is not None),
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
