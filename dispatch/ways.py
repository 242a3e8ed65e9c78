"""The router of the house: roads, ferries and the sea as last read, else the straight line."""

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.regency import Regency
from dispatch.schema import Passage
from geo.road_schema import SpeedFactor
from geo.roads import in_force, table_of
from geo.routing import Router
from geo.routing.chart import Chart
from geo.routing.crow import CrowRouter
from geo.routing.ferries import FerryLine
from geo.routing.house import HouseRouter
from geo.routing.land import AT_SEA, Abroad, Floats, Lands
from geo.routing.overland import Overland
from geo.routing.rides import Rides
from geo.routing.roads import RoadRouter
from geo.routing.rules import SEA, Hours
from geo.routing.sea import SeaRouter
from geo.schema import Edition, LandMass
from geo.uncertainty.parts import BadLocation
from geo.uncertainty.shore import Beyond, SeaEdge, Shore

ROADS_CHANGED, PASSAGE_CHANGED = "roads.changed", "passage.changed"  # kinds of log rows

log = logging.getLogger(__name__)

Learned = Mapping[tuple[str, str], float]

# A dispatcher who closes a ferry must not wait until 60,000 roads are read again: the network in
# force is kept with what it was built from. Databases (of tests) differ in the first.
_last: dict[tuple[Any, ...], tuple[Regency, RoadRouter, tuple[FerryLine, ...]]] = {}
_building = threading.Lock()


def read_router(session: Session, regency: Regency) -> Router:
    """The network in force, ferries and sea as they are open, speeds as learned."""
    rules, hours = regency.roads, Hours(regency.hours.zone, regency.roads.bands)
    learned, closed = _learned(session), _closed(session)
    roads, ferries = _roads(session, regency, learned)
    lands = _lands(session, regency)
    crow = CrowRouter(regency.speed_kmh, regency.detour, regency.speed_kmh_by_kind, learned, hours)
    _check_quays(lands, rules.ferries)
    return HouseRouter(
        Overland(lands, crow, roads),
        Rides.of((*rules.ferries, *ferries), closed, regency.hours.zone),
        _sea(lands, regency, closed.get(SEA), learned, hours),
    )


def _roads(
    session: Session, regency: Regency, learned: Learned
) -> tuple[RoadRouter | None, tuple[FerryLine, ...]]:
    """The router of the network in force, and the ferries of that network."""
    network = in_force(session)
    if network is None:
        return None, ()
    database = session.connection().engine.url.database
    stamp = (database, network.id, network.sha256, network.loaded_at)
    with _building:
        if stamp not in _last or _last[stamp][0] is not regency:
            table = table_of(session, network)
            router = RoadRouter.of(
                table,
                replace(regency.roads, drives_on=table.drives_on),
                regency.hours.zone,
                slow_by_kind=_slow_by_kind(regency),
            )
            _last.clear()
            _last[stamp] = regency, router, table.ferries
        _, router, ferries = _last[stamp]
    return router.relearned(learned), ferries


def _slow_by_kind(regency: Regency) -> dict[str, float]:
    """The roads' speeds are those of the usual unit; others are slower or quicker on all roads."""
    return {kind: regency.speed_kmh / kmh for kind, kmh in regency.speed_kmh_by_kind.items()}


def _learned(session: Session) -> Learned:
    rows = session.execute(select(SpeedFactor.kind, SpeedFactor.band, SpeedFactor.factor))
    return {(row.kind, row.band): row.factor for row in rows}


def _closed(session: Session) -> dict[str, str]:
    """Codes of what is closed, with what was noted."""
    rows = session.execute(select(Passage.code, Passage.note).where(~Passage.open))
    return {row.code: row.note for row in rows}


def _lands(session: Session, regency: Regency) -> Lands:
    areas = list(
        session.scalars(
            select(LandMass.area)
            .join(Edition, Edition.id == LandMass.edition_id)
            .where(Edition.in_force)
            .order_by(LandMass.id)
        )
    )
    return Lands.of(areas, regency.shore_m, _abroad(areas, regency.sea) if areas else None)


def _abroad(areas: list[BaseGeometry], sea: SeaEdge | None) -> Abroad:
    """Tells the land of the neighbours from the sea, by the edge that is nearest."""
    try:
        shore = Shore.of(areas, sea)
    except BadLocation:  # does not fit this edition; dispatch.ground has said so
        shore = Shore.of(areas, None)
    return partial(_is_outside, shore)


def _is_outside(shore: Shore, spots: Floats) -> NDArray[np.bool_]:
    outside: NDArray[np.bool_] = shore.edge_at(spots) == Beyond.OUTSIDE
    return outside


def _check_quays(lands: Lands, ferries: Sequence[FerryLine]) -> None:
    for line in ferries:
        if lands.masses_of([line.start])[0] == AT_SEA:
            log.warning(
                "roads.toml, ferry %s: a quay lies off all land: nobody gets there", line.code
            )


def _sea(
    lands: Lands, regency: Regency, closed: str | None, learned: Learned, hours: Hours
) -> SeaRouter | None:
    """None where the regency has no sea, or no boats."""
    rules = regency.roads.sea
    if rules is None or regency.sea is None or not len(lands.areas):
        return None
    chart = Chart.of(lands, rules.cell_m)
    return None if chart is None else SeaRouter(chart, rules, closed, learned, hours)
