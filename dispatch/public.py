"""What the public is shown: counts by village, made at fixed hours, late, and kept for a week."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from dispatch.ground import Ground
from dispatch.regency.public import PublicRules
from dispatch.rules import anonymity
from dispatch.rules.anonymity import Cell, CellKind
from dispatch.rules.audience import Audience
from dispatch.schema import PublicSnapshot
from dispatch.scope import Scope
from geo.schema import Village
from geo.village_schema import VillageDrawing

PUBLIC = Scope("public")  # whoever comes: reads what was made, and nothing else
KEPT = timedelta(days=7)
OUTLINE_M = 50  # how far the outlines for the public stray from the true ones
REST = "lain"  # the code of all categories that are too few to be named

_COUNTS = text("SELECT village_code, category_code, open, closed_30d FROM public_counts(:at)")
_DEMO = text("SELECT demo_is_on()")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counted:
    """What may be counted, as it stood at one moment."""

    open: Mapping[tuple[str, str], int]  # by village and category
    closed: int  # in the 30 days before


def due(now: datetime, rules: PublicRules) -> datetime:
    """When the newest snapshot should have been made: the last full one of `each_minutes`, UTC."""
    each = timedelta(minutes=rules.each_minutes)
    return now - (now - _EPOCH) % each


def next_due(now: datetime, rules: PublicRules) -> datetime:
    """When the next one is made."""
    return due(now, rules) + timedelta(minutes=rules.each_minutes)


def newest(session: Session, before: datetime | None = None) -> PublicSnapshot | None:
    """The last snapshot that was made, or the last before a moment; None before the first."""
    query = select(PublicSnapshot).order_by(PublicSnapshot.at.desc()).limit(1)
    if before is not None:
        query = query.where(PublicSnapshot.at < before)
    return session.scalar(query)


def outlines(session: Session, edition_id: int) -> dict[str, BaseGeometry]:
    """Outlines by village code, simplified; the true ones where nobody has simplified them yet."""
    drawn = select(VillageDrawing.code, VillageDrawing.area).where(
        VillageDrawing.edition_id == edition_id, VillageDrawing.tolerance_m == OUTLINE_M
    )
    true = select(Village.code, Village.area).where(Village.edition_id == edition_id)
    rows = session.execute(drawn).all() or session.execute(true).all()
    return {row.code: row.area for row in sorted(rows, key=lambda row: row.code)}


def make_snapshot(session: Session, ground: Ground, now: datetime) -> datetime | None:
    """Make what is due, once, and forget what is older than a week. Wants the scope TIMER.

    Returns the moment from which on it is shown; None when nothing was to be made. Several
    servers may try at once: the first one's stays.
    """
    rules = ground.regency.public
    if not rules.shown or session.get(PublicSnapshot, slot := due(now, rules)) is not None:
        return None
    body = _body(session, ground, slot)
    made = insert(PublicSnapshot).values(at=slot, body=body).on_conflict_do_nothing()
    stored = session.execute(made.returning(PublicSnapshot.at)).scalar_one_or_none()
    session.execute(delete(PublicSnapshot).where(PublicSnapshot.at < slot - KEPT))
    return stored


def _body(session: Session, ground: Ground, slot: datetime) -> dict[str, Any]:
    rules = ground.regency.public
    at = slot - timedelta(minutes=rules.delay_minutes)
    last = newest(session, slot)
    before = {cell["code"] for cell in last.body["cells"]} if last is not None else set()
    return told(_count(session, ground, at), ground, before) | {
        "at": at.isoformat(),
        "made_at": slot.isoformat(),
        "next_at": next_due(slot, rules).isoformat(),
        "least": rules.least,
        "appears": rules.least + anonymity.MARGIN,
        "edition": ground.locator.edition,
        "demo": bool(session.scalar(_DEMO)),
    }


def _count(session: Session, ground: Ground, at: datetime) -> Counted:
    """What was umum then and would be now: a category that became sensitive is not counted."""
    codes = public_categories(ground)
    rows = [row for row in session.execute(_COUNTS, {"at": at}) if row.category_code in codes]
    return Counted(
        {(r.village_code, r.category_code): r.open for r in rows if r.open},
        sum(row.closed_30d for row in rows),
    )


def public_categories(ground: Ground) -> list[str]:
    """Codes of the categories that may be counted for everybody, in the order of the screen."""
    every = ground.catalogue.categories.values()
    return [c.code for c in every if c.audience is Audience.PUBLIC and c.restricted_group is None]


def told(counted: Counted, ground: Ground, before: set[str]) -> dict[str, Any]:
    """Cells, categories and sums of a snapshot, as docs/api.md gives them.

    A case of a village that the edition in force does not know is in no cell.
    """
    least = ground.regency.public.least
    by_village: Counter[str] = Counter()
    for (village, _), count in counted.open.items():
        by_village[village] += count
    districts = {v.code: v.district_code for v in ground.by_code.values()}
    cells = anonymity.cells(by_village, districts, least, before)
    inside = {village for cell in cells for village in cell.villages}
    return {
        "cells": [_cell(cell, ground) for cell in cells],
        "categories": _categories(counted, inside, ground),
        # Of what the cells hold only: else the rest could be had by subtraction.
        "open": anonymity.bucket(sum(cell.count for cell in cells), least),
        "closed_30d": anonymity.bucket(counted.closed, least),
    }


def _cell(cell: Cell, ground: Ground) -> dict[str, Any]:
    first = ground.by_code[cell.villages[0]]
    names = {
        CellKind.VILLAGE: first.name,
        CellKind.DISTRICT: first.district,
        CellKind.REGENCY: ground.regency.short,
    }
    return {
        "code": cell.code,
        "kind": cell.kind.value,
        "name": names[cell.kind],
        "villages": list(cell.villages),
        "open": anonymity.bucket(cell.count, ground.regency.public.least),
    }


def _categories(counted: Counted, inside: set[str], ground: Ground) -> list[dict[str, Any]]:
    least, codes = ground.regency.public.least, public_categories(ground)
    counts: Counter[str] = Counter()
    for (village, category), count in counted.open.items():
        if village in inside:
            counts[category] += count
    table = anonymity.table(counts, codes, least)
    catalogue = ground.catalogue.categories
    lines = [
        _line(code, catalogue[code].name_id, catalogue[code].name_en, table.named[code], least)
        for code in codes  # in the order of the screen, never by count
        if code in table.named
    ]
    if table.rest is not None:
        lines.append(_line(REST, "Lainnya", "Other", table.rest, least))
    return lines


def _line(code: str, name: str, name_en: str, count: int, least: int) -> dict[str, Any]:
    shown = anonymity.bucket(count, least)
    return {"code": code, "name": name, "name_en": name_en, "open": shown}
