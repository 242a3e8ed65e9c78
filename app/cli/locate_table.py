"""Whole tables of addresses or of coordinates: each row gets its village, and keeps what it had."""

from __future__ import annotations

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np

from geo.bulk import Floats, Numbers
from geo.finding import Found
from geo.locator import Locator
from geo.point import INDONESIA

if TYPE_CHECKING:
    from geo.geocoder import Finder

BY_WORDS = (*("village_code", "village", "district", "lon", "lat", "p", "kind", "why", "outside"),)
BY_POINTS = ("village_code", "village", "district", "catatan")
CHUNK = 50_000  # rows in memory at a time
_LARGEST_CELL = 1 << 24
_NOTES = ("koordinat bukan angka", "bujur dan lintang tampak tertukar", "luar wilayah")
Row = list[str]


class BadTable(click.ClickException):
    """The table cannot be read or written as it is."""

    exit_code = 2


def checked_out(out: Path | None, force: bool) -> Path:
    """The file to write. Raises UsageError or BadTable before any work is done."""
    if out is None:
        raise click.UsageError("give --out")
    if out.exists() and not force:
        raise BadTable(f"{out} is there already: give --force to overwrite it")
    if not out.parent.is_dir():
        raise BadTable(f"{out.parent} is no folder")
    return out


def by_words(table: Path, column: str, out: Path, read_finder: Callable[[], Finder]) -> int:
    """Writes the table with the best place of each row's words; answers the number of rows."""
    with _rewritten(table, out, BY_WORDS) as rewriting:
        place = rewriting.column(column)
        finder = read_finder()

        @lru_cache(maxsize=10_000)
        def told(text: str) -> Row:
            try:
                return _told(finder.locate(text, 1))
            except Exception as wrong:  # the other rows are to be answered, whatever it was
                return ["", "", "", "", "", "", "", f"{type(wrong).__name__}: {wrong}"[:300], ""]

        for rows in rewriting.chunks(200):
            texts = (_cell(row, place).encode(errors="replace").decode() for row in rows)
            rewriting.write(rows, [told(text) for text in texts])
        return rewriting.count


def by_points(
    table: Path, lon: str, lat: str, out: Path, read_locator: Callable[[], Locator]
) -> int:
    """Writes the table with the village of each row's point; answers the number of rows."""
    with _rewritten(table, out, BY_POINTS) as rewriting:
        lon_at, lat_at = rewriting.column(lon), rewriting.column(lat)
        locator = read_locator()
        told = [[ref.code, ref.name, ref.district, ""] for ref in locator.villages]
        told += [["", "", "", note] for note in _NOTES]
        for rows in rewriting.chunks(CHUNK):
            lons = np.array([_number(_cell(row, lon_at)) for row in rows])
            lats = np.array([_number(_cell(row, lat_at)) for row in rows])
            found = locator.villages_at(lons, lats)
            off = found < 0
            found[off] = len(locator.villages) + _notes_on(lons[off], lats[off])
            rewriting.write(rows, [told[number] for number in found.tolist()])
        return rewriting.count


class _Rewriting:
    """A table being read, and the same with more columns being written."""

    def __init__(
        self, rows: Iterator[Row], header: Row, told: Callable[[], None], out: Any
    ) -> None:
        self._rows, self._told, self._out = rows, told, out
        self.header = header
        self.count = 0

    def column(self, name: str) -> int:
        """Place of a column. Raises BadTable."""
        if name not in self.header:
            raise BadTable(f"no column {name!r}; there are: {', '.join(self.header)[:500]}")
        return self.header.index(name)

    def chunks(self, size: int) -> Iterator[list[Row]]:
        """Rows, so many at a time; lines with nothing in them are passed over."""
        filled = (row for row in self._rows if row)
        while rows := list(islice(filled, size)):
            yield rows

    def write(self, rows: list[Row], more: list[Row]) -> None:
        """Rows with their new cells; what a row has beyond the header goes behind these."""
        width = len(self.header)
        self._out.writerows(
            row + cells if len(row) == width else _fitted(row, cells, width)
            for row, cells in zip(rows, more, strict=True)
        )
        self.count += len(rows)
        self._told()


