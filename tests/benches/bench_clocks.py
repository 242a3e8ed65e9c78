"""A due date in working time, against numpy's own calendar in the same run.

    python -m tests.benches.bench_clocks [--moments 20000] [--turns 5]

Prints for each question the time of one answer (median of the turns) and its ratio to
numpy.busday_offset asked one by one, which knows days and holidays but neither hours nor zones
nor pauses. Checks on the way that both name the same day; exits 1 where they do not.
"""

# ruff: noqa: T201, S311 - what it prints is what it is for; moments are seeded, not secret

import argparse
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np

from dispatch.regency import read_regency
from dispatch.rules.clocks import Clocks, Leg
from dispatch.rules.ticketing import TicketState

JEPARA = Path(__file__).resolve().parents[2] / "data/regency/jepara"
DAYS = 14
FIRST = datetime(2025, 1, 1, tzinfo=UTC)


def main() -> int:
    """Exit code 1 when numpy names another day."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--moments", type=int, default=20_000)
    asked.add_argument("--turns", type=int, default=5)
    given = asked.parse_args()
    chance = random.Random(6)
    moments = [FIRST + timedelta(minutes=chance.randrange(1_500_000)) for _ in range(given.moments)]
    began = perf_counter()
    clocks = read_regency(JEPARA).clocks
    clocks.calendar.add_working_days(FIRST, 1)
    print(f"regency read and calendar made ready in {1e3 * (perf_counter() - began):.0f} ms")
    same = agree(clocks, moments)
    show(measure(clocks, moments, given.turns))
    return 0 if same else 1


def weekdays(clocks: Clocks) -> np.busdaycalendar:
    """The same days off, as numpy wants them."""
    return np.busdaycalendar(holidays=[np.datetime64(day) for day in clocks.calendar.off])


def local_days(clocks: Clocks, moments: Sequence[datetime]) -> list[np.datetime64]:
    """The dates of the moments where the offices are."""
    return [np.datetime64(m.astimezone(clocks.calendar.zone).date()) for m in moments]


def agree(clocks: Clocks, moments: Sequence[datetime]) -> bool:
    """Whether both name the same last day for every moment."""
    zone, theirs = clocks.calendar.zone, weekdays(clocks)
    days = np.array(local_days(clocks, moments))
    # From a day off numpy rolls back first: the next working day is then the first.
    expected = np.busday_offset(days, DAYS, roll="backward", busdaycal=theirs)
    found = [clocks.calendar.add_working_days(m, DAYS).astimezone(zone).date() for m in moments]
    other = int(np.count_nonzero(np.array(found, dtype="datetime64[D]") != expected))
    print(f"{len(moments):,} moments, {DAYS} working days: {other} on another day than numpy says")
    return other == 0


def measure(clocks: Clocks, moments: Sequence[datetime], turns: int) -> list[tuple[str, float]]:
    """Microseconds an answer, numpy's first."""
    theirs, days = weekdays(clocks), local_days(clocks, moments)
    all_days, legs = np.array(days), [_life(moment) for moment in moments]
    calendar = clocks.calendar

    def one_by_one(ask: Callable[[int], object]) -> Callable[[], object]:
        return lambda: [ask(n) for n in range(len(moments))]

    numbered = {
        "numpy.busday_offset, one by one": one_by_one(
            lambda n: np.busday_offset(days[n], DAYS, roll="backward", busdaycal=theirs)
        ),
        "numpy.busday_offset, all at once": lambda: np.busday_offset(
            all_days, DAYS, roll="backward", busdaycal=theirs
        ),
        "add_working_days": one_by_one(lambda n: calendar.add_working_days(moments[n], DAYS)),
        "add_working (100 hours)": one_by_one(lambda n: calendar.add_working(moments[n], 360_000)),
        "working_s": one_by_one(lambda n: calendar.working_s(FIRST, moments[n])),
        "at_opening: all dues and the rung": one_by_one(
            lambda n: clocks.at_opening("aduan", None, 3, moments[n])
        ),
        "dues after six legs, one a pause": one_by_one(
            lambda n: clocks.dues("aduan", None, 3, legs[n])
        ),
        "share after six legs": one_by_one(
            lambda n: clocks.share("aduan", None, 3, legs[n], legs[n][-1].start)
        ),
    }
    return [(name, _each_us(ask, len(moments), turns)) for name, ask in numbered.items()]


def show(measured: Sequence[tuple[str, float]]) -> None:
    """One table."""
    base = measured[0][1]
    print(f"{'question':36}{'us each':>10}{'ratio':>9}")
    for name, us in measured:
        print(f"{name:36}{us:10.2f}{us / base:9.2f}")


def _each_us(ask: Callable[[], object], many: int, turns: int) -> float:
    return 1e6 * statistics.median(_once_s(ask) for _ in range(turns)) / many


def _once_s(ask: Callable[[], object]) -> float:
    began = perf_counter()
    ask()
    return perf_counter() - began


def _life(opened: datetime) -> tuple[Leg, ...]:
    states = (
        TicketState.NEW,
        TicketState.REFERRED,
        TicketState.NOT_OURS,
        TicketState.REFERRED,
        TicketState.POSTPONED,
        TicketState.IN_WORK,
    )
    times = [opened + timedelta(hours=20 * n) for n in range(len(states))]
    ends = [*times[1:], None]
    return tuple(Leg(s, start, end) for s, start, end in zip(states, times, ends, strict=True))


if __name__ == "__main__":
    sys.exit(main())
