"""Which parts of a network are connected, and what to call them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.roads.raw import Floats

Ints = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Part:
    """Roads from each of which one can drive to each other and back."""

    number: int  # 0: the largest
    roads: int
    junctions: int
    km: float
    name: str | None  # of the road that most of it is
    lon: float  # of that road, in the midst of the part
    lat: float


def numbered(
    start: Ints, finish: Ints, oneway: NDArray[np.bool_], length_m: Floats
) -> tuple[Ints, int]:
    """The part of each road (n,): 0 the largest by its roads, then by their length; how many.

    A road that leads from one part into another without a way back belongs to the smaller one:
    who gets there does not get to the largest and back. Numbers beyond the count of parts are
    of such roads whose other end is no part: a one-way road that leaves the extract.
    """
    count = int(max(start.max(), finish.max())) + 1
    back = ~oneway
    rows, columns = np.append(start, finish[back]), np.append(finish, start[back])
    graph = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
    parts, part_of = connected_components(graph.tocsr(), directed=True, connection="strong")
    inside = part_of[start] == part_of[finish]
    roads = np.bincount(part_of[start[inside]], minlength=parts)
    metres = np.bincount(part_of[start[inside]], length_m[inside], minlength=parts)
    junctions = np.bincount(part_of, minlength=parts)
    number = np.empty(parts, dtype=np.int32)
    number[np.lexsort((-metres, -junctions, -roads))] = np.arange(parts, dtype=np.int32)
    part_of = number[part_of]
    component = np.asarray(np.maximum(part_of[start], part_of[finish]), dtype=np.int32)
    return component, int((roads > 0).sum())


def described(
    component: Ints,
    ends: tuple[Ints, Ints],
    length_m: Floats,
    names: Sequence[str | None],
    middles: Floats,
    most: int,
) -> list[Part]:
    """The first so many parts, the largest first."""
    order = np.argsort(component, kind="stable")
    firsts = np.flatnonzero(np.diff(component[order], prepend=-1))
    found = []
    for roads in np.split(order, firsts[1:])[:most]:
        junctions = np.unique(np.concatenate([ends[0][roads], ends[1][roads]]))
        name = _name(roads, length_m, names)
        lon, lat = _place([road for road in roads.tolist() if names[road] == name], roads, middles)
        km = float(length_m[roads].sum()) / 1000.0
        found.append(Part(int(component[roads[0]]), len(roads), len(junctions), km, name, lon, lat))
    return found


def _name(roads: NDArray[np.intp], length_m: Floats, names: Sequence[str | None]) -> str | None:
    """The name that most metres have; None where no road has one."""
    metres: dict[str, float] = {}
    for road in roads.tolist():
        if (name := names[road]) is not None:
            metres[name] = metres.get(name, 0.0) + float(length_m[road])
    return max(metres, key=metres.__getitem__) if metres else None


def _place(bearers: list[int], roads: NDArray[np.intp], middles: Floats) -> tuple[float, float]:
    """Of those of that name, where the one lies that is nearest to the midst of all roads."""
    midst = np.median(middles[roads], axis=0)
    away = np.hypot(*(middles[bearers] - midst).T)
    lon, lat = middles[bearers[int(np.argmin(away))]].tolist()
    return lon, lat
