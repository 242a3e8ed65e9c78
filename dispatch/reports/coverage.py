"""Whom help reaches in time: shares by village, on paper and by road, and what each unit is worth.

Quick enough for a request: the times from the posts are kept by dispatch.cover.reaches.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from dispatch.cover.reaches import POINTS, reaches
from dispatch.ground import Ground
from dispatch.reports.coverage_ask import CoverageAsk
from dispatch.reports.coverage_given import Given, basis_of, general_caveats, read_given
from dispatch.reports.coverage_words import caveat, coverage_words, paper_words
from dispatch.reports.regimes import Regime, regimes_of
from dispatch.reports.yardsticks import Yardstick, yardstick_of
from geo.coverage import Demand, Flags, Floats, Ints, within
from geo.coverage.people import Loss, Paper, losses, paper, rolled, shares_within
from geo.placement import VillageRef
from geo.point import Point
from geo.routing.crow import metres_between

Json = dict[str, Any]
MOST_LOST = 20  # villages named beside each unit


@dataclass(frozen=True, eq=False)
class Seen:
    """What a document is written from.

    times_s  (units, points) from the order until they are there; NaN for never, or too late
    points   that stand for a village
    """

    ask: CoverageAsk
    given: Given
    demand: Demand
    times_s: Floats
    points: int
    villages: Sequence[VillageRef]
    regimes: list[Regime]
    basis: str | None

    @cached_property
    def weights(self) -> Floats:
        """(villages,) all together 1."""
        return self.demand.by_village(self.demand.weights)

    @cached_property
    def shares(self) -> Floats:
        """(limits, villages) that are reached."""
        return shares_within(self.demand, self.times_s, [m * 60.0 for m in self.ask.limits])

    @cached_property
    def covers(self) -> Flags:
        """(units, points) in the minutes that were asked for."""
        return within(self.times_s, self.ask.minutes * 60.0)

    @cached_property
    def reached_points(self) -> Flags:
        """(points,) by anybody."""
        reached: Flags = np.logical_or.reduce(self.covers, axis=0)
        return reached

    @cached_property
    def reached(self) -> Flags:
        """(villages,) whether each counts as reached."""
        return self.demand.reached(self.reached_points)

    @cached_property
    def first(self) -> tuple[Floats, Ints]:
        """When half of each village is reached, and by whom."""
        return self.demand.soonest(self.times_s)

    @property
    def at(self) -> int:
        """Which limit is the one that was asked for."""
        return self.ask.limits.index(self.ask.minutes)


def coverage(session: Session, ground: Ground, ask: CoverageAsk, now: datetime) -> Json:
    """The document of docs/api-analisis.md, "Jangkauan": at this hour, without the shapes."""
    given = read_given(session, ground, ask)
    known = reaches(session, ground, now)
    none = np.empty((0, len(known.demand.weights)))
    seen = Seen(
        ask,
        given,
        known.demand,
        known.from_posts_s(given.units, ground, now) if given.units else none,
        POINTS,
        ground.locator.villages,
        regimes_of(ground, known.demand),
        basis_of(ground, given, known.goals, now),
    )
    return document(seen, now)


def document(seen: Seen, now: datetime) -> Json:
    """What was seen, as JSON."""
    circles = _circles(seen)
    villages = [_village(seen, n, circles) for n in range(len(seen.villages))]
    missed = np.argsort(-seen.weights, kind="stable")
    missed = missed[~seen.reached[missed]]
    said = _said(seen, circles, [villages[n] for n in missed.tolist()])
    return {
        "ask": seen.ask.to_json(),
        "as_of": now.isoformat().replace("+00:00", "Z"),
        "words": said[0],
        "words_en": said[1],
        "basis": seen.basis,
        "yardstick": _law(yardstick_of(seen.ask.skill)),
        "caveats": _caveats(seen),
        "limits": list(seen.ask.limits),
        "total": {"units": len(seen.given.units)} | _group(seen, np.arange(len(villages))),
        "regimes": [
            {"id": regime.code, "name": regime.name, "island": regime.island}
            | _group(seen, regime.villages)
            for regime in seen.regimes
        ],
        "districts": _districts(seen),
        "villages": villages,
        "missed": [seen.villages[n].code for n in missed.tolist()],
        "paper": None if circles is None else _paper(seen, circles),
        "losses": [_loss(seen, one) for one in losses(seen.demand, seen.covers)],
    }


def _said(seen: Seen, circles: Paper | None, missed: Sequence[Json]) -> tuple[str, str]:
    """The answer in a sentence or two, in both languages."""
    minutes, total = seen.ask.minutes, float(seen.shares[seen.at] @ seen.weights)
    said = coverage_words(minutes, total, missed, len(seen.villages), _counted(seen.given.people))
    if circles is None or seen.ask.radius_km is None:
        return said
    more = paper_words(float(circles.only_circle @ seen.weights), seen.ask.radius_km, minutes)
    return f"{said[0]} {more[0]}", f"{said[1]} {more[1]}"


def _counted(people: Sequence[int | None]) -> bool:
    """Whether the weights are people rather than area."""
    return sum(count is not None for count in people) * 2 > len(people)


def _circles(seen: Seen) -> Paper | None:
    """None where no radius was asked for."""
    if seen.ask.radius_km is None:
        return None
    posts = list(dict.fromkeys(unit.post for unit in seen.given.units))
    goals = [Point(lon=lon, lat=lat) for lon, lat in seen.demand.spots.tolist()]
    away_m = metres_between(posts, goals)
    return paper(seen.demand, away_m, seen.ask.radius_km * 1000, seen.reached_points)


def _village(seen: Seen, n: int, circles: Paper | None) -> Json:
    village = seen.villages[n]
    return {
        "id": village.code,
        "name": village.name,
        "district": village.district,
        "weight": round(float(seen.weights[n]), 6),
        "population": seen.given.people[n],
        "shares": _rounded(seen.shares[:, n]),
        **_first(seen, n),
        "paper": None if circles is None else _on_paper(circles, np.eye(len(seen.weights))[n]),
    }


def _first(seen: Seen, n: int) -> Json:
    """Who reaches half of the village first, and when."""
    seconds, who = seen.first
    if not isfinite(seconds[n]):
        return {"best_s": None, "by": None}
    return {"best_s": round(float(seconds[n])), "by": seen.given.units[int(who[n])].call_sign}


def _group(seen: Seen, which: NDArray[np.intp]) -> Json:
    """Of some villages: how many, how much of all they weigh, shares by limit, how many reached."""
    weights = seen.weights[which]
    shares = rolled(seen.shares[:, which], weights, np.zeros(len(which), dtype=np.intp), 1)[:, 0]
    told = [seen.given.people[n] for n in which.tolist()]
    return {
        "villages": len(which),
        "reached": int(seen.reached[which].sum()),
        "weight": round(float(weights.sum()), 6),
        "population": None if None in told else sum(count or 0 for count in told),
        "shares": _rounded(shares),
    }


def _districts(seen: Seen) -> list[Json]:
    """The one with the least share first."""
    codes = np.array([village.district_code for village in seen.villages])
    names = {village.district_code: village.district for village in seen.villages}
    found = [
        {"id": str(code), "name": names[str(code)]} | _group(seen, np.flatnonzero(codes == code))
        for code in np.unique(codes)
    ]
    return sorted(found, key=lambda one: (one["shares"][seen.at], one["id"]))


def _paper(seen: Seen, circles: Paper) -> Json:
    """Of the regency, and the villages where paper promises most that is not kept."""
    worst = np.argsort(-circles.only_circle * seen.weights, kind="stable")
    return {
        "radius_km": seen.ask.radius_km,
        "minutes": seen.ask.minutes,
        **_on_paper(circles, seen.weights),
        "villages": [
            seen.villages[n].code for n in worst.tolist() if circles.only_circle[n] > 1e-9
        ],
    }


def _on_paper(circles: Paper, weights: Floats) -> Json:
    return {
        "circle": round(float(circles.circle @ weights), 4),
        "road": round(float(circles.road @ weights), 4),
        "only_circle": round(float(circles.only_circle @ weights), 4),
        "only_road": round(float(circles.only_road @ weights), 4),
    }


def _loss(seen: Seen, loss: Loss) -> Json:
    unit = seen.given.units[loss.unit]
    some = [n for n in np.argsort(-loss.shares * seen.weights, kind="stable") if loss.shares[n] > 0]
    return {
        "unit": unit.unit_id,
        "call_sign": unit.call_sign,
        "kind": unit.kind,
        "station": unit.station,
        "weight": round(loss.weight, 6),
        "lost": int(loss.villages.sum()),
        "touched": len(some),
        "villages": [
            {
                "id": seen.villages[n].code,
                "name": seen.villages[n].name,
                "share": round(float(loss.shares[n]), 4),
                "lost": bool(loss.villages[n]),
            }
            for n in some[:MOST_LOST]
        ],
    }


def _caveats(seen: Seen) -> list[Json]:
    told = general_caveats(seen.given, seen.points, seen.basis)
    if (law := yardstick_of(seen.ask.skill)) is not None:
        told.insert(0, caveat("aturan", law=law.law, note=law.note, note_en=law.note_en))
    return told


def _law(law: Yardstick | None) -> Json | None:
    if law is None:
        return None
    return {"minutes": law.minutes, "radius_km": law.radius_km, "law": law.law}


def _rounded(values: Floats) -> list[float | None]:
    return [round(v, 4) if isfinite(v) else None for v in values.tolist()]
