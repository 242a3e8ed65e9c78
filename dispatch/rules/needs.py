"""What an assignment of many units to many incidents is asked, and what one comes to."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

TOP = 1
TENTHS = 10  # costs are whole tenths of a second
LONGEST_S = 1e6  # beyond 11 days all ways are as long; keeps the sums whole numbers


@dataclass(frozen=True, slots=True)
class Part:
    """Units of one kind that an incident needs."""

    code: str
    count: int
    fits: Flags  # (units,): who can fill it


@dataclass(frozen=True, slots=True)
class Job:
    """An incident with what it still lacks."""

    incident: int
    priority: int  # 1 to 4
    opened: float  # any clock; the smaller is the older
    parts: tuple[Part, ...]
    whole: bool = False  # all of it or nothing
    doubles: bool = False  # one unit may fill several of its parts


@dataclass(frozen=True, slots=True)
class Problem:
    """Who needs what, and who can be there when.

    units      ids, in the order in which they are preferred among equals
    times_s    (jobs, units) until arrival; NaN or infinite where there is no way
    p_target   (jobs, units) chance to arrive within the target; None: not counted
    reserve_s  (units,) what the villages lose while it is away; None: not counted
    Raises ValueError when the shapes do not fit.
    """

    jobs: tuple[Job, ...]
    units: tuple[int, ...]
    times_s: Floats
    p_target: Floats | None = None
    reserve_s: Floats | None = None
    late_s: float = 600.0  # how many seconds of delay a certain miss of the target is worth

    def __post_init__(self) -> None:
        table = (len(self.jobs), len(self.units))
        for name, array, shape in (
            ("times_s", self.times_s, table),
            ("p_target", self.p_target, table),
            ("reserve_s", self.reserve_s, table[1:]),
        ):
            if array is not None and array.shape != shape:
                raise ValueError(f"{name}: shape {array.shape}, must be {shape}")

    def costs(self) -> Floats:
        """(jobs, units) whole tenths of a second; NaN where there is no way."""
        cost = np.clip(self.times_s, 0, LONGEST_S)
        cost[~np.isfinite(self.times_s)] = np.nan
        lower = np.array([job.priority > TOP for job in self.jobs], dtype=bool)
        if self.p_target is not None:
            cost[lower] += self.late_s * (1 - np.nan_to_num(self.p_target[lower]))
        if self.reserve_s is not None:
            cost[lower] += self.reserve_s
        cost *= TENTHS
        return np.rint(cost, out=cost)


@dataclass(frozen=True, slots=True)
class Slot:
    """One unit that is needed: job and part by their places in the problem."""

    job: int
    part: int
    nth: int = 0  # of a part that needs several


@dataclass(frozen=True, slots=True)
class Given:
    """A unit for a part: all by their places in the problem."""

    job: int
    part: int
    unit: int


@dataclass(frozen=True, slots=True)
class Level:
    """What an assignment comes to at one priority."""

    priority: int
    slots: int
    empty: int
    cost: int  # tenths of a second
    turn: int  # tenths of a second; see above
    times_s: float = 0.0  # sum over the units sent
    longest_s: float = 0.0

    def key(self) -> tuple[int, int, int]:
        """What is compared."""
        return (self.empty, self.cost, self.turn)


@dataclass(frozen=True, slots=True)
class Matching:
    """Who goes where, and what it comes to."""

    given: tuple[Given, ...]  # the most urgent and then the oldest incident first
    empty: tuple[Slot, ...]
    levels: tuple[Level, ...] = field(compare=False)
    proven: bool = True  # none is better

    def objective(self) -> tuple[int, ...]:
        """What is compared, from the left: the smaller is the better."""
        return tuple(number for level in self.levels for number in level.key())


@dataclass(frozen=True, slots=True)
class Table:
    """A problem with what is reckoned from it once."""

    problem: Problem
    order: tuple[int, ...]  # jobs, the most urgent and then the oldest first
    slots: tuple[Slot, ...]  # every unit that is needed, in that order
    costs: Floats  # (jobs, units), as Problem.costs()
    dearest: int  # what the longest possible step costs, and a tenth of a second more
    ranks: Mapping[int, int]  # of each job within its priority: 1 the youngest
    priorities: Ints  # (slots,)

    @classmethod
    def of(cls, problem: Problem) -> Self:
        """Everything by the problem's own order among equals."""
        jobs, costs = problem.jobs, problem.costs()
        order = sorted(range(len(jobs)), key=lambda j: _turn(jobs[j]))
        slots = tuple(
            Slot(j, p, nth)
            for j in order
            for p, part in enumerate(jobs[j].parts)
            for nth in range(part.count)
        )
        known = np.isfinite(costs)
        most = int(costs[known].max()) + 1 if known.any() else 1
        priorities = np.array([jobs[slot.job].priority for slot in slots], dtype=np.int64)
        return cls(problem, tuple(order), slots, costs, most, _ranks(jobs, order), priorities)

    @property
    def levels(self) -> list[int]:
        """Priorities at which something is needed."""
        return [int(priority) for priority in np.unique(self.priorities)]

    def saved(self) -> Floats:
        """(slots, units) against the dearest step; 0 where the unit does not fit or cannot come."""
        jobs = self.problem.jobs
        saved = self.dearest - self.costs
        saved[np.isnan(saved)] = 0
        fits = np.array([jobs[s.job].parts[s.part].fits for s in self.slots], dtype=bool)
        of_slots: Floats = saved[[slot.job for slot in self.slots]] * fits
        return of_slots


def matching_of(table: Table, given: Sequence[Given], *, proven: bool = True) -> Matching:
    """What such an assignment comes to at each priority."""
    filled = Counter((one.job, one.part) for one in given)
    empty = tuple(s for s in table.slots if s.nth >= filled[s.job, s.part])
    levels = tuple(_level(table, level, given, empty) for level in table.levels)
    return Matching(tuple(given), empty, levels, proven)


def _level(table: Table, priority: int, given: Sequence[Given], empty: Sequence[Slot]) -> Level:
    """Of a unit that fills two parts of one incident the way counts once."""
    jobs = table.problem.jobs
    sent = {(g.job, g.unit) for g in given if jobs[g.job].priority == priority}
    prices = {pair: int(table.costs[pair]) for pair in sent}
    times = [float(table.problem.times_s[pair]) for pair in sorted(sent)]
    return Level(
        priority,
        int((table.priorities == priority).sum()),
        sum(jobs[slot.job].priority == priority for slot in empty),
        sum(prices.values()),
        -sum(table.ranks[job] * (table.dearest - price) for (job, _), price in prices.items()),
        sum(times),
        max(times, default=0.0),
    )


def _turn(job: Job) -> tuple[int, float, int]:
    return (job.priority, job.opened, job.incident)


def _ranks(jobs: Sequence[Job], order: Sequence[int]) -> dict[int, int]:
    ranks: dict[int, int] = {}
    so_far: Counter[int] = Counter()
    for job in reversed(order):
        so_far[jobs[job].priority] += 1
        ranks[job] = so_far[jobs[job].priority]
    return ranks
