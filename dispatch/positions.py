"""Where units are, as their devices say: taken, told, kept for a while, and forgotten."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dispatch.errors import Unknown
from dispatch.log import Cursor
from dispatch.prepared import Prepared
from dispatch.regency.positions import PositionRules
from dispatch.rows import AnyRow
from dispatch.rules.fixes import Fix, Flag, Judged, Standing, is_worth_keeping, judge_all
from dispatch.schema import Unit, UnitFix
from geo.point import Point

MOST_AT_ONCE = 500  # fixes in one request
LONGEST_TRACK = 20_000
PURGED_AT_ONCE = 20_000  # so that a purge holds no lock for long
# A fix can become visible this much later than its stamp says: the server ends a transaction
# that takes longer, and clocks of two servers differ a little.
OVERLAP_S = 30.0


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the fixes that were sent; numbered as they were sent."""

    taken: int  # believed, or known already
    flagged: tuple[Judged, ...] = ()


# A fix lost in a crash is followed by the next one: its commit need not wait for the disk.
_READ = Prepared(
    "read_standing",
    "SELECT set_config('synchronous_commit', 'off', true), unit.by_sea, unit.fix_at,"
    "       ST_X(unit.position) AS lon, ST_Y(unit.position) AS lat, unit.fix_accuracy_m,"
    "       unit.fix_flag, kept.at AS kept_at, ST_X(kept.position) AS kept_lon,"
    "       ST_Y(kept.position) AS kept_lat"
    "  FROM unit LEFT JOIN LATERAL ("
    "       SELECT at, position FROM unit_fix"
    "        WHERE unit_fix.unit_id = unit.id AND unit_fix.at <= :ahead AND flag IS NULL"
    "        ORDER BY at DESC LIMIT 1) AS kept ON true"
    " WHERE unit.id = :unit AND unit.active FOR NO KEY UPDATE OF unit",
)
_MOVE = Prepared(
    "move_unit",
    "UPDATE unit SET position = ST_SetSRID(ST_MakePoint(:lon, :lat), 4326), fix_at = :at,"
    "       fix_received_at = :now, fix_accuracy_m = :accuracy_m, fix_speed_ms = :speed_ms,"
    "       fix_heading = :heading, fix_flag = :flag WHERE id = :unit",
)
_FLAG = Prepared(
    "flag_unit", "UPDATE unit SET fix_flag = :flag, fix_received_at = :now WHERE id = :unit"
)
_KEEP = Prepared(
    "keep_fixes",
    "INSERT INTO unit_fix (unit_id, at, received_at, position, accuracy_m, speed_ms, heading,"
    "                      source, flag)"
    " SELECT :unit, at, :now, ST_SetSRID(ST_MakePoint(lon, lat), 4326), accuracy_m, speed_ms,"
    "        heading, :source, flag"
    "   FROM unnest(CAST(:ats AS timestamptz[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]),"
    "               CAST(:accuracies AS float8[]), CAST(:speeds AS float8[]),"
    "               CAST(:headings AS float8[]), CAST(:flags AS text[]))"
    "     AS sent (at, lon, lat, accuracy_m, speed_ms, heading, flag)"
    "     ON CONFLICT (unit_id, at) DO NOTHING",  # a repeated request
)


def take_fixes(
    session: Session,
    unit_id: int,
    fixes: Sequence[Fix],
    source: str,
    now: datetime,
    rules: PositionRules,
) -> Taken:
    """Move the unit to its newest believable fix, and keep what the history gains by.

    What was sent before counts once. No row of the log: the live wire tells of moved units.
    source   halaman, osmand, owntracks, demo
    Raises Unknown where there is no such unit in service, or none for the scope.
    """
    ahead = now + timedelta(seconds=rules.limits.ahead_s)
    row = _READ.run(session, {"unit": unit_id, "ahead": ahead}).one_or_none()
    if row is None:
        raise Unknown(f"unit {unit_id}")
    standing = Standing(_last(row), _jumped(session, unit_id, row))
    fresh = {n: fix for n, fix in enumerate(fixes) if not _is_known(fix, standing.last)}
    numbers = list(fresh)
    judged = [
        Judged(numbers[j.n], j.fix, j.flag)
        for j in judge_all(fresh.values(), standing, now, rules.limits, row.by_sea)
    ]
    if judged:
        _settle(session, unit_id, judged, standing, now)
        _keep(session, unit_id, _worth_keeping(judged, _kept(row), rules), source, now)
    flagged = tuple(sorted((j for j in judged if j.flag), key=lambda j: j.n))
    return Taken(taken=len(fixes) - len(flagged), flagged=flagged)


def _settle(
    session: Session, unit_id: int, judged: Sequence[Judged], standing: Standing, now: datetime
) -> None:
    """The unit stands at the newest believed fix; a doubtful one after that leaves its flag."""
    newest, believed = judged[-1], [j.fix for j in judged if j.flag is None]
    if believed:
        _MOVE.run(session, _move_values(unit_id, believed[-1], newest.flag, now))
    elif standing.last is None or newest.fix.at > standing.last.at:
        _FLAG.run(session, {"unit": unit_id, "flag": newest.flag, "now": now})


