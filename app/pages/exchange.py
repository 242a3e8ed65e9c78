"""/sp4n: how SP4N-LAPOR and we compare; /sp4n/laporan-112: the calls of a month, to be printed."""

from collections.abc import Mapping
from datetime import date

from babel.dates import format_date
from flask import Blueprint, Response, copy_current_request_context, render_template
from flask_babel import get_locale
from flask_babel import gettext as _

from app.api.reading import query_word
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField, NoPress, TooBusy
from app.files import aside
from app.pages.prints import answer_as, say_why
from app.pages.prints_form import FORMS
from app.paper.frame import number
from app.paper.page import Heading, page
from app.parts import parts
from dispatch.sp4n import report112
from dispatch.sp4n.report112 import MonthReport

bp = Blueprint("exchange_page", __name__)
for _wrong in (NoPress, TooBusy, BadRequestField):
    bp.register_error_handler(_wrong, say_why)


@bp.get("/sp4n")
@needs(Right.EXCHANGE)
def get_exchange() -> str:
    """The dispatcher's page; what it shows comes through the API."""
    now, ground = parts().now(), parts().ground()
    month = report112.last_month(now, ground)
    this = report112.local_day(now, ground)
    return render_template("sp4n.html", month=f"{month:%Y-%m}", this_month=f"{this:%Y-%m}")


@bp.get("/sp4n/laporan-112")
@needs(Right.EXCHANGE)
def get_report() -> Response:
    """The report of a month to the national 112 centre, as HTML, PNG or PDF."""
    ground, now, form = parts().ground(), parts().now(), _form()
    written = query_word("bulan")
    month = (
        report112.month_of(written, now, ground) if written else report112.last_month(now, ground)
    )
    with parts().transaction(me().scope) as session:
        found = report112.report(session, month, ground)
    over = month < report112.local_day(now, ground).replace(day=1)
    html = aside(copy_current_request_context(_sheet), found, over, form == "png")
    return answer_as(html, form, f"laporan-112-{month:%Y-%m}")


def _sheet(report: MonthReport, over: bool, picture: bool) -> str:
    regency = parts().regency
    notes = [
        _("Semua panggilan ke 112 yang dicatat, juga yang peka: hanya kelas, jenis dan jam."),
        _("Panggilan yang tidak terjawab dihitung oleh sentral telepon, tidak oleh sistem ini."),
    ]
    if not over:
        notes.append(_("Bulan ini belum selesai."))
    heading = Heading(
        title=str(
            _("Laporan bulanan panggilan 112, %(month)s", month=_date(report.month, "MMMM y"))
        ),
        service=regency.service,
        as_of=parts().now().astimezone(regency.hours.zone),
        zone=regency.hours.zone_name,
        notes=[str(note) for note in notes],
        picture=picture,
    )
    inner = render_template(
        "print_112.html",
        report=report,
        classes=_named(report.by_class, _classes()),
        kinds=_named(report.by_kind, _kinds()),
        days=[(_date(day, "EEE d MMM"), n) for day, n in report.by_day.items()],
        number=number,
    )
    return page(heading, inner)


def _form() -> str:
    written = query_word("as") or FORMS[0]
    if written not in FORMS:
        known = ", ".join(FORMS)
        raise BadRequestField("as", _("as: beri salah satu dari %(known)s", known=known))
    return written


def _date(day: date, pattern: str) -> str:
    """As people write it, in the language of the page."""
    return str(format_date(day, pattern, locale=get_locale()))


def _named(counts: Mapping[str, int], names: dict[str, str]) -> list[tuple[str, int]]:
    return [(names.get(code, code), count) for code, count in counts.items()]


def _classes() -> dict[str, str]:
    return {
        "normal": _("Laporan"),
        "ghost": _("Sunyi (ghost)"),
        "prank": _("Iseng (prank)"),
        "informasi": _("Pertanyaan"),
    }


def _kinds() -> dict[str, str]:
    return {
        "darurat": _("Darurat"),
        "aduan": _("Aduan"),
        "saran": _("Saran"),
        "informasi": _("Permintaan informasi"),
    }
