"""A road network: roads between junctions, its parts, forbidden turns, ferries, lights."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.roads import driving, parts
from geo.roads.crossings import Crossing, crossings
from geo.roads.joining import Chain, Corners, join
from geo.roads.raw import BadRoads, Extract, Floats, Numbers
from geo.roads.tags import direction, name_of, speed_kmh
from geo.roads.turns import RoadEnds, turn_bans

Ints = NDArray[np.int32]
SIGNAL_WITHIN_M = 40.0  # a light at the stop line counts for the junction behind it


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """n roads in the direction in which they were drawn; one-way streets in theirs.

    start, finish  (n,) numbers of junctions, 0 and up
    way_ids        (n,) of the way that most of it came from; 0 where the source has no numbers
    speed_kmh      (n,) signed; NaN unknown
    component      (n,) 0: the largest part that is strongly connected; from `parts_count` up:
                   one-way roads that nothing leads back from (or to), each for itself
    coords         (m, 2) lon, lat of all courses, one after the other
    offsets        (n + 1,) where each begins
    bans           (k, 3) from road, junction, to road: roads by their place
    ferries        start and finish are junctions here
    signals        junctions with traffic lights, rising
    nodes          (j,) number of each junction in the source
    """

    start: Ints
    finish: Ints
    way_ids: Numbers
    kinds: tuple[str, ...]
    names: tuple[str | None, ...]
    oneway: NDArray[np.bool_]
    length_m: Floats
    speed_kmh: Floats
    component: Ints
    parts_count: int
    coords: Floats
    offsets: Numbers
    bans: Ints
    ferries: tuple[Crossing, ...]
    signals: Ints
    nodes: Numbers
    winding: driving.Winding
    raw_km: float  # of the ways that they were made of
    ferries_without_road: int = 0

    def course(self, road: int) -> Floats:
        """(k, 2) lon, lat of one road."""
        return self.coords[self.offsets[road] : self.offsets[road + 1]]

    def parts(self, most: int) -> list[parts.Part]:
        """The first so many parts, the largest first, without lone one-way roads."""
        middles = self.coords[(self.offsets[:-1] + self.offsets[1:]) // 2]
        ends = (self.start, self.finish)
        return parts.described(
            self.component, ends, self.length_m, self.names, middles, min(most, self.parts_count)
        )


def build(extract: Extract) -> Network:
    """The network of an extract, in some 5 s a million nodes. Raises BadRoads for one without."""
    if not extract.ways:
        raise BadRoads("tidak ada jalan")
    ways = extract.ways
    corners = Corners.of(ways)
    ferries, without_road = crossings(extract.ferries, corners)
    vias = corners.numbers_of({sign.via for sign in extract.restrictions})
    quays = np.array([n for one in ferries for n in (one.start, one.finish)], dtype=np.int64)
    chains = join(ways, corners, np.concatenate([vias, quays]))
    return _assemble(extract, corners, chains, vias, ferries, without_road)


def _assemble(
    extract: Extract,
    corners: Corners,
    chains: Sequence[Chain],
    vias: Numbers,
    ferries: Sequence[Crossing],
    without_road: int,
) -> Network:
    ways = extract.ways
    junction_of, start, finish = _junctions(corners, chains)
    longest = [chain.longest_way() for chain in chains]
    names = [name_of(way.tags) for way in ways]
    oneway = np.array([direction(ways[way].tags) != 0 for way in longest])
    length_m = np.array([chain.length_m for chain in chains])
    flat = np.concatenate([chain.corners for chain in chains])
    offsets = np.concatenate([[0], np.cumsum([len(chain.corners) for chain in chains])])
    component, parts_count = parts.numbered(start, finish, oneway, length_m)
    lights = corners.numbers_of(extract.signals)
    return Network(
        start=start,
        finish=finish,
        way_ids=np.array([ways[way].id for way in longest], dtype=np.int64),
        kinds=tuple(ways[way].tags["highway"] for way in longest),
        names=tuple(chain.name(names) for chain in chains),
        oneway=oneway,
        length_m=length_m,
        speed_kmh=np.array([_speed(extract, way) for way in longest]),
        component=component,
        parts_count=parts_count,
        coords=corners.coords[flat],
        offsets=np.asarray(offsets, dtype=np.int64),
        bans=_bans(extract, corners, chains, (start, finish), oneway, junction_of, vias),
        ferries=tuple(_at_junctions(one, junction_of) for one in ferries),
        signals=_signals(corners, flat, offsets, lights, (start, finish)),
        nodes=corners.ids[np.flatnonzero(junction_of >= 0)],
        winding=driving.winding(ways),
        raw_km=float(corners.step_m.sum()) / 1000.0,
        ferries_without_road=without_road,
    )


def _junctions(corners: Corners, chains: Sequence[Chain]) -> tuple[Numbers, Ints, Ints]:
    """Number of the junction that each node is, -1 for none; starts and finishes of the roads."""
    first = corners.node[[chain.corners[0] for chain in chains]]
    last = corners.node[[chain.corners[-1] for chain in chains]]
    nodes = np.unique(np.concatenate([first, last]))
    junction_of = np.full(len(corners.ids), -1, dtype=np.int64)
    junction_of[nodes] = np.arange(len(nodes))
    return junction_of, junction_of[first].astype(np.int32), junction_of[last].astype(np.int32)


def _speed(extract: Extract, way: int) -> float:
    speed = speed_kmh(extract.ways[way].tags)
    return np.nan if speed is None else speed


def _bans(
    extract: Extract,
    corners: Corners,
    chains: Sequence[Chain],
    ends: tuple[Ints, Ints],
    oneway: NDArray[np.bool_],
    junction_of: Numbers,
    vias: Numbers,
) -> Ints:
    if not extract.restrictions:
        return np.empty((0, 3), dtype=np.int32)
    ways = extract.ways
    roads = [
        RoadEnds(start, finish, ways[chain.ways[0][0]].id, ways[chain.ways[-1][0]].id, one)
        for chain, start, finish, one in zip(
            chains, ends[0].tolist(), ends[1].tolist(), oneway.tolist(), strict=True
        )
    ]
    via_of = {
        int(corners.ids[node]): int(junction_of[node])
        for node in vias.tolist()
        if junction_of[node] >= 0
    }
    bans = turn_bans(extract.restrictions, roads, via_of)
    return np.array(bans, dtype=np.int32).reshape(-1, 3)


def _at_junctions(ferry: Crossing, junction_of: Numbers) -> Crossing:
    return ferry.between(int(junction_of[ferry.start]), int(junction_of[ferry.finish]))


def _signals(
    corners: Corners, flat: Numbers, offsets: Numbers, lights: Numbers, ends: tuple[Ints, Ints]
) -> Ints:
    """Junctions with lights, on them or at a stop line before them; others are left aside."""
    lit = np.zeros(len(corners.ids), dtype=bool)
    lit[lights] = True
    found = np.flatnonzero(lit[corners.node[flat]])
    road = np.searchsorted(offsets, found, side="right") - 1
    step_m = np.hypot(*(np.diff(corners.coords[flat], axis=0) * 111_000.0).T)
    along = np.concatenate([[0.0], np.cumsum(step_m)])  # metres, near enough
    behind = along[found] - along[offsets[road]]
    ahead = along[offsets[road + 1] - 1] - along[found]
    near = np.minimum(behind, ahead) <= SIGNAL_WITHIN_M
    junction = np.where(behind <= ahead, ends[0][road], ends[1][road])
    return np.asarray(np.unique(junction[near]), dtype=np.int32)
