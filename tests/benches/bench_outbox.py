"""What telling costs the intake: pgbench with its statements, with subscriptions and without.

    python -m tests.benches.bench_outbox [ROUNDS [SECONDS]]

Three houses in turn, on one database whose commits wait for the disk: without the triggers of the
outbox, with them but nobody subscribed to what happens, and with one who is told of each call.
The ratio is that of the medians of transactions a second; counts first: as many rows as calls.
"""

# ruff: noqa: T201 - what it prints is what it is for

import statistics
import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from tests.benches.bench_intake import _SQUARES, VILLAGES, Square, pgbench_scripts, write
from tests.benches.machine import durable_world, load_average
from tests.world import World

ROUNDS, SECONDS = 7, 4.0
WITHOUT, NOBODY, TOLD = "without triggers", "nobody is told", "each call is told"
HOUSES = (WITHOUT, NOBODY, TOLD)
GOAL = 0.85  # of the rate without: what each call's message may cost
_AGENCY = "(SELECT id FROM agency WHERE code = 'satpolpp_damkar')"


def main(rounds: int = ROUNDS, seconds: float = SECONDS) -> int:
    """Exit code 1 when messages are missing or the goal is missed."""
    rates: dict[str, list[float]] = {house: [] for house in HOUSES}
    with durable_world() as world, tempfile.TemporaryDirectory() as folder:
        with world.as_owner() as session:
            found = session.execute(_SQUARES, {"most": VILLAGES})
            squares = [Square(*row) for row in found]
        script = pgbench_scripts(world, squares, Path(folder))
        for number in range(rounds + 1):  # the first warms all, and is not counted
            for house in HOUSES:
                set_up(world, house)
                done = write(world, seconds, script)
                check(world, house, int(done["calls"]))
                if number:
                    rates[house].append(done["rate"])
    return report(rates)


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


def report(rates: dict[str, list[float]]) -> int:
    """One table."""
    base = statistics.median(rates[WITHOUT])
    print(f"outbox: {len(rates[WITHOUT])} rounds, messages == calls; {load_average()}")
    print(f"{'house':<20}{'calls/s':>10}{'least':>10}{'most':>10}{'ratio':>8}")
    ratios = {}
    for house, runs in rates.items():
        ratios[house] = statistics.median(runs) / base
        print(
            f"{house:<20}{statistics.median(runs):>10.0f}{min(runs):>10.0f}{max(runs):>10.0f}"
            f"{ratios[house]:>8.2f}"
        )
    print(f"goal: {GOAL}")
    return int(ratios[TOLD] < GOAL)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(*([int(given[0])] if given else []), *(float(s) for s in given[1:2])))
