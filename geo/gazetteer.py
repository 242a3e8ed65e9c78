"""Search of place names as callers say them: misspelt, joined, cut short, with the kecamatan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Row, case, delete, func, insert, select
from sqlalchemy import text as sql
from sqlalchemy.orm import Session

from geo.errors import BadPoint, GeoError, NoEdition
from geo.naming import AREA_KINDS, LONGEST_NAME, Question, normalise
from geo.point import Point, pin_at
from geo.schema import Edition, Place, Village

_CANDIDATES = 60
_LEAST = 0.5  # a name said in full in a long story has a little more
_POINT_SPREAD_M = 50.0  # of an imported point that does not say

_VILLAGES_OF_SOURCE = sql((Path(__file__).parent / "sql" / "places_in_villages.sql").read_text())


class BadPlace(GeoError):
    """A feature is not a named point in the country."""


@dataclass(frozen=True, slots=True)
class Match:
    """One answer to "where is that?".

    context       where it is, in words: the kecamatan, or "Tegalsambi, Tahunan"
    spread_m      radius within which the named thing lies
    village_code  None where it is not in one village, or not known
    score         0 (a guess) to 1 (certain)
    id            of the Place; None for a point that is in no list
    """

    label: str
    kind: str
    context: str
    point: Point
    spread_m: float
    village_code: str | None
    score: float
    source: str
    id: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewPlace:
    """A place to be written; fields as in Match."""

    name: str
    kind: str
    point: Point
    spread_m: float
    context: str = ""
    village_code: str | None = None


def search(session: Session, text: str, limit: int = 8) -> list[Match]:
    """Places that the text can mean, best first; empty when none is like it.

    The database finds names with the same trigrams, then each is held against the text: how
    much of the text do name and kecamatan explain, and how well? See telling_words for how much
    of a long text is read.
    """
    question = Question(text)
    if not question.words:
        return []
    scored = [
        (question.score(row.name, row.kind, row.context), row)
        for row in _candidates(session, question.words)
    ]
    fitting = [(score, row) for score, row in scored if score >= _LEAST]
    fitting.sort(key=lambda pair: (-round(pair[0], 3), pair[1].spread_m, pair[1].id))
    return _matches(session, {row.id: min(score, 1.0) for score, row in fitting[:limit]})


def _candidates(session: Session, words: list[str]) -> Sequence[Row[int, str, str, str, float]]:
    text = " ".join(words)
    likeness = func.word_similarity(Place.search_name, text)  # the name somewhere in the text
    if len(words) <= LONGEST_NAME:  # the text may be a part of the name
        likeness = func.greatest(likeness, func.word_similarity(text, Place.search_name))
    # Shops and mosques that carry a village's name must not crowd it out; and who says the
    # kecamatan may misspell the village as they like.
    lead = 0.25 + func.word_similarity(func.lower(Place.context), text) / 2
    rank = likeness + case((Place.kind.in_(AREA_KINDS), lead), else_=0.0)
    # No WHERE on the rank: it would be worked out a second time for every place.
    fields = Place.id, Place.name, Place.kind, Place.context, Place.spread_m
    ranked = select(*fields).order_by(rank.desc(), Place.id).limit(_CANDIDATES)
    return session.execute(ranked).all()


def _matches(session: Session, scores: dict[int, float]) -> list[Match]:
    """The places of these ids, in their order; only now are positions read."""
    places = {
        place.id: place for place in session.scalars(select(Place).where(Place.id.in_(scores)))
    }
    return [_match(places[id_], score) for id_, score in scores.items()]


def _match(place: Place, score: float) -> Match:
    return Match(
        label=place.name,
        kind=place.kind,
        context=place.context,
        point=place.position,
        spread_m=place.spread_m,
        village_code=place.village_code,
        score=score,
        source=place.source,
        id=place.id,
    )


def fill_from_edition(session: Session, edition_id: int) -> int:
    """Writes the villages and kecamatan of an edition as places; answers how many.

    Those of every other edition go: the gazetteer names the villages of one edition only.
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


def replace_places(session: Session, places: Sequence[NewPlace], source: str) -> int:
    """Writes the places of a source in place of its earlier ones; answers how many.

    Each gets the village in force that covers it, and its name where no context is given.
    Raises ValueError for the source of an edition, which fill_from_edition alone writes.
    """
    if source.startswith("edition:"):
        raise ValueError(f"{source}: places of an edition are written by fill_from_edition")
    session.execute(delete(Place).where(Place.source == source))
    written = _write(session, places, source)
    session.execute(_VILLAGES_OF_SOURCE, {"source": source})
    return written


def import_places(session: Session, features: Sequence[Mapping[str, Any]], source: str) -> int:
    """As replace_places, from GeoJSON points.

    Properties read: name; kind or category; context, else village and district; spread_m.
    Raises BadPlace, and writes nothing, when a feature is not a named point in the country.
    """
    places = [_feature_place(number, feature) for number, feature in enumerate(features, 1)]
    return replace_places(session, places, source)


def _write(session: Session, places: Sequence[NewPlace], source: str) -> int:
    rows = [
        {
            "kind": place.kind,
            "name": place.name,
            "search_name": normalise(place.name),
            "context": place.context,
            "position": place.point,
            "spread_m": place.spread_m,
            "source": source,
            "village_code": place.village_code,
        }
        for place in places
    ]
    if rows:
        session.execute(insert(Place), rows)
    return len(rows)


def _village_place(village: Village) -> NewPlace:
    return NewPlace(
        name=village.name,
        kind=village.kind,
        point=village.seat,
        spread_m=_farthest_m(village.seat, village.area),
        context=village.district,
        village_code=village.code,
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
        spread_m=_farthest_m(seat, area),
    )


def _farthest_m(seat: Point, area: BaseGeometry) -> float:
    corners = shapely.get_coordinates(shapely.convex_hull(area)).tolist()
    return max(seat.distance_m(Point(lon=lon, lat=lat)) for lon, lat in corners)


def _feature_place(number: int, feature: Mapping[str, Any]) -> NewPlace:
    try:
        told, shape = feature["properties"], feature["geometry"]
        name = str(told["name"]).strip()
        if shape["type"] != "Point" or not normalise(name):
            raise BadPlace(f"feature {number}: give a Point with a name")
        lon, lat = shape["coordinates"][:2]
        where = [told.get("village"), told.get("district")]
        return NewPlace(
            name=name,
            kind=str(told.get("kind") or told.get("category") or "tempat"),
            point=pin_at(lon, lat),
            spread_m=float(told.get("spread_m") or _POINT_SPREAD_M),
            context=str(told.get("context") or ", ".join(str(part) for part in where if part)),
        )
    except BadPoint as wrong:
        raise BadPlace(f"feature {number}: {wrong}") from wrong
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadPlace(f"feature {number}: {type(wrong).__name__} {wrong}") from wrong
