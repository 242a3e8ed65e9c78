"""What everybody may have, ready to hand out: a crowd of visitors costs the database nothing."""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import shapely
from flask import Response, current_app, request
from shapely.geometry.base import BaseGeometry
from sqlalchemy.exc import SQLAlchemyError

from app import public_map
from app.parts import Parts, parts
from dispatch import public
from dispatch.public import PUBLIC

LOOK_EACH_S = 10.0  # whether there is a newer snapshot: one question of one process
KEPT_PAGES = 512
FOR_A_MINUTE = "public, max-age=60"
FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Ready:
    """A body with its name, packed once."""

    body: bytes
    packed: bytes
    etag: str

    @classmethod
    def of(cls, body: bytes) -> "Ready":
        return cls(body, gzip.compress(body, 6, mtime=0), hashlib.sha256(body).hexdigest()[:24])

    def answer(self, mimetype: str, keep: str, headers: Mapping[str, str]) -> Response:
        """The answer to the present request; 304 when the asker has it."""
        packs = request.accept_encodings.quality("gzip") > 0
        answer = Response(self.packed if packs else self.body, mimetype=mimetype)
        answer.headers.update({"Cache-Control": keep, "Vary": "Accept-Encoding"} | dict(headers))
        if packs:
            answer.headers["Content-Encoding"] = "gzip"
        answer.set_etag(self.etag + ("-gz" if packs else ""))
        answer.make_conditional(request)
        return answer


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest counts: for machines, and for the pages."""

    told: Mapping[str, Any]
    made_at: datetime
    next_at: datetime
    ready: Ready


@dataclass(frozen=True, slots=True)
class Outlines:
    """The villages of the edition in force, simplified."""

    edition: str
    areas: Mapping[str, BaseGeometry]
    whole: list[public_map.Drawing]
    geojson: Ready


class Shelf:
    """Snapshot, outlines and pages of one process."""

    def __init__(self, made_of: Parts) -> None:
        self._parts = made_of
        self._looking, self._drawing = threading.Lock(), threading.Lock()
        self._snapshot: Snapshot | None = None
        self._looked_at: float | None = None
        self._outlines: Outlines | None = None
        self._pages: OrderedDict[Hashable, Ready] = OrderedDict()

    def snapshot(self) -> Snapshot | None:
        """The newest, or the one before while somebody looks; None before the first.

        Raises SQLAlchemyError when the database is away and nothing was ever read.
        """
        if self._is_fresh():
            return self._snapshot
        # Who comes meanwhile takes the old one; only before the first one all must wait.
        if self._looking.acquire(blocking=self._looked_at is None):
            try:
                if not self._is_fresh():
                    self._look()
            finally:
                self._looking.release()
        return self._snapshot

    def _is_fresh(self) -> bool:
        return self._looked_at is not None and time.monotonic() - self._looked_at < LOOK_EACH_S

    def _look(self) -> None:
        try:
            with self._parts.transaction(PUBLIC) as session:
                row = public.newest(session)
        except SQLAlchemyError:
            if self._snapshot is None:
                raise
            row = None  # an old count with its hour is better than none
        self._looked_at = time.monotonic()
        if row is None or (self._snapshot and self._snapshot.made_at == row.at):
            return
        body = orjson.dumps(row.body, option=orjson.OPT_SORT_KEYS)
        following = datetime.fromisoformat(row.body["next_at"])
        self._snapshot = Snapshot(row.body, row.at, following, Ready.of(body))
        self._pages.clear()

    def outlines(self) -> Outlines:
        """Of the edition in force. Raises NoEdition."""
        edition = self._parts.ground().locator.edition
        known = self._outlines
        if known is None or known.edition != edition:
            with self._drawing:
                known = self._outlines
                if known is None or known.edition != edition:
                    known = self._outlines = self._draw()
        return known

    def _draw(self) -> Outlines:
        ground = self._parts.ground()
        with self._parts.transaction(PUBLIC) as session:
            areas = public.outlines(session, ground.locator.edition_id)
        areas = {code: area for code, area in areas.items() if code in ground.by_code}
        districts = {v.code: v.district for v in ground.by_code.values()}
        features = [
            {
                "type": "Feature",
                "properties": {
                    "code": v.code,
                    "name": v.name,
                    "kind": v.kind,
                    "district": v.district,
                },
                "geometry": orjson.loads(shapely.to_geojson(_rounded(areas[v.code]))),
            }
            for v in ground.by_code.values()
            if v.code in areas
        ]
        body = {"type": "FeatureCollection", "features": features}
        return Outlines(
            ground.locator.edition,
            areas,
            public_map.pieces(areas, districts),
            Ready.of(orjson.dumps(body)),
        )

    def page(self, key: Hashable, write: Callable[[], str]) -> Ready:
        """A page as it was written last; written anew after the next snapshot."""
        if (known := self._pages.get(key)) is None:
            known = self._pages[key] = Ready.of(write().encode())
            while len(self._pages) > KEPT_PAGES:
                self._pages.popitem(last=False)
        return known


def shelf() -> Shelf:
    """The one of the running app."""
    known = current_app.extensions.get("public")
    if known is None:
        known = current_app.extensions.setdefault("public", Shelf(parts()))
    return known  # type: ignore[no-any-return]


def _rounded(area: BaseGeometry) -> BaseGeometry:
    """To a metre; the same point is rounded alike in both neighbours."""
    return shapely.transform(area, lambda degrees: degrees.round(5))
