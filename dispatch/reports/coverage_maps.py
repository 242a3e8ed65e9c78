"""How far units come in so many minutes, as shapes and as shares: the job "isokron"."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.cover.standing import Standing
from dispatch.ground import Ground
from dispatch.reports.coverage import Seen, document
from dispatch.reports.coverage_ask import CoverageAsk
from dispatch.reports.coverage_given import Given, basis_of
from dispatch.reports.coverage_reach import field_of, reach, spots_of_demand
from dispatch.reports.coverage_words import caveat
from dispatch.reports.regimes import regimes_of
from dispatch.rules.doing import Doing
from geo.coverage import Demand
from geo.coverage.isochrones import Plots, isochrones, together
from geo.coverage.reach import Reached
from geo.routing.house import HouseRouter

Json = dict[str, Any]
Say = Callable[[float, str], None]
POINTS = 24  # that stand for a village: four times as many as in the quick answer
LEAST_S = 3_600.0  # until then it is told when a village is reached
_DIGITS = 5  # of degrees: a metre
_TO_KM2 = 1e-6


def isochrone_document(
    given: Given, ground: Ground, ask: CoverageAsk, now: datetime, say: Say
) -> tuple[Json, Json]:
    """The document with the shapes of all units together, and GeoJSON with each unit's own.

    Raises BadAsk for squares that are too small.
    """
    when = ask.moment(now, ground.regency.hours.zone)
    units = given.units
    say(0.05, Doing.WAYS_TO_PLOTS)
    field = field_of(ground.router, ground.locator, ask.cell_m)
    plots = field.plots
    say(0.4, Doing.UNIT_TIMES)
    limits_s = [minutes * 60.0 for minutes in ask.limits]
    found = reach(ground, units, field.spots, limits_s[-1], when)
    say(0.6, Doing.DRAW_REACH)
    own = isochrones(plots, found, limits_s)
    all_of_them = together(plots, found, limits_s)
    say(0.8, Doing.VILLAGE_SHARES)
    demand = Demand.of(ground.locator.areas, given.people, POINTS)
    near = spots_of_demand(ground.router, demand)
    times_s = reach(ground, units, near, max(LEAST_S, limits_s[-1]), when).table()
    regimes, basis = regimes_of(ground, demand), basis_of(ground, given, near.points, when)
    villages = ground.locator.villages
    told = document(Seen(ask, given, demand, times_s, POINTS, villages, regimes, basis), now)
    told["caveats"] += [caveat("kotak", ask.cell_m), *_ferry_caveat(ground)]
    told["departs_at"] = when.isoformat().replace("+00:00", "Z")
    told["shapes"] = _together(ask, plots, found, all_of_them)
    told["units"] = [_unit(plots, found, ask, n, unit) for n, unit in enumerate(units)]
    return told, _collection(ask, units, own)


def _ferry_caveat(ground: Ground) -> list[Json]:
    has = isinstance(ground.router, HouseRouter) and ground.router.rides.lines
    return [caveat("feri")] if has else []


def _together(ask: CoverageAsk, plots: Plots, found: Reached, shapes: NDArray[np.object_]) -> Json:
    """GeoJSON of what anybody reaches, the farthest first: nearer ones lie on top."""
    first_s = found.soonest()
    features = [
        _feature(shape, {"minutes": minutes, "km2": _km2(plots, int((first_s <= limit).sum()))})
        for shape, minutes, limit in zip(
            shapes, ask.limits, [m * 60.0 for m in ask.limits], strict=True
        )
    ]
    return {"type": "FeatureCollection", "features": features[::-1]}


def _unit(plots: Plots, found: Reached, ask: CoverageAsk, n: int, unit: Standing) -> Json:
    """What one unit reaches, without its shapes."""
    areas = [_km2(plots, len(found.within(n, minutes * 60.0))) for minutes in ask.limits]
    return {
        "unit": unit.unit_id,
        "call_sign": unit.call_sign,
        "kind": unit.kind,
        "station": unit.station,
        "by_sea": unit.by_sea,
        "post": [round(unit.post.lon, _DIGITS), round(unit.post.lat, _DIGITS)],
        "km2": areas,
    }


def _collection(ask: CoverageAsk, units: Sequence[Standing], own: NDArray[np.object_]) -> Json:
    """Every unit by every limit; those that reach nothing are left out."""
    features = [
        _feature(
            own[n, k],
            {
                "unit": unit.unit_id,
                "call_sign": unit.call_sign,
                "station": unit.station,
                "minutes": minutes,
            },
        )
        for n, unit in enumerate(units)
        for k, minutes in reversed(list(enumerate(ask.limits)))
        if not own[n, k].is_empty
    ]
    return {"type": "FeatureCollection", "features": features}


def _km2(plots: Plots, count: int) -> float:
    return round(count * plots.side_m**2 * _TO_KM2, 2)


def _feature(shape: Any, properties: Json) -> Json:
    thin = shapely.transform(shape, lambda at: np.round(at, _DIGITS))
    return {
        "type": "Feature",
        "geometry": shapely.geometry.mapping(thin),
        "properties": properties,
    }
