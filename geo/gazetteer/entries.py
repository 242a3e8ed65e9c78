"""The gazetteer in memory: all that a finder needs of each place, read in one go."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.orm import Session

from geo.gazetteer.learned import confirmed, weight
from geo.gazetteer.place import PARTED
from geo.naming import normalise
from geo.point import Point
from geo.schema import LearnedName, Place

_SHAPE = 9  # number of that column below
LEAST_WEIGHT = 0.02  # a learned name that counts for less has faded
# A learned name keeps the 68 % radius of its pins, an entry says the 90 % one: of a
# two-dimensional normal the radius that holds the share p goes with sqrt(-ln(1 - p)).
_TO_90 = math.sqrt(math.log(1 - 0.90) / math.log(1 - 0.68))


@dataclass(frozen=True, slots=True)
class Entry:
    """A named place, ready to be looked for.

    id        of the place; below 0 for a learned name
    names     normalised: the name first, then its other names, none twice
    point     None where only the villages are known
    spread_m  radius within which the named thing lies, with 90 %
    villages  Kemendagri codes, most of it first; those of all members for a kecamatan
    shape     line or area; None for a point, a village and a kecamatan
    weight    1 for a place; below 1 for a learned name, fading
    """

    id: int
    name: str
    kind: str
    names: tuple[str, ...]
    point: Point | None
    spread_m: float
    villages: tuple[str, ...]
    shape: BaseGeometry | None
    context: str
    source: str
    weight: float = 1.0


def read_entries(session: Session) -> list[Entry]:
    """All places, in the order of their ids.

    100,000 places, a fifth of them roads: 2 s (one core; columns, no objects of the mapper).
    """
    place = Place.__table__.c  # the mapper's columns would cost a fifth more
    rows = session.execute(
        select(
            place.id,
            place.name,
            place.kind,
            place.search_name,
            _joined(place.aka),
            func.ST_X(place.position),
            func.ST_Y(place.position),
            place.spread_m,
            _joined(place.village_codes),
            func.ST_AsBinary(place.shape),
            place.context,
            place.source,
        ).order_by(place.id)
    ).all()
    shapes = _shapes([row[_SHAPE] for row in rows])
    return [_entry(row, shape) for row, shape in zip(rows, shapes, strict=True)]


def read_learned(session: Session, now: datetime) -> list[Entry]:
    """Learned names that are on, confirmed and not faded, with what they count for; ids below 0.

    Their spread is the 90 % radius, as that of places.
    """
    learned = LearnedName
    rows = session.execute(
        select(
            learned.id,
            learned.words,
            learned.kind,
            func.ST_X(learned.position).label("lon"),
            func.ST_Y(learned.position).label("lat"),
            learned.spread_m,
            learned.village_code,
            learned.times,
            learned.last_at,
        )
        .where(learned.active, confirmed())
        .order_by(learned.id)
    )
    entries = (_learned_entry(row, now) for row in rows)
    return [entry for entry in entries if entry.weight >= LEAST_WEIGHT]


def _joined(words: ColumnElement[Any]) -> ColumnElement[str]:
    """As one text: an array of texts takes three times as long to read."""
    return func.array_to_string(words, PARTED)


def _shapes(wkb: list[Any]) -> Sequence[BaseGeometry | None]:
    """All at once: a call for each would cost more than the reading."""
    shapes: list[BaseGeometry | None] = shapely.from_wkb(
        [None if one is None else bytes(one) for one in wkb]
    ).tolist()
    return shapes


def _entry(row: Sequence[Any], shape: BaseGeometry | None) -> Entry:
    id_, name, kind, search_name, aka, lon, lat, spread_m, codes, _, context, source = row
    names = (search_name,)
    if aka:
        others = map(normalise, aka.split(PARTED))
        names = tuple(dict.fromkeys((search_name, *filter(None, others))))
    return Entry(
        id_,
        name,
        kind,
        names,
        None if lon is None else Point(lon=lon, lat=lat),
        spread_m,
        tuple(codes.split(PARTED)) if codes else (),
        shape,
        context,
        source,
    )


def _learned_entry(row: Row[Any], now: datetime) -> Entry:
    return Entry(
        id=-row.id,
        name=row.words.title(),
        kind=row.kind,
        names=(row.words,),
        point=Point(lon=row.lon, lat=row.lat),
        spread_m=row.spread_m * _TO_90,
        villages=(row.village_code,),
        shape=None,
        context="",
        source="learned",
        weight=weight(row.times, row.last_at, now),
    )
