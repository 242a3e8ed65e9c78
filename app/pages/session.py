"""Log in, log out, choose a language: the only pages that change anything."""

from flask import Blueprint, current_app, redirect, render_template, request, session
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app import i18n
from app.auth.guard import TOKEN, me, needs, safe_next
from app.auth.roles import HOME, Right
from app.auth.sessions import log_in, log_out, person_of
from app.errors import TooManyTries
from app.parts import parts

bp = Blueprint("session", __name__)


@bp.get("/")
@needs(Right.LOGGED_IN)
def get_home() -> Response:
    """To the page of the role."""
    return redirect(HOME[me().role])


@bp.get("/masuk")
@needs(Right.OPEN)
def get_login() -> str:
    """The log-in page."""
    return render_template("login.html", error=None, login="", next=request.args.get("next"))


@bp.post("/masuk")
@needs(Right.OPEN)
def post_login() -> Response | tuple[str, int]:
    """Log in, and go to where one wanted to go."""
    login, password = request.form.get("login", ""), request.form.get("password", "")
    login = login.replace("\x00", "")[:200]
    try:
        token = log_in(parts(), login, password[:200])
        error = None if token else _("Nama atau kata sandi tidak cocok.")
    except TooManyTries as wait:
        token, error = None, _("Terlalu banyak percobaan; %(wait)s.", wait=str(wait))
    if token is None:
        page = render_template(
            "login.html", error=error, login=login, next=request.form.get("next")
        )
        return page, 401
    session.clear()  # a new session for a new log-in
    session[TOKEN] = token
    person = person_of(parts(), token)
    home = HOME[person.role] if person else "/"
    return redirect(safe_next(request.form.get("next")) or home)


@bp.post("/keluar")
@needs(Right.LOGGED_IN)
def post_logout() -> Response:
    """End the log-in, here and in the table."""
    log_out(parts(), str(session.get(TOKEN)))
    session.clear()
    return redirect("/masuk")


@bp.post("/bahasa")
@needs(Right.OPEN)
def post_language() -> Response:
    """Switch the language of the screens."""
    answer = current_app.make_response(redirect(safe_next(request.form.get("next")) or "/"))
    wanted = request.form.get("lang", "")
    if wanted in parts().regency.languages:
        answer.set_cookie(
            i18n.COOKIE, wanted, max_age=31_536_000, samesite="Lax", httponly=True, secure=True
        )
    return answer
