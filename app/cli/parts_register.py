"""`tanggap desa`: import a village's register of dusun, RW and RT, and the populations."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import orjson

from app.parts import owner_transaction
from dispatch import log
from geo import parts_register
from geo.parts_register import BadRegister, Part, words_of
from geo.villages import edition_in_force, villages_of

_FAULTS_SHOWN = 20

_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
_STRICT = click.option("--strict", is_flag=True, help="All rows or none.")
_DRY_RUN = click.option("--dry-run", is_flag=True, help="Read and report; write nothing.")


@click.group()
def desa() -> None:
    """Registers of villages: dusun, RW and RT, and how many live there."""


@desa.command("import")
@_FILE
@click.option("--village", required=True, metavar="CODE", help="The village whose register it is.")
@click.option("--source", help="Who said so, and of when; default: the file's own name.")
@_STRICT
@_DRY_RUN
def import_file(file: Path, village: str, source: str | None, strict: bool, dry_run: bool) -> None:
    """Take the register in FILE in place of all that the village had.

    OpenSID's tweb_wil_clusterdesa (CSV or SQL dump), or a CSV with the columns dusun, rw, rt,
    kk, penduduk, lat, lon. Names of persons are never read.
    """
    read = parts_register.read_register(file)
    with owner_transaction() as session:
        far = parts_register.far_parts(session, village, read.parts)
        _tell([*map(str, read.faults), *far], strict, file)
        if not read.parts:
            raise BadRegister(f"{file.name}: tidak ada baris yang dapat dipakai")
        if not dry_run:
            parts_register.replace_register(session, village, read.parts, _source(source, file))
            log.record(session, "village.register", village=village, count=len(read.parts))
    _report(read.parts)
    click.echo(f"{len(read.parts)} bagian {'terbaca, tidak ditulis' if dry_run else village}")


@desa.command()
@_FILE
@_STRICT
@_DRY_RUN
def population(file: Path, strict: bool, dry_run: bool) -> None:
    """Take from FILE how many live in each village: kode, penduduk, sumber, tahun."""
    with owner_transaction() as session:
        villages = villages_of(session, edition_in_force(session).id)
        known = frozenset(village.code for village in villages)
        rows, faults = parts_register.read_populations(file, known)
        _tell([str(fault) for fault in faults], strict, file)
        if not rows:
            raise BadRegister(f"{file.name}: tidak ada baris yang dapat dipakai")
        if not dry_run:
            parts_register.keep_populations(session, rows)
            log.record(session, "village.population", count=len(rows))
    total = sum(row.population for row in rows)
    click.echo(f"{len(rows)} dari {len(known)} desa, {total} jiwa{_unwritten(dry_run)}")


@desa.command("list")
@click.option("--json", "as_json", is_flag=True, help="Answer a JSON list.")
def list_all(as_json: bool) -> None:
    """Villages that have a register or a population."""
    with owner_transaction() as session:
        rows = parts_register.listed(session)
    if as_json:
        click.echo(orjson.dumps(rows))
        return
    for row in rows:
        lives = "-" if row.population is None else str(row.population)
        click.echo(
            f"{row.code}  {row.name:20s} {row.parts:4d} bagian {lives:>7s} jiwa  {row.source}"
        )
    if not rows:
        click.echo("belum ada; pakai `tanggap desa import` atau `tanggap desa population`")


def _tell(faults: Sequence[str], strict: bool, file: Path) -> None:
    """Rows that are left out, or looked at again. Raises BadRegister when none may be."""
    for fault in faults[:_FAULTS_SHOWN]:
        click.echo(f"periksa: {fault}", err=True)
    if len(faults) > _FAULTS_SHOWN:
        click.echo(f"periksa: {len(faults) - _FAULTS_SHOWN} baris lain", err=True)
    if faults and strict:
        raise BadRegister(f"{file.name}: {len(faults)} baris salah; tidak ada yang ditulis")


def _source(source: str | None, file: Path) -> str:
    said = (source or file.name).strip()
    if not said.isprintable() or not 0 < len(said) <= 200:
        raise BadRegister("--source: tulis 1 sampai 200 huruf")
    return said


def _report(parts: Sequence[Part]) -> None:
    dusun = {part.dusun for part in parts if part.dusun}
    rw = {(part.dusun, part.rw) for part in parts if part.rw}
    rt = [part for part in parts if part.rt]
    click.echo(f"{len(dusun)} dusun, {len(rw)} RW, {len(rt)} RT")
    for part in parts[:3]:
        click.echo(f"  misalnya {words_of(part)}")


def _unwritten(dry_run: bool) -> str:
    return " (tidak ditulis)" if dry_run else ""
