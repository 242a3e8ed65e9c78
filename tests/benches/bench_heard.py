"""How long each kind of job goes on without hearing that it shall stop.

    python -m tests.benches.bench_heard [--cases 100000] [--kind gi ...]

Every kind of long job is done once over so many cases, alone. Prints the longest silence between
two words of each, and after which step it was; exits 1 where one is longer than the goal. The
incidents are read first, apart. Needs ../shared.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import sys
import tempfile
import time
from pathlib import Path

from app.api.analyses import params_of
from app.facts_shelf import facts_now
from app.worker.kinds import work_of
from dispatch.reports.ask import from_json
from tests.benches.machine import load_average
from tests.cluster import admin_url, database
from tests.whatif.emergencies import fill_emergencies
from tests.world import NOON, World, make_world

GOAL_S = 2.0
DAYS = {"since": "2024-03-05", "until": "2026-03-01"}
HEXES = {**DAYS, "unit": "heksagon", "cell_m": 500}
TRIAL = {"changes": [{"do": "hapus_unit", "unit": "AMB-01"}], **DAYS, "repeats": 5}
ASKED = {
    "gi": ("analisis", {**HEXES, "method": "gi", "permutations": 9999}),
    "gi desa": ("analisis", {**DAYS, "method": "gi", "permutations": 9999}),
    "moran": ("analisis", {**HEXES, "method": "moran", "permutations": 9999}),
    "muncul": ("analisis", {**HEXES, "method": "muncul", "step": "minggu"}),
    "muncul hari": ("analisis", {**HEXES, "cell_m": 2000, "method": "muncul", "step": "hari"}),
    "pindai": ("analisis", {**HEXES, "method": "pindai"}),
    "kepadatan": ("analisis", {**DAYS, "method": "kepadatan"}),
    "gugus": ("analisis", {**DAYS, "method": "gugus"}),
    "gugus_hdbscan": ("analisis", {**DAYS, "method": "gugus_hdbscan"}),
    "cusum": ("analisis", {**DAYS, "since": "2025-03-01", "method": "cusum"}),
    "andai": ("andai", TRIAL),
    "isokron": ("cakupan", {"what": "isokron", "hour": 9}),
    "lokasi": ("cakupan", {"what": "lokasi", "hour": 9, "count": 5}),
}


class Ear:
    """Notes the longest time between two words."""

    def __init__(self) -> None:
        self.longest, self.step, self._last = (0.0, "", ""), "begun", time.perf_counter()

    def __call__(self, _share: float, step: str = "") -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last, self.step, step))
        self.step, self._last = step or self.step, time.perf_counter()


def main() -> int:
    """Exit code 1 where a job is deaf for too long."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--cases", type=int, default=100_000)
    asked.add_argument("--kind", nargs="*", choices=ASKED, default=list(ASKED))
    given = asked.parse_args()
    with (
        admin_url() as admin,
        database(admin, "filled") as name,
        tempfile.TemporaryDirectory() as folder,
    ):
        world = make_world(admin, name, Path(folder))
        world.parts.now = lambda: NOON
        fill_emergencies(world, given.cases)
        begun = time.perf_counter()
        facts_now(world.parts)
        print(f"{given.cases} cases, read in {time.perf_counter() - begun:.1f} s; {load_average()}")
        met = [_told(world, kind) for kind in given.kind]
        world.close()
    return 0 if all(met) else 1


def _told(world: World, kind: str) -> bool:
    name, body = ASKED[kind]
    work, ear = work_of(name), Ear()
    assert work is not None
    params = params_of(from_json(body)) if name == "analisis" else body
    begun = time.perf_counter()
    work(world.parts, params, ear)
    ear(1.0, "ended")
    silent_s, before, after = ear.longest
    took_s, met = time.perf_counter() - begun, silent_s <= GOAL_S
    print(
        f"{kind:14}{took_s:8.1f} s, longest silence {silent_s:6.2f} s"
        f" {'met' if met else 'MISSED'}: {before} -> {after}",
        flush=True,
    )
    return met


if __name__ == "__main__":
    sys.exit(main())
