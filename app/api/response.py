"""/api/response: how long help takes, step by step, as the field reports it: 90 % within."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from flask import Blueprint, Response, request
from flask_babel import gettext as _

from app import files
from app.api.exports import about_of, make, send
from app.api.reading_filters import only_known, some_of
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField, NotAllowed
from app.files import Column, Row, Table
from app.parts import parts
from dispatch import log
from dispatch.ground import Ground
from dispatch.reports import response_rows
from dispatch.reports.response import STAGES, Stage
from dispatch.reports.response import Row as Figures
from dispatch.reports.response_rows import BY, Answer, Asked
from dispatch.reports.response_words import caveats, sentence
from dispatch.rules.standing import Share
from dispatch.scope import ANALYST
from dispatch.whatif.history import emergencies

bp = Blueprint("response", __name__, url_prefix="/api")

WORDS = ("since", "until", "by", "category", "priority", "target_s")
USUAL, LONGEST = timedelta(days=90), timedelta(days=3 * 366)
TARGET_S = (60, 86_400)
_COLUMNS = (
    Column("code", "text"), Column("name", "text"), Column("incidents", "whole"),
    Column("unsent", "whole"), Column("in_time", "number"), Column("in_time_low", "number"),
    Column("in_time_high", "number"), Column("in_time_n", "whole"),
    *(Column(f"{stage}_{of}", "whole" if of in ("n", "censored", "missing") else "number")
      for stage in STAGES for of in ("n", "censored", "missing", "mean_s", "p50_s", "p90_s")),
)  # fmt: skip


@bp.get("/response")
@needs(Right.ANALYSE)
def get_response() -> Json:
    """The report of a period."""
    ground = parts().ground()
    return _document(_answer(ground), ground)


@bp.get("/response.csv")
@needs(Right.ANALYSE)
def get_response_csv() -> Response:
    """The same as a table: the total first, then each group."""
    if not may(me().role, Right.EXPORT):
        raise NotAllowed("files are for who may export")
    ground, now = parts().ground(), parts().now()
    found = _answer(ground)
    asked = found.asked
    about = about_of(ground, now, request.query_string.decode()) | {"by": asked.by}
    with files.place_for_one(), parts().transaction(me().scope) as session:
        made, count = make(
            "csv", Table("response", _COLUMNS, about, "None"), [list(_lines(found, ground))]
        )
        log.record(session, "export.response", by=asked.by, count=count, form="csv")
    return send(made, "csv", f"waktu-tanggap-{asked.by}", now)


def _answer(ground: Ground) -> Answer:
    asked, now = _asked(ground), parts().now()
    with parts().transaction(ANALYST) as session:
        found = response_rows.read(session, asked, ground)
    # Years of cases take a second to reckon: beside the worker's other requests.
    return files.aside(response_rows.answer, found, asked, ground, now)


def _asked(ground: Ground) -> Asked:
    """Raises BadRequestField."""
    only_known(WORDS)
    today = parts().now().astimezone(ground.regency.hours.zone).date()
    until = _day("until") or today + timedelta(days=1)
    since = _day("since") or until - USUAL
    if since >= until:
        raise BadRequestField("since", _("since: harus sebelum until; until sendiri tidak ikut"))
    if until - since > LONGEST:
        raise BadRequestField(
            "since", _("since: paling lama %(n)s hari sebelum until", n=LONGEST.days)
        )
    by = request.args.get("by") or BY[0]
    if by not in BY:
        raise BadRequestField("by", _("by: beri salah satu dari %(known)s", known=", ".join(BY)))
    categories = tuple(sorted(some_of("category", emergencies(ground))))
    target_s = _whole("target_s", *TARGET_S)
    return Asked(since, until, by, categories, _whole("priority", 1, 4), target_s)


def _day(field: str) -> date | None:
    written = request.args.get(field)
    if not written:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2200:
        raise BadRequestField(field, _("%(field)s: beri hari seperti 2026-11-22", field=field))
    return day


def _whole(field: str, least: int, most: int) -> int | None:
    written = request.args.get(field)
    if not written:
        return None
    right = written.isascii() and written.isdigit() and len(written) < 9
    if not right or not least <= int(written) <= most:
        raise BadRequestField(
            field,
            _(
                "%(field)s: beri bilangan bulat %(least)s sampai %(most)s",
                field=field, least=least, most=most,
            ),
        )  # fmt: skip
    return int(written)


def _document(found: Answer, ground: Ground) -> Json:
    asked, report = found.asked, found.report
    words, words_en = sentence(found)
    return {
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
        "days": (asked.until - asked.since).days,
        "by": asked.by,
        "target_s": asked.target_s,
        "as_of": time_of(found.as_of),
        "words": words,
        "words_en": words_en,
        "caveats": caveats(found),
        "incidents": report.incidents,
        "assignments": report.assignments,
        "withheld": {
            "groups": report.withheld_groups,
            "incidents": report.withheld,
            "by_village": found.held_back,
        },
        "total": _row(report.total, "semua", found, ground),
        "rows": [_row(row, asked.by, found, ground) for row in report.rows],
    }


def _row(row: Figures, by: str, found: Answer, ground: Ground) -> Json:
    return {
        "code": response_rows.code_of(row.code, by, ground),
        "name": found.names.get(row.code, ""),
        "incidents": row.incidents,
        "unsent": row.unsent,
        "in_time": _share(row.in_time),
        "stages": {name: _stage(stage) for name, stage in row.stages.items()},
    }


def _share(of: Share | None) -> Json:
    if of is None:
        return {"share": None, "low": None, "high": None, "n": None}
    return {
        "share": round(of.p, 4),
        "low": round(of.low, 4),
        "high": round(of.high, 4),
        "n": of.n,
    }


def _stage(of: Stage) -> Json:
    return {
        "n": of.n,
        "ended": of.ended,
        "censored": of.censored,
        "missing": of.missing,
        "mean_s": _rounded(of.mean_s, 1),
        "p50_s": _rounded(of.p50_s, 1),
        "p90_s": _rounded(of.p90_s, 1),
        "within": _rounded(of.within, 4),
    }


def _rounded(number: float | None, digits: int) -> float | None:
    return None if number is None else round(number, digits)


def _lines(found: Answer, ground: Ground) -> Iterator[Row]:
    rows = [("semua", found.report.total), *((found.asked.by, r) for r in found.report.rows)]
    for by, row in rows:
        of = _row(row, by, found, ground)
        values: dict[str, Any] = {
            "code": of["code"] or "semua",
            "name": of["name"],
            "incidents": row.incidents,
            "unsent": row.unsent,
            "in_time": of["in_time"]["share"],
            "in_time_low": of["in_time"]["low"],
            "in_time_high": of["in_time"]["high"],
            "in_time_n": of["in_time"]["n"],
        }
        for name, stage in of["stages"].items():
            values |= {f"{name}_{word}": number for word, number in stage.items()}
        yield Row(of["code"] or "semua", None, values)
