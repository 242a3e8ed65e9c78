"""Small networks drawn by hand, and those of real files."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from geo.roads import build, read_roads
from geo.routing.table import RoadTable

_EARTH = pyproj.Geod(ellps="WGS84")


@dataclass
class Drawn:
    """A road as a test draws it: nodes by name, the first and the last are junctions."""

    nodes: Sequence[int]
    coords: Sequence[tuple[float, float]]
    kind: str = "residential"
    name: str = ""
    oneway: bool = False
    speed_kmh: float = float("nan")
    length_m: float | None = None  # None: as drawn


def table_of(
    roads: Sequence[Drawn],
    bans: Iterable[tuple[int, int, int]] = (),
    signals: Iterable[int] = (),
    drives_on: str = "left",
    **more: Any,
) -> RoadTable:
    """A network of drawn roads, with its components."""
    kinds = tuple(sorted({road.kind for road in roads}))
    start = np.array([road.nodes[0] for road in roads], dtype=np.int32)
    finish = np.array([road.nodes[-1] for road in roads], dtype=np.int32)
    oneway = np.array([road.oneway for road in roads])
    length = [_EARTH.line_length(*zip(*r.coords, strict=True)) for r in roads]
    given = [m if r.length_m is None else r.length_m for r, m in zip(roads, length, strict=True)]
    return RoadTable(
        key="drawn",
        drives_on=drives_on,
        start=start,
        finish=finish,
        kind=np.array([kinds.index(road.kind) for road in roads], dtype=np.int32),
        kinds=kinds,
        names=tuple(road.name for road in roads),
        oneway=oneway,
        length_m=np.array(given),
        speed_kmh=np.array([road.speed_kmh for road in roads]),
        component=_components(start, finish, oneway),
        coords=np.array([spot for road in roads for spot in road.coords], dtype=np.float64),
        offsets=np.cumsum([0] + [len(road.coords) for road in roads]).astype(np.int64),
        road_ids=np.arange(len(roads), dtype=np.int64) + 1,
        bans=np.array(list(bans), dtype=np.int32).reshape(-1, 3),
        signals=np.array(list(signals), dtype=np.int32),
        **more,
    )


def _components(start: Any, finish: Any, oneway: Any) -> Any:
    size = int(max(start.max(), finish.max())) + 1
    rows = np.concatenate([start, finish[~oneway]])
    columns = np.concatenate([finish, start[~oneway]])
    graph = coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(size, size))
    _, label = connected_components(graph, connection="strong")
    # A road from one part into another belongs to neither: to a part of its own.
    label = np.where(label[start] == label[finish], label[start], size)
    order = [part for part, _ in Counter(label.tolist()).most_common()]
    return np.array([order.index(part) for part in label.tolist()], dtype=np.int32)


def real(path: Path) -> RoadTable:
    """The network of a file, as an import makes it."""
    found = build(read_roads(path))
    kinds = tuple(sorted(set(found.kinds)))
    return RoadTable(
        key=path.name,
        drives_on="left",
        start=found.start,
        finish=found.finish,
        kind=np.array([kinds.index(kind) for kind in found.kinds], dtype=np.int32),
        kinds=kinds,
        names=tuple(name or "" for name in found.names),
        oneway=found.oneway,
        length_m=found.length_m,
        speed_kmh=found.speed_kmh,
        component=found.component,
        coords=found.coords,
        offsets=found.offsets,
        road_ids=np.arange(len(found.start), dtype=np.int64) + 1,
        bans=found.bans,
        signals=found.signals,
    )
