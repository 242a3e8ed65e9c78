"""A PostGIS of somebody else's (DATABASE_URL at `./run`): roles, extensions, address of the app."""

import os
import secrets
from pathlib import Path
from typing import Any

import click
from psycopg2 import sql
from sqlalchemy import Connection, create_engine, make_url, pool, text
from sqlalchemy.exc import ProgrammingError

from app.config import ROOT

APP, COUNTER = "tanggap_app", "tanggap_counter"
EXTENSIONS = ("postgis", "pg_trgm")


class CannotPrepare(click.ClickException):
    """The role that was given may not do what is needed; the message is the command that would."""

    exit_code = 2


def prepare_outside_database() -> None:
    """When only DATABASE_ADMIN_URL is given: make the app's roles there, and write var/env.

    Nothing to do for the private cluster, whose set-up has made them. Raises CannotPrepare.
    """
    admin = os.environ.get("DATABASE_ADMIN_URL")
    if not admin or os.environ.get("DATABASE_URL"):
        return
    state = Path(os.environ.get("TANGGAP_VAR") or ROOT / "var")
    env = state / "env"
    if env.is_file() and f"DATABASE_ADMIN_URL={admin}\n" in env.read_text():
        return
    url = make_url(admin).set(drivername="postgresql+psycopg2")
    password = secrets.token_urlsafe(24)
    engine = create_engine(url, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        _extensions(connection)
        _roles(connection, password)
    app_url = url.set(username=APP, password=password)
    _write_env(state, app_url.render_as_string(hide_password=False), admin)


def _extensions(connection: Connection) -> None:
    for name in EXTENSIONS:
        _try(connection, sql.SQL("CREATE EXTENSION IF NOT EXISTS {}").format(sql.Identifier(name)))


def _roles(connection: Connection, password: str) -> None:
    there = set(connection.execute(text("SELECT rolname FROM pg_roles")).scalars())
    rights = sql.SQL("LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}")
    verb = "ALTER" if APP in there else "CREATE"
    _try(
        connection,
        sql.SQL(f"{verb} ROLE {{}} ").format(sql.Identifier(APP))
        + rights.format(sql.Literal(password)),
    )
    if COUNTER not in there:
        _try(connection, sql.SQL(f"CREATE ROLE {COUNTER} NOLOGIN NOSUPERUSER NOBYPASSRLS"))
    _try(connection, sql.SQL(f"GRANT {COUNTER} TO CURRENT_USER"))


def _try(connection: Connection, statement: sql.Composable) -> None:
    raw: Any = connection.connection.dbapi_connection
    written = statement.as_string(raw)
    try:
        connection.exec_driver_sql(written.replace("%", "%%"))
    except ProgrammingError as error:
        shown = written.split(" PASSWORD ")[0]
        raise CannotPrepare(
            f"the role of DATABASE_URL may not do this ({type(error.orig).__name__});"
            f" run it as a superuser in that database:\n  {shown};"
        ) from None


def _write_env(state: Path, app_url: str, admin: str) -> None:
    state.mkdir(parents=True, exist_ok=True)
    key_file = state / "secret_key"
    if not key_file.is_file():
        _private(key_file, secrets.token_hex(32))
    lines = {
        "DATABASE_URL": app_url,
        "DATABASE_ADMIN_URL": admin,
        "SECRET_KEY": key_file.read_text().strip(),
    }
    _private(state / "env", "".join(f"{k}={v}\n" for k, v in lines.items()))


def _private(file: Path, content: str) -> None:
    """Written by one who alone may read it."""
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(content)
    fresh.replace(file)
