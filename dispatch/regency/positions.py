"""How fixes of units are kept and believed: the table [positions] of regency.toml."""

from dataclasses import dataclass, field

from dispatch.regency.entry import Entry
from dispatch.rules.fixes import Limits


@dataclass(frozen=True, slots=True)
class PositionRules:
    """Ages in seconds, days of history."""

    stale_s: float = 120  # older fixes are shown as a growing area
    lost_s: float = 3600  # older ones say nothing any more
    keep_days: float = 30
    keep_each_s: float = 300  # of a unit that stands, the history has one fix in this time
    keep_each_m: float = 100  # of one that moves, one each so many metres
    limits: Limits = field(default_factory=Limits)  # what is believed


def read(entry: Entry) -> PositionRules:
    """Raises BadConfiguration."""
    usual = PositionRules()
    lost_s = entry.number("lost_s", 60, 864_000, usual.lost_s)
    rules = PositionRules(
        stale_s=entry.number("stale_s", 10, 86_400, usual.stale_s),
        lost_s=lost_s,
        keep_days=entry.number("keep_days", 0, 3650, usual.keep_days),
        keep_each_s=entry.number("keep_each_s", 0, 86_400, usual.keep_each_s),
        keep_each_m=entry.number("keep_each_m", 0, 100_000, usual.keep_each_m),
        limits=Limits(
            ahead_s=entry.number("ahead_s", 0, 3600, usual.limits.ahead_s),
            lost_s=lost_s,
            land_kmh=entry.number("land_kmh", 50, 1000, usual.limits.land_kmh),
            sea_kmh=entry.number("sea_kmh", 20, 1000, usual.limits.sea_kmh),
        ),
    )
    entry.done()
    return rules
