"""The place finder as a geocoder of geopy: geocode() and reverse() in the process, no network."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Protocol

from geopy.exc import GeocoderQueryError
from geopy.geocoders.base import Geocoder
from geopy.location import Location

from geo.coordinates import read_coordinates
from geo.errors import BadPoint
from geo.finding import Candidate, Found
from geo.placement import Placement
from geo.point import Point

MOST = 50


class Places(Protocol):
    """Whoever knows where a point lies: geo.locator.Locator."""

    def placement_at(self, point: Point) -> Placement:
        """Village, border and neighbour of a point."""


class Finding(Protocol):
    """Whoever finds places from words: geo.geocoder.Finder."""

    @property
    def locator(self) -> Places:
        """The villages it finds places in."""

    def locate(self, text: str, limit: int = 8, language: str = "id") -> Found:
        """Candidates, best first."""


class Tanggap(Geocoder):  # type: ignore[misc]  # geopy has no types
    """Takes a Finder that has been read; needs no database session and no network after that.

        geocoder = Tanggap(Finder.read(session))
        geocoder.geocode("perempatan Gotri").raw["villages"]

    Like geopy's others it can be given to geopy.extra.rate_limiter, though nothing limits it.
    """

    def __init__(self, finder: Finding, **options: Any) -> None:
        super().__init__(**options)
        self.finder = finder

    def geocode(
        self,
        query: str,
        *,
        exactly_one: bool = True,
        limit: int = 8,
        language: str = "id",
        timeout: Any = None,
    ) -> Location | list[Location] | None:
        """Where the words may be, best first; None for nothing or for another regency.

        Each location's raw is the candidate as a dict: label, kind, context, lon, lat, radius_m, p,
        villages, why, source. timeout is there for geopy's sake only.
        Raises GeocoderQueryError unless query is text and limit at least 1.
        """
        if not isinstance(query, str):
            raise GeocoderQueryError("give the query as text")
        if limit < 1:
            raise GeocoderQueryError("give a limit of at least 1")
        most = 1 if exactly_one else min(limit, MOST)
        found = [_location(one) for one in self.finder.locate(query, most, language).candidates]
        if not found:
            return None
        return found[0] if exactly_one else found[:most]

    def reverse(
        self, query: Any, *, exactly_one: bool = True, timeout: Any = None
    ) -> Location | list[Location] | None:
        """The village of a point, latitude first: a text, a pair or a geopy point. None off all.

        raw holds village, border_m, neighbour, nearest, edition and status. Off every village
        the answer is None, and never the nearest. Raises GeocoderQueryError for what is no point.
        """
        point = _point(query)
        placement = self.finder.locator.placement_at(point)
        if (village := placement.village) is None:
            return None
        name = f"{village.name}, {village.district}"
        location = Location(name, (point.lat, point.lon, 0.0), asdict(placement))
        return location if exactly_one else [location]


def _location(candidate: Candidate) -> Location:
    point = candidate.point
    words = ", ".join(part for part in (candidate.label, candidate.context) if part)
    return Location(words, (point.lat, point.lon, 0.0), as_dict(candidate))


def as_dict(candidate: Candidate) -> dict[str, Any]:
    """What JSON can hold of a candidate: all but the shape of where it may be."""
    return {
        "label": candidate.label,
        "kind": candidate.kind,
        "context": candidate.context,
        "lon": candidate.point.lon,
        "lat": candidate.point.lat,
        "radius_m": candidate.radius_m,
        "p": candidate.p,
        "villages": [asdict(village) for village in candidate.villages],
        "why": candidate.why,
        "source": candidate.source,
    }


def _point(query: Any) -> Point:
    """Read by ourselves: geopy takes None for 0, 0 and turns a longitude of 200 round the earth."""
    if isinstance(query, str) and (typed := read_coordinates(query)) is not None:
        query = (typed.lat, typed.lon)
    try:
        lat, lon = tuple(query)[:2]
        return Point(lon=float(lon), lat=float(lat))
    except (BadPoint, TypeError, ValueError) as wrong:
        raise GeocoderQueryError(f"{query!r:.80}: give latitude, longitude ({wrong})") from wrong
