"""The units on duty that can do something, with where they are and where their post is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.rules.workflow import SENDABLE, UnitState
from dispatch.schema import Station, Unit
from geo.point import Point
from geo.routing import Start

POST_M = 300.0  # as near as this to its post it counts as standing there


@dataclass(frozen=True, slots=True)
class Standing:
    """A unit on duty."""

    unit_id: int
    call_sign: str
    kind: str
    skills: frozenset[str]
    by_sea: bool
    free: bool
    at: Point
    station_id: int
    station: str
    post: Point

    @property
    def start(self) -> Start:
        """From where it would set out now."""
        return self.home if self.at_post else Start(self.at, self.kind, self.by_sea)

    @property
    def home(self) -> Start:
        """From where it sets out when it stands at its post."""
        return Start(self.post, self.kind, self.by_sea)

    @property
    def at_post(self) -> bool:
        """Whether it stands there."""
        return self.at.distance_m(self.post) <= POST_M


def standing(session: Session, skills: Collection[str] = ()) -> list[Standing]:
    """Units on duty with all of these skills, by call sign; free or not."""
    rows = session.execute(
        select(
            Unit.id,
            Unit.call_sign,
            Unit.kind,
            Unit.skills,
            Unit.by_sea,
            Unit.state,
            Unit.position,
            Unit.station_id,
            Station.name.label("station"),
            Station.position.label("post"),
        )
        .join(Station, Station.id == Unit.station_id)
        .where(Unit.active, Unit.state != UnitState.OFF_DUTY)
        .where(Unit.skills.contains(sorted(skills)))
        .order_by(Unit.call_sign)
    ).all()
    return [
        Standing(
            r.id, r.call_sign, r.kind, frozenset(r.skills), r.by_sea, r.state in SENDABLE,
            r.position, r.station_id, r.station, r.post,
        )
        for r in rows
    ]  # fmt: skip


def free(units: Sequence[Standing]) -> list[Standing]:
    """Those that can be sent."""
    return [unit for unit in units if unit.free]
