"""What must hold between the files of a regency: every name that is used is also given."""

import re
from collections import Counter
from collections.abc import Iterable
from typing import NoReturn

from dispatch.errors import BadConfiguration
from dispatch.regency import contacts, plans
from dispatch.regency.facts import CategoryEntry, Regency, UserEntry

FALLBACK = "lainnya"  # takes what fits nowhere: a call is never refused
KEY_OF_ROLE = {"agency_officer": "agency", "field_unit": "unit", "village_head": "village"}


def check(regency: Regency) -> None:
    """Raise BadConfiguration at the first name that leads nowhere."""
    _check_codes(regency)
    _check_unique(regency)
    agencies = {a.code for a in regency.agencies}
    for category in regency.categories:
        _check_category(regency, category, agencies)
    if FALLBACK not in {c.code for c in regency.categories}:
        _wrong("categories.toml", FALLBACK, "code", "this category is needed for what fits nowhere")
    for group in regency.groups:
        _known("groups.toml", group.code, "agencies", group.agencies, agencies)
        _known("groups.toml", group.code, "crews", group.crews, agencies)
    for station in regency.stations:
        _known("stations.csv", station.code, "agency", [station.agency], agencies)
    stations = {s.code for s in regency.stations}
    for unit in regency.units:
        _known("units.csv", unit.call_sign, "agency", [unit.agency], agencies)
        _known("units.csv", unit.call_sign, "station", [unit.station], stations)
    for notice in regency.notices.notices:
        told = [notice.agency] if notice.agency else []
        _known("notices.toml", notice.to, "agency", told, agencies)
    for user in regency.users:
        _check_user(regency, user, agencies)
    _check_plans(regency, agencies)
    _check_contacts(regency, agencies)


def _check_contacts(regency: Regency, agencies: set[str]) -> None:
    kinds = [kind.code for kind in regency.owners.kinds]
    contacts.check(regency.contacts, agencies, [c.code for c in regency.categories], kinds)
    for contact in regency.contacts:
        for area in contact.areas:
            if not _is_area(regency, area):
                _wrong("contacts.toml", contact.code, "areas", f"{area!r} is no area here")


def _check_plans(regency: Regency, agencies: set[str]) -> None:
    skills = {skill for unit in regency.units for skill in unit.skills}
    categories = {c.code for c in regency.categories}
    plans.check(regency.plans, categories, agencies, skills, {u.kind for u in regency.units})


def _check_codes(regency: Regency) -> None:
    if not re.fullmatch(r"[0-9]{2}\.[0-9]{2}", regency.code):
        _wrong(
            "regency.toml",
            "[regency]",
            "code",
            f"{regency.code!r}: give province and regency as 12.34",
        )
    for village in regency.digital_villages:
        _check_village(regency, "regency.toml", "[regency]", "digital_villages", village)
    for district in regency.demo.people:
        if not _is_area(regency, district) or district.count(".") != 2:
            _wrong("demo.toml", "[people]", district, "is no kecamatan of this regency")


def _check_unique(regency: Regency) -> None:
    for file, field, names in (
        ("agencies.toml", "code", [a.code for a in regency.agencies]),
        ("categories.toml", "code", [c.code for c in regency.categories]),
        ("groups.toml", "code", [g.code for g in regency.groups]),
        ("stations.csv", "code", [s.code for s in regency.stations]),
        # Case and signs do not tell call signs apart over the radio.
        ("units.csv", "call_sign", [u.call_sign.upper() for u in regency.units]),
        ("users.toml", "login", [u.login.lower() for u in regency.users]),
        ("contacts.toml", "code", [c.code for c in regency.contacts]),
    ):
        for name, times in Counter(names).items():
            if times > 1:
                _wrong(file, name, field, f"stands there {times} times; give each its own")


def _check_category(regency: Regency, category: CategoryEntry, agencies: set[str]) -> None:
    file = "categories.toml"
    if not category.agencies:
        _wrong(file, category.code, "agencies", "name at least one for the whole regency")
    _known(file, category.code, "agencies", category.agencies, agencies)
    for area in category.areas:
        if area.code and not _is_area(regency, area.code):
            _wrong(file, category.code, "areas", f"{area.code!r} is no area of {regency.code}")
        if not area.agencies:
            what = area.code or area.owner or area.hours
            _wrong(file, category.code, "areas", f"name at least one agency for {what}")
        owners = [kind.code for kind in regency.owners.kinds]
        _known(file, category.code, "owners", [area.owner] if area.owner else [], owners)
        _known(file, category.code, "areas", area.agencies, agencies)
    if category.group is not None:
        _check_restricted(regency, category, category.group)
    _known(file, category.code, "like", category.like, {c.code for c in regency.categories})
    skills = {skill for unit in regency.units for skill in unit.skills}
    _known(file, category.code, "needs", category.needs, skills)


def _check_restricted(regency: Regency, category: CategoryEntry, code: str) -> None:
    """Whoever gets the ticket must be allowed to see it."""
    groups = {g.code: g for g in regency.groups}
    _known("categories.toml", category.code, "group", [code], groups)
    answering = {*category.agencies, *(a for area in category.areas for a in area.agencies)}
    for agency in sorted(answering - groups[code].agencies):
        _wrong(
            "categories.toml",
            category.code,
            "agencies",
            f"{agency} is not in the group {code} and could not see it; add it in groups.toml",
        )


def _check_user(regency: Regency, user: UserEntry, agencies: set[str]) -> None:
    file = "users.toml"
    key = KEY_OF_ROLE.get(user.role)
    if key and getattr(user, key) is None:
        _wrong(file, user.login, key, f"a {user.role} needs it")
    _known(file, user.login, "agency", [user.agency] if user.agency else [], agencies)
    signs = {u.call_sign for u in regency.units}
    _known(file, user.login, "unit", [user.unit] if user.unit else [], signs)
    if user.village is not None:
        _check_village(regency, file, user.login, "village", user.village)
    _known(file, user.login, "groups", user.groups, {g.code for g in regency.groups})


def _check_village(regency: Regency, file: str, entry: str, field: str, code: str) -> None:
    if not _is_area(regency, code) or code.count(".") != 3:
        _wrong(file, entry, field, f"{code!r} is no village of {regency.code}")


def _is_area(regency: Regency, code: str) -> bool:
    """A kecamatan or village code of this regency, by its form."""
    form = r"\.[0-9]{2}(\.[0-9]{4})?"
    return re.fullmatch(re.escape(regency.code) + form, code) is not None


def _known(file: str, entry: str, field: str, used: Iterable[str], given: Iterable[str]) -> None:
    names = set(given)
    for name in used:
        if name not in names:
            _wrong(file, entry, field, f"{name!r} is none of: {', '.join(sorted(names))}")


def _wrong(file: str, entry: str, field: str, what: str) -> NoReturn:
    raise BadConfiguration(f"{file}: {entry}: {field}: {what}")
