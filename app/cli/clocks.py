"""`tanggap clocks`: what is due when and why, and due dates reckoned anew."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import click

from app.config import Settings
from app.parts import owner_transaction
from dispatch.ground import Ground
from dispatch.reckoning import reckon_anew
from dispatch.regency import Regency, read_regency
from dispatch.rules.ticketing import TicketKind

_NAMES = {"verify": "verifikasi", "answer": "jawaban pertama", "done": "selesai"}
_FORM = "%Y-%m-%d %H:%M"


@click.group()
def clocks() -> None:
    """Say until when a ticket must be done; reckon due dates anew."""


@clocks.command()
@click.argument("kind", type=click.Choice([kind.value for kind in TicketKind]))
@click.option("--class", "clock", help="Class of clocks.toml, as normatif.")
@click.option("--priority", type=click.IntRange(1, 4), default=3, show_default=True)
@click.option("--at", help="When it was reported, in the regency's time; default: now.")
def due(kind: str, clock: str | None, priority: int, at: str | None) -> None:
    """Print the due dates of a report of KIND, and the days off on the way.

    Needs no database.
    """
    regency = read_regency(Settings.from_environment().regency_folder)
    if clock is not None and clock not in regency.clocks.classes:
        known = ", ".join(sorted(regency.clocks.classes))
        raise click.BadParameter(f"{clock!r} is none of: {known}", param_hint="--class")
    zone = regency.hours.zone
    opened = _moment(at, zone)
    dues = regency.clocks.at_opening(kind, clock, priority, opened)
    click.echo(f"dilaporkan       {_shown(opened, regency)}")
    for field, name in _NAMES.items():
        moment = getattr(dues, field)
        click.echo(f"{name:16} {'-' if moment is None else _shown(moment, regency)}")
    if dues.done is not None and not regency.clocks.is_wall(kind):
        _say_days_off(regency, opened, dues.done)


@clocks.command()
def anew() -> None:
    """Reckon the due dates of all open tickets anew, after clocks.toml or calendar.toml changed.

    The house may go on working meanwhile. Restart it first: it still has the old calendar.
    """
    settings = Settings.from_environment()
    regency = read_regency(settings.regency_folder)
    with owner_transaction(settings) as session:
        ground = Ground.read(session, regency)
    looked = changed = 0
    after: int | None = 0
    while after is not None:
        with owner_transaction(settings) as session:
            done = reckon_anew(session, ground, after)
        looked, changed, after = looked + done.looked, changed + done.changed, done.last
    click.echo(f"{looked} tiket terbuka, {changed} tenggatnya berubah")


def _moment(written: str | None, zone: ZoneInfo) -> datetime:
    if written is None:
        return datetime.now(UTC)
    try:
        given = datetime.fromisoformat(written)
    except ValueError as bad:
        raise click.BadParameter(
            f'{written!r}: give a time as "2026-11-21 22:00"', param_hint="--at"
        ) from bad
    return given if given.tzinfo else given.replace(tzinfo=zone)


def _shown(moment: datetime, regency: Regency) -> str:
    return f"{moment.astimezone(regency.hours.zone):{_FORM}} {regency.hours.zone_name}"


def _say_days_off(regency: Regency, opened: datetime, done: datetime) -> None:
    """Holidays and joint leave on the way that are not at a weekend anyhow; what is not known."""
    calendar = regency.clocks.calendar
    day, last = (m.astimezone(calendar.zone).date() for m in (opened, done))
    # Each year of ours has a Ramadan in it, some have two.
    for year in {day.year, last.year} - {season.first.year for season in calendar.seasons}:
        click.echo(f"  perhatikan: Ramadan {year} belum ada di calendar.toml", err=True)
    while day <= last:
        if day in calendar.off and _is_worked(regency, day):
            click.echo(f"  libur          {day}  {calendar.off[day]}")
        day += timedelta(days=1)


def _is_worked(regency: Regency, day: date) -> bool:
    return any(day.weekday() in window.days for window in regency.clocks.calendar.windows)
