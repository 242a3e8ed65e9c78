"""Other regencies by name: what an address says that is not of ours."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from geo.naming import normalise

_DATA = Path(__file__).parents[1] / "data" / "country"
VENDOR = _DATA / "vendor"  # filled at set-up
ALSO = _DATA / "also.csv"  # what is said for a regency or a province instead of its name
_LIKE = 86.0  # of 100: a regency's name misspelt
_SHORTEST = 5  # letters; shorter names are only known when they are spelt right

_KINDS = ("kabupaten administrasi ", "kota administrasi ", "kabupaten ", "kota ")


@dataclass(frozen=True, slots=True)
class Regency:
    """A kabupaten or kota by its official name."""

    code: str
    name: str  # Kabupaten Kudus
    bare: str  # kudus, letters only
    city: bool
    province: str  # code


@dataclass(frozen=True, slots=True)
class Country:
    """All regencies and districts, and the villages of our own province. Empty when not there.

    Names are letters only, lower case, joined.
    """

    home: str  # code of our regency
    regencies: Mapping[str, Regency] = field(default_factory=dict)  # by code
    by_name: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # regency codes
    provinces: Mapping[str, str] = field(default_factory=dict)  # name to code
    province_names: Mapping[str, str] = field(default_factory=dict)  # code to name
    districts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # regency codes
    villages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # regency codes
    also: Mapping[str, str] = field(default_factory=dict)  # said, meant

    @classmethod
    def read(cls, home: str, folder: Path = VENDOR) -> Country:
        """From the files that set-up puts there; knows nothing where they are absent.

        Read once a process, and anew when a file has changed: 84,000 rows take 0.3 s.
        """
        if not (folder / "regencies.csv").is_file():
            return cls(home)
        return _read(home, folder, _stamps(folder))

    def regencies_named(self, said: str, *, misspelt: bool = False) -> tuple[str, ...]:
        """Codes of the regencies that these joined letters name; empty when none."""
        said = self.also.get(said, said)
        if said in self.by_name:
            return self.by_name[said]
        if not misspelt or len(said) < _SHORTEST:
            return ()
        near = process.extractOne(said, self.by_name.keys(), scorer=ratio, score_cutoff=_LIKE)
        return self.by_name[near[0]] if near else ()

    def province_named(self, said: str) -> str | None:
        """Code of the province that these joined letters name."""
        return self.provinces.get(self.also.get(said, said))

    def pick(self, codes: tuple[str, ...], mark: str, near: Mapping[str, float]) -> str:
        """The regency meant where two carry a name: by "kota" or "kab", by what else was said."""
        wanted = {"kota": True, "kotamadya": True, "kodya": True}.get(mark, False)
        marked = mark != ""
        return max(
            codes,
            key=lambda code: (
                near.get(code, 0.0),
                marked and self.regencies[code].city == wanted,
                self.regencies[code].city,
                code,
            ),
        )


@lru_cache(maxsize=2)
def _read(home: str, folder: Path, _stamps: tuple[int, ...]) -> Country:
    regencies = {row["code"]: _regency(row) for row in _rows(folder / "regencies.csv")}
    provinces = {row["code"]: row["name"] for row in _rows(folder / "provinces.csv")}
    by_name: dict[str, list[str]] = defaultdict(list)
    for regency in regencies.values():
        by_name[regency.bare].append(regency.code)
        if " " in regency.name and regency.bare.startswith("jakarta"):
            by_name["dkijakarta"].append(regency.code)
    return Country(
        home=home,
        regencies=regencies,
        by_name=_frozen(by_name),
        provinces={letters(name): code for code, name in provinces.items()},
        province_names=provinces,
        districts=_frozen(_districts(folder)),
        villages=_frozen(_villages(folder, home)),
        also={letters(row["said"]): letters(row["means"]) for row in _rows(ALSO)},
    )


def _stamps(folder: Path) -> tuple[int, ...]:
    """When each file was last written; changes with any of them."""
    return tuple(file.stat().st_mtime_ns for file in (*sorted(folder.glob("*.csv")), ALSO))


def letters(name: str) -> str:
    """Lower case, letters and digits only, joined: "Kab. Gunung Kidul" is "kabgunungkidul"."""
    return normalise(name).replace(" ", "")


def _regency(row: Mapping[str, str]) -> Regency:
    lower = row["name"].lower()
    kind = next((kind for kind in _KINDS if lower.startswith(kind)), "")
    return Regency(
        code=row["code"],
        name=row["name"],
        bare=letters(lower.removeprefix(kind)),
        city=kind.startswith("kota"),
        province=row["province_code"],
    )


def _districts(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for row in _rows(folder / "districts.csv"):
        found[letters(row["name"])].append(row["regency_code"])
    return found


def _villages(folder: Path, home: str) -> dict[str, list[str]]:
    """Of our province only: a village elsewhere is named with its regency."""
    found: dict[str, list[str]] = defaultdict(list)
    province = home[:2] + "."
    for row in _rows(folder / "villages.csv"):
        if row["code"].startswith(province):
            found[letters(row["name"])].append(row["code"][:5])
    return found


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def _frozen(lists: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(dict.fromkeys(codes)) for name, codes in lists.items()}
