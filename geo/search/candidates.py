"""From likely villages to places on the map: the most exact thing that was named in each."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import shapely

from geo.address.said import Mark, Relation, Said
from geo.finding import Candidate, VillageChance
from geo.gazetteer.entries import Entry
from geo.point import Point
from geo.search import reasons
from geo.search.clue import Clue
from geo.search.hypotheses import Hypothesis
from geo.search.names import Names, Sort
from geo.shapes import LocalScale
from geo.territory import Territory
from geo.uncertainty.location import (
    Ellipse,
    InVillages,
    Location,
    Region,
    Stretch,
    middle,
    only,
    radius_68_m,
)

_LEAST = 0.01  # what is less likely is not worth a line
_ALWAYS = 3  # so many are shown however unlikely, if anything at all speaks for them
_MOST_VILLAGES = 60
_NAMED = 20.0  # how much likelier a place is to lie in the village that was named with it
_CROSSING_M = 60.0  # how far from the crossing of two roads "at the crossing" reaches
_NEARLY_DEG = 0.0003  # some 30 m: roads of two sources seldom meet exactly
_BESIDE_M = 30.0  # of the middle of a road
_SPREAD_CONFIDENCE = 0.9  # that a named thing lies within its spread
# How far from the thing a place lies that was told by it, 68 %; without a distance.
_NEAR_M = {"depan": 40.0, "belakang": 60.0, "samping": 50.0, "sebelah": 60.0, "seberang": 40.0}
_NEAR_ELSE_M = 200.0
_ASIDE_M = 120.0  # "north of the market"
_EXACT = (Sort.CROSSING, Sort.PLACE, Sort.HAMLET, Sort.ROAD)  # more exact first


@dataclass(frozen=True, slots=True)
class Ground:
    """What candidates are made of."""

    names: Names
    territory: Territory
    seats: Mapping[str, tuple[Point, float]]  # by village code: a point well inside, and its reach
    areas: Mapping[str, shapely.Geometry]  # by village code


def candidates_of(
    said: Said, hypotheses: Sequence[Hypothesis], ground: Ground, limit: int, language: str
) -> list[Candidate]:
    """Places of our own, best first; p as in the hypotheses."""
    villages = [h for h in hypotheses if h.is_village and (h.used or h.p >= _LEAST)]
    made: list[Candidate] = []
    for group in _groups(villages[:_MOST_VILLAGES], ground):
        if len(made) < _ALWAYS or sum(one.p for one in group) >= _LEAST:
            made += _of(group, said, ground, language)
    made.sort(key=lambda candidate: (-round(candidate.p, 6), candidate.key))
    return made[:limit]


def _groups(found: Sequence[Hypothesis], ground: Ground) -> Iterator[list[Hypothesis]]:
    """Villages that only their kecamatan speaks for stand together, the others alone."""
    vague: dict[str, list[Hypothesis]] = defaultdict(list)
    for one in found:
        if any(clue.names(one.code) for clue in one.used):
            yield [one]
        elif one.used:
            vague[ground.names.by_code[one.code].district_code].append(one)
    yield from vague.values()


def _of(group: list[Hypothesis], said: Said, ground: Ground, language: str) -> Iterator[Candidate]:
    best = group[0]
    if len(group) > 1:
        yield _district(group, ground, language)
        return
    clue = _most_exact(best)
    entry = clue.known.entry if clue and clue.known else None
    rt = _rt(best.code, said, ground)
    crossing = _crossing(best, said, ground) or (None if clue else _only_one(best, said, ground))
    if rt is not None:
        yield _placed(best, rt, None, said, ground, language)
    elif crossing is not None:
        yield _placed(best, crossing, None, said, ground, language)
    elif entry is not None and (entry.point or entry.shape):
        yield _placed(best, entry, clue, said, ground, language)
    else:
        yield _in_village(best, entry, said, ground, language)


def _most_exact(one: Hypothesis) -> Clue | None:
    known = [c for c in one.used if c.names(one.code) and c.known and c.known.entry]
    if not known:
        return None
    return min(
        known,
        key=lambda clue: (
            _EXACT.index(clue.known.sort) if clue.known and clue.known.sort in _EXACT else 9,
            -clue.worth[one.code],
        ),
    )


def _rt(code: str, said: Said, ground: Ground) -> Entry | None:
    """The RT that was said, where the gazetteer has those of the village."""
    if said.rt is None:
        return None
    wanted = f"rt {said.rt:03d}"
    found = [e for e in ground.names.rts.get(code, ()) if e.names[0].startswith(wanted)]
    if said.rw is not None and len(found) > 1:
        found = [e for e in found if f"rw {said.rw:03d}" in e.names[0]] or found
    return found[0] if len(found) == 1 and (found[0].point or found[0].shape) else None


def _only_one(one: Hypothesis, said: Said, ground: Ground) -> Entry | None:
    """The market, where one was said and the village has one that is known: "ngabul, pasar"."""
    kinds = {span.kind for span in said.spans if span.mark is Mark.PLACE and not span.words}
    for kind in sorted(kinds):
        things = ground.names.things.get(one.code, ())
        found = [e for e in things if e.names[0].startswith(f"{kind} ")]
        if len(found) == 1 and (found[0].point or found[0].shape):
            return found[0]
    return None


def _crossing(one: Hypothesis, said: Said, ground: Ground) -> Entry | None:
    """Where two roads meet that were named with a crossing, in this village."""
    if not any(span.mark is Mark.CROSSING for span in said.spans):
        return None
    named = [c.known.entry for c in one.used if c.known and c.known.sort is Sort.ROAD]
    roads = [entry for entry in named if entry is not None and entry.shape is not None]
    for first, second in combinations(roads, 2):
        spot = _meeting(first.shape, second.shape, ground.areas[one.code])
        if spot is not None:
            name = f"Simpang {first.name} – {second.name}"
            return replace(
                first, name=name, kind="persimpangan", point=spot, shape=None, spread_m=_CROSSING_M
            )
    return None


def _meeting(
    first: shapely.Geometry, second: shapely.Geometry, area: shapely.Geometry
) -> Point | None:
    """Where the lines cross, or nearly touch, if that is inside the area."""
    if shapely.distance(first, second) > _NEARLY_DEG:
        return None
    meet = shapely.intersection(shapely.intersection(first, second), area)
    if meet.is_empty:
        meet = shapely.shortest_line(first, second)
    spot = shapely.centroid(meet)
    return Point(lon=spot.x, lat=spot.y) if shapely.covers(area, spot) else None


def _placed(
    one: Hypothesis,
    entry: Entry,
    clue: Clue | None,
    said: Said,
    ground: Ground,
    language: str,
) -> Candidate:
    relation = _relation_to(clue, said)
    location = _location(one.code, entry, relation, ground)
    village = ground.names.by_code[one.code]
    named = any(c.known and c.known.sort is Sort.VILLAGE for c in one.used)
    chances = _chances(location, ground, one.code if named else None)
    prefix = reasons.relation_words(relation, language)
    return Candidate(
        key=f"{'learned' if entry.id < 0 else 'place'}:{abs(entry.id)}:{one.code}",
        label=f"{prefix} {entry.name}" if prefix else entry.name,
        kind=entry.kind,
        context=f"{village.name}, {village.district}",
        point=middle(location) or ground.seats[one.code][0],
        radius_m=radius_68_m(location) or 0.0,
        location=location,
        p=one.p,
        villages=chances,
        why=reasons.sentence(one, said, ground.names, language),
        source=entry.source,
    )


def _location(code: str, entry: Entry, relation: Relation | None, ground: Ground) -> Location:
    if entry.shape is not None and relation is None:
        shape = _within(entry.shape, code, ground)
        if shape.geom_type.endswith("LineString"):
            return only(Stretch(line=shape, beside_m=_BESIDE_M))
        return only(Region(area=shape))
    centre = entry.point or _point_of(entry)
    if relation is None:
        return only(_round(centre, max(entry.spread_m, 5.0), _SPREAD_CONFIDENCE))
    return only(_beside(centre, entry.spread_m, relation))


def _within(shape: shapely.Geometry, code: str, ground: Ground) -> shapely.Geometry:
    """The part of a road or an area that lies in the village; all of it where none does."""
    part = shapely.intersection(shape, ground.areas[code])
    wanted = "LineString" if shape.geom_type.endswith("LineString") else "Polygon"
    parts = [p for p in shapely.get_parts(part).tolist() if p.geom_type == wanted]
    if not parts:
        return shape
    return shapely.union_all(parts)


def _point_of(entry: Entry) -> Point:
    middle_of = shapely.point_on_surface(entry.shape)
    return Point(lon=middle_of.x, lat=middle_of.y)


def _round(centre: Point, radius_m: float, confidence: float) -> Ellipse:
    return Ellipse(centre=centre, major_m=radius_m, minor_m=radius_m, confidence=confidence)


def _beside(centre: Point, spread_m: float, relation: Relation) -> Ellipse:
    """So far away in that direction, or near it where no direction was said."""
    own = spread_m / 2
    if relation.bearing_deg is None:
        near = relation.distance_m or _NEAR_M.get(relation.word, _NEAR_ELSE_M)
        return _round(centre, math.hypot(near, own), 0.68)
    away = relation.distance_m or _ASIDE_M
    doubt = max(away * 0.3, 30.0)  # "200 m" is a guess, too
    return Ellipse(
        centre=_moved(centre, relation.bearing_deg, away),
        major_m=math.hypot(doubt, own),
        minor_m=math.hypot(doubt * 1.2, own) if relation.distance_m else math.hypot(doubt, own),
        bearing_deg=relation.bearing_deg,
        confidence=0.68,
    )


def _moved(centre: Point, bearing_deg: float, away_m: float) -> Point:
    scale = LocalScale.at(centre.lat)
    turn = math.radians(bearing_deg)
    return Point(
        lon=centre.lon + away_m * math.sin(turn) / scale.lon_m,
        lat=centre.lat + away_m * math.cos(turn) / scale.lat_m,
    )


def _relation_to(clue: Clue | None, said: Said) -> Relation | None:
    """The relation that speaks of the very thing that was found."""
    if clue is None:  # then it is of a thing that only its kind was said of: "depan pasar"
        bare = {n for n, span in enumerate(said.spans) if span.kind and not span.words}
        return next((one for one in said.relations if one.span in bare), None)
    for relation in said.relations:
        if relation.span is not None and relation.word not in ("arah", "menuju"):
            span = said.spans[relation.span]
            if span.start <= clue.start < span.start + len(span.words):
                return relation
    return None


def _chances(location: Location, ground: Ground, named: str | None) -> tuple[VillageChance, ...]:
    """Villages by the place's own doubt; the one that was named with it counts for more."""
    chances = ground.territory.chances(location)
    weights = {code: p * (_NAMED if code == named else 1.0) for code, p in chances.villages}
    if named is not None and named not in weights:
        weights[named] = 0.05
    total = sum(weights.values()) or 1.0
    share = 1.0 if named else 1.0 - chances.sea - chances.outside
    return village_chances({c: share * w / total for c, w in weights.items()}, ground.names)


