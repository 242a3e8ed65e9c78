"""The worker that keeps the crew's page for a dead spot, and what that page may use."""

import json
from functools import cache
from hashlib import sha256

from flask import Blueprint, Response, request

from app.assets import asset, modules
from app.auth.guard import needs
from app.auth.roles import Right
from app.config import ROOT

bp = Blueprint("field", __name__)

PAGE = "/tugas"
VERSION_HEADER = "X-Field-Version"
STATIC = ROOT / "static"
ENTRIES = ("js/shell.js", "js/tasks_page.js")
# What the page names with a version: theme, styles, pictures, the map.
NAMED = (
    "js/theme.js", "css/tokens.css", "css/base.css", "css/map.css", "css/detail.css",
    "css/phone.css", "css/field.css", "css/field_sheets.css", "img/signs.svg", "img/tanggap.svg",
    "vendor/lucide/sprite.svg", "vendor/maplibre-gl/maplibre-gl.css",
    "vendor/maplibre-gl/maplibre-gl.mjs", "vendor/maplibre-gl/maplibre-gl-worker.mjs",
)  # fmt: skip


@bp.get(f"{PAGE}/pekerja.js")
@needs(Right.SEE_TASKS)
def get_worker() -> Response:
    """The service worker, told what to keep; its text changes with any of these files."""
    told = {"version": version(), "page": PAGE, "assets": list(assets())}
    text = f"self.FIELD = {json.dumps(told)};\n{_text('js/field/worker.js')}"
    answer = Response(text, mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = PAGE  # it lies below the page that it serves
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.after_app_request
def allow(answer: Response) -> Response:
    """The crew's page alone may ask for the position; the worker reads which version it is."""
    if request.path == PAGE:
        answer.headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=()"
        answer.headers[VERSION_HEADER] = version()
    return answer


@cache
def assets() -> tuple[str, ...]:
    """Addresses of all that the page loads: what it names, and every module that these import."""
    entries = [asset(path) for path in (*ENTRIES, *NAMED)]
    return (*entries, *(f"/static/{path}" for path in modules(*ENTRIES)))


@cache
def version() -> str:
    """A mark of the content of all of them, the worker's own text and the page's words included."""
    paths = [*ENTRIES, *NAMED, *modules(*ENTRIES), "js/field/worker.js"]
    mixed = sha256("".join(assets()).encode())
    for path in paths:
        mixed.update(_text(path).encode())
    for template in sorted((ROOT / "app/templates").glob("*.html")):
        mixed.update(template.read_bytes())
    return mixed.hexdigest()[:12]


def _text(path: str) -> str:
    file = STATIC / path
    return file.read_text(errors="replace") if file.is_file() else ""
