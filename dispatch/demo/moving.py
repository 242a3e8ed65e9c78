"""Where invented units stand: on the way, at the place, at home again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.rules.workflow import UnitState
from dispatch.schema import Station, Unit
from geo.point import Point

POSITION = "unit.position"  # the kind of log row that a fix leaves
ACCURACY_M = 12.0
ON_THE_ROAD = (UnitState.MOVING, UnitState.CARRYING, UnitState.RETURNING)
NO_FIX = dict.fromkeys(
    (
        "fix_at", "fix_received_at", "fix_accuracy_m", "fix_speed_ms", "fix_heading", "fix_flag"
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trip:
    """A unit on the road for an assignment; where it is follows from the time."""

    unit_id: int
    start: Point
    goal: Point
    travel_s: float
    departed_at: datetime | None = None

    def position_at(self, moment: datetime) -> Point:
        """On the straight line between start and goal."""
        if self.departed_at is None:
            return self.start
        share = (moment - self.departed_at).total_seconds() / max(self.travel_s, 1)
        share = min(max(share, 0.0), 1.0)
        return Point(
            lon=self.start.lon + (self.goal.lon - self.start.lon) * share,
            lat=self.start.lat + (self.goal.lat - self.start.lat) * share,
        )


def place_unit(session: Session, unit_id: int, position: Point, now: datetime) -> None:
    """A fix of a unit, as its own device would send it, marked demo in the log."""
    fix = {"fix_at": now, "fix_received_at": now, "fix_accuracy_m": ACCURACY_M, "fix_flag": None}
    session.execute(update(Unit).where(Unit.id == unit_id).values(position=position, **fix))
    log.record(session, POSITION, unit_id=unit_id, demo=True)


def place_moving(session: Session, trips: Iterable[Trip], now: datetime) -> int:
    """A fix for every unit that is on its way; how many there are."""
    under_way = [trip for trip in trips if trip.departed_at is not None]
    moving = select(Unit.id).where(
        Unit.id.in_([trip.unit_id for trip in under_way]), Unit.state.in_(ON_THE_ROAD)
    )
    ids = set(session.scalars(moving))
    for trip in under_way:
        if trip.unit_id in ids:
            place_unit(session, trip.unit_id, trip.position_at(now), now)
    return len(ids)


def send_home(session: Session, unit_ids: Iterable[int]) -> None:
    """Put units at their stations, as if they had never had a fix."""
    home = select(Station.position).where(Station.id == Unit.station_id).scalar_subquery()
    session.execute(
        update(Unit)
        .where(Unit.id.in_(list(unit_ids)))
        .values(position=home, **NO_FIX)
        .execution_options(synchronize_session=False)
    )
