"""To which village each face of a mosaic goes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.boundaries.faults import Fault, Unusable
from geo.boundaries.ground import Ground
from geo.boundaries.mosaic import Ints, Mosaic

OPEN = -1  # not yet settled
HOLE = -2  # nobody's, and left so
MOST_ROUNDS = 100


def settle(
    mosaic: Mosaic,
    ground: Ground,
    codes: Sequence[str],
    gap_width_m: float,
    overlap_width_m: float,
) -> Ints:
    """The number of the village that gets each face, or HOLE."""
    owner = _undisputed(mosaic)
    _leave_holes(mosaic, ground, owner, gap_width_m)
    _keep_enclaves(mosaic, owner)
    _refuse_contested(mosaic, ground, owner, codes, overlap_width_m)
    _share_out(mosaic, owner)
    _return_scraps(mosaic, ground, owner, gap_width_m)
    return owner


def _undisputed(mosaic: Mosaic) -> Ints:
    owner: Ints = np.full(len(mosaic.faces), OPEN, dtype=np.intp)
    single = mosaic.cover[mosaic.claim_face] == 1
    owner[mosaic.claim_face[single]] = mosaic.part_of[mosaic.claim_part[single]]
    return owner


def _leave_holes(mosaic: Mosaic, ground: Ground, owner: Ints, gap_width_m: float) -> None:
    bare = np.flatnonzero(mosaic.cover == 0)
    owner[bare[ground.wider_than(mosaic.faces[bare], gap_width_m)]] = HOLE


def _keep_enclaves(mosaic: Mosaic, owner: Ints) -> None:
    """A part that lies mostly in one face would vanish without it: the face goes to that part.

    So it is with a village inside another that was drawn without a hole for it. The smallest
    such part wins; two of one size are left for _refuse_contested.
    """
    part_m2 = np.zeros(len(mosaic.parts))
    np.add.at(part_m2, mosaic.claim_part, mosaic.area_m2[mosaic.claim_face])
    disputed = owner[mosaic.claim_face] == OPEN
    most = mosaic.area_m2[mosaic.claim_face] > 0.5 * part_m2[mosaic.claim_part]
    rows = np.flatnonzero(disputed & most)
    rows = rows[np.argsort(part_m2[mosaic.claim_part[rows]], kind="stable")]
    rivals = np.bincount(mosaic.claim_face[rows], minlength=len(mosaic.faces))
    for row in rows:
        face, part = mosaic.claim_face[row], mosaic.claim_part[row]
        if rivals[face] == 1 and owner[face] == OPEN:
            owner[face] = mosaic.part_of[part]


def _refuse_contested(
    mosaic: Mosaic, ground: Ground, owner: Ints, codes: Sequence[str], overlap_width_m: float
) -> None:
    disputed = np.flatnonzero((owner == OPEN) & (mosaic.cover > 1))
    wide = disputed[ground.wider_than(mosaic.faces[disputed], overlap_width_m)]
    if not len(wide):
        return
    face = wide[np.argmax(mosaic.area_m2[wide])]
    parts = mosaic.claim_part[mosaic.claim_face == face]
    first, second = sorted({codes[village] for village in mosaic.part_of[parts]})[:2]
    raise Unusable(
        Fault.CONTESTED,
        first=first,
        second=second,
        area_m2=f"{mosaic.area_m2[face]:,.0f}",
        width_m=f"{ground.width_m(mosaic.faces[face]):,.0f}",
    )


def _share_out(mosaic: Mosaic, owner: Ints) -> None:
    """Each open face goes to the neighbour with the longest border, among those who claim it.

    In rounds, each looking at the state before it only: the order of the faces has no say.
    """
    claims = _pair(mosaic, mosaic.claim_face, mosaic.part_of[mosaic.claim_part])
    for _ in range(MOST_ROUNDS):
        face, village, length_m = _touching(mosaic, owner, owner == OPEN)
        fair = (mosaic.cover[face] == 0) | np.isin(_pair(mosaic, face, village), claims)
        winners = _longest(face[fair], village[fair], length_m[fair], mosaic.villages)
        if not winners:
            break
        for at, best in winners.items():
            owner[at] = best
    for face_left in np.flatnonzero(owner == OPEN):
        rows = mosaic.claim_face == face_left
        owner[face_left] = mosaic.part_of[mosaic.claim_part[rows]].min() if rows.any() else HOLE


def _return_scraps(mosaic: Mosaic, ground: Ground, owner: Ints, width_m: float) -> None:
    """Bits that the others cut off a village go to the neighbour with the longest border."""
    for _ in range(MOST_ROUNDS):
        piece = _pieces(mosaic, owner)
        kept = _kept_pieces(mosaic, owner, piece)
        loose = (owner >= 0) & ~np.isin(piece, list(kept))
        loose[loose] = ~ground.wider_than(mosaic.faces[loose], width_m)
        face, village, length_m = _touching(mosaic, owner, loose)
        winners = _longest(piece[face], village, length_m, mosaic.villages)
        if not winners:
            return
        for at, best in winners.items():
            owner[(piece == at) & loose] = best


def _touching(
    mosaic: Mosaic, owner: Ints, wanted: NDArray[np.bool_]
) -> tuple[Ints, Ints, NDArray[np.float64]]:
    """Wanted faces, the other villages they touch, and the length of each such border."""
    rows = wanted[mosaic.edge_face] & (owner[mosaic.edge_other] >= 0)
    rows &= owner[mosaic.edge_face] != owner[mosaic.edge_other]
    return mosaic.edge_face[rows], owner[mosaic.edge_other[rows]], mosaic.edge_m[rows]


def _longest(
    thing: Ints, village: Ints, length_m: NDArray[np.float64], villages: int
) -> dict[int, int]:
    """For each thing the village with the longest border in all; on a tie the lowest code."""
    pairs, at = np.unique(thing * villages + village, return_inverse=True)
    total_mm = np.rint(np.bincount(at, weights=length_m) * 1000)
    best: dict[int, tuple[float, int]] = {}
    for pair, total in zip(pairs.tolist(), total_mm.tolist(), strict=True):
        key, candidate = divmod(pair, villages)
        if key not in best or total > best[key][0]:
            best[key] = (total, candidate)
    return {key: candidate for key, (_, candidate) in best.items()}


def _pair(mosaic: Mosaic, face: Ints, village: Ints) -> Ints:
    pairs: Ints = face * mosaic.villages + village
    return pairs


def _pieces(mosaic: Mosaic, owner: Ints) -> Ints:
    """The lowest face number of the connected piece of one village that each face belongs to."""
    same = owner[mosaic.edge_face] == owner[mosaic.edge_other]
    one, other = mosaic.edge_face[same], mosaic.edge_other[same]
    piece = np.arange(len(mosaic.faces), dtype=np.intp)
    while True:
        lowest = piece.copy()
        np.minimum.at(lowest, one, piece[other])
        lowest = lowest[lowest]  # twice as far with each step
        if (lowest == piece).all():
            return piece
        piece = lowest


def _kept_pieces(mosaic: Mosaic, owner: Ints, piece: Ints) -> set[int]:
    """Of every part that a village had before, the largest piece that it still has."""
    own = owner[mosaic.claim_face] == mosaic.part_of[mosaic.claim_part]
    area: dict[tuple[int, int], float] = {}
    for face, part in zip(mosaic.claim_face[own], mosaic.claim_part[own], strict=True):
        key = (int(part), int(piece[face]))
        area[key] = area.get(key, 0.0) + float(mosaic.area_m2[face])
    best: dict[int, tuple[float, int]] = {}
    for (part, at), total in area.items():
        if part not in best or total > best[part][0]:
            best[part] = (total, at)
    return {at for _, at in best.values()}
