"""What is wrong with a set of village boundaries: counts, and the worst cases first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import shapely
from shapely import is_valid_reason

from geo.boundaries.features import Feature, Reading
from geo.boundaries.ground import Ground, Shapes, inner_point, shapes_of
from geo.boundaries.mend import GAP_WIDTH_M, OVERLAP_WIDTH_M
from geo.boundaries.mosaic import build, clean, is_tangled
from geo.boundaries.register import Register

WORST = 5  # cases named of each kind
LEAST_M2 = 0.01  # smaller overlaps and gaps are rounding
SLIVER_WIDTH_M = 5.0


class Weight(StrEnum):
    """What follows from a finding."""

    BLOCKS = "blocks"  # a person must put the file right
    MENDED = "mended"  # loading mends it and logs how
    NOTED = "noted"  # may well be so


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a finding. `size` is in `unit` (m2, m, or empty)."""

    what: str
    size: float | None = None
    unit: str = ""
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One kind of defect: how often, how much, and the worst of it."""

    kind: str
    weight: Weight
    count: int
    worst: tuple[Case, ...]
    total_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """All that was found in a file."""

    form: str
    total: int
    villages: int
    districts: int
    area_km2: float
    findings: tuple[Finding, ...]  # those that block first

    @property
    def blocked(self) -> bool:
        """Whether nothing can be loaded before somebody puts the file right."""
        return any(finding.weight is Weight.BLOCKS for finding in self.findings)

    def count(self, kind: str) -> int:
        """How often this kind was found; 0 when it was not."""
        return sum(finding.count for finding in self.findings if finding.kind == kind)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self) | {"blocked": self.blocked}


def check(reading: Reading, register: Register | None = None) -> Report:
    """The report on a file, held against the register when there is one. Needs no database."""
    features = reading.features
    raw = shapes_of([one.shape for one in features])
    area_km2 = 0.0
    findings = [*_flaws(reading), *_codes(features), *_height(reading)]
    if register is not None:
        findings += _against(features, register)
    tangled = [one for one in features if is_tangled(one.shape)]
    if tangled:
        # To make such a shape valid may take for ever, and give a thousand splinters.
        cases = (Case(f"{one.code} {one.where}") for one in tangled)
        findings += _finding("tangled", Weight.BLOCKS, cases)
    elif features:
        ground = Ground(raw)
        shapes = clean(raw)
        area_km2 = float(ground.area_m2(shapes).sum()) / 1e6
        findings += [*_invalid(features, raw), *_no_area(features, shapes)]
        findings += [*_overlaps(features, shapes, ground), *_gaps(shapes, ground)]
        findings += _parts(features, shapes, ground)
    order = list(Weight)
    return Report(
        form=reading.form,
        total=reading.total,
        villages=len(features),
        districts=len({one.district_code for one in features}),
        area_km2=round(area_km2, 3),
        findings=tuple(sorted(findings, key=lambda one: order.index(one.weight))),
    )


def _finding(
    kind: str, weight: Weight, cases: Iterable[Case], total_m2: float | None = None
) -> list[Finding]:
    """One finding, largest cases first; an empty list when there is no case."""
    ordered = sorted(cases, key=lambda case: (-(case.size or 0.0), case.what))
    if not ordered:
        return []
    return [Finding(kind, weight, len(ordered), tuple(ordered[:WORST]), total_m2)]


def _flaws(reading: Reading) -> list[Finding]:
    findings = []
    for flaw in sorted({problem.flaw for problem in reading.problems}):
        cases = [
            Case(f"{problem.where}: {problem.found}" if problem.found else problem.where)
            for problem in reading.problems
            if problem.flaw is flaw
        ]
        findings += _finding(flaw.value, Weight.BLOCKS, cases)
    return findings


def _height(reading: Reading) -> list[Finding]:
    if not reading.with_height:
        return []
    return [Finding("height_dropped", Weight.NOTED, reading.with_height, ())]


def _codes(features: Sequence[Feature]) -> list[Finding]:
    often = Counter(one.code for one in features)
    cases = [
        Case(f"{code}: " + ", ".join(one.where for one in features if one.code == code))
        for code, times in often.items()
        if times > 1
    ]
    return _finding("duplicate_code", Weight.BLOCKS, cases)


def _against(features: Sequence[Feature], register: Register) -> list[Finding]:
    known, here = register.entries, {one.code for one in features}
    unknown = [Case(f"{one.code} {one.name}") for one in features if one.code not in known]
    missing = [Case(f"{code} {known[code].name}") for code in known if code not in here]
    renamed = [
        Case(f"{one.code} {one.name} / {known[one.code].name}")
        for one in features
        if one.code in known and one.name.casefold() != known[one.code].name.casefold()
    ]
    return [
        *_finding("unknown_code", Weight.BLOCKS, unknown),
        *_finding("missing_village", Weight.BLOCKS, missing),
        *_finding("other_name", Weight.NOTED, renamed),
    ]


def _invalid(features: Sequence[Feature], shapes: Shapes) -> list[Finding]:
    cases = [
        Case(f"{one.code} {one.where}: {is_valid_reason(shape)}")
        for one, shape in zip(features, shapes, strict=True)
        if not shape.is_valid
    ]
    return _finding("invalid_ring", Weight.MENDED, cases)


def _no_area(features: Sequence[Feature], shapes: Shapes) -> list[Finding]:
    empty = [one for one, shape in zip(features, shapes, strict=True) if shape.is_empty]
    return _finding("no_area", Weight.BLOCKS, (Case(f"{one.code} {one.where}") for one in empty))


def _overlaps(features: Sequence[Feature], shapes: Shapes, ground: Ground) -> list[Finding]:
    """Pairs of villages that claim the same land; the ones too wide to mend stand apart."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pair = np.flatnonzero(one < other)
    both = shapely.intersection(shapes[one[pair]], shapes[other[pair]])
    area_m2 = ground.area_m2(both)
    whole_m2 = ground.area_m2(shapes)
    kept = np.flatnonzero(area_m2 > LEAST_M2)
    mended: list[Case] = []
    contested: list[Case] = []
    for at in kept:
        first, second = int(one[pair[at]]), int(other[pair[at]])
        lon, lat = inner_point(both[at])
        what = " / ".join(f"{features[n].code} {features[n].name}" for n in (first, second))
        case = Case(what, round(float(area_m2[at]), 1), "m2", lon, lat)
        shares = area_m2[at] / whole_m2[[first, second]]
        enclave = max(shares) > 0.5 >= min(shares)
        wide = not enclave and _is_wide(both[at], ground)
        (contested if wide else mended).append(case)
    return [
        *_finding("contested", Weight.BLOCKS, contested),
        *_finding("overlap", Weight.MENDED, mended, round(float(area_m2[kept].sum()), 1)),
    ]


