"""What the screens show: all that is open now, or all that changed since. Cut by row security."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Text, any_, cast, func, literal_column, or_, select, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, aggregate_order_by
from sqlalchemy.orm import QueryableAttribute, Session

from dispatch import load as loads
from dispatch import log
from dispatch.errors import Unknown
from dispatch.load import Counted, Total
from dispatch.load import VillageLoad as VillageLoad  # for who knows it from here
from dispatch.log import Cursor
from dispatch.prepared import Prepared
from dispatch.rows import AnyRow, AnySelect
from dispatch.rules.doubt import UNSURE
from dispatch.rules.workflow import AssignmentState, IncidentState
from dispatch.schema import Agency, Assignment, Incident, Station, Unit
from dispatch.scope import look_once, scope_of
from geo.schema import Edition, Village

MOST_UNSURE = 200  # a worklist that nobody can work off helps nobody
# More than a screen can hold: the map draws clusters (tiles), the list comes by pages (listing).
MOST_ON_SCREEN = 5000


@dataclass(frozen=True, slots=True)
class Board:
    """Present states, not steps: to show them twice, or to miss one in between, does no harm."""

    cursor: Cursor  # the log up to which these states are sure to reach
    incidents: Sequence[AnyRow]
    units: Sequence[AnyRow]
    load: Counted
    maybe: int = 0  # neighbours' cases that a village head is told; they do not count

    @property
    def total(self) -> Total:
        """Exact, also where not all incidents are on the board."""
        return loads.total(self.load)

    @property
    def truncated(self) -> bool:
        """Whether there are more open incidents than the board holds.

        Not where fewer rows than counts came for another reason: a planner counts and sees no row,
        and a case may be opened between the two questions.
        """
        many = len(self.incidents)
        return many == MOST_ON_SCREEN and many < self.total.open + self.maybe


def now(session: Session, moment: datetime, *, incidents: bool = True, load: bool = True) -> Board:
    """Open incidents, most urgent first, units on duty, and the load of each village.

    moment     late is what is past its time then
    incidents  False: none of them, but all the counts
    load       False: nothing is counted, which at 100,000 takes longer than all the rest
    """
    cursor = log.here(session)  # first the place in the log, then the states
    shown = session.execute(_OPEN_ROWS).all() if incidents else []
    units = session.execute(_units().where(Unit.active).order_by(Unit.call_sign)).all()
    counted = loads.counted(session, moment) if load else {}
    return Board(cursor, shown, units, counted, _maybe(session) if load else 0)


def _maybe(session: Session) -> int:
    """Open incidents that are seen, but count elsewhere."""
    own = loads.only_village(scope_of(session))
    if own is None:
        return 0
    others = select(func.count()).where(
        Incident.state != IncidentState.CLOSED, Incident.village_code.is_distinct_from(own)
    )
    return session.scalar(others) or 0


def incidents_of(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """The incidents of these ids that may be seen, as they stand now."""
    return _INCIDENTS_OF.run(session, {"ids": list(ids)}).all() if ids else []


def places_of(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """Those of the incidents that may be seen: id, village_code and also_villages."""
    place = select(Incident.id, Incident.village_code, Incident.also_villages)
    return session.execute(place.where(Incident.id.in_(ids))).all()


def in_sight(session: Session) -> Sequence[AnyRow]:
    """All open incidents that may be seen, each with id and village_code."""
    place = select(Incident.id, Incident.village_code)
    return session.execute(place.where(Incident.state != IncidentState.CLOSED)).all()


def unit_ids(session: Session) -> Sequence[int]:
    """All units on the board that may be seen."""
    return session.scalars(select(Unit.id).where(Unit.active)).all()


def changed(
    session: Session, incident_ids: Collection[int], unit_ids: Collection[int]
) -> tuple[Sequence[AnyRow], Sequence[AnyRow]]:
    """The incidents and the units of these ids that may be seen, in one exchange each.

    For sessions without transactions: see scope.look_once().
    """
    incidents = look_once(session, _INCIDENTS_OF, {"ids": list(incident_ids)}).all()
    units = look_once(session, _UNITS_OF, {"ids": list(unit_ids)}).all() if unit_ids else []
    return incidents, units


def incident_of(session: Session, incident_id: int) -> AnyRow:
    """One incident with all that is kept of its place. Raises Unknown: none, or none to see."""
    found = session.execute(
        incident_rows(whole=True).where(Incident.id == incident_id)
    ).one_or_none()
    if found is None:
        raise Unknown(f"incident {incident_id}")
    return found


def unsure(session: Session) -> Sequence[AnyRow]:
    """Open incidents whose place is in doubt: the more urgent and doubtful first, then the older.

    With all that is kept of their places.
    """
    weight = (5 - Incident.priority) * Incident.doubt
    return session.execute(
        incident_rows(whole=True)
        .where(Incident.state != IncidentState.CLOSED)
        .where(or_(Incident.doubt > UNSURE, Incident.contradictions != cast([], ARRAY(Text))))
        .order_by(weight.desc(), Incident.opened_at, Incident.id)
        .limit(MOST_UNSURE)
    ).all()


def units_of(session: Session, ids: Collection[int]) -> Sequence[AnyRow]:
    """The units of these ids that may be seen, as they stand now."""
    return _UNITS_OF.run(session, {"ids": list(ids)}).all() if ids else []


def closed_since(session: Session, moment: datetime) -> int:
    """How many incidents were closed since then, of those that may be seen."""
    closed = select(func.count()).where(Incident.closed_at >= moment)
    if (only := loads.only_village(scope_of(session))) is not None:
        closed = closed.where(Incident.village_code == only)
    return session.scalar(closed) or 0


def has_demo(session: Session) -> bool:
    """Whether anything invented stands among the rows (a count that betrays no content)."""
    return bool(session.scalar(text("SELECT demo_is_on()")))


# What is only drawn, and only of one incident at a time.
_HEAVY = cast(["outline", "shape"], ARRAY(Text))


def incident_rows(whole: bool = False) -> AnySelect:
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


_OPEN_ROWS = (
    incident_rows()
    .where(Incident.state != IncidentState.CLOSED)
    .order_by(Incident.priority, Incident.opened_at)
    .limit(MOST_ON_SCREEN)
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


def _prepared(name: str, rows: AnySelect, number: QueryableAttribute[int]) -> Prepared:
    """The rows of :ids. To plan them under row security takes longer than to read them."""
    some = rows.where(number == any_(literal_column("CAST(:ids AS bigint[])", ARRAY(BigInteger))))
    written = some.compile(
        dialect=postgresql.dialect(paramstyle="named"),  # type: ignore[no-untyped-call]
        compile_kwargs={"literal_binds": True},
    )
    return Prepared(name, str(written))


_INCIDENTS_OF = _prepared("incidents_of", incident_rows(), Incident.id)
_UNITS_OF = _prepared("units_of", _units(), Unit.id)
