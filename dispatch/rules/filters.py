"""Which of the open cases are meant: by kind, category, agency, channel, priority and time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from dispatch.rules.ticketing import TicketKind

MOST_HOURS = 8784  # a leap year
PRIORITIES = (1, 2, 3, 4)
KINDS = tuple(kind.value for kind in TicketKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What was asked for. A field that says nothing (None, empty, False) leaves all in.

    Raises ValueError where `hours` stands beside `since`, or the window is empty.
    """

    kind: str | None = None  # one of KINDS
    categories: frozenset[str] = frozenset()  # codes
    agency: str | None = None  # its code
    channel: str | None = None  # of the call that opened it
    priorities: frozenset[int] = frozenset()  # 1 gawat to 4 rendah
    late: bool = False  # only what is past its time
    since: datetime | None = None  # opened from here on ...
    until: datetime | None = None  # ... and before this
    hours: int | None = None  # opened in the last so many hours; not with since

    def __post_init__(self) -> None:
        if self.hours is not None and self.since is not None:
            raise ValueError("hours: give hours or since, not both")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise ValueError("since: must be before until")

    def window(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """From when on, and before when, a case must have been opened; None: no bound."""
        if self.hours is not None:
            return now - timedelta(hours=self.hours), self.until
        return self.since, self.until

    def key(self) -> str:
        """The filter as the query string that asks for it; equal filters have equal keys."""
        return "&".join(f"{name}={value}" for name, value in self._words() if value)

    def _words(self) -> list[tuple[str, str]]:
        return [
            ("kind", self.kind or ""),
            ("category", ",".join(quote(code, safe="") for code in sorted(self.categories))),
            ("agency", quote(self.agency or "", safe="")),
            ("channel", quote(self.channel or "", safe="")),
            ("p", ",".join(str(p) for p in sorted(self.priorities))),
            ("late", "1" if self.late else ""),
            ("since", _written(self.since)),
            ("until", _written(self.until)),
            ("hours", str(self.hours or "")),
        ]


ALL = Filter()


def _written(moment: datetime | None) -> str:
    """In UTC with a Z: a plus sign in an address would be read as a space."""
    return "" if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
