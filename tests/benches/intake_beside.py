"""How long a call takes while a worker reckons without pause, against a quiet house."""

# ruff: noqa: T201 - what it prints is what it is for

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from sqlalchemy import text

from tests.cluster import ROOT, SECRET
from tests.faults.talk import Talker, log_in
from tests.world import Server, World

EACH_S = 0.05  # between the beginnings of two calls: twenty a second
ROUNDS = 3
SLOWER = 1.25  # p99 with a heavy job, against without: what is held to be no change
CALL = {
    "where": "dekat pasar, rumah cat hijau",
    "what": "warung terbakar",
    "category": "kebakaran",
    "phone": "081234567890",
    "pin": {"lon": 110.65, "lat": -6.62},
}
_JOB = text(
    "INSERT INTO job (kind, params, key, by_name, made_at) VALUES"
    " ('bakar', jsonb_build_object('seconds', CAST(:seconds AS float8)), :key, 'uji', now())"
)


def intake(world: World, server: Server, seconds: float) -> bool:
    """Print p50 and p99 of both, in turn; whether the heavy job changed nothing that is felt."""
    caller = log_in(server.url, "operator1")
    quiet: list[float] = []
    beside: list[float] = []
    _calls(caller, 2.0)  # warms
    for _ in range(ROUNDS):
        quiet += _calls(caller, seconds)
        with _heavy(world, seconds * 2 + 5):
            beside += _calls(caller, seconds)
    for name, took in (("quiet", quiet), ("with a heavy job", beside)):
        p50, p99 = np.percentile(took, (50, 99))
        print(f"intake, {name}: {len(took)} calls, p50 {p50:.1f} ms, p99 {p99:.1f} ms")
    ratio = float(np.percentile(beside, 99) / np.percentile(quiet, 99))
    print(f"intake: p99 with a heavy job / without = {ratio:.2f}, goal <= {SLOWER}")
    return ratio <= SLOWER


def _calls(caller: Talker, seconds: float) -> list[float]:
    """Milliseconds from when each call should have begun to its answer."""
    begun, took = time.perf_counter(), []
    for number in range(int(seconds / EACH_S)):
        due = begun + number * EACH_S
        time.sleep(max(0.0, due - time.perf_counter()))
        answer = caller.call(CALL, uuid.uuid4().hex)
        assert answer.status == 201, answer
        took.append((time.perf_counter() - due) * 1e3)
    return took


@contextmanager
def _heavy(world: World, seconds: float) -> Iterator[None]:
    """A worker of its own at full load."""
    with world.as_owner() as session:
        session.execute(_JOB, {"seconds": seconds, "key": uuid.uuid4().hex})
    given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "TANGGAP_"))}
    given |= {"DATABASE_URL": world.app_url, "SECRET_KEY": SECRET}
    given["TANGGAP_VAR"] = str(world.settings.state_folder)
    process = subprocess.Popen([sys.executable, "-m", "tests.worker_play"], cwd=ROOT, env=given)
    try:
        while not _running(world):
            time.sleep(0.1)
        yield
        assert _running(world), "the heavy job ended before the calls did"
    finally:
        process.kill()
        process.wait()
        with world.as_owner() as session:
            session.execute(text("DELETE FROM job"))


def _running(world: World) -> bool:
    with world.as_owner() as session:
        found = session.execute(text("SELECT 1 FROM job WHERE state = 'berjalan'"))
        return found.first() is not None
