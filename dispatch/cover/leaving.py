"""What a unit leaves behind: villages out of reach, and what that is worth in seconds."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

import numpy as np
from sqlalchemy.orm import Session

from dispatch.cover.reaches import Reaches, reaches
from dispatch.cover.standing import Standing, free, standing
from dispatch.ground import Ground
from dispatch.rules.candidates import Leaves
from geo.coverage import Flags, leaving, within, worth

BUSY = 0.3  # chance that a unit has something else to do: assumed
CALLS_AHEAD = 1.0  # that come in while a unit is away: assumed
LATE_S = 600.0  # delay that a missed target is worth, as in dispatch.rules.needs
MOST_NAMES = 5


class LeftBehind:
    """As dispatch.rules.selection.Cover, for help with certain skills within a time.

    Nothing is reckoned before somebody asks.
    """

    def __init__(
        self,
        session: Session,
        ground: Ground,
        now: datetime,
        skills: frozenset[str],
        target_s: float,
    ) -> None:
        self._session, self._ground, self._now = session, ground, now
        self._skills, self._target_s = skills, target_s

    def leaves(self, unit_id: int) -> Leaves | None:
        """Villages that lose the reach while the unit is out; None: it does not count for that."""
        return self._all.get(unit_id)

    @cached_property
    def _all(self) -> Mapping[int, Leaves]:
        units = free(standing(self._session, self._skills))
        known = reaches(self._session, self._ground, self._now)
        covers = _covers(units, known, self._ground, self._now, self._target_s)
        lost = leaving(known.demand, covers)
        villages = self._ground.locator.villages
        weight = known.demand.by_village(known.demand.weights)
        return {
            unit.unit_id: Leaves(
                int(row.sum()),
                tuple(villages[n].name for n in np.argsort(-weight * row, kind="stable") if row[n])[
                    :MOST_NAMES
                ],
            )
            for unit, row in zip(units, lost, strict=True)
        }


def left_behind(
    session: Session, ground: Ground, now: datetime, skills: frozenset[str], target_s: float
) -> LeftBehind:
    """What each free unit that brings these skills leaves without help within the target."""
    return LeftBehind(session, ground, now, skills, target_s)


def reserves_s(
    session: Session, ground: Ground, now: datetime, skills: Iterable[str]
) -> dict[int, float]:
    """Seconds that it costs to send each free unit away, by id: the DMEXCLP value of its stay.

    For each skill: share of the demand that is covered less × CALLS_AHEAD × LATE_S; of a unit with
    several skills the greatest.
    """
    known = reaches(session, ground, now)
    units = free(standing(session))
    covers = _covers(units, known, ground, now, ground.regency.plans.target_s)
    cost = np.zeros(len(units))
    for skill in sorted(set(skills)):
        able = np.array([skill in unit.skills for unit in units], dtype=bool)
        lost = worth(known.demand, covers[able], BUSY)
        cost[able] = np.maximum(cost[able], lost * CALLS_AHEAD * LATE_S)
    return {unit.unit_id: float(s) for unit, s in zip(units, cost, strict=True)}


def _covers(
    units: list[Standing], known: Reaches, ground: Ground, now: datetime, target_s: float
) -> Flags:
    """(units, points) who is there in time."""
    return within(known.arrival_s(units, ground, now), target_s)
