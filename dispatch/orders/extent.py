"""How much an incident asks for, and who had to be told of it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import ChangedMeanwhile, IllegalMove, Unknown
from dispatch.orders import rows
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Agency, Incident, Told
from dispatch.scope import check_group, scope_of

HIGHEST = 9


def set_level(session: Session, incident_id: int, level: int, version: int, now: datetime) -> None:
    """Ask for the response plan of that level, 1 to 9; the plan says how many it knows.

    Raises Unknown, ChangedMeanwhile, IllegalMove when the case is closed, GroupOnly.
    """
    [row] = rows.lock_incidents(session, [incident_id])
    check_group(session, row.restricted_group)
    if row.version != version:
        raise ChangedMeanwhile(f"incident {incident_id} is at {row.version}, not {version}")
    if row.state == IncidentState.CLOSED:
        raise IllegalMove("the case is closed")
    session.execute(
        update(Incident)
        .where(Incident.id == incident_id, Incident.version == version)
        .values(level=level, version=version + 1)
    )
    log.record(session, "incident.level", incident_id=incident_id, demo=row.demo, level=level)


def told(session: Session, incident_id: int, agency_id: int, now: datetime) -> None:
    """Keep that the agency was told of the incident; the first time counts.

    Raises Unknown, GroupOnly.
    """
    row = rows.incident(session, incident_id)
    check_group(session, row.restricted_group)
    known = select(Agency.id).where(Agency.id == agency_id)
    if session.scalar(known) is None:
        raise Unknown(f"agency {agency_id}")
    scope = scope_of(session)
    session.execute(
        insert(Told)
        .values(
            incident_id=incident_id,
            agency_id=agency_id,
            at=now,
            by_user=scope.user_id,
            by_name=scope.name,
            restricted_group=row.restricted_group,
        )
        .on_conflict_do_nothing()
    )
    log.record(session, "agency.told", incident_id=incident_id, demo=row.demo, agency=agency_id)
