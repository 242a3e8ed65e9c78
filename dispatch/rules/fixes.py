"""Whether a position that a device sent can be believed. Pure: no database, no clock."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from geo.point import Point

USUAL_ACCURACY_M = 50.0  # of a device that does not say
MOST_ACCURACY_M = 5000.0  # who claims worse is not given more room for it
ROOM = 3.0  # times the 68 % radius: a good fix strays so far once in a hundred
LEAST_ROOM_M = 30.0


class Flag(StrEnum):
    """Why a fix does not move the unit."""

    AHEAD = "masa_depan"  # later than the server's clock allows
    LATE = "terlalu_lama"  # older than the newest one, or so old that it says nothing any more
    JUMP = "lompatan"  # farther than anything drives or sails in that time


@dataclass(frozen=True, slots=True)
class Fix:
    """Where and when, as a device says. Metres, metres a second, degrees from north."""

    point: Point
    at: datetime
    accuracy_m: float | None = None  # 68 % radius
    speed_ms: float | None = None
    heading: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """What is possible."""

    ahead_s: float = 60  # a device's clock may be this much before the server's
    lost_s: float = 3600  # an older fix says nothing any more
    land_kmh: float = 250
    sea_kmh: float = 120

    def speed_ms(self, by_sea: bool) -> float:
        """The fastest that a unit of the kind moves."""
        return (self.sea_kmh if by_sea else self.land_kmh) / 3.6


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a unit: its newest believed fix, and a jump seen after that."""

    last: Fix | None = None
    jumped: Fix | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A fix with its place in what was sent; `flag` is None when it moves the unit."""

    n: int
    fix: Fix
    flag: Flag | None


def judge_all(
    fixes: Iterable[Fix], standing: Standing, now: datetime, limits: Limits, by_sea: bool
) -> Iterator[Judged]:
    """Each fix by the order of its time, in the light of those before it.

    A device that was off and was driven or shipped far away is believed at its second fix there.
    """
    for n, fix in sorted(enumerate(fixes), key=lambda numbered: numbered[1].at):
        flag = judge(fix, standing, now, limits, by_sea)
        if flag is None:
            standing = Standing(last=fix)
        elif flag is Flag.JUMP:
            standing = replace(standing, jumped=fix)
        yield Judged(n, fix, flag)


def judge(fix: Fix, standing: Standing, now: datetime, limits: Limits, by_sea: bool) -> Flag | None:
    """Why the fix is not believed; None: it is where the unit is now."""
    if fix.at > now + timedelta(seconds=limits.ahead_s):
        return Flag.AHEAD
    if fix.at < now - timedelta(seconds=limits.lost_s):
        return Flag.LATE
    if standing.last is None:
        return None
    if fix.at <= standing.last.at:
        return Flag.LATE
    if within_reach(standing.last, fix, limits.speed_ms(by_sea)):
        return None
    seen = standing.jumped
    if seen is None or not standing.last.at < seen.at < fix.at:
        return Flag.JUMP
    return None if within_reach(seen, fix, limits.speed_ms(by_sea)) else Flag.JUMP


def within_reach(before: Fix, after: Fix, speed_ms: float) -> bool:
    """Whether anything gets from one to the other in the time between, as exact as both are."""
    room_m = ROOM * math.hypot(_accuracy_m(before), _accuracy_m(after))
    seconds = (after.at - before.at).total_seconds()
    reach_m = speed_ms * seconds + max(room_m, LEAST_ROOM_M)
    return before.point.distance_m(after.point) <= reach_m


def is_worth_keeping(kept: Fix | None, fix: Fix, each_s: float, each_m: float) -> bool:
    """Whether the history gains by the fix: so much later, or so much farther, than the one kept.

    A fix of before the one kept is measured against it all the same.
    """
    if kept is None:
        return True
    apart_s = abs((fix.at - kept.at).total_seconds())
    return apart_s >= each_s or kept.point.distance_m(fix.point) >= each_m


def _accuracy_m(fix: Fix) -> float:
    said = USUAL_ACCURACY_M if fix.accuracy_m is None else fix.accuracy_m
    return min(said, MOST_ACCURACY_M)
