"""All borders of a set of villages cut at every crossing, and the faces that lie between them.

In a sound set every face inside the land is covered once. Faces covered by none are gaps
or true holes, faces covered twice are overlaps.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.boundaries.ground import GRID_DEG, Floats, Ground, Shapes, shapes_of

Ints = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Mosaic:
    """Faces, who claims them, and where they touch.

    parts          polygons of the villages, each on the grid; part_of gives the village
    faces          polygons between the borders, none overlaps another
    claim_face, claim_part   one row for each part that covers a face
    edge_face, edge_other, edge_m   one row for each stretch between two faces, both ways round
    """

    villages: int
    parts: Shapes
    part_of: Ints
    faces: Shapes
    area_m2: Floats
    claim_face: Ints
    claim_part: Ints
    edge_face: Ints
    edge_other: Ints
    edge_m: Floats

    @property
    def cover(self) -> Ints:
        """How many villages claim each face."""
        pairs = np.unique(np.column_stack([self.claim_face, self.part_of[self.claim_part]]), axis=0)
        return np.bincount(pairs[:, 0], minlength=len(self.faces))


MOST_CROSSINGS = 100  # of a shape with itself; a slip of the pen makes one or two


def is_tangled(shape: shapely.Geometry) -> bool:
    """Whether a shape crosses itself so often that no rule can tell what was meant.

    Looks at a thousand stretches of the border at a time and stops as soon as it knows.
    """
    if shapely.is_valid(shape):
        return False
    positions, ring = shapely.get_coordinates(shapely.get_rings(shape), return_index=True)
    starts = np.flatnonzero(ring[:-1] == ring[1:])
    stretches = shapely.linestrings(np.stack([positions[starts], positions[starts + 1]], axis=1))
    tree, crossings = shapely.STRtree(stretches), 0
    for start in range(0, len(stretches), 1000):
        pairs = tree.query(stretches[start : start + 1000], predicate="crosses")
        crossings += pairs.shape[1]  # each is met from both sides
        if crossings > 2 * MOST_CROSSINGS:
            return True
    return False


def clean(shapes: Shapes) -> Shapes:
    """Valid areas on the grid, of shapes that may be invalid; what has no area comes back empty.

    Never in a request: making a shape valid has no useful bound in time.
    """
    valid = shapely.is_valid(shapes)
    repaired = shapes.copy()
    repaired[~valid] = shapely.make_valid(shapes[~valid], method="structure", keep_collapsed=False)
    return shapes_of([_areas_only(one) for one in shapely.set_precision(repaired, GRID_DEG)])


def build(shapes: Shapes, ground: Ground) -> Mosaic:
    """The mosaic of clean shapes, see clean()."""
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    lines = shapely.union_all(shapely.boundary(parts), grid_size=GRID_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inner = shapely.point_on_surface(faces)
    claim_face, claim_part = shapely.STRtree(parts).query(inner, predicate="intersects")
    edge_face, edge_other, edge_m = _edges(faces, ground)
    return Mosaic(
        villages=len(shapes),
        parts=parts,
        part_of=part_of,
        faces=faces,
        area_m2=ground.area_m2(faces),
        claim_face=claim_face,
        claim_part=claim_part,
        edge_face=edge_face,
        edge_other=edge_other,
        edge_m=edge_m,
    )


def _edges(faces: Shapes, ground: Ground) -> tuple[Ints, Ints, Floats]:
    """Stretches that two faces share, both ways round, with their length in metres."""
    rings, face_of_ring = shapely.get_rings(faces, return_index=True)
    positions, ring_of = shapely.get_coordinates(rings, return_index=True)
    metres = shapely.get_coordinates(ground.metres(rings))
    starts = np.flatnonzero(ring_of[:-1] == ring_of[1:])
    length_m = np.hypot(*(metres[starts + 1] - metres[starts]).T)
    face = face_of_ring[ring_of[starts]]
    # The same stretch has the same two ends in both faces: cut at every crossing, on one grid.
    cells = np.rint(positions / GRID_DEG).astype(np.int64)
    ends = np.sort(np.column_stack([_key(cells[starts]), _key(cells[starts + 1])]), axis=1)
    order = np.lexsort((face, ends[:, 1], ends[:, 0]))
    ends, face, length_m = ends[order], face[order], length_m[order]
    twin = np.flatnonzero((ends[:-1] == ends[1:]).all(axis=1))
    one, other, shared_m = face[twin], face[twin + 1], length_m[twin]
    return (
        np.concatenate([one, other]),
        np.concatenate([other, one]),
        np.concatenate([shared_m, shared_m]),
    )


def _key(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    """One number for each grid position: 180 degrees are 1.8e9 cells, under 2 ** 31."""
    keys: NDArray[np.int64] = cells[:, 0] * 2**32 + cells[:, 1]
    return keys


def _areas_only(shape: shapely.Geometry) -> shapely.Geometry:
    polygons = [
        part
        for piece in shapely.get_parts(shape)
        for part in shapely.get_parts(piece)  # make_valid may nest a multi-polygon
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    return shapely.MultiPolygon(polygons)
