"""Pages for everybody: the public map, the counter, and the small map for a village's website."""

from collections.abc import Callable, Hashable
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from app import public_map
from app.assets import asset
from app.auth.guard import needs
from app.auth.roles import Right
from app.pages import public_words
from app.pages.public_words import Row, Told
from app.parts import parts
from app.public_shelf import FOR_A_MINUTE, Ready, Snapshot, shelf
from app.security import for_everybody
from dispatch import public
from dispatch.ground import Ground
from geo.errors import NoEdition
from geo.placement import VillageRef

bp = Blueprint("public", __name__)

Given = Callable[[Snapshot | None, Ground, Told | None], dict[str, Any]]


@bp.get("/publik")
@needs(Right.OPEN)
def get_public_map() -> Response:
    """The map, with a table that says the same."""
    return _page("public_map.html", None, _whole)


@bp.get("/publik/angka")
@needs(Right.OPEN)
def get_public_counter() -> Response:
    """The same without a map: for the slowest phone."""
    return _page("public_counter.html", None, lambda *_: {})


@bp.get("/sematan/<code>")
@needs(Right.OPEN)
def get_embed(code: str) -> Response:
    """One village for its own website: a small map and a counter."""
    return _village_page(code, with_map=True)


@bp.get("/sematan/<code>/angka")
@needs(Right.OPEN)
def get_embed_counter(code: str) -> Response:
    """One village for its own website: the counter alone."""
    return _village_page(code, with_map=False)


def _village_page(code: str, *, with_map: bool) -> Response:
    def given(_snapshot: Snapshot | None, ground: Ground, told: Told | None) -> dict[str, Any]:
        village = ground.by_code[code]
        drawn = public_map.around(code, shelf().outlines().areas) if with_map else None
        return {"village": village, "row": _row_of(village, told), "drawing": drawn}

    return _page("public_embed.html", code, given, kind="map" if with_map else "counter")


def _row_of(village: VillageRef, told: Told | None) -> Row | None:
    """The cell that counts the village, alone or with others."""
    rows = told.rows if told else ()
    return next((row for row in rows if village.code in row.villages), None)


def _whole(_snapshot: Snapshot | None, ground: Ground, told: Told | None) -> dict[str, Any]:
    rows = told.rows if told else ()
    cell_of = {code: row for row in rows for code in row.villages}
    return {
        "drawings": shelf().outlines().whole,
        "cell_of": cell_of,
        "villages": ground.by_code,
        "legend": public_words.legend(ground.regency.public.least),
    }


def _page(template: str, code: str | None, given: Given, kind: str = "") -> Response:
    """The page as it was written last, in the language of the address; no cookie is looked at."""
    language = _language()
    headers = for_everybody(parts().regency.public.embed_on if code is not None else None)
    with force_locale(language):
        try:
            ready = _written(template, code, given, (template, kind, code, language))
        except _Unavailable as why:
            page = _render("public_problem.html", words=str(why), status=why.status)
            return Response(page, why.status, headers | {"Cache-Control": "no-store"})
    return ready.answer("text/html", FOR_A_MINUTE, headers)


def _written(template: str, code: str | None, given: Given, key: Hashable) -> Ready:
    if not parts().regency.public.shown:
        raise _Unavailable(404, _("Halaman ini tidak dibuka untuk umum."))
    try:
        ground, snapshot = parts().ground(), shelf().snapshot()
    except (NoEdition, SQLAlchemyError):
        raise _Unavailable(503, _("Angka belum dapat dibaca. Coba lagi sebentar.")) from None
    if code is not None and code not in ground.by_code:
        raise _Unavailable(404, _("Tidak ada desa dengan kode itu."))
    now = parts().now()
    told = public_words.tell(snapshot, ground, _language(), now) if snapshot else None

    def write() -> str:
        return _render(template, told=told, first_at=_next(ground), **given(snapshot, ground, told))

    edition = ground.locator.edition
    if snapshot is None or told is None:
        return shelf().page((key, edition, _next(ground)), write)
    # With the snapshot's hour: a page that is being written while the next one comes is of before.
    return shelf().page((key, edition, snapshot.made_at, told.late), write)


def _next(ground: Ground) -> str:
    """When the next counts are made, where there are none yet."""
    at = public.next_due(parts().now(), ground.regency.public)
    return public_words.moment(at, ground.regency.hours.zone, ground, _language())


def _render(template: str, **given: Any) -> str:
    """Without the context that pages of the house are given: that asks the database, and for a
    forgery token, which would set a cookie.
    """
    regency = parts().regency
    common = {
        "lang": _language(),
        "languages": regency.languages,
        "regency": regency,
        "asset": asset,
        "here": request.path,
        "status": 200,
    }
    return current_app.jinja_env.get_template(template).render(common | given)


def _language() -> str:
    known = parts().regency.languages
    asked = request.args.get("lang")
    return asked if asked in known else known[0]


class _Unavailable(Exception):
    """There is nothing to show; why, in a sentence for whoever came."""

    def __init__(self, status: int, words: str) -> None:
        self.status = status
        super().__init__(words)
