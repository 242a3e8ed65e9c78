"""`tanggap places`: import, list and take back the named places of the gazetteer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cli.progress import bar
from app.parts import owner_transaction
from dispatch import log
from geo import gazetteer
from geo.gazetteer import BadPlace, NewPlace, learned
from geo.gazetteer.readers import FORMS, form_of, read_places
from geo.gazetteer.readers.reading import Fence, Told
from geo.naming import normalise
from geo.schema import LearnedName, Place
from geo.villages import edition_in_force, villages_of

_FAULTS_SHOWN = 10
_OURS = ("edition:", "regency:", "learned")  # sources that no file may take the name of


@click.group()
def places() -> None:
    """Import, list and take back places; look after learned names."""


@places.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", help="Name of the source; default: file: and the file's own name.")
@click.option(
    "--format", "form", type=click.Choice(("auto", *FORMS)), default="auto", show_default=True
)
@click.option("--village", default="", metavar="CODE", help="Village of an OpenSID table.")
@click.option("--clip", is_flag=True, help="Only the villages and 2 km round them.")
@click.option("--strict", is_flag=True, help="Stop at the first bad row.")
@click.option("--dry-run", is_flag=True, help="Read and report; write nothing.")
def import_file(
    file: Path,
    source: str | None,
    form: str,
    village: str,
    clip: bool,
    strict: bool,
    dry_run: bool,
) -> None:
    """Take the places of FILE, in place of those taken earlier from that source.

    GeoJSON, CSV, OSM extracts (.osm.pbf), GeoNames dumps, OpenSID's tweb_wil_clusterdesa.
    """
    source = _own_source(source or f"file:{file.name}")
    form = form_of(file) if form == "auto" else form
    kinds: Counter[str] = Counter()
    faults: list[BadPlace] = []
    with owner_transaction() as session, bar(file.name) as progress:
        fence = _regency_fence(session) if clip else None
        told = Told(_refuse if strict else faults.append, progress)
        read = read_places(file, form, told, fence=fence, village=village)
        good = gazetteer.checked(read, gazetteer.known_villages(session), told.fault)
        counted = _counted(good, kinds)
        if dry_run:
            for _ in counted:
                pass
        else:
            gazetteer.replace_places(session, counted, source)
            _changed(session, source, kinds.total())
        _refuse_unusable(file, kinds.total(), faults)
    _report(kinds, faults)
    click.echo(f"{kinds.total()} tempat {'terbaca, tidak ditulis' if dry_run else source}")


@places.command("list")
@click.option("--source", help="Only of that source.")
@click.option("--kind", help="Only of that kind.")
@click.option("--find", default="", metavar="WORDS", help="Only names that hold these words.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
def list_places(source: str | None, kind: str | None, find: str, limit: int) -> None:
    """Places by name: kind, name, where, source."""
    chosen = select(Place.kind, Place.name, Place.context, Place.source)
    if source:
        chosen = chosen.where(Place.source == source)
    if kind:
        chosen = chosen.where(Place.kind == kind)
    if words := normalise(find):
        chosen = chosen.where(Place.search_name.contains(words, autoescape=True))
    with owner_transaction() as session:
        rows = session.execute(chosen.order_by(Place.search_name, Place.id).limit(limit)).all()
    for row in rows:
        click.echo(f"{row.kind:14s}  {row.name}  ({row.context or '-'})  {row.source}")
    if not rows:
        click.echo("tidak ada tempat yang cocok")


@places.command("sources")
def list_sources() -> None:
    """How many places each source gave, by kind."""
    with owner_transaction() as session:
        counts = gazetteer.sources(session)
    for source, kinds in counts.items():
        told = ", ".join(f"{kind} {count}" for kind, count in kinds.items())
        click.echo(f"{sum(kinds.values()):7d}  {source}: {told}")


@places.command("remove")
@click.argument("source")
def remove(source: str) -> None:
    """Take all places of SOURCE out of the gazetteer."""
    _own_source(source)
    with owner_transaction() as session:
        count = gazetteer.remove_source(session, source)
        if count == 0:
            raise BadPlace(f"{source}: tidak ada sumber itu; lihat `tanggap places sources`")
        _changed(session, source, count)
    click.echo(f"{count} tempat dihapus: {source}")


@places.command("learned")
@click.option("--all", "with_off", is_flag=True, help="Also those that are off.")
@click.option("--off", type=int, metavar="ID", help="Switch a name off: it stays off.")
@click.option("--on", type=int, metavar="ID", help="Switch a name on again.")
@click.option("--forget", type=int, metavar="ID", help="Delete a name.")
def learned_names(with_off: bool, off: int | None, on: int | None, forget: int | None) -> None:
    """Names learned from confirmed pins; switch them off and on, or delete them."""
    with owner_transaction() as session:
        if off is not None:
            _change(session, off, lambda: learned.switch(session, off, on=False))
        if on is not None:
            _change(session, on, lambda: learned.switch(session, on, on=True))
        if forget is not None:
            _change(session, forget, lambda: learned.forget(session, forget))
        if off is None and on is None and forget is None:
            _list_learned(session, with_off)


def _change(session: Session, id_: int, change: Callable[[], bool]) -> None:
    if not change():
        raise BadPlace(f"{id_}: tidak ada nama itu; lihat `tanggap places learned --all`")
    _changed(session, "learned", 1)
    click.echo(f"{id_}: sudah")


def _list_learned(session: Session, with_off: bool) -> None:
    rows = session.scalars(select(LearnedName).order_by(LearnedName.words, LearnedName.id)).all()
    now = datetime.now(UTC)
    for row in (row for row in rows if row.active or with_off):
        click.echo(
            f"{row.id:6d}  {_learned_state(row, now):>8s}  {row.times:4d}x  {row.last_at:%Y-%m-%d}"
            f"  {row.village_code}  {row.kind:12s}  {row.words}"
        )
    if not rows:
        click.echo("belum ada nama yang dipelajari")


def _learned_state(row: LearnedName, now: datetime) -> str:
    """What it counts for; or that a second pin is waited for; or that somebody switched it off."""
    if not row.active:
        return "mati"
    if not learned.is_confirmed(row.times, row.first_at, row.last_at):
        return "menunggu"
    return f"{learned.weight(row.times, row.last_at, now):.2f}"


def _own_source(source: str) -> str:
    """Raises BadPlace for a name that is the house's own, or none."""
    if source.startswith(_OURS) or not source.isprintable() or not 0 < len(source) <= 100:
        raise BadPlace(f"{source[:100]!r}: nama sumber ini tidak dapat dipakai")
    return source


