"""A whole analysis of many cases: killed at any stage it ends with the one right result.

And taken back in a step that a library has to itself, it ends at once.
"""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.worker import loop
from dispatch.rules.doing import Doing
from tests.benches.crowd_incidents import fill
from tests.cluster import database
from tests.conftest import BOUNDARIES
from tests.faults.test_worker_killed import ask, job, owner_of, wait_until, worker
from tests.shared import shared
from tests.world import World, make_world

CASES = 12_000
DAYS = "since=2025-03-03&until=2026-03-02"
WHOLE = f"{DAYS}&method=pindai&permutations=2999"
ENDED = ("selesai", "gagal", "batal")
SOON_S = 2.0  # after which what is taken back has ended
SLOW = 3.0  # times, on a machine that does a dozen other things


@pytest.fixture(scope="module")
def town(admin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Two years of cases."""
    shared(BOUNDARIES)
    with database(admin, "filled") as name:
        made = make_world(admin, name, tmp_path_factory.mktemp("amid"))
        fill(made.owner_url, CASES)
        yield made
        made.close()


@pytest.fixture(scope="module")
def undisturbed(town: World) -> dict[str, Any]:
    """What it comes to when nobody is killed; everything is compiled from then on."""
    job_id = ask(town, "analisis", query=WHOLE)
    assert loop.one(loop.Office(town.parts))
    return told(town, job_id)


def told(world: World, job_id: int) -> dict[str, Any]:
    """Its result, without the moment at which the cases were read."""
    row = job(world, job_id)
    assert row.state == "selesai", row.trouble
    return {name: value for name, value in row.result.items() if name != "as_of"}


@pytest.mark.parametrize("seed", range(3))
def test_killed_at_any_stage_a_whole_analysis_has_the_one_result_of_an_undisturbed_one(
    town: World, tmp_path: Path, undisturbed: dict[str, Any], seed: int
):
    chance, log = random.Random(seed), tmp_path / "log"  # noqa: S311 - a choice, no secret
    job_id, kills = ask(town, "analisis", query=WHOLE), 0
    for _ in range(2):  # the third death would end it
        share = chance.uniform(0.0, 0.6)  # what comes then is over before one could see it
        with worker(town, log) as mortal:

            def far(pid: int = mortal.pid, share: float = share) -> bool:
                row = job(town, job_id)
                mine = row.worker is not None and owner_of(town, job_id) == pid
                return row.state in ENDED or (mine and row.progress >= share)

            wait_until(far, "nobody works on it")
            kills += job(town, job_id).state == "berjalan"
            os.kill(mortal.pid, signal.SIGKILL)
    assert kills, "it was too quick to be killed"
    print(f"seed {seed}: killed {kills} times")  # noqa: T201 - seen with -s
    with worker(town, log), worker(town, log):
        wait_until(lambda: job(town, job_id).state in ENDED, "nobody took it over")
    result = told(town, job_id)
    assert result.keys() == undisturbed.keys()
    assert [name for name, value in undisturbed.items() if result[name] != value] == []
    assert job(town, job_id).tries == kills + 1, "a living worker lost its job"


@pytest.mark.parametrize("method", ["gugus_hdbscan", "gi", "pindai"])
def test_what_is_taken_back_within_a_long_step_ends_soon_and_its_worker_does_the_next(
    town: World, tmp_path: Path, method: str
):
    step = Doing.DRAW_PLACES if method == "gugus_hdbscan" else Doing.SHUFFLE_PLACES
    step = Doing.SHUFFLE_TIMES if method == "pindai" else step
    unit = {"gi": "&unit=heksagon&cell_m=1000"}.get(method, "") + "&permutations=9999"
    with worker(town, tmp_path / "log"):
        job_id = ask(town, "analisis", query=f"{DAYS}&method={method}{unit}")
        wait_until(lambda: job(town, job_id).step == step, "it never came to that step")
        with town.as_owner() as session:
            session.execute(text(f"UPDATE job SET cancel_at = now() WHERE id = {job_id}"))
        began = time.monotonic()
        wait_until(lambda: job(town, job_id).state in ENDED, "it goes on")
        took_s = time.monotonic() - began
        following = ask(town, steps=1)
        wait_until(lambda: job(town, following).state == "selesai", "it is stuck")
    assert (job(town, job_id).state, job(town, job_id).result) == ("batal", None)
    assert took_s < SOON_S * SLOW, took_s
    print(f"{method}: {took_s:.2f} s")  # noqa: T201 - seen with -s
