"""`tanggap serve`: gunicorn in the foreground, in place of this process."""

import os
import sys
from pathlib import Path

import click

from app.config import ROOT, Settings


@click.command()
@click.option("--port", default=8112, show_default=True, type=click.IntRange(1, 65535))
@click.option("--host", default="127.0.0.1", show_default=True, help="address to listen on")
def serve(port: int, host: str) -> None:
    """Serve the screens and the API until Ctrl-C."""
    settings = Settings.from_environment()
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
