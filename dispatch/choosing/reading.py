"""Rows that the choice is made of: the incident with what was sent, and the units that might go."""

from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

from sqlalchemy.orm import Session

from dispatch.errors import Unknown
from dispatch.prepared import Prepared
from dispatch.rows import AnyRow
from dispatch.rules.workflow import AssignmentState, UnitState
from geo.point import Point

_SQL = Path(__file__).parents[1] / "sql"
_CANDIDATES = Prepared("candidates", (_SQL / "candidates.sql").read_text())

FREE = (UnitState.FREE, UnitState.RETURNING)
UNDER_WAY = (UnitState.SENT, UnitState.MOVING)  # may be diverted
# An assignment of these states has brought nothing, or brings it no more.
_NOT_MET = [
    state.value
    for state in (AssignmentState.PROPOSED, AssignmentState.CANCELLED, AssignmentState.DIVERTED)
]
_INCIDENTS = Prepared(
    "cases_to_choose_for",
    "SELECT id, ST_X(pin) AS lon, ST_Y(pin) AS lat, location, village_code, category_code,"
    "       priority, level, agency_ids, opened_at,"
    "       coalesce((SELECT array_agg(part ORDER BY assignment.id) FROM assignment"
    "         WHERE incident_id = incident.id AND part IS NOT NULL"
    "           AND state <> ALL (CAST(:not_met AS text[]))), '{}') AS parts"
    "  FROM incident WHERE id = ANY(CAST(:ids AS bigint[])) ORDER BY id",
)


def incidents(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """The incidents of these ids that may be seen, in the order of their ids."""
    return _INCIDENTS.run(session, {"ids": list(ids), "not_met": _NOT_MET}).all()


def pin_of(row: AnyRow) -> Point | None:
    """Where the incident was put on the map."""
    return None if row.lon is None else Point(lon=row.lon, lat=row.lat)


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
