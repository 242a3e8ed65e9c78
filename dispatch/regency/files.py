"""The files of a regency's folder as entries: TOML for what people write, CSV for lists."""

import csv
import tomllib
from pathlib import Path

from dispatch.errors import BadConfiguration
from dispatch.regency.entry import Entry


def toml_of(folder: Path, file: str, *, needed: bool = True) -> Entry:
    """A TOML file as an entry; an empty one where it may be absent. Raises BadConfiguration."""
    path = folder / file
    if not path.is_file():
        if needed:
            raise BadConfiguration(f"{path}: this file is missing")
        return Entry(file, "file", {})
    try:
        return Entry(file, "file", tomllib.loads(path.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as bad:
        raise BadConfiguration(f"{path}: {bad}") from bad


def list_of(folder: Path, file: str, key: str, *, needed: bool = True) -> list[Entry]:
    """The tables [[key]] of a file, each named by its code where it has one."""
    whole = toml_of(folder, file, needed=needed)
    entries = named(whole, key, needed=needed)
    whole.done()
    return entries


def named(whole: Entry, key: str, *, needed: bool = True) -> list[Entry]:
    """The tables [[key]] of a file that holds others, too. Raises BadConfiguration."""
    entries = whole.entries(key, key)
    if needed and not entries:
        raise BadConfiguration(f"{whole.file}: give at least one [[{key}]]")
    for entry in entries:
        entry.name = str(entry.values.get("code") or entry.values.get("login") or entry.name)
    return entries


def csv_of(folder: Path, file: str, key: str) -> list[Entry]:
    """The rows of a CSV file, each named by its key. Raises BadConfiguration."""
    path = folder / file
    if not path.is_file():
        raise BadConfiguration(f"{path}: this file is missing")
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    for number, row in enumerate(rows, 2):
        if None in row or None in row.values():
            raise BadConfiguration(
                f"{file}: line {number}: not as many values as in the first line"
            )
    return [Entry(file, str(row.get(key) or f"line {n}"), row) for n, row in enumerate(rows, 2)]
