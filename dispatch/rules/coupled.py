"""Needs that hang together, by a mixed-integer program: all or nothing, one unit for two parts.

The objective is that of dispatch.rules.matching. Two answers cost nothing and are tried first: the
slots matched one by one, and nearest-first. The program (HiGHS) goes through the priorities, and in
each through empty slots, cost and turn; what was reached binds what follows. It has a time
limit; the best of the answers is given, so it is never worse than nearest-first.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from dispatch.rules.needs import Floats, Given, Job, Matching, Problem, Table, matching_of

SMALL = 3_000  # pairs of unit and part: up to here all of them are weighed, and the answer proven
NEAREST = 12  # units a part beyond that
_DONE = 0  # of milp(): optimal

Ints = NDArray[np.int64]


def match(problem: Problem, by_slots: Matching, by_hand: Matching, time_limit_s: float) -> Matching:
    """The best of: the slots matched one by one, what is done by hand, and the program's answer.

    by_slots may break what hangs together; where it does not, and no unit could have filled two
    parts, it is the best there is, since coupling can only take answers away.
    """
    table = Table.of(problem)
    kept = matching_of(table, _without_halves(problem, by_slots.given))
    if kept.given == by_slots.given and not any(job.doubles for job in problem.jobs):
        return by_slots
    program = Program.of(table, {(g.job, g.part, g.unit) for g in (*kept.given, *by_hand.given)})
    found = program.solve(time_limit_s)
    answers = [replace(by_hand, proven=False), replace(kept, proven=False)]
    if found is not None:
        given, proven = found
        answers.append(matching_of(table, given, proven=proven and program.complete))
    return min(answers, key=lambda answer: (answer.objective(), not answer.proven))


def _without_halves(problem: Problem, given: Sequence[Given]) -> list[Given]:
    """Without the units of incidents that need all or nothing and did not get all."""
    sent = np.bincount([g.job for g in given], minlength=len(problem.jobs))
    asked = [sum(part.count for part in job.parts) for job in problem.jobs]
    halves = {j for j, job in enumerate(problem.jobs) if job.whole and sent[j] < asked[j]}
    return [g for g in given if g.job not in halves]


@dataclass(frozen=True, slots=True)
class Program:
    """Variables: a unit fills a part; beside it, where it may fill several, that it is sent at all.

    job, part, unit   (variables,); part is -1 for "is sent", unit is -1 for "is served whole"
    complete          no pair was left out
    """

    table: Table
    job: Ints
    part: Ints
    unit: Ints
    complete: bool

    @classmethod
    def of(cls, table: Table, known: set[tuple[int, int, int]]) -> "Program":
        """With all pairs, or with the nearest and those of known answers."""
        pairs, complete = _pairs(table, known)
        jobs = table.problem.jobs
        sent = sorted({(j, -1, u) for j, _, u in pairs if jobs[j].doubles})
        whole = [(j, -1, -1) for j, job in enumerate(jobs) if job.whole]
        rows = np.array([*pairs, *sent, *whole], dtype=np.int64).reshape(-1, 3)
        return cls(table, rows[:, 0], rows[:, 1], rows[:, 2], complete)

    def solve(self, time_limit_s: float) -> tuple[list[Given], bool] | None:
        """What is given, and whether every step was proven; None when time ran out at once."""
        if not (self.part >= 0).any():  # nobody can do anything
            return [], True
        goals = [goal for level in self.table.levels for goal in self._goals(level)]
        rules, proven = self._rules(), True
        answer: Floats | None = None
        limits = {"time_limit": time_limit_s / len(goals), "mip_rel_gap": 0.0}
        for goal in goals:
            found = milp(
                goal, constraints=rules, bounds=Bounds(0, 1), integrality=1, options=limits
            )
            if found.x is None:
                proven = False
                break
            answer = np.rint(found.x)
            proven = proven and found.status == _DONE
            # Costs are whole numbers: half of one is room for the solver's rounding only.
            rules.append(LinearConstraint(goal[np.newaxis], ub=float(goal @ answer) + 0.5))
        return None if answer is None else (self._given(answer), proven)

    def _goals(self, priority: int) -> list[Floats]:
        """To be made small: empty slots, cost, turn of that priority."""
        table = self.table
        own = np.array([table.problem.jobs[j].priority == priority for j in self.job])
        doubles = np.array([table.problem.jobs[j].doubles for j in self.job])
        fills = own & (self.part >= 0)
        goes = own & (self.unit >= 0) & np.where(doubles, self.part < 0, self.part >= 0)
        cost = np.where(goes, table.costs[self.job, np.maximum(self.unit, 0)], 0)
        rank = np.array([table.ranks[j] for j in self.job], dtype=np.float64)
        return [-fills.astype(np.float64), cost, np.where(goes, rank * (cost - table.dearest), 0)]

    def _rules(self) -> list[LinearConstraint]:
        """One incident a unit, no more than is asked; all of it where nothing less helps."""
        jobs = self.table.problem.jobs
        doubles = np.array([jobs[j].doubles for j in self.job])
        goes = (self.unit >= 0) & np.where(doubles, self.part < 0, self.part >= 0)
        places = np.flatnonzero(goes)
        places = np.flatnonzero(goes)
        busy = _sums(self.unit[places], places, np.ones(len(places)), len(self.job))
        return [
            LinearConstraint(busy, ub=1),
            *self._no_more_than_asked(jobs),
            *self._only_who_is_sent(np.flatnonzero(doubles & (self.part >= 0))),
        ]

    def _no_more_than_asked(self, jobs: Sequence[Job]) -> list[LinearConstraint]:
        """A row a part: as many as it needs at most; of a whole job all of them or none."""
        parts = [(j, p) for j, job in enumerate(jobs) for p in range(len(job.parts))]
        row_of = {pair: n for n, pair in enumerate(parts)}
        fills = np.flatnonzero(self.part >= 0)
        rows = [row_of[int(self.job[n]), int(self.part[n])] for n in fills]
        count = np.array([jobs[j].parts[p].count for j, p in parts], dtype=np.float64)
        whole = np.array([jobs[j].whole for j, _ in parts], dtype=bool)
        served = {int(self.job[n]): int(n) for n in np.flatnonzero(self.unit < 0)}
        bound = np.flatnonzero(whole)
        table = _sums(
            np.concatenate([np.array(rows, dtype=np.int64), bound]),
            np.concatenate([fills, [served[parts[n][0]] for n in bound]]).astype(np.int64),
            np.concatenate([np.ones(len(fills)), -count[bound]]),
            len(self.job),
            len(parts),
        )
        return [LinearConstraint(table, np.where(whole, 0, -np.inf), np.where(whole, 0, count))]

    def _only_who_is_sent(self, fills: Ints) -> list[LinearConstraint]:
        """A unit that may fill several parts fills one only when it is sent."""
        if not len(fills):
            return []
        sent = {
            (int(self.job[n]), int(self.unit[n])): int(n)
            for n in np.flatnonzero((self.part < 0) & (self.unit >= 0))
        }
        goes = [sent[int(self.job[n]), int(self.unit[n])] for n in fills]
        row = np.tile(np.arange(len(fills)), 2)
        sign = np.repeat([1.0, -1.0], len(fills))
        table = _sums(row, np.concatenate([fills, goes]), sign, len(self.job))
        return [LinearConstraint(table, ub=0)]

    def _given(self, answer: Floats) -> list[Given]:
        chosen = np.flatnonzero((answer > 0.5) & (self.part >= 0))
        given = [Given(int(self.job[n]), int(self.part[n]), int(self.unit[n])) for n in chosen]
        place = {job: n for n, job in enumerate(self.table.order)}
        return sorted(given, key=lambda g: (place[g.job], g.part, g.unit))


def _pairs(
    table: Table, known: set[tuple[int, int, int]]
) -> tuple[list[tuple[int, int, int]], bool]:
    """(job, part, unit) that can be; of very many the cheapest a part, and the known ones."""
    pairs: list[tuple[int, int, int]] = []
    fitting = [
        (j, p, np.flatnonzero(part.fits & np.isfinite(table.costs[j])))
        for j, job in enumerate(table.problem.jobs)
        for p, part in enumerate(job.parts)
    ]
    complete = sum(len(units) for _, _, units in fitting) <= SMALL
    for j, p, units in fitting:
        near = units[np.argsort(table.costs[j, units], kind="stable")]
        few = near if complete else near[: NEAREST + table.problem.jobs[j].parts[p].count]
        pairs += [(j, p, int(unit)) for unit in few]
    return sorted({*pairs, *known}), complete


def _sums(rows: Ints, columns: Ints, values: Floats, width: int, height: int = 0) -> Any:
    """Sparse rows: of each, what stands in which column."""
    shape = (max(height, int(rows.max(initial=0)) + 1), width)
    return csr_array((values, (rows, columns)), shape=shape)
