"""What the screens show: all that is open now, or all that changed since. Cut by row security."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, cast, func, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.errors import Unknown
from dispatch.log import Cursor
from dispatch.rows import AnyRow, AnySelect
from dispatch.rules.doubt import UNSURE
from dispatch.rules.workflow import AssignmentState, IncidentState
from dispatch.schema import Agency, Assignment, Incident, Station, Unit
from dispatch.scope import Role, Scope, scope_of
from geo.schema import Edition, Village

MOST_UNSURE = 200  # a worklist that nobody can work off helps nobody
MOST_ON_SCREEN = 5000  # beyond that the clustered tiles of a later issue are the way


@dataclass(frozen=True, slots=True)
class VillageLoad:
    """Open incidents of one village, as far as the asker may count them."""

    open: int
    urgent: int  # priority 1
    oldest_at: datetime | None


@dataclass(frozen=True, slots=True)
class Board:
    """Present states, not steps: to show them twice, or to miss one in between, does no harm."""

    cursor: Cursor  # the log up to which these states are sure to reach
    incidents: Sequence[AnyRow]
    units: Sequence[AnyRow]
    load: Mapping[str, VillageLoad]


def now(session: Session) -> Board:
    """Open incidents, most urgent first, units on duty, and the load of each village."""
    cursor = log.here(session)  # first the place in the log, then the states
    incidents = session.execute(
        _incidents()
        .where(Incident.state != IncidentState.CLOSED)
        .order_by(Incident.priority, Incident.opened_at)
        .limit(MOST_ON_SCREEN)
    ).all()
    units = session.execute(_units().where(Unit.active).order_by(Unit.call_sign)).all()
    return Board(cursor, incidents, units, load(session))


def incidents_of(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """The incidents of these ids that may be seen, as they stand now."""
    if not ids:
        return []
    return session.execute(_incidents().where(Incident.id.in_(ids))).all()


def incident_of(session: Session, incident_id: int) -> AnyRow:
    """One incident with all that is kept of its place. Raises Unknown: none, or none to see."""
    found = session.execute(_incidents(whole=True).where(Incident.id == incident_id)).one_or_none()
    if found is None:
        raise Unknown(f"incident {incident_id}")
    return found


def unsure(session: Session) -> Sequence[AnyRow]:
    """Open incidents whose place is in doubt: the more urgent and doubtful first, then the older.

    With all that is kept of their places.
    """
    weight = (5 - Incident.priority) * Incident.doubt
    return session.execute(
        _incidents(whole=True)
        .where(Incident.state != IncidentState.CLOSED)
        .where(or_(Incident.doubt > UNSURE, Incident.contradictions != cast([], ARRAY(Text))))
        .order_by(weight.desc(), Incident.opened_at, Incident.id)
        .limit(MOST_UNSURE)
    ).all()


def units_of(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """The units of these ids that may be seen, as they stand now."""
    if not ids:
        return []
    return session.execute(_units().where(Unit.id.in_(ids))).all()


_ROWS = text(
    "SELECT village_code, count(*) AS open, count(*) FILTER (WHERE priority = 1) AS urgent,"
    "       min(opened_at) AS oldest_at"
    "  FROM incident WHERE state <> 'ditutup' AND village_code IS NOT NULL"
    # A village head sees what may lie in the own village, too; it counts where it is counted to.
    "   AND (CAST(:only AS text) IS NULL OR village_code = :only) GROUP BY village_code"
)
_COUNTS = text("SELECT village_code, open, urgent, oldest_at FROM open_load()")


def load(session: Session) -> dict[str, VillageLoad]:
    """Open incidents by village code. A planner may count, but see no row."""
    scope = scope_of(session)
    counts_only = scope.role == Role.PLANNER
    rows = session.execute(_COUNTS) if counts_only else session.execute(_ROWS, _only(scope))
    return {r.village_code: VillageLoad(r.open, r.urgent, r.oldest_at) for r in rows}


def closed_since(session: Session, moment: datetime) -> int:
    """How many incidents were closed since then, of those that may be seen."""
    closed = select(func.count()).where(Incident.closed_at >= moment)
    if (only := _only(scope_of(session))["only"]) is not None:
        closed = closed.where(Incident.village_code == only)
    return session.scalar(closed) or 0


def _only(scope: Scope) -> dict[str, str | None]:
    """The one village whose incidents a village head counts; None: all that are seen."""
    return {"only": scope.village_code if scope.role == Role.VILLAGE_HEAD else None}


def has_demo(session: Session) -> bool:
    """Whether anything invented stands among the rows (a count that betrays no content)."""
    return bool(session.scalar(text("SELECT demo_is_on()")))


# What is only drawn, and only of one incident at a time.
_HEAVY = cast(["outline", "shape"], ARRAY(Text))


def _incidents(whole: bool = False) -> AnySelect:
    """Incidents as the screens need them; `whole` with the shape of where each may be."""
    place = Incident.location if whole else Incident.location.op("-", return_type=JSONB())(_HEAVY)
    out = (
        select(
            func.coalesce(
                func.array_agg(aggregate_order_by(Unit.call_sign, Assignment.sent_at)),
                text("'{}'"),
            )
        )
        .select_from(Assignment)
        .join(Unit, Unit.id == Assignment.unit_id)
        .where(
            Assignment.incident_id == Incident.id,
            Assignment.released_at.is_(None),
            Assignment.state != AssignmentState.PROPOSED,
        )
        .correlate(Incident)
        .scalar_subquery()
    )
    parts = (
        select(func.coalesce(func.array_agg(Assignment.part), text("'{}'")))
        .where(
            Assignment.incident_id == Incident.id,
            Assignment.part.is_not(None),
            # what was done stays done: a pump that is on its way home need not come again
            Assignment.state.not_in(
                [AssignmentState.PROPOSED, AssignmentState.CANCELLED, AssignmentState.DIVERTED]
            ),
        )
        .correlate(Incident)
        .scalar_subquery()
    )
    return (
        select(
            Incident.id,
            Incident.category_code,
            Incident.priority,
            Incident.state,
            Incident.place_text,
            func.ST_X(Incident.pin).label("lon"),
            func.ST_Y(Incident.pin).label("lat"),
            Incident.village_code,
            Village.name.label("village_name"),
            Village.kind.label("village_kind"),
            Village.district,
            Incident.border_m,
            Incident.off_m,
            Incident.outside,
            place.label("location"),
            Incident.pinned_by,
            Incident.village_p,
            Incident.doubt,
            Incident.also_villages,
            Incident.contradictions,
            Incident.opened_at,
            Incident.closed_at,
            Incident.after_hours,
            Incident.agency_ids,
            Incident.restricted_group,
            Incident.demo,
            Incident.version,
            Edition.key.label("edition"),
            Edition.status.label("edition_status"),
            Incident.level,
            out.label("call_signs"),
            parts.label("parts"),
        )
        .join(Edition, Edition.id == Incident.edition_id)
        .outerjoin(Village, Village.id == Incident.village_id)
    )


# The assignment that a unit is out for, where the asker may see it; a proposal holds nobody.
_OPEN = (
    select(Assignment)
    .where(Assignment.released_at.is_(None), Assignment.state != AssignmentState.PROPOSED)
    .subquery("open_assignment")
)


def _units() -> AnySelect:
    return (
        select(
            Unit.id,
            Unit.call_sign,
            Unit.kind,
            Unit.state,
            Unit.state_since,
            Unit.fix_at,
            Unit.fix_received_at,
            Unit.fix_accuracy_m,
            Unit.fix_speed_ms,
            Unit.fix_heading,
            Unit.fix_flag,
            Unit.crew,
            Unit.shift_ends_at,
            Unit.silent_since,
            Unit.by_sea,
            Unit.skills,
            Unit.active,
            func.ST_X(Unit.position).label("lon"),
            func.ST_Y(Unit.position).label("lat"),
            Agency.short.label("agency"),
            Station.name.label("station"),
            Station.assumed,
            func.ST_X(Station.position).label("station_lon"),
            func.ST_Y(Station.position).label("station_lat"),
            _OPEN.c.id.label("assignment_id"),
            _OPEN.c.incident_id.label("out_for"),
            _OPEN.c.state.label("assignment_state"),
            _OPEN.c.state_since.label("assignment_since"),
            _OPEN.c.version.label("assignment_version"),
            _OPEN.c.part,
            _OPEN.c.eta,
            _OPEN.c.sent_at,
            _OPEN.c.sent_by_name,
            _OPEN.c.ack_due_at,
            _OPEN.c.alarmed_at,
            _OPEN.c.accepted_at,
            _OPEN.c.departed_at,
            _OPEN.c.arrived_at,
            _OPEN.c.help_at,
            _OPEN.c.help_kind,
            _OPEN.c.help_seen_at,
        )
        .join(Agency, Agency.id == Unit.agency_id)
        .join(Station, Station.id == Unit.station_id)
        .outerjoin(_OPEN, _OPEN.c.unit_id == Unit.id)
    )
