"""Whom to call: posts, not persons, with their numbers and hours: contacts.toml."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from dispatch.errors import BadConfiguration
from dispatch.regency import files
from dispatch.regency.entry import Entry
from dispatch.rules.hours import Hours, Window

ALWAYS: tuple[Window, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A post that answers: when, where, for what, and whom it stands in for."""

    code: str
    agency: str
    post: str  # "Piket Pusdalops"
    phone: str
    hours: Hours | None  # None: at any time
    categories: tuple[str, ...] = ()  # () all that its agency answers for
    owners: tuple[str, ...] = ()  # () whoever owns the thing
    areas: tuple[str, ...] = ()  # district or village codes; () everywhere
    stands_in_for: str | None = None  # code of the contact whose place it takes out of hours
    note: str = ""


def read(folder: Path, service: Hours) -> tuple[ContactEntry, ...]:
    """In the order of the file; () without one. `service` gives the time zone. BadConfiguration."""
    entries = files.list_of(folder, "contacts.toml", "contact", needed=False)
    return tuple(_contact(e, service) for e in entries)


def _contact(entry: Entry, service: Hours) -> ContactEntry:
    windows = tuple(_window(e) for e in entry.entries("hours", f"{entry.name} hours"))
    contact = ContactEntry(
        code=entry.code("code"),
        agency=entry.text("agency"),
        post=entry.text("post"),
        phone=_phone(entry),
        hours=Hours(service.zone, service.zone_name, windows, "") if windows else None,
        categories=entry.words("categories"),
        owners=entry.words("owners"),
        areas=entry.words("areas"),
        stands_in_for=entry.text("stands_in_for", "") or None,
        note=entry.text("note", ""),
    )
    entry.done()
    return contact


def _phone(entry: Entry) -> str:
    phone = entry.text("phone")
    if not phone.replace("-", "").replace(" ", "").replace("+", "").isdigit():
        entry.wrong("phone", f"{phone!r}: write a number as 0291-555-0112")
    return phone


def _window(entry: Entry) -> Window:
    window = Window(
        entry.days() or frozenset(range(7)), entry.time_of("opens"), entry.time_of("closes")
    )
    if window.closes < window.opens:
        entry.wrong("closes", "must be later than opens; write a night as two windows")
    entry.done()
    return window


def check(
    contacts: Iterable[ContactEntry],
    agencies: Iterable[str],
    categories: Iterable[str],
    owners: Iterable[str],
) -> None:
    """Every name that is used is also given, and nobody stands in for himself in a circle."""
    given = {c.code: c for c in contacts}
    for contact in given.values():
        _known(contact, "agency", [contact.agency], agencies)
        _known(contact, "categories", contact.categories, categories)
        _known(contact, "owners", contact.owners, owners)
        if contact.stands_in_for:
            _known(contact, "stands_in_for", [contact.stands_in_for], given)
        _check_circle(contact, given)


def _check_circle(contact: ContactEntry, given: dict[str, ContactEntry]) -> None:
    seen, at = {contact.code}, contact.stands_in_for
    while at is not None:
        if at in seen:
            _wrong(contact, "stands_in_for", f"{at!r} stands in for itself in a circle")
        seen.add(at)
        at = given[at].stands_in_for


def _known(contact: ContactEntry, field: str, used: Iterable[str], given: Iterable[str]) -> None:
    names = sorted(given)
    for name in used:
        if name not in names:
            _wrong(contact, field, f"{name!r} is none of: {', '.join(names)}")


def _wrong(contact: ContactEntry, field: str, what: str) -> NoReturn:
    raise BadConfiguration(f"contacts.toml: {contact.code}: {field}: {what}")


def is_open(contact: ContactEntry, now: datetime) -> bool:
    """Whether somebody answers there now."""
    if contact.hours is None:
        return True
    local = now.astimezone(contact.hours.zone)
    return any(window.holds(local) for window in contact.hours.windows)
