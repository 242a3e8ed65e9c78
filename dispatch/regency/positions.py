"""How fixes of units are kept and believed: the table [positions] of regency.toml."""

from dataclasses import dataclass

from dispatch.regency.entry import Entry


@dataclass(frozen=True, slots=True)
class PositionRules:
    """Ages in seconds, days of history."""

    stale_s: float = 120  # older fixes are shown as a growing area
    lost_s: float = 3600  # older ones say nothing any more
    keep_days: float = 30


def read(entry: Entry) -> PositionRules:
    """Raises BadConfiguration."""
    usual = PositionRules()
    rules = PositionRules(
        stale_s=entry.number("stale_s", 10, 86_400, usual.stale_s),
        lost_s=entry.number("lost_s", 60, 864_000, usual.lost_s),
        keep_days=entry.number("keep_days", 0, 3650, usual.keep_days),
    )
    entry.done()
    return rules
