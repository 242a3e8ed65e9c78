"""Workers are killed, frozen and told to end in the middle of a job: it has one result, no more."""

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from app.config import ROOT
from dispatch.rules.doing import Trouble
from tests.cluster import SECRET
from tests.worker_play import NotLikeThis
from tests.world import World

LEASE_S = 2.0
PATIENCE_S = 120.0  # a worker makes way for all else, other tests among it


@pytest.fixture
def house(shared_world: World) -> World:
    with shared_world.as_owner() as session:
        session.execute(text("DELETE FROM job"))
    return shared_world


def ask(world: World, kind: str = "main", **params: Any) -> int:
    row = text(
        "INSERT INTO job (kind, params, key, by_name, made_at)"
        " VALUES (:kind, CAST(:params AS jsonb), :key, 'uji', now()) RETURNING id"
    )
    given = {"kind": kind, "params": orjson.dumps(params).decode(), "key": uuid.uuid4().hex}
    with world.as_owner() as session:
        return int(session.execute(row, given).scalar_one())


def job(world: World, job_id: int) -> Any:
    with world.as_owner() as session:
        query = text(
            "SELECT *, (SELECT count(*) FROM job_file WHERE job_id = id) AS files FROM job"
        )
        return next(row for row in session.execute(query) if row.id == job_id)


def wait_until(true: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < until, what
        time.sleep(0.05)


@contextmanager
def worker(world: World, log: Path) -> Iterator["subprocess.Popen[bytes]"]:
    given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "TANGGAP_"))}
    given |= {"DATABASE_URL": world.app_url, "SECRET_KEY": SECRET}
    given["TANGGAP_VAR"] = str(world.settings.state_folder)
    command = [sys.executable, "-m", "tests.worker_play", "--lease", str(LEASE_S)]
    with log.open("ab") as told:
        process = subprocess.Popen(command, cwd=ROOT, env=given, stdout=told, stderr=told)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def under_way(world: World, job_id: int, share: float = 0.1) -> None:
    wait_until(lambda: job(world, job_id).progress >= share, "nobody works on it")


def owner_of(world: World, job_id: int) -> int:
    return int(job(world, job_id).worker.rpartition(":")[2])


def test_a_killed_workers_job_is_finished_by_another_and_has_one_result(
    house: World, tmp_path: Path
):
    mark, log = tmp_path / "tries", tmp_path / "log"
    job_id = ask(house, steps=30, each_s=0.1, mark=str(mark))
    with worker(house, log) as one, worker(house, log) as other:
        under_way(house, job_id)
        dead = owner_of(house, job_id)
        assert dead in (one.pid, other.pid)
        os.kill(dead, signal.SIGKILL)
        wait_until(lambda: job(house, job_id).state == "selesai", "nobody took it over")
        ended = job(house, job_id)
        assert owner_of(house, job_id) == {one.pid: other.pid, other.pid: one.pid}[dead]
    assert (ended.tries, ended.files, ended.result) == (2, 1, {"steps": 30})
    assert len(mark.read_text().splitlines()) == 2


def beside(worker: "subprocess.Popen[bytes]") -> int:
    """The process that beats for it."""
    (pid,) = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
    return int(pid)


def test_a_worker_whose_threads_cannot_run_for_long_keeps_its_job(house: World, tmp_path: Path):
    job_id, log = ask(house, kind="sita", seconds=round(4 * LEASE_S)), tmp_path / "log"
    with worker(house, log), worker(house, log):
        wait_until(lambda: job(house, job_id).state == "selesai", "it was never done")
    assert job(house, job_id).tries == 1, "another took it from a living worker"


def test_what_beats_ends_with_a_killed_worker_and_is_replaced_where_it_dies_itself(
    house: World, tmp_path: Path
):
    log = tmp_path / "log"
    with worker(house, log) as process:
        first = ask(house, steps=10, each_s=0.1)
        wait_until(lambda: job(house, first).state == "selesai", "nobody works")
        dead = beside(process)
        os.kill(dead, signal.SIGKILL)
        job_id = ask(house, kind="sita", seconds=round(4 * LEASE_S))
        with worker(house, log):
            wait_until(lambda: job(house, job_id).state == "selesai", "it was never done")
        alive = beside(process)
        assert alive != dead
    assert job(house, job_id).tries == 1
    wait_until(lambda: not Path(f"/proc/{alive}").exists(), "it outlives its worker")


def test_a_frozen_worker_that_wakes_up_changes_nothing(house: World, tmp_path: Path):
    job_id, log = ask(house, steps=30, each_s=0.1), tmp_path / "log"
    with worker(house, log) as frozen:
        under_way(house, job_id)
        frozen.send_signal(signal.SIGSTOP)
        with worker(house, log):
            wait_until(lambda: job(house, job_id).state == "selesai", "nobody took it over")
            ended = job(house, job_id)
            frozen.send_signal(signal.SIGCONT)
            follows = ask(house, steps=1)
            wait_until(lambda: job(house, follows).state == "selesai", "both are stuck")
            wait_until(lambda: b"another worker has it" in log.read_bytes(), "it has not heard")
    assert job(house, job_id) == ended
    assert ended.files == 1


def test_a_cancelled_job_stops_long_before_its_end_and_a_worker_told_to_end_gives_its_job_back(
    house: World, tmp_path: Path
):
    stopped, left = ask(house, steps=3000, each_s=0.1), ask(house, steps=3000, each_s=0.1)
    with worker(house, tmp_path / "log") as process:
        under_way(house, stopped, 0.001)
        with house.as_owner() as session:
            session.execute(text(f"UPDATE job SET cancel_at = now() WHERE id = {stopped}"))
        wait_until(lambda: job(house, stopped).state == "batal", "it goes on for five minutes")
        under_way(house, left, 0.001)
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
    assert (job(house, stopped).result, job(house, stopped).files) == (None, 0)
    assert (job(house, left).state, job(house, left).tries) == ("menunggu", 0)


def test_what_goes_wrong_is_told_in_words_and_never_in_a_callers(house: World, tmp_path: Path):
    plain, broken = ask(house, fault="words"), ask(house, fault="crash")
    unknown, good = ask(house, kind="ramalan"), ask(house, steps=2)
    with worker(house, tmp_path / "log") as process:
        wait_until(lambda: job(house, good).state == "selesai", "one fault ended all")
        wait_until(lambda: job(house, broken).state == "gagal", "it is tried for ever")
        threads = [int(entry.name) for entry in Path(f"/proc/{process.pid}/task").iterdir()]
        assert process.pid in threads
        for thread in threads:  # its own, and those of numpy where there are any
            assert os.getpriority(os.PRIO_PROCESS, thread) == 10, "it makes way for the calls"
            assert min(os.sched_getaffinity(thread)) > 0 or os.cpu_count() == 1
    assert (job(house, plain).state, job(house, plain).tries) == ("gagal", 1)
    assert job(house, plain).trouble == NotLikeThis.__doc__
    assert (job(house, broken).trouble, job(house, broken).tries) == (Trouble.STUMBLED, 3)
    assert job(house, unknown).trouble == Trouble.UNKNOWN_KIND
