"""Tables of a village: dusun, RW and RT as OpenSID or a plain file has them, and populations."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from geo.errors import BadPoint, GeoError
from geo.gazetteer.place import BadPlace
from geo.gazetteer.readers import opensid
from geo.gazetteer.readers.reading import Row
from geo.gazetteer.readers.table import encoding_of
from geo.point import Point, pin_at

MOST_ROWS = 5_000  # RT of one village; the largest have some 200
_NONE = frozenset({"", "0", "-", "–", "null"})
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "dusun": ("dusun", "dukuh", "pedukuhan", "lingkungan", "hamlet"),
    "rw": ("rw", "no_rw", "nomor_rw"),
    "rt": ("rt", "no_rt", "nomor_rt", "rt_rw", "rt/rw"),
    "households": ("households", "kk", "jumlah_kk", "keluarga"),
    "population": ("population", "penduduk", "jumlah_penduduk", "jiwa"),
    "lat": ("lat", "lintang", "latitude"),
    "lon": ("lon", "lng", "bujur", "longitude"),
    "code": ("code", "kode", "kode_desa", "village_code"),
    "source": ("source", "sumber"),
    "year": ("year", "tahun"),
}
_FIELD_OF = {header: field for field, headers in _COLUMNS.items() for header in headers}
# Columns that only OpenSID's table has; `id_kepala` is a person, and never read.
_OPENSID = frozenset({"id_kepala", "path", "map_tipe", "zoom"})
# "3", "003", "RT 03", "RT 03/RW 02", "RT.3 RW.2", "03/02"
_NUMBERS = re.compile(
    r"(?:RT[ .:]{0,3})?([0-9]{1,3})(?:[ ,/]{1,3}(?:RW[ .:]{0,3})?([0-9]{1,3}))?", re.IGNORECASE
)
_RW = re.compile(r"(?:RW[ .:]{0,3})?([0-9]{1,3})", re.IGNORECASE)
_COUNT = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:[.,][0-9]{3}){1,2}")
_DEGREES = re.compile(r"[+-]?[0-9]{1,3}(?:[.,][0-9]{1,20})?")
_CODE = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}")


class BadRegister(GeoError):
    """A register of a village cannot be used as it is."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A row that cannot be taken: where it stands, which column, and what would be right."""

    row: int
    column: str
    why: str

    def __str__(self) -> str:
        return f"baris {self.row}, kolom {self.column}: {self.why}"


class _Wrong(Exception):  # becomes a Fault
    def __init__(self, column: str, why: str) -> None:
        self.column, self.why = column, why
        super().__init__(why)


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A dusun, an RW or an RT. Numbers have three digits; "" for what it is not."""

    dusun: str = ""
    rw: str = ""
    rt: str = ""
    position: Point | None = None
    households: int | None = None
    population: int | None = None

    @property
    def key(self) -> tuple[str, str, str]:
        """RW numbers may begin anew in each dusun: only all three together are one part."""
        return self.dusun, self.rw, self.rt


@dataclass(frozen=True, slots=True)
class Read:
    """What a file holds: the good rows in its order, and what is wrong with the others."""

    parts: tuple[Part, ...]
    faults: tuple[Fault, ...]


def read_register(path: Path) -> Read:
    """The register in a file: OpenSID's tweb_wil_clusterdesa (CSV, SQL dump), or a plain table.

    Plain: a header with dusun, rw, rt, households (kk), population (penduduk), lat, lon; any of
    the first three is enough. Names of persons are in no column that is read.
    Raises BadRegister for a file without such a table.
    """
    try:
        if path.suffix.lower() == ".sql" or _is_opensid(path):
            return _collect(_opensid_rows(path), repeats=True)
        return _collect(_plain_rows(path), repeats=False)
    except (BadPlace, OSError, UnicodeError, csv.Error) as wrong:
        raise BadRegister(f"{path.name}: {wrong}") from wrong


Rows = Iterator[tuple[int, Part | _Wrong]]


def _collect(rows: Rows, repeats: bool) -> Read:
    """repeats: OpenSID has an RW twice, as "0" and as "-"; elsewhere a part twice is a slip."""
    parts: dict[tuple[str, str, str], tuple[int, Part]] = {}
    faults: list[Fault] = []
    for number, found in rows:
        if isinstance(found, _Wrong):
            faults.append(Fault(number, found.column, found.why))
        elif found.key not in parts or (repeats and parts[found.key][1].position is None):
            parts[found.key] = number, found
        elif not repeats:
            first = parts[found.key][0]
            faults.append(Fault(number, "rt", f"sudah ada di baris {first}: {words_of(found)}"))
        if len(parts) > MOST_ROWS:
            raise BadRegister(f"lebih dari {MOST_ROWS:,} bagian: bukan daftar satu desa")
    return Read(tuple(part for _, part in parts.values()), tuple(faults))


def words_of(part: Part) -> str:
    """As people write it: "RT 003/RW 001 Gegunung"."""
    numbers = [f"RT {part.rt}" if part.rt else "", f"RW {part.rw}" if part.rw else ""]
    return " ".join(filter(None, ("/".join(filter(None, numbers)), part.dusun)))


def _is_opensid(path: Path) -> bool:
    with path.open(encoding=encoding_of(path), newline="") as text:
        line = text.readline(10_000).lower()
    return not _OPENSID.isdisjoint(cell.strip(' "\r\n') for cell in re.split("[,;\t]", line))


def _opensid_rows(path: Path) -> Rows:
    for number, cells in opensid.rows_in(path):
        try:
            part = Part(
                dusun=opensid.hamlet_name(cells["dusun"]),
                rw=_rw(cells["rw"]),
                rt=_rt_rw(cells["rt"])[0],
                position=opensid.middle_in(Row(""), cells),
            )
        except _Wrong as wrong:
            yield number, wrong
        except BadPlace as wrong:
            yield number, _Wrong("lat, lng, path", str(wrong).removeprefix(": "))
        else:
            if any(part.key):
                yield number, part


def _plain_rows(path: Path) -> Rows:
    fields = frozenset({"dusun", "rw", "rt"})
    for number, said in _table(path, fields):
        try:
            yield number, _plain_part(said)
        except _Wrong as wrong:
            yield number, wrong


def _table(path: Path, needed: frozenset[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows of a table by field, with the line on which each ends; needed: one of these columns."""
    with path.open(encoding=encoding_of(path), newline="") as text:
        first = text.readline()
        best: tuple[list[str], str] = ([], ",")
        for sign in ",;\t":
            cells = next(csv.reader([first], delimiter=sign), [])
            fields = [_FIELD_OF.get(c.strip().lower().replace(" ", "_"), "") for c in cells]
            if sum(map(bool, fields)) > sum(map(bool, best[0])):
                best = fields, sign
        if needed.isdisjoint(best[0]):
            wanted = ", ".join(sorted(needed))
            raise BadRegister(f"{path.name}: tidak ada kolom {wanted} di baris pertama")
        rows = csv.reader(text, delimiter=best[1])
        for cells in rows:
            if any(cell.strip() for cell in cells):
                said = zip(best[0], cells, strict=False)
                yield rows.line_num + 1, {field: cell.strip() for field, cell in said if field}


