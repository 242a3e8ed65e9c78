"""Hamlets, RW and RT of one village from OpenSID's table tweb_wil_clusterdesa, CSV or SQL dump.

Only numbers, the hamlet's name, point and outline are read: never `id_kepala`, which is a person.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from geo.gazetteer.place import BadPlace, NewPlace, middle_of
from geo.gazetteer.readers.kinds import spread_of_kind
from geo.gazetteer.readers.reading import Row, Told, reach_of
from geo.gazetteer.readers.sqldump import rows_of
from geo.gazetteer.readers.table import encoding_of
from geo.point import Point

TABLE = "tweb_wil_clusterdesa"
# Where a dump does not say: OpenSID's own order.
_COLUMNS = (
    "id",
    "rt",
    "rw",
    "dusun",
    "id_kepala",
    "lat",
    "lng",
    "zoom",
    "path",
    "map_tipe",
    "warna",
)
_NEEDED = frozenset({"rt", "rw", "dusun"})
_READ = ("rt", "rw", "dusun", "lat", "lng", "path")
_NONE = frozenset({"", "0", "-", "null"})
_EDGE_M = 20.0  # beside an outline
_DEEPEST = 4  # lists in lists, in `path`
MOST_POSITIONS = 20_000


@dataclass(frozen=True, slots=True)
class _Cluster:
    """A row: a hamlet, an RW or an RT. "" for what it is not, or does not say."""

    dusun: str
    rw: str
    rt: str

    @property
    def kind(self) -> str:
        return "rt" if self.rt else "rw" if self.rw else "dusun"

    @property
    def name(self) -> str:
        """RW numbers may begin anew in each hamlet: only all three together are one name."""
        said = (f"RT {self.rt}" if self.rt else "", f"RW {self.rw}" if self.rw else "", self.dusun)
        return " ".join(filter(None, said))

    @property
    def aka(self) -> tuple[str, ...]:
        """The numbers without noughts in front."""
        if self.kind == "dusun":
            return ()
        short = _Cluster(self.dusun, self.rw.lstrip("0"), self.rt.lstrip("0")).name
        return (short,) if short != self.name else ()


def read(path: Path, told: Told, village: str) -> Iterator[NewPlace]:
    """The clusters of the village with that Kemendagri code.

    Rows without point and outline lie somewhere in the village. Raises BadPlace where the file
    holds no such table.
    """
    for number, cells in rows_in(path):
        row = Row(f"baris {number}")
        try:
            place = _place(row, cells, village)
        except BadPlace as wrong:
            told.fault(wrong)
        else:
            if place is not None:
                yield place
    told.progress(1.0)


def rows_in(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Each row with its number: rt, rw, dusun, lat, lng, path; no other column is read.

    Raises BadPlace where the file holds no such table.
    """
    found = False
    for number, cells in _rows(path):
        found = True
        yield number, cells
    if not found:
        raise BadPlace(f"{path.name}: tidak ada isi tabel {TABLE}")


def middle_in(row: Row, cells: Mapping[str, str]) -> Point | None:
    """The point of a row, or the middle of its outline. Raises BadPlace."""
    shape = _outline(row, cells["path"])
    return middle_of(shape) if shape is not None else _point(row, cells["lng"], cells["lat"])


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, str]]]:
    encoding = encoding_of(path)
    if path.suffix.lower() == ".sql":
        yield from enumerate(rows_of(path, encoding, TABLE, _COLUMNS, _READ), 1)
        return
    with path.open(encoding=encoding, newline="") as text:
        first = text.readline()
        headers, delimiter = max(
            ((next(csv.reader([first], delimiter=sign), []), sign) for sign in ",;\t"),
            key=lambda one: len(one[0]),
        )
        names = [header.strip().lower() for header in headers]
        if not set(names) >= _NEEDED:
            raise BadPlace(f"{path.name}: kolom {', '.join(sorted(_NEEDED))} tidak ada")
        try:
            for number, cells in enumerate(csv.reader(text, delimiter=delimiter), 2):
                said = dict(zip(names, cells, strict=False))
                yield number, {name: said.get(name, "") for name in _READ}
        except csv.Error as wrong:
            raise BadPlace(f"{path.name}: {wrong}") from wrong


def _place(row: Row, cells: Mapping[str, str], village: str) -> NewPlace | None:
    """None for a row that names nothing."""
    cluster = _Cluster(
        dusun=hamlet_name(cells["dusun"]),
        rw=_number(row, cells["rw"]),
        rt=_number(row, cells["rt"]),
    )
    if not cluster.name:
        return None
    shape = _outline(row, cells["path"])
    point = middle_of(shape) if shape is not None else _point(row, cells["lng"], cells["lat"])
    spread = spread_of_kind(cluster.kind)
    return NewPlace(
        name=cluster.name,
        kind=cluster.kind,
        point=point,
        spread_m=spread if shape is None else reach_of(shape, _EDGE_M),
        villages=(village,),
        aka=cluster.aka,
        shape=shape,
        row=row.name,
    )


def hamlet_name(said: str) -> str:
    """A hamlet's name as people write it: many tables have it in capitals."""
    name = said.strip()
    if name.lower() in _NONE:
        return ""
    return name.title() if name.isupper() else name


def _number(row: Row, said: str) -> str:
    """Three digits; "" for none. Raises BadPlace for what is no number."""
    number = said.strip()
    if number.lower() in _NONE or not number.strip("0"):
        return ""
    if not (number.isascii() and number.isdigit() and len(number) <= 3):
        raise row.refuse(f"rt/rw: {number[:20]!r} bukan nomor")
    return number.zfill(3)


def _point(row: Row, lng: str, lat: str) -> Point | None:
    if lng.strip().lower() in _NONE or lat.strip().lower() in _NONE:
        return None
    try:
        return row.point(float(lng), float(lat))
    except ValueError as wrong:
        raise row.refuse(f"lat, lng: {lat[:20]!r}, {lng[:20]!r} bukan angka") from wrong


def _outline(row: Row, path: str) -> BaseGeometry | None:
    """The rings of `path`, latitude first, however deep they lie; None where there is none."""
    if path.strip().lower() in _NONE:
        return None
    try:
        rings = list(_rings(orjson.loads(path), _DEEPEST))
    except (orjson.JSONDecodeError, TypeError, ValueError) as wrong:
        raise row.refuse("path: bukan daftar titik") from wrong
    if sum(map(len, rings)) > MOST_POSITIONS:
        raise row.refuse(f"path: lebih dari {MOST_POSITIONS:,} titik")
    areas = [_area(row, ring) for ring in rings if len(ring) >= 3]
    if not areas:
        return None
    outline = shapely.union_all(areas)
    if outline.is_empty or outline.geom_type not in ("Polygon", "MultiPolygon"):
        raise row.refuse("path: tidak ada bidang")
    return outline


def _rings(said: Any, deep: int) -> Iterator[list[tuple[float, float]]]:
    """Lists of (lon, lat). Raises TypeError and ValueError for anything but lists of pairs."""
    if not isinstance(said, list) or deep == 0:
        raise TypeError(type(said))
    if said and isinstance(said[0], list) and said[0] and not isinstance(said[0][0], list):
        yield [(float(lng), float(lat)) for lat, lng in said]
        return
    for inner in said:
        yield from _rings(inner, deep - 1)


def _area(row: Row, ring: list[tuple[float, float]]) -> BaseGeometry:
    for lon, lat in ring:
        row.point(lon if math.isfinite(lon) else None, lat)
    area = shapely.Polygon(ring)
    return area if area.is_valid else shapely.make_valid(area, method="structure")
