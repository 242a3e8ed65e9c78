"""Questions in words, and the things near a place that questions can be about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely

from geo.finding import Asking, Option
from geo.gazetteer.entries import Entry
from geo.point import Point
from geo.search.names import Names
from geo.shapes import Floats, LocalScale
from geo.uncertainty.cloud import OUTSIDE, SEA
from geo.uncertainty.questions import NEITHER, UNSURE, Question, Road, RtArea, Side
from geo.uncertainty.questions import Option as Choice

_LANDMARK_M = 150.0  # a thing that reaches farther has no clear sides
_MOST, _MOST_ROADS, _MOST_RTS = 12, 10, 60
_NEAREST_M = 300.0  # look at least so far for landmarks
_FIRST_M = 75.0  # the first circle in which roads and RT are looked for
_ASKABLE = frozenset({
    "tempat", "persimpangan", "pasar", "ibadah", "kesehatan", "sekolah", "kantor", "terminal",
    "pelabuhan", "jembatan", "puskesmas",
})  # fmt: skip

_TEXT = {
    "id": {
        "desa": "{0} atau {1}?",
        "sisi": "Di sebelah {0} atau {1} {thing}?",
        "jalan": "Di sisi {0} atau {1} {thing}?",
        "rt": "{0} atau {1}?",
        NEITHER: "bukan keduanya",
        UNSURE: "tidak tahu",
        SEA: "di laut",
        OUTSIDE: "luar wilayah",
    },
    "en": {
        "desa": "{0} or {1}?",
        "sisi": "To the {0} or the {1} of {thing}?",
        "jalan": "On the {0} or the {1} side of {thing}?",
        "rt": "{0} or {1}?",
        NEITHER: "neither",
        UNSURE: "not known",
        SEA: "at sea",
        OUTSIDE: "another regency",
        "utara": "north", "selatan": "south", "timur": "east", "barat": "west",
    },
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Spots:
    """Landmarks, roads and RT of the gazetteer, to be asked about."""

    landmarks: tuple[Side, ...]
    roads: tuple[Road, ...]
    rts: tuple[RtArea, ...]
    _where: Floats  # (landmarks, 2) lon, lat
    _road_tree: shapely.STRtree  # their lines, in the order of roads
    _rt_tree: shapely.STRtree  # areas and points, in the order of rts

    @classmethod
    def of(cls, entries: Sequence[Entry]) -> Spots:
        """Only what has a place of its own, small enough to have sides."""
        small = [
            entry
            for entry in entries
            if entry.point and entry.kind in _ASKABLE and entry.spread_m <= _LANDMARK_M
        ]
        roads = tuple(
            Road(str(e.id), e.name, e.shape)
            for e in entries
            if e.shape is not None and e.kind == "jalan"
        )
        rts = tuple(
            RtArea(_rt_number(e), place, e.villages[0])
            for e in entries
            if e.kind == "rt" and e.villages and (place := e.shape or e.point) is not None
        )
        return cls(
            landmarks=tuple(Side(str(e.id), e.name, e.point) for e in small if e.point),
            roads=roads,
            rts=rts,
            _where=np.array([(e.point.lon, e.point.lat) for e in small if e.point]).reshape(-1, 2),
            _road_tree=shapely.STRtree([road.line for road in roads]),
            _rt_tree=_prepared(shapely.STRtree([_shape(rt) for rt in rts])),
        )

    def near(self, centre: Point, radius_m: float) -> tuple[list[Side | Road], list[RtArea]]:
        """What lies close enough to be asked about, nearest first: landmarks, then roads; and RT.

        At most 12 landmarks, 10 roads and 60 RT. Of RT with one key only the nearest is given.
        """
        reach_m = max(radius_m * 1.5, _NEAREST_M)
        sides: list[Side | Road] = self._landmarks_near(centre, reach_m)
        roads = _nearest(self._road_tree, centre, reach_m, _MOST_ROADS)
        rts: dict[str, RtArea] = {}
        for number in _nearest(self._rt_tree, centre, reach_m, _MOST_RTS):
            rts.setdefault(self.rts[number].key, self.rts[number])
        return sides + [self.roads[number] for number in roads], list(rts.values())

    def _landmarks_near(self, centre: Point, reach_m: float) -> list[Side | Road]:
        scale = LocalScale.at(centre.lat)
        away = np.hypot(
            (self._where[:, 0] - centre.lon) * scale.lon_m,
            (self._where[:, 1] - centre.lat) * scale.lat_m,
        )
        return [self.landmarks[int(n)] for n in np.argsort(away)[:_MOST] if away[n] <= reach_m]


def _nearest(tree: shapely.STRtree, centre: Point, reach_m: float, most: int) -> list[int]:
    """Numbers of the shapes within reach, nearest first, those as near in their order.

    By distance in degrees, which near the equator is that in metres to 2 %. The circle grows
    until it holds enough: a wide reach over a town measures no more shapes than a narrow one.
    """
    spot, lat_m = shapely.Point(centre.lon, centre.lat), LocalScale.at(centre.lat).lat_m
    within_m = min(_FIRST_M, reach_m)
    found = tree.query(spot, predicate="dwithin", distance=within_m / lat_m)
    while len(found) < most and within_m < reach_m:
        within_m = min(within_m * 2, reach_m)
        found = tree.query(spot, predicate="dwithin", distance=within_m / lat_m)
    away = shapely.distance(tree.geometries[found], spot)
    order: list[int] = found[np.lexsort((found, away))][:most].tolist()
    return order


def _prepared(tree: shapely.STRtree) -> shapely.STRtree:
    """With shapes that are quick to ask which points they hold, as a question about RT does.

    Each is asked once: GEOS builds its index at the first question, and two threads must not
    both be the first. Roads are only measured, for which GEOS keeps no index.
    """
    shapely.prepare(tree.geometries)
    shapely.intersects(tree.geometries, shapely.point_on_surface(tree.geometries))
    return tree


def _rt_number(entry: Entry) -> int:
    """From its name, "RT 003 RW 001 Gegunung"; 0 where it has none."""
    digits = [word for word in entry.names[0].split() if word.isdigit()]
    return int(digits[0]) if digits else 0


def _shape(rt: RtArea) -> shapely.Geometry:
    where = rt.place
    return shapely.Point(where.lon, where.lat) if isinstance(where, Point) else where


def in_words(question: Question, names: Names, language: str) -> Asking:
    """The question and its options as they are read to the caller."""
    words = _TEXT.get(language, _TEXT["id"])
    labels = [_label(choice, names, words) for choice in question.options]
    text = words[question.kind.value].format(*labels, thing=question.about)
    options = [
        Option(key=choice.key, label=label)
        for choice, label in zip(question.options, labels, strict=True)
    ]
    if question.neither:
        options.append(Option(key=NEITHER, label=words[NEITHER]))
    options.append(Option(key=UNSURE, label=words[UNSURE]))
    return Asking(
        key=question.key,
        kind=question.kind.value,
        text=text[:1].upper() + text[1:],
        options=tuple(options),
        gain_bits=question.gain_bits,
    )


def _label(choice: Choice, names: Names, words: dict[str, str]) -> str:
    if choice.side:
        return words.get(choice.side, choice.side)
    if choice.village is None:
        return words.get(choice.key, choice.key)
    village = names.by_code[choice.village]
    twins = sum(1 for other in names.by_code.values() if other.name == village.name) > 1
    name = f"{village.name} ({village.district})" if twins else village.name
    return f"RT {choice.rt} {name}" if choice.rt is not None else name
