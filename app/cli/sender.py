"""`tanggap sender`: carries what the outbox holds, beside the server, until it is told to stop."""

import logging
import os
import signal
from dataclasses import replace
from datetime import timedelta

import click

from app.config import Settings, known_settings
from app.parts import build
from app.sender.lanes import THREADS, Office, carry_all, serve
from app.sender.settings import Ways, read


@click.command()
@click.option("--once", is_flag=True, help="Send what is due now, and end.")
@click.option("--quiet", is_flag=True, help="Do not say which ways are set up.")
@click.option("--beside", type=int, help="Process that started it: the sender ends with it.")
@click.option(
    "--lease",
    default=60.0,
    show_default=True,
    type=click.FloatRange(0.1, 3600),
    help="Seconds after which a message that was being sent when the sender died is sent again.",
)
def sender(once: bool, quiet: bool, beside: int | None, lease: float) -> None:
    """Send mails, webhooks, chat messages and pushes that wait in the outbox."""
    logging.basicConfig(level=logging.WARNING, format="sender: %(message)s")
    settings = Settings.from_environment()
    ways = read(known_settings(os.environ), settings)
    # A line to the database for each thread: none waits for another's.
    parts = build(replace(settings, pool_size=sum(THREADS.values()) + 1))
    office = Office(parts, ways, lease=timedelta(seconds=lease))
    for told in (signal.SIGTERM, signal.SIGINT):
        signal.signal(told, lambda *_: office.over.set())
    if once:
        click.echo(f"terkirim atau dicoba: {carry_all(office)}")
        return
    if not quiet:
        click.echo(f"sender: {_list(ways)}")
    serve(office, lambda: beside is None or os.getppid() == beside)


def _list(ways: Ways) -> str:
    """Which ways are set up."""
    there = {
        "surel": ways.smtp is not None,
        "webhook": True,
        "telegram": ways.telegram is not None,
        "whatsapp": ways.whatsapp is not None,
        "webpush": True,
    }
    return ", ".join(
        f"{name}: {'siap' if ready else 'belum diatur'}" for name, ready in there.items()
    )
