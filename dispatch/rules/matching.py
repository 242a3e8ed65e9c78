"""Many incidents and many units at once: who goes where, as one assignment.

Each unit that is needed is a slot. A slot s of an incident that takes unit u costs, in seconds,

    cost(s, u) = time(s, u)                                                      priority 1
    cost(s, u) = time(s, u) + late_s × (1 − p(s, u)) + reserve(u)                priority 2 to 4

p the chance to be there within the target, reserve what the villages lose while u is away. Sought
is the assignment (each slot at most one unit, each unit at most one slot) that is least in

    (empty slots₁, Σ cost₁, turn₁, empty slots₂, Σ cost₂, turn₂, ... of priority 4)

compared from the left: no gain below makes up for a loss above, and no saving of time for an empty
slot. `turn` settles what is equal so far: it is −Σ rank × (dearest − cost) over what is sent, the
oldest incident of that priority having the highest rank. Costs are rounded to a tenth of a second:
all sums are whole numbers, and ties are ties.

What that promises to the top priority: a unit that stays free, or goes to something less urgent,
would never have been there sooner. Only another top-priority incident can have the nearest one,
and only where all of them together are then served sooner, or served at all.
"""

import numpy as np

from dispatch.rules import coupled
from dispatch.rules.lexicographic import Stage, best_of_all
from dispatch.rules.needs import (
    Flags,
    Floats,
    Given,
    Job,
    Level,
    Matching,
    Part,
    Problem,
    Slot,
    Table,
    matching_of,
)

__all__ = [
    "Given", "Job", "Level", "Matching", "Part", "Problem", "Slot",
    "match", "match_slots", "nearest_first",
]  # fmt: skip


def match(problem: Problem, time_limit_s: float = 0.8) -> Matching:
    """The best assignment; `proven` says whether that is certain.

    Where parts are independent the slots are matched exactly. Where one unit may fill two parts,
    or all is needed or nothing, a mixed-integer program is asked (dispatch.rules.coupled) and its
    time is limited: the answer is then never worse than nearest_first(), but may not be proven.
    """
    if any(job.whole or job.doubles for job in problem.jobs):
        return coupled.match(problem, match_slots(problem), nearest_first(problem), time_limit_s)
    return match_slots(problem)


def match_slots(problem: Problem) -> Matching:
    """As match(), every slot by itself: exact, in milliseconds."""
    table = Table.of(problem)
    if not table.slots or not problem.units:
        return matching_of(table, [])
    saved = table.saved()
    stages = [stage for level in table.levels for stage in _stages(table, saved, level)]
    chosen = best_of_all(stages, saved.shape)
    given = [
        Given(slot.job, slot.part, int(unit))
        for slot, unit in zip(table.slots, chosen, strict=True)
        if unit >= 0
    ]
    return matching_of(table, given)


def nearest_first(problem: Problem) -> Matching:
    """What is done by hand: first the urgent, then the old; each gets the soonest that is left."""
    table = Table.of(problem)
    times = np.where(np.isfinite(problem.times_s), problem.times_s, np.inf)
    free = np.ones(len(problem.units), dtype=bool)
    given: list[Given] = []
    for job in table.order:
        own = _nearest_of(problem.jobs[job], job, times[job], free)
        if problem.jobs[job].whole and len(own) < sum(p.count for p in problem.jobs[job].parts):
            continue
        given += own
        free[[one.unit for one in own]] = False
    return matching_of(table, given)


def _nearest_of(job: Job, number: int, times: Floats, free: Flags) -> list[Given]:
    """The soonest free units for its parts, one part after the other."""
    free = free.copy()
    own: list[Given] = []
    for place, part in enumerate(job.parts):
        for _ in range(part.count):
            open_to = np.where(part.fits & free, times, np.inf)
            if not len(open_to) or not np.isfinite(open_to.min()):
                break
            own.append(Given(number, place, int(open_to.argmin())))
            free[own[-1].unit] = False
    return own


def _stages(table: Table, saved: Floats, priority: int) -> tuple[Stage, Stage]:
    """What is sought at one priority: most slots at least cost; then, among equals, the old first.

    saved   (slots, units) tenths of a second against the dearest step; 0 where none can go
    A weight is what is gained: serving a slot is worth more than all time together.
    """
    rows = table.priorities == priority
    own = saved[rows]
    served = table.dearest * min(own.shape)
    jobs = [table.slots[n].job for n in np.flatnonzero(rows)]
    ranks = np.array([[table.ranks[job]] for job in jobs], dtype=np.float64)
    return Stage(rows, lambda: own + served * (own > 0)), Stage(rows, lambda: own * ranks)
