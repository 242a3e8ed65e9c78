"""Which agencies answer for a category: by owner of the thing, by place, by hours."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

WORKING, AFTER = "jam_kerja", "luar_jam"  # words of a rule's hours; "" at any time
HOURS = (WORKING, AFTER)


@dataclass(frozen=True, slots=True)
class AreaRule:
    """An agency answers for a category in an area, for what somebody owns, in some hours."""

    category_code: str
    area_code: str  # "" the whole regency, else a district or village code
    agency_id: int
    owner: str = ""  # "" whoever owns it, else jalan_provinsi, tiang_pln ...
    hours: str = ""  # "" at any time, else jam_kerja, luar_jam

    @property
    def key(self) -> str:
        """What it is called in the record of a ticket; ids of rows would change with the files."""
        return "|".join((self.category_code, self.owner, self.area_code, self.hours))


@dataclass(frozen=True, slots=True)
class Choice:
    """Who answers, in the order of the rules, and why in one Indonesian sentence."""

    agency_ids: tuple[int, ...]  # empty: no rule fits
    reason: str
    # The rule's key, what was looked at, and the version of the rules: kept with the ticket.
    decided: Mapping[str, Any] = field(default_factory=dict, compare=False)


def choose(
    rules: Iterable[AreaRule],
    category_code: str,
    village_code: str | None,
    district_code: str | None,
    *,
    owner: str | None = None,
    hours: str = "",
    owner_name: str | None = None,
    version: str | None = None,
) -> Choice:
    """The agencies of the first rule that fits.

    The owner's comes before anybody's; then the narrowest area: village, district, whole
    regency; then the rule of these hours before that of all hours.

    owner       of the thing; None: not known, then the rules without an owner decide
    hours       jam_kerja or luar_jam; "" asks for rules of any time only
    version     of all rules, where it is known already
    An unknown place (both codes None) gets the rule of the whole regency.
    """
    every = list(rules)
    of_category = [rule for rule in every if rule.category_code == category_code]
    looked = {"owner": owner, "village": village_code, "district": district_code, "hours": hours}
    decided = {"looked_at": looked, "version": version or version_of(every)}
    for whose in dict.fromkeys((owner or "", "")):
        for area in (village_code, district_code, ""):
            for when in dict.fromkeys((hours, "")):
                chosen = [
                    r for r in of_category if (r.owner, r.area_code, r.hours) == (whose, area, when)
                ]
                if chosen:
                    reason = _reason(chosen[0], village_code, owner, owner_name)
                    return Choice(
                        tuple(r.agency_id for r in chosen),
                        reason,
                        {"rule": chosen[0].key, **decided},
                    )
    none = f"Belum ada instansi yang ditetapkan untuk kategori {_words(category_code)}."
    return Choice((), none, {"rule": None, **decided})


def version_of(rules: Sequence[AreaRule]) -> str:
    """A mark of all rules together: it changes when one of them does."""
    lines = sorted(f"{rule.key}|{rule.agency_id}" for rule in rules)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]


def _reason(
    rule: AreaRule, village_code: str | None, owner: str | None, owner_name: str | None
) -> str:
    kind = _words(rule.category_code)
    said = f"Aturan {kind} {_where(rule.area_code, village_code)}{_when(rule.hours)}"
    if rule.owner:
        return f"{said}, milik {owner_name or _words(rule.owner)}."
    if owner:
        return f"{said}; untuk {owner_name or _words(owner)} tidak ada aturan sendiri."
    return f"{said}."


def _where(area: str, village_code: str | None) -> str:
    if not area:
        unsure = "" if village_code else ", sebab desanya belum pasti"
        return f"untuk seluruh wilayah{unsure}"
    return f"khusus {'desa' if area == village_code else 'kecamatan'} {area}"


def _when(hours: str) -> str:
    return {WORKING: " pada jam kerja", AFTER: " di luar jam kerja"}.get(hours, "")


def _words(code: str) -> str:
    return code.replace("_", " ")
