"""Tables as files for other programs: GeoJSON, GeoPackage, CSV and XLSX."""

import csv
import io
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar
from zoneinfo import ZoneInfo

import gevent
import numpy as np
import orjson
import shapely
import xlsxwriter
from gevent.monkey import is_module_patched
from shapely.geometry.base import BaseGeometry

from app.errors import TooBusy

T = TypeVar("T")
_HELD = 4 * 1024 * 1024  # bytes of a file that stay in memory; the rest waits on the disk
_AT_ONCE = threading.BoundedSemaphore(2)  # files made at a time in a process
_UTC = 100  # GDAL's number for it
# Signs that make a spreadsheet reckon what stands after them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767  # characters that a spreadsheet takes
_WIDTHS = {"text": 24, "time": 17}
_DTYPES = {"text": object, "whole": np.int64, "number": np.float64, "time": "datetime64[ms]"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column by name; kind: text, whole, number, time, yes (or no)."""

    name: str
    kind: str


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its number or code, its place (None: not known), its values by column name."""

    key: int | str
    place: BaseGeometry | None
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """What the file is about: one layer, `about` beside it (as_of, filter, edition ...)."""

    name: str
    columns: Sequence[Column]
    about: Mapping[str, Any]
    shape: str  # Point or MultiPolygon


@contextmanager
def place_for_one() -> Iterator[None]:
    """Room to make a file in. Raises TooBusy while two are being made."""
    if not _AT_ONCE.acquire(blocking=False):
        raise TooBusy("two files are being made just now; try again in a moment")
    try:
        yield
    finally:
        _AT_ONCE.release()


def safe_text(words: str) -> str:
    """The words, with an apostrophe before what a spreadsheet would take for a formula."""
    return "'" + words if words.startswith(_FORMULA) else words


def geojson(table: Table, parts: Iterable[Sequence[Row]]) -> tuple[IO[bytes], int]:
    """RFC 7946, with `about` as foreign members; the open file at its end, and how many rows."""
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115 - sent, then closed
    count = 0
    head = orjson.dumps({"type": "FeatureCollection", "name": table.name, **table.about})
    file.write(head[:-1] + b',"features":[\n')
    for rows in parts:
        file.write(b",\n" if count and rows else b"")
        file.write(aside(_features, table, rows))
        count += len(rows)
    file.write(b'\n],"count":%d}\n' % count)
    return file, count


def geopackage(table: Table, parts: Iterable[Sequence[Row]]) -> tuple[IO[bytes], int]:
    """A GeoPackage in EPSG:4326 with the layer, and `about` as a table of words beside it.

    Returns the open file at its end, and how many rows.
    """
    count = 0
    with tempfile.TemporaryDirectory(prefix="tanggap-file-") as folder:
        path = Path(folder, "berkas.gpkg")
        for rows in parts:
            aside(_append, path, table, rows, count > 0)
            count += len(rows)
        if count == 0:
            aside(_append, path, table, [], False)
        about = {**table.about, "count": count}
        aside(_write_about, path, about)
        file = tempfile.TemporaryFile()  # noqa: SIM115 - sent, then closed
        with path.open("rb") as made:
            while piece := made.read(1 << 20):
                file.write(piece)
    return file, count


def csv_table(table: Table, parts: Iterable[Sequence[Row]]) -> tuple[IO[bytes], int]:
    """RFC 4180 in UTF-8 with its mark, for spreadsheets guess wrong without; times in UTC.

    No cell begins as a formula. Returns the open file at its end, and how many rows.
    """
    file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115 - sent, then closed
    file.write(b"\xef\xbb\xbf" + _csv_lines([[column.name for column in table.columns]]))
    count = 0
    for rows in parts:
        file.write(aside(_csv_rows, table, rows))
        count += len(rows)
    return file, count


def xlsx(table: Table, parts: Iterable[Sequence[Row]], zone: ZoneInfo) -> tuple[IO[bytes], int]:
    """A workbook: the table, and `about` on a sheet beside it. Times as the clock in `zone` shows.

    Words stay words: what begins as a formula or an address is neither. Returns the open file at
    its end, and how many rows.
    """
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - sent, then closed
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "nan_inf_to_errors": True, **plain})
    head = book.add_format({"bold": True, "bottom": 1})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet(table.name[:31])
    sheet.freeze_panes(1, 0)
    for at, column in enumerate(table.columns):
        sheet.set_column(at, at, _WIDTHS.get(column.kind, 12))
        sheet.write_string(0, at, column.name, head)
    count = 0
    for rows in parts:
        aside(_fill_sheet, sheet, table, rows, count, zone, moment)
        count += len(rows)
    told = {**table.about, "count": count, "zone": zone.key}
    _fill_about(book.add_worksheet("about"), told)
    aside(book.close)
    file.seek(0, 2)
    return file, count


