"""`tanggap locate`: where words, lines of words, or the rows of a table may be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from app.cli import locate_table
from app.config import Settings
from app.parts import owner_transaction
from dispatch.regency import read_regency
from geo.finding import Candidate, Found
from geo.locator import Locator

if TYPE_CHECKING:
    from geo.geocoder import Finder

_LONGEST_LINE = 1 << 16  # bytes of a line that are read; the rest of it is passed over


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("text", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON object.")
@click.option("--stdin", is_flag=True, help="Read a text a line, answer a JSON object a line.")
@click.option("--limit", default=8, show_default=True, type=click.IntRange(1, 50))
@click.option("--csv", "table", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--column", metavar="NAME", help="Column of the table that holds the words.")
@click.option("--lon", metavar="NAME", help="Column with longitudes, instead of --column.")
@click.option("--lat", metavar="NAME", help="Column with latitudes.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Table to write.")
@click.option("--force", is_flag=True, help="Overwrite --out.")
def locate(
    text: tuple[str, ...],
    as_json: bool,
    stdin: bool,
    limit: int,
    table: Path | None,
    column: str | None,
    lon: str | None,
    lat: str | None,
    out: Path | None,
    force: bool,
) -> None:
    """Places that TEXT can mean, best first, or the other regency that it names.

    \b
    tanggap locate "depan pasar, sebelah utara jembatan" --json
    tanggap locate --stdin < texts
    tanggap locate --csv IN --column alamat --out OUT
    tanggap locate --csv IN --lon bujur --lat lintang --out OUT

    A table keeps its columns and gets village_code, village, district and others behind them;
    a new column whose name is taken is called tanggap_NAME. p is the chance of the village.
    """
    _one_of(text=bool(text), stdin=stdin, csv=table is not None)
    if table is not None:
        _locate_table(table, column, lon, lat, locate_table.checked_out(out, force))
    elif stdin:
        sys.exit(_answer_lines(limit))
    else:
        _answer_text(" ".join(text), limit, as_json)


def _one_of(**ways: bool) -> None:
    if sum(ways.values()) != 1:
        raise click.UsageError("give TEXT, --stdin or --csv, one of them")


def read_finder() -> Finder:
    """Names, borders and what was learned; the session is closed when it comes back."""
    from geo.geocoder import Finder  # reads much: not for --help

    settings = Settings.from_environment()
    sea = read_regency(settings.regency_folder).sea
    with owner_transaction(settings) as session:
        return Finder.read(session, sea=sea).with_learned(session, datetime.now(UTC))


def _locate_table(
    table: Path, column: str | None, lon: str | None, lat: str | None, out: Path
) -> None:
    if column is not None and lon is None and lat is None:
        rows = locate_table.by_words(table, column, out, read_finder)
    elif column is None and lon is not None and lat is not None:
        rows = locate_table.by_points(table, lon, lat, out, _read_locator)
    else:
        raise click.UsageError("give --column, or --lon and --lat")
    click.echo(f"{rows} baris -> {out}")


def _read_locator() -> Locator:
    with owner_transaction() as session:
        return Locator.read(session)


def _answer_text(text: str, limit: int, as_json: bool) -> None:
    found = read_finder().locate(sound_text(text), limit)
    if as_json:
        click.echo(orjson.dumps(answer(found)))
        return
    for line in _lines_of(found):
        click.echo(line)


def _answer_lines(limit: int) -> int:
    """Answers each line as it comes; 1 when any was bad, else 0."""
    finder = read_finder()
    bad = False
    for number, line in enumerate(_lines_in(), 1):
        told = _answer_line(finder, line, limit) | ({"line": number} if not line else {})
        bad = bad or "error" in told
        click.echo(orjson.dumps(told))
    return int(bad)


def _answer_line(finder: Finder, line: str, limit: int) -> dict[str, Any]:
    if not line:
        return {"error": "empty line"}
    try:
        return answer(finder.locate(line, limit))
    except Exception as wrong:  # the lines after this one are to be answered, whatever it was
        return {"error": f"{type(wrong).__name__}: {wrong}"[:300]}


def _lines_in() -> Iterator[str]:
    """Standard input, each line without its end, each bounded; what is no text is replaced."""
    source = sys.stdin.buffer
    while line := source.readline(_LONGEST_LINE):
        rest = line
        while not rest.endswith(b"\n") and (rest := source.readline(_LONGEST_LINE)):
            pass
        yield line.decode(errors="replace").strip()


def sound_text(text: str) -> str:
    """Without the halves of letters that a shell or a file may hand over."""
    return text.encode(errors="replace").decode()


def answer(found: Found) -> dict[str, Any]:
    """The JSON of --json."""
    return {
        "candidates": [_candidate(candidate) for candidate in found.candidates],
        "outside": found.outside,
    }


def _candidate(candidate: Candidate) -> dict[str, Any]:
    return {
        "label": candidate.label,
        "kind": candidate.kind,
        "lon": round(candidate.point.lon, 7),
        "lat": round(candidate.point.lat, 7),
        "radius_m": round(float(candidate.radius_m), 1),
        "p": round(float(candidate.p), 4),
        "villages": [
            {"code": village.code, "name": village.name, "p": round(float(village.p), 4)}
            for village in candidate.villages
        ],
        "why": candidate.why,
    }


def _lines_of(found: Found) -> Iterator[str]:
    """For people."""
    if found.outside is not None:
        yield f"luar wilayah: {found.outside}"
    elif not found.candidates:
        yield "tidak ada tempat yang cocok"
    for one in found.candidates:
        villages = ", ".join(f"{v.name} {one.p * v.p:.0%}" for v in one.villages[:3])
        where = f"{one.point.lat:.5f}, {one.point.lon:.5f} ± {one.radius_m:.0f} m"
        yield f"{one.p:4.0%}  {one.label} ({one.kind})  {where}"
        yield f"      {villages or one.context}  {one.why}"
