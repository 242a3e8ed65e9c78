"""The register: which villages there are by law, with a point and an area, but no border."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import village_code
from geo.errors import BadPoint
from geo.point import Point

COLUMNS = ("code", "name", "kind", "district_code", "district", "postal_code", "lon", "lat")


@dataclass(frozen=True, slots=True)
class Entry:
    """A village of the register."""

    code: str
    name: str
    kind: str  # desa, kelurahan
    district_code: str
    district: str
    postal_code: str | None  # None: not known
    point: Point  # well inside the village
    area_km2: float


@dataclass(frozen=True, slots=True)
class Register:
    """All villages of a place, by code."""

    entries: dict[str, Entry]
    sha256: str


def read_register(path: Path) -> Register:
    """The register.csv of a place.

    Raises Unusable naming the line when a column is missing, a code is twice there or
    a number is none.
    """
    try:
        content = path.read_bytes()
        rows = list(csv.DictReader(content.decode("utf-8-sig").splitlines()))
    except OSError as error:
        raise Unusable(Fault.MISSING, where=path) from error
    except UnicodeDecodeError as error:
        raise Unusable(Fault.UNREADABLE, where=path, detail="not UTF-8") from error
    entries: dict[str, Entry] = {}
    for number, row in enumerate(rows, start=2):
        entry = _entry(row, f"{path.name} line {number}")
        if entry.code in entries:
            detail = f"code {entry.code} is there twice"
            raise Unusable(Fault.UNREADABLE, where=f"{path.name} line {number}", detail=detail)
        entries[entry.code] = entry
    if not entries:
        raise Unusable(Fault.EMPTY, where=path)
    return Register(entries, hashlib.sha256(content).hexdigest())


def _entry(row: dict[str, str], where: str) -> Entry:
    missing = [name for name in (*COLUMNS, "area_km2") if row.get(name) is None]
    if missing:
        detail = f"no value for {', '.join(missing)}"
        raise Unusable(Fault.UNREADABLE, where=where, detail=detail)
    try:
        point = Point(lon=float(row["lon"]), lat=float(row["lat"]))
        area_km2 = float(row["area_km2"])
    except (ValueError, BadPoint) as error:
        raise Unusable(Fault.UNREADABLE, where=where, detail=str(error)) from error
    if village_code(row["code"]) != row["code"] or not 0 < area_km2 < 1e5:
        detail = f"code {row['code']!r}, area {row['area_km2']!r}"
        raise Unusable(Fault.UNREADABLE, where=where, detail=detail)
    return Entry(
        code=row["code"],
        name=row["name"],
        kind=row["kind"],
        district_code=row["district_code"],
        district=row["district"],
        postal_code=row["postal_code"] or None,
        point=point,
        area_km2=area_km2,
    )
