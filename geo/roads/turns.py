"""Forbidden turns: from the signs of the ways to pairs of roads at a junction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from geo.roads.raw import Restriction


@dataclass(frozen=True, slots=True)
class RoadEnds:
    """Where a road begins and ends, and the ways that it is there."""

    start: int  # junction
    finish: int
    first_way: int  # in the source
    last_way: int
    oneway: bool


def turn_bans(
    restrictions: Sequence[Restriction], roads: Sequence[RoadEnds], via_of: dict[int, int]
) -> list[tuple[int, int, int]]:
    """(from road, junction, to road), by their place in the list, in rising order, each once.

    via_of  junction of a node of the source
    One that names a way or a node that is not there bans nothing.
    """
    into, out = _arms(roads, frozenset(via_of.values()))
    bans = set()
    for sign in restrictions:
        junction = via_of.get(sign.via)
        if junction is None:
            continue
        comes = [road for road, way in into[junction] if way == sign.from_way]
        goes = [road for road, way in out[junction] if way == sign.to_way]
        if sign.only and goes:
            # All others but the way back, of which the router has its own opinion.
            goes = [road for road, way in out[junction] if way not in (sign.to_way, sign.from_way)]
        # From a way into itself is the way back; over the midst of a way it goes straight on.
        back = sign.from_way == sign.to_way and not sign.only
        bans |= {
            (road, junction, other) for road in comes for other in goes if road == other or not back
        }
    return sorted(bans)


Arms = dict[int, list[tuple[int, int]]]  # of a junction: road, way


def _arms(roads: Sequence[RoadEnds], junctions: frozenset[int]) -> tuple[Arms, Arms]:
    """Roads by which one can come to a junction, and by which one can leave it."""
    into, out = defaultdict(list), defaultdict(list)
    for number, road in enumerate(roads):
        for junction, way, is_start in (
            (road.start, road.first_way, True),
            (road.finish, road.last_way, False),
        ):
            if junction not in junctions:
                continue
            if not (road.oneway and is_start):
                into[junction].append((number, way))
            if not (road.oneway and not is_start):
                out[junction].append((number, way))
    return into, out
