"""How long an order may stay unanswered: the table [orders] of regency.toml."""

from dataclasses import dataclass

from dispatch.regency.entry import Entry


@dataclass(frozen=True, slots=True)
class OrderRules:
    """Timers of an order, in seconds."""

    ack_s: float = 30  # without an answer by then: alarm


def read(entry: Entry) -> OrderRules:
    """Raises BadConfiguration."""
    rules = OrderRules(ack_s=entry.number("ack_s", 5, 3600, OrderRules().ack_s))
    entry.done()
    return rules
