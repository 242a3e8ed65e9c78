"""Rows of one table of a MySQL dump, and of no other: the rest of a village's books is private."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from geo.gazetteer.place import BadPlace

LONGEST_STATEMENT = 32 * 1024 * 1024  # letters
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "", "Z": "", "b": ""}


def rows_of(
    path: Path, encoding: str, table: str, columns: Sequence[str], wanted: Sequence[str]
) -> Iterator[Mapping[str, str]]:
    """The rows inserted into a table: only the wanted columns, NULL as "".

    columns  the order where neither the INSERT nor a CREATE TABLE before it says one
    Raises BadPlace for a statement that cannot be read to its end.
    """
    order = list(columns)
    for statement in _statements(path, encoding, table):
        head, at = _head(statement)
        if head and statement[:6].upper() == "CREATE":
            order = head
            continue
        names = head or order
        for cells in _tuples(statement, at):
            if len(cells) != len(names):
                raise BadPlace(f"tabel {table}: {len(cells)} nilai untuk {len(names)} kolom")
            said = dict(zip(names, cells, strict=True))
            yield {name: said.get(name, "") for name in wanted}


def _statements(path: Path, encoding: str, table: str) -> Iterator[str]:
    """CREATE TABLE and INSERT INTO statements of the table, line by line put together."""
    starts = tuple(
        f"{verb} {sign}{table.lower()}{sign}"
        for verb in (
            "insert into",
            "insert ignore into",
            "create table",
            "create table if not exists",
        )
        for sign in ("`", "")
    )
    parts: list[str] = []
    length, quoted = 0, False
    with path.open(encoding=encoding, errors="replace", newline="") as text:
        for line in iter(lambda: text.readline(LONGEST_STATEMENT), ""):
            begins = line.lstrip()[:200].lower().startswith(starts)
            if not parts and not begins:
                continue
            parts.append(line if parts else line.lstrip())
            length += len(line)
            quoted, ends = _open_after(line, quoted)
            if length > LONGEST_STATEMENT:
                raise BadPlace(f"perintah SQL lebih dari {LONGEST_STATEMENT:,} huruf")
            if ends:
                yield "".join(parts)
                parts, length, quoted = [], 0, False
    if parts:
        raise BadPlace(f"{path.name}: perintah SQL terakhir terpotong")


def _open_after(line: str, quoted: bool) -> tuple[bool, bool]:
    """Whether a text is still open at the line's end, and whether the statement ended in it."""
    at, end = 0, len(line)
    while at < end:
        sign = line[at]
        if quoted and sign == "\\":
            at += 1
        elif sign == "'":
            quoted = not quoted
        elif sign == ";" and not quoted:
            return False, True
        at += 1
    return quoted, False


def _head(statement: str) -> tuple[list[str], int]:
    """Names of the columns, if it says them, and where its values begin.

    Of a CREATE TABLE every line that begins with a name in backticks is a column.
    """
    if statement[:6].upper() == "CREATE":
        lines = (line.strip() for line in statement.splitlines()[1:])
        return [line.split("`")[1].lower() for line in lines if line.startswith("`")], 0
    at = statement.upper().find("VALUES")
    if at < 0:
        raise BadPlace("INSERT tanpa VALUES")
    before = statement[:at]
    if "(" not in before:
        return [], at + len("VALUES")
    inside = before[before.index("(") + 1 : before.rindex(")")]
    return [name.strip(" `\r\n\t").lower() for name in inside.split(",")], at + len("VALUES")


def _tuples(statement: str, at: int) -> Iterator[list[str]]:
    """The values of each (...), in order, as text."""
    while (start := statement.find("(", at)) >= 0:
        cells: list[str] = []
        at = start + 1
        while True:
            cell, at = _cell(statement, at)
            cells.append(cell)
            if at >= len(statement):
                raise BadPlace("perintah SQL terpotong")
            at += 1
            if statement[at - 1] == ")":
                break
        yield cells


def _cell(statement: str, at: int) -> tuple[str, int]:
    """One value and where the comma or bracket after it stands."""
    while at < len(statement) and statement[at].isspace():
        at += 1
    if statement.startswith("'", at):
        said, at = _text(statement, at + 1)
        while at < len(statement) and statement[at] not in ",)":
            at += 1
        return said, at
    start = at
    while at < len(statement) and statement[at] not in ",)":
        at += 1
    bare = statement[start:at].strip()
    return "" if bare.upper() == "NULL" else bare, at


def _text(statement: str, at: int) -> tuple[str, int]:
    """A quoted text from after its first quote, and where it goes on after the last."""
    said: list[str] = []
    while at < len(statement):
        sign = statement[at]
        if sign == "\\" and at + 1 < len(statement):
            following = statement[at + 1]
            said.append(_ESCAPES.get(following, following))
            at += 2
        elif sign != "'":
            said.append(sign)
            at += 1
        elif statement.startswith("''", at):
            said.append("'")
            at += 2
        else:
            return "".join(said), at + 1
    raise BadPlace("teks SQL tidak ditutup")
