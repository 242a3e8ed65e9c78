"""What the public is shown, and where: the table [public] of regency.toml."""

from dataclasses import dataclass

from dispatch.regency.entry import Entry


@dataclass(frozen=True, slots=True)
class PublicRules:
    """Counts for everybody: in groups no smaller than `least`, at fixed hours, and late."""

    shown: bool = True  # off: the public pages answer 404
    least: int = 5  # a smaller count is never shown
    each_minutes: int = 1440  # a new snapshot at each full one of these
    delay_minutes: int = 60  # as things stood so long before
    embed_on: tuple[str, ...] = ()  # origins that may frame the small map: https://desa.example


def read(entry: Entry) -> PublicRules:
    """Raises BadConfiguration."""
    usual = PublicRules()
    rules = PublicRules(
        shown=entry.choice("shown", ("ya", "tidak"), "ya") == "ya",
        least=int(entry.number("least", 5, 1000, usual.least)),
        each_minutes=int(entry.number("each_minutes", 15, 1440, usual.each_minutes)),
        delay_minutes=int(entry.number("delay_minutes", 15, 43_200, usual.delay_minutes)),
        embed_on=entry.words("embed_on"),
    )
    for origin in rules.embed_on:
        if not origin.startswith("https://") or origin.count("/") != 2 or ";" in origin:
            entry.wrong("embed_on", f"{origin!r}: give an origin as https://desa.example")
    entry.done()
    return rules
