"""What the page of a village shows beside its open cases: parts, what was done, what was said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dispatch.neighbourhoods import Counted, count_open
from dispatch.rules.workflow import IncidentState
from dispatch.schema import Incident, Photo
from dispatch.schema.villages import VillageMark
from geo.village_schema import VillageFacts

DONE_WITHIN = timedelta(days=30)
MOST_DONE = 100
# Ends that speak of the case. That a report was false, or came twice, speaks of who called; and
# other words may name somebody. Of these the page says only that the case was closed.
TOLD_OUTCOMES = frozenset({"ditangani", "dirujuk", "tidak_ditemukan", "bukan_wewenang"})


@dataclass(frozen=True, slots=True)
class Done:
    """A case that was closed lately, with the ids of its pictures, the oldest first."""

    id: int
    category_code: str
    opened_at: datetime
    closed_at: datetime
    outcome: str | None  # None: closed, and no more is told
    photos: Sequence[int]


@dataclass(frozen=True, slots=True)
class VillagePage:
    """As far as the head of the village may see it."""

    population: int | None
    counted: Counted
    done: Sequence[Done]
    marks: Mapping[int, Sequence[Any]]  # what was said in the own name, by case, oldest first


def page_of(session: Session, village_code: str, now: datetime) -> VillagePage:
    """Row security cuts all of it to the own village, and pictures to what is in public space."""
    population = session.scalar(
        select(VillageFacts.population).where(VillageFacts.code == village_code)
    )
    return VillagePage(
        population,
        count_open(session, village_code),
        _done(session, village_code, now),
        _marks(session, village_code),
    )


def _done(session: Session, village_code: str, now: datetime) -> list[Done]:
    rows = session.execute(
        select(
            Incident.id,
            Incident.category_code,
            Incident.opened_at,
            Incident.closed_at,
            Incident.outcome,
        )
        .where(Incident.village_code == village_code, Incident.state == IncidentState.CLOSED)
        .where(Incident.closed_at >= now - DONE_WITHIN)
        .order_by(Incident.closed_at.desc(), Incident.id)
        .limit(MOST_DONE)
    ).all()
    photos = _photos(session, [row.id for row in rows])
    return [
        Done(
            row.id,
            row.category_code,
            row.opened_at,
            row.closed_at,
            row.outcome if row.outcome in TOLD_OUTCOMES else None,
            photos.get(row.id, ()),
        )
        for row in rows
    ]


def _photos(session: Session, incident_ids: Sequence[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    query = select(Photo.incident_id, Photo.id).where(Photo.incident_id.in_(incident_ids))
    for row in session.execute(query.order_by(Photo.at, Photo.id)):
        found.setdefault(row.incident_id, []).append(row.id)
    return found


def _marks(session: Session, village_code: str) -> dict[int, list[Any]]:
    rows = session.execute(
        select(VillageMark.incident_id, VillageMark.kind, VillageMark.at, VillageMark.moved)
        .join(Incident, Incident.id == VillageMark.incident_id)
        .where(VillageMark.village_code == village_code, Incident.state != IncidentState.CLOSED)
        .order_by(VillageMark.at, VillageMark.id)
    )
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(row.incident_id, []).append(row)
    return found
