"""The wallboard's page: for a screen that hangs on the wall for weeks."""

from datetime import timedelta

from flask import Blueprint, render_template, request, session
from flask.blueprints import BlueprintSetupState

from app.api.wall import page_mark
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts
from dispatch import board
from dispatch.scope import HUB, Role
from geo.errors import NoEdition

bp = Blueprint("wall_page", __name__)


@bp.record
def keep_the_cookie(state: BlueprintSetupState) -> None:
    """A wallboard's cookie outlives its browser: the PC may start again in the night."""
    days = state.app.extensions["parts"].settings.wall_days
    state.app.permanent_session_lifetime = timedelta(days=days)


@bp.get("/dinding")
@needs(Right.SEE_WALL)
def get_wall() -> str:
    """For a screen on the wall; `?layar=penuh` leaves the top bar out."""
    if me().role is Role.WALLBOARD:
        session.permanent = True
    with parts().transaction(HUB) as db:
        demo = board.has_demo(db)
    return render_template(
        "wall.html",
        whole=request.args.get("layar") == "penuh",
        mark=page_mark(_edition_id(), demo),
    )


def _edition_id() -> int | None:
    try:
        return parts().ground().locator.edition_id
    except NoEdition:
        return None
