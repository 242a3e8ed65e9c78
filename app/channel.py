"""What the live wire remembers of each scope: what it was told, what it shows, who listens."""

import threading
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from itertools import takewhile

from app.lines import Message, SocketLine
from app.telling import RESYNC, About, LoadNews, News
from dispatch.load import EMPTY, VillageLoad, total
from dispatch.rows import AnyRow
from dispatch.rules.workflow import IncidentState
from dispatch.scope import Role, Scope

# Messages kept for a scope, and their bytes; who falls further behind reads the board again.
KEPT, KEPT_BYTES = 2000, 8_000_000
KEEP_ALIVE_S = 15.0
# Of whose sight a case can go by itself; for the others only when the catalogue changes.
LOSE_SIGHT = frozenset({Role.FIELD_UNIT, Role.AGENCY_OFFICER, Role.VILLAGE_HEAD})

Thing = tuple[str, int]  # ("incident", 12), ("unit", 3)
Villages = set[str | None]


class Screen:
    """One open stream: what it has seen, and its line while the hub may write there."""

    def __init__(self, channel: "Channel") -> None:
        self._channel = channel
        self._news = threading.Event()
        self.seen = channel.number
        self._line: SocketLine | None = None  # while the hub may write there

    def wait(self, line: SocketLine | None = None, seconds: float | None = None) -> bytes | None:
        """The next messages; None after a silence, or when all of them were written on the line.

        line     where the hub may write meanwhile. Raises OSError when it is gone
        seconds  of silence; None: KEEP_ALIVE_S
        """
        self._news.clear()  # first this, then read: what comes in between wakes again
        if (due := self._due()) is not None:
            return due
        self._line = line
        self._news.wait(KEEP_ALIVE_S if seconds is None else seconds)
        self._line = None
        if line is not None:
            line.flush()
        return self._due()

    def _due(self) -> bytes | None:
        message, number = self._channel.after(self.seen)
        self.seen = number
        return message

    def tell(self, number: int, message: Message) -> None:
        """Write it at once where that can be; else wake whoever waits."""
        if self._line is not None and self.seen == number - 1 and self._line.send(message):
            self.seen = number
        if self.seen < number or (self._line is not None and self._line.rest):
            self._news.set()


class Channel:
    """What one scope has been told, what it is thought to show, and what it counts."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.screens: set[Screen] = set()
        self.number = 0  # of the newest message
        self._messages: deque[tuple[int, bytes]] = deque()
        self._bytes = 0
        self._lock = threading.Lock()
        # Things in sight, and which village counts an incident; of roles in LOSE_SIGHT all.
        self.shown: dict[Thing, str | None] = {}
        self.counts: dict[str | None, VillageLoad] = {}
        self.due: Villages = set()  # villages to be counted anew
        self.owed = False  # a message went out whose cursor comes with the load that is due
        self.counted_at = 0.0  # by the monotonic clock
        self.swept_at = 0.0
        self.recounted: Villages = set()  # since the sweep began

    def join(self) -> Screen:
        """A new screen: it hears what comes from here on."""
        screen = Screen(self)
        with self._lock:
            self.screens = {*self.screens, screen}
        return screen

    def leave(self, screen: Screen) -> int:
        """How many are left."""
        with self._lock:
            self.screens = self.screens - {screen}
            return len(self.screens)

    def add(self, plain: bytes) -> None:
        """One more message, to all who listen."""
        message = Message(plain)
        with self._lock:
            self.owed = bool(self.due)
            self.number += 1
            number, screens = self.number, self.screens
            self._messages.append((number, plain))
            self._bytes += len(plain)
            while len(self._messages) > KEPT or (
                self._bytes > KEPT_BYTES and len(self._messages) > 1
            ):
                self._bytes -= len(self._messages.popleft()[1])
        for screen in screens:
            screen.tell(number, message)

    def after(self, seen: int) -> tuple[bytes | None, int]:
        """The messages after one, and the number of the last; where some are gone, RESYNC."""
        with self._lock:
            if self.number == seen:
                return None, seen
            if self.number - seen > len(self._messages):
                return RESYNC, self.number
            due = list(takewhile(lambda kept: kept[0] > seen, reversed(self._messages)))
            return b"".join(message for _, message in reversed(due)), self.number

    def is_about(self, about: About) -> bool:
        """Whether that may mean anything to this scope. To ask the database costs more."""
        if about.edition:
            return True
        role = self.scope.role
        if role == Role.PLANNER:
            return bool(about.incident_ids)
        if role == Role.VILLAGE_HEAD:
            return self.scope.village_code in about.near or self._shows(about.incident_ids)
        if role == Role.FIELD_UNIT:
            return self.scope.unit_id in about.unit_ids or self._shows(about.incident_ids)
        return True

    def _shows(self, incidents: Iterable[int]) -> bool:
        return any(("incident", number) in self.shown for number in incidents)

    def take_in(
        self, seen: dict[Thing, str | None], asked: set[Thing], over: set[Thing]
    ) -> list[Thing]:
        """Note what is in sight, of what was asked for; what went out of it comes back.

        Their villages are due to be counted: those of now, and those of what went.
        over  closed cases: no screen shows them from here on
        """
        gone = sorted(thing for thing in asked - seen.keys() if thing in self.shown)
        for thing in gone:
            village = self.shown.pop(thing)
            if thing[0] == "incident":
                self.due.add(village)
        self.due |= {code for (kind, _), code in seen.items() if kind == "incident"}
        for thing, village in seen.items():
            if thing[0] == "unit" or self.scope.role in LOSE_SIGHT:
                self.shown[thing] = village
        for thing in over:
            self.shown.pop(thing, None)
        return gone

    def take_counts(
        self, found: dict[str | None, VillageLoad], asked: Collection[str | None]
    ) -> LoadNews:
        """Note the load of these villages; those that changed, one with none left with zeros."""
        now = {code: found.get(code, EMPTY) for code in asked}
        changed = {c: load for c, load in now.items() if load != self.counts.get(c, EMPTY)}
        for code, load in changed.items():
            if load == EMPTY:
                self.counts.pop(code, None)
            else:
                self.counts[code] = load
        return LoadNews(changed, total(self.counts))


def news_of(
    about: About,
    incidents: Sequence[AnyRow],
    units: Sequence[AnyRow],
    channel: Channel | None = None,
) -> News:
    """The changed things as a scope sees them; its channel is brought along."""
    seen: dict[Thing, str | None] = {("incident", r.id): r.village_code for r in incidents}
    unseen = len(seen) < len(about.incident_ids)
    seen |= {("unit", r.id): None for r in units}
    gone: list[Thing] = []
    if channel is not None:
        asked = {("incident", i) for i in about.incident_ids}
        asked |= {("unit", i) for i in about.unit_ids}
        closed = {("incident", r.id) for r in incidents if r.state == IncidentState.CLOSED}
        gone = channel.take_in(seen, asked, closed)
        channel.due |= about.villages
    return News(
        cursor=about.cursor,
        incidents=list(incidents),
        units=list(units),
        gone=gone,
        unseen=unseen,
        edition=about.edition,
        whole=channel is None or not channel.due,
    )
