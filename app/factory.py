"""Wires the house. Not in __init__: the command line needs no web."""

from urllib.parse import urlsplit

import orjson
from flask import Flask
from flask.json.provider import JSONProvider

from app import errors, i18n, security
from app.api import (
    analyses,
    analysis_notes,
    assignments,
    board,
    bulk,
    calls,
    choosing,
    cover,
    coverage,
    desk,
    exchange,
    exports,
    ground,
    inbox,
    incidents,
    instructions,
    load,
    merging,
    notices_out,
    passages,
    people,
    photos,
    positions,
    proofs,
    push,
    response,
    surge,
    ticket_exports,
    tiles,
    tokens,
    units,
    village,
    wire,
)
from app.api import counts as counts_api
from app.api import jobs as jobs_api
from app.api import leaders as leaders_api
from app.api import public as public_api
from app.api import tickets as tickets_api
from app.api import wall as wall_api
from app.api import whatif as whatif_api
from app.api import whom as whom_api
from app.auth import guard
from app.config import ROOT, Settings
from app.live import Hub
from app.pages import analysis as analysis_page
from app.pages import exchange as exchange_page
from app.pages import (
    field,
    house,
    leaders,
    notices,
    prints,
    prints_weekly,
    public,
    receipts,
    screens,
    session,
    tickets,
    track,
    wall,
    whom,
    work_link,
)
from app.parts import Parts, build

API = (
    analyses, analysis_notes, assignments, board, bulk, calls, choosing, counts_api, cover,
    coverage, desk, exchange, exports, ground, inbox, incidents, instructions, jobs_api,
    leaders_api, load, merging, notices_out, passages, people, photos, positions, proofs,
    public_api, push, response, surge, ticket_exports, tickets_api, tiles, tokens, units, village,
    wall_api, whatif_api, whom_api,
)  # fmt: skip
PAGES = (
    analysis_page,
    exchange_page, field, house, leaders, notices, prints, prints_weekly, public, receipts, screens,
    session, tickets, track, wall, whom, work_link,
)  # fmt: skip


class OrJson(JSONProvider):
    """orjson: no NaN in, no NaN out, and quick."""

    def dumps(self, obj: object, **_: object) -> str:
        return orjson.dumps(obj).decode()

    def loads(self, s: str | bytes, **_: object) -> object:
        return orjson.loads(s)


def create_app(settings: Settings | None = None, parts: Parts | None = None) -> Flask:
    """The whole house, wired."""
    settings = settings or (parts.settings if parts else Settings.from_environment())
    app = Flask(__name__, static_folder=str(ROOT / "static"))
    app.json = OrJson(app)
    app.secret_key = settings.secret_key
    made_of = parts or build(settings)
    app.extensions["parts"] = made_of
    app.extensions["hub"] = Hub(
        made_of, lambda scope, told: wire.news(scope, told, made_of.ground())
    )

    # The guard runs before the forgery check: who may not come in is told that first.
    guard.init_app(app)
    security.init_app(app, _origin(settings.basemap_url))
    i18n.init_app(app)
    errors.init_app(app)
    house.init_app(app)
    for module in (*API, *PAGES):
        app.register_blueprint(module.bp)
    return app


def _origin(url: str | None) -> str | None:
    if url is None:
        return None
    parsed = urlsplit(url)
    return f"{parsed.scheme}://{parsed.netloc.replace('{s}.', '')}"
