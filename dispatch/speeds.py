"""Use case: learn from own journeys how long ways really take, and write it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import ColumnElement

from dispatch import log
from dispatch.rules.workflow import AssignmentState
from dispatch.schema import Assignment, AssignmentStep
from dispatch.ways import ROADS_CHANGED
from geo.road_schema import SpeedFactor
from geo.routing import learned
from geo.routing.learned import Journey, Learned, Lesson, Prior

AGREE = timedelta(seconds=60)  # between the device's clock and the server's, of a step
SINCE = timedelta(days=365)  # older journeys were driven on other roads


@dataclass(frozen=True, slots=True)
class Taught:
    """What the journeys taught, to be told to whoever asked for it."""

    lesson: Lesson

    def lines(self) -> list[str]:
        """In Indonesian, for the command line."""
        told = self.lesson
        if not told.used:
            return [f"Belum ada perjalanan yang bisa dipelajari ({told.left_out} tidak dipakai)."]
        return [
            f"{told.used} perjalanan dipelajari, {told.left_out} tidak dipakai.",
            f"Selisih waktu terhadap yang dijanjikan: {_percent(told.bias_promised)}; "
            f"terhadap konfigurasi: {_percent(told.bias_plain)}; "
            f"sesudah belajar: {_percent(told.bias_after)}.",
            f"Sebaran (log): {told.sd_plain:.2f}, sesudah belajar {told.sd_after:.2f}.",
            *(_line(row) for row in told.factors),
        ]


def _percent(share: float) -> str:
    return f"{share * 100:+.1f} %".replace(".", ",")


def _line(row: Learned) -> str:
    factor = f"{row.factor:.2f}".replace(".", ",")
    return f"  {row.kind:<20} {row.band:<12} × {factor}  ({row.journeys} perjalanan)"


def journeys(session: Session, now: datetime) -> list[Journey]:
    """Real ways from departure to arrival, of the last year, that were tapped as they happened.

    A step that a device sent late (a dead spot) tells the server's time of sending, not when
    it happened: it is left out.
    """
    observed_s = func.extract("epoch", Assignment.arrived_at - Assignment.departed_at)
    rows = session.execute(
        select(Assignment.eta, observed_s.label("observed_s"))
        .where(Assignment.arrived_at > now - SINCE, ~Assignment.demo)
        .where(Assignment.departed_at.is_not(None), Assignment.eta.is_not(None))
        .where(_in_time(AssignmentState.DEPARTED, Assignment.departed_at))
        .where(_in_time(AssignmentState.ARRIVED, Assignment.arrived_at))
        .order_by(Assignment.id)
    )
    return [
        Journey(
            share_s={kind: float(s) for kind, s in row.eta["share_s"].items()},
            band=row.eta.get("band") or "*",
            observed_s=float(row.observed_s),
            promised_s=float(row.eta["travel_s"]),
        )
        for row in rows
        if row.eta.get("share_s") and row.eta.get("travel_s")
    ]


def _in_time(
    state: AssignmentState, at: InstrumentedAttribute[datetime | None]
) -> ColumnElement[bool]:
    """The step that made the move was told when it happened, as far as its device knows."""
    late = func.abs(func.extract("epoch", AssignmentStep.at - AssignmentStep.claimed_at))
    return exists().where(
        AssignmentStep.assignment_id == Assignment.id,
        AssignmentStep.state == state,
        AssignmentStep.at == at,
        AssignmentStep.note.is_(None),
        or_(AssignmentStep.claimed_at.is_(None), late <= AGREE.total_seconds()),
    )


def learn(session: Session, now: datetime, prior: Prior | None = None) -> Taught:
    """Learn from all journeys and write the factors in the place of the old ones."""
    lesson = learned.learn(journeys(session, now), prior)
    if lesson.used:
        _write(session, lesson.factors, now)
        log.record(session, ROADS_CHANGED)
    return Taught(lesson)


def _write(session: Session, rows: Sequence[Learned], now: datetime) -> None:
    session.execute(delete(SpeedFactor))
    session.execute(
        insert(SpeedFactor),
        [
            {
                "kind": row.kind,
                "band": row.band,
                "factor": row.factor,
                "sd": row.sd,
                "journeys": row.journeys,
                "fitted_at": now,
            }
            for row in rows
        ],
    )
