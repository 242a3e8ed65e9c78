"""Named places from a dump of GeoNames (geonames.org, CC BY 4.0): 19 columns, tabs between."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from geo.errors import BadPoint
from geo.gazetteer.place import LONGEST_NAME, MOST_NAMES, BadPlace, NewPlace
from geo.gazetteer.readers.kinds import spread_of_kind
from geo.gazetteer.readers.reading import Fence, Row, Told
from geo.naming import normalise
from geo.point import Point

COLUMNS = 19
LONGEST_LINE = 64 * 1024  # alternate names alone may have 10,000 letters
# Feature class, then code; "" is any other code of the class. Classes A, U and V are left out:
# villages and kecamatan come with the boundaries.
_KINDS: Mapping[str, Mapping[str, str]] = {
    "P": {"PPLA": "kota", "PPLA2": "kota", "PPLC": "kota", "": "dusun"},
    "S": {
        "MSQE": "masjid", "CH": "gereja", "SHSE": "rumah", "SCH": "sekolah", "UNIV": "kampus",
        "HSP": "rumah_sakit", "CLG": "kampus", "MKT": "pasar", "RSTN": "stasiun", "LTHSE":
        "mercusuar", "BDG": "jembatan", "CMTY": "makam", "GRVE": "makam", "HTL": "hotel",
        "FT": "benteng", "PP": "polisi", "PO": "kantor", "ADMF": "kantor", "": "tempat",
    },
    "T": {"ISL": "pulau", "ISLS": "pulau", "BCH": "pantai", "CAPE": "tanjung", "PT": "tanjung",
          "MT": "gunung", "MTS": "gunung", "HLL": "gunung", "": "alam"},
    "H": {"STM": "sungai", "STMS": "sungai", "BAY": "teluk", "LK": "danau", "RSV": "danau",
          "HBR": "pelabuhan", "": "alam"},
    "R": {"": "jalan"},
    "L": {"PRK": "taman", "PRT": "pelabuhan", "": "tempat"},
}  # fmt: skip


def read(path: Path, told: Told, fence: Fence) -> Iterator[NewPlace]:
    """Places of the classes P, S, T, H, R and L inside the fence; private houses are left out."""
    size = max(path.stat().st_size, 1)
    with path.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST_LINE), b""), 1):
            told.progress(lines.tell() / size)
            try:
                place = _place(Row(f"baris {number}"), line, fence)
            except BadPlace as wrong:
                told.fault(wrong)
            else:
                if place is not None:
                    yield place


def _place(row: Row, line: bytes, fence: Fence) -> NewPlace | None:
    """None for what is not kept. Raises BadPlace for a row that is none of GeoNames."""
    cells = line.decode("utf-8", "replace").rstrip("\r\n").split("\t")
    if len(cells) != COLUMNS:
        raise row.refuse(f"{len(cells)} kolom, seharusnya {COLUMNS}")
    kind = _kind(cells[6], cells[7])
    point = _point(row, cells[5], cells[4])
    if kind is None or not fence.holds(point.lon, point.lat):
        return None
    name = cells[1].strip() or cells[2].strip()
    if not normalise(name) or len(name) > LONGEST_NAME:
        raise row.refuse(f"name: {name[:60]!r} tidak dapat dipakai")
    return NewPlace(
        name=name,
        kind=kind,
        point=point,
        spread_m=spread_of_kind(kind),
        aka=_other_names(name, [cells[2], *cells[3].split(",")]),
        row=row.name,
    )


def _kind(feature_class: str, code: str) -> str | None:
    kinds = _KINDS.get(feature_class, {})
    kind = kinds.get(code, kinds.get(""))
    return None if kind == "rumah" else kind


def _point(row: Row, lon: str, lat: str) -> Point:
    try:
        return Point(lon=float(lon), lat=float(lat))
    except (ValueError, BadPoint) as wrong:
        raise row.refuse(f"lintang {lat[:20]!r}, bujur {lon[:20]!r}: bukan titik") from wrong


def _other_names(name: str, said: list[str]) -> tuple[str, ...]:
    """Those in our letters, each spelling once."""
    known, others = {normalise(name)}, []
    for other in (one.strip() for one in said):
        plain = normalise(other)
        if plain and plain not in known and len(other) <= LONGEST_NAME:
            known.add(plain)
            others.append(other)
    return tuple(others[:MOST_NAMES])
