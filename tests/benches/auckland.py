"""The ready-made Auckland graph for benches: as arcs, and as roads between junctions."""

from __future__ import annotations

import csv
import gzip
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from geo.routing.table import RoadTable
from tests.geo.routing.drawn import Drawn, table_of

Arcs = dict[tuple[int, int], tuple[float, float]]  # from, to: metres, seconds
_SAME = 0.02  # speeds nearer than this are the same: the file's seconds are rounded


@dataclass(frozen=True)
class Graph:
    """Nodes by their place in `spots`, arcs with seconds, and the same as a table of roads.

    The seconds of each road are shared out evenly along it (the file's own are rounded), so that
    all who are measured search the very same graph.
    """

    spots: NDArray[np.float64]  # (n, 2) lon, lat
    start: NDArray[np.int32]
    finish: NDArray[np.int32]
    seconds: NDArray[np.float64]
    table: RoadTable
    inner: NDArray[np.intp]  # nodes that are no junction: one place on one road

    @property
    def reversed(self) -> csr_matrix:
        """For a search backwards from a goal."""
        size = len(self.spots)
        return csr_matrix((self.seconds, (self.finish, self.start)), shape=(size, size))


def read(folder: Path) -> Graph:
    """From auckland_graph_nodes.csv.gz and auckland_graph_arcs.csv.gz."""
    with gzip.open(folder / "auckland_graph_nodes.csv.gz", "rt") as lines:
        rows = [(int(r["node"]), float(r["lon"]), float(r["lat"])) for r in csv.DictReader(lines)]
    number = {name: n for n, (name, _, _) in enumerate(rows)}
    spots = np.array([row[1:] for row in rows])
    with gzip.open(folder / "auckland_graph_arcs.csv.gz", "rt") as lines:
        arcs = {
            (number[int(r["from_node"])], number[int(r["to_node"])]): (
                1000 * float(r["km"]),
                float(r["seconds_normal"]),
            )
            for r in csv.DictReader(lines)
        }
    return _graph(spots, arcs)


def _graph(spots: NDArray[np.float64], arcs: Arcs) -> Graph:
    around: defaultdict[int, set[int]] = defaultdict(set)
    for one, other in arcs:
        around[one].add(other)
        around[other].add(one)
    inner = {node for node in around if _is_inner(node, around[node], arcs)}
    chains = _chains(arcs, around, inner)
    table = table_of([_drawn(chain, two_way, spots, arcs) for chain, two_way in chains])
    scale = np.array([np.cos(np.radians(table.coords[:, 1].mean())), 1.0])
    start, finish, seconds = [], [], []
    for chain, two_way in chains:
        steps = np.hypot(*(np.diff(spots[chain], axis=0) * scale).T)
        whole_s = sum(arcs[pair][1] for pair in pairwise(chain))
        even = (steps / steps.sum() * whole_s).tolist()
        start += chain[:-1] + (chain[1:] if two_way else [])
        finish += chain[1:] + (chain[:-1] if two_way else [])
        seconds += even * (2 if two_way else 1)
    _, where, times = np.unique(spots, axis=0, return_index=True, return_counts=True)
    alone = set(where[times == 1].tolist())
    return Graph(
        spots,
        np.array(start, dtype=np.int32),
        np.array(finish, dtype=np.int32),
        np.array(seconds),
        table,
        np.array(sorted(inner & alone), dtype=np.intp),
    )


def _is_inner(node: int, around: set[int], arcs: Arcs) -> bool:
    """Whether it lies within one road: nothing branches off, nothing changes."""
    if len(around) != 2:
        return False
    one, other = around
    there = [(one, node), (node, other)], [(other, node), (node, one)]
    runs = [all(pair in arcs for pair in pairs) for pairs in there]
    count = sum(pair in arcs for pairs in there for pair in pairs)
    if not any(runs) or count != 2 * sum(runs):
        return False
    pace = [arcs[p][1] / arcs[p][0] for pairs in there for p in pairs if p in arcs]
    same_back = all(
        arcs[p] == arcs.get(p[::-1], arcs[p]) for pairs in there for p in pairs if p in arcs
    )
    return same_back and max(pace) <= min(pace) * (1 + _SAME)


def _chains(
    arcs: Arcs, around: dict[int, set[int]], inner: set[int]
) -> list[tuple[list[int], bool]]:
    """Nodes in a row, and whether both ways; each road once."""
    done: set[tuple[int, int]] = set()
    found = []
    ends = [pair for pair in arcs if pair[0] not in inner]
    for first in (*ends, *arcs):  # the rest: rings without a junction
        if first in done:
            continue
        chain = list(first)
        while chain[-1] in inner and chain[-1] != chain[0]:
            (ahead,) = around[chain[-1]] - {chain[-2]}
            chain.append(ahead)
        pairs = list(pairwise(chain))
        two_way = all(arcs.get(pair[::-1]) == arcs[pair] for pair in pairs)
        done.update(pairs)
        if two_way:
            done.update(pair[::-1] for pair in pairs)
        found.append((chain, two_way))
    return found


def _drawn(chain: list[int], two_way: bool, spots: NDArray[np.float64], arcs: Arcs) -> Drawn:
    """Its signed speed gives the seconds of its arcs where signed_share is 1."""
    pairs = list(pairwise(chain))
    metres, seconds = (sum(arcs[pair][n] for pair in pairs) for n in (0, 1))
    course = [tuple(spot) for spot in spots[chain].tolist()]
    return Drawn(chain, course, "road", "", not two_way, metres / seconds * 3.6, metres)