def _move_values(unit_id: int, fix: Fix, flag: Flag | None, now: datetime) -> Mapping[str, object]:
    return {
        "unit": unit_id,
        "lon": fix.point.lon,
        "lat": fix.point.lat,
        "at": min(fix.at, now),  # no age is below zero: a clock a little ahead is put right
        "now": now,
        "accuracy_m": fix.accuracy_m,
        "speed_ms": fix.speed_ms,
        "heading": fix.heading,
        "flag": flag,
    }


def _worth_keeping(
    judged: Iterable[Judged], kept: Fix | None, rules: PositionRules
) -> list[Judged]:
    """Thinned by time and way; what was not believed for its place or clock stays as evidence."""
    worth = []
    for one in judged:
        if one.flag in (Flag.AHEAD, Flag.JUMP):
            worth.append(one)
        elif is_worth_keeping(kept, one.fix, rules.keep_each_s, rules.keep_each_m):
            worth.append(one)
            kept = one.fix
    return worth


def _keep(
    session: Session, unit_id: int, worth: Sequence[Judged], source: str, now: datetime
) -> None:
    if not worth:
        return
    _KEEP.run(
        session,
        {
            "unit": unit_id,
            "now": now,
            "source": source,
            "ats": [j.fix.at for j in worth],
            "lons": [j.fix.point.lon for j in worth],
            "lats": [j.fix.point.lat for j in worth],
            "accuracies": [j.fix.accuracy_m for j in worth],
            "speeds": [j.fix.speed_ms for j in worth],
            "headings": [j.fix.heading for j in worth],
            "flags": [j.flag for j in worth],
        },
    )


def _last(row: AnyRow) -> Fix | None:
    """The newest believed fix; None for a unit that is only thought to be at its station."""
    if row.fix_at is None:
        return None
    return Fix(Point(lon=row.lon, lat=row.lat), row.fix_at, row.fix_accuracy_m)


def _kept(row: AnyRow) -> Fix | None:
    if row.kept_at is None:
        return None
    return Fix(Point(lon=row.kept_lon, lat=row.kept_lat), row.kept_at)


def _jumped(session: Session, unit_id: int, row: AnyRow) -> Fix | None:
    """The jump that came last, while nothing believable came after it."""
    if row.fix_flag is None:  # another doubtful fix after the jump does not undo it
        return None
    found = session.execute(
        select(
            UnitFix.at,
            func.ST_X(UnitFix.position).label("lon"),
            func.ST_Y(UnitFix.position).label("lat"),
            UnitFix.accuracy_m,
        )
        .where(UnitFix.unit_id == unit_id, UnitFix.flag == Flag.JUMP)
        .order_by(UnitFix.at.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    return Fix(Point(lon=found.lon, lat=found.lat), found.at, found.accuracy_m)


def _is_known(fix: Fix, last: Fix | None) -> bool:
    """Sent again, because the answer was lost on its way."""
    return last is not None and (fix.at, fix.point) == (last.at, last.point)


def purge(session: Session, now: datetime, rules: PositionRules) -> int:
    """Forget fixes that are older than the rules allow; how many went.

    No more than PURGED_AT_ONCE: come again while it is that many.
    """
    gone = session.execute(
        text(
            "DELETE FROM unit_fix WHERE id IN (SELECT id FROM unit_fix"
            " WHERE received_at < :before ORDER BY received_at LIMIT :most)"
            " RETURNING id"
        ),
        {"before": now - timedelta(days=rules.keep_days), "most": PURGED_AT_ONCE},
    )
    return len(gone.all())


def track(session: Session, unit_id: int, since: datetime) -> Sequence[AnyRow]:
    """Fixes kept of the unit since then, oldest first: at, lon, lat, accuracy_m, flag.

    The newest LONGEST_TRACK of them, where there are more.
    Raises Unknown where there is no such unit, or none to see.
    """
    if session.scalar(select(Unit.id).where(Unit.id == unit_id)) is None:
        raise Unknown(f"unit {unit_id}")
    newest_first = (
        select(
            UnitFix.at,
            func.ST_X(UnitFix.position).label("lon"),
            func.ST_Y(UnitFix.position).label("lat"),
            UnitFix.accuracy_m,
            UnitFix.flag,
        )
        .where(UnitFix.unit_id == unit_id, UnitFix.at >= since)
        .order_by(UnitFix.at.desc())
        .limit(LONGEST_TRACK)
    )
    return session.execute(newest_first).all()[::-1]


def heard_since(session: Session, moment: datetime | None) -> dict[int, datetime]:
    """When each unit was last heard of, by its id: those heard after the moment (None: all)."""
    heard = select(Unit.id, Unit.fix_received_at).where(Unit.fix_received_at.is_not(None))
    if moment is not None:
        heard = heard.where(Unit.fix_received_at > moment)
    return {row.id: row.fix_received_at for row in session.execute(heard)}


_CURSOR_AT = text(
    "SELECT at FROM log_entry WHERE (xid, id) <= (CAST(:xid AS xid8), :id)"
    " ORDER BY xid DESC, id DESC LIMIT 1"
)


def heard_since_cursor(session: Session, cursor: Cursor) -> dict[int, datetime]:
    """As heard_since, from the place in the log on: rather too many units than one too few.

    A cursor has no time. The row before it is older than the cursor, if only by a night.
    """
    at = session.scalar(_CURSOR_AT, {"xid": str(cursor.xid), "id": cursor.id})
    return heard_since(session, at and at - timedelta(seconds=OVERLAP_S))
