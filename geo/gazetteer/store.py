"""Writes places into the gazetteer, source by source, and takes them out again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from operator import attrgetter
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from geo.errors import NoEdition
from geo.gazetteer.place import BadPlace, NewPlace, check_place, middle_of, reach_m
from geo.gazetteer.readers.geojson import feature_place
from geo.naming import normalise
from geo.point import Point
from geo.schema import Edition, Place, Village

_BATCH = 5_000
_VILLAGES_OF_SOURCE = text(
    (Path(__file__).parents[1] / "sql" / "places_in_villages.sql").read_text()
)


def fill_from_edition(session: Session, edition_id: int) -> int:
    """Writes the villages and kecamatan of an edition as places; answers how many.

    Those of every other edition go: the gazetteer names the villages of one edition only. Their
    shapes are not repeated here: the territory has them.
    Raises NoEdition for an unknown edition.
    """
    if (edition := session.get(Edition, edition_id)) is None:
        raise NoEdition(f"edition {edition_id}")
    villages = session.scalars(
        select(Village).where(Village.edition_id == edition_id).order_by(Village.code)
    ).all()
    session.execute(delete(Place).where(Place.source.startswith("edition:", autoescape=True)))
    districts = groupby(villages, key=attrgetter("district_code"))
    places = [_village_place(village) for village in villages]
    places += [_district_place(list(members)) for _, members in districts]
    return _write(session, places, f"edition:{edition.key}")


def replace_places(session: Session, places: Iterable[NewPlace], source: str) -> int:
    """Writes the places of a source in place of its earlier ones; answers how many.

    A place without villages gets the village in force that covers its point, or those that its
    shape meets, most of it first; a place without context gets the names of these.
    Raises BadPlace, with row and field, for a place or a village code that cannot be used, and
    ValueError for the source of an edition, which fill_from_edition alone writes. Nothing of the
    source may be kept then: roll back.
    """
    if source.startswith("edition:"):
        raise ValueError(f"{source}: places of an edition are written by fill_from_edition")
    known = known_villages(session)
    session.execute(delete(Place).where(Place.source == source))
    written = _write(session, checked(places, known, _refuse), source)
    session.execute(_VILLAGES_OF_SOURCE, {"source": source})
    return written


def import_places(session: Session, features: Sequence[Mapping[str, Any]], source: str) -> int:
    """As replace_places, from GeoJSON features; see geo.gazetteer.readers.geojson.

    Raises BadPlace, and writes nothing, when a feature is not a named place in the country.
    """
    places = [feature_place(number, feature) for number, feature in enumerate(features, 1)]
    return replace_places(session, places, source)


def remove_source(session: Session, source: str) -> int:
    """Takes all places of a source out; answers how many there were.

    Raises ValueError for the source of an edition.
    """
    if source.startswith("edition:"):
        raise ValueError(f"{source}: places of an edition go when another is filled in")
    gone = session.scalars(delete(Place).where(Place.source == source).returning(Place.id))
    return len(gone.all())


def sources(session: Session) -> dict[str, dict[str, int]]:
    """How many places each source gave, by kind; both in alphabetical order."""
    rows = session.execute(
        select(Place.source, Place.kind, func.count())
        .group_by(Place.source, Place.kind)
        .order_by(Place.source, Place.kind)
    )
    counts: dict[str, dict[str, int]] = {}
    for source, kind, count in rows:
        counts.setdefault(source, {})[kind] = count
    return counts


def known_villages(session: Session) -> frozenset[str]:
    """Codes of the villages in force; empty where no edition is."""
    codes = select(Village.code).join(Edition).where(Edition.in_force)
    return frozenset(session.scalars(codes))


def checked(
    places: Iterable[NewPlace], known: frozenset[str], fault: Callable[[BadPlace], None]
) -> Iterator[NewPlace]:
    """Those that can be written; of each other one `fault` is told row, field and reason.

    known  codes of the villages that may be named
    """
    for place in places:
        try:
            check_place(place)
            if strange := sorted(set(place.villages) - known):
                raise BadPlace(f"{place.row or place.name}: villages: {strange[0]} tidak dikenal")
        except BadPlace as wrong:
            fault(wrong)
        else:
            yield place


def _refuse(fault: BadPlace) -> None:
    raise fault


def _write(session: Session, places: Iterable[NewPlace], source: str) -> int:
    written, rows = 0, (_row(place, source) for place in places)
    # render_nulls: else each run of rows that lack the same columns is a statement of its own.
    statement = insert(Place).execution_options(render_nulls=True)
    while batch := list(islice(rows, _BATCH)):
        session.execute(statement, batch)
        written += len(batch)
    return written


def _row(place: NewPlace, source: str) -> dict[str, Any]:
    point = place.point
    if point is None and place.shape is not None:
        point = middle_of(place.shape)
    return {
        "kind": place.kind,
        "name": place.name,
        "search_name": normalise(place.name),
        "aka": list(dict.fromkeys(place.aka)),
        "context": place.context,
        "position": point,
        "shape": place.shape,
        "spread_m": place.spread_m,
        "source": source,
        "village_codes": list(dict.fromkeys(place.villages)),
    }


def _village_place(village: Village) -> NewPlace:
    return NewPlace(
        name=village.name,
        kind=village.kind,
        point=village.seat,
        spread_m=reach_m(village.seat, village.area),
        context=village.district,
        villages=(village.code,),
    )


def _district_place(villages: list[Village]) -> NewPlace:
    """The kecamatan, at the seat of the village nearest to its middle."""
    area = shapely.union_all([village.area for village in villages])
    middle = Point(lon=area.centroid.x, lat=area.centroid.y)
    seat = min((village.seat for village in villages), key=middle.distance_m)
    return NewPlace(
        name=villages[0].district,
        kind="kecamatan",
        point=seat,
        spread_m=reach_m(seat, area),
        villages=tuple(village.code for village in villages),
    )
