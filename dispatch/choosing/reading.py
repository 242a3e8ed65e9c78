"""Rows that the choice is made of: the incident with what was sent, and the units that might go."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from dispatch.errors import Unknown
from dispatch.prepared import Prepared
from dispatch.rows import AnyRow
from dispatch.rules.workflow import AssignmentState, UnitState
from dispatch.schema import Assignment, Incident

_SQL = Path(__file__).parents[1] / "sql"
_CANDIDATES = Prepared("candidates", (_SQL / "candidates.sql").read_text())

FREE = (UnitState.FREE, UnitState.RETURNING)
UNDER_WAY = (UnitState.SENT, UnitState.MOVING)  # may be diverted
# An assignment of these states has brought nothing, or brings it no more.
_NOT_MET = (AssignmentState.PROPOSED, AssignmentState.CANCELLED, AssignmentState.DIVERTED)


def incidents(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """The incidents of these ids that may be seen, in the order of their ids."""
    parts = (
        select(
            func.coalesce(
                func.array_agg(aggregate_order_by(Assignment.part, Assignment.id)), text("'{}'")
            )
        )
        .where(Assignment.incident_id == Incident.id)
        .where(Assignment.part.is_not(None), Assignment.state.not_in(_NOT_MET))
        .correlate(Incident)
        .scalar_subquery()
    )
    return session.execute(
        select(
            Incident.id,
            Incident.pin,
            Incident.location,
            Incident.village_code,
            Incident.category_code,
            Incident.priority,
            Incident.level,
            Incident.agency_ids,
            Incident.opened_at,
            parts.label("parts"),
        )
        .where(Incident.id.in_(list(ids)))
        .order_by(Incident.id)
    ).all()


def incident(session: Session, incident_id: int) -> AnyRow:
    """One of them. Raises Unknown: none, or none to see."""
    found = incidents(session, [incident_id])
    if not found:
        raise Unknown(f"incident {incident_id}")
    return found[0]


def units(
    session: Session,
    states: Iterable[UnitState],
    agencies: Collection[int] = (),
    skills: Collection[str] = (),
    only: int | None = None,
) -> Sequence[AnyRow]:
    """Rows of candidates.sql: of these agencies, or with one of these skills; () and () all."""
    given = {
        "states": [state.value for state in states],
        "agencies": list(agencies),
        "skills": sorted(skills),
        "only": only,
    }
    return _CANDIDATES.run(session, given).all()
