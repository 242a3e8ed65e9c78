"""Roads as a file has them: ways of nodes with tags, before anything is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.errors import GeoError
from geo.point import Box

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


class BadRoads(GeoError):
    """A file of roads cannot be used as it is."""


@dataclass(frozen=True, slots=True, eq=False)
class RawWay:
    """A line of nodes. Two ways meet where they share a node, and nowhere else.

    id      of the way in the source
    nodes   (n,) their numbers; n is at least 2
    coords  (n, 2) lon, lat
    tags    OSM's words: {"highway": "primary", "oneway": "yes"}
    """

    id: int
    nodes: Numbers
    coords: Floats
    tags: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn that a sign forbids, or (only) the one that it allows."""

    from_way: int
    via: int  # node
    to_way: int
    only: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Extract:
    """What a file gave.

    ways          that a vehicle can use, in the order of the file
    ferries       ways of ferries, whole
    restrictions  of turns
    signals       nodes with traffic lights
    extent        that all roads of the file span, those left out too; None: it names none
    left_out      how many were not taken, by the reason
    """

    ways: list[RawWay]
    ferries: list[RawWay] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    signals: frozenset[int] = frozenset()
    extent: Box | None = None
    left_out: Counter[str] = field(default_factory=Counter)
