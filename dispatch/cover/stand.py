"""Which villages are reached in time now, which no more, and which move up would mend most."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from sqlalchemy.orm import Session

from dispatch.cover.moving import MoveUp, moves_up
from dispatch.cover.reaches import Reaches, reaches
from dispatch.cover.standing import Standing, free, standing
from dispatch.ground import Ground
from geo.coverage import Floats, within
from geo.placement import VillageRef
from geo.routing import Leg


@dataclass(frozen=True, slots=True)
class VillageCover:
    """How a village stands."""

    village: VillageRef
    share: float  # of it that somebody reaches in time
    best_s: float | None  # until half of it is reached; None: never
    by: str | None  # call sign


@dataclass(frozen=True, slots=True)
class Lost:
    """A village that is out of reach because a unit is away."""

    village: VillageRef
    unit: str | None  # call sign of the unit that is missed
    was_s: float
    now_s: float | None


@dataclass(frozen=True, slots=True)
class Cover:
    """The land as it is covered now, for one kind of help."""

    as_of: datetime
    skill: str
    minutes: int
    basis: str | None  # how the times were found
    villages: list[VillageCover]
    covered: int
    lost: list[Lost]
    move_up: list[MoveUp]


def cover_now(session: Session, ground: Ground, skill: str, minutes: int, now: datetime) -> Cover:
    """Villages that a free unit with that skill reaches within so many minutes of the order."""
    units = standing(session, [skill] if skill else [])
    known = reaches(session, ground, now)
    times = known.arrival_s(free(units), ground, now)
    covers = within(times, minutes * 60.0)
    reached = np.logical_or.reduce(covers)
    best_s, by = known.demand.soonest(times)
    shares = known.demand.shares(reached)
    signs = [unit.call_sign for unit in free(units)]
    villages = [
        VillageCover(
            village, float(share), None if np.isnan(s) else float(s), None if u < 0 else signs[u]
        )
        for village, share, s, u in zip(ground.locator.villages, shares, best_s, by, strict=True)
    ]
    return Cover(
        now,
        skill,
        minutes,
        _basis(ground, units, known, now),
        villages,
        int(known.demand.reached(reached).sum()),
        _lost(ground, units, known, best_s, minutes, now),
        moves_up(ground, free(units), known, times, minutes * 60.0, now),
    )


def _basis(ground: Ground, units: Sequence[Standing], known: Reaches, now: datetime) -> str | None:
    """How the first way that is found was found; units on land are asked first."""
    starts = [unit.start for unit in sorted(units, key=lambda unit: unit.by_sea)][:3]
    for start in starts:
        nearest = min(known.goals[:: len(known.goals) // 200 + 1], key=start.point.distance_m)
        leg = ground.router.legs([start], nearest, now)[0]
        if isinstance(leg, Leg):
            return leg.basis
    return None


def _lost(
    ground: Ground,
    units: Sequence[Standing],
    known: Reaches,
    best_s: Floats,
    minutes: int,
    now: datetime,
) -> list[Lost]:
    """Reached while every unit stood free at its post, not now; the worst first."""
    demand, limit_s = known.demand, minutes * 60.0
    posts = known.from_posts_s(units, ground, now)
    there = np.logical_or.reduce(within(known.arrival_s(free(units), ground, now), limit_s))
    then = np.logical_or.reduce(within(posts, limit_s))
    gone = demand.reached(then) & ~demand.reached(there)
    was_s, by = demand.soonest(posts)
    away = [n for n, unit in enumerate(units) if not (unit.free and unit.at_post)]
    _, missed = demand.soonest(posts[away])
    lost = [
        Lost(
            ground.locator.villages[n],
            units[away[missed[n]] if missed[n] >= 0 else by[n]].call_sign,
            float(was_s[n]),
            None if np.isnan(best_s[n]) else float(best_s[n]),
        )
        for n in np.flatnonzero(gone)
    ]
    return sorted(lost, key=lambda one: (one.now_s is not None, -(one.now_s or 0)))
