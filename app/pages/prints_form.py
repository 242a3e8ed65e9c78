"""What a print is asked for: form, period by days, village, measure; read strictly."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

from app.api import reading_filters
from app.errors import BadRequestField
from app.paper.load import MEASURES
from app.paper.poster import PAPERS
from dispatch.catalogue import Catalogue
from dispatch.rules.filters import Filter
from dispatch.scope import Scope

FORMS = ("html", "png", "pdf")
FILES = ("geojson", "gpkg", "xlsx", "csv")  # made by /api/export
WORDS = ("as", "from", "to", "measure", "village", "paper")


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants printed."""

    form: str  # html, png, pdf; FILES where that is another route's file
    filter: Filter
    period: str  # in words; "" without one
    measure: str
    village: str | None
    paper: str


def read_wish(
    catalogue: Catalogue, scope: Scope, zone: ZoneInfo, forms: tuple[str, ...] = FORMS
) -> Wish:
    """Raises BadRequestField naming the word and what would be right.

    Empty words count as not given: a form sends them for what was left open.
    """
    asked = reading_filters.query_filter(catalogue, scope, also=WORDS)
    first, last = _day("from"), _day("to")
    return Wish(
        form=_choice("as", forms),
        filter=_with_days(asked, first, last, zone),
        period=_period(first, last) or _window(asked, zone),
        measure=_choice("measure", MEASURES),
        village=request.args.get("village"),
        paper=_choice("paper", PAPERS),
    )


def empty_words() -> Mapping[str, list[str]] | None:
    """The query without its empty words; None where there is none to leave out."""
    given = {name: [v for v in values if v] for name, values in request.args.lists()}
    if all(all(values) for _name, values in request.args.lists()):
        return None
    return {name: values for name, values in given.items() if values}


def _with_days(asked: Filter, first: date | None, last: date | None, zone: ZoneInfo) -> Filter:
    if first is None and last is None:
        return asked
    if asked.since or asked.until or asked.hours:
        raise BadRequestField("from", _("from: beri hari, atau since/until/hours, jangan keduanya"))
    if first and last and first > last:
        raise BadRequestField("from", _("from: hari pertama harus sebelum hari terakhir"))
    since = None if first is None else _midnight(first, zone)
    # The last day is meant with its evening.
    until = None if last is None else _midnight(last + timedelta(days=1), zone)
    return replace(asked, since=since, until=until)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def _day(field: str) -> date | None:
    written = request.args.get(field)
    if written is None:
        return None
    try:
        day = date.fromisoformat(written)
    except ValueError:
        raise BadRequestField(
            field, _("%(field)s: beri hari seperti 2026-11-22", field=field)
        ) from None
    if not 1970 <= day.year <= 2200:
        raise BadRequestField(field, _("%(field)s: tahun antara 1970 dan 2200", field=field))
    return day


def _choice(field: str, known: tuple[str, ...]) -> str:
    """The word, the first of the known ones where none is given."""
    written = request.args.get(field) or known[0]
    if written not in known:
        raise BadRequestField(
            field,
            _("%(field)s: beri salah satu dari %(known)s", field=field, known=", ".join(known)),
        )
    return written


def _period(first: date | None, last: date | None) -> str:
    if first is None and last is None:
        return ""
    if first == last and first is not None:
        return _long(first)
    if first is None:
        return str(_("sampai %(day)s", day=_long(last)))
    if last is None:
        return str(_("sejak %(day)s", day=_long(first)))
    return f"{_long(first)} – {_long(last)}"


def _window(asked: Filter, zone: ZoneInfo) -> str:
    if asked.hours:
        return str(_("%(n)s jam terakhir", n=asked.hours))
    since = asked.since.astimezone(zone).date() if asked.since else None
    until = asked.until.astimezone(zone).date() if asked.until else None
    return _period(since, until)


def _long(day: date | None) -> str:
    return str(format_date(day, "d MMMM y", locale=get_locale()))
