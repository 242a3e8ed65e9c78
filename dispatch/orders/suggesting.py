"""Units that could go, soonest first; goes where dispatch.choosing takes over."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.errors import NoPin, Unknown
from dispatch.rows import AnyRow
from dispatch.rules import selection
from dispatch.rules.selection import Candidate, Ranking
from dispatch.schema import Incident
from geo.point import Point
from geo.routing import NoRoute, Router, Start

_NEAREST = text((Path(__file__).parents[1] / "sql" / "nearest_units.sql").read_text())
MOST_CANDIDATES = 40  # of the nearest by straight line; the router orders them


def suggest_units(
    session: Session, incident_id: int, router: Router, catalogue: Catalogue
) -> Ranking:
    """Free units that fit the incident, soonest first; those that need a boat stand apart.

    Raises Unknown, and NoPin while nobody knows where it is.
    """
    incident = _incident(session, incident_id)
    if incident.pin is None:
        raise NoPin(f"incident {incident_id}")
    needs = catalogue.category(incident.category_code).needs
    rows = session.execute(
        _NEAREST,
        {
            "lon": incident.pin.lon,
            "lat": incident.pin.lat,
            "land": incident.land_mass_id,
            "edition": incident.edition_id,
            "needs": sorted(needs),
            "agencies": list(incident.agency_ids),
            "most": MOST_CANDIDATES,
        },
    ).all()
    return selection.rank(_candidates(rows, incident.pin, router), needs)


def _candidates(rows: Sequence[AnyRow], goal: Point, router: Router) -> list[Candidate]:
    """Rows of nearest_units.sql with their way; the router is asked for one land mass only."""
    by_road = [r for r in rows if r.same_land]
    legs = dict(
        zip(
            (r.id for r in by_road),
            router.legs([Start(Point(lon=r.lon, lat=r.lat), r.kind) for r in by_road], goal),
            strict=True,
        )
    )
    return [
        Candidate(
            unit_id=r.id,
            call_sign=r.call_sign,
            kind=r.kind,
            agency=r.agency,
            station=r.station,
            responsible=r.responsible,
            skills=frozenset(r.skills),
            leg=legs.get(r.id, NoRoute("tidak ada jalan darat")),
            straight_m=r.straight_m,
            by_sea=r.by_sea,
        )
        for r in rows
    ]


def _incident(session: Session, incident_id: int) -> AnyRow:
    row = session.execute(
        select(
            Incident.pin,
            Incident.category_code,
            Incident.agency_ids,
            Incident.land_mass_id,
            Incident.edition_id,
        ).where(Incident.id == incident_id)
    ).one_or_none()
    if row is None:
        raise Unknown(f"incident {incident_id}")
    return row
