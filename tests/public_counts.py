"""Cases in villages by the dozen, and the snapshot that the timer would make of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.timer import Timer
from tests.world import World

LONG_AGO = datetime(2026, 2, 1, tzinfo=UTC)

_PLANT = text("""
  INSERT INTO incident (category_code, priority, state, place_text, edition_id, village_id,
      village_code, district_code, outside, agency_ids, audience, restricted_group, after_hours,
      opened_at, closed_at, outcome)
  SELECT :category, 3,
      CASE WHEN cast(:closed AS timestamptz) IS NULL THEN 'baru' ELSE 'ditutup' END,
      :words, village.edition_id, village.id, village.code, village.district_code, false, '{}',
      :audience, :restricted, false, :opened, :closed, :words
    FROM village JOIN edition ON edition.id = village.edition_id AND edition.in_force
    CROSS JOIN generate_series(1, :n)
   WHERE village.code = :village
""")


def plant(session: Session, village: str, n: int, category: str = "jalan", **more: Any) -> None:
    """So many cases in a village: open since long ago, in public space, unless said otherwise."""
    usual = {
        "audience": "umum", "restricted": None, "opened": LONG_AGO, "closed": None,
        "words": "simpang pasar",
    }  # fmt: skip
    session.execute(_PLANT, usual | more | {"village": village, "n": n, "category": category})


def count(world: World, later: timedelta = timedelta(0)) -> datetime | None:
    """What the timer does at the next full hour."""
    now = datetime.now(UTC) + later
    usual, world.parts.now = world.parts.now, lambda: now
    timer = Timer(world.parts)
    try:
        return timer.count()
    finally:
        timer.stop()
        world.parts.now = usual
        world.app.extensions.pop("public", None)  # a process that begins anew
