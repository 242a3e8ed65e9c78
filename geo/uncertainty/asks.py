"""What can be asked about a place, and how likely each answer is at each of its points.

A question's key tells all of it but the landmarks: "desa:A|B", "rt:A/3|B/7",
"sisi:KEY:utara-selatan" (of a landmark), "jalan:KEY:timur-barat" (of a road).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.errors import GeoError
from geo.point import Point
from geo.shapes import Floats, Ints, LocalScale
from geo.uncertainty.cloud import NOWHERE, Cloud

NEITHER = "bukan-keduanya"
UNSURE = "tidak-tahu"  # an answer to every question: nothing is learned

# How often an answer is wrong: misheard, guessed, the wrong key pressed.
NAME_ERROR = 0.03  # of a name or a number
SIDE_ERROR = 0.06  # of a side: people turn east and west round more often than names


class BadQuestion(GeoError):
    """No such question, landmark or answer."""


class Kind(StrEnum):
    """What a question is about; the first word of its key."""

    VILLAGE = "desa"
    SIDE = "sisi"
    ROAD = "jalan"
    RT = "rt"


@dataclass(frozen=True, slots=True)
class Side:
    """A landmark that the caller may stand on one side of."""

    key: str
    name: str
    point: Point


@dataclass(frozen=True, slots=True)
class Road:
    """A road, or a river, that the caller may stand on one side of."""

    key: str
    name: str
    line: BaseGeometry  # LineString or MultiLineString, longitude and latitude


@dataclass(frozen=True, slots=True)
class RtArea:
    """A neighbourhood with a number. Numbers are told apart within a village only."""

    rt: int
    place: BaseGeometry | Point  # its area or a point in it
    village_code: str

    @property
    def key(self) -> str:
        """Village and number: 33.20.11.2010/3."""
        return f"{self.village_code}/{self.rt}"


Landmark = Side | Road

AXES = {"utara-selatan": ("utara", "selatan"), "timur-barat": ("timur", "barat")}


@dataclass(frozen=True, slots=True, eq=False)
class Ask:
    """A question laid over a cloud.

    answers   keys of the answers, k of them
    classes   (n,) which kind of point each is, as far as this question goes
    table     (k, c) how likely each answer is at a point of each class
    """

    answers: tuple[str, ...]
    classes: Ints
    table: Floats

    def likelihood(self, answer: str) -> Floats:
        """(n,) of this answer at each point; 1 for UNSURE. Raises BadQuestion."""
        if answer == UNSURE:
            return np.ones(len(self.classes))
        if answer not in self.answers:
            known = ", ".join((*self.answers, UNSURE))
            raise BadQuestion(f"answer {answer!r}: give one of {known}")
        likely: Floats = self.table[self.answers.index(answer)][self.classes]
        return likely


def ask_of(
    key: str,
    cloud: Cloud,
    sides: Sequence[Landmark] = (),
    rts: Sequence[RtArea] = (),
    error: float | None = None,
) -> Ask:
    """The question of that key. Raises BadQuestion; error None takes that of its kind."""
    kind, _, about = key.partition(":")
    if kind == Kind.VILLAGE:
        pair = _pair(key, about)
        return ask_pair(pair, [_number(cloud.places, place) for place in pair], cloud.place, error)
    if kind == Kind.RT:
        pair = _pair(key, about)
        keys = [area.key for area in told_apart(rts)]
        if not set(pair) <= set(keys):
            raise BadQuestion(f"question {key[:80]!r}: no such RT")
        return ask_pair(pair, [keys.index(one) for one in pair], rt_of_points(cloud, rts), error)
    if kind not in (Kind.SIDE, Kind.ROAD):
        raise BadQuestion(f"question {key[:80]!r}: give one that was offered")
    landmark, _, axis = about.rpartition(":")
    wanted = Side if kind == Kind.SIDE else Road
    marks = [mark for mark in sides if isinstance(mark, wanted) and mark.key == landmark]
    if not marks or axis not in AXES:
        raise BadQuestion(f"question {key[:80]!r}: no such landmark or direction")
    return ask_side(axis, apart_m(cloud, marks[0]), error)


def _pair(key: str, about: str) -> tuple[str, str]:
    one, _, other = about.partition("|")
    if not one or not other or one == other:
        raise BadQuestion(f"question {key[:80]!r}: give two of a kind, parted by |")
    return one, other


def _number(places: Sequence[str], place: str) -> int:
    """Of a village that is not among them: a number that no point has."""
    return places.index(place) if place in places else len(places)


def ask_pair(
    pair: tuple[str, str], numbers: Sequence[int], of_points: Ints, error: float | None = None
) -> Ask:
    """Which of two: numbers are theirs, of_points (n,) those of the points."""
    classes: Ints = np.select([of_points == numbers[0], of_points == numbers[1]], [0, 1], 2)
    wrong = NAME_ERROR if error is None else error
    table = np.full((3, 3), wrong / 2)
    np.fill_diagonal(table, 1 - wrong)
    return Ask((*pair, NEITHER), classes, table)


def ask_side(axis: str, apart: Floats, error: float | None = None) -> Ask:
    """Which side, from metres (n, 2) east and north of the landmark; NaN where not known."""
    ahead = apart[:, 1 if axis == "utara-selatan" else 0]
    wrong = SIDE_ERROR if error is None else error
    table = np.array([[1 - wrong, wrong, 0.5], [wrong, 1 - wrong, 0.5]])
    classes = np.where(np.isnan(ahead), 2, np.where(ahead >= 0, 0, 1))
    return Ask(AXES[axis], classes, table)


def told_apart(rts: Sequence[RtArea]) -> list[RtArea]:
    """Each RT once, in the order of first mention."""
    return list({area.key: area for area in rts}.values())


def rt_of_points(cloud: Cloud, rts: Sequence[RtArea]) -> Ints:
    """Number (n,) into told_apart(rts) of the RT that each point lies in; -1 for none.

    Inside an area, else nearest of the points told for the same village.
    """
    areas = told_apart(rts)
    found = np.full(len(cloud.place), -1, dtype=np.intp)
    away = np.full(len(found), np.inf)
    lon, lat = cloud.spots.T
    for number, area in enumerate(areas):
        if isinstance(area.place, Point):
            home = _in_village(cloud, area.village_code)
            apart = np.hypot(lon - area.place.lon, lat - area.place.lat)
            nearer = home & (apart < away)
            found[nearer], away[nearer] = number, apart[nearer]
    for number, area in enumerate(areas):
        if not isinstance(area.place, Point):
            found[shapely.intersects_xy(area.place, lon, lat)] = number
    return found


def _in_village(cloud: Cloud, code: str) -> NDArray[np.bool_]:
    number = cloud.places.index(code) if code in cloud.places else NOWHERE
    inside: NDArray[np.bool_] = cloud.place == number
    return inside


def apart_m(cloud: Cloud, mark: Landmark) -> Floats:
    """Metres (n, 2) east and north from a landmark, or from the nearest point of a road."""
    known = ~np.isnan(cloud.spots[:, 0])
    apart = np.full_like(cloud.spots, np.nan)
    if not known.any():
        return apart
    scale = LocalScale.at(float(cloud.spots[known, 1].mean()))
    metres = (scale.lon_m, scale.lat_m)
    if isinstance(mark, Side):
        from_: Floats = (cloud.spots - (mark.point.lon, mark.point.lat)) * metres
        return from_
    line = shapely.transform(_near_part(mark.line, cloud.spots[known]), lambda c: c * metres)
    shapely.prepare(line)
    spots = cloud.spots[known] * metres
    links = shapely.shortest_line(line, shapely.points(spots))
    apart[known] = spots - shapely.get_coordinates(shapely.get_point(links, 0))
    return apart


def _near_part(line: BaseGeometry, spots: Floats) -> BaseGeometry:
    """The line cut to twice the box of the points, so that a long road costs no more."""
    low, high = spots.min(axis=0), spots.max(axis=0)
    margin = (high - low) / 2 + 1e-4
    cut = shapely.clip_by_rect(line, *(low - margin), *(high + margin))
    return line if cut.is_empty else cut
