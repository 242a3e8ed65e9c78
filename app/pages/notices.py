"""/pemberitahuan: who is told of what, and what became of each message; the worker of pushes."""

from flask import Blueprint, Response, render_template

from app.auth.guard import needs
from app.auth.roles import Right
from app.config import ROOT

bp = Blueprint("notices_page", __name__)

PAGE = "/pemberitahuan"


@bp.get(PAGE)
@needs(Right.MANAGE_NOTICES)
def get_notices() -> str:
    """Administrator and dispatcher; what it shows comes through the API."""
    return render_template("notices.html")


@bp.get(f"{PAGE}/pekerja.js")
@needs(Right.LOGGED_IN)
def get_worker() -> Response:
    """The service worker that shows pushes. Its scope is below this address: it serves no page."""
    text = (ROOT / "static/js/notices/worker.js").read_text()
    answer = Response(text, mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
