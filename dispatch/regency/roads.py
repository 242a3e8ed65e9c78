"""How fast one drives where and when, which ferries run, what the sea allows: roads.toml."""

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any

from dispatch.regency.entry import Entry
from geo.routing.ferries import EVERY_DAY, FerryLine, Sailing
from geo.routing.rules import (
    ALL,
    LINE,
    SEA,
    USUAL_KMH,
    Band,
    RoadRules,
    SeaRules,
    TurnCosts,
)

__all__ = ["RoadRules", "read"]

_LINKS = frozenset(f"{kind}_link" for kind in USUAL_KMH)
KINDS = frozenset({*USUAL_KMH, *_LINKS, "road"})  # OSM's classes that one drives on


def read(entry: Entry) -> RoadRules:
    """Raises BadConfiguration."""
    usual = RoadRules()
    speeds = entry.entry("speed_kmh", needed=False)
    off_road = entry.entry("off_road", needed=False)
    rules = RoadRules(
        drives_on=entry.choice("drives_on", ("left", "right"), usual.drives_on),
        speed_kmh=MappingProxyType({**USUAL_KMH, **_numbers(speeds, KINDS, 1, 200)}),
        other_kmh=entry.number("other_kmh", 1, 200, usual.other_kmh),
        signed_share=entry.number("signed_share", 0.1, 2, usual.signed_share),
        bands=tuple(_band(e) for e in entry.entries("band", "band")),
        turns=_turns(entry.entry("turns", needed=False)),
        off_road_kmh=off_road.number("kmh", 1, 60, usual.off_road_kmh),
        off_road_most_m=off_road.number("most_m", 0, 20_000, usual.off_road_most_m),
        ferries=tuple(line for e in entry.entries("ferry", "ferry") for line in _ferry(e)),
        sea=_sea(entry.entry("sea", needed=False)),
    )
    off_road.done()
    entry.done()
    _check_names(entry, rules)
    return rules


def _band(entry: Entry) -> Band:
    factors = entry.entry("factor")
    band = Band(
        name=entry.text("name"),
        first=entry.time_of("first"),
        last=entry.time_of("last"),
        factor=MappingProxyType(_numbers(factors, {*KINDS, ALL, LINE}, 0.2, 10)),
        days=entry.days() or EVERY_DAY,
    )
    if band.name == ALL:
        entry.wrong("name", f"{ALL!r} stands for all other hours; give another")
    if band.first == band.last:
        entry.wrong("last", "must differ from first")
    entry.done()
    return band


def _turns(entry: Entry) -> TurnCosts:
    usual = TurnCosts()
    turns = TurnCosts(
        across_s=entry.number("across_s", 0, 300, usual.across_s),
        along_s=entry.number("along_s", 0, 300, usual.along_s),
        back_s=entry.number("back_s", 0, 300, usual.back_s),
        signals_s=entry.number("signals_s", 0, 300, usual.signals_s),
    )
    entry.done()
    return turns


def _sea(entry: Entry) -> SeaRules | None:
    if not entry.values:
        return None
    usual = SeaRules()
    kinds = entry.entry("speed_kmh_by_kind", needed=False)
    sea = SeaRules(
        speed_kmh=entry.number("speed_kmh", 1, 150),
        near_m=entry.number("near_m", 0, 5000, usual.near_m),
        landing_s=60 * entry.number("landing_minutes", 0, 120, usual.landing_s / 60),
        cell_m=entry.number("cell_m", 100, 500, usual.cell_m),
        speed_kmh_by_kind=MappingProxyType(_numbers(kinds, kinds.values, 1, 150)),
    )
    entry.done()
    return sea


def _ferry(entry: Entry) -> tuple[FerryLine, FerryLine]:
    """There and back."""
    out = tuple(s for e in entry.entries("out", f"{entry.name}, out") for s in _sailings(e))
    back = tuple(s for e in entry.entries("back", f"{entry.name}, back") for s in _sailings(e))
    if bool(out) != bool(back):
        entry.wrong("back" if out else "out", "give sailings both ways, or none: it waits for you")
    line = FerryLine(
        code=entry.code("code"),
        name=entry.text("name"),
        start=entry.point("quay"),
        finish=entry.point("far_quay"),
        crossing_s=60 * entry.number("crossing_minutes", 1, 6000),
        vehicles=entry.flag("vehicles"),
        sailings=out,
    )
    if line.code == SEA:
        entry.wrong("code", f"{SEA!r} stands for the sea itself; give another")
    entry.done()
    return line, line.back(back)


def _sailings(entry: Entry) -> list[Sailing]:
    """Fixed times, or from first to last every so many minutes."""
    days = entry.days() or EVERY_DAY
    if "times" in entry.values:
        found = [Sailing(entry.time_of("times", at), days=days) for at in entry.words("times")]
    else:
        first = entry.time_of("first")
        last = entry.time_of("last")
        if last < first:
            entry.wrong("last", "must not be earlier than first; write a night as two entries")
        found = [Sailing(first, last, 60 * entry.number("every_minutes", 1, 1440), days)]
    entry.done()
    return found


def _numbers(
    entry: Entry, known: Collection[str] | Mapping[str, Any], least: float, most: float
) -> dict[str, float]:
    for name in entry.values:
        if name not in known:
            entry.wrong(name, f"is none of: {', '.join(sorted(known))}")
    return {name: entry.number(name, least, most) for name in entry.values}


def _check_names(entry: Entry, rules: RoadRules) -> None:
    bands = [band.name for band in rules.bands]
    codes = [line.code for line in rules.ferries[::2]]
    for what, names in (("band", bands), ("ferry", codes)):
        for name in names:
            if names.count(name) > 1:
                entry.wrong(what, f"{name!r} stands there twice; give each its own")
