"""Land masses: what can be driven across without a ferry, from villages and known bridges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Feature
from geo.boundaries.ground import Ground, shapes_of
from geo.boundaries.mosaic import Ints
from geo.point import Point

Bridge = tuple[Point, Point]  # one point on each shore

# A bridge end may stand on a pier or in a coarse coastline's water.
MOST_SHORE_M = 500.0


@dataclass(frozen=True, slots=True)
class Land:
    """One land mass, named after the largest village on it."""

    name: str
    area_km2: float
    shape: BaseGeometry  # MultiPolygon: parts joined by bridges are one


def land_masses(features: Sequence[Feature], bridges: Sequence[Bridge] = ()) -> list[Land]:
    """Land masses of an edge-matched set, largest first.

    Land that touches in a single point is two. Raises Unusable (NO_BRIDGEHEAD) when a
    bridge starts or ends more than MOST_SHORE_M from land.
    """
    shapes = shapes_of([one.shape for one in features])
    ground = Ground(shapes)
    parts = shapely.get_parts(shapely.coverage_union_all(shapes))
    group = _joined(parts, ground, bridges)
    names = _names(features, parts, group, ground)
    lands = []
    for number in np.unique(group):
        shape = shapely.MultiPolygon(list(parts[group == number]))
        area_km2 = round(float(ground.area_m2(shape)) / 1e6, 4)
        lands.append(Land(names[int(number)], area_km2, shapely.orient_polygons(shape)))
    return sorted(lands, key=lambda land: (-land.area_km2, land.name))


def _joined(parts: shapely.Geometry, ground: Ground, bridges: Sequence[Bridge]) -> Ints:
    """For each part the number of the lowest part that a chain of bridges leads to."""
    group: Ints = np.arange(len(parts), dtype=np.intp)
    tree = shapely.STRtree(ground.metres(parts))
    for ends in bridges:
        one, other = (group[_part_at(end, tree, ground)] for end in ends)
        group[group == max(one, other)] = min(one, other)
    return group


def _part_at(point: Point, tree: shapely.STRtree, ground: Ground) -> int:
    spot = ground.metres(shapely.Point(point.lon, point.lat))
    near, distance_m = tree.query_nearest(spot, return_distance=True, all_matches=False)
    if distance_m[0] > MOST_SHORE_M:
        found = f"lon {point.lon}, lat {point.lat}"
        raise Unusable(Fault.NO_BRIDGEHEAD, found=found, distance_m=f"{distance_m[0]:,.0f}")
    return int(near[0])


def _names(
    features: Sequence[Feature], parts: shapely.Geometry, group: Ints, ground: Ground
) -> dict[int, str]:
    """For each group the village with the most land on it."""
    pieces, feature_of = shapely.get_parts(
        shapes_of([one.shape for one in features]), return_index=True
    )
    piece, part = shapely.STRtree(parts).query(shapely.point_on_surface(pieces), "intersects")
    area_m2 = ground.area_m2(pieces)
    most: dict[tuple[int, int], float] = {}
    for at, land in zip(piece, group[part], strict=True):
        key = (int(land), int(feature_of[at]))
        most[key] = most.get(key, 0.0) + float(area_m2[at])
    ranked = sorted(most.items(), key=lambda item: (item[1], -item[0][1]))
    return {land: features[village].name for (land, village), _ in ranked}
