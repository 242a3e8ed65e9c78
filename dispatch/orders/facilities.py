"""Where a patient can be brought: hospitals and health centres, the nearest first."""

import math
from dataclasses import dataclass

from geoalchemy2 import Geography
from sqlalchemy import cast, func, literal, select
from sqlalchemy.orm import Session

from dispatch.schema import Station
from geo.columns import PointColumn
from geo.point import Point
from geo.routing import Router, Start

KINDS = ("rumah_sakit", "puskesmas", "klinik")
MOST = 8


@dataclass(frozen=True, slots=True)
class Facility:
    """A place that takes patients."""

    id: int
    name: str
    kind: str
    distance_m: float  # in a straight line
    travel_s: float | None  # None: no road leads there


def facilities(
    session: Session, near: Point, router: Router, unit_kind: str = ""
) -> list[Facility]:
    """At most 8, those with a road by their time first."""
    away = func.ST_Distance(
        cast(Station.position, Geography), cast(literal(near, PointColumn), Geography)
    )
    rows = session.execute(
        select(Station.id, Station.name, Station.kind, Station.position, away.label("away_m"))
        .where(Station.kind.in_(KINDS))
        .order_by(away)
        .limit(MOST)
    ).all()
    if not rows:
        return []
    times = router.times([Start(near, unit_kind)], [r.position for r in rows])[0]
    found = [
        Facility(r.id, r.name, r.kind, r.away_m, None if math.isnan(time_s) else float(time_s))
        for r, time_s in zip(rows, times, strict=True)
    ]
    return sorted(found, key=lambda f: (f.travel_s is None, f.travel_s or f.distance_m))
