"""`tanggap sp4n`: the exchange with SP4N-LAPOR by line or by file; the report to the 112 centre."""

import logging
import os
import signal
from datetime import timedelta
from pathlib import Path

import click

from app import files
from app.config import MissingSetting, Settings, known_settings
from app.exchange import monthly, tables, worker
from app.exchange.client import SETTING, Client, NotDone, read_line
from app.exchange.worker import Office
from app.parts import Parts, build, owner_transaction
from dispatch.ground import Ground
from dispatch.regency import read_regency
from dispatch.scope import EXCHANGE
from dispatch.sp4n import report112
from dispatch.sp4n.hearing import Heard
from dispatch.sp4n.reconciling import Run

_FORMS = click.Choice(["csv", "xlsx"])


@click.group()
def sp4n() -> None:
    """Exchange reports with SP4N-LAPOR; report the calls of a month to the national 112 centre."""
    logging.basicConfig(level=logging.WARNING, format="sp4n: %(message)s")


@sp4n.command()
def push() -> None:
    """Tell what it does not know yet, and end."""
    with _asking() as office:
        click.echo(f"terkirim: {worker.push(office)}")


@sp4n.command()
def pull() -> None:
    """Take in what is new over there, and end."""
    with _asking() as office:
        _say_heard(worker.pull(office))


@sp4n.command()
@click.option("--repair", is_flag=True, help="Mend what can be mended safely.")
def reconcile(repair: bool) -> None:
    """Compare all that both sides have; ends with 1 where something is left."""
    with _asking() as office:
        run, mended = worker.reconcile(office, repair=repair)
    if repair:
        click.echo(f"diperbaiki: {mended}")
    _say_run(run)
    if not run.is_even:
        raise SystemExit(1)


@sp4n.command()
@click.option("--beside", type=int, help="Process that started it: the worker ends with it.")
def run(beside: int | None) -> None:
    """Keep both sides even until told to stop: for a service of its own."""
    with _asking() as office:
        for told in (signal.SIGTERM, signal.SIGINT):
            signal.signal(told, lambda *_: office.over.set())
        worker.serve(office, lambda: beside is None or os.getppid() == beside)


@sp4n.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def export(path: Path) -> None:
    """Write all that is to be told to PATH, .csv or .xlsx, to be entered over there by hand."""
    form = _form_of(path)
    parts = _parts()
    with parts.transaction(EXCHANGE) as session:
        rows = tables.outgoing(session, parts)
    table = files.Table("sp4n", tables.COLUMNS, {"as_of": parts.now().isoformat()}, "None")
    _write(path, form, table, rows, parts)


@sp4n.command(name="import")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--now", "really", is_flag=True, help="Take it in; without it only say what would be."
)
def import_(path: Path, really: bool) -> None:
    """Read reports from PATH, .csv or .xlsx. Says what would become of them; nothing is kept."""
    read = tables.read(path.read_bytes())
    for wrong in read.wrong:
        where = f", kolom {wrong.column}" if wrong.column else ""
        click.echo(f"{path.name}: baris {wrong.row}{where}: {wrong.detail}", err=True)
    if read.wrong:
        raise SystemExit(1)
    parts = _parts()
    if not really:
        _say_heard(tables.foretell(parts, read.remotes))
        click.echo("belum disimpan: ulangi dengan --now")
        return
    _say_heard(worker.take_in(parts, read.remotes))


@sp4n.command(name="report112")
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--month", help="As 2026-11; default: the last one that is over.")
@click.option("--calls", is_flag=True, help="A line for each call in place of the sums.")
def report112_(path: Path, month: str | None, calls: bool) -> None:
    """Write the report of a month to the national 112 centre to PATH, .csv or .xlsx."""
    form, parts = _form_of(path), _parts()
    with owner_transaction(parts.settings) as session:
        ground = Ground.read(session, read_regency(parts.settings.regency_folder))
        now = parts.now()
        first = (
            report112.month_of(month, now, ground) if month else report112.last_month(now, ground)
        )
        found = report112.report(session, first, ground)
    table, rows = monthly.calls(found) if calls else monthly.sums(found)
    _write(path, form, table, rows, parts)


def _parts() -> Parts:
    return build(Settings.from_environment())


class _asking:  # noqa: N801  # reads as a word of the sentence
    """The office; a no of the other side is said in one sentence."""

    def __enter__(self) -> Office:
        line = read_line(known_settings(os.environ))
        if line is None:
            raise MissingSetting(f"{SETTING} is not set: there is nobody to ask; files still work")
        self._parts = _parts()
        return Office(self._parts, Client(line), lease=timedelta(seconds=60))

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, NotDone):
            raise click.ClickException(f"SP4N-LAPOR: {error}") from None


def _form_of(path: Path) -> str:
    form = path.suffix.removeprefix(".").lower()
    if form not in _FORMS.choices:
        raise click.BadParameter(f"{path.name}: give a name that ends in .csv or .xlsx")
    return form


def _write(path: Path, form: str, table: files.Table, rows: list[files.Row], parts: Parts) -> None:
    if form == "csv":
        made, count = files.csv_table(table, [rows])
    else:
        made, count = files.xlsx(table, [rows], parts.regency.hours.zone)
    with made:
        made.seek(0)
        path.write_bytes(made.read())
    click.echo(f"{path}: {count} baris")


def _say_heard(counts: dict[Heard, int]) -> None:
    click.echo(", ".join(f"{heard.value}: {count}" for heard, count in counts.items()))


def _say_run(run: Run) -> None:
    click.echo(f"di sini {run.ours}, di sana {run.theirs}, berbeda {len(run.found)}")
    for one in run.found:
        fields = f" ({', '.join(one.fields)})" if one.fields else ""
        click.echo(
            f"  {one.kind.value}{fields}: tiket {one.ticket or '-'}, SP4N {one.remote or '-'},"
            f" {one.ours or '-'} / {one.theirs or '-'}"
        )
