"""Library errors to HTTP answers: one table, one handler, problem documents (RFC 9457)."""

import logging
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from dispatch import (
    analysis_notes,
    bulk,
    desk,
    instructions,
    jobs,
    merging,
    messages,
    telling,
    tickets,
)
from dispatch import errors as dispatch_errors
from dispatch.errors import ChangedMeanwhile, DispatchError, UnitTaken
from dispatch.reports.ask import BadAsk
from dispatch.responsible import NoSuchOwner
from dispatch.sp4n.report112 import NoSuchMonth
from dispatch.whatif.plan import BadPlan
from geo.errors import BadPoint, GeoError, NoEdition, NoMatch, OutsideCoverage
from geo.gazetteer import BadPlace
from geo.hotspots.errors import BadSetting, NothingToAnalyse, TooFew
from geo.tiles import BadTile

log = logging.getLogger(__name__)


class NotLoggedIn(Exception):
    """Nobody is logged in, or the log-in has ended."""


class NotAllowed(Exception):
    """The role of the one who asks has no right to this."""


class TooManyTries(Exception):
    """Too many wrong passwords; wait a little."""


class BadRequestField(Exception):
    """A field of the request cannot be used: which, and what would be right."""

    def __init__(self, field: str, detail: str) -> None:
        self.field = field
        super().__init__(detail)


class TooBusy(Exception):
    """More is asked for at once than can be answered; nothing is lost, ask again."""


class NoPress(Exception):
    """PNG and PDF need Chromium, and none was found; the HTML can be printed by any browser."""


class NeedsJob(Exception):
    """The answer takes a while: send the question with POST /api/analyses, a job will reckon it."""


class TooLong(BadRequestField):
    """A field is longer than anybody needs."""


STATUS: dict[type[Exception], int] = {
    BadPoint: 422,
    BadPlace: 422,
    BadTile: 404,
    NoMatch: 404,
    OutsideCoverage: 404,
    NoEdition: 503,
    dispatch_errors.IllegalMove: 409,
    dispatch_errors.UnitTaken: 409,
    dispatch_errors.UnitOffDuty: 409,
    dispatch_errors.ChangedMeanwhile: 409,
    dispatch_errors.NoPin: 409,
    dispatch_errors.PinElsewhere: 409,
    dispatch_errors.Unknown: 404,
    dispatch_errors.GroupOnly: 403,
    dispatch_errors.KeyReused: 422,
    dispatch_errors.ReasonMissing: 422,
    dispatch_errors.NoSuchVillage: 422,
    dispatch_errors.NotYet: 409,
    dispatch_errors.NotMoreUrgent: 409,
    dispatch_errors.BadToken: 401,
    dispatch_errors.BadImage: 422,
    BadPlan: 422,
    BadRequestField: 422,
    TooLong: 400,
    NotLoggedIn: 401,
    NotAllowed: 403,
    TooManyTries: 429,
    TooBusy: 503,
    NoPress: 503,
    NeedsJob: 409,
    BadAsk: 422,
    BadSetting: 422,
    NothingToAnalyse: 422,
    TooFew: 422,
    dispatch_errors.OutsideOwnVillage: 422,
    merging.UnitsOut: 409,
    merging.OtherGroup: 409,
    merging.AlreadyMerged: 409,
    merging.MergedInCircle: 409,
    merging.CaseClosed: 409,
    merging.DemoAndReal: 409,
    merging.NothingToUndo: 409,
    NoSuchOwner: 422,
    tickets.HeldByAnother: 409,
    tickets.ProofMissing: 409,
    tickets.AgencyHasTicket: 409,
    tickets.MoveLacks: 422,
    messages.BadMessage: 422,
    desk.BadDesk: 422,
    desk.NoShift: 403,
    desk.TakenAlready: 409,
    bulk.TooMany: 422,
    jobs.TooManyJobs: 422,  # not 429: waiting alone does not help
    jobs.JobOver: 409,
    telling.AlreadyTold: 409,
    telling.FromFiles: 409,
    telling.TooManyAddresses: 409,
    telling.BrowserTaken: 409,
    instructions.BadInstruction: 422,
    instructions.AnsweredAlready: 409,
    NoSuchMonth: 422,
    analysis_notes.BadNote: 422,
    analysis_notes.TooManyNotes: 409,
    IntegrityError: 422,  # in a problem document of one of many; see database_problem()
}
_NAMES_FIELD = (
    BadRequestField, analysis_notes.BadNote, tickets.MoveLacks, messages.BadMessage, desk.BadDesk,
    instructions.BadInstruction, BadPlan, BadAsk,
)  # fmt: skip
_NAMES_PERSON = (
    UnitTaken, tickets.HeldByAnother, ChangedMeanwhile, desk.TakenAlready,
    instructions.AnsweredAlready,
)  # fmt: skip


