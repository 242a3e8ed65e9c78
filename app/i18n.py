"""Which language a request speaks: Indonesian first, English by a switch."""

from flask import Flask, g, request
from flask_babel import Babel

from app.parts import parts

COOKIE = "bahasa"


def language() -> str:
    """The language of the switch, else the user's own, else the regency's first."""
    known = _known()
    chosen = request.cookies.get(COOKIE)
    if chosen in known:
        return chosen
    person = g.get("me")
    return person.language if person is not None and person.language in known else known[0]


def _known() -> tuple[str, ...]:
    return parts().regency.languages


def init_app(app: Flask) -> None:
    """Have Flask-Babel ask us."""
    app.config["BABEL_DEFAULT_LOCALE"] = "id"
    Babel(app, locale_selector=language)
