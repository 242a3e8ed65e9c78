"""`tanggap demo`: an invented day, at once or as it happens, and away with it again."""

import random
from datetime import UTC, datetime

import click
import orjson

from app.config import Settings
from app.parts import build, owner_transaction
from dispatch.demo import clear as clearing
from dispatch.demo import live
from dispatch.demo.day import load_day
from dispatch.demo.live import Player
from dispatch.ground import Ground

MARK = "PERAGAAN: semua panggilan, nama, dan nomor di bawah ini karangan."


@click.group()
def demo() -> None:
    """Play an invented day, and clear it away.

    All that it writes is marked demo. Callers have numbers +62 000 112 xxxxx, which cannot
    ring: after +62 a national number never begins with 0.
    """


@demo.command()
@click.option("--speed", default=60.0, show_default=True, type=click.FloatRange(1, 3600))
@click.option("--hours", default=14.0, show_default=True, type=click.FloatRange(0.1, 240))
@click.option("--seed", type=int, help="The same seed plays the same calls.")
def start(speed: float, hours: float, seed: int | None) -> None:
    """Play HOURS of calls, SPEED times as fast as life, until done or Ctrl+C."""
    settings = Settings.from_environment()
    parts = build(settings)
    regency = parts.regency
    with owner_transaction(settings) as session:
        ground = Ground.read(session, regency)
    player = Player(
        transaction=lambda: owner_transaction(settings),
        ground=ground,
        router=ground.router,
        phone_key=parts.phone_key,
        clock=lambda: datetime.now(UTC),
    )
    minutes = f"{hours * 60 / speed:.1f}".replace(".", ",")
    click.echo(f"{MARK}\n{hours:g} jam dalam {minutes} menit. Ctrl+C untuk berhenti.")
    seed = random.randrange(10**6) if seed is None else seed  # noqa: S311  # a play
    try:
        count = live.play(player, speed, hours, seed, click.echo)
    except KeyboardInterrupt:
        click.echo("Berhenti. Yang sudah tampil tetap ada; hapus dengan: tanggap demo clear")
        return
    click.echo(f"Selesai: {count} panggilan. Hapus dengan: tanggap demo clear")


@demo.command()
@click.option("--seed", default=112, show_default=True, type=int)
def day(seed: int) -> None:
    """Load the history of an invented day at once, up to now."""
    settings = Settings.from_environment()
    parts = build(settings)
    with owner_transaction(settings) as session:
        ground = Ground.read(session, parts.regency)
        now = datetime.now(UTC)
        count = load_day(session, ground, now, phone_key=parts.phone_key, seed=seed)
    click.echo(f"{MARK}\n{count} panggilan." if count else "Peragaan sudah ada; tidak diisi lagi.")


@demo.command()
def clear() -> None:
    """Delete all that was invented, and nothing else."""
    with owner_transaction() as session:
        done = clearing.clear(session, datetime.now(UTC))
    click.echo(
        f"Dihapus: {done.calls} panggilan, {done.incidents} kejadian; "
        f"{done.units_freed} unit siap lagi."
    )
    if done.kept:
        click.echo(f"Disimpan: {done.kept} kejadian, sebab ada panggilan sungguhan di dalamnya.")


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")
def status(as_json: bool) -> None:
    """Say how much of a demonstration is there."""
    with owner_transaction() as session:
        now = clearing.status(session)
    if as_json:
        counts = {"calls": now.calls, "open": now.open, "closed": now.closed}
        click.echo(orjson.dumps({"on": now.is_on, **counts, "units_out": now.units_out}))
    elif now.is_on:
        click.echo(
            f"Peragaan: {now.calls} panggilan, {now.open} kejadian terbuka, "
            f"{now.closed} selesai, {now.units_out} unit bertugas."
        )
    else:
        click.echo("Tidak ada peragaan.")