def _is_wide(shape: Any, ground: Ground) -> bool:
    polygons = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return bool(ground.wider_than(shapes_of(polygons), OVERLAP_WIDTH_M).any())


def _gaps(shapes: Shapes, ground: Ground) -> list[Finding]:
    """Faces between the villages that nobody claims; the wide ones are holes and stay."""
    mosaic = build(shapes, ground)
    bare = np.flatnonzero((mosaic.cover == 0) & (mosaic.area_m2 > LEAST_M2))
    is_wide = ground.wider_than(mosaic.faces[bare], GAP_WIDTH_M)
    cases: dict[bool, list[Case]] = {True: [], False: []}
    for face, wide_face in zip(bare, is_wide.tolist(), strict=True):
        lon, lat = inner_point(mosaic.faces[face])
        size = round(float(mosaic.area_m2[face]), 1)
        cases[wide_face].append(Case(f"lon {lon}, lat {lat}", size, "m2", lon, lat))
    narrow, wide = cases[False], cases[True]
    return [
        *_finding("gap", Weight.MENDED, narrow, round(sum(one.size or 0 for one in narrow), 1)),
        *_finding("hole", Weight.NOTED, wide, round(sum(one.size or 0 for one in wide), 1)),
    ]


def _parts(features: Sequence[Feature], shapes: Shapes, ground: Ground) -> list[Finding]:
    parts, part_of = shapely.get_parts(shapes, return_index=True)
    number = np.bincount(part_of, minlength=len(features))
    multi = [
        Case(f"{one.code} {one.name}", float(number[at]))
        for at, one in enumerate(features)
        if number[at] > 1
    ]
    metres = ground.metres(parts)
    thin = np.flatnonzero(~ground.wider_than(parts, SLIVER_WIDTH_M))
    slivers = []
    for at in thin:
        lon, lat = inner_point(parts[at])
        one = features[part_of[at]]
        size = round(float(shapely.area(metres[at])), 1)
        slivers.append(Case(f"{one.code} {one.name}", size, "m2", lon, lat))
    return [
        *_finding("multi_part", Weight.NOTED, multi),
        *_finding("sliver", Weight.NOTED, slivers),
    ]
