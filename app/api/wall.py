"""/api/wall: what the wallboard shows; the same for everybody who may look at it."""

from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from typing import Any

from flask import Blueprint
from flask.blueprints import BlueprintSetupState

from app.api import wire, wire_load
from app.api.wire_forms import Json, time_of
from app.auth.guard import needs
from app.auth.roles import Right
from app.config import ROOT
from app.parts import parts
from dispatch import board
from dispatch.ground import Ground
from dispatch.load import Counted, counted
from dispatch.wall import EYES, Figures, Fleet, Queue, wall

bp = Blueprint("wall", __name__, url_prefix="/api")

BUSIEST = 3  # villages named beside the map
# What the page is made of: all of it, for whatever changes is to be seen in the morning.
_MADE_OF = ("static/css/*.css", "static/js/**/*.js", "static/img/*.svg", "app/templates/*.html")
_WORDS = "app/translations/*/LC_MESSAGES/*.mo"


@bp.record
def mark_at_start(_state: BlueprintSetupState) -> None:
    """All workers mark the page alike, whatever is put on the disk while they run."""
    _files()


@bp.get("/wall")
@needs(Right.SEE_WALL)
def get_wall() -> dict[str, Any]:
    """Figures of all that is open, the sensitive counted; load and last cases without those."""
    now, ground = parts().now(), parts().ground()
    with parts().transaction(EYES) as session:
        shown = wall(session, ground, now)
        loaded = counted(session, now)
        demo = board.has_demo(session)
    return {
        "now": time_of(now),
        "cursor": str(shown.cursor),
        "page": page_mark(ground.locator.edition_id, demo),
        **_totals(shown.figures),
        "by_priority": by_priority(shown.figures),
        "queue": [_queue(q) for q in shown.queues],
        "units": [_fleet(f) for f in shown.units],
        "last": [_last(row, ground) for row in shown.last],
        "load": wire_load.load(loaded),
        "busiest": _busiest(loaded, ground),
    }


def _totals(figures: Iterable[Figures]) -> Json:
    rows = list(figures)
    waits = [f.oldest_waiting_at for f in rows if f.oldest_waiting_at is not None]
    return {
        "open": sum(f.open for f in rows),
        "waiting": sum(f.waiting for f in rows),
        "late": sum(f.late for f in rows),
        "oldest_at": time_of(min((f.oldest_at for f in rows), default=None)),
        "oldest_waiting_at": time_of(min(waits, default=None)),
    }


def by_priority(figures: Iterable[Figures]) -> list[Json]:
    """Counts of each priority, 1 gawat to 4 rendah, also where there is none."""
    rows = list(figures)
    return [
        {
            "priority": priority,
            "open": sum(f.open for f in rows if f.priority == priority),
            "waiting": sum(f.waiting for f in rows if f.priority == priority),
            "late": sum(f.late for f in rows if f.priority == priority),
        }
        for priority in range(1, 5)
    ]


def _queue(queue: Queue) -> Json:
    return {
        "kind": queue.kind,
        "open": queue.open,
        "waiting": queue.waiting,
        "late": queue.late,
        "oldest_waiting_at": time_of(queue.oldest_waiting_at),
        "priority": queue.priority,
        "target_s": round(queue.target_s),
    }


def _fleet(fleet: Fleet) -> Json:
    counts = {"free": fleet.free, "out": fleet.out, "off": fleet.off, "lost": fleet.lost}
    return {"kind": fleet.kind, **counts}


def _last(row: Any, ground: Ground) -> Json:
    category = ground.catalogue.category(row.category_code)
    village = None
    if row.village_code is not None:
        village = {
            "code": row.village_code,
            "name": row.village_name,
            "kind": row.village_kind,
            "district": row.district,
        }
    return {
        "id": row.id,
        "category": category.code,
        "category_name": category.name_id,
        "category_name_en": category.name_en,
        "priority": row.priority,
        "state": str(row.state),
        "village": village,
        "outside": row.outside,
        "opened_at": time_of(row.opened_at),
        "demo": row.demo,
    }


def _busiest(loaded: Counted, ground: Ground) -> list[Json]:
    """Where most is open, in words beside the shades; of equals by name."""
    known = [
        (ground.by_code[code], of)
        for code, of in loaded.items()
        if code is not None and code in ground.by_code
    ]
    first = sorted(known, key=lambda pair: (-pair[1].open, pair[0].name))[:BUSIEST]
    return [{"village": wire.village(place), "open": of.open} for place, of in first if of.open]


def page_mark(edition_id: int | None, demo: bool) -> str:
    """Changes with the page's files, the boundaries it shows, and whether it shows a demo."""
    return f"{_files()}-{edition_id or 0}-{int(demo)}"


@cache
def _files() -> str:
    mixed = sha256()
    for pattern in (*_MADE_OF, _WORDS):
        for path in sorted(ROOT.glob(pattern)):
            mixed.update(path.read_bytes())
    return mixed.hexdigest()[:12]
