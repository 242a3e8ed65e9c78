"""/laporan/mingguan: the report of a week for leaders, as HTML, PNG or PDF."""

import re
from datetime import date, timedelta

from babel.dates import format_date
from flask import Blueprint, Response, copy_current_request_context, request
from flask_babel import get_locale
from flask_babel import gettext as _

from app import i18n
from app.api.reading_filters import only_known
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField, NoPress, TooBusy
from app.files import aside
from app.pages.prints import answer_as, say_why
from app.pages.prints_form import FORMS
from app.pages.prints_made import shape_of
from app.paper.page import Heading
from app.paper.weekly import Told, weekly_sheet
from app.parts import parts
from dispatch import board, exports, leaders, weekly
from dispatch.ground import Ground

bp = Blueprint("prints_weekly", __name__)
for _wrong in (NoPress, TooBusy, BadRequestField):
    bp.register_error_handler(_wrong, say_why)

_WRITTEN = re.compile(r"(\d{4})-W(\d{2})", re.ASCII)


@bp.get("/laporan/mingguan")
@needs(Right.SEE_LEADERS)
def get_weekly() -> Response:
    """The report of a week; of the last one that is over where none is named."""
    only_known(("minggu", "as"))
    ground, now, person = parts().ground(), parts().now(), me()
    week, form = _week(ground), _form()
    with parts().transaction(person.scope) as session:
        found = weekly.of_week(session, week, now, ground)
        outlined = exports.outlines(session, ground.locator.edition_id, exports.PAPER_M)
        demo = board.has_demo(session)
    told = Told(found, [shape_of(v) for v in outlined], ground, now, i18n.language(), state_name)
    heading = _heading(week, ground, found.overview.left_out, demo, form == "png")
    html = aside(copy_current_request_context(weekly_sheet), heading, told)
    year, number, _day = week.isocalendar()
    return answer_as(html, form, f"laporan-mingguan-{year}-W{number:02d}")


def state_name(state: str) -> str:
    """Of a ticket, in words."""
    names = {
        "baru": _("belum diperiksa"),
        "diverifikasi": _("sudah diperiksa"),
        "didisposisi": _("diteruskan ke OPD"),
        "diterima_opd": _("diterima OPD"),
        "dikerjakan": _("dikerjakan"),
        "bukan_wewenang": _("dikembalikan, bukan wewenang"),
        "dibuka_kembali": _("dibuka kembali"),
    }
    return str(names.get(state, state))


def _week(ground: Ground) -> date:
    written, now = request.args.get("minggu"), parts().now()
    if not written:
        return weekly.last_week(now, ground)
    try:
        found = _WRITTEN.fullmatch(written)
        week = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        week = None
    if week is None or week.year < 1970:
        raise BadRequestField("minggu", _("minggu: beri minggu seperti 2026-W47"))
    if week > leaders.this_week(now, ground):
        raise BadRequestField("minggu", _("minggu: minggu itu belum mulai"))
    return week


def _form() -> str:
    written = request.args.get("as") or FORMS[0]
    if written not in FORMS:
        known = ", ".join(FORMS)
        raise BadRequestField("as", _("as: beri salah satu dari %(known)s", known=known))
    return written


def _heading(week: date, ground: Ground, left_out: bool, demo: bool, picture: bool) -> Heading:
    regency, (year, number, _day) = parts().regency, week.isocalendar()
    notes = [
        _("Batas desa: %(title)s (%(status)s).", title=ground.title, status=ground.locator.status),
        _("Terbuka dan lewat batas: keadaan saat dicetak. Masuk dan selesai: selama minggu itu."),
    ]
    if left_out:
        notes.append(_("Kasus peka tidak ikut dihitung."))
    return Heading(
        title=str(_("Laporan mingguan %(number)s/%(year)s", number=number, year=year)),
        service=regency.service,
        as_of=parts().now().astimezone(regency.hours.zone),
        zone=regency.hours.zone_name,
        notes=[str(note) for note in notes],
        sub=f"{_long(week)} – {_long(week + timedelta(days=6))}",
        demo=demo,
        picture=picture,
    )


def _long(day: date) -> str:
    return str(format_date(day, "d MMMM y", locale=get_locale()))