def _plain_part(said: Mapping[str, str]) -> Part:
    rt, rw = _rt_rw(said.get("rt", ""))
    own_rw = _rw(said.get("rw", ""))
    if rw and own_rw and rw != own_rw:
        raise _Wrong("rw", f"RW {own_rw}, tetapi kolom rt berkata RW {rw}")
    part = Part(
        dusun=opensid.hamlet_name(said.get("dusun", "")),
        rw=own_rw or rw,
        rt=rt,
        position=_position(said.get("lon", ""), said.get("lat", "")),
        households=_count("kk", said.get("households", "")),
        population=_count("penduduk", said.get("population", "")),
    )
    if not any(part.key):
        raise _Wrong("dusun, rw, rt", "kosong: isi sedikitnya satu")
    return part


def _rt_rw(said: str) -> tuple[str, str]:
    """RT and RW of a cell; "" for what it does not say."""
    if said.strip().lower() in _NONE:
        return "", ""
    found = _NUMBERS.fullmatch(said.strip())
    if found is None:
        raise _Wrong("rt", f"{said[:20]!r} bukan nomor RT: tulis 3, 003, atau RT 03/RW 02")
    return _three(found[1]), _three(found[2] or "")


def _rw(said: str) -> str:
    if said.strip().lower() in _NONE:
        return ""
    found = _RW.fullmatch(said.strip())
    if found is None:
        raise _Wrong("rw", f"{said[:20]!r} bukan nomor RW: tulis 2, 002, atau RW 02")
    return _three(found[1])


def _three(digits: str) -> str:
    return digits.zfill(3) if digits.strip("0") else ""


def _count(column: str, said: str) -> int | None:
    if said in ("", "-"):
        return None
    if not _COUNT.fullmatch(said):
        raise _Wrong(column, f"{said[:20]!r} bukan jumlah: tulis bilangan bulat, misalnya 1240")
    return int(said.replace(".", "").replace(",", ""))


def _position(lon: str, lat: str) -> Point | None:
    if not lon and not lat:
        return None
    for column, said in (("lon", lon), ("lat", lat)):
        if not _DEGREES.fullmatch(said):
            raise _Wrong(column, f"{said[:20]!r} bukan derajat: tulis misalnya 110.65 dan -6.61")
    try:
        return pin_at(float(lon.replace(",", ".")), float(lat.replace(",", ".")))
    except BadPoint as wrong:
        hint = " (tertukar?)" if "swapped" in str(wrong) else ""
        raise _Wrong("lat, lon", f"lintang {lat}, bujur {lon} bukan titik di sini{hint}") from wrong


@dataclass(frozen=True, slots=True)
class Population:
    """How many live in a village, and who said so, of which year."""

    code: str
    population: int
    source: str


def read_populations(path: Path, known: frozenset[str]) -> tuple[list[Population], list[Fault]]:
    """A table with code (kode), population (penduduk), and source (sumber) or year (tahun).

    known   codes of the villages in force. Raises BadRegister for a file without these columns.
    """
    found: dict[str, Population] = {}
    faults: list[Fault] = []
    try:
        for number, said in _table(path, frozenset({"code"})):
            try:
                one = _population(said, known, path.name)
            except _Wrong as wrong:
                faults.append(Fault(number, wrong.column, wrong.why))
            else:
                found[one.code] = one
    except (OSError, UnicodeError, csv.Error) as wrong:
        raise BadRegister(f"{path.name}: {wrong}") from wrong
    return list(found.values()), faults


def _population(said: Mapping[str, str], known: frozenset[str], name: str) -> Population:
    code = said.get("code", "")
    if not _CODE.fullmatch(code):
        raise _Wrong("kode", f"{code[:20]!r} bukan kode desa (seperti 11.22.44.2001)")
    if code not in known:
        raise _Wrong("kode", f"{code}: tidak ada desa dengan kode itu")
    count = _count("penduduk", said.get("population", ""))
    if not count:
        raise _Wrong("penduduk", "kosong atau nol: tulis jumlah jiwa")
    source = " ".join(filter(None, (said.get("source", ""), said.get("year", "")))) or name
    return Population(code, count, source[:200])
