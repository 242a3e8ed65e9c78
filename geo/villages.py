"""Which village holds a point, how near its border is, what lies beyond. PostGIS is the truth."""

from pathlib import Path
from typing import Any

from sqlalchemy import Row, ScalarSelect, func, literal, select, text
from sqlalchemy.orm import Session

from geo.columns import PointColumn
from geo.errors import NoEdition, OutsideCoverage
from geo.placement import Nearest, Placement, VillageRef
from geo.point import Point
from geo.schema import Edition, Village
from geo.shapes import LocalScale

# Two villages whose borders lie farther apart than this are not neighbours: sea or a river between.
NEIGHBOUR_GAP_M = 30.0
NEAREST_WITHIN_M = 50_000.0
LAND_WITHIN_M = 1_000.0

_PLACEMENT = text((Path(__file__).parent / "sql" / "placement.sql").read_text())


def edition_in_force(session: Session) -> Edition:
    """The edition whose villages count today. Raises NoEdition where none does."""
    if (edition := session.scalar(select(Edition).where(Edition.in_force))) is None:
        raise NoEdition
    return edition


def villages_of(session: Session, edition_id: int) -> list[Village]:
    """All villages of an edition, in the order of their codes; empty for an unknown edition."""
    return list(
        session.scalars(
            select(Village).where(Village.edition_id == edition_id).order_by(Village.code)
        )
    )


def find_village(session: Session, point: Point) -> Village | None:
    """The village in force that covers the point; on a shared border the lowest code.

    None outside every village, and where no edition is in force.
    """
    return session.scalar(
        select(Village)
        .where(Village.edition_id == _id_in_force())
        .where(func.ST_Covers(Village.area, literal(point, PointColumn)))
        .order_by(Village.code)
        .limit(1)
    )


def village_at(session: Session, point: Point) -> Village:
    """As find_village, but raises OutsideCoverage where there is none."""
    if (village := find_village(session, point)) is None:
        raise OutsideCoverage(f"lon {point.lon}, lat {point.lat}: luar wilayah")
    return village


def placement_at(session: Session, point: Point, edition_id: int | None = None) -> Placement:
    """Where the point lies, under the edition in force or the one asked for.

    Raises NoEdition where there is no such edition.
    """
    scale = LocalScale.at(point.lat)
    row = session.execute(
        _PLACEMENT,
        {
            "lon": point.lon,
            "lat": point.lat,
            "edition_id": edition_id,
            "stretch": scale.lon_m / scale.lat_m,
            "degree_m": scale.lat_m,
            "gap_most_m": NEIGHBOUR_GAP_M,
            "nearest_most_m": NEAREST_WITHIN_M,
            "land_most_m": LAND_WITHIN_M,
        },
    ).one_or_none()
    if row is None:
        raise NoEdition
    return _placement(row)


def _id_in_force() -> ScalarSelect[int]:
    return select(Edition.id).where(Edition.in_force).scalar_subquery()


def _placement(row: Row[Any]) -> Placement:
    nearest = _ref(row.nearest)
    return Placement(
        village=_ref(row.village),
        border_m=row.border_m,
        neighbour=_ref(row.neighbour),
        nearest=None if nearest is None else Nearest(nearest, row.nearest_m),
        land_mass_id=row.land_mass_id,
        edition_id=row.edition_id,
        edition=row.edition,
        status=row.status,
    )


def _ref(fields: dict[str, Any] | None) -> VillageRef | None:
    return None if fields is None else VillageRef(**fields)