def _regency_fence(session: Session) -> Fence:
    edition = edition_in_force(session)
    return Fence.around([village.area for village in villages_of(session, edition.id)])


def _counted(read: Iterator[NewPlace], kinds: Counter[str]) -> Iterator[NewPlace]:
    for place in read:
        kinds[place.kind] += 1
        yield place


def _refuse(fault: BadPlace) -> None:
    raise fault


def _refuse_unusable(file: Path, count: int, faults: list[BadPlace]) -> None:
    """Raises BadPlace, so that nothing is kept, where most rows are wrong or none is left."""
    if count > len(faults) or (count and not faults):
        return
    first = f"; pertama: {faults[0]}" if faults else ""
    raise BadPlace(f"{file.name}: {count} tempat baik, {len(faults)} baris salah{first}")


def _changed(session: Session, source: str, count: int) -> None:
    """Running servers read the gazetteer anew when they hear of it."""
    log.record(session, "places.changed", source=source, count=count)


def _report(kinds: Counter[str], faults: list[BadPlace]) -> None:
    for kind, count in kinds.most_common():
        click.echo(f"{count:7d}  {kind}")
    for fault in faults[:_FAULTS_SHOWN]:
        click.echo(f"dilewati: {fault}", err=True)
    if len(faults) > _FAULTS_SHOWN:
        click.echo(f"dilewati: {len(faults) - _FAULTS_SHOWN} baris lain", err=True)
