"""What the benches over HTTP run on: a durable cluster of their own, and pgbench beside it."""

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, pool

from tests.cluster import ROOT, admin_url, database
from tests.world import World, make_world

# The newest pgbench that is here, installed or unpacked by ./run, as scripts/lib.sh knows them.
_PGBENCH = """
. scripts/lib.sh
line=$(pg_homes | tail -n 1); bin=${line#* }
case $bin in "$UNPACKED"/*) export LD_LIBRARY_PATH=$(unpacked_libraries) ;; esac
exec "$bin/pgbench" "$@"
"""


@contextmanager
def durable_world() -> Iterator[World]:
    """An installation whose commits wait for the disk, unlike those of the tests."""
    os.environ.pop("TEST_ADMIN_URL", None)
    with admin_url() as admin:
        _wait_for_the_disk(admin)
        with database(admin, "filled") as name, tempfile.TemporaryDirectory() as folder:
            world = make_world(admin, name, Path(folder))
            with world.as_owner() as session:
                session.connection().exec_driver_sql("ANALYZE")
            try:
                yield world
            finally:
                world.close()


def _wait_for_the_disk(admin: str) -> None:
    server = create_engine(admin, poolclass=pool.NullPool, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = on")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
        connection.exec_driver_sql("SELECT pg_sleep(0.5)")
    with server.connect() as connection:
        assert connection.exec_driver_sql("SHOW fsync").scalar_one() == "on"
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar_one() == "on"


def pgbench(url: str, arguments: Sequence[str]) -> str:
    """What pgbench says about the database, asked as the URL's role."""
    at = make_url(url)
    given = os.environ | {
        "PGHOST": str(at.query["host"]),
        "PGPORT": str(at.query["port"]),
        "PGUSER": str(at.username),
        "PGDATABASE": str(at.database),
        "PGOPTIONS": "-c plan_cache_mode=force_generic_plan",  # no slow start: its best
    }
    done = subprocess.run(
        ["bash", "-c", _PGBENCH, "pgbench", *arguments],
        cwd=ROOT,
        env=given,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout


def cpu_s(pid: int) -> float:
    """Seconds of processor that a process, its children and what they reaped have used."""
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(ticks) for ticks in stat[11:15]) / os.sysconf("SC_CLK_TCK")
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(_cpu_or_nothing(int(child)) for child in children)


def _cpu_or_nothing(pid: int) -> float:
    try:
        return cpu_s(pid)
    except OSError:  # gone meanwhile: its parent counts it from now on
        return 0.0


def postmaster(world: World) -> int:
    """Process id of the database server."""
    with world.as_owner() as session:
        backend = session.connection().exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        status = Path(f"/proc/{backend}/status").read_text()
    return int(status.partition("PPid:")[2].split()[0])


def load_average() -> str:
    """Of the last minute, and how many processors there are."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"
