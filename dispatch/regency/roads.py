"""How fast one drives where and when, which ferries run, what the sea allows: roads.toml."""

from dataclasses import dataclass

from dispatch.regency.entry import Entry


@dataclass(frozen=True, slots=True)
class RoadRules:
    """What the router is told."""

    drives_on: str = "left"


def read(entry: Entry) -> RoadRules:
    """Raises BadConfiguration."""
    rules = RoadRules(drives_on=entry.choice("drives_on", ("left", "right"), "left"))
    entry.done()
    return rules
