"""Takes the ways of a file one by one: leaves out what nobody drives on, cuts, refuses nonsense."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from geo.point import Box
from geo.roads.clip import Clip, elsewhere, swapped
from geo.roads.raw import BadRoads, Extract, Floats, Numbers, RawWay, Restriction
from geo.roads.tags import why_not

MOST_NODES = 3_000_000  # of roads that are taken: they need some 2 GB
MOST_WAY_NODES = 50_000  # OSM allows 2,000
LONGEST_STEP_DEG = 1.0  # from one node of a road to the next: no road is straight so long
_NO_PLACE = "titik tanpa letak"
_BOLLARDS = "tiang penghalang"


def _silent(done: float) -> None:
    pass


@dataclass(slots=True)
class Gathering:
    """What was met so far in one file.

    name      of the file, for messages
    clip      only what touches it is kept
    progress  is told the share of the file that is read, 0 to 1
    """

    name: str
    clip: Clip | None = None
    progress: Callable[[float], None] = _silent
    ways: list[RawWay] = field(default_factory=list)
    ferries: list[RawWay] = field(default_factory=list)
    restrictions: list[Restriction] = field(default_factory=list)
    signals: set[int] = field(default_factory=set)
    blocked: set[int] = field(default_factory=set)  # nodes that no vehicle passes
    left_out: Counter[str] = field(default_factory=Counter)
    west: float = np.inf
    south: float = np.inf
    east: float = -np.inf
    north: float = -np.inf
    nodes: int = 0
    made_up: int = -(1 << 40)  # the last number that was given to a node of our own
    roads: int = 0  # that could be driven on, inside or not
    placed: int = 0  # nodes whose place is known

    def see(self, lon: float, lat: float) -> None:
        """A road begins there: the extent of the file grows. Takes what is on no earth, too."""
        self.west, self.east = min(self.west, lon), max(self.east, lon)
        self.south, self.north = min(self.south, lat), max(self.north, lat)

    def take(self, id_: int, nodes: Numbers, coords: Floats, tags: Mapping[str, str]) -> None:
        """A way of the file; a node whose place is not known has NaN.

        Raises BadRoads for a way that can be none, and where there is too much.
        """
        is_ferry = tags.get("route") == "ferry"
        if not is_ferry and (why := why_not(tags)) is not None:
            self.left_out[why] += 1
            return
        if len(nodes) > MOST_WAY_NODES:
            raise BadRoads(
                f"{self.name}: jalan {id_} punya {len(nodes)} titik, paling banyak {MOST_WAY_NODES}"
            )
        self.roads += not is_ferry
        for piece in self._pieces(id_, nodes, coords, tags, whole=is_ferry):
            self._check_steps(piece, is_ferry)
            (self.ferries if is_ferry else self.ways).append(piece)
            self.nodes += len(piece.nodes)
        if self.nodes > MOST_NODES:
            raise BadRoads(
                f"{self.name}: lebih dari {MOST_NODES / 1e6:g} juta titik jalan:"
                " pakai --clip boundaries+15km"
            )

    def _pieces(
        self, id_: int, nodes: Numbers, coords: Floats, tags: Mapping[str, str], whole: bool
    ) -> Iterable[RawWay]:
        fresh = np.concatenate([[True], nodes[1:] != nodes[:-1]])
        nodes, coords = nodes[fresh], coords[fresh]
        known = np.isfinite(coords).all(axis=1)
        on_earth = known & (np.abs(coords[:, 1]) <= 90.0) & (np.abs(coords[:, 0]) <= 180.0)
        if known.any():
            self.see(*coords[np.argmax(known)].tolist())
        self.left_out[_NO_PLACE] += int((~on_earth).sum())
        self.placed += int(on_earth.sum())
        steps = on_earth[:-1] & on_earth[1:]
        if self.clip is not None and steps.any():
            inside = self.clip.inside(coords)
            # A ferry that is cut would end in the sea.
            steps &= inside.any() if whole else inside[:-1] | inside[1:]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], steps, [False]])))
        for first, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            way = RawWay(id_, nodes[first : end + 1], coords[first : end + 1], tags)
            yield from self._parted(way) if self.blocked else (way,)

    def _parted(self, way: RawWay) -> Iterable[RawWay]:
        """On both sides of a bollard the road ends, at a node of its own."""
        stops = [at for at, node in enumerate(way.nodes.tolist()) if node in self.blocked]
        last = len(way.nodes) - 1
        ends = sorted({0, *stops, last})
        self.left_out[_BOLLARDS] += len(stops)
        for first, end in pairwise(ends):
            nodes = way.nodes[first : end + 1].copy()
            for at, stop in ((0, first), (-1, end)):
                if stop in stops:
                    self.made_up -= 1
                    nodes[at] = self.made_up
            yield replace(way, nodes=nodes, coords=way.coords[first : end + 1])

    def _check_steps(self, way: RawWay, is_ferry: bool) -> None:
        longest = float(np.abs(np.diff(way.coords, axis=0)).max())
        if longest > LONGEST_STEP_DEG and not is_ferry:
            raise BadRoads(
                f"{self.name}: jalan {way.id} melompat {longest:.1f} derajat di antara dua titik;"
                " perbaiki atau hapus jalan itu"
            )

    def done(self) -> Extract:
        """All of it. Raises BadRoads where nothing is left, saying why."""
        if not self.ways:
            raise BadRoads(f"{self.name}: {self._why_nothing()}")
        if self.left_out[_NO_PLACE] > self.placed:
            raise BadRoads(
                f"{self.name}: lebih dari separuh titik jalannya tanpa letak di bumi;"
                " potong berkas dengan semua titiknya, dalam derajat (EPSG:4326)"
            )
        self.progress(1.0)
        return Extract(
            self.ways,
            self.ferries,
            self.restrictions,
            frozenset(self.signals),
            self._extent(),
            +self.left_out,
        )

    def _extent(self) -> Box | None:
        if not self.west <= self.east:
            return None
        return Box(west=self.west, south=self.south, east=self.east, north=self.north)

    def _why_nothing(self) -> str:
        extent = self._extent()
        if not self.roads:
            return (
                "tidak ada jalan yang dapat dilalui kendaraan (way/garis dengan tag highway),"
                " atau berkasnya terpotong"
            )
        if extent is None:
            return "jalannya ada, tetapi letak titik-titiknya tidak ada di berkas ini"
        if self.clip is not None:
            return elsewhere(extent, self.clip.box)
        if max(abs(extent.south), abs(extent.north)) > 90.0 >= max(-extent.west, extent.east):
            return swapped(extent)
        return "koordinatnya bukan derajat bujur dan lintang (WGS 84, EPSG:4326)"
