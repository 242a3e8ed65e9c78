"""What is read from a boundary file: village features, and the ones that cannot be taken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shapely.geometry.base import BaseGeometry

KINDS = {"1": "kelurahan", "2": "desa", "3": "desa"}  # by the seventh digit; 3 is desa adat


class Flaw(StrEnum):
    """Why one feature cannot be taken."""

    NO_CODE = "no_code"
    BAD_CODE = "bad_code"  # not 2.2.2.4 digits
    NO_NAME = "no_name"
    NO_SHAPE = "no_shape"  # null or empty geometry
    NOT_POLYGON = "not_polygon"
    BAD_POSITION = "bad_position"  # not two finite numbers
    OPEN_RING = "open_ring"  # under four positions, or the last is not the first
    OUTSIDE = "outside"  # beyond the country


# A feature with one of these is no village; it can be left out on demand.
NOT_A_VILLAGE = frozenset({Flaw.NO_CODE})


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one feature, and where in the file it is."""

    flaw: Flaw
    where: str  # "feature 12 (Kawak)"
    found: str = ""


@dataclass(frozen=True, slots=True)
class Feature:
    """A village as a file draws it, before any mending.

    code            Kemendagri with dots, 33.20.11.2006
    district        empty when the file does not name the kecamatan
    shape           Polygon or MultiPolygon in lon, lat degrees, not empty, perhaps invalid
    where           place in the file, for messages
    """

    code: str
    name: str
    kind: str
    district_code: str
    district: str
    shape: BaseGeometry
    where: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: usable features, and the problems of all others."""

    form: str  # GeoJSON, GPKG, ESRI Shapefile, SQL
    features: tuple[Feature, ...]
    problems: tuple[Problem, ...]
    total: int  # features in the file, usable or not
    with_height: int = 0  # features whose third coordinate was dropped
    sha256: str = ""  # of the file's bytes


@dataclass(frozen=True, slots=True)
class Fields:
    """Under which names a file keeps what we need; the first that is there is taken.

    The defaults are the names of this house, of the published SQL form, and of the
    geospatial agency's village layer (KDEPUM, WADMKD, WADMKC).
    """

    code: tuple[str, ...] = ("code", "kode", "KDEPUM", "kode_desa", "kd_desa")
    name: tuple[str, ...] = ("name", "nama", "WADMKD", "NAMOBJ", "desa", "nama_desa")
    kind: tuple[str, ...] = ("kind", "jenis")
    district: tuple[str, ...] = ("district", "kecamatan", "WADMKC")

    def pick(self, what: str, row: Mapping[str, object]) -> str:
        """The value of the first name that the row has, as text; empty when none has one."""
        names: tuple[str, ...] = getattr(self, what)
        lowered = {key.lower(): value for key, value in row.items()}
        for name in names:
            value = lowered.get(name.lower())
            if isinstance(value, str | int) and (text := plain(str(value))):
                return text[:200]
        return ""

    def knows_code_in(self, columns: Iterable[str]) -> bool:
        """Whether one of the columns can hold the village code."""
        return bool({name.lower() for name in self.code} & {name.lower() for name in columns})


@dataclass(slots=True)
class Tray:
    """Where a reader puts what it finds, one feature at a time."""

    fields: Fields
    features: list[Feature] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    total: int = 0
    with_height: int = 0

    def flaw(self, flaw: Flaw, where: str, found: object = "") -> None:
        """Notes that the feature cannot be taken."""
        self.problems.append(Problem(flaw, where, plain(str(found)[:120])))

    def take(self, row: Mapping[str, object], shape: BaseGeometry, where: str) -> None:
        """Keeps the feature, or notes what its code or name lacks."""
        name = self.fields.pick("name", row)
        where = f"{where} ({name})" if name else where
        raw = self.fields.pick("code", row)
        code = village_code(raw)
        if code is None:
            self.flaw(Flaw.BAD_CODE if raw else Flaw.NO_CODE, where, raw)
        elif not name:
            self.flaw(Flaw.NO_NAME, f"{where} ({code})")
        else:
            kind = self.fields.pick("kind", row).lower()
            self.features.append(
                Feature(
                    code=code,
                    name=name,
                    kind=kind if kind in KINDS.values() else KINDS[code[9]],
                    district_code=code[:8],
                    district=self.fields.pick("district", row),
                    shape=shape,
                    where=where,
                )
            )


def plain(text: str) -> str:
    """The text in one line without control signs: it is shown on terminals and pages."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def village_code(text: str) -> str | None:
    """A Kemendagri village code with its dots, from 10 digits with or without them.

    None unless the last group begins with 1 (kelurahan), 2 (desa) or 3 (desa adat):
    most codes of the statistics office have ten digits too, and fail here.
    """
    digits = text.replace(".", "")
    if len(digits) != 10 or not (digits.isascii() and digits.isdigit()):
        return None
    if digits[6] not in KINDS:
        return None
    dotted = f"{digits[:2]}.{digits[2:4]}.{digits[4:6]}.{digits[6:]}"
    return dotted if text in (digits, dotted) else None
