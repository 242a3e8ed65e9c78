"""/api/exchange: how SP4N-LAPOR and we compare, mending it, files out and in, calls of a month."""

import os
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import files
from app.api.exports import make, send
from app.api.reading import Body, body, query_word
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.config import known_settings
from app.errors import BadRequestField
from app.exchange import monthly, tables, worker
from app.exchange.client import Client, NotDone, read_line
from app.exchange.worker import Office
from app.files import Table
from app.parts import parts
from dispatch import log
from dispatch.rows import AnyRow
from dispatch.schema import ExchangeLink
from dispatch.scope import EXCHANGE
from dispatch.sp4n import exchange, reconciling, report112

bp = Blueprint("exchange", __name__, url_prefix="/api/exchange")
PATIENCE_S = 4.0  # a page waits for a few answers; the worker has more time
MOST_SHOWN = 200
_TEXTS = {"teks": "isi", "jawaban": "tindak_lanjut"}


class ReconcileBody(Body):
    repair: bool = False


@bp.errorhandler(NotDone)
def say_why(error: NotDone) -> tuple[Response, int]:
    """The other side did not answer: in one sentence. No 502: that would be our own door."""
    said = _("SP4N-LAPOR tidak melayani: %(why)s. Coba lagi nanti.", why=str(error))
    told = {"type": "ExchangeAway", "title": "Failed Dependency", "detail": said, "status": 424}
    answer = jsonify(told)
    answer.content_type = "application/problem+json"
    return answer, 424


@bp.get("")
@needs(Right.EXCHANGE)
def get_exchange() -> dict[str, Any]:
    """Whether a line is set up, how it goes, and the last comparison."""
    with parts().transaction(me().scope) as session:
        return _standing(session)


@bp.post("/reconcile")
@needs(Right.EXCHANGE)
def post_reconcile() -> dict[str, Any]:
    """Compare now; with `repair` mend what can be mended safely. Raises NotDone."""
    asked = body(ReconcileBody)
    run, mended = worker.reconcile(_office(), repair=asked.repair, within_s=PATIENCE_S)
    with parts().transaction(me().scope) as session:
        standing = _standing(session)
        log.record(
            session, "exchange.compared", found=len(run.found), mended=mended, repair=asked.repair
        )
    return standing | {"mended": mended}


@bp.get("/tickets.csv")
@needs(Right.EXCHANGE)
def get_tickets_csv() -> Response:
    """All that SP4N-LAPOR should have, as CSV, to be entered there by hand."""
    return _tickets("csv")


@bp.get("/tickets.xlsx")
@needs(Right.EXCHANGE)
def get_tickets_xlsx() -> Response:
    """The same as a workbook."""
    return _tickets("xlsx")


@bp.post("/import")
@needs(Right.EXCHANGE)
def post_import() -> dict[str, Any]:
    """Reports of a file. Without `take` it only says what would become of them.

    With anything wrong nothing is taken: row and column of each are named.
    """
    sent = request.files.get("file")
    if sent is None:
        raise BadRequestField("file", _("file: pilih berkas CSV atau XLSX"))
    found = tables.read(sent.stream.read())
    take = request.form.get("take") == "1" and not found.wrong
    if found.wrong:
        counts = {}
    elif take:
        counts = worker.take_in(parts(), found.remotes)
    else:
        counts = tables.foretell(parts(), found.remotes)
    if take:
        with parts().transaction(me().scope) as session:
            log.record(session, "exchange.imported", rows=len(found.remotes))
    return {
        "rows": len(found.remotes),
        "taken": take,
        "counts": {heard.value: count for heard, count in counts.items()},
        "problems": [
            {"row": one.row, "column": one.column, "detail": one.detail}
            for one in found.wrong[:MOST_SHOWN]
        ],
        "more_problems": max(0, len(found.wrong) - MOST_SHOWN),
    }


@bp.get("/calls-112.csv")
@needs(Right.EXCHANGE)
def get_calls_csv() -> Response:
    """Calls of a month for the national 112 centre, as CSV; `each=1`: a line for each call."""
    return _calls("csv")


@bp.get("/calls-112.xlsx")
@needs(Right.EXCHANGE)
def get_calls_xlsx() -> Response:
    """The same as a workbook."""
    return _calls("xlsx")


def _office() -> Office:
    """Raises BadRequestField where no line is set up."""
    line = read_line(known_settings(os.environ))
    if line is None:
        raise BadRequestField("line", _("Sambungan ke SP4N-LAPOR belum diatur; pakai berkas."))
    return Office(parts(), Client(line, PATIENCE_S))


def _standing(session: Session) -> dict[str, Any]:
    run = reconciling.last_run(session)
    return {
        "configured": read_line(known_settings(os.environ)) is not None,
        "counts": exchange.counts(session).record(),
        "run": None if run is None else _run(session, run),
    }


def _run(session: Session, run: AnyRow) -> dict[str, Any]:
    found = run.found[:MOST_SHOWN]
    ids = [one["link"] for one in found if one["link"]]
    query = select(ExchangeLink.id, ExchangeLink.told, ExchangeLink.heard)
    links = {row.id: row for row in session.execute(query.where(ExchangeLink.id.in_(ids)))}
    return {
        "id": run.id,
        "at": run.at.isoformat(),
        "ours": run.ours,
        "theirs": run.theirs,
        "total": len(run.found),
        "found": [one | {"words": _words(one, links.get(one["link"]))} for one in found],
    }


def _words(finding: Mapping[str, Any], link: AnyRow | None) -> list[dict[str, str]]:
    """Texts that differ; of a case that the asker may still see."""
    if link is None:
        return []
    ours, theirs = link.told.get("face") or {}, link.heard.get("seen") or {}
    return [
        {"field": name, "ours": ours.get(key, ""), "theirs": theirs.get(key, "")}
        for name, key in _TEXTS.items()
        if name in finding["fields"]
    ]


def _tickets(form: str) -> Response:
    now = parts().now()
    with files.place_for_one():
        with parts().transaction(EXCHANGE) as session:
            rows = tables.outgoing(session, parts())
        about = {"as_of": now.isoformat(), "system": "SP4N-LAPOR"}
        made, count = make(form, Table("sp4n", tables.COLUMNS, about, "None"), [rows])
    with parts().transaction(me().scope) as session:
        log.record(session, "exchange.exported", count=count, form=form)
    return send(made, form, "sp4n", now)


def _calls(form: str) -> Response:
    now, ground = parts().now(), parts().ground()
    written = query_word("month")
    month = (
        report112.month_of(written, now, ground) if written else report112.last_month(now, ground)
    )
    each = query_word("each") == "1"
    with files.place_for_one(), parts().transaction(me().scope) as session:
        found = report112.report(session, month, ground)
        table, rows = monthly.calls(found) if each else monthly.sums(found)
        made, count = make(form, table, [rows])
        log.record(session, "export.calls_112", month=f"{month:%Y-%m}", count=count, form=form)
    return send(made, form, f"panggilan-112-{month:%Y-%m}", now)
