"""Who is reminded when, and which hours are quiet: [ladder] of clocks.toml."""

from zoneinfo import ZoneInfo

from dispatch.regency.entry import Entry
from dispatch.rules.escalation import Ladder, Rung, Told

_HIGHEST = 10.0


def read(entry: Entry, zone: ZoneInfo) -> Ladder:
    """The ladder; the usual one where none is given. Raises BadConfiguration."""
    usual = Ladder(zone=zone)
    rungs = tuple(_rung(e) for e in entry.entries("rungs", "rungs")) or usual.rungs
    ladder = Ladder(
        rungs,
        entry.time_of("quiet_from") if "quiet_from" in entry.values else usual.quiet_from,
        entry.time_of("quiet_to") if "quiet_to" in entry.values else usual.quiet_to,
        zone,
    )
    shares = [rung.share for rung in rungs]
    if shares != sorted(set(shares)):
        entry.wrong("rungs", "each share must be higher than the one above it")
    entry.done()
    return ladder


def _rung(entry: Entry) -> Rung:
    tell = entry.words("tell", list(Told))
    if not tell:
        entry.wrong("tell", f"name one of: {', '.join(Told)}")
    rung = Rung(entry.number("share", 0.01, _HIGHEST), tuple(Told(word) for word in tell))
    entry.done()
    return rung
