"""What to send to what, and whom to tell: plans.toml."""

from dataclasses import dataclass

from dispatch.regency.entry import Entry


@dataclass(frozen=True, slots=True)
class Plans:
    """The response plans of the regency."""


def read(entry: Entry) -> Plans:
    """Raises BadConfiguration."""
    entry.done()
    return Plans()
