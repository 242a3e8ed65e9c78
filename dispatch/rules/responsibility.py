"""Which agencies answer for a category at a place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AreaRule:
    """An agency answers for a category in an area."""

    category_code: str
    area_code: str  # "" the whole regency, else a district or village code
    agency_id: int


@dataclass(frozen=True, slots=True)
class Choice:
    """Who answers, in the order of the rules, and why in one Indonesian sentence."""

    agency_ids: tuple[int, ...]  # empty: no rule fits
    reason: str


def choose(
    rules: Iterable[AreaRule],
    category_code: str,
    village_code: str | None,
    district_code: str | None,
) -> Choice:
    """The agencies of the narrowest area that has a rule: village, district, whole regency.

    An unknown place (both codes None) gets the rule of the whole regency.
    """
    of_category = [rule for rule in rules if rule.category_code == category_code]
    for area in (village_code, district_code, ""):
        chosen = tuple(r.agency_id for r in of_category if r.area_code == area)
        if chosen:
            return Choice(chosen, _reason(category_code, area or "", village_code))
    return Choice((), f"Belum ada instansi yang ditetapkan untuk kategori {_words(category_code)}.")


def _reason(category_code: str, area: str, village_code: str | None) -> str:
    kind = _words(category_code)
    if not area:
        place = "seluruh wilayah" if village_code else "seluruh wilayah, sebab desanya belum pasti"
        return f"Aturan {kind} untuk {place}."
    level = "desa" if area == village_code else "kecamatan"
    return f"Aturan {kind} khusus {level} {area}."


def _words(code: str) -> str:
    return code.replace("_", " ")
