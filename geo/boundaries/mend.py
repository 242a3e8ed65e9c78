"""Make an edge-matched set of villages: no overlap, no gap between neighbours, each move logged."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.features import Feature
from geo.boundaries.ground import Floats, Ground, Shapes, inner_point, shapes_of
from geo.boundaries.mosaic import Ints, Mosaic, build, clean, is_tangled
from geo.boundaries.settle import HOLE, settle

# Wider than this and a hole is a lake, a lagoon or land of another regency, not a drawing error.
GAP_WIDTH_M = 30.0
# Wider than this and two villages contest land: a person must decide, not a rule.
OVERLAP_WIDTH_M = 100.0
# Smaller bits come of the grid, not of the file, and would fill the log.
HAIR_M2 = 0.05


@dataclass(frozen=True, slots=True)
class Move:
    """A bit of land that changed hands.

    kind       gap (was nobody's), overlap (was claimed twice), scrap (cut off by the others)
    gains      code of the village that has it now
    loses      codes of the villages that claimed it and have it no more; none for a gap
    shift_m    how far a border moved there, at most
    """

    kind: str
    gains: str
    loses: tuple[str, ...]
    area_m2: float
    shift_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Hole:
    """Land or water inside the villages that belongs to none and was left so."""

    area_m2: float
    width_m: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Mended:
    """An edge-matched set: the features in order of their codes, and what was done to them."""

    features: tuple[Feature, ...]
    moves: tuple[Move, ...]  # largest shift first
    holes: tuple[Hole, ...]  # largest first
    area_before_m2: float  # sum over the villages, overlaps counted twice
    area_after_m2: float
    largest_change: tuple[str, float]  # code, share of its area that it gained or lost


def mend(
    features: Sequence[Feature],
    gap_width_m: float = GAP_WIDTH_M,
    overlap_width_m: float = OVERLAP_WIDTH_M,
) -> Mended:
    """Neighbours that share their border to the last bit; the same features give the same answer.

    A gap or overlap goes whole to the village with which it shares the longest border. A village
    drawn inside another keeps its land. Holes wider than gap_width_m stay, as do all islands and
    exclaves. The order of the features does not matter.
    Raises Unusable: CONTESTED when two villages claim land wider than overlap_width_m,
    FAULTY when a shape has no area, NOT_MENDED when the result fails its own check.
    """
    ordered = sorted(features, key=lambda one: one.code)
    codes = [one.code for one in ordered]
    if tangled := [one for one in ordered if is_tangled(one.shape)]:
        raise Unusable(Fault.FAULTY, where=tangled[0].where, found=len(tangled))
    before = clean(shapes_of([one.shape for one in ordered]))
    _check_areas(ordered, before)
    ground = Ground(before)
    mosaic = build(before, ground)
    owner = settle(mosaic, ground, codes, gap_width_m, overlap_width_m)
    after = _dissolve(mosaic, owner)
    _check_mended(after)
    changes = _changes(ground, before, after)
    worst = int(np.argmax(changes))
    return Mended(
        features=tuple(
            replace(one, shape=shape) for one, shape in zip(ordered, after, strict=True)
        ),
        moves=_moves(mosaic, owner, ground, before, codes),
        holes=_holes(mosaic, owner, ground),
        area_before_m2=float(ground.area_m2(before).sum()),
        area_after_m2=float(ground.area_m2(after).sum()),
        largest_change=(codes[worst], float(changes[worst])),
    )


def _check_areas(features: Sequence[Feature], shapes: Shapes) -> None:
    empty = [one for one, shape in zip(features, shapes, strict=True) if shape.is_empty]
    if empty:
        raise Unusable(Fault.FAULTY, where=empty[0].where, found=len(empty))


def _dissolve(mosaic: Mosaic, owner: Ints) -> Shapes:
    order = np.argsort(owner, kind="stable")
    bounds = np.searchsorted(owner[order], np.arange(mosaic.villages + 1))
    whole = [
        shapely.coverage_union_all(mosaic.faces[order[start:end]])
        for start, end in pairwise(bounds)
    ]
    multi = [shapely.MultiPolygon(list(shapely.get_parts(one))) for one in whole]
    return shapes_of(list(shapely.orient_polygons(shapes_of(multi))))


def _check_mended(shapes: Shapes) -> None:
    invalid = int((~shapely.is_valid(shapes)).sum())
    empty = int(shapely.is_empty(shapes).sum())
    if invalid or empty:
        raise Unusable(Fault.NOT_MENDED, found=f"{invalid} invalid, {empty} empty areas")
    bad = shapely.coverage_invalid_edges(shapes)
    if not shapely.is_empty(bad).all():
        raise Unusable(Fault.NOT_MENDED, found=f"{int((~shapely.is_empty(bad)).sum())} bad borders")


def _changes(ground: Ground, before: Shapes, after: Shapes) -> Floats:
    """Share of its former area that each village gained or lost."""
    moved = shapely.area(shapely.symmetric_difference(ground.metres(before), ground.metres(after)))
    changes: Floats = moved / ground.area_m2(before)
    return changes


def _moves(
    mosaic: Mosaic, owner: Ints, ground: Ground, before: Shapes, codes: Sequence[str]
) -> tuple[Move, ...]:
    claimants: dict[int, set[int]] = {}
    for face, part in zip(mosaic.claim_face, mosaic.claim_part, strict=True):
        claimants.setdefault(int(face), set()).add(int(mosaic.part_of[part]))
    borders = shapely.boundary(ground.metres(before))
    faces_m = ground.metres(mosaic.faces)
    moves = []
    for face, village in enumerate(owner.tolist()):
        claims = claimants.get(face, set())
        hair = mosaic.area_m2[face] < HAIR_M2
        if village == HOLE or claims == {village} or hair:
            continue
        others = sorted(claims - {village})
        lon, lat = inner_point(mosaic.faces[face])
        moves.append(
            Move(
                kind="gap" if not claims else "overlap" if village in claims else "scrap",
                gains=codes[village],
                loses=tuple(codes[other] for other in others),
                area_m2=round(float(mosaic.area_m2[face]), 2),
                shift_m=round(_shift_m(faces_m[face], borders[others or [village]]), 2),
                lon=lon,
                lat=lat,
            )
        )
    return tuple(sorted(moves, key=lambda move: (-move.shift_m, move.lon, move.lat)))


def _shift_m(face: Any, borders: Shapes) -> float:
    """Farthest that the rim of the face lies from the border that was there before."""
    # Corners are not enough: of a lens between two lines, all corners may lie on one of them.
    rim = shapely.segmentize(face, shapely.length(face) / 32)
    spots = shapely.points(shapely.get_coordinates(rim))
    return float(max(shapely.distance(spots, border).max() for border in borders))


def _holes(mosaic: Mosaic, owner: Ints, ground: Ground) -> tuple[Hole, ...]:
    holes = []
    for face in np.flatnonzero(owner == HOLE):
        shape = mosaic.faces[face]
        lon, lat = inner_point(shape)
        area_m2, width_m = float(mosaic.area_m2[face]), float(ground.width_m(shape))
        holes.append(Hole(round(area_m2, 1), round(width_m, 1), lon, lat))
    return tuple(sorted(holes, key=lambda hole: (-hole.area_m2, hole.lon, hole.lat)))
