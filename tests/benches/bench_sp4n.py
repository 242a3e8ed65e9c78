"""The exchange with SP4N-LAPOR over many tickets: planning, comparing, telling over HTTP.

    python -m tests.benches.bench_sp4n [TICKETS [DAYS [TOLD]]]

TICKETS of the invented archive, opened within DAYS and taken as real ones. All that are open, and
what ended lately, are planned; TOLD of them are told to the stand-in on the loopback; then both
sides are compared.
"""

# ruff: noqa: T201 - what it prints is what it is for

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from sqlalchemy import text

from app.exchange import worker
from app.exchange.client import Client, read_line
from app.exchange.worker import Office
from dispatch.ground import Ground
from dispatch.scope import EXCHANGE
from dispatch.sp4n import exchange, reconciling, standing
from dispatch.sp4n.standing import Told
from tests.benches import crowd_tickets
from tests.benches.machine import durable_world, load_average
from tests.sp4n.mock import Sp4n
from tests.world import World

TICKETS, DAYS, TOLD = 100_000, 365.0, 500


def main(tickets: int, days: float, told: int) -> None:
    """Print one table."""
    with durable_world() as world, Sp4n() as there:
        crowd_tickets.fill(world.owner_url, tickets, 1, days=days)
        with world.as_owner() as session:
            # What is played is never told: here the archive stands for a real one.
            for table in ("ticket_step", "ticket", "incident"):
                session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
                session.execute(text(f"UPDATE {table} SET demo = false"))
                session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER USER"))
        with world.as_owner() as session:
            session.connection().exec_driver_sql("ANALYZE")
        regency = world.parts.regency
        world.parts.regency = replace(regency, sp4n=replace(regency.sp4n, since=date(2000, 1, 1)))
        world.parts.read_ground()
        print(f"{tickets} tickets of {days:g} days; load {load_average()}")
        _measure(world, there, told)


def _measure(world: World, there: Sp4n, told: int) -> None:
    ground = world.parts.ground()
    line = read_line({"TANGGAP_SP4N": there.url})
    assert line is not None
    office = Office(world.parts, Client(line))
    now = datetime.now(UTC)
    planned, rounds = 0, 0

    def plan() -> int:
        with world.as_scope(EXCHANGE) as session:
            return exchange.plan(session, now, ground)

    begun = time.perf_counter()
    while made := plan():
        planned, rounds = planned + made, rounds + 1
    spent = time.perf_counter() - begun
    each = 1000 * spent / max(1, rounds)
    print(f"planned           {planned:8} in {rounds} rounds, {each:8.0f} ms each")
    _say("plan, nothing new", plan)
    _say("read all", lambda: len(_all(world, now, ground)))
    begun = time.perf_counter()
    count = worker.push(office, most=told)
    rate = count / (time.perf_counter() - begun)
    print(f"told              {count:8} over HTTP, {rate:8.0f} a second")
    remotes = office.client.all()

    def compare() -> int:
        with world.as_scope(EXCHANGE) as session:
            run = reconciling.reconcile(session, remotes, now, ground, keep=False)
            return len(run.found)

    _say("compare", compare)


def _all(world: World, now: datetime, ground: Ground) -> Sequence[Told]:
    with world.as_scope(EXCHANGE) as session:
        return standing.tellable(session, now, ground)


def _say(name: str, work: Callable[[], int], rounds: int = 5) -> None:
    took, count = [], 0
    for _ in range(rounds):
        begun = time.perf_counter()
        count = work()
        took.append(1000 * (time.perf_counter() - begun))
    print(f"{name:18}{count:8} rows, median {sorted(took)[rounds // 2]:8.0f} ms")


if __name__ == "__main__":
    given = sys.argv[1:]
    main(
        int(given[0]) if given else TICKETS,
        float(given[1]) if len(given) > 1 else DAYS,
        int(given[2]) if len(given) > 2 else TOLD,
    )
