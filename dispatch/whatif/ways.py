"""How long the ways are that a replay may need: asked of the house's router once, then kept."""

from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np
from scipy.spatial import cKDTree

from dispatch.regency import Regency
from dispatch.whatif.calls import Floats, Ints
from dispatch.whatif.engine import Travel, start_of
from dispatch.whatif.plan import Plan
from geo.point import Point
from geo.routing import Router, Start
from geo.routing.rules import Hours
from geo.shapes import LocalScale

Progress = Callable[[float], None]
FAR_S = 6 * 3600.0  # who would come from so far, by the next ferry, is no help
_STARTS_AT_ONCE = 30
_AT_ONCE = 2000  # places of one question to the router


def travel(
    router: Router,
    regency: Regency,
    plans: Sequence[Plan],
    places: Sequence[Point],
    opened_at: Sequence[datetime],
    spots: Sequence[Point],
    progress: Progress = lambda _share: None,
) -> Travel:
    """From every post of the plans, and from the spots, to the places at the hour of each.

    spots  where a unit on its way home is taken to turn round; of each place the nearest
    """
    starts = list(dict.fromkeys(start_of(u, plan) for plan in plans for u in plan.units))
    all_of = [*starts, *(Start(spot) for spot in spots)]
    times = np.empty((len(all_of), len(places)))
    # Starts in the outer loop: the router keeps the searches of some, not of all.
    for row in range(0, len(all_of), _STARTS_AT_ONCE):
        some = all_of[row : row + _STARTS_AT_ONCE]
        for columns in _at_once(regency, opened_at):
            goals = [places[n] for n in columns.tolist()]
            found = router.times(some, goals, opened_at[int(columns[0])])
            times[row : row + len(some), columns] = found
            progress(row / len(all_of))
    times[~(times <= FAR_S)] = np.inf  # NaN, too
    return Travel(
        {start: row for row, start in enumerate(starts)},
        times[: len(starts)],
        times[len(starts) :],
        nearest(spots, places),
        {kind: regency.speed_kmh / kmh for kind, kmh in regency.speed_kmh_by_kind.items()},
    )


def nearest(spots: Sequence[Point], places: Sequence[Point]) -> Ints:
    """(places,) the nearest spot of each."""
    if not places or not spots:
        return np.zeros(len(places), dtype=np.int64)
    scale = LocalScale.at(spots[0].lat)
    tree = cKDTree(_metres(spots, scale))
    found: Ints = tree.query(_metres(places, scale))[1].astype(np.int64)
    return found


def _metres(points: Sequence[Point], scale: LocalScale) -> Floats:
    return np.array([(p.lon, p.lat) for p in points]) * (scale.lon_m, scale.lat_m)


def _at_once(regency: Regency, opened_at: Sequence[datetime]) -> list[Ints]:
    """Places whose hour and speeds are the same; timetables of ferries are good to the hour."""
    hours = Hours(regency.hours.zone, regency.roads.bands)
    groups: dict[tuple[str, int], list[int]] = {}
    for n, at in enumerate(opened_at):
        band = hours.band_at(at)
        key = (band.name if band else "*", at.astimezone(hours.zone).hour)
        groups.setdefault(key, []).append(n)
    return [
        np.array(some[i : i + _AT_ONCE], dtype=np.int64)
        for some in groups.values()
        for i in range(0, len(some), _AT_ONCE)
    ]
