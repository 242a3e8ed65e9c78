"""The network in force as arrays, for the router."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from geo.point import Point
from geo.road_schema import Ferry, Road, RoadNetwork, TurnBan
from geo.roads.store import in_force
from geo.routing.ferries import FerryLine, sailings_of
from geo.routing.table import Ints, RoadTable


def read_table(session: Session) -> RoadTable | None:
    """The network in force, roads in the order of their ids; None where none is."""
    if (network := in_force(session)) is None:
        return None
    return table_of(session, network)


def table_of(session: Session, network: RoadNetwork) -> RoadTable:
    """Any network that is kept."""
    rows = session.execute(
        select(
            Road.id,
            Road.start,
            Road.finish,
            Road.kind,
            Road.name,
            Road.oneway,
            Road.length_m,
            Road.speed_kmh,
            Road.component,
            func.ST_AsBinary(Road.course),
        )
        .where(Road.network_id == network.id)
        .order_by(Road.id)
    ).all()
    ids, start, finish, kind, names, oneway, length_m, speeds, component, courses = (
        zip(*rows, strict=True) if rows else ((),) * 10
    )
    kinds = sorted(set(kind))
    number = {name: at for at, name in enumerate(kinds)}
    shapes = shapely.from_wkb([bytes(course) for course in courses])
    corners = shapely.get_num_coordinates(shapes)
    road_ids = np.array(ids, dtype=np.int64)
    return RoadTable(
        key=network.key,
        drives_on=network.drives_on,
        start=np.array(start, dtype=np.int32),
        finish=np.array(finish, dtype=np.int32),
        kind=np.array([number[one] for one in kind], dtype=np.int32),
        kinds=tuple(kinds),
        names=tuple(name or "" for name in names),
        oneway=np.array(oneway, dtype=np.bool_),
        length_m=np.array(length_m, dtype=np.float64),
        # float() of None is NaN only through numpy's object arrays.
        speed_kmh=np.array([np.nan if one is None else one for one in speeds], dtype=np.float64),
        component=np.array(component, dtype=np.int32),
        coords=shapely.get_coordinates(shapes),
        offsets=np.concatenate([[0], np.cumsum(corners)]).astype(np.int64),
        road_ids=road_ids,
        bans=_bans(session, network.id, road_ids),
        signals=np.array(network.signals, dtype=np.int32),
        ferries=tuple(_ferries(session, network.id)),
    )


def _bans(session: Session, network_id: int, road_ids: Any) -> Ints:
    rows = session.execute(
        select(TurnBan.from_road, TurnBan.via, TurnBan.to_road)
        .where(TurnBan.network_id == network_id)
        .order_by(TurnBan.id)
    ).all()
    bans = np.array([tuple(row) for row in rows], dtype=np.int64).reshape(-1, 3)
    bans[:, 0] = np.searchsorted(road_ids, bans[:, 0])
    bans[:, 2] = np.searchsorted(road_ids, bans[:, 2])
    return bans.astype(np.int32)


def _ferries(session: Session, network_id: int) -> Iterator[FerryLine]:
    """There and back, each a line of its own."""
    rows = session.execute(
        select(
            Ferry.code,
            Ferry.name,
            Ferry.crossing_s,
            Ferry.every_s,
            Ferry.timetable,
            Ferry.vehicles,
            Ferry.course,
        )
        .where(Ferry.network_id == network_id)
        .order_by(Ferry.code)
    )
    for row in rows:
        line = _line(row)
        yield line
        yield line.back()


def _line(row: Row[Any]) -> FerryLine:
    ends = shapely.get_coordinates(row.course)[[0, -1]].tolist()
    return FerryLine(
        row.code,
        row.name,
        Point(lon=ends[0][0], lat=ends[0][1]),
        Point(lon=ends[1][0], lat=ends[1][1]),
        row.crossing_s,
        row.vehicles,
        sailings_of(row.timetable, row.every_s),
        row.course,
    )
