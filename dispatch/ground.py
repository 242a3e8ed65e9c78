"""What every call needs and hardly ever changes: villages, catalogue, configuration."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dispatch.catalogue import Catalogue
from dispatch.regency import Regency
from dispatch.ways import read_router
from geo import drawing, geocoder, tiles
from geo.finding import Candidate, Evidence, Found, Heard, Weighed
from geo.locator import Locator
from geo.placement import VillageRef
from geo.routing import Router
from geo.schema import Edition, Village
from geo.uncertainty.parts import BadLocation
from geo.uncertainty.shore import SeaEdge

log = logging.getLogger(__name__)

Bounds = tuple[float, float, float, float]  # west, south, east, north in degrees

APART_DEG = 0.1  # some 11 km of sea: what lies farther off is not drawn with the rest at first


class Finder(Protocol):
    """From words and evidence to places, without the database: geo.geocoder.Finder, or another."""

    def locate(
        self, text: str, limit: int = 8, language: str = "id", *, typing: bool = False
    ) -> Found:
        """What the words can mean, best first; `typing`: the last one may not be finished."""

    def weigh(self, evidence: Evidence, language: str = "id") -> Weighed:
        """What all that is known comes to."""

    def heard(self, text: str) -> Heard:
        """Villages that the words alone name."""

    def candidate(self, text: str, key: str, language: str = "id") -> Candidate | None:
        """The answer to the text that has this key."""

    def knows_regency(self, name: str) -> bool:
        """Whether that is another regency's name."""

    def placed(self, candidate: Candidate) -> Candidate:
        """A candidate of another source, with its villages."""

    def with_learned(self, session: Session, now: datetime) -> Self:
        """The same, with the learned names read anew."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Held in the process and swapped as a whole; PostGIS stays the truth."""

    locator: Locator
    catalogue: Catalogue
    regency: Regency
    by_code: Mapping[str, VillageRef]  # villages of the edition in force
    title: str  # of the edition
    bounds: Bounds  # of all villages
    most: Bounds  # of the largest group of them
    far: Bounds | None  # of all that lies far off it
    finder: Finder
    router: Router
    drawing: str = "0"  # changes when the villages are drawn anew, or tiles hold something else

    @classmethod
    def read(cls, session: Session, regency: Regency) -> "Ground":
        """Raises NoEdition when no boundaries are in force."""
        locator = Locator.read(session)
        by_code = {village.code: village for village in locator.villages}
        title = session.scalar(select(Edition.title).where(Edition.id == locator.edition_id))
        return cls(
            locator,
            Catalogue.read(session, regency.owners.kinds),
            regency,
            by_code,
            title or locator.edition,
            _bounds(session, locator.edition_id),
            *apart(locator.areas),
            _finder(session, locator, regency.sea),
            read_router(session, regency),
            drawing.mark(session, locator.edition_id) + tiles.FORM,
        )

    def with_ways(self, session: Session) -> "Ground":
        """The same, with roads, ferries and learned speeds read anew."""
        return replace(self, router=read_router(session, self.regency))

    def with_learned(self, session: Session, now: datetime) -> "Ground":
        """The same, with the names that callers taught read anew."""
        return replace(self, finder=self.finder.with_learned(session, now))


def _finder(session: Session, locator: Locator, sea: SeaEdge | None) -> Finder:
    """A coast that does not fit these boundaries costs the sea, not the service."""
    try:
        return geocoder.Finder.read(session, locator, sea)
    except BadLocation as unfit:
        log.warning("regency.toml, [sea] does not fit edition %s: %s", locator.edition, unfit)
        return geocoder.Finder.read(session, locator)


def apart(areas: Sequence[BaseGeometry]) -> tuple[Bounds, Bounds | None]:
    """Bounds of the largest group of villages, and of the others; None where all lie together.

    With islands far off in sight the rest would be too small to read.
    """
    boxes = shapely.envelope(np.array(areas))
    reaches = shapely.buffer(boxes, APART_DEG / 2, cap_style="square", join_style="mitre")
    groups = [shapely.intersects(boxes, g) for g in shapely.get_parts(shapely.union_all(reaches))]
    largest = max(groups, key=np.count_nonzero)
    return _around(boxes[largest]), None if largest.all() else _around(boxes[~largest])


def _around(boxes: NDArray[np.object_]) -> Bounds:
    west, south, east, north = shapely.total_bounds(boxes)
    return float(west), float(south), float(east), float(north)


def _bounds(session: Session, edition_id: int) -> Bounds:
    box = func.ST_Extent(Village.area)
    sides = select(
        func.ST_XMin(box), func.ST_YMin(box), func.ST_XMax(box), func.ST_YMax(box)
    ).where(Village.edition_id == edition_id)
    west, south, east, north = session.execute(sides).one()
    return float(west), float(south), float(east), float(north)
