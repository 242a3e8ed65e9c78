"""What differs between two sets of villages: come, gone, renamed, redrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry

from geo.boundaries.ground import Ground, shapes_of

REDRAWN = 0.01  # share of the old area that must have been gained or lost


@dataclass(frozen=True, slots=True)
class Outline:
    """A village as one set draws it."""

    code: str
    name: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class Differences:
    """By code and name; redrawn with the share of the old area gained or lost, most first."""

    added: tuple[tuple[str, str], ...]
    removed: tuple[tuple[str, str], ...]
    renamed: tuple[tuple[str, str, str], ...]  # code, old name, new name
    redrawn: tuple[tuple[str, str, float], ...]
    same_land: float | None  # share of the old land that keeps its village; None: no old set


def compare(old: Sequence[Outline], new: Sequence[Outline]) -> Differences:
    """From the old set to the new one. With no old set everything is added."""
    before = {one.code: one for one in old}
    after = {one.code: one for one in new}
    both = sorted(before.keys() & after.keys())
    ground = Ground(shapes_of([one.shape for one in (*old, *new)]))
    was = ground.metres(shapes_of([before[code].shape for code in both]))
    now = ground.metres(shapes_of([after[code].shape for code in both]))
    moved = shapely.area(shapely.symmetric_difference(was, now)) / shapely.area(was)
    kept_m2 = float(shapely.area(shapely.intersection(was, now)).sum())
    all_m2 = float(ground.area_m2(shapes_of([one.shape for one in old])).sum())
    redrawn = [
        (code, after[code].name, round(float(share), 4))
        for code, share in zip(both, moved, strict=True)
        if share > REDRAWN
    ]
    return Differences(
        added=tuple((code, after[code].name) for code in sorted(after.keys() - before.keys())),
        removed=tuple((code, before[code].name) for code in sorted(before.keys() - after.keys())),
        renamed=tuple(
            (code, before[code].name, after[code].name)
            for code in both
            if before[code].name != after[code].name
        ),
        redrawn=tuple(sorted(redrawn, key=lambda one: (-one[2], one[0]))),
        same_land=round(kept_m2 / all_m2, 4) if all_m2 else None,
    )
