"""Owners of things, and the register of what is whose: assets.toml and assets.csv."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from dispatch.regency import files
from dispatch.regency.entry import Entry
from dispatch.regency.roads import KINDS
from dispatch.rules.owners import OwnerKind


@dataclass(frozen=True, slots=True)
class AssetEntry:
    """A thing with an owner, found by its name."""

    kind: str  # jalan, jembatan, pasar, pantai ...
    owner: str
    name: str
    code: str  # of the register; "" none
    source: str  # where it stands, or "diandaikan"


@dataclass(frozen=True, slots=True)
class OwnerRules:
    """Who may own what a report speaks of, and how that is found."""

    kinds: tuple[OwnerKind, ...] = ()
    of_road: Mapping[str, str] = field(default_factory=dict)  # owner by class of road
    assets: tuple[AssetEntry, ...] = ()


def read(folder: Path) -> OwnerRules:
    """Both files may be absent. Raises BadConfiguration."""
    whole = files.toml_of(folder, "assets.toml", needed=False)
    kinds = tuple(_kind(e) for e in whole.entries("owner", "owner"))
    codes = [kind.code for kind in kinds]
    for code in codes:
        if codes.count(code) > 1:
            whole.wrong("owner", f"{code!r} stands there twice; give each its own code")
    of_road = _of_road(whole.entry("road_owner", needed=False), codes)
    whole.done()
    return OwnerRules(kinds, of_road, _assets(folder, codes))


def _kind(entry: Entry) -> OwnerKind:
    kind = OwnerKind(entry.code("code"), entry.text("name"), entry.words("words"))
    entry.done()
    return kind


def _of_road(entry: Entry, codes: list[str]) -> Mapping[str, str]:
    for kind in entry.values:
        if kind not in KINDS:
            entry.wrong(kind, f"is no class of road; known: {', '.join(sorted(KINDS))}")
    return MappingProxyType({kind: entry.choice(kind, codes) for kind in entry.values})


def _assets(folder: Path, codes: list[str]) -> tuple[AssetEntry, ...]:
    if not (folder / "assets.csv").is_file():
        return ()
    entries = files.csv_of(folder, "assets.csv", "name")
    assets = tuple(_asset(e, codes) for e in entries)
    there = set()
    for entry, asset in zip(entries, assets, strict=True):
        if (asset.kind, asset.name) in there:
            entry.wrong("name", f"this {asset.kind} stands there twice")
        there.add((asset.kind, asset.name))
    return assets


def _asset(entry: Entry, codes: list[str]) -> AssetEntry:
    asset = AssetEntry(
        entry.code("kind"),
        entry.choice("owner", codes),
        entry.text("name"),
        entry.text("code", empty=True),
        entry.text("source"),
    )
    entry.done()
    return asset
