"""The leaders' page over an archive of tickets: its figures, what is late, the weekly report.

    python -m tests.benches.bench_leaders [--tickets 1000000] [--rounds 200] [--press]

Under row security, with the eyes of a leader and of an officer, as the app's role; through the app
in this process. Beside each the bare SQL that would answer the same from the tickets, as
the owner, without row security. Prints one table of this run; exits 1 when a goal is missed.
Needs ../shared, and TEST_ADMIN_URL or the means to make a cluster.
"""

# ruff: noqa: T201 - what it prints is what it is for

import argparse
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np
from flask.testing import FlaskClient
from sqlalchemy import text

from dispatch import tally
from dispatch.scope import TIMER
from tests.benches import crowd_tickets
from tests.benches.machine import durable_world
from tests.world import World

PAGE_MS, REPORT_S = 300.0, 20.0
# What a page without sums would have to ask of the tickets themselves.
BARE = (
    "SELECT agency_id, count(*) FILTER (WHERE opened_at >= :since),"
    " count(*) FILTER (WHERE closed_at >= :since),"
    " count(*) FILTER (WHERE closed_at >= :since"
    "   AND coalesce(followed_up_at, closed_at) <= due_at),"
    " count(*) FILTER (WHERE closed_at IS NULL AND due_at < :now),"
    " percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - opened_at)"
    " FROM ticket WHERE opened_at >= :since OR closed_at >= :since OR closed_at IS NULL"
    " GROUP BY agency_id"
)
BARE_LATE = (
    "SELECT t.*, i.place_text FROM ticket AS t JOIN incident AS i ON i.id = t.incident_id"
    " WHERE t.state NOT IN ('ditutup', 'digabung', 'diarsipkan') AND t.due_at < :now"
    " ORDER BY t.due_at, t.id LIMIT 50"
)


CHANGED = "INSERT INTO ticket_change (ticket_id) SELECT id FROM ticket ORDER BY id DESC LIMIT 100"


def main() -> int:
    """Exit code 1 when a goal is missed."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--tickets", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=200)
    asked.add_argument("--press", action="store_true", help="the weekly report as PDF, too")
    given = asked.parse_args()
    with durable_world() as world:
        now = datetime.now(UTC)
        n = crowd_tickets.fill(world.owner_url, given.tickets, now=now)
        print(f"{n} tickets; counted from nothing in {_counted(world, now):.0f} s")
        _told_again(world, now)
        met = _pages(world, now, given.rounds)
        return 0 if met & _report(world, given.press) else 1


def _counted(world: World, now: datetime) -> float:
    start = perf_counter()
    with world.as_scope(TIMER) as session:
        tally.rebuild(session, world.parts.ground())
    with world.as_owner() as session:
        session.execute(text("ANALYZE ticket_week"))
        session.execute(text("ANALYZE ticket_fact"))
    return perf_counter() - start


def _told_again(world: World, now: datetime) -> None:
    """How long the timer takes for a minute in which 100 tickets changed."""
    with world.as_owner() as session:
        session.execute(text(CHANGED))
    start = perf_counter()
    with world.as_scope(TIMER) as session:
        tally.refresh(session, world.parts.ground())
    print(f"100 changed tickets counted anew in {perf_counter() - start:.2f} s")


def _pages(world: World, now: datetime, rounds: int) -> bool:
    leader, officer = world.client("bupati"), world.client("pupr1")
    year = now.date() - timedelta(weeks=51)
    bare = {"now": now, "since": now - timedelta(weeks=4)}
    bare_year = {"now": now, "since": now - timedelta(weeks=52)}
    rows = [
        ("leader, 4 weeks, by agency", leader, "/api/leaders", BARE, bare),
        ("leader, 52 weeks, by agency", leader, f"/api/leaders?since={year}", BARE, bare_year),
        (
            "leader, 52 weeks, by village",
            leader,
            f"/api/leaders?since={year}&by=desa",
            BARE.replace("agency_id", "village_code"),
            bare_year,
        ),
        ("leader, what is late", leader, "/api/leaders/late", BARE_LATE, bare),
        (
            "officer, 52 weeks, by village",
            officer,
            f"/api/agency-figures?since={year}&by=desa",
            BARE,
            bare_year,
        ),
    ]
    print(f"{'page':<32} {'median':>8} {'p99 ms':>8} {'bare ms':>8} {'ratio':>7}  goal")
    met = True
    for label, client, path, sql, values in rows:
        took = _times(lambda c=client, p=path: _ask(c, p), rounds)  # type: ignore[misc]
        plain = float(np.median(_times(lambda s=sql, v=values: _bare(world, s, v), 5)))  # type: ignore[misc]
        middle, p99 = float(np.median(took)), float(np.percentile(took, 99))
        met &= p99 <= PAGE_MS
        word = "met" if p99 <= PAGE_MS else "MISSED"
        print(
            f"{label:<32} {middle:>8.0f} {p99:>8.0f} {plain:>8.0f} {middle / plain:>7.2f}  {word}"
        )
    return met


def _report(world: World, press: bool) -> bool:
    leader, met = world.client("bupati"), True
    for form in ("html", "pdf") if press else ("html",):
        start = perf_counter()
        _ask(leader, f"/laporan/mingguan?as={form}")
        took = perf_counter() - start
        met &= took <= REPORT_S
        word = "met" if took <= REPORT_S else "MISSED"
        print(f"weekly report as {form:<15} {took:>8.1f} s {word:>20}")
    return met


def _times(ask: Callable[[], None], rounds: int) -> list[float]:
    ask()
    took = []
    for _ in range(rounds):
        start = perf_counter()
        ask()
        took.append(1000 * (perf_counter() - start))
    return took


def _ask(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]


def _bare(world: World, sql: str, values: dict[str, datetime]) -> None:
    with world.as_owner() as session:
        session.execute(text(sql), values).all()


if __name__ == "__main__":
    sys.exit(main())
