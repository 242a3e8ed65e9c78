"""Whom to call for what, where, now: who answers by rule, which posts are open, who stands in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from dispatch import responsible
from dispatch.ground import Ground
from dispatch.regency.contacts import ContactEntry, is_open
from dispatch.rules.owners import By, Found
from dispatch.rules.returns import Warned
from geo.placement import VillageRef
from geo.point import Point

_AHEAD_DAYS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What somebody wants to know. Without a category all posts are listed."""

    category: str | None = None
    village: VillageRef | None = None
    owner: str | None = None
    texts: tuple[str, ...] = ()
    pin: Point | None = None


@dataclass(frozen=True, slots=True)
class Answering:
    """An agency that answers, and why."""

    agency_id: int
    why: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A post in the order in which one calls."""

    entry: ContactEntry
    order: int  # 1 first
    open: bool
    until: datetime | None  # open: closes then; closed: opens then; None: always, or not known
    stands_in: bool  # now, because whom it stands in for is closed
    responsible: bool  # its agency answers by rule


@dataclass(frozen=True, slots=True)
class Whom:
    """The answer."""

    responsible: tuple[Answering, ...]
    contacts: tuple[Ranked, ...]
    warnings: tuple[Warned, ...]
    owner: Found


def whom(session: Session, ask: Ask, now: datetime, ground: Ground) -> Whom:
    """Who answers, and which posts to call, the first to call first. Raises NoSuchOwner."""
    if ask.category is None:
        ranked = rank(ground.regency.contacts, (), ask, now)
        return Whom((), tuple(ranked), (), Found(ask.owner, By.SAID if ask.owner else By.NOBODY))
    decided = responsible.decide(
        ground,
        ask.category,
        ask.village,
        now,
        said_owner=ask.owner,
        texts=ask.texts,
        pin=ask.pin,
    )
    ids = decided.choice.agency_ids
    known = {i: ground.catalogue.agencies[i].code for i in ids if i in ground.catalogue.agencies}
    warned = [
        one
        for i in ids
        for one in responsible.warnings(session, ground, ask.category, decided.owner.code, i)
    ]
    ask = replace(ask, owner=decided.owner.code)
    ranked = rank(ground.regency.contacts, tuple(known.values()), ask, now)
    answering = tuple(Answering(i, decided.choice.reason) for i in ids)
    return Whom(answering, tuple(ranked), tuple(warned), decided.owner)


def rank(
    contacts: Sequence[ContactEntry], agencies: Sequence[str], ask: Ask, now: datetime
) -> list[Ranked]:
    """The posts that fit, those to call first first.

    agencies  codes of those that answer by rule, in its order; () where nothing was asked
    Posts of those agencies, and posts that name the category or the owner themselves. What is
    closed follows what is open; who stands in for a closed post takes its place.
    """
    by_code = {c.code: c for c in contacts}
    fitting = [c for c in contacts if _fits(c, agencies, ask, by_code)]
    places = {
        c.code: n
        for n, c in enumerate(sorted(fitting, key=lambda c: _place(c, agencies, ask, by_code)))
    }
    kept = [
        Ranked(
            entry=c,
            order=0,
            open=is_open(c, now),
            until=_until(c, now),
            stands_in=_stands_in(c, by_code, now),
            responsible=c.agency in agencies,
        )
        for c in fitting
    ]
    kept.sort(key=lambda r: (not r.open, places[r.entry.code]))
    return [replace(r, order=n) for n, r in enumerate(kept, 1)]


def _fits(
    contact: ContactEntry, agencies: Sequence[str], ask: Ask, by_code: dict[str, ContactEntry]
) -> bool:
    if contact.areas and ask.village is not None and not _covers(contact, ask.village):
        return False
    if ask.category is None:
        return not ask.owner or not contact.owners or ask.owner in contact.owners
    if contact.categories and ask.category not in contact.categories:
        return False
    if contact.owners and ask.owner not in contact.owners:
        return False
    # A post that names the category speaks for itself; another one goes with its agency.
    if contact.categories or contact.owners or contact.agency in agencies:
        return True
    served = by_code.get(contact.stands_in_for or "")
    return served is not None and _fits(served, agencies, ask, by_code)


def _covers(contact: ContactEntry, village: VillageRef) -> bool:
    return village.code in contact.areas or village.district_code in contact.areas


def _place(
    contact: ContactEntry, agencies: Sequence[str], ask: Ask, by_code: dict[str, ContactEntry]
) -> tuple[int, int, int, int]:
    """Agencies in the order of the rule; the post for just this before the general one."""
    order = list(by_code).index(contact.code)
    if contact.agency in agencies:
        special = 0 if contact.categories or contact.owners or contact.areas else 1
        return agencies.index(contact.agency), special, _depth(contact, by_code), order
    served = by_code.get(contact.stands_in_for or "")
    if served is not None and served.agency in agencies:
        return agencies.index(served.agency), 2, _depth(contact, by_code), order
    return len(agencies), 0, _depth(contact, by_code), order


def _depth(contact: ContactEntry, by_code: dict[str, ContactEntry]) -> int:
    """How many posts it stands in for, one behind the other."""
    depth, at = 0, contact.stands_in_for
    while at is not None:
        depth, at = depth + 1, by_code[at].stands_in_for
    return depth


def _stands_in(contact: ContactEntry, by_code: dict[str, ContactEntry], now: datetime) -> bool:
    served = by_code.get(contact.stands_in_for or "")
    return served is not None and is_open(contact, now) and not is_open(served, now)


def _until(contact: ContactEntry, now: datetime) -> datetime | None:
    """When it closes, or opens again, in UTC; None where it never does."""
    if contact.hours is None:
        return None
    local = now.astimezone(contact.hours.zone)
    edges = sorted(
        datetime.combine(day, at, contact.hours.zone)
        for window in contact.hours.windows
        for ahead in range(_AHEAD_DAYS)
        if (day := local.date() + timedelta(days=ahead)).weekday() in window.days
        for at in (window.opens, window.closes)
    )
    state = is_open(contact, now)
    found = next((e for e in edges if e > now and is_open(contact, e) != state), None)
    return None if found is None else found.astimezone(UTC)
