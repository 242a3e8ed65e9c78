"""/api/coverage: whom help reaches in time; isochrones and the best sites as jobs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import orjson
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.api.anew import with_anew
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import Parts, parts
from dispatch import jobs
from dispatch.reports.ask import BadAsk
from dispatch.reports.coverage import coverage
from dispatch.reports.coverage_ask import CoverageAsk, What, Who, read_ask
from dispatch.reports.coverage_given import read_given
from dispatch.scope import ANALYST

bp = Blueprint("coverage", __name__, url_prefix="/api")

KIND = "cakupan"
GEOJSON = "application/geo+json"
_QUICK = ("skill", "who", "minutes", "radius_km")


@bp.get("/coverage")
@needs(Right.ANALYSE)
def get_coverage() -> dict[str, Any]:
    """Shares by village at this hour, from posts: kept times, so it answers at once."""
    words = dict(request.args)
    for word in words:
        if word not in _QUICK:
            raise BadAsk(word[:40], f"hanya {', '.join(_QUICK)}; yang lain lewat POST")
    ask, now = _ask(parts(), words), parts().now()
    with parts().transaction(ANALYST) as session:
        return coverage(session, parts().ground(), ask, now)


@bp.post("/coverage")
@needs(Right.ANALYSE)
def post_coverage() -> ResponseReturnValue:
    """A job: isochrones at any hour, or the best sites; "anew": true puts today's answer aside."""
    body, wanted = with_anew(request.get_json(silent=True))
    if not isinstance(body, dict):
        raise BadRequestField("body", "give a JSON object")
    ask, now = _ask(parts(), body), parts().now()
    if ask.hour is None:  # the same an hour later is another question
        local = now.astimezone(parts().regency.hours.zone)
        ask = replace(ask, hour=local.hour)
    with parts().transaction(me().scope) as session:
        # Who is free changes by the minute: what was reckoned before does not answer it.
        anew = wanted or ask.who is Who.FREE
        job_id, new = jobs.ask(session, KIND, ask.to_json(), now, anew=anew)
    return {"job": {"id": job_id, "new": new}}, 202


def work(
    parts: Parts, params: Mapping[str, Any], progress: Callable[[float, str], None]
) -> jobs.Result:
    """What the worker does for KIND: it alone pays for the solver and the compiler."""
    from dispatch.reports.coverage_maps import isochrone_document
    from dispatch.reports.coverage_sites import sites_document

    ask, now, ground = _ask(parts, params), parts.now(), parts.ground()
    with parts.transaction(ANALYST) as session:
        given = read_given(session, ground, ask)
    if ask.what is What.SITES:
        return jobs.Result(sites_document(given, ground, ask, now, progress))
    told, shapes = isochrone_document(given, ground, ask, now, progress)
    return jobs.Result(told, (jobs.File("isokron.geojson", GEOJSON, orjson.dumps(shapes)),))


def _ask(parts: Parts, words: Mapping[str, Any]) -> CoverageAsk:
    """Raises BadAsk."""
    skills = frozenset(skill for unit in parts.regency.units for skill in unit.skills)
    return read_ask(words, skills)
