"""What every template is given, and the state of the server."""

from typing import Any

from flask import Blueprint, Flask, g, request
from sqlalchemy import text

from app import i18n
from app.assets import asset, modules
from app.auth.guard import needs
from app.auth.roles import Right
from app.auth.sessions import describe
from app.parts import parts
from app.security import nonce
from dispatch import board
from dispatch.scope import HUB
from geo.errors import NoEdition

bp = Blueprint("house", __name__)


@bp.get("/sehat")
@needs(Right.OPEN)
def get_health() -> dict[str, str]:
    """For a watchdog: the server runs and its database answers."""
    with parts().transaction(HUB) as session:
        session.execute(text("SELECT 1"))
    return {"state": "ok"}


def given() -> dict[str, Any]:
    """Who asks, where, in which language, on which boundaries."""
    person = g.get("me")
    return {
        "me": describe(person) if person else None,
        "regency": _regency(),
        "edition": _edition(),
        "demo": _demo(),
        "nonce": nonce(),
        "lang": i18n.language(),
        "now": parts().now(),
        "basemap": parts().settings.basemap_url,
        "asset": asset,
        "modules": modules,
        "here": request.path,
    }


def _regency() -> dict[str, Any]:
    regency = parts().regency
    return {
        "code": regency.code,
        "name": regency.name,
        "short": regency.short,
        "service": regency.service,
        "timezone": regency.timezone,
        "timezone_name": regency.hours.zone_name,
        "languages": regency.languages,
        "bbox": _bbox("bounds"),
        "most": _bbox("most"),
        "far": _bbox("far"),
        "shows_public": regency.public.shown,
    }


def _bbox(which: str) -> list[float] | None:
    try:
        box = getattr(parts().ground(), which)
    except NoEdition:
        return None
    return list(box) if box else None


def _edition() -> dict[str, Any] | None:
    try:
        ground = parts().ground()
    except NoEdition:
        return None
    return {
        "id": ground.locator.edition_id,
        "key": ground.locator.edition,
        "title": ground.title,
        "status": ground.locator.status,
        "drawing": ground.drawing,
    }


def _demo() -> bool:
    with parts().transaction(HUB) as session:
        return board.has_demo(session)


def init_app(app: Flask) -> None:
    """Hand it to every template."""
    app.context_processor(given)
