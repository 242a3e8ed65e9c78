"""From when on an open case is late: the table [late_minutes] of regency.toml."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from dispatch.regency.entry import Entry

# Minutes by priority, 1 gawat to 4 rendah.
USUAL: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "darurat": (60, 120, 240, 480),
        "aduan": (1440, 4320, 10_080, 20_160),
        "saran": (20_160, 20_160, 20_160, 20_160),
        "informasi": (20_160, 20_160, 20_160, 20_160),
    }
)
_MOST = 527_040.0  # a year


@dataclass(frozen=True, slots=True)
class LateRules:
    """How long a case of each kind and priority may stay open."""

    minutes: Mapping[str, tuple[float, ...]] = field(default_factory=lambda: USUAL)

    def due_at(self, kind: str, priority: int, opened_at: datetime) -> datetime:
        """The moment from which on it is late.

        kind      darurat or aduan
        priority  1 to 4
        """
        return opened_at + timedelta(minutes=self.minutes[kind][priority - 1])


def read(entry: Entry) -> LateRules:
    """Raises BadConfiguration."""
    minutes = {}
    for kind, usual in USUAL.items():
        given = entry.numbers(kind, 1, _MOST, usual)
        if len(given) != len(usual):
            entry.wrong(kind, f"give {len(usual)} numbers, one for each priority")
        minutes[kind] = given
    entry.done()
    return LateRules(MappingProxyType(minutes))
