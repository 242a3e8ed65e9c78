"""`tanggap roads`: import road networks, put one in force, say what is known of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app.cli import roads_words as words
from app.cli.progress import bar
from app.config import Settings
from app.parts import owner_transaction
from dispatch import log, speeds
from dispatch.regency import read_regency
from dispatch.ways import ROADS_CHANGED
from geo.errors import BadPoint
from geo.point import Point
from geo.roads import (
    About,
    BadRoads,
    Extract,
    Network,
    Report,
    around_villages,
    build,
    form_of,
    read_clip,
    read_roads,
    refuse_elsewhere,
    report_of,
    sha256_of,
    store,
)
from geo.villages import find_village

_READ, _BUILT = 0.8, 0.95  # of it, when the file is read, and when the roads are made
_NEAR_KM = 50.0  # where nothing else is said, a file must have a road so near to the villages
_KEY = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_OSM = "ODbL 1.0, kontributor OpenStreetMap"


@click.group()
def roads() -> None:
    """Import road networks (OSM, GraphML, GeoJSON), put one in force, list and remove them."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What the command line says of an import."""

    file: Path
    about: About
    clip: str | None
    use: bool


@roads.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--clip",
    metavar="AREA",
    help="boundaries, boundaries+15km, or W,S,E,N: take no more than that.",
)
@click.option("--key", help="Short name of the network; default: file name and today's date.")
@click.option("--title", help="What to call it.")
@click.option("--source", help="Where it comes from; default: the file's name.")
@click.option("--licence", help="Under which it may be used; default for OSM data: ODbL 1.0.")
@click.option(
    "--drives-on", type=click.Choice(("left", "right")), help="Default: as roads.toml says."
)
@click.option("--use/--no-use", default=True, show_default=True, help="Put it in force at once.")
@click.option("--dry-run", is_flag=True, help="Read and report; write nothing.")
def import_file(
    file: Path,
    clip: str | None,
    key: str | None,
    title: str | None,
    source: str | None,
    licence: str | None,
    drives_on: str | None,
    use: bool,
    dry_run: bool,
) -> None:
    """Read the roads of FILE and put them in force.

    OSM extracts (.osm.pbf, .osm), street networks of osmnx (.graphml), lines in GeoJSON. The
    network in force stays as it is until the new one is written whole.
    """
    now = datetime.now(UTC)
    form = form_of(file)
    about = About(
        key=_good_key(key or _key_of(file, now)),
        title=title or f"Jalan dari {file.name}",
        source=source or file.name,
        licence=licence or ("tidak disebut" if form == "geojson" else _OSM),
        sha256=sha256_of(file),
        drives_on=drives_on or _drives_on(),
    )
    told = _Told(file, about, clip, use)
    with bar(file.name) as progress:
        network, extract = _read(told, progress)
        report = _written(told, network, extract, now, dry_run)
        progress(1.0)
    for line in words.lines_of(report):
        click.echo(line)
    for warning in report["warnings"]:
        click.secho(f"PERINGATAN: {warning}", err=True, fg="yellow", bold=True)
    click.echo(words.outcome(about.key, use=use, dry_run=dry_run))


@roads.command("list")
def list_networks() -> None:
    """The networks that are kept, the youngest first."""
    with owner_transaction() as session:
        for row in store.networks(session):
            click.echo(words.row_of(row))
        if not store.networks(session):
            click.echo(words.NONE_KEPT)


@roads.command("use")
@click.argument("key")
def use_network(key: str) -> None:
    """Put the network KEY in force; the one before stays until it is removed."""
    with owner_transaction() as session:
        store.use(session, key, datetime.now(UTC))
        _changed(session, key)
    click.echo(f"{key}: berlaku")


@roads.command("remove")
@click.argument("key")
@click.option("--in-force", is_flag=True, help="Even if it is in force: straight lines then.")
def remove_network(key: str, in_force: bool) -> None:
    """Delete the network KEY with all its roads."""
    with owner_transaction() as session:
        store.remove(session, key, even_in_force=in_force)
        _changed(session, key)
    click.echo(f"{key}: dihapus")


@roads.command("status")
def status() -> None:
    """The network in force: kilometres, parts, ferries, and how old it is."""
    with owner_transaction() as session:
        row = store.in_force(session)
        if row is None:
            click.echo(words.NONE_IN_FORCE)
            return
        for line in words.status_of(row, datetime.now(UTC)):
            click.echo(line)


@roads.command("learn")
def learn() -> None:
    """Learn from own journeys how much longer a class of road takes, by the hour."""
    with owner_transaction() as session:
        taught = speeds.learn(session, datetime.now(UTC))
    for line in taught.lines():
        click.echo(line)


def _read(told: _Told, progress: Callable[[float], None]) -> tuple[Network, Extract]:
    """No transaction is open meanwhile: a country takes minutes to read."""
    with owner_transaction() as session:
        if store.find(session, told.about.key) is not None:
            raise BadRoads(
                f"{told.about.key}: sudah ada; beri --key lain, atau `roads remove` dulu"
            )
        clip = read_clip(session, told.clip) if told.clip else None
        ours = None if clip else around_villages(session, _NEAR_KM)
    extract = read_roads(told.file, clip, lambda done: progress(_READ * done))
    network = build(extract)
    if ours is not None:
        refuse_elsewhere(told.file.name, network.coords, ours)
    progress(_BUILT)
    return network, extract


def _written(
    told: _Told, network: Network, extract: Extract, now: datetime, dry_run: bool
) -> Report:
    """The report, kept with the network; all in one transaction."""
    with owner_transaction() as session:

        def place_of(lon: float, lat: float) -> str | None:
            return _village(session, lon, lat)

        report = report_of(network, extract, told.about.drives_on, place_of)
        report |= {"clip": told.clip, "file": told.file.name}
        report["warnings"] += words.shrunk(report, store.in_force(session))
        if not dry_run:
            store.publish(session, network, told.about, report, now)
            if told.use:
                store.use(session, told.about.key, now)
                _changed(session, told.about.key)
    return report


def _village(session: Session, lon: float, lat: float) -> str | None:
    """Its name; None outside, and where the roads lie in another country."""
    try:
        village = find_village(session, Point(lon=lon, lat=lat))
    except BadPoint:
        return None
    return None if village is None else f"{village.name}, {village.district}"


def _changed(session: Session, key: str) -> None:
    """Running servers read the roads anew when they hear of it."""
    log.record(session, ROADS_CHANGED, network=key)


def _drives_on() -> str:
    return read_regency(Settings.from_environment().regency_folder).roads.drives_on


def _key_of(file: Path, now: datetime) -> str:
    stem = re.sub(r"[^a-z0-9]+", "-", file.name.lower().split(".")[0]).strip("-")
    return f"{stem[:40] or 'jalan'}-{now:%Y-%m-%d}"


def _good_key(key: str) -> str:
    if _KEY.fullmatch(key) is None:
        raise BadRoads(f"--key {key[:80]!r}: huruf kecil, angka, titik, dan garis saja")
    return key
