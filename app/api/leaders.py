"""/api/leaders: figures of a period, what is late; /api/agency-figures: the same of one agency."""

from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from app.api import wire_tickets
from app.api.reading import query_whole
from app.api.reading_filters import only_known
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import figures, leaders, ticket_file
from dispatch.figures import Asked, Figures
from dispatch.ground import Ground
from dispatch.leaders import After, LateAsked, Overview, Ranked
from dispatch.rules import standing
from dispatch.rules.ticketing import TicketKind

bp = Blueprint("leaders", __name__)

WORDS = ("since", "until", "kind", "by")
_NARROWED = ("kind", "agency", "village", "district", "category", "after", "limit")
_USUAL = timedelta(weeks=4)


@bp.get("/api/leaders")
@needs(Right.SEE_LEADERS)
def get_leaders() -> Json:
    """Figures of all that the leader may see."""
    return _figures()


@bp.get("/api/leaders/late")
@needs(Right.SEE_LEADERS)
def get_late() -> Json:
    """What is late now, the longest first."""
    return _late()


@bp.get("/api/agency-figures")
@needs(Right.WORK_TICKET)
def get_own() -> Json:
    """Figures of the officer's own agency: row security cuts them."""
    return _figures()


@bp.get("/api/agency-figures/late")
@needs(Right.WORK_TICKET)
def get_own_late() -> Json:
    """What is late now with the own agency."""
    return _late()


def _figures() -> Json:
    only_known(WORDS)
    ground, now = parts().ground(), parts().now()
    asked = asked_for(ground)
    with parts().transaction(me().scope) as session:
        found = leaders.overview(session, asked, now, ground)
    return overview(found, ground)


def _late() -> Json:
    only_known(_NARROWED)
    ground, now, scope = parts().ground(), parts().now(), me().scope
    asked, after = late_asked(ground), _after()
    most = query_whole("limit", default=leaders.PAGE, most=leaders.MOST_LATE)
    with parts().transaction(scope) as session:
        found, following = leaders.late(session, asked, now, after, most)
        listed = ticket_file.rows(session, [row.id for row in found])
    counts = {row.id: row.counts_for for row in found}
    tickets = [wire_tickets.row(of, ground, scope, now) for of in listed]
    for ticket, of in zip(tickets, listed, strict=True):
        ticket["counts_for"] = _counts_for(counts[ticket["id"]], ground)
        ticket["over"] = _over(of.row.due_at, of.row.kind, ground, now)
    return {
        "tickets": tickets,
        "next": None if following is None else str(following),
        "as_of": time_of(now),
    }


def _counts_for(agency_id: int | None, ground: Ground) -> Json | None:
    if agency_id == standing.ROOM:
        return {"code": "", "short": _("Ruang 112")}
    return wire_tickets.agency(agency_id, ground)


def _over(due_at: datetime, kind: str, ground: Ground, now: datetime) -> Json:
    """By how much its time for completion is over, as its kind counts it."""
    clocks = ground.regency.clocks
    return {
        "s": round(clocks.working_s(due_at, now, kind)),
        "day_s": round(clocks.day_s(kind)),
        "wall": clocks.is_wall(kind),
    }


def asked_for(ground: Ground) -> Asked:
    """The period, in whole weeks; the last four with this one where none is given.

    Raises BadRequestField.
    """
    now = parts().now()
    this = leaders.this_week(now, ground)
    week, until = timedelta(weeks=1), _day("until") or this
    since = _day("since") or _monday(until) - _USUAL + week
    if since > until:
        raise BadRequestField("since", _("since: hari pertama harus sebelum hari terakhir"))
    asked = Asked(
        _monday(since),
        _monday(until) + week,
        _one_of("by", figures.GROUPINGS) or "opd",
        _one_of("kind", [kind.value for kind in TicketKind]),
    )
    if asked.until - asked.since > leaders.MOST_WEEKS * week:
        raise BadRequestField(
            "since", _("since: paling lama %(n)s minggu sebelum until", n=leaders.MOST_WEEKS)
        )
    return asked


def late_asked(ground: Ground) -> LateAsked:
    """Which of the late ones. Raises BadRequestField."""
    agencies = {a.code: a.id for a in ground.catalogue.agencies.values()}
    agency = _one_of("agency", sorted(agencies))
    return LateAsked(
        _one_of("kind", [kind.value for kind in TicketKind]),
        None if agency is None else agencies[agency],
        _code("village", ground.by_code),
        _code("district", {v.district_code for v in ground.by_code.values()}),
        _code("category", ground.catalogue.categories),
    )


def overview(found: Overview, ground: Ground) -> Json:
    """Figures as JSON; shares 0 to 1, times in seconds, None where there are too few to tell."""
    asked, clocks = found.asked, ground.regency.clocks
    kind = asked.kind or TicketKind.COMPLAINT
    return {
        "since": asked.since.isoformat(),
        "until": (asked.until - timedelta(days=1)).isoformat(),
        "by": asked.by,
        "kind": asked.kind,
        "as_of": time_of(found.as_of),
        "least": standing.LEAST,
        "wall": found.wall,
        "day_s": round(clocks.day_s(kind)),
        "left_out": found.left_out,
        "total": _of(found.total),
        "rows": [_ranked(row, asked.by, ground) for row in found.rows],
        "trend": [
            {
                "week": week.week.isoformat(),
                "received": week.received,
                "closed": week.closed,
                "timed": week.timed,
                "on_time": week.on_time,
            }
            for week in found.trend
        ],
    }


def _ranked(row: Ranked, by: str, ground: Ground) -> Json:
    code, name = row.code, row.name
    if by == "opd":
        known = ground.catalogue.agencies.get(int(code))
        code = known.code if known else ""
        name = name if known else _("Ruang 112")
    return {"code": code, "name": name, "rank": row.rank} | _of(row.figures)


def _of(of: Figures) -> Json:
    share, (median_s, p90_s) = of.share(), of.times_s()
    return {
        "received": of.received,
        "closed": of.closed,
        "open": of.open,
        "late": of.late,
        "oldest_due_at": time_of(of.oldest_due_at),
        "on_time": of.on_time,
        "of": of.timed + of.late,
        "share": share and round(share.p, 4),
        "low": share and round(share.low, 4),
        "high": share and round(share.high, 4),
        "median_s": median_s and round(median_s),
        "p90_s": p90_s and round(p90_s),
        "returned": of.returned,
        "reopened": of.reopened,
        "no_proof": of.no_proof,
        "elsewhere": of.elsewhere,
        "last_minute": of.last_minute,
        "stars": of.stars(),
        "star_n": of.star_n,
        "dropped": of.dropped,
    }


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _day(field: str) -> date | None:
    written = request.args.get(field)
    if written is None:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2200:
        raise BadRequestField(field, _("%(field)s: beri hari seperti 2026-11-22", field=field))
    return day


def _one_of(field: str, known: Any) -> str | None:
    written = request.args.get(field)
    if written is not None and written not in known:
        raise BadRequestField(
            field,
            _("%(field)s: beri salah satu dari %(known)s", field=field, known=", ".join(known)),
        )
    return written


def _code(field: str, known: Any) -> str | None:
    written = request.args.get(field)
    if written is not None and written not in known:
        raise BadRequestField(field, _("%(field)s: kode itu tidak dikenal", field=field))
    return written


def _after() -> After | None:
    written = request.args.get("after")
    if written is None:
        return None
    try:
        return After.parse(written, parts().now())
    except (ValueError, OverflowError, OSError):
        raise BadRequestField(
            "after", _("after: beri apa yang tertulis di next halaman sebelumnya")
        ) from None
