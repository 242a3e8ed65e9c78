"""The gazetteer in memory: all that a finder needs of each place, read in one go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from geo.gazetteer.learned import weight
from geo.naming import normalise
from geo.point import Point
from geo.schema import LearnedName, Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A named place, ready to be looked for.

    id        of the place; below 0 for a learned name
    names     normalised: the name first, then its other names, none twice
    point     None where only the villages are known
    spread_m  radius within which the named thing lies
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
    """All places, in the order of their ids."""
    rows = session.execute(
        select(
            Place.id,
            Place.name,
            Place.kind,
            Place.search_name,
            Place.aka,
            func.ST_X(Place.position).label("lon"),
            func.ST_Y(Place.position).label("lat"),
            Place.spread_m,
            Place.village_codes,
            func.ST_AsBinary(Place.shape).label("wkb"),
            Place.context,
            Place.source,
        ).order_by(Place.id)
    ).all()
    shapes = _shapes([row.wkb for row in rows])
    return [_entry(row, shape) for row, shape in zip(rows, shapes, strict=True)]


def read_learned(session: Session, now: datetime) -> list[Entry]:
    """Learned names that are not switched off, with what they count for now; ids below 0."""
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
        .where(learned.active)
        .order_by(learned.id)
    )
    return [_learned_entry(row, now) for row in rows]


def _shapes(wkb: list[Any]) -> Sequence[BaseGeometry | None]:
    """All at once: a call for each would cost more than the reading."""
    shapes: list[BaseGeometry | None] = shapely.from_wkb(
        [None if one is None else bytes(one) for one in wkb]
    ).tolist()
    return shapes


def _entry(row: Row[Any], shape: BaseGeometry | None) -> Entry:
    names = (row.search_name, *(normalise(name) for name in row.aka)) if row.aka else None
    return Entry(
        row.id,
        row.name,
        row.kind,
        tuple(dict.fromkeys(filter(None, names))) if names else (row.search_name,),
        None if row.lon is None else Point(lon=row.lon, lat=row.lat),
        row.spread_m,
        tuple(row.village_codes),
        shape,
        row.context,
        row.source,
    )


def _learned_entry(row: Row[Any], now: datetime) -> Entry:
    return Entry(
        id=-row.id,
        name=row.words.title(),
        kind=row.kind,
        names=(row.words,),
        point=Point(lon=row.lon, lat=row.lat),
        spread_m=row.spread_m,
        villages=(row.village_code,),
        shape=None,
        context="",
        source="learned",
        weight=weight(row.times, row.last_at, now),
    )
