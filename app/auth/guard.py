"""Every route names the right it needs; a route that names none answers nobody."""

from collections.abc import Callable
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, redirect, request, session, url_for

from app.auth.roles import Right, may
from app.auth.sessions import Person, person_of
from app.errors import NotAllowed, NotLoggedIn
from app.parts import parts

View = TypeVar("View", bound=Callable[..., Any])
TOKEN = "token"  # noqa: S105 - the name of a field in the signed cookie


def needs(right: Right) -> Callable[[View], View]:
    """Decorator: the view is for those whose role has the right."""

    def mark(view: View) -> View:
        view.right = right  # type: ignore[attr-defined]
        return view

    return mark


def right_of(app: Flask, endpoint: str) -> Right | None:
    """The right that a route needs; None: somebody forgot, and nobody gets in."""
    if endpoint == "static":
        return Right.OPEN
    return cast("Right | None", getattr(app.view_functions[endpoint], "right", None))


def me() -> Person:
    """Who asks. Raises NotLoggedIn."""
    person = cast("Person | None", g.get("me"))
    if person is None:
        raise NotLoggedIn
    return person


def init_app(app: Flask) -> None:
    """Check every request before its view runs."""

    @app.before_request
    def check() -> Response | None:
        if request.endpoint is None:
            g.me = None
            return None  # 404 says the rest
        right = right_of(app, request.endpoint)
        token = session.get(TOKEN) if request.endpoint != "static" else None
        g.me = person_of(parts(), token) if isinstance(token, str) else None
        if right is Right.OPEN:
            return None
        if g.me is None:
            return _to_login()
        if right is None or not may(g.me.role, right):
            raise NotAllowed(f"{g.me.role} has no right to this")
        return None


def _to_login() -> Response:
    """People are shown the log-in page, programs are told."""
    if request.path.startswith("/api/") or request.method != "GET":
        raise NotLoggedIn
    wanted = request.full_path.rstrip("?")
    where = url_for("session.get_login", next=wanted if wanted != "/" else None)
    return current_app.make_response(redirect(where))


def safe_next(target: str | None) -> str | None:
    """A path of our own to go on to, or None: never another site's address."""
    if not target or not target.startswith("/") or target.startswith("//"):
        return None
    # Browsers drop tabs and line ends, and take a backslash for a slash.
    if "\\" in target or not target.isprintable():
        return None
    return None if urlsplit(target).netloc else target