def village_chances(chances: Mapping[str, float], names: Names) -> tuple[VillageChance, ...]:
    """With names, most likely first."""
    ranked = sorted(chances.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(
        VillageChance(code, names.by_code[code].name, names.by_code[code].district, p)
        for code, p in ranked
        if p >= 0.0005 and code in names.by_code
    )


def _in_village(
    one: Hypothesis, entry: Entry | None, said: Said, ground: Ground, language: str
) -> Candidate:
    """Somewhere in the village: the thing is known by name only, or nothing else was said."""
    village = ground.names.by_code[one.code]
    seat, reach = ground.seats[one.code]
    thing = reasons.thing(entry, said, village.name)
    return Candidate(
        key=f"village:{one.code}" if entry is None else f"place:{entry.id}:{one.code}",
        label=thing,
        kind=entry.kind if entry is not None else village.kind,
        context=f"{village.name}, {village.district}"
        if thing != village.name
        else village.district,
        point=seat,
        radius_m=reach * 0.6,
        location=only(InVillages(codes=(one.code,))),
        p=one.p,
        villages=(VillageChance(one.code, village.name, village.district, 1.0),),
        why=reasons.sentence(one, said, ground.names, language),
        source=entry.source if entry is not None else "batas desa",
    )


def _district(group: list[Hypothesis], ground: Ground, language: str) -> Candidate:
    village = ground.names.by_code[group[0].code]
    total = sum(one.p for one in group)
    codes = tuple(one.code for one in group)
    seats = [ground.seats[code][0] for code in codes]
    centre = Point(
        lon=sum(seat.lon for seat in seats) / len(seats),
        lat=sum(seat.lat for seat in seats) / len(seats),
    )
    return Candidate(
        key=f"district:{village.district_code}",
        label=village.district,
        kind="kecamatan",
        context="",
        point=centre,
        radius_m=max(centre.distance_m(seat) for seat in seats),
        location=only(InVillages(codes=codes)),
        p=total,
        villages=village_chances({one.code: one.p / total for one in group}, ground.names),
        why=reasons.sentence(group[0], None, ground.names, language),
        source="batas desa",
    )
