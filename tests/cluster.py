"""Databases for tests: a throw-away cluster, two templates made once, a copy for each who asks."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from click.testing import CliRunner
from sqlalchemy import Engine, create_engine, make_url, pool, select, text, update
from sqlalchemy.orm import Session

from app import migrate
from app.cli.up import up
from dispatch.schema import User
from dispatch.scope import SYSTEM, enter

ROOT = Path(__file__).resolve().parents[1]
EXTENSIONS = ("postgis", "pg_trgm", "unaccent", "fuzzystrmatch", "btree_gist")
DEMO_PASSWORD = "demo-for-tests-only"  # noqa: S105  # of databases that live a minute
SECRET = "a secret for tests, long enough to be one"  # noqa: S105


@contextmanager
def admin_url() -> Iterator[str]:
    """The superuser's address: of the cluster that `./test` made, or of one made here.

    A second process of pytest takes the second cluster: see `./test`.
    """
    first = os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"
    given = os.environ.get("TEST_ADMIN_URL" if first else "TEST_ADMIN_URL_2")
    if given:
        yield given
        return
    state = Path(tempfile.mkdtemp(prefix="tanggap-pytest."))
    state.chmod(0o711)
    script = [str(ROOT / "scripts/cluster.sh"), "--state", str(state / "cluster"), "--throw-away"]
    subprocess.run([*script, "start"], check=True, stdout=subprocess.DEVNULL)
    try:
        url = [*script, "url", "tanggap_super", "postgres"]
        yield subprocess.run(url, check=True, capture_output=True, text=True).stdout.strip()
    finally:
        subprocess.run([*script, "destroy"], check=False)
        shutil.rmtree(state, ignore_errors=True)


def as_role(admin: str, role: str, database: str) -> str:
    """The same server, asked by another role for another database."""
    url = make_url(admin).set(username=role, database=database)
    return url.render_as_string(hide_password=False)


def template(admin: str, kind: str) -> str:
    """Name of the template database: "empty" has tables only, "filled" what `tanggap up` gives.

    Made once a cluster, whoever comes first; the others wait.
    """
    name = f"template_{kind}"
    mark = f"{os.getuid()}-{abs(hash_text(admin))}"
    with Path(tempfile.gettempdir(), f"tanggap-template-{mark}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _exists(admin, name):
            _make_template(admin, name, kind)
    return name


def hash_text(words: str) -> int:
    """A number that is the same in all processes (hash() is not)."""
    return int.from_bytes(words.encode()[-8:], "big") ^ len(words)


def _make_template(admin: str, name: str, kind: str) -> None:
    making = f"{name}_making"
    with _server(admin).connect() as server:
        server.exec_driver_sql(f"DROP DATABASE IF EXISTS {making}")
        server.exec_driver_sql(f"CREATE DATABASE {making} OWNER tanggap_owner")
    inside = create_engine(
        as_role(admin, "tanggap_super", making),
        poolclass=pool.NullPool,
        isolation_level="AUTOCOMMIT",
    )
    with inside.connect() as connection:
        for extension in EXTENSIONS:
            connection.exec_driver_sql(f"CREATE EXTENSION {extension}")
    owner = as_role(admin, "tanggap_owner", making)
    if kind == "empty":
        migrate.upgrade(owner)
    else:
        fill(owner, as_role(admin, "tanggap_app", making))
    with _server(admin).connect() as server:
        server.exec_driver_sql(f"ALTER DATABASE {making} RENAME TO {name}")


def fill(owner: str, app: str, **environ: str) -> None:
    """As `tanggap up` does for a newcomer, but for the invented day."""
    with tempfile.TemporaryDirectory() as state:
        Path(state, "demo_password").write_text(DEMO_PASSWORD)
        given = {
            "DATABASE_URL": app,
            "DATABASE_ADMIN_URL": owner,
            "SECRET_KEY": SECRET,
            "TANGGAP_VAR": state,
        }
        result = CliRunner().invoke(up, ["--no-day"], env=given | environ, catch_exceptions=False)
        assert result.exit_code == 0, result.output
    _ease_log_in(owner)


# argon2 is slow by intent: 0.16 s of both processors' time and 64 MB for each of the thousands of
# log-ins of the tests. What is kept says how dear it is, so the app checks this one as any other.
_EASY = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_DEAR = PasswordHasher()


def _ease_log_in(owner: str) -> None:
    with Session(create_engine(owner, poolclass=pool.NullPool)) as session, session.begin():
        enter(session, SYSTEM)
        for kept in session.scalars(select(User.password_hash).distinct()):
            assert not _DEAR.check_needs_rehash(kept), "a cheap hash in what `up` has made"
        session.execute(update(User).values(password_hash=_EASY.hash(DEMO_PASSWORD)))


@contextmanager
def database(admin: str, kind: str) -> Iterator[str]:
    """Name of a fresh copy of a template; dropped at the end."""
    stamp = datetime.now(UTC).strftime("%H%M%S%f")
    name = f"t_{kind}_{os.getpid()}_{stamp}"
    source = template(admin, kind)
    with _server(admin).connect() as server:
        server.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
    try:
        yield name
    finally:
        with _server(admin).connect() as server:
            server.exec_driver_sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _exists(admin: str, name: str) -> bool:
    with _server(admin).connect() as server:
        found = server.execute(
            text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name}
        )
        return found.first() is not None


def _server(admin: str) -> Engine:
    return create_engine(admin, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
