"""/api/whatif: other stations, units and shifts, tried out on past calls: always a job."""

from collections.abc import Mapping
from typing import Any

import orjson
from flask import Blueprint, request
from flask_babel import gettext as _

from app.api.anew import with_anew
from app.api.wire_forms import Json
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import Parts, parts
from app.progress import Progress
from dispatch import jobs
from dispatch.jobs import Result
from dispatch.rules.doing import Doing
from dispatch.scope import ANALYST
from dispatch.whatif import asking, given, plan_now, try_out
from dispatch.whatif.plan import Plan

bp = Blueprint("whatif", __name__, url_prefix="/api")

KIND = "andai"


@bp.post("/whatif")
@needs(Right.ANALYSE)
def ask() -> tuple[Json, int]:
    """A trial; every mistake is told at once, by its field. "anew": true as in /api/analyses."""
    body, anew = _body()
    ground = parts().ground()
    with parts().transaction(ANALYST) as session:
        asking.read(body, plan_now(session), ground)
    with parts().transaction(me().scope) as session:
        job_id, new = jobs.ask(session, KIND, body, parts().now(), anew=anew)
    return {"job": {"id": job_id, "new": new}}, 202


@bp.get("/whatif/plan")
@needs(Right.ANALYSE)
def get_plan() -> Json:
    """Stations and units that changes can name."""
    with parts().transaction(ANALYST) as session:
        return _plan(plan_now(session))


def work(held: Parts, params: Mapping[str, Any], progress: Progress) -> Result:
    """What the worker does: as app.worker.kinds says. Raises BadPlan."""
    ground, asked = held.ground(), dict(params)
    progress(0.0, Doing.READ_CALLS)
    with held.transaction(ANALYST) as session:
        trial = asking.read(asked, plan_now(session), ground)
        found = given(session, trial, ground)
    return Result(try_out(found, trial, asked, ground, progress))


def _body() -> tuple[Json, bool]:
    """The trial, and whether it is wanted anew."""
    try:
        body, anew = with_anew(orjson.loads(request.get_data()))
    except orjson.JSONDecodeError:
        body, anew = None, False
    if not isinstance(body, dict):
        raise BadRequestField("body", _("body: beri satu objek JSON"))
    return body, anew


def _plan(plan: Plan) -> Json:
    counts: dict[str, int] = {}
    for unit in plan.units:
        counts[unit.post] = counts.get(unit.post, 0) + 1
    return {
        "stations": [
            {
                "code": post.code,
                "name": post.name,
                "at": [post.at.lon, post.at.lat],
                "units": counts.get(post.code, 0),
            }
            for post in sorted(plan.posts.values(), key=lambda post: post.name)
        ],
        "units": [
            {
                "call_sign": unit.call_sign,
                "station": unit.post,
                "kind": unit.kind,
                "skills": sorted(unit.skills),
                "by_sea": unit.by_sea,
                "shift": str(unit.shift),
            }
            for unit in plan.units
        ],
    }
