"""The one question that is expected to settle most about where a place is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geo.shapes import Floats
from geo.uncertainty.asks import (
    AXES,
    NEITHER,
    UNSURE,
    Ask,
    BadQuestion,
    Kind,
    Landmark,
    Road,
    RtArea,
    Side,
    ask_of,
    from_road_m,
    rt_of_points,
)
from geo.uncertainty.belief import ACCEPT, Belief, accepted
from geo.uncertainty.cloud import OUTSIDE, SEA

__all__ = [
    "ACCEPT",
    "NEITHER",
    "UNSURE",
    "BadQuestion",
    "Belief",
    "Kind",
    "Option",
    "Question",
    "Road",
    "RtArea",
    "Side",
    "accepted",
    "best_question",
]

WORTH_BITS = 0.05  # a question that is expected to settle less is not asked
_MOST_LIKELY = 5  # places, or RT, that are asked for by name


@dataclass(frozen=True, slots=True)
class Option:
    """One of the two answers on the keys.

    key      what answered() takes
    village  code, where it is a village or an RT of one; None for sides, the sea and outside
    side     utara, selatan, timur, barat; "" where no side is asked for
    rt       number; None where no RT is asked for
    """

    key: str
    village: str | None = None
    side: str = ""
    rt: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A question with two keys.

    key        tells it again, with the same landmarks, to Belief.answered()
    about      name of the landmark or road; "" where two villages or RT are asked for
    gain_bits  how much the doubt about the village is expected to shrink
    neither    whether NEITHER is a third answer; UNSURE always is one
    """

    key: str
    kind: Kind
    options: tuple[Option, Option]
    gain_bits: float
    about: str = ""

    @property
    def neither(self) -> bool:
        """A third place may be meant where two were named; a side is the one or the other."""
        return self.kind in (Kind.VILLAGE, Kind.RT)


@dataclass(frozen=True, slots=True)
class _Draft:
    key: str
    kind: Kind
    options: tuple[Option, Option]
    about: str = ""


def best_question(
    belief: Belief,
    asked: Collection[str] = (),
    sides: Sequence[Landmark] = (),
    rts: Sequence[RtArea] = (),
) -> Question | None:
    """The question with the greatest expected gain, not asked before; villages before their like.

    None when a village is accepted or nothing gains more than 0.05 bit.
    """
    if accepted(belief) is not None:
        return None
    drafts = [*_by_name(belief), *_by_rt(belief, rts), *_by_side(belief, sides)]
    gains = [
        (gain_bits(belief, ask_of(draft.key, belief.cloud, sides, rts)), draft)
        for draft in drafts
        if draft.key not in asked
    ]
    if not gains:
        return None
    gain, best = max(gains, key=lambda each: round(each[0], 6))  # the first of equals
    if gain <= WORTH_BITS:
        return None
    return Question(best.key, best.kind, best.options, gain, best.about)


def gain_bits(belief: Belief, ask: Ask) -> float:
    """By how much the entropy over the places is expected to fall with the answer."""
    places, kinds = len(belief.cloud.places), ask.table.shape[1]
    both = ask.classes * places + belief.cloud.place
    mass = np.bincount(both, belief.decisive, kinds * places).reshape(kinds, places)
    joint = ask.table @ mass  # answer by place
    return _bits(joint.sum(axis=0)) - _bits(joint) + _bits(joint.sum(axis=1))


def _bits(mass: Floats) -> float:
    some = mass[mass > 0]
    return float(-(some * np.log2(some)).sum())


def _by_name(belief: Belief) -> Iterator[_Draft]:
    """Two of the likeliest places; another regency and the sea may be one of them."""
    places = belief.cloud.places
    mass = np.bincount(belief.cloud.place, belief.decisive, len(places))
    likeliest = [places[n] for n in np.argsort(-mass, kind="stable")[:_MOST_LIKELY] if mass[n] > 0]
    for one, other in combinations(likeliest, 2):
        if {one, other} != {SEA, OUTSIDE}:
            yield _Draft(_key(Kind.VILLAGE, one, other), Kind.VILLAGE, (_place(one), _place(other)))


def _place(place: str) -> Option:
    return Option(place, village=None if place in (SEA, OUTSIDE) else place)


def _key(kind: Kind, one: str, other: str) -> str:
    """The same for a pair, whichever is likelier by now."""
    return f"{kind}:{'|'.join(sorted((one, other)))}"


def _by_rt(belief: Belief, rts: Sequence[RtArea]) -> Iterator[_Draft]:
    areas = list({area.key: area for area in rts}.values())
    if len(areas) < 2:
        return
    numbers = rt_of_points(belief.cloud, rts)
    inside = numbers >= 0
    mass = np.bincount(numbers[inside], belief.decisive[inside], len(areas))
    order = np.argsort(-mass, kind="stable")[:_MOST_LIKELY]
    for one, other in combinations([areas[n] for n in order if mass[n] > 0], 2):
        options = (_rt(one), _rt(other))
        yield _Draft(_key(Kind.RT, one.key, other.key), Kind.RT, options)


def _rt(area: RtArea) -> Option:
    return Option(area.key, village=area.village_code, rt=area.rt)


def _by_side(belief: Belief, sides: Sequence[Landmark]) -> Iterator[_Draft]:
    for mark in sides:
        if isinstance(mark, Side):
            for axis in AXES:
                yield _side(Kind.SIDE, mark, axis)
        else:
            yield _side(Kind.ROAD, mark, _across(belief, mark))


def _side(kind: Kind, mark: Landmark, axis: str) -> _Draft:
    one, other = AXES[axis]
    options = (Option(one, side=one), Option(other, side=other))
    return _Draft(f"{kind}:{mark.key}:{axis}", kind, options, mark.name)


def _across(belief: Belief, road: Road) -> str:
    """A road that runs east has a north side and a south side."""
    apart = np.abs(from_road_m(belief.cloud, road))
    east, north = np.nansum(apart * belief.cloud.weight[:, np.newaxis], axis=0)
    return "utara-selatan" if north >= east else "timur-barat"
