"""What a ticket's clocks are set by: clocks.toml, calendar.toml and [late_minutes]."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from dispatch.errors import BadConfiguration
from dispatch.regency import calendar, escalation, files
from dispatch.regency.entry import Entry
from dispatch.regency.late import LateRules
from dispatch.rules.clock_terms import USUAL, USUAL_CLASSES, Done, OwnTerms, Terms, same_for_all
from dispatch.rules.clocks import Clocks
from dispatch.rules.ticketing import TicketKind

_MOST_DAYS = 400
_MOST_MINUTES = 527_040  # a year


def read(folder: Path, zone: ZoneInfo, late: LateRules) -> Clocks:
    """All clocks of the regency; both files may be absent. Raises BadConfiguration."""
    work = calendar.read(files.toml_of(folder, "calendar.toml", needed=False), zone)
    entry = files.toml_of(folder, "clocks.toml", needed=False)
    kinds, classes = entry.entry("kinds", needed=False), entry.entry("classes", needed=False)
    clocks = Clocks(
        calendar=work,
        kinds=MappingProxyType({kind: _kind(kinds, kind, late) for kind in TicketKind}),
        classes=MappingProxyType(
            {**USUAL_CLASSES, **{code: _class(classes.entry(code)) for code in classes.values}}
        ),
        ladder=escalation.read(entry.entry("ladder", needed=False), zone),
    )
    kinds.done()
    entry.done()
    return clocks


def check(clocks: Clocks, categories: Iterable[tuple[str, str, str | None]]) -> None:
    """Every class that a category (code, kind, clock) names is there. Raises BadConfiguration."""
    for code, kind, clock_class in categories:
        if clock_class is None:
            continue
        if clocks.is_wall(kind):
            what = f"{kind} has no classes; its minutes are [late_minutes] in regency.toml"
        elif clock_class in clocks.classes:
            continue
        else:
            what = f"{clock_class!r} is none of: {', '.join(sorted(clocks.classes))}"
        raise BadConfiguration(f"categories.toml: {code}: clock: {what}")


def _kind(kinds: Entry, kind: TicketKind, late: LateRules) -> Terms:
    usual, entry = USUAL[kind], kinds.entry(kind, needed=False)
    if usual.wall:
        return _wall(entry, replace(usual, done=late.by_priority))
    terms = replace(
        usual,
        verify=_days(entry, "verify", usual.verify),
        answer=_days(entry, "answer", usual.answer),
        done=_done(entry) or usual.done,
        extension=_days(entry, "extension", usual.extension) or 0,
        reply=_days(entry, "reply", usual.reply),
    )
    entry.done()
    return terms


def _wall(entry: Entry, usual: Terms) -> Terms:
    """Emergencies: minutes by the clock on the wall."""
    if "done" in entry.values:
        entry.wrong("done", "write it in regency.toml, [late_minutes], in minutes by priority")
    minutes = entry.number("reply", 0, _MOST_MINUTES, usual.reply)
    entry.done()
    return replace(usual, reply=minutes or None)


def _class(entry: Entry) -> OwnTerms:
    own = OwnTerms(
        verify=_days(entry, "verify", None),
        answer=_days(entry, "answer", None),
        done=_done(entry),
        reply=_days(entry, "reply", None),
    )
    entry.done()
    return own


def _days(entry: Entry, field: str, usual: float | None) -> float | None:
    """Whole working days; 0 is written where there is no such clock."""
    days = entry.number(field, 0, _MOST_DAYS, usual or 0)
    if days != int(days):
        entry.wrong(field, f"{days:g}: give whole working days")
    return days or None


def _done(entry: Entry) -> Done | None:
    """One number for all, or four by priority. None where nothing is written."""
    given = entry.values.get("done")
    if given is None:
        return None
    if not isinstance(given, list):
        return same_for_all(_positive(entry, entry.number("done", 1, _MOST_DAYS)))
    days = entry.numbers("done", 1, _MOST_DAYS, ())
    if len(days) != 4:
        entry.wrong("done", "give one number, or four: gawat, tinggi, sedang, rendah")
    gawat, tinggi, sedang, rendah = (_positive(entry, each) for each in days)
    return (gawat, tinggi, sedang, rendah)


def _positive(entry: Entry, days: float) -> float:
    if days != int(days):
        entry.wrong("done", f"{days:g}: give whole working days")
    return days
