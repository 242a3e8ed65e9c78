"""Reads the first sheet of an XLSX file as rows of texts: what people send back, so no trust in it.

Only words, numbers and yes or no are read, formulas by what they came to last. No entities are
resolved, nothing is fetched, and what unpacks to more than it should is refused.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_MOST_BYTES = 32 * 1024 * 1024  # of one part, unpacked
_MOST_ROWS, _MOST_COLUMNS = 20_001, 200
_REFERENCE = re.compile(r"([A-Z]{1,3})[0-9]{1,7}")


class BadWorkbook(Exception):
    """It is no workbook that can be read: why, in a sentence."""


def rows_of(sent: bytes) -> list[list[str]]:
    """Rows of the first sheet, empty cells as "". Raises BadWorkbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(sent)) as book:
            shared = _shared(book)
            return list(_rows(_part(book, _first_sheet(book)), shared))
    except (
        zipfile.BadZipFile,
        ElementTree.ParseError,
        KeyError,
        NotImplementedError,
        RuntimeError,
    ):
        raise BadWorkbook("berkas ini bukan buku kerja XLSX yang utuh") from None


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if book.getinfo(name).file_size > _MOST_BYTES:
        raise BadWorkbook(f"bagian {name} terlalu besar")
    with book.open(name) as part:
        content = part.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise BadWorkbook(f"bagian {name} terlalu besar")
    # A workbook declares no types of its own: who does wants entities to be unfolded.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise BadWorkbook("berkas ini memuat deklarasi yang tidak dibaca")
    return ElementTree.fromstring(content)  # noqa: S314  # no DTD, bounded, above


def _first_sheet(book: zipfile.ZipFile) -> str:
    sheets = [n for n in book.namelist() if re.fullmatch(r"xl/worksheets/sheet[0-9]+\.xml", n)]
    if not sheets:
        raise BadWorkbook("tidak ada lembar di dalamnya")
    return min(sheets, key=lambda name: (len(name), name))


def _shared(book: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in book.namelist():
        return []
    return [_words(one) for one in _part(book, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]


def _words(item: ElementTree.Element) -> str:
    return "".join(text.text or "" for text in item.iter(f"{_MAIN}t"))


def _rows(sheet: ElementTree.Element, shared: list[str]) -> Iterator[list[str]]:
    for count, row in enumerate(sheet.iter(f"{_MAIN}row")):
        if count >= _MOST_ROWS:
            raise BadWorkbook(f"lebih dari {_MOST_ROWS - 1} baris")
        cells: list[str] = []
        for cell in row.iter(f"{_MAIN}c"):
            at = _column(cell.get("r"), len(cells))
            cells.extend([""] * (at - len(cells)))
            cells.append(_value(cell, shared))
        yield cells


def _column(reference: str | None, usual: int) -> int:
    """Its number from 0; a writer may leave the reference out."""
    if reference is None:
        return usual
    found = _REFERENCE.fullmatch(reference)
    number = 0
    for letter in found[1] if found else "":
        number = number * 26 + ord(letter) - 64
    if not usual < number <= _MOST_COLUMNS:
        raise BadWorkbook(f"sel {reference[:12]!r} di luar {_MOST_COLUMNS} kolom, atau dua kali")
    return number - 1


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    kind, value = cell.get("t", "n"), cell.findtext(f"{_MAIN}v") or ""
    if kind == "inlineStr":
        inside = cell.find(f"{_MAIN}is")
        return "" if inside is None else _words(inside)
    if kind == "s":
        try:
            return shared[int(value)]
        except (ValueError, IndexError):
            raise BadWorkbook("sel menunjuk kata yang tidak ada") from None
    if kind == "b":
        return "ya" if value == "1" else "tidak"
    if kind == "e":
        return ""
    return value.removesuffix(".0") if kind == "n" else value
