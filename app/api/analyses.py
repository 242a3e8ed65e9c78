"""/api/analyses: a planner's question and its answer, at once or as a job; areas; files."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

import numpy as np
import orjson
import shapely
from flask import Blueprint, Response, request

from app import analysis_files
from app.analysis_answers import KIND, known, params_of, quick, reckon
from app.api.anew import with_anew
from app.api.exports import about_of, send
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField, NeedsJob, NotAllowed
from app.facts_shelf import facts_now
from app.parts import Parts, parts
from app.progress import Progress
from dispatch import analysis_notes, board, jobs, log
from dispatch.reports.areas import areas_of
from dispatch.reports.ask import Ask, BadAsk, Unit, from_json, from_words
from dispatch.reports.hotspots import Analysis, allowed, is_quick

bp = Blueprint("analyses", __name__, url_prefix="/api/analyses")

DRAWN_M = 50.0  # an outline this coarse is finer than a screen shows of a whole regency
_NOT_OF_ASK = (
    "rapat",
    "bagian",
    "lang",
)  # words of a file's address that are no part of a question


@bp.post("")
@needs(Right.ANALYSE)
def post_analysis() -> Response | tuple[dict[str, Any], int]:
    """The answer, or the job that reckons it; "anew": true puts a job's answer of today aside."""
    asked, anew = with_anew(_json())
    ask = from_json(asked).among(allowed(parts().ground()))
    if is_quick(ask):
        return _answer(quick(parts(), ask))
    with parts().transaction(me().scope) as session:
        job_id, new = jobs.ask(session, KIND, params_of(ask), parts().now(), anew=anew)
    return {"job": {"id": job_id, "new": new}}, 202


@bp.get("")
@needs(Right.ANALYSE)
def get_analysis() -> Response:
    """The answer by permalink; it never makes a job."""
    return _answer(_known(_asked(())))


@bp.get("/shapes")
@needs(Right.ANALYSE)
def get_shapes() -> Response:
    """Outlines of the areas as GeoJSON, kept by the browser."""
    words = _words(("unit", "cell_m"))
    day = {"since": "2000-01-01", "until": "2000-01-02"}
    ask = from_words({**words, **day})
    body, mark = _shapes(parts(), parts().ground().drawing, facts_now(parts()).zone, ask)
    answer = Response(body, mimetype="application/geo+json")
    answer.set_etag(mark)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


@bp.get("/file.<form>")
@needs(Right.ANALYSE)
def get_file(form: str) -> Response:
    """The answer as a file: geojson, gpkg, csv, xlsx, png, pdf, html."""
    if not may(me().role, Right.EXPORT):
        raise NotAllowed("files are for those who may export")
    analysis_files.check_form(form)
    found, now = _known(_asked(_NOT_OF_ASK)), parts().now()
    with parts().transaction(me().scope) as session:
        notes = (
            analysis_notes.read(session, " ".join(request.args["rapat"].split()))
            if "rapat" in request.args
            else []
        )
        demo = board.has_demo(session)
        log.record(session, "export.analysis", filter=found.ask.query(), form=form)
    about = about_of(parts().ground(), now, found.ask.query())
    if form in analysis_files.TABLES:
        part = request.args.get("bagian", "wilayah")
        made, _count = analysis_files.table_file(found, form, part, about)
        return send(made, form, "analisis", now)
    second = found.ask.second
    other = None if second is None else _known(second)
    return analysis_files.paper_file(found, other, form, notes, demo)


def work(made_of: Parts, params: Mapping[str, Any], progress: Progress) -> jobs.Result:
    """The job: params as params_of() writes them."""
    ask = from_words(dict(parse_qsl(str(params["query"]))))
    return jobs.Result(reckon(made_of, ask, progress).document)


def _answer(found: Analysis) -> Response:
    answer = Response(orjson.dumps(found.document), mimetype="application/json")
    answer.add_etag()
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.make_conditional(request)
    return answer


def _known(ask: Ask) -> Analysis:
    found = known(parts(), ask, me().scope)
    if found is None:
        raise NeedsJob
    return found


def _asked(also: tuple[str, ...]) -> Ask:
    """The question of the query string, without the words of its route."""
    words = _words(None)
    return from_words({k: v for k, v in words.items() if k not in also}).among(
        allowed(parts().ground())
    )


def _words(some: tuple[str, ...] | None) -> dict[str, str]:
    """The query's words, each once. Raises BadAsk."""
    for name, given in request.args.lists():
        if len(given) > 1:
            raise BadAsk(name[:40], "hanya sekali")
        if some is not None and name not in some:
            raise BadAsk(name[:40], f"tidak dikenal; yang ada: {', '.join(some)}")
    return dict(request.args.items())


def _json() -> object:
    if not request.is_json:
        raise BadRequestField("Content-Type", "send application/json")
    try:
        return orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise BadRequestField("body", f"not JSON: {error}") from None


@lru_cache(8)
def _shapes(made_of: Parts, _drawing: str, zone: int, ask: Ask) -> tuple[bytes, str]:
    """The body and its mark; `_drawing` changes when the villages are drawn anew."""
    areas = areas_of(made_of.ground(), ask.unit, ask.cell_m, zone)
    drawn = areas.lonlat()
    if ask.unit is not Unit.HEXAGON:
        drawn = np.array(shapely.coverage_simplify(drawn, DRAWN_M / 111_000), dtype=object)
    rounded = shapely.set_precision(drawn, 1e-5, mode="pointwise")
    features = [
        {
            "type": "Feature",
            "id": areas.ids[at],
            "geometry": orjson.Fragment(shapely.to_geojson(shape)),
            "properties": {
                "id": areas.ids[at], "name": areas.names[at], "district": areas.districts[at],
            },
        }
        for at, shape in enumerate(rounded)
    ]  # fmt: skip
    body = orjson.dumps({"type": "FeatureCollection", "features": features})
    return body, hashlib.blake2b(body, digest_size=12).hexdigest()
