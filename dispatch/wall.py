"""What hangs on the control room's wall: how many wait and how long, who is free, what came in."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from dispatch import log
from dispatch.ground import Ground
from dispatch.log import Cursor
from dispatch.rows import AnyRow
from dispatch.rules.whereabouts import Fix, at_post, growth_of
from dispatch.rules.workflow import SENDABLE, UnitState
from dispatch.schema import Incident, Station, Unit
from dispatch.scope import Role, Scope
from geo.point import Point
from geo.schema import Village

# Whoever looks at the wall sees the same: what a wallboard may see, not what the looker may.
EYES = Scope(Role.WALLBOARD, name="dinding")
KINDS = ("darurat", "aduan")  # an emergency's clock must not stand behind a complaint of days
LAST = 6  # as many rows as can be read from across the room


@dataclass(frozen=True, slots=True)
class Figures:
    """Open cases of one kind and priority, the sensitive ones among them: how many, never what."""

    kind: str
    priority: int
    open: int
    waiting: int  # nobody was sent
    late: int
    oldest_at: datetime
    oldest_waiting_at: datetime | None


@dataclass(frozen=True, slots=True)
class Queue:
    """The open cases of one kind: darurat or aduan."""

    kind: str
    open: int
    waiting: int
    late: int
    oldest_waiting_at: datetime | None
    priority: int | None  # of the one that waits longest
    target_s: float  # within which the first help should be there


@dataclass(frozen=True, slots=True)
class Fleet:
    """Units of one kind; each is counted once."""

    kind: str
    free: int = 0  # can be sent
    out: int = 0
    off: int = 0  # lepas dinas
    lost: int = 0  # free, but away from the post and unheard of for so long that it says nothing

    @property
    def all(self) -> int:
        """How many there are."""
        return self.free + self.out + self.off + self.lost


@dataclass(frozen=True, slots=True)
class Wall:
    """What the wall shows, at one moment."""

    cursor: Cursor
    figures: Sequence[Figures]
    queues: Sequence[Queue]  # in the order of KINDS, each there
    units: Sequence[Fleet]  # the largest fleet first
    last: Sequence[AnyRow]  # opened last first


def wall(session: Session, ground: Ground, now: datetime) -> Wall:
    """The wall as of now; the session must look with EYES."""
    cursor = log.here(session)  # first the place in the log, then the states
    figures = read_figures(session, now)
    plans = ground.regency.plans
    targets = {"darurat": plans.target_s, "aduan": plans.complaint_target_s}
    return Wall(
        cursor=cursor,
        figures=figures,
        queues=[queue_of(kind, figures, targets[kind]) for kind in KINDS],
        units=count_units(session, ground, now),
        last=read_last(session),
    )


_FIGURES = text(
    "SELECT kind, priority, open, waiting, late, oldest_at, oldest_waiting_at"
    "  FROM wall_figures(:now) ORDER BY priority, kind DESC"
)


def read_figures(session: Session, now: datetime) -> list[Figures]:
    """All that is open, by priority and kind; what there is none of is left out."""
    return [Figures(**row) for row in session.execute(_FIGURES, {"now": now}).mappings()]


def queue_of(kind: str, figures: Iterable[Figures], target_s: float) -> Queue:
    """The figures of one kind together, and whose turn it is: the one that waits longest."""
    # What is asked or proposed waits among the complaints: nobody drives out for it at once.
    own = [f for f in figures if (f.kind == "darurat") == (kind == "darurat")]
    waits = [(f.oldest_waiting_at, f.priority) for f in own if f.oldest_waiting_at is not None]
    oldest = min(waits, default=(None, None))
    return Queue(
        kind=kind,
        open=sum(f.open for f in own),
        waiting=sum(f.waiting for f in own),
        late=sum(f.late for f in own),
        oldest_waiting_at=oldest[0],
        priority=oldest[1],
        target_s=target_s,
    )


def count_units(session: Session, ground: Ground, now: datetime) -> list[Fleet]:
    """Units by kind and by what they do; the largest fleet first."""
    counted: dict[str, Counter[str]] = {}
    for row in session.execute(_UNITS):
        counted.setdefault(row.kind, Counter())[standing(row, ground, now)] += 1
    names = [f.name for f in fields(Fleet) if f.name != "kind"]
    fleets = [Fleet(kind, **{n: count[n] for n in names}) for kind, count in counted.items()]
    return sorted(fleets, key=lambda fleet: (-fleet.all, fleet.kind))


def standing(row: AnyRow, ground: Ground, now: datetime) -> str:
    """free, out, off or lost, as Fleet counts a unit's row."""
    state = UnitState(row.state)
    if state is UnitState.OFF_DUTY:
        return "off"
    if state not in SENDABLE:
        return "out"
    return "lost" if _is_lost(row, state, ground, now) else "free"


def _is_lost(row: AnyRow, state: UnitState, ground: Ground, now: datetime) -> bool:
    """As rules.whereabouts has it: who stands at the post is there, heard of or not."""
    regency = ground.regency
    if row.fix_at is None or (now - row.fix_at).total_seconds() <= regency.positions.lost_s:
        return False
    home = at_post(
        Fix(Point(lon=row.lon, lat=row.lat), 0.0),
        Point(lon=row.station_lon, lat=row.station_lat),
        regency.plans.growth,
    )
    speed_kmh = regency.speed_of(row.kind)
    return growth_of(state, speed_kmh, home, regency.plans.growth) is not None


_UNITS = (
    select(
        Unit.kind,
        Unit.state,
        Unit.fix_at,
        func.ST_X(Unit.position).label("lon"),
        func.ST_Y(Unit.position).label("lat"),
        func.ST_X(Station.position).label("station_lon"),
        func.ST_Y(Station.position).label("station_lat"),
    )
    .join(Station, Station.id == Unit.station_id)
    .where(Unit.active)
)


def read_last(session: Session) -> Sequence[AnyRow]:
    """The cases that were opened last, open or not: what and in which village, no word of whom."""
    return session.execute(
        select(
            Incident.id,
            Incident.category_code,
            Incident.priority,
            Incident.state,
            Incident.opened_at,
            Incident.outside,
            Incident.demo,
            Incident.village_code,
            Village.name.label("village_name"),
            Village.kind.label("village_kind"),
            Village.district,
        )
        .outerjoin(Village, Village.id == Incident.village_id)
        .where(Incident.restricted_group.is_(None))
        .order_by(Incident.opened_at.desc(), Incident.id.desc())
        .limit(LAST)
    ).all()
