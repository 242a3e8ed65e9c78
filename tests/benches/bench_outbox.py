"""What telling costs the intake: pgbench with its statements, with subscriptions and without.

    python -m tests.benches.bench_outbox [ROUNDS [SECONDS]]

Three houses in turn, on one database whose commits wait for the disk: without the triggers of the
outbox, with them but nobody subscribed to what happens, and with one who is told of each call.
Processor time a call, of the database and pgbench, is what a busy machine does not blur; the rate
stands beside it. Counts first: as many messages as calls.
"""

# ruff: noqa: T201 - what it prints is what it is for

import os
import statistics
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from tests.benches.bench_intake import (
    _SQUARES,
    VILLAGES,
    Run,
    Square,
    counted,
    pgbench_scripts,
    write,
)
from tests.benches.machine import durable_world, load_average, postmaster
from tests.world import World

ROUNDS, SECONDS = 7, 4.0
WITHOUT, NOBODY, TOLD = "without triggers", "nobody is told", "each call is told"
HOUSES = (WITHOUT, NOBODY, TOLD)
GOAL = 0.85  # processor time without, by that with a message for each call
_AGENCY = "(SELECT id FROM agency WHERE code = 'satpolpp_damkar')"


def main(rounds: int = ROUNDS, seconds: float = SECONDS) -> int:
    """Exit code 1 when messages are missing or the goal is missed."""
    runs: dict[str, list[Run]] = {house: [] for house in HOUSES}
    with durable_world() as world, tempfile.TemporaryDirectory() as folder:
        with world.as_owner() as session:
            found = session.execute(_SQUARES, {"most": VILLAGES})
            squares = [Square(*row) for row in found]
        script = pgbench_scripts(world, squares, Path(folder))
        working = [postmaster(world), os.getpid()]
        for number in range(rounds + 1):  # the first warms all, and is not counted
            for house in HOUSES:
                set_up(world, house)
                done = counted(working, lambda: write(world, seconds, script))
                check(world, house, int(done["calls"]))
                if number:
                    runs[house].append(done)
    return report(runs)


def set_up(world: World, house: str) -> None:
    """As that house: its triggers, its subscribers, an empty outbox."""
    switch = "DISABLE" if house == WITHOUT else "ENABLE"
    with world.as_owner() as session:
        session.execute(text(f"ALTER TABLE ticket_step {switch} TRIGGER tell_of_step"))
        session.execute(text("DELETE FROM subscription"))
        session.execute(text("DELETE FROM outgoing"))
        # A regency's worth of others, who are told of other things, or of other agencies' tickets.
        session.execute(
            text(
                'INSERT INTO subscription (agency_id, channel, "to", events)'
                " SELECT id, 'surel', code || n || '@x.example', ARRAY['didisposisi', 'instruksi']"
                "  FROM agency, generate_series(1, 3) AS n"
            )
        )
        if house == TOLD:
            session.execute(
                text(
                    'INSERT INTO subscription (agency_id, channel, "to", events)'
                    f" VALUES ({_AGENCY}, 'surel', 'piket@x.example', ARRAY['tiket_baru'])"
                )
            )


def check(world: World, house: str, calls: int) -> None:
    """As many messages as there should be."""
    with world.as_owner() as session:
        written = session.execute(text("SELECT count(*) FROM outgoing")).scalar_one()
    assert written == (calls if house == TOLD else 0), f"{house}: {written} of {calls}"


def report(runs: dict[str, list[Run]]) -> int:
    """One table."""
    print(f"outbox: {len(runs[WITHOUT])} rounds, messages == calls; {load_average()}")
    print(f"{'house':<20}{'calls/s':>10}{'us a call':>12}{'least':>8}{'most':>8}{'ratio':>8}")
    base, ratio = _middle(runs[WITHOUT], "cpu_us"), 1.0
    for house, done in runs.items():
        times = [run["cpu_us"] for run in done]
        ratio = base / _middle(done, "cpu_us")
        print(
            f"{house:<20}{_middle(done, 'rate'):>10.0f}{_middle(done, 'cpu_us'):>12.0f}"
            f"{min(times):>8.0f}{max(times):>8.0f}{ratio:>8.2f}"
        )
    print(f"goal: {GOAL}")
    return int(ratio < GOAL)


def _middle(done: list[Run], what: str) -> float:
    return statistics.median(run[what] for run in done)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*([int(given[0])] if given else []), *(float(s) for s in given[1:2])))
