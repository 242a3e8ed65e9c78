"""What is replayed, as columns: incidents with what they need, and the luck that they meet."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.rules.plans import PlanPart

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Calls:
    """Incidents in the order of their times. A slot is one unit that one of them needs.

    at_s      (n,) seconds since midnight (local) of the first day; rising
    place     (n,) column of the travel times
    priority  (n,) 1 to 4
    target_s  (n,) within which the first help should be there
    busy_s    (n,) how long a unit is held there; NaN: drawn from `busy_pool`
    first     (n + 1,) number of the first slot of each; the last is how many slots there are
    need      (slots,) place in `needs`
    required  (slots,) False: wished, never waited for
    helps     (slots,) whether it does what the case needs: an ambulance that stands by at a fire
              does not put it out. None: every required one does
    """

    at_s: Floats
    place: Ints
    priority: Ints
    target_s: Floats
    busy_s: Floats
    first: Ints
    need: Ints
    required: Flags
    needs: tuple[PlanPart, ...]
    helps: Flags | None = None

    @property
    def counted(self) -> Flags:
        """(slots,) whose arrival is the help that the case waits for."""
        return self.required if self.helps is None else self.required & self.helps

    def __len__(self) -> int:
        return len(self.at_s)

    def taken(self, rows: Ints, at_s: Floats) -> "Calls":
        """Those of these rows, each at another time; a row may come more than once."""
        order = np.argsort(at_s, kind="stable")
        rows, counts = rows[order], np.diff(self.first)[rows[order]]
        first = np.concatenate([[0], np.cumsum(counts)])
        slots = np.repeat(self.first[rows] - first[:-1], counts) + np.arange(first[-1])
        return replace(
            self,
            at_s=at_s[order],
            place=self.place[rows],
            priority=self.priority[rows],
            target_s=self.target_s[rows],
            busy_s=self.busy_s[rows],
            first=first.astype(np.int64),
            need=self.need[slots],
            required=self.required[slots],
            helps=None if self.helps is None else self.helps[slots],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Luck:
    """What chance does to each slot, whichever unit is sent: common random numbers.

    turnout  (slots,) factor on the time until the wheels turn; around 1
    way      (slots,) factor on the time of the journey; around 1
    busy_s   (n,) how long a unit is held there
    """

    turnout: Floats
    way: Floats
    busy_s: Floats

    @classmethod
    def drawn(
        cls,
        calls: Calls,
        pool: Sequence[Floats],
        spreads: tuple[float, float],
        chance: np.random.Generator,
    ) -> "Luck":
        """For these calls.

        pool     of each call's place: durations (s) to draw from where its own is not known
        spreads  of the logarithm of turn-out and journey; the factors have the mean 1
        """
        slots = len(calls.need)
        turnout, way = (np.exp(sd * chance.standard_normal(slots) - sd**2 / 2) for sd in spreads)
        return cls(turnout, way, _busy(calls, pool, chance.random(len(calls))))


def _busy(calls: Calls, pool: Sequence[Floats], share: Floats) -> Floats:
    busy = calls.busy_s.copy()
    for row in np.flatnonzero(np.isnan(busy)).tolist():
        known = pool[calls.place[row]]
        busy[row] = known[min(int(share[row] * len(known)), len(known) - 1)]
    return busy


def check(calls: Calls) -> None:
    """Raises ValueError where the columns do not fit one another."""
    n, slots = len(calls), len(calls.need)
    for field in fields(calls):
        if (column := getattr(calls, field.name)) is None:
            continue
        long = {"first": n + 1, "needs": len(calls.needs)}
        long |= dict.fromkeys(("need", "required", "helps"), slots)
        if len(column) != long.get(field.name, n):
            raise ValueError(f"{field.name}: {len(column)} long")
    if n and (np.diff(calls.at_s) < 0).any():
        raise ValueError("at_s: must rise")
