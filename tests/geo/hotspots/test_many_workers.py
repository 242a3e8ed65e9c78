"""Two processes count what one counts, and one of them dies on the way."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geo.hotspots.many import Ask, BadChunk, Done, Folder, Made, Sums, add_up, add_up_on, here
from geo.hotspots.many import workers as floor
from geo.hotspots.many.folder import save
from tests.cluster import ROOT
from tests.geo.hotspots.held import Deadly, Flaky, Held

LIMIT = 2 << 30
MADE = Made(chunks=20, rows=100_000)
ASK = Ask(
    edges=tuple(range(19_723, 20_455, 7)),
    villages=195,
    kinds=20,
    bounds=(0.0, 0.0, 60_000.0, 60_000.0),
    hex_m=2_000.0,
    cells=256,
)
SMALL = Made(chunks=6, rows=500)


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    with here(workers=2, memory_bytes=LIMIT) as client:
        yield client


def pids(client: Any) -> set[int]:
    return set(client.run(os.getpid).values())


def assert_idle(client: Any) -> None:
    """Nothing is kept, and nothing runs but what a worker was just in the middle of."""
    assert not client.futures
    until = time.monotonic() + 20
    while any(client.processing().values()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(client.processing().values())


def kill_whoever_holds(note: Path, killed: list[int]) -> None:
    """Once a worker says that it is inside the chunk."""
    until = time.monotonic() + 60
    while not note.exists() and time.monotonic() < until:
        time.sleep(0.02)
    killed.append(int(note.read_text()))
    os.kill(killed[0], signal.SIGKILL)


def test_a_worker_killed_on_the_way_changes_nothing(client: Any, tmp_path: Path):
    alone = add_up(MADE, ASK)
    source = Held(MADE, number=9, note=tmp_path / "pid")
    killed: list[int] = []
    before = pids(client)
    killer = threading.Thread(target=kill_whoever_holds, args=(source.note, killed))
    killer.start()
    told: list[Done] = []
    together = add_up_on(client, source, ASK, told.append)
    killer.join()
    assert killed[0] in before
    assert alone.seen[0] == 2_000_000
    assert together.equals(alone)
    assert together.digest() == alone.digest()
    # Each chunk is taken in once, whoever counted it and however often.
    assert sorted(done.number for done in told) == list(range(20))
    assert [done.done for done in told] == list(range(1, 21))
    peaks = {done.worker: done.peak_bytes for done in told}
    assert len(peaks) >= 2
    assert 50_000_000 < min(peaks.values()) <= max(peaks.values()) < LIMIT


def test_a_folder_is_counted_by_workers_as_by_one(client: Any, tmp_path: Path):
    folder = save(SMALL, tmp_path)
    assert add_up_on(client, folder, ASK).equals(add_up(SMALL, ASK))
    (tmp_path / folder.names[4]).write_bytes(b"spoilt")
    with pytest.raises(BadChunk, match=r"000004\.npz"):
        add_up_on(client, folder, ASK)
    assert Folder.open(tmp_path) == folder


def test_what_fails_now_and_then_is_tried_again(client: Any, tmp_path: Path):
    assert add_up_on(client, Flaky(SMALL, tmp_path), ASK).equals(add_up(SMALL, ASK))


def test_what_fails_for_good_is_told_and_nothing_left_running(client: Any, tmp_path: Path):
    with pytest.raises(floor.ChunkLost, match="tried 5 times: the folder did not answer"):
        add_up_on(client, Flaky(SMALL, tmp_path, broken=True), ASK)
    assert_idle(client)


def test_a_chunk_that_kills_all_who_take_it_is_given_up(client: Any):
    client.cluster.scheduler.allowed_failures = 1
    with pytest.raises(floor.ChunkLost, match="chunk 2 brought down every worker"):
        add_up_on(client, Deadly(SMALL, number=2), ASK)
    # Others who ask are served as before.
    assert add_up_on(client, SMALL, ASK).equals(add_up(SMALL, ASK))


def test_no_more_chunks_are_in_flight_than_allowed(client: Any):
    most: list[int] = []

    def look(done: Done) -> None:
        most.append(len(client.futures))

    assert isinstance(add_up_on(client, SMALL, ASK, look, at_once=2), Sums)
    assert len(most) == 6
    assert max(most) <= 2


def test_giving_up_leaves_nothing_behind(client: Any):
    def enough(done: Done) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add_up_on(client, MADE, ASK, enough)
    assert_idle(client)


def test_a_worker_of_another_release_is_refused():
    with pytest.raises(floor.OtherRelease):
        floor.part_of(SMALL, ASK, 0, "another")


def test_without_workers_it_says_so_and_ends():
    with here(workers=1) as client:
        client.cluster.scale(0)
        client.cluster.sync(client.cluster._correct_state)
        until = time.monotonic() + 20
        while client.nthreads() and time.monotonic() < until:
            time.sleep(0.05)
        with pytest.raises(floor.NoWorker, match="start some"):
            add_up_on(client, SMALL, ASK, patience_s=0.5)


def test_when_the_scheduler_goes_away_it_says_so_and_ends():
    with here(workers=1) as client, pytest.raises(floor.NoScheduler, match="start it and them"):
        add_up_on(client, MADE, ASK, lambda done: client.cluster.close(), patience_s=5)


def test_without_the_extra_it_names_it_and_one_process_works_all_the_same():
    program = (
        "import sys; sys.modules['distributed'] = None\n"
        "from geo.hotspots.many import Ask, Made, add_up, add_up_on\n"
        "from geo.hotspots.many.workers import NoDask\n"
        "made, ask = Made(chunks=1, rows=10), Ask(edges=(19723, 20454), villages=195, kinds=20)\n"
        "assert add_up(made, ask).incidents == 10\n"
        "try:\n    add_up_on(None, made, ask)\n"
        "except NoDask as told:\n    print(told)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "extra `cluster`" in ran.stdout
