"""The one question that is expected to settle most about where a place is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from geo.shapes import Floats, Ints
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
    apart_m,
    ask_pair,
    ask_side,
    rt_of_points,
    told_apart,
)
from geo.uncertainty.belief import ACCEPT, Belief, accepted
from geo.uncertainty.cloud import OUTSIDE, SEA, Cloud

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
_POINTS = 1024  # over which sides and RT are weighed: gains right to some 0.02 bit


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
    gain_bits: float
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
    few = belief.thinned(_POINTS) if sides or rts else belief
    drafts = [*_by_name(belief), *_by_rt(few, rts), *_by_side(few, sides)]
    free = [draft for draft in drafts if draft.key not in asked]
    best = max(free, key=lambda draft: round(draft.gain_bits, 6), default=None)  # first of equals
    if best is None or best.gain_bits <= WORTH_BITS:
        return None
    return Question(best.key, best.kind, best.options, best.gain_bits, best.about)


def gain_bits(cloud: Cloud, weight: Floats, ask: Ask) -> float:
    """By how much the entropy over the places is expected to fall with the answer."""
    places, kinds = len(cloud.places), ask.table.shape[1]
    both = ask.classes * places + cloud.place
    mass = np.bincount(both, weight, kinds * places).reshape(kinds, places)
    joint = ask.table @ mass  # answer by place
    return _bits(joint.sum(axis=0)) - _bits(joint) + _bits(joint.sum(axis=1))


def _bits(mass: Floats) -> float:
    some = mass[mass > 0]
    return float(-(some * np.log2(some)).sum())


def _by_name(belief: Belief) -> Iterator[_Draft]:
    """Two of the likeliest places; another regency and the sea may be one of them."""
    places, weight = belief.cloud.places, belief.decisive
    for pair in _likeliest_pairs(np.bincount(belief.cloud.place, weight, len(places))):
        one, other = (places[number] for number in pair)
        if {one, other} != {SEA, OUTSIDE}:
            ask = ask_pair((one, other), pair, belief.cloud.place)
            gain = gain_bits(belief.cloud, weight, ask)
            options = (_place(one), _place(other))
            yield _Draft(_key(Kind.VILLAGE, one, other), Kind.VILLAGE, options, gain)


def _likeliest_pairs(mass: Floats | Ints) -> Iterator[tuple[int, int]]:
    """Numbers of two of the likeliest, the likelier first."""
    order = np.argsort(-mass, kind="stable")[:_MOST_LIKELY].tolist()
    return combinations([number for number in order if mass[number] > 0], 2)


def _place(place: str) -> Option:
    return Option(place, village=None if place in (SEA, OUTSIDE) else place)


def _key(kind: Kind, one: str, other: str) -> str:
    """The same for a pair, whichever is likelier by now."""
    return f"{kind}:{'|'.join(sorted((one, other)))}"


def _by_rt(few: Belief, rts: Sequence[RtArea]) -> Iterator[_Draft]:
    areas = told_apart(rts)
    if len(areas) < 2:
        return
    of_points = rt_of_points(few.cloud, rts)
    inside = of_points >= 0
    for pair in _likeliest_pairs(np.bincount(of_points[inside], few.weight[inside], len(areas))):
        one, other = (areas[number] for number in pair)
        gain = gain_bits(few.cloud, few.weight, ask_pair((one.key, other.key), pair, of_points))
        yield _Draft(_key(Kind.RT, one.key, other.key), Kind.RT, (_rt(one), _rt(other)), gain)


def _rt(area: RtArea) -> Option:
    return Option(area.key, village=area.village_code, rt=area.rt)


def _by_side(few: Belief, sides: Sequence[Landmark]) -> Iterator[_Draft]:
    for mark in sides:
        kind = Kind.SIDE if isinstance(mark, Side) else Kind.ROAD
        apart = apart_m(few.cloud, mark)
        for axis in AXES if kind is Kind.SIDE else (_across(apart),):
            one, other = AXES[axis]
            options = (Option(one, side=one), Option(other, side=other))
            gain = gain_bits(few.cloud, few.weight, ask_side(axis, apart))
            yield _Draft(f"{kind}:{mark.key}:{axis}", kind, options, gain, mark.name)


def _across(apart: Floats) -> str:
    """A road that runs east has a north side and a south side."""
    east, north = np.nansum(np.abs(apart), axis=0)
    return "utara-selatan" if north >= east else "timur-barat"
