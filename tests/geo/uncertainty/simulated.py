"""Calls whose true village is known: a place on land, a position that misses it, a drawing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import shape

from geo.point import Point
from geo.shapes import Floats, LocalScale
from geo.territory import SeaEdge, Territory
from geo.uncertainty.belief import ACCEPT, Belief, accepted
from geo.uncertainty.drawing import Drawing
from geo.uncertainty.location import circle
from geo.uncertainty.questions import NEITHER, Question, best_question
from tests.shared import shared

KEMENDAGRI = "data/village_boundaries/jepara.geojson"
BPS = "data/village_boundaries/jepara_bps2019.geojson"
# Where the border with Demak and with Pati meets the coast, read off both sets.
JEPARA_SEA = SeaEdge(
    border_ends=(Point(lon=110.5943, lat=-6.7243), Point(lon=110.9752, lat=-6.4130)),
    open_water=Point(lon=110.55, lat=-6.5),
)
SIGMAS_IN_68 = np.sqrt(-2 * np.log(0.32))  # radius of the circle that holds 68 % of a normal


def drawing_of(path: str) -> Drawing:
    """The villages of a file of ../shared; skips the test without it."""
    features = json.loads(shared(path).read_text())["features"]
    rows = [(each["properties"]["code"], shape(each["geometry"])) for each in features]
    codes, areas = zip(
        *sorted((row for row in rows if row[0]), key=lambda row: row[0]), strict=True
    )
    return Drawing.of(codes, areas, JEPARA_SEA)


def on_land(drawing: Drawing, count: int, chance: np.random.Generator) -> tuple[Floats, list[str]]:
    """Places (count, 2) anywhere in the villages, by area, and the village of each."""
    sizes = shapely.area(drawing.areas.areas)
    which = chance.choice(len(sizes), count, p=sizes / sizes.sum())
    spots = np.empty((count, 2))
    open_ = np.arange(count)
    while len(open_):
        boxes = drawing.areas.boxes[which[open_]]
        tried = chance.uniform(boxes[:, :2], boxes[:, 2:])
        hit = shapely.intersects_xy(drawing.areas.areas[which[open_]], tried[:, 0], tried[:, 1])
        spots[open_[hit]] = tried[hit]
        open_ = open_[~hit]
    return spots, [drawing.codes[n] for n in which.tolist()]


@dataclass(frozen=True)
class Calls:
    """Observed points and the village that each call is truly from."""

    points: list[Point]
    villages: list[str]

    def __iter__(self) -> Iterator[tuple[Point, str]]:
        return iter(zip(self.points, self.villages, strict=True))


def calls(drawings: list[Drawing], count: int, radius_m: float, seed: int) -> Calls:
    """So many calls, as many true by each drawing; a position misses by the 68 % radius."""
    chance = np.random.default_rng(seed)
    points: list[Point] = []
    villages: list[str] = []
    for drawing in drawings:
        spots, codes = on_land(drawing, count // len(drawings), chance)
        missed = chance.normal(0, radius_m / SIGMAS_IN_68, spots.shape)
        for (lon, lat), (east, north) in zip(spots.tolist(), missed.tolist(), strict=True):
            scale = LocalScale.at(lat)
            points.append(Point(lon=lon + east / scale.lon_m, lat=lat + north / scale.lat_m))
        villages += codes
    return Calls(points, villages)


@dataclass(frozen=True)
class Answers:
    """First answer to each call: how likely it was said to be, and whether it was right."""

    p: Floats
    right: np.ndarray

    def near(self, level: float, width: float) -> np.ndarray:
        return np.abs(self.p - level) <= width

    @property
    def taken(self) -> np.ndarray:
        """Those accepted by themselves."""
        return self.p >= ACCEPT

    @property
    def wrong_of_taken(self) -> float:
        return float(1 - self.right[self.taken].mean())


def answers(territory: Territory, made: Calls, radius_m: float) -> Answers:
    """With what is known beforehand of calls from the sea and from beyond."""
    best = [territory.chances(circle(point, radius_m)).weighed().best for point, _ in made]
    p = np.array([0.0 if one is None else one[1] for one in best])
    named = [None if one is None else one[0] for one in best]
    right = np.array([one == true for one, true in zip(named, made.villages, strict=True)])
    return Answers(p, right)


def in_polygon(drawing: Drawing, made: Calls) -> tuple[float, float]:
    """Shares of the calls whose observed point lies in another village, and in none."""
    hits = [drawing.areas.covering(point.lon, point.lat)[:1].tolist() for point, _ in made]
    named = [drawing.codes[hit[0]] if hit else None for hit in hits]
    none = [one is None for one in named]
    wrong = [one not in (None, true) for one, true in zip(named, made.villages, strict=True)]
    return float(np.mean(wrong)), float(np.mean(none))


@dataclass(frozen=True)
class Talk:
    """What a call came to: questions asked, the village taken, if any, and the true one."""

    questions: int
    taken: str | None
    true: str


def talks(
    territory: Territory, made: Calls, radius_m: float, error: float, seed: int
) -> list[Talk]:
    """Each call with as many questions as it needs, three at most; answers err so often."""
    chance = np.random.default_rng(seed)
    held = []
    for point, true in made:
        belief, asked = Belief.of(territory, circle(point, radius_m), points=512), []
        while len(asked) < 3 and (question := best_question(belief, asked)) is not None:
            belief = belief.answered(question.key, reply(question, true, error, chance))
            asked.append(question.key)
        held.append(Talk(len(asked), accepted(belief), true))
    return held


def reply(question: Question, true: str, error: float, chance: np.random.Generator) -> str:
    keys = [*(option.key for option in question.options), NEITHER]
    right = true if true in keys else NEITHER
    if chance.random() >= error:
        return right
    return str(chance.choice([key for key in keys if key != right]))