def problem(error: Exception) -> Response | tuple[str, int]:
    """The answer to an error: JSON under /api, a page elsewhere."""
    return _answer(problem_body(error))


def problem_body(error: Exception) -> dict[str, Any]:
    """The problem document of an error of ours."""
    status = STATUS.get(type(error), 500)
    body: dict[str, Any] = {
        "type": type(error).__name__,
        "title": HTTPStatus(status).phrase,
        # Never what the database says: it may hold a caller's words.
        "detail": "" if isinstance(error, IntegrityError) else _told(error),
        "status": status,
    }
    if isinstance(error, _NAMES_FIELD):
        body["field"] = error.field
    if isinstance(error, _NAMES_PERSON) and error.at:
        body |= {"by": error.by, "at": error.at.isoformat()}
    if isinstance(error, tickets.ProofMissing) and error.tickets:
        body["tickets"] = [{"id": number, "agency": short} for number, short in error.tickets]
    return body


def _told(error: Exception) -> str:
    """What went wrong, as a planner reads it; of most errors their own words."""
    if isinstance(error, TooFew):
        return str(_("Terlalu sedikit: perlu %(needed)s, ada %(have)s.", **vars(error)))
    if isinstance(error, NothingToAnalyse):
        return str(_("Tidak ada kejadian yang bisa dianalisis."))
    return str(error)


def _answer(body: dict[str, Any]) -> Response:
    status = body["status"]
    if request.path.startswith("/api/") or (status >= 500 and "me" not in g):
        answer = jsonify(body)
        answer.content_type = "application/problem+json"
    else:
        answer = current_app.make_response(render_template("problem.html", problem=body))
    answer.status_code = status
    if status == 429:
        answer.headers["Retry-After"] = "60"
    if body["type"] == TooBusy.__name__:
        answer.headers["Retry-After"] = "1"
    return answer


def http_problem(error: HTTPException) -> Response:
    """What Werkzeug and Flask raise themselves (404, 405, 413 ...)."""
    if error.response is not None:
        return current_app.make_response(error.response)
    code = error.code or 500
    kind = "CsrfFailed" if isinstance(error, CSRFError) else type(error).__name__
    answer = _answer(
        {
            "type": kind,
            "title": HTTPStatus(code).phrase,
            "detail": error.description or "",
            "status": code,
        }
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def database_problem(error: DBAPIError) -> Response:
    """A database that is away is a 503 that may be tried again; a broken rule is a 422."""
    if isinstance(error, IntegrityError):
        constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
        log.warning("refused by the database: %s", constraint or type(error.orig).__name__)
        return _answer(_plain("RefusedByDatabase", 422, f"constraint {constraint or 'check'}"))
    # Never the statement or its values: they may hold a caller's number.
    log.error("database: %s", type(error.orig).__name__)
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return _answer(_plain("DatabaseAway", 503, _("Basis data tidak menjawab; coba lagi.")))
    return _answer(_plain("DatabaseError", 500, type(error.orig).__name__))


def pool_problem(_error: PoolEmpty) -> Response:
    """All lines to the database were taken for as long as one waits."""
    return _answer(_plain("DatabaseAway", 503, _("Basis data tidak menjawab; coba lagi.")))


def unexpected(error: Exception) -> Response:
    """Whatever nobody thought of: the log gets the trace, the client a sentence."""
    log.exception("unexpected %s on %s", type(error).__name__, request.endpoint)
    return _answer(_plain("Unexpected", 500, _("Ada kesalahan di server. Coba lagi.")))


def _plain(kind: str, status: int, detail: str) -> dict[str, Any]:
    return {
        "type": kind,
        "title": HTTPStatus(status).phrase,
        "detail": detail,
        "status": status,
    }


def init_app(app: Flask) -> None:
    """Hand all errors to the functions above."""
    ours = (BadRequestField, NotLoggedIn, NotAllowed, TooManyTries, TooBusy, NoPress, NeedsJob)
    for family in (GeoError, DispatchError, *ours):
        app.register_error_handler(family, problem)
    app.register_error_handler(HTTPException, http_problem)
    app.register_error_handler(DBAPIError, database_problem)
    app.register_error_handler(PoolEmpty, pool_problem)
    app.register_error_handler(Exception, unexpected)
