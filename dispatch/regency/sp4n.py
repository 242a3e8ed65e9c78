"""What is exchanged with SP4N-LAPOR, and its codes for our categories and agencies: sp4n.toml."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from dispatch.regency.entry import YES_NO, Entry
from dispatch.rules.ticketing import TicketKind

FALLBACK = "lainnya"
RETURNED = ("disposisi", "bukan_wewenang")


@dataclass(frozen=True, slots=True)
class ExchangeRules:
    """All of sp4n.toml.

    tells     kinds of tickets that are told; () nothing goes out
    since     tickets that were opened before that day are not told
    words     whether what a caller said is told, cleaned; else category and village alone
    returned  status while a ticket that its agency gave back waits for the room
    """

    tells: tuple[str, ...] = ()
    since: date = date.max
    words: bool = False
    returned: str = "bukan_wewenang"
    there: Mapping[str, str] = field(default_factory=dict)  # our category -> theirs
    here: Mapping[str, str] = field(default_factory=dict)  # their category -> ours
    agencies: Mapping[str, str] = field(default_factory=dict)  # our agency -> theirs

    def category_there(self, code: str) -> str:
        """Their code; what they have none for goes to their `lainnya`."""
        return self.there.get(code, FALLBACK)

    def category_here(self, code: str) -> str:
        """Our code; what we do not know goes to our `lainnya`, where people look at it."""
        return self.here.get(code, FALLBACK)

    def agency_there(self, code: str) -> str:
        """Their code; ours where they have none."""
        return self.agencies.get(code, code)


def read(entry: Entry) -> ExchangeRules:
    """Raises BadConfiguration. An empty entry: nothing is exchanged."""
    own = entry.entry("exchange", needed=False)
    usual = ExchangeRules()
    categories = [
        (e, e.text("sp4n"), e.words("codes")) for e in entry.entries("category", "category")
    ]
    agencies = [(e, e.text("code"), e.text("sp4n")) for e in entry.entries("agency", "agency")]
    rules = ExchangeRules(
        tells=own.words("tells", list(TicketKind)),
        since=_day(own) if own.values else usual.since,
        words=YES_NO[own.choice("words", YES_NO, "tidak")],
        returned=own.choice("returned", RETURNED, usual.returned),
        there=MappingProxyType({ours: theirs for _, theirs, codes in categories for ours in codes}),
        # The first that is named stands for all that they do not tell apart.
        here=MappingProxyType({theirs: codes[0] for _, theirs, codes in categories if codes}),
        agencies=MappingProxyType({ours: theirs for _, ours, theirs in agencies}),
    )
    _check_once(categories)
    for part in (own, entry, *(e for e, *_ in categories), *(e for e, *_ in agencies)):
        part.done()
    return rules


def check(
    rules: ExchangeRules, entry: Entry, categories: Iterable[str], agencies: Iterable[str]
) -> None:
    """Raise BadConfiguration at the first code that the regency does not have."""
    known = {
        "category": (set(rules.there), set(categories)),
        "agency": (set(rules.agencies), set(agencies)),
    }
    for field_, (used, there) in known.items():
        if wrong := sorted(used - there):
            entry.wrong(field_, f"{wrong[0]!r} is none of: {', '.join(sorted(there))}")


def _check_once(categories: list[tuple[Entry, str, tuple[str, ...]]]) -> None:
    told: dict[str, str] = {}
    heard: set[str] = set()
    for entry, theirs, codes in categories:
        if not codes:
            entry.wrong("codes", "name at least one of our categories")
        if theirs in heard:
            entry.wrong("sp4n", f"{theirs!r} stands there twice")
        heard.add(theirs)
        for code in codes:
            if code in told:
                entry.wrong("codes", f"{code!r} is {told[code]!r} already")
            told[code] = theirs


def _day(entry: Entry) -> date:
    written = entry.text("since")
    try:
        return date.fromisoformat(written)
    except ValueError:
        entry.wrong("since", f"{written!r}: give a day as 2026-12-01")
