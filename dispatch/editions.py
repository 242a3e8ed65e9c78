"""What another edition of the boundaries means for the work, and the switch to it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.log import record
from dispatch.rules.workflow import IncidentState
from geo.boundaries import publish
from geo.schema import Edition

# Per open incident that would lie elsewhere: its village now, and under the other edition.
# Placed as a call is: the village that covers the pin, on a shared border the lowest code;
# off all of them the nearest within shore_m. Leans on ix_incident_open and ix_village_area.
_MOVES = text(
    """
    SELECT was.code AS old_code, was.name AS old_name, becomes.code AS new_code,
      becomes.name AS new_name, count(*) AS incidents
    FROM incident
    LEFT JOIN village AS was ON was.id = incident.village_id
    LEFT JOIN LATERAL (
      SELECT village.code, village.name
      FROM village
      WHERE village.edition_id = :edition_id
        AND village.area && ST_Expand(incident.pin, CAST(:shore_deg AS float8))
        AND ST_DWithin(village.area::geography, incident.pin::geography, :shore_m)
      ORDER BY CASE WHEN ST_Covers(village.area, incident.pin) THEN 0
                    ELSE ST_Distance(village.area::geography, incident.pin::geography) END,
        village.code
      LIMIT 1
    ) AS becomes ON true
    WHERE incident.state <> :closed
      AND incident.pin IS NOT NULL
      AND was.code IS DISTINCT FROM becomes.code
    GROUP BY 1, 2, 3, 4
    ORDER BY incidents DESC, old_code NULLS LAST, new_code NULLS LAST
    """
)
_OPEN = text("SELECT count(*) FROM incident WHERE state <> :closed AND pin IS NOT NULL")


@dataclass(frozen=True, slots=True)
class Move:
    """Open incidents that lie in one village now and would lie in another."""

    old_code: str | None  # None: outside every village
    old_name: str | None
    new_code: str | None
    new_name: str | None
    incidents: int


def moves(session: Session, edition_id: int, shore_m: float = 0.0) -> list[Move]:
    """How many open incidents would change village under that edition, most first.

    Incidents keep the edition under which they were placed: this is what would differ if they
    were placed today. Unpinned ones are not counted.
    """
    rows = session.execute(
        _MOVES,
        {
            "edition_id": edition_id,
            "closed": IncidentState.CLOSED.value,
            "shore_m": shore_m,
            "shore_deg": shore_m / 100_000,  # a little more than shore_m anywhere in the country
        },
    )
    return [Move(*row) for row in rows]


def open_incidents(session: Session) -> int:
    """How many open incidents have a pin."""
    count: int = session.execute(_OPEN, {"closed": IncidentState.CLOSED.value}).scalar_one()
    return count


def switch(session: Session, edition_id: int, now: datetime) -> Edition:
    """Puts the edition in force and logs it; open incidents keep theirs. The caller commits.

    Raises geo.boundaries.faults.Unusable: UNKNOWN_KEY, IN_FORCE.
    """
    edition = publish.switch(session, edition_id, now)
    # Running servers read their villages anew when they see this row.
    record(session, "edition.switched", edition_id=edition.id, edition=edition.key)
    return edition
