"""The screens: each a template; what they show comes through the API."""

from flask import Blueprint, Response, make_response, render_template

from app.auth.guard import me, needs
from app.auth.roles import Right
from app.parts import parts

bp = Blueprint("screens", __name__)


@bp.get("/konsol")
@needs(Right.LOG_CALLS)
def get_console() -> str:
    """Operator and dispatcher."""
    return render_template("console.html")


@bp.get("/papan")
@needs(Right.DISPATCH)
def get_dispatch_board() -> str:
    """Who goes: dispatcher and operator."""
    return render_template("dispatch.html")


@bp.get("/peta")
@needs(Right.SEE_BOARD)
def get_map() -> str:
    """The live map."""
    return render_template("map.html")


@bp.get("/daftar")
@needs(Right.SEE_LIST)
def get_list() -> str:
    """The same as a list."""
    return render_template("list.html")


@bp.get("/desa")
@needs(Right.SEE_VILLAGE)
def get_village() -> Response:
    """The village head's own village. It may ask the phone where it is."""
    code = me().scope.village_code or ""
    village = parts().ground().by_code.get(code)
    shown = {
        "code": code,
        "name": village.name if village else code,
        "kind": village.kind if village else "",
        "district": village.district if village else "",
    }
    answer = make_response(render_template("village.html", village=shown))
    answer.headers["Permissions-Policy"] = "geolocation=(self), camera=(), microphone=()"
    return answer


@bp.get("/tugas")
@needs(Right.SEE_TASKS)
def get_tasks() -> str:
    """The field unit's task."""
    return render_template("tasks.html")


@bp.get("/pengguna")
@needs(Right.MANAGE_USERS)
def get_users() -> str:
    """Accounts."""
    return render_template("users.html")


@bp.get("/catatan")
@needs(Right.SEE_LOG)
def get_audit() -> str:
    """The log."""
    return render_template("audit.html")
