"""What of the inbox is asked for: a box, filters, an order, and where the page before ended."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

import orjson

from dispatch.rules.ticketing import TicketKind, TicketState

MOST_WORDS = 6  # of a search; what comes after them is not looked at
SHORTEST_WORD = 2
LARGEST_ID = 2**62


class Box(StrEnum):
    """A drawer of the inbox."""

    IN = "masuk"  # what waits for the asker's side
    MINE = "saya"  # what the asker has claimed
    LATE = "terlambat"
    WAITING = "menunggu"  # for the reporter
    OVER = "selesai"
    ALL = "semua"


class Sort(StrEnum):
    """In which order."""

    DUE = "due"  # late first, then what is due next; open tickets only
    PRIORITY = "priority"  # then as `due`; open tickets only
    NEW = "new"  # opened last
    OLD = "old"  # opened first
    CLOSED = "closed"  # over last; tickets that are over only


_OF_OPEN = (Sort.DUE, Sort.PRIORITY, Sort.NEW, Sort.OLD)
# The first one is the usual one.
SORTS: dict[Box, tuple[Sort, ...]] = {
    Box.IN: _OF_OPEN,
    Box.MINE: _OF_OPEN,
    Box.LATE: _OF_OPEN,
    Box.WAITING: _OF_OPEN,
    Box.OVER: (Sort.CLOSED, Sort.NEW, Sort.OLD),
    Box.ALL: (Sort.NEW, Sort.OLD),
}


class Held(StrEnum):
    """Whose tickets, beside those of one user by number."""

    ME = "me"
    NOBODY = "none"


class BadCursor(ValueError):
    """That is not where a page of this list ended."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: the keys of its last ticket in that order. Opaque to the client."""

    sort: Sort
    keys: tuple[str, ...]  # as the database writes them; the last one is the ticket's id

    def __str__(self) -> str:
        written = orjson.dumps([self.sort.value, *self.keys])
        return base64.urlsafe_b64encode(written).decode().rstrip("=")

    @classmethod
    def parse(cls, written: str, sort: Sort) -> Self:
        """Read what str() wrote for a list of that order. Raises BadCursor."""
        try:
            padded = written + "=" * (-len(written) % 4)
            first, *keys = orjson.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        except (binascii.Error, ValueError, TypeError):
            raise BadCursor("after: give `next` of the page before as it came") from None
        if first != sort.value or len(keys) != len(_KINDS[sort]):
            raise BadCursor(f"after: it belongs to another order than {sort}; begin anew")
        if not all(_is(kind, key) for kind, key in zip(_KINDS[sort], keys, strict=True)):
            raise BadCursor("after: give `next` of the page before as it came")
        return cls(sort, tuple(keys))


_KINDS: dict[Sort, tuple[type, ...]] = {
    Sort.DUE: (datetime, int),
    Sort.PRIORITY: (int, datetime, int),
    Sort.NEW: (datetime, int),
    Sort.OLD: (datetime, int),
    Sort.CLOSED: (datetime, int),
}


def _is(kind: type, key: object) -> bool:
    """Whether the key is written as PostgreSQL writes one of that kind."""
    if not isinstance(key, str) or len(key) > 40:
        return False
    if kind is int:
        return key.isascii() and key.isdigit() and len(key) < 19
    if key == "infinity":
        return True
    try:
        return datetime.fromisoformat(key).tzinfo is not None
    except ValueError:
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxAsk:
    """What was asked for. A field that says nothing (None, empty, False) leaves all in.

    Raises ValueError for an order that the box does not have, or a cursor of another order.
    """

    box: Box = Box.IN
    states: frozenset[TicketState] = frozenset()
    kinds: frozenset[TicketKind] = frozenset()
    categories: frozenset[str] = frozenset()  # codes
    agencies: frozenset[str] = frozenset()  # codes
    villages: frozenset[str] = frozenset()  # codes
    districts: frozenset[str] = frozenset()  # codes
    priorities: frozenset[int] = frozenset()  # 1 gawat to 4 rendah
    late: bool = False  # only what is open and past one of its times
    holder: int | Held | None = None
    q: str = ""  # a number of a ticket or a case, or words of the place
    order: Sort | None = None  # None: the usual one of the box
    after: Cursor | None = None
    limit: int = 50

    def __post_init__(self) -> None:
        if self.sort not in SORTS[self.box]:
            words = ", ".join(SORTS[self.box])
            raise ValueError(f"sort: of box {self.box} give one of {words}")
        if self.after is not None and self.after.sort is not self.sort:
            raise ValueError("after: it belongs to another order; begin anew")

    @property
    def sort(self) -> Sort:
        """The order that is meant."""
        return self.order or SORTS[self.box][0]

    @property
    def over(self) -> bool:
        """Whether tickets that are over are asked for."""
        return self.box in (Box.OVER, Box.ALL)

    @property
    def number(self) -> int | None:
        """The number that is looked for; None: words, or nothing."""
        digits = self.q.strip().lstrip("#")
        if digits.isascii() and digits.isdigit() and len(digits) < 19:
            return min(int(digits), LARGEST_ID)
        return None

    @property
    def words(self) -> Sequence[str]:
        """The words that are looked for, the longest first; [] where a number is."""
        if self.number is not None:
            return []
        found = {word.lower() for word in self.q.split() if len(word) >= SHORTEST_WORD}
        return sorted(found, key=lambda word: (-len(word), word))[:MOST_WORDS]
