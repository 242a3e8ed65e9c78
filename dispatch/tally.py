"""Counts anew the tickets that changed: what counts of each, and the sums by week."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from dispatch.ground import Ground
from dispatch.rows import AnyRow
from dispatch.rules import standing
from dispatch.rules.ontime import Flag
from dispatch.rules.standing import Held, How, Life
from dispatch.rules.ticketing import TicketKind, TicketState
from dispatch.schema import TicketChange, TicketFact, TicketStep, TicketWeek

AT_ONCE = 2000  # changes of one turn: a second or so
_ALONE = 7_310_010  # advisory lock: several processes have a timer, one counts
# Flags of a ticket that say so of its proof (dispatch.rules.proof).
_ELSEWHERE = frozenset({"bukti_jauh", "bukti_sama"})
SUMS = (
    "received", "returned", "reopened", "closed", "timed", "on_time", "no_proof", "elsewhere",
    "last_minute", "star_n", "star_sum", "dropped",
)  # fmt: skip

_TAKE = text(
    "DELETE FROM ticket_change WHERE id IN"
    " (SELECT id FROM ticket_change ORDER BY id LIMIT :most) RETURNING ticket_id"
)
_TICKETS = text(
    "SELECT id, agency_id, state, kind, category_code, village_code, district_code,"
    "       restricted_group, opened_at, referred_at, here_at, followed_up_at, closed_at, due_at,"
    "       reopens, returns, proof_needed, proofs, flags, stars"
    "  FROM ticket WHERE id = ANY (:ids)"
)
# A ticket counts twice: in the week it came in, and in the week it ended.
HALVES = (
    "SELECT count(*) FILTER (WHERE came) AS received,"
    "       count(*) FILTER (WHERE came AND returned) AS returned,"
    "       count(*) FILTER (WHERE came AND reopened) AS reopened,"
    "       count(*) FILTER (WHERE NOT came AND how = 'selesai') AS closed,"
    "       count(*) FILTER (WHERE NOT came AND on_time IS NOT NULL) AS timed,"
    "       count(*) FILTER (WHERE NOT came AND on_time) AS on_time,"
    "       count(*) FILTER (WHERE NOT came AND no_proof) AS no_proof,"
    "       count(*) FILTER (WHERE NOT came AND elsewhere) AS elsewhere,"
    "       count(*) FILTER (WHERE NOT came AND last_minute) AS last_minute,"
    "       count(stars) FILTER (WHERE NOT came) AS star_n,"
    "       coalesce(sum(stars) FILTER (WHERE NOT came), 0) AS star_sum,"
    "       count(*) FILTER (WHERE NOT came AND how = 'gugur') AS dropped,"
    "       ARRAY[<steps>] AS steps, <keys>"
    "  FROM ticket_fact AS f"
    "  CROSS JOIN LATERAL (VALUES (f.opened_week, true), (f.ended_week, false)) AS h (week, came)"
).replace(
    "<steps>",
    ", ".join(
        f"count(*) FILTER (WHERE came AND step = {n})::integer" for n in range(standing.STEPS + 1)
    ),
)
_ADD = (
    "INSERT INTO ticket_week AS w (grouping, week, agency_id, code, kind, restricted,"
    " <sums>, steps)"
    " SELECT grouping, week, agency, code, kind, restricted, <signed>, ARRAY[<signed steps>]"
    "   FROM (<halves>"
    "   CROSS JOIN LATERAL (VALUES ('opd', f.agency_id, ''),"
    "     ('desa', 0, coalesce(f.village_code, '')),"
    "     ('kecamatan', 0, coalesce(f.district_code, '')), ('kategori', 0, f.category_code))"
    "     AS g (grouping, agency, code)"
    "   WHERE h.week IS NOT NULL AND <which> GROUP BY 14, 15, 16, 17, 18, 19) AS counted"
    " ON CONFLICT (grouping, week, agency_id, code, kind, restricted) DO UPDATE SET"
    " <added>, steps = ARRAY[<added steps>]"
)
_KEYS = (
    "g.grouping, h.week, g.agency, g.code, f.kind, coalesce(f.restricted_group, '') AS restricted"
)


def _adding(which: str) -> str:
    steps = range(1, standing.STEPS + 2)
    return (
        _ADD.replace("<halves>", HALVES.replace("<keys>", _KEYS))
        .replace("<signed steps>", ", ".join(f":sign * steps[{n}]" for n in steps))
        .replace("<signed>", ", ".join(f":sign * {name}" for name in SUMS))
        .replace("<added steps>", ", ".join(f"w.steps[{n}] + excluded.steps[{n}]" for n in steps))
        .replace("<added>", ", ".join(f"{name} = w.{name} + excluded.{name}" for name in SUMS))
        .replace("<sums>", ", ".join(SUMS))
        .replace("<which>", which)
    )


_ADD_SOME = text(_adding("f.ticket_id = ANY (:ids)"))
_ADD_ALL = text(_adding("true"))


def refresh(session: Session, ground: Ground, most: int = AT_ONCE) -> int:
    """Count anew what changed; how many changes there were. 0 also while another process counts.

    Needs the timer's eyes: it counts what nobody else sees.
    """
    if not session.scalar(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ALONE}):
        return 0
    taken = session.scalars(_TAKE, {"most": most}).all()
    ids = sorted(set(taken))
    if ids:
        session.execute(_ADD_SOME, {"sign": -1, "ids": ids})
        session.execute(delete(TicketFact).where(TicketFact.ticket_id.in_(ids)))
        _write(session, ids, ground)
        session.execute(_ADD_SOME, {"sign": 1, "ids": ids})
    return len(taken)


def rebuild(session: Session, ground: Ground) -> int:
    """Count all tickets anew from nothing; how many. For set-up and benches."""
    session.execute(text("SET LOCAL statement_timeout = 0"))  # nobody waits for it
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ALONE})
    for table in (TicketChange, TicketFact, TicketWeek):
        session.execute(delete(table))
    found = session.scalars(text("SELECT id FROM ticket ORDER BY id")).all()
    for ids in _pages(found):
        _write(session, ids, ground)
    session.execute(_ADD_ALL, {"sign": 1})
    return len(found)


def week_of(at: datetime, zone: ZoneInfo) -> date:
    """The Monday of the week in which it was, where the regency is."""
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


def _pages(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]


def _write(session: Session, ids: Sequence[int], ground: Ground) -> None:
    rows = session.execute(_TICKETS, {"ids": list(ids)}).all()
    tangled = [row.id for row in rows if _tangled(row)]
    lives = _lives(session, tangled)
    facts = [_fact(row, lives.get(row.id) or _straight(row), ground) for row in rows]
    if facts:
        session.execute(insert(TicketFact), facts)


def _tangled(row: AnyRow) -> bool:
    """Whether its steps must be read: it was given back, passed on, or opened again."""
    return bool(row.returns or row.reopens or row.here_at != row.referred_at)


def _straight(row: AnyRow) -> list[Held]:
    """The life of a ticket that went one way, from its row: the room, then the agency."""
    if row.referred_at is None:
        looked_at = row.state in (TicketState.NEW, TicketState.VERIFIED)
        return standing.legs([(TicketState.NEW, row.agency_id, row.opened_at)] if looked_at else [])
    return standing.legs(
        [
            (TicketState.NEW, row.agency_id, row.opened_at),
            (TicketState.REFERRED, row.agency_id, row.referred_at),
        ]
    )


def _lives(session: Session, ids: Collection[int]) -> Mapping[int, list[Held]]:
    steps = (
        select(TicketStep.ticket_id, TicketStep.state, TicketStep.agency_id, TicketStep.at)
        .where(TicketStep.ticket_id.in_(ids))
        .order_by(TicketStep.ticket_id, TicketStep.id)
    )
    of: dict[int, list[Any]] = {}
    for ticket_id, state, agency_id, at in session.execute(steps) if ids else ():
        of.setdefault(ticket_id, []).append((state, agency_id, at))
    return {ticket_id: standing.legs(some) for ticket_id, some in of.items()}


def _clocked(row: AnyRow, ground: Ground) -> bool:
    clock_class = ground.catalogue.category(row.category_code).clock
    return ground.regency.clocks.terms(row.kind, clock_class).done is not None


def _fact(row: AnyRow, held: Sequence[Held], ground: Ground) -> dict[str, Any]:
    life = Life(
        TicketState(row.state), row.agency_id, row.opened_at, row.due_at,
        row.followed_up_at, row.closed_at, row.reopens,
    )  # fmt: skip
    of = standing.verdict(life, _clocked(row, ground))
    zone, flags = ground.regency.hours.zone, frozenset(row.flags)
    done = of.how is How.DONE
    return {
        "ticket_id": row.id,
        "agency_id": standing.charged(life, held, row.kind == TicketKind.EMERGENCY),
        "kind": row.kind,
        "category_code": row.category_code,
        "village_code": row.village_code,
        "district_code": row.district_code,
        "restricted_group": row.restricted_group,
        "how": str(of.how),
        "opened_at": row.opened_at,
        "due_at": of.due_at,
        "opened_week": week_of(row.opened_at, zone),
        "ended_week": None if of.ended_at is None else week_of(of.ended_at, zone),
        "on_time": of.on_time,
        "step": None
        if of.done_at is None
        else standing.step_of(ground.regency.clocks.working_s(row.opened_at, of.done_at, row.kind)),
        "returned": row.returns > 0,
        "reopened": standing.reopened(held),
        "no_proof": done and row.proof_needed and row.proofs == 0,
        "elsewhere": done and bool(flags & _ELSEWHERE),
        "last_minute": done and Flag.LAST_MINUTE in flags,
        "stars": row.stars if done else None,
    }
