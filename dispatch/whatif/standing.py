"""The plan as it stands: stations and units of the database, all of them round the clock."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.schema import Station, Unit
from dispatch.whatif.plan import Plan, Post, Team


def plan_now(session: Session) -> Plan:
    """Units in service with their stations; a boat, a crew off duty just now: all that there are.

    The database knows no shifts of units: round the clock, until a change says otherwise.
    """
    stations = session.execute(select(Station.id, Station.code, Station.name, Station.position))
    posts = {row.id: Post(row.code, row.name, row.position) for row in stations}
    units = session.execute(
        select(Unit.call_sign, Unit.station_id, Unit.kind, Unit.skills, Unit.by_sea)
        .where(Unit.active)
        .order_by(Unit.call_sign)
    )
    return Plan.of(
        list(posts.values()),
        [
            Team(u.call_sign, posts[u.station_id].code, u.kind, frozenset(u.skills), u.by_sea)
            for u in units
        ],
    )
