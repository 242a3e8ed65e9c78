"""Load an edition beside the one in force, see what it would change, switch in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from geo.boundaries.compare import Differences, Outline, compare
from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Feature
from geo.boundaries.land import Bridge, land_masses
from geo.boundaries.register import Register
from geo.drawing import draw_edition
from geo.point import Point
from geo.schema import Edition, LandMass, Village


@dataclass(frozen=True, slots=True)
class About:
    """What an edition says of itself."""

    key: str
    title: str
    status: str  # resmi, terbitan, indikatif
    source: str
    licence: str
    sha256: str


def load(
    session: Session,
    features: Sequence[Feature],
    about: About,
    now: datetime,
    register: Register | None = None,
    bridges: Sequence[Bridge] = (),
    report: Mapping[str, Any] | None = None,
) -> Edition:
    """A new edition with its villages and land masses, beside the one in force; no commit.

    features   an edge-matched set, see mend(); the register's kind, kecamatan and postal code
               are taken before the file's
    Raises Unusable: KNOWN_KEY when an edition of that key is there, FAULTY without a kecamatan.
    """
    if find_edition(session, about.key) is not None:
        raise Unusable(Fault.KNOWN_KEY, key=about.key)
    lands = land_masses(features, bridges)
    edition = Edition(
        key=about.key,
        title=about.title,
        status=about.status,
        source=about.source,
        licence=about.licence,
        sha256=about.sha256,
        loaded_at=now,
        in_force=False,
        in_force_since=None,
        report=dict(report or {}),
    )
    session.add(edition)
    session.flush()
    rows = [_village_row(edition.id, one, register) for one in features]
    session.execute(insert(Village), rows)
    session.execute(
        insert(LandMass),
        [
            {
                "edition_id": edition.id,
                "name": land.name,
                "area_km2": land.area_km2,
                "area": land.shape,
            }
            for land in lands
        ],
    )
    draw_edition(session, edition.id)
    return edition


def find_edition(session: Session, key: str) -> Edition | None:
    """The edition of that key, or None."""
    return session.scalar(select(Edition).where(Edition.key == key))


def get_edition(session: Session, key: str) -> Edition:
    """As find_edition, but raises Unusable (UNKNOWN_KEY) with the keys there are."""
    if (edition := find_edition(session, key)) is None:
        keys = ", ".join(session.scalars(select(Edition.key).order_by(Edition.id))) or "-"
        raise Unusable(Fault.UNKNOWN_KEY, key=key, found=keys)
    return edition


def find_edition_in_force(session: Session) -> Edition | None:
    """The edition in force, or None before the first one."""
    return session.scalar(select(Edition).where(Edition.in_force))


def differences(session: Session, edition: Edition) -> Differences:
    """What changes on the map when this edition takes the place of the one in force."""
    current = find_edition_in_force(session)
    old = _outlines(session, current.id) if current else []
    return compare(old, _outlines(session, edition.id))


def switch(session: Session, edition_id: int, now: datetime) -> Edition:
    """Puts the edition in force in place of the other one; the caller commits.

    Two switches at once: the second waits for the first, then takes its place.
    Raises Unusable: UNKNOWN_KEY, IN_FORCE.
    """
    editions = session.scalars(
        select(Edition)
        .order_by(Edition.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    chosen = next((one for one in editions if one.id == edition_id), None)
    if chosen is None:
        raise Unusable(Fault.UNKNOWN_KEY, key=edition_id, found=", ".join(e.key for e in editions))
    if chosen.in_force:
        raise Unusable(Fault.IN_FORCE, key=chosen.key)
    for other in editions:
        other.in_force = False
    # The unique index must see the old one leave before the new one comes.
    session.flush()
    chosen.in_force, chosen.in_force_since = True, now
    session.flush()
    return chosen


def _outlines(session: Session, edition_id: int) -> list[Outline]:
    rows = session.execute(
        select(Village.code, Village.name, Village.area).where(Village.edition_id == edition_id)
    )
    return [Outline(code, name, shape) for code, name, shape in rows]


def _village_row(edition_id: int, one: Feature, register: Register | None) -> dict[str, Any]:
    known = register.entries.get(one.code) if register else None
    district = known.district if known else one.district
    if not district:
        raise Unusable(Fault.FAULTY, where=f"{one.where}: district", found=1)
    return {
        "edition_id": edition_id,
        "code": one.code,
        "name": one.name,
        "kind": known.kind if known else one.kind,
        "district_code": one.district_code,
        "district": district,
        "postal_code": known.postal_code if known else None,
        "population": None,
        "seat": seat_of(one.shape),
        "area": shapely.MultiPolygon(list(shapely.get_parts(one.shape))),
    }


def seat_of(shape: shapely.Geometry) -> Point:
    """The point deepest inside the largest part, to 1e-6 degrees: where a label reads best."""
    largest = max(shapely.get_parts(shape), key=shapely.area)
    spoke = shapely.maximum_inscribed_circle(largest, tolerance=1e-5)
    lon, lat = shapely.get_coordinates(spoke)[0].tolist()
    return Point(lon=round(lon, 6), lat=round(lat, 6))
