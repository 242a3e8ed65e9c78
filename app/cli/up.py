"""`tanggap up`: tables, configuration, boundaries, places, users, a demo day; safe to repeat."""

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import migrate, vapid
from app.auth.passwords import hash_password
from app.cli.outside import prepare_outside_database
from app.config import ROOT, MissingSetting, Settings
from app.parts import owner_transaction, phone_key
from dispatch import editions, messages, roster, telling
from dispatch.demo.day import load_day
from dispatch.ground import Ground
from dispatch.regency import Regency, StationEntry, read_regency
from dispatch.schema import Call, IdempotencyKey, User
from geo import drawing, gazetteer
from geo.boundaries import publish, second, sources
from geo.boundaries.faults import Unusable
from geo.boundaries.land import Bridge
from geo.boundaries.prepare import load_found
from geo.gazetteer import BadPlace, NewPlace, learned
from geo.gazetteer.readers.reading import Told
from geo.gazetteer.readers.table import read as read_table
from geo.schema import Edition

Say = Callable[[str], None]
KEYS_KEPT = timedelta(hours=72)


@click.command()
@click.option("--demo/--no-demo", default=True, help="Fill in demo users and an invented day.")
@click.option("--day/--no-day", default=True, help="Fill in the invented day, too.")
def up(demo: bool, day: bool) -> None:
    """Bring the database up to date and fill it; what is there already is left as it is."""
    prepare_outside_database()
    settings = Settings.from_environment()
    if not settings.database_admin_url:
        raise MissingSetting("DATABASE_ADMIN_URL is not set: `tanggap up` needs the owner")
    regency = read_regency(settings.regency_folder)
    began = time.monotonic()

    def say(words: str) -> None:
        click.echo(f"  {time.monotonic() - began:5.1f} s  {words}")

    migrate.upgrade(settings.database_admin_url)
    vapid.ensure(settings.state_folder)
    say(f"tabel: versi {migrate.revision(settings.database_admin_url)[0]}")
    with owner_transaction(settings) as session:
        _forget_old_keys(session)
        learned.forget_waiting(session, datetime.now(UTC))
        _roster(session, regency, settings.regency_folder, say)
    with owner_transaction(settings) as session:
        edition = _boundaries(session, regency, settings, say)
        _places(session, regency, edition, settings, say)
    if demo:
        with owner_transaction(settings) as session:
            _demo_users(session, regency, settings, say)
    if demo and day:
        with owner_transaction(settings) as session:
            _demo_day(session, regency, settings, say)


def _forget_old_keys(session: Session) -> None:
    """A client may be cut off for three days and still send a call again; not for longer."""
    cut = datetime.now(UTC) - KEYS_KEPT
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.at < cut))


def _roster(session: Session, regency: Regency, folder: Path, say: Say) -> None:
    roster.sync(session, regency, datetime.now(UTC))
    told = telling.sync(session, regency.notices)
    answers = messages.sync_answers(session, messages.read_answers(folder))
    say(
        f"{regency.name}: {len(regency.agencies)} instansi, {len(regency.categories)} kategori,"
        f" {len(regency.stations)} pos, {len(regency.units)} unit"
    )
    say(f"pemberitahuan: {told} alamat dari notices.toml; {answers} templat jawaban")


def _boundaries(session: Session, regency: Regency, settings: Settings, say: Say) -> Edition:
    """The edition in force; where there is none, the first that can be had, mended and in force."""
    edition = publish.find_edition_in_force(session)
    if edition is None:
        manifest = sources.read_manifest(regency.boundaries)
        named = sources.named_file(settings.boundaries_file) if settings.boundaries_file else None
        found = sources.first_available(manifest, ROOT, settings.state_folder / "boundaries", named)
        for key, reason in found.skipped:
            say(f"batas desa {key}: tidak ada ({reason})")
        bridges: list[Bridge] = [(b.one, b.other) for b in regency.bridges]
        edition, _ = load_found(session, found, manifest.register(), datetime.now(UTC), bridges)
        editions.switch(session, edition.id, datetime.now(UTC))
    say(f"batas desa: {edition.key} ({edition.status})")
    _second_opinion(session, regency, settings, say)
    for key in drawing.draw_missing(session):  # loaded before there were drawings
        say(f"garis batas untuk peta: {key} digambar")
    return edition


def _second_opinion(session: Session, regency: Regency, settings: Settings, say: Say) -> None:
    """Where another set of borders can be had it tells where the first may be wrong."""
    manifest = sources.read_manifest(regency.boundaries)
    state = settings.state_folder / "boundaries"
    try:
        edition = second.load_second(session, manifest, ROOT, state, datetime.now(UTC))
    except Unusable as reason:
        say(f"batas desa kedua: tidak ada ({reason})")
        return
    if edition is not None:
        say(f"batas desa kedua: {edition.key}, bobot {edition.second_weight:g}")


def _places(
    session: Session, regency: Regency, edition: Edition, settings: Settings, say: Say
) -> None:
    count = gazetteer.fill_from_edition(session, edition.id)
    stations = [_station_place(station) for station in regency.stations]
    count += gazetteer.replace_places(session, stations, "regency:stations")
    table = settings.regency_folder / "places.csv"
    if table.is_file():
        count += _regency_places(session, table, say)
    say(f"tempat: {count} nama")


def _station_place(station: StationEntry) -> NewPlace:
    return NewPlace(
        name=station.name,
        kind=station.kind,
        point=station.position,
        spread_m=1500.0 if station.assumed else 50.0,
        row=station.code,
    )


def _regency_places(session: Session, table: Path, say: Say) -> int:
    """The regency's own list; a row that cannot be used is told and left out."""
    known = gazetteer.known_villages(session)

    def told(fault: BadPlace) -> None:
        say(f"{table.name}: {fault}")

    # An edition may lack some of the villages that the list names.
    places = (
        replace(place, villages=tuple(code for code in place.villages if code in known))
        for place in read_table(table, Told(fault=told))
    )
    return gazetteer.replace_places(
        session, gazetteer.checked(places, known, told), "regency:places"
    )


def _demo_users(session: Session, regency: Regency, settings: Settings, say: Say) -> None:
    """Demo users with one password for this installation, kept in var/demo_password (0600)."""
    file = settings.state_folder / "demo_password"
    there = session.scalar(select(func.count()).select_from(User).where(User.demo))
    if there and file.is_file():
        say(f"pengguna demo: {there}")
        return
    password = demo_password(file)
    # One hash for all: argon2 is slow by intent, and they share the password anyway.
    hashed = hash_password(password)
    logins = roster.add_demo_users(session, regency, lambda _: hashed, password)
    say(f"pengguna demo: {len(logins)}")


def demo_password(file: Path) -> str:
    """The demo password of this installation, made on the first call."""
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(f"demo-{secrets.token_hex(6)}\n")
    return file.read_text().strip()


def _demo_day(session: Session, regency: Regency, settings: Settings, say: Say) -> None:
    if session.scalar(select(func.count()).select_from(Call)):
        say("hari demo: sudah ada panggilan, tidak diisi")
        return
    ground = Ground.read(session, regency)
    count = load_day(session, ground, datetime.now(UTC), phone_key=phone_key(settings))
    say(f"hari demo: {count} panggilan (hapus dengan: tanggap demo clear)")
