"""What of our tickets the exchange may tell: read as it sees them, so never a sensitive one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules.ticketing import TicketState
from dispatch.sp4n.mapping import Face, Standing, face_of

SYSTEM_NAME = "sp4n"
LATELY = timedelta(days=90)  # what ended before is told no more, and not compared

_ROWS = """
SELECT t.id, t.incident_id, t.opened_at, t.state, t.kind, t.category_code, t.agency_id,
       t.village_code, t.version, t.demo, l.id AS link_id, l.heard AS heard, answer.id AS answer_id,
       answer.text AS answer, said.said_what AS words, step.reason
  FROM ticket AS t
  LEFT JOIN exchange_link AS l ON l.system = 'sp4n' AND l.ticket_id = t.id
  LEFT JOIN LATERAL (SELECT m.id, m.text FROM ticket_message AS m
     WHERE m.ticket_id = t.id AND m.kind = 'jawaban' ORDER BY m.id DESC LIMIT 1) AS answer ON true
  LEFT JOIN LATERAL (SELECT c.said_what FROM call AS c
     WHERE c.incident_id = t.incident_id ORDER BY c.id LIMIT 1) AS said ON true
  LEFT JOIN LATERAL (SELECT s.reason FROM ticket_step AS s
     WHERE s.ticket_id = t.id ORDER BY s.id DESC LIMIT 1) AS step ON true
 WHERE NOT t.demo AND """
# A case is one report over there: its first ticket speaks for it.
_FIRST = "NOT EXISTS (SELECT FROM ticket AS o WHERE o.incident_id = t.incident_id AND o.id < t.id)"
_TELLABLE = f"""(t.closed_at IS NULL OR t.closed_at > :lately)
   AND (l.id IS NOT NULL OR (t.kind = ANY (:kinds) AND t.opened_at >= :since AND {_FIRST}
     AND NOT EXISTS (SELECT FROM exchange_link AS k WHERE k.incident_id = t.incident_id)))"""
_CHANGED = """(l.id IS NULL OR (l.state = 'selaras'
     AND l.told ->> 'v' IS DISTINCT FROM t.version || '.' || coalesce(answer.id, 0)))"""

_BY_ID = text(_ROWS + "t.id = ANY (:ids)")
_ALL = text(_ROWS + _TELLABLE + " ORDER BY t.id")
_NEWS = text(_ROWS + _TELLABLE + " AND " + _CHANGED + " ORDER BY t.id LIMIT :most")


@dataclass(frozen=True, slots=True)
class Told:
    """A ticket as the other side is to see it."""

    ticket_id: int
    incident_id: int
    link_id: int | None
    mark: str  # version and last answer: whether anything has happened since
    face: Face
    opened_at: datetime
    theirs: bool  # it came from there


def of_tickets(session: Session, ids: Iterable[int], ground: Ground) -> dict[int, Told]:
    """By ticket; what has become sensitive is not there."""
    rows = session.execute(_BY_ID, {"ids": sorted(ids)}).all()
    return {row.id: _told(row, ground) for row in rows}


def tellable(session: Session, now: datetime, ground: Ground) -> Sequence[Told]:
    """All that the other side should have: ours that are told, and theirs that we took."""
    rows = session.execute(_ALL, _bounds(now, ground)).all()
    return [_told(row, ground) for row in rows]


def news(session: Session, now: datetime, ground: Ground, most: int) -> Sequence[Told]:
    """Tickets that were never told, or have changed since, the oldest first."""
    rows = session.execute(_NEWS, _bounds(now, ground) | {"most": most}).all()
    return [_told(row, ground) for row in rows]


def _bounds(now: datetime, ground: Ground) -> dict[str, object]:
    rules, zone = ground.regency.sp4n, ground.regency.hours.zone
    return {
        "kinds": list(rules.tells),
        "since": datetime.combine(rules.since, time.min, zone),
        "lately": now - LATELY,
    }


def _told(row: AnyRow, ground: Ground) -> Told:
    catalogue = ground.catalogue
    village = ground.by_code.get(row.village_code) if row.village_code else None
    standing = Standing(
        state=TicketState(row.state),
        kind=row.kind,
        category=row.category_code,
        category_name=catalogue.category(row.category_code).name("id"),
        agency=catalogue.agencies[row.agency_id].code,
        place=f"{village.name}, {village.district}" if village else "",
        words=row.words or "",
        answer=row.answer or "",
        reason=row.reason,
        remote_words=(row.heard or {}).get("text"),
    )
    mark = f"{row.version}.{row.answer_id or 0}"
    face = face_of(standing, ground.regency.sp4n)
    theirs = standing.remote_words is not None
    return Told(row.id, row.incident_id, row.link_id, mark, face, row.opened_at, theirs)
