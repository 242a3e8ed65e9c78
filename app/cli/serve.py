"""`tanggap serve`: gunicorn in the foreground, in place of this process."""

import os
import sys
from pathlib import Path

import click
from sqlalchemy import create_engine, pool
from sqlalchemy.orm import Session

from app.config import ROOT, Settings
from app.durability import unsafe_settings


@click.command()
@click.option("--port", default=8112, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
def serve(port: int, host: str) -> None:
    """Serve the screens and the API until Ctrl-C."""
    settings = Settings.from_environment()
    _refuse_to_lose_calls(settings)
    # The owner's address stays out of the server: its workers have the app's role only.
    environ = {k: v for k, v in os.environ.items() if k != "DATABASE_ADMIN_URL"}
    environ |= {
        "DATABASE_URL": settings.database_url,
        "SECRET_KEY": settings.secret_key,
        "TANGGAP_WORKERS": str(settings.workers),
        "TANGGAP_BIND": f"{host}:{port}",
    }
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    conf = str(Path(__file__).parents[1] / "gunicorn_conf.py")
    os.chdir(ROOT)
    os.execve(gunicorn, [gunicorn, "-c", conf, "app.wsgi:application"], environ)  # noqa: S606


def _refuse_to_lose_calls(settings: Settings) -> None:
    """End with exit code 2 where PostgreSQL is set to forget what it has acknowledged."""
    engine = create_engine(settings.database_url, poolclass=pool.NullPool)
    with Session(engine) as session:
        unsafe = unsafe_settings(session)
    if unsafe:
        click.echo(f"{', '.join(unsafe)}: calls could be lost; see `tanggap doctor`", err=True)
        sys.exit(2)
