"""Named places from a table with a header: CSV as spreadsheets write it, English or Indonesian."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from geo.gazetteer.place import BadPlace, NewPlace
from geo.gazetteer.readers.kinds import kind_of_word, spread_of_kind
from geo.gazetteer.readers.reading import Row, Told
from geo.point import Point

MOST_ROWS = 500_000
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "nama"),
    "kind": ("kind", "jenis"),
    "villages": ("villages", "desa", "kode_desa", "village_code"),
    "lon": ("lon", "bujur", "longitude", "lng"),
    "lat": ("lat", "lintang", "latitude"),
    "spread_m": ("spread_m", "sebaran_m"),
    "aka": ("aka", "nama_lain"),
    "context": ("context", "letak"),
}
_FIELD_OF = {header: field for field, headers in _HEADERS.items() for header in headers}
_NUMBER = re.compile(r"[+-]?[0-9]{1,7}(?:[.,][0-9]{1,20})?")
_CODE = re.compile(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}")
_CHUNK = 1 << 20


def read(path: Path, told: Told) -> Iterator[NewPlace]:
    """The rows of a table, in its order; columns that are not known are passed over.

    Columns: name (nama), kind (jenis), villages (desa; codes parted by |), lon (bujur), lat
    (lintang), spread_m, aka (nama_lain; parted by |), context (letak). Only name is needed, and
    a point or a village. Comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252; 110.65 or 110,65.
    Raises BadPlace for a file without a column of names, or with more than 500,000 rows.
    """
    size = max(path.stat().st_size, 1)
    with path.open("rb") as raw:
        text = io.TextIOWrapper(raw, encoding=encoding_of(path), newline="")
        fields, delimiter = _header(path, text.readline())
        rows = csv.reader(text, delimiter=delimiter)
        for number, cells in _rows(rows, told):
            told.progress(raw.tell() / size)
            try:
                yield _place(Row(f"baris {number}"), dict(zip(fields, cells, strict=False)))
            except BadPlace as wrong:
                told.fault(wrong)


def encoding_of(path: Path) -> str:
    """By the mark at its start; else UTF-8 where all of it is, else what Windows writes."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as raw:
        start = raw.read(_CHUNK)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        try:
            while start:
                decoder.decode(start)
                start = raw.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def _header(path: Path, line: str) -> tuple[list[str], str]:
    """The fields of the columns ("" for one that is not known) and what parts them."""
    best: tuple[int, list[str], str] = (0, [], ",")
    for delimiter in ",;\t":
        headers = next(csv.reader([line], delimiter=delimiter), [])
        fields = [_FIELD_OF.get(header.strip().lower().replace(" ", "_"), "") for header in headers]
        best = max(best, (sum(map(bool, fields)), fields, delimiter), key=lambda one: one[0])
    if "name" not in best[1]:
        raise BadPlace(f"{path.name}: tidak ada kolom name (nama) di baris pertama")
    return best[1], best[2]


def _rows(rows: Iterator[list[str]], told: Told) -> Iterator[tuple[int, list[str]]]:
    """With the number of the line on which each ends; a row that is broken is told and left out."""
    for _ in range(MOST_ROWS):
        try:
            cells = next(rows, None)
        except csv.Error as wrong:
            told.fault(BadPlace(f"baris {_line(rows)}: {wrong}"))
            continue
        except UnicodeError as wrong:
            raise BadPlace(f"baris {_line(rows)}: bukan teks ({wrong})") from wrong
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield _line(rows), cells
    raise BadPlace(f"lebih dari {MOST_ROWS:,} baris")


def _line(rows: object) -> int:
    return 1 + getattr(rows, "line_num", 0)  # the header was read before


def _place(row: Row, cells: Mapping[str, str]) -> NewPlace:
    said = {field: cell.strip() for field, cell in cells.items() if field}
    if not said.get("name"):
        raise row.refuse("name: kosong")
    villages = _codes(row, said.get("villages", ""))
    point = _point(row, said.get("lon", ""), said.get("lat", ""))
    if point is None and not villages:
        raise row.refuse("tidak ada titik (lon, lat) dan tidak ada desa (villages)")
    kind = kind_of_word(said.get("kind", ""))
    spread = said.get("spread_m", "")
    return NewPlace(
        name=said["name"],
        kind=kind,
        point=point,
        spread_m=_number(row, "spread_m", spread) if spread else spread_of_kind(kind),
        context=said.get("context", ""),
        villages=villages,
        aka=_listed(said.get("aka", "")),
        row=row.name,
    )


def _point(row: Row, lon: str, lat: str) -> Point | None:
    if not lon and not lat:
        return None
    return row.point(_number(row, "lon", lon), _number(row, "lat", lat))


def _number(row: Row, field: str, said: str) -> float:
    if not _NUMBER.fullmatch(said):
        raise row.refuse(f"{field}: {said[:20]!r} bukan angka")
    return float(said.replace(",", "."))


def _codes(row: Row, said: str) -> tuple[str, ...]:
    codes = _listed(said)
    for code in codes:
        if not _CODE.fullmatch(code):
            raise row.refuse(f"villages: {code[:20]!r} bukan kode desa (seperti 11.22.44.2001)")
    return codes


def _listed(said: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in said.split("|") if part.strip())
