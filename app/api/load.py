"""/api/load, /api/filters, /api/villages/facts: how much is open where, and by what to ask."""

import hashlib
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import orjson
from flask import Blueprint, Response, current_app, request
from sqlalchemy import func, select

from app.api import reading_filters, wire_load
from app.api.ground import CHANNEL_NAMES
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.live import Hub
from app.parts import Parts, parts
from dispatch import load, log
from dispatch.log import Cursor
from dispatch.rules.filters import Filter
from dispatch.rules.workflow import Channel
from dispatch.scope import Scope
from geo.schema import Village
from geo.village_schema import VillageFacts

bp = Blueprint("load", __name__, url_prefix="/api")

FRESH_S = 5.0  # what is late, and what falls in the last hours, is no older than this
MOST_KEPT = 200  # answers


@dataclass(slots=True)
class _Kept:
    """One answer, and the place in the log up to which it is sure to reach."""

    lock: Lock = field(default_factory=Lock)
    cursor: Cursor | None = None
    at: float = 0.0
    body: bytes = b""


class Counts:
    """Answers that a thousand screens ask for at once, counted once.

    Kept until the live wire of this process has read on, and no longer than FRESH_S.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[Scope, str], _Kept] = {}
        self._lock = Lock()

    def answer(self, made_of: Parts, hub: Hub, scope: Scope, filter: Filter) -> bytes:
        """The answer to GET /api/load for whoever sees with these eyes."""
        kept = self._place(scope.shared(), filter.key())
        heard = hub.cursor
        with kept.lock:  # one counts, the others wait for it
            young = time.monotonic() - kept.at < FRESH_S
            if not (young and heard and kept.cursor and kept.cursor >= heard):
                kept.cursor, kept.body = _count(made_of, scope.shared(), filter)
                kept.at = time.monotonic()
            return kept.body

    def _place(self, scope: Scope, key: str) -> _Kept:
        with self._lock:
            if len(self._kept) >= MOST_KEPT and (scope, key) not in self._kept:
                self._kept.pop(min(self._kept, key=lambda place: self._kept[place].at))
            return self._kept.setdefault((scope, key), _Kept())


def _count(made_of: Parts, scope: Scope, filter: Filter) -> tuple[Cursor, bytes]:
    now, catalogue = made_of.now(), made_of.ground().catalogue
    with made_of.transaction(scope) as session:
        cursor = log.here(session)  # first the place in the log, then the counts
        found = load.counted(session, now, filter, catalogue=catalogue)
    answer = {
        "as_of": now,
        "cursor": str(cursor),
        "villages": wire_load.load(found),
        "total": wire_load.total(load.total(found)),
    }
    return cursor, orjson.dumps(answer)


@bp.record_once
def _keep(state: Any) -> None:
    state.app.extensions["counts"] = Counts()


@bp.get("/load")
@needs(Right.SEE_LOAD)
def get_load() -> Response:
    """Open incidents by village and in all, of what the filter leaves in."""
    scope = me().scope
    asked = reading_filters.query_filter(parts().ground().catalogue, scope)
    counts: Counts = current_app.extensions["counts"]
    body = counts.answer(parts(), current_app.extensions["hub"], scope, asked)
    return Response(body, mimetype="application/json", headers={"Cache-Control": "no-store"})


@bp.get("/filters")
@needs(Right.SEE_BOARD)
def get_filters() -> dict[str, Any]:
    """By what one may ask: categories whose cases one may see, agencies, channels."""
    reading_filters.only_known(())
    catalogue = parts().ground().catalogue
    return {
        "categories": [
            {"code": c.code, "kind": c.kind, "name": c.name_id, "name_en": c.name_en}
            for c in reading_filters.choice(catalogue, me().scope)
        ],
        "agencies": [{"code": a.code, "short": a.short} for a in catalogue.agencies.values()],
        "channels": [{"code": c.value, "name": CHANNEL_NAMES[c]} for c in Channel],
    }


@bp.get("/villages/facts")
@needs(Right.LOGGED_IN)
def get_facts() -> Response:
    """Names and people of all villages of the edition in force; asked again, only the ETag."""
    reading_filters.only_known(())
    ground, digital = parts().ground(), parts().regency.digital_villages
    people = func.coalesce(VillageFacts.population, Village.population)
    rows = (
        select(
            Village.code, Village.name, Village.kind, Village.district, Village.district_code,
            people.label("population"),
        )
        .outerjoin(VillageFacts, VillageFacts.code == Village.code)
        .where(Village.edition_id == ground.locator.edition_id)
        .order_by(Village.code)
    )  # fmt: skip
    with parts().transaction(me().scope) as session:
        villages = {r.code: r._asdict() for r in session.execute(rows)}
    for there in villages.values():
        there["digital"] = there.pop("code") in digital
    answer = {"edition": ground.locator.edition, "villages": villages}
    return _tagged(orjson.dumps(answer))


def _tagged(body: bytes) -> Response:
    """JSON with an ETag of its content: 304 for who has it already."""
    answer = Response(body, mimetype="application/json")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.set_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
    answer.make_conditional(request)
    return answer
