"""Where a unit may be: its last fix, and the ground over which it may have moved since then.

A fix is a claim about a moment. Who stands at the post stays there; who drives may by now be
anywhere within the time since: the place grows to an area, up to a limit, and is never a dot.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from dispatch.rules.workflow import UnitState
from geo.point import Point
from geo.shapes import LocalScale
from geo.uncertainty.location import Location, circle
from geo.uncertainty.parts import Ellipse
from geo.uncertainty.scatter import scatter

SAMPLES = 5  # of an area
# The points of a growing place move outwards in such steps; a place smaller than one is as good
# as its middle: the road decides, not the metres.
STEP_M = 200.0

# Of its speed on the road, how much a unit in that state may use up; absent: it stands.
_UNDER_WAY: Mapping[UnitState, float] = {
    UnitState.MOVING: 1.0,
    UnitState.CARRYING: 1.0,
    UnitState.RETURNING: 1.0,
}
_AT_WORK = frozenset({UnitState.ON_SCENE, UnitState.AT_FACILITY})  # stands there


@dataclass(frozen=True, slots=True)
class GrowthRules:
    """How a place grows without a fix. Assumed: no tracks of the regency were at hand."""

    after_s: float = 60.0  # no fix for so long is usual: nothing grows before
    share: float = 0.5  # of the speed by road: roads bend, and 68 % are nearer than the farthest
    idle_share: float = 0.2  # of that, for who is free but away from the post
    most_m: float = 10_000.0  # farther away it would have been seen
    post_m: float = 300.0  # within it of its station a unit is at its post
    unknown_m: float = 50.0  # a fix that does not say how exact it is; a post without a fix
    assumed_m: float = 500.0  # a post that is only thought likely


@dataclass(frozen=True, slots=True)
class Growth:
    """By how much a place grows: metres a second after so many seconds, at most so far."""

    after_s: float
    per_s: float
    most_m: float

    def radius_m(self, accuracy_m: float, age_s: float) -> float:
        """The 68 % radius of a fix of that age."""
        grown = accuracy_m + self.per_s * max(0.0, age_s - self.after_s)
        return max(accuracy_m, min(self.most_m, grown))


@dataclass(frozen=True, slots=True)
class Fix:
    """What a unit said last, and how long ago."""

    point: Point
    age_s: float
    accuracy_m: float | None = None  # 68 %


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a unit may be.

    radius_m   68 % of the chance lies within it
    stale      its last fix is older than the house wants
    lost       so old that it says nothing any more
    spots      each as likely as the others
    """

    point: Point
    radius_m: float
    age_s: float | None  # None: never a fix
    stale: bool
    lost: bool
    spots: tuple[Point, ...]


def growth_of(
    state: UnitState, speed_kmh: float, at_post: bool, rules: GrowthRules
) -> Growth | None:
    """How the place of a unit in that state grows; None where it stands.

    speed_kmh  of its kind, by road
    at_post    its last fix was at its station, or it never had one
    """
    share = _UNDER_WAY.get(state, 0.0)
    if state not in _UNDER_WAY and state not in _AT_WORK and not at_post:
        share = rules.idle_share
    per_s = speed_kmh / 3.6 * rules.share * share
    return Growth(rules.after_s, per_s, rules.most_m) if per_s > 0 else None


def at_post(fix: Fix | None, station: Point, rules: GrowthRules) -> bool:
    """Whether a unit was at its station when it was last heard; without a fix it is taken so."""
    return fix is None or fix.point.distance_m(station) <= rules.post_m


def whereabouts(
    fix: Fix | None,
    station: Point,
    growth: Growth | None,
    rules: GrowthRules,
    *,
    stale_s: float,
    lost_s: float,
    assumed: bool = False,
) -> Whereabouts:
    """Where it may be. `assumed`: the place of its station is only thought likely."""
    if fix is None:
        radius_m = rules.assumed_m if assumed else rules.unknown_m
        return _round(station, radius_m, None, stale=False, lost=False)
    lost = fix.age_s > lost_s and growth is not None
    accuracy_m = rules.unknown_m if fix.accuracy_m is None else fix.accuracy_m
    radius_m = growth.radius_m(accuracy_m, fix.age_s) if growth else accuracy_m
    if lost and growth:
        radius_m = max(radius_m, growth.most_m)
    return _round(fix.point, radius_m, fix.age_s, stale=fix.age_s > stale_s, lost=lost)


def _round(
    point: Point, radius_m: float, age_s: float | None, *, stale: bool, lost: bool
) -> Whereabouts:
    # In steps, so that the router meets the same points again while a fix grows old.
    spots = spots_round(point, math.ceil(radius_m / STEP_M) * STEP_M, SAMPLES, STEP_M)
    return Whereabouts(point, radius_m, age_s, stale, lost, spots)


def spots_round(point: Point, radius_m: float, count: int, exact_m: float) -> tuple[Point, ...]:
    """Points, each as likely: the middle alone where it is exact, else `count` of them."""
    if radius_m <= exact_m or not math.isfinite(radius_m):
        return (point,)
    scale = LocalScale.at(point.lat)
    return tuple(
        Point(
            lon=point.lon + east * radius_m / scale.lon_m,
            lat=point.lat + north * radius_m / scale.lat_m,
        )
        for east, north in _pattern(count)
    )


@cache
def _pattern(count: int) -> tuple[tuple[float, float], ...]:
    """East and north of points over a normal spread whose 68 % radius is 1."""
    scale = LocalScale.at(0.0)
    part = only_ellipse(circle(Point(lon=0.0, lat=0.0), 1.0))
    return tuple(
        (lon * scale.lon_m, lat * scale.lat_m) for lon, lat in scatter(part, count).tolist()
    )


def only_ellipse(location: Location) -> Ellipse:
    """The one part of a circle."""
    ((_, part),) = location.parts
    assert isinstance(part, Ellipse)  # noqa: S101 - circle() makes no other
    return part
