"""Toronto's real fires as a replay: real moments, places and response times; stations are guessed.

The set names no station and no unit, and there are no roads of Toronto here. So posts are put
where fires were (k-means of the first years), ways are straight lines with a learned factor, and
what chance did to a fire is what its real response time was against that model: whichever unit
is sent meets the same luck. How far the guesses are off is part of the spread that is learned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from scipy.cluster.vq import kmeans2

from geo.point import Point
from geo.routing import Start
from geo.routing.crow import CrowRouter
from geo.routing.learned import Journey, Lesson, learn
from geo.routing.rules import LINE
from tests.replay.calls import Fire

POSTS = 83  # about as many as the city has; assumed
LEAST_S = 90.0
LINE_ROUTER = CrowRouter(speed_kmh=40.0, detour=1.3)


def posts_of(fires: Sequence[Fire], count: int = POSTS) -> list[Point]:
    """Where posts would stand if they stood amid the fires."""
    places = np.array([(fire.where.lon, fire.where.lat) for fire in fires])
    centres, _ = kmeans2(places, count, minit="++", seed=112)
    return [Point(lon=float(lon), lat=float(lat)) for lon, lat in centres]


def band_of(at: datetime) -> str:
    """Night, the hours of the commuters, day."""
    if at.hour >= 22 or at.hour < 6:
        return "malam"
    return "sibuk" if at.hour in (7, 8, 9, 16, 17, 18) else "siang"


def line_s(post: Point, goal: Point) -> float:
    """Seconds of the straight way; a fire beside a guessed post is no nearer than others."""
    return max(LEAST_S, float(LINE_ROUTER.times([Start(post)], [goal])[0, 0]))


@dataclass(frozen=True, slots=True)
class Model:
    """What was learned of the first years: seconds of a straight way, by band, and the spread."""

    posts: Sequence[Point]
    factor: dict[str, float]
    sd: dict[str, float]
    lesson: Lesson

    def travel_s(self, post: Point, goal: Point, band: str) -> float:
        """Expected, without turn-out."""
        return line_s(post, goal) * self.factor.get(band, self.factor["*"])


def learn_city(fires: Sequence[Fire], posts: Sequence[Point], turnout_s: float) -> Model:
    """Factors of the straight line by band, from response times less the usual turn-out."""
    journeys = []
    for fire in fires:
        plain_s = line_s(min(posts, key=fire.where.distance_m), fire.where)
        way_s = max(fire.response_s - turnout_s, 30.0)
        journeys.append(Journey({LINE: plain_s}, band_of(fire.at), way_s, plain_s))
    lesson = learn(journeys)
    rows = [row for row in lesson.factors if row.kind == LINE]
    factor = {row.band: row.factor for row in rows}
    sd = {row.band: row.sd for row in rows}
    factor.setdefault("*", float(np.mean(list(factor.values()))))
    sd.setdefault("*", float(np.mean(list(sd.values()))))
    return Model(posts, factor, sd, lesson)