@contextmanager
def _rewritten(table: Path, out: Path, more: Iterable[str]) -> Iterator[_Rewriting]:
    """Reads a table (UTF-8, comma or semicolon) and writes it beside `out`, renamed at the end.

    Bytes that are no UTF-8 go through as they are.
    """
    csv.field_size_limit(_LARGEST_CELL)
    fresh = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        with table.open("rb") as raw, _reading(raw) as lines, _writing(fresh) as sink:
            first = lines.readline()
            delimiter = ";" if first.count(";") > first.count(",") else ","
            rows = csv.reader(chain([first], lines), delimiter=delimiter)
            header = next(rows, [])
            writer = csv.writer(sink, delimiter=delimiter, lineterminator="\n")
            writer.writerow([*header, *(_free(name, header) for name in more)])
            size = table.stat().st_size
            with click.progressbar(length=size, file=sys.stderr, label=table.name) as bar:

                def told() -> None:
                    bar.update(raw.tell() - bar.pos)

                yield _Rewriting(rows, header, told, writer)
        fresh.replace(out)
    except csv.Error as wrong:
        raise BadTable(f"{table}: {wrong}") from wrong
    except OSError as wrong:
        raise BadTable(f"{out}: {wrong.strerror}") from wrong
    finally:
        fresh.unlink(missing_ok=True)


def _reading(raw: io.BufferedReader) -> io.TextIOWrapper:
    return io.TextIOWrapper(raw, "utf-8-sig", "surrogateescape", newline="")


def _writing(fresh: Path) -> io.TextIOWrapper:
    """With the mark that spreadsheets know UTF-8 by; the codec utf-8-sig is slow at rows."""
    sink = fresh.open("x", encoding="utf-8", errors="surrogateescape", newline="")
    sink.write("\ufeff")
    return sink


def _fitted(row: Row, cells: Row, width: int) -> Row:
    """For a row that is shorter or longer than the header."""
    return [*row[:width], *[""] * (width - len(row)), *cells, *row[width:]]


def _free(name: str, header: Row) -> str:
    return f"tanggap_{name}" if name in header else name


def _cell(row: Row, at: int) -> str:
    return row[at] if at < len(row) else ""


def _told(found: Found) -> Row:
    """Cells of the best candidate, in the order of BY_WORDS."""
    if found.outside is not None or not found.candidates:
        why = "" if found.outside else "tidak ada tempat yang cocok"
        return ["", "", "", "", "", "", "", why, found.outside or ""]
    best = found.candidates[0]
    where = [f"{best.point.lon:.7f}", f"{best.point.lat:.7f}"]
    if not best.villages:
        return ["", "", "", *where, f"{best.p:.4f}", best.kind, best.why, ""]
    village = best.villages[0]
    # Over all candidates: several may lie in that village, and others elsewhere.
    chance = sum(c.p * v.p for c in found.candidates for v in c.villages if v.code == village.code)
    p = f"{chance:.4f}"
    return [village.code, village.name, village.district, *where, p, best.kind, best.why, ""]


def _number(cell: str) -> float:
    """NaN for what is no number; a decimal comma will do."""
    try:
        return float(cell) if "_" not in cell else np.nan  # float() would take 1_10.65
    except ValueError:
        pass
    try:
        return float(cell.replace(",", "."))
    except ValueError:
        return np.nan


def _notes_on(lon: Floats, lat: Floats) -> Numbers:
    """Which of _NOTES says why these points (n,) lie in no village."""
    box = INDONESIA
    turned = (box.west <= lat) & (lat <= box.east) & (box.south <= lon) & (lon <= box.north)
    notes: Numbers = np.select([~(np.isfinite(lon) & np.isfinite(lat)), turned], [0, 1], 2)
    return notes