def _csv_rows(table: Table, rows: Sequence[Row]) -> bytes:
    return _csv_lines(
        [[_plain(column, row.values.get(column.name)) for column in table.columns] for row in rows]
    )


def _csv_lines(lines: Iterable[Sequence[Any]]) -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(lines)
    return written.getvalue().encode()


def _fill_sheet(
    sheet: Any, table: Table, rows: Sequence[Row], above: int, zone: ZoneInfo, moment: Any
) -> None:
    for number, row in enumerate(rows, above + 1):  # the names stand in row 0
        for at, column in enumerate(table.columns):
            value = row.values.get(column.name)
            if value is None:
                continue
            if isinstance(value, datetime):
                sheet.write_datetime(
                    number, at, value.astimezone(zone).replace(tzinfo=None), moment
                )
            elif isinstance(value, bool):
                sheet.write_boolean(number, at, value)
            elif isinstance(value, int | float):
                sheet.write_number(number, at, value)
            else:
                sheet.write_string(number, at, str(value)[:_LONGEST_CELL])


def _fill_about(sheet: Any, about: Mapping[str, Any]) -> None:
    sheet.set_column(0, 1, 32)
    for number, (name, value) in enumerate(about.items()):
        sheet.write_string(number, 0, name)
        sheet.write_string(number, 1, "" if value is None else str(value)[:_LONGEST_CELL])


def _features(table: Table, rows: Sequence[Row]) -> bytes:
    places = np.array([row.place for row in rows], dtype=object)
    # RFC 7946: outer rings run against the clock.
    drawn = shapely.to_geojson(shapely.orient_polygons(places))
    pairs = zip(rows, drawn, strict=True)
    return b",\n".join(orjson.dumps(_feature(table, row, place)) for row, place in pairs)


def _feature(table: Table, row: Row, place: str | None) -> dict[str, Any]:
    values = {c.name: _plain(c, row.values.get(c.name)) for c in table.columns}
    shape = None if place is None else orjson.Fragment(place)
    return {"type": "Feature", "id": row.key, "geometry": shape, "properties": values}


def _plain(column: Column, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return safe_text(value) if column.kind == "text" and isinstance(value, str) else value


def _append(path: Path, table: Table, rows: Sequence[Row], there: bool) -> None:
    from pyogrio import raw  # brings pandas along where that is there: a second of each start

    made = [
        _array(column, [row.values.get(column.name) for row in rows]) for column in table.columns
    ]
    raw.write(
        path,
        shapely.to_wkb(np.array([row.place for row in rows], dtype=object)),
        [values for values, _ in made],
        np.array([column.name for column in table.columns], dtype=object),
        field_mask=[mask for _, mask in made],
        layer=table.name,
        driver="GPKG",
        geometry_type=table.shape,
        crs="EPSG:4326",
        append=there,
        gdal_tz_offsets={
            c.name: np.full(len(rows), _UTC) for c in table.columns if c.kind == "time"
        },
        layer_metadata=None if there else {k: str(v) for k, v in table.about.items()},
    )


def _array(column: Column, values: Sequence[Any]) -> tuple[Any, Any]:
    """The values as GDAL takes them, and which are missing."""
    missing = np.array([value is None for value in values], dtype=bool)
    if column.kind == "text":
        words = [None if v is None else safe_text(str(v)) for v in values]
        return np.array(words, dtype=object), missing
    if column.kind == "time":
        return np.array([_moment(v) for v in values], dtype="datetime64[ms]"), missing
    dtype = {"whole": np.int64, "number": np.float64, "yes": np.bool_}[column.kind]
    return np.array([0 if v is None else v for v in values], dtype=dtype), missing


def _moment(value: datetime | None) -> Any:
    if value is None:
        return np.datetime64("NaT", "ms")
    return np.datetime64(round(value.timestamp() * 1000), "ms")


def _write_about(path: Path, about: Mapping[str, Any]) -> None:
    from pyogrio import raw

    words = [(name, safe_text(str(value))) for name, value in about.items() if value is not None]
    raw.write(
        path,
        None,
        [np.array(column, dtype=object) for column in zip(*words, strict=True)],
        np.array(["name", "value"], dtype=object),
        layer="about",
        driver="GPKG",
        geometry_type=None,
        append=True,
    )


def aside(work: Callable[..., T], *given: Any) -> T:
    """Beside the worker's other requests, which would all wait for it."""
    if not is_module_patched("threading"):  # no gevent: this is a thread of its own
        return work(*given)
    made: T = gevent.get_hub().threadpool.apply(work, given)
    return made
