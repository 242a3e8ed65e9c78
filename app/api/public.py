"""/api/public: counts and outlines for everybody, with no log-in and nothing to ask for."""

from flask import Blueprint, Response, abort, request

from app.auth.guard import needs
from app.auth.roles import Right
from app.parts import parts
from app.public_shelf import FOR_A_MINUTE, FOR_EVER, shelf

bp = Blueprint("public_api", __name__, url_prefix="/api/public")

# Anybody's page may read it: the same for all, and no cookie is looked at.
ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


@bp.get("")
@needs(Right.OPEN)
def get_public() -> Response:
    """The newest snapshot. It takes no parameter: whoever can choose can subtract."""
    _check_shown()
    if request.args:
        abort(
            400, f"{next(iter(request.args))[:40]}: this address takes no parameter; leave it out"
        )
    snapshot = shelf().snapshot()
    if snapshot is None:
        abort(503, "No counts have been made yet; try again in a minute")
    return snapshot.ready.answer("application/json", FOR_A_MINUTE, ANYWHERE)


@bp.get("/villages.geojson")
@needs(Right.OPEN)
def get_outlines() -> Response:
    """Simplified outlines of the edition in force, which must be named: so it never changes."""
    _check_shown()
    outlines = shelf().outlines()
    asked = request.args.get("edition")
    if asked is None or len(request.args) > 1:
        abort(400, f"edition: give the one in force and nothing else, ?edition={outlines.edition}")
    if asked != outlines.edition:
        abort(404, f"edition: {asked[:40]} is not in force, {outlines.edition} is")
    return outlines.geojson.answer("application/geo+json", FOR_EVER, ANYWHERE)


def _check_shown() -> None:
    if not parts().regency.public.shown:
        abort(404, "This regency does not publish counts here")
