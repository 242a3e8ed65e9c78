"""From what the caller says to points: typed coordinates first, then the gazetteer."""

from sqlalchemy.orm import Session

from geo import gazetteer
from geo.coordinates import Typed, read_coordinates
from geo.gazetteer import Match
from geo.point import pin_at
from geo.villages import find_village

_DEGREE_M = 111_000.0


def locate(session: Session, text: str, limit: int = 8) -> list[Match]:
    """Places that the text can mean, best first; empty when nothing fits.

    A text that is a pair of coordinates, or a map link with one, has that one answer.
    Raises BadPoint when the pair lies outside the country or its axes look swapped.
    """
    if (typed := read_coordinates(text)) is not None:
        return [_pinned(session, typed)]
    return gazetteer.search(session, text, limit)


def _pinned(session: Session, typed: Typed) -> Match:
    point = pin_at(typed.lon, typed.lat)
    village = find_village(session, point)
    return Match(
        label=f"{point.lat:.6f}, {point.lon:.6f}",
        kind="koordinat",
        context=f"{village.name}, {village.district}" if village else "luar wilayah",
        point=point,
        spread_m=typed.fine_deg * _DEGREE_M,
        village_code=village.code if village else None,
        score=1.0,
        source="koordinat",
        id=None,
    )
