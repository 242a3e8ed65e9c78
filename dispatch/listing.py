"""The open cases that are meant, most urgent first, a page at a time: nothing is silently cut."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from dispatch.board import incident_rows
from dispatch.catalogue import Catalogue
from dispatch.errors import Unknown
from dispatch.filtering import where
from dispatch.rows import AnyRow
from dispatch.rules.filters import ALL, Filter
from dispatch.schema import Incident
from dispatch.scope import scope_of
from geo.map_cells import Run, box_runs
from geo.point import Box

_ORDER = (Incident.priority, Incident.opened_at, Incident.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where the cases are to lie. What is None, or False, leaves all in."""

    box: Box | None = None
    run: Run | None = None  # cells of the map: one cluster of a tile
    village: str | None = None  # the code of the village that counts them
    unpinned: bool = False  # only what nobody can put on a map
    incident: int | None = None  # only that one


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the cases, and how many there are in all."""

    total: int
    incidents: Sequence[AnyRow]


def page(
    session: Session,
    now: datetime,
    catalogue: Catalogue,
    filter: Filter = ALL,
    spot: Spot | None = None,
    *,
    limit: int,
    after: int | None = None,
) -> Page:
    """Open cases that may be seen, most urgent first, then the oldest; and how many match in all.

    after  the id of the last case of the page before. Raises Unknown: none, or none to see
    """
    meant = [*where(filter, now, catalogue, scope_of(session)), *_there(spot or Spot())]
    total = session.scalar(select(func.count()).select_from(Incident).where(*meant)) or 0
    if after is not None:
        meant.append(tuple_(*_ORDER) > _place_of(session, after))
    # First which, then what stands in them: else each that matches is joined, and then left out.
    ids = select(Incident.id).where(*meant).order_by(*_ORDER).limit(limit)
    chosen = session.scalars(ids).all()
    rows = session.execute(incident_rows().where(Incident.id.in_(chosen)).order_by(*_ORDER))
    return Page(total, rows.all() if chosen else [])


def _place_of(session: Session, incident_id: int) -> ColumnElement[tuple[int, datetime, int]]:
    """Where in the order a case stands, be it closed by now."""
    row = session.execute(select(*_ORDER).where(Incident.id == incident_id)).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    return tuple_(*row)


def _there(spot: Spot) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if spot.box is not None:
        conditions += _in_box(spot.box)
    if spot.run is not None:
        conditions.append(_in_run(spot.run))
    if spot.village is not None:
        conditions.append(Incident.village_code == spot.village)
    if spot.unpinned:
        conditions.append(Incident.pin.is_(None))
    if spot.incident is not None:
        conditions.append(Incident.id == spot.incident)
    return conditions


def _in_box(box: Box) -> list[ColumnElement[bool]]:
    """By cells, for row security lets no index of shapes be used; then by the box itself."""
    return [
        or_(*map(_in_run, box_runs(box))),
        func.ST_X(Incident.pin).between(box.west, box.east),
        func.ST_Y(Incident.pin).between(box.south, box.north),
    ]


def _in_run(run: Run) -> ColumnElement[bool]:
    return and_(Incident.cell >= run.low, Incident.cell < run.high)
