"""Split addresses of other regencies into build.csv and aside.csv, and check this folder."""

from __future__ import annotations

import argparse
import csv
import hashlib
import re
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
REGENCIES = HERE.parents[2] / "data" / "country" / "vendor" / "regencies.csv"
VILLAGES = HERE.parents[2] / "data" / "village_boundaries" / "register.csv"
COLUMNS = ["text", "regency", "source"]
SPOKEN_COLUMNS = ["text", "expect", "note"]
LONG_DIGITS = re.compile(r"\d{8,}")

Row = dict[str, str]


def key(text: str) -> str:
    """Return the lower-cased letters and digits of a text: what makes two texts the same."""
    return "".join(c for c in text.lower() if c.isalnum())


def is_aside(text: str) -> bool:
    """Tell whether the last bit of the SHA-256 of the key is odd."""
    return bool(hashlib.sha256(key(text).encode()).digest()[-1] & 1)


def read(path: Path, columns: list[str]) -> list[Row]:
    """Read a CSV file of exactly these columns; an absent file has no rows."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        if reader.fieldnames != columns:
            raise SystemExit(f"{path.name}: columns {reader.fieldnames}, wanted {columns}")
        return list(reader)


def write(path: Path, rows: list[Row]) -> None:
    """Write rows in the order of their keys."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: key(row["text"])))


def column_of(path: Path, column: str) -> set[str]:
    """Return one column of a register, or nothing where the register is not set up."""
    if not path.exists():
        return set()
    with path.open(encoding="utf-8", newline="") as file:
        return {row[column] for row in csv.DictReader(file)}


def faults_of_places(name: str, rows: list[Row], seen: dict[str, str]) -> list[str]:
    """List what is wrong with one file of addresses; a fault names the line, never the text."""
    official = column_of(REGENCIES, "name")
    faults = []
    for number, row in enumerate(rows, start=2):
        where = f"{name}:{number}"
        identity = key(row["text"])
        if identity in seen:
            faults.append(f"{where}: same text as {seen[identity]}")
        seen[identity] = where
        if not all(row[column].strip() for column in COLUMNS):
            faults.append(f"{where}: empty cell")
        if LONG_DIGITS.search(row["text"]):
            faults.append(f"{where}: a run of 8 or more digits")
        faults.extend(
            f"{where}: no regency is called {regency}"
            for regency in row["regency"].split("|")
            if official and regency not in official
        )
    return faults


def faults_of_spoken(rows: list[Row], seen: dict[str, str]) -> list[str]:
    """List what is wrong with spoken.csv."""
    official = column_of(REGENCIES, "name")
    codes = column_of(VILLAGES, "code")
    districts = {code[:8] for code in codes}
    faults = []
    for number, row in enumerate(rows, start=2):
        where = f"spoken.csv:{number}"
        identity = row["text"] if not key(row["text"]) else key(row["text"])
        if identity in seen:
            faults.append(f"{where}: same text as {seen[identity]}")
        seen[identity] = where
        for answer in row["expect"].split("|"):
            kind, _, value = answer.partition(":")
            if kind == "regency":
                good = not official or value in official
            elif kind == "district":
                good = not districts or value in districts
            else:
                good = answer == "none" or not codes or answer in codes
            if not good:
                faults.append(f"{where}: unknown answer {answer}")
    return faults


def main() -> int:
    """Put new rows (a CSV of the same columns) into both files, or only check."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("new", nargs="?", type=Path, help="CSV of new rows: text,regency,source")
    arguments = parser.parse_args()
    build, aside = HERE / "build.csv", HERE / "aside.csv"
    if arguments.new:
        rows = read(build, COLUMNS) + read(aside, COLUMNS) + read(arguments.new, COLUMNS)
        write(build, [row for row in rows if not is_aside(row["text"])])
        write(aside, [row for row in rows if is_aside(row["text"])])

    faults: list[str] = []
    seen: dict[str, str] = {}
    counts = []
    for name in ("build.csv", "aside.csv", "unnamed.csv"):
        rows = read(HERE / name, COLUMNS)
        counts.append(f"{name} {len(rows)}")
        faults += faults_of_places(name, rows, seen)
        if name != "unnamed.csv":
            wanted = name == "aside.csv"
            faults += [
                f"{name}:{number}: belongs into the other file"
                for number, row in enumerate(rows, start=2)
                if is_aside(row["text"]) != wanted
            ]
    spoken = read(HERE / "spoken.csv", SPOKEN_COLUMNS)
    counts.append(f"spoken.csv {len(spoken)}")
    faults += faults_of_spoken(spoken, seen)
    sys.stdout.write("\n".join([*faults, ", ".join(counts)]) + "\n")
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
