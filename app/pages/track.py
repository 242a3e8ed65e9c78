"""/lacak: a reporter sees what became of the report, replies, rates it, has it opened again."""

import secrets
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from app import i18n
from app.api.devices import Bound, address_of_asker
from app.auth.guard import needs
from app.auth.roles import Right
from app.errors import BadRequestField, TooManyTries
from app.pages import track_words
from app.parts import parts
from app.security import for_everybody
from dispatch import proofs, reporter
from dispatch.errors import DispatchError, Unknown
from dispatch.rules.tracking import LONGEST, call_of, code_of
from dispatch.scope import REPORTER, Scope

bp = Blueprint("track", __name__)

# Forty bits: at two wrong tries a second from each of a thousand addresses, 17 years for one code.
WRONG = Bound(at_once=20, per_s=0.1)
# All together: who changes addresses finds this wall. A right code always gets through.
WRONG_OF_ALL = Bound(at_once=600, per_s=10)
WRITTEN = Bound(at_once=20, per_s=0.05)  # replies, ratings and re-openings of one report
_PRIVATE = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}
TICKET = "<int(max=4611686018427387904):ticket_id>"


@bp.errorhandler(Unknown)
@bp.errorhandler(TooManyTries)
def show_form(error: Exception) -> Response:
    """A code that leads nowhere: type it again."""
    busy = isinstance(error, TooManyTries)
    said = _too_many() if busy else _unknown()
    return _answer("track_form.html", 429 if busy else 404, typed="", error=said)


@bp.get("/lacak")
@needs(Right.OPEN)
def get_form() -> Response:
    """Where the code is typed."""
    return _answer("track_form.html", 200, typed="", error=None)


@bp.post("/lacak")
@needs(Right.OPEN)
def post_form() -> Response:
    """From the code that was typed to the page of the report."""
    typed = request.form.get("code", "")[:LONGEST]
    try:
        call_id = _call_of(typed)
    except TooManyTries:
        return _answer("track_form.html", 429, typed=typed, error=_too_many())
    if call_id is None:
        return _answer("track_form.html", 404, typed=typed, error=_unknown())
    return _headed(redirect(_address(call_id), 303))


@bp.get("/lacak/<code>")
@needs(Right.OPEN)
def get_report(code: str) -> Response:
    """The report: where it stands, what happens next, what was answered."""
    return _shown(code)


@bp.get("/lacak/<code>/foto/<int(max=4611686018427387904):proof_id>")
@needs(Right.OPEN)
def get_picture(code: str, proof_id: int) -> Response:
    """A picture of the work, where it may be shown."""
    with parts().transaction(_scope(code)) as session:
        image = proofs.image_of(session, proof_id)
    return _headed(Response(image, mimetype="image/jpeg"))


@bp.post(f"/lacak/<code>/{TICKET}/balas")
@needs(Right.OPEN)
def post_reply(code: str, ticket_id: int) -> Response:
    """Keep a reply."""
    return _written(code, ticket_id, reporter.reply)


@bp.post(f"/lacak/<code>/{TICKET}/buka")
@needs(Right.OPEN)
def post_reopen(code: str, ticket_id: int) -> Response:
    """Have it opened again, with what is still wrong."""
    return _written(code, ticket_id, reporter.reopen)


@bp.post(f"/lacak/<code>/{TICKET}/nilai")
@needs(Right.OPEN)
def post_rating(code: str, ticket_id: int) -> Response:
    """Keep how content the reporter is."""
    scope = _scope(code)
    stars = request.form.get("stars", "")
    if stars not in ("1", "2", "3", "4", "5"):
        return _shown(code, 422, error=_("Pilih satu sampai lima bintang."))
    try:
        with parts().transaction(scope) as session:
            reporter.rate(session, ticket_id, int(stars), parts().now(), parts().ground())
    except DispatchError:
        return _shown(code, 409, error=_("Belum dapat dinilai: belum ada jawaban."))
    return _back(code)


def _written(code: str, ticket_id: int, write: Callable[..., object]) -> Response:
    """Carry out what was typed, or show the page again with what was typed in it."""
    scope = _scope(code)
    text, key = _typed_text(), request.form.get("key", "")[:100] or secrets.token_urlsafe(16)
    try:
        _check_text(text)
        with parts().transaction(scope) as session:
            write(session, ticket_id, text, key, parts().now(), parts().ground())
    except BadRequestField as bad:
        return _shown(code, 422, error=str(bad), kept=text)
    except Unknown:
        raise
    except DispatchError:
        wrong = _(
            "Itu tidak dapat dilakukan sekarang. Keadaan laporan sudah berubah; lihat di bawah."
        )
        return _shown(code, 409, error=wrong, kept=text)
    return _back(code)


def _typed_text() -> str:
    return request.form.get("text", "").replace("\r\n", "\n").replace("\x00", "").strip()


def _check_text(text: str) -> None:
    if not text:
        raise BadRequestField("text", _("Tulis dahulu apa yang ingin Anda sampaikan."))
    if len(text) > reporter.LONGEST_REPLY:
        most = reporter.LONGEST_REPLY
        raise BadRequestField(
            "text", _("Terlalu panjang: paling banyak %(most)d huruf.", most=most)
        )


def _shown(code: str, status: int = 200, *, error: str | None = None, kept: str = "") -> Response:
    scope = _scope(code)
    ground, now = parts().ground(), parts().now()
    with parts().transaction(scope) as session:
        report = reporter.read(session, ground)
    hours = ground.regency.hours
    clock = track_words.Clock(hours.zone, hours.zone_name, now)
    with force_locale(_language()):
        shown = {
            "report": report,
            "heading": track_words.heading(report),
            "alone": track_words.alone(report),
            "followed": [(f, track_words.sentences(f, clock)) for f in report.followed],
            "clock": clock,
            "code": code_of(report.number, parts().tracking_key),
            "agencies": ground.catalogue.agencies,
            "reopenable": reporter.REOPENABLE,
            "rateable": reporter.RATEABLE,
            "key": secrets.token_urlsafe(16),
            "longest": reporter.LONGEST_REPLY,
        }
        return _answer("track.html", status, error=error, kept=kept, **shown)


def _scope(code: str) -> Scope:
    """The eyes of the report's holder. Raises Unknown, the same for every wrong code."""
    call_id = _call_of(code)
    if call_id is None:
        raise Unknown(_unknown())
    if request.method == "POST":
        if not WRITTEN.is_open(call_id):
            raise TooManyTries(_too_many())
        WRITTEN.count(call_id)
    return Scope(REPORTER, call_id=call_id)


def _call_of(typed: str) -> int | None:
    """Raises TooManyTries for a wrong code from where too many came."""
    call_id = call_of(typed, parts().tracking_key)
    if call_id is not None:
        return call_id
    address = address_of_asker()
    if not (WRONG.is_open(address) and WRONG_OF_ALL.is_open("all")):
        raise TooManyTries(_too_many())
    WRONG.count(address)
    WRONG_OF_ALL.count("all")
    return None


def _unknown() -> str:
    return str(_("Nomor laporan itu tidak dikenal. Periksa lagi huruf dan angkanya."))


def _too_many() -> str:
    return str(_("Terlalu banyak percobaan. Tunggu satu menit, lalu coba lagi."))


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in parts().regency.languages else i18n.language()


def _address(call_id: int) -> str:
    code = code_of(call_id, parts().tracking_key)
    return url_for("track.get_report", code=code, lang=request.args.get("lang"))


def _back(code: str) -> Response:
    call_id = call_of(code, parts().tracking_key)
    return _headed(redirect(f"{_address(call_id or 0)}#kabar", 303))


def _answer(template: str, status: int, **given: Any) -> Response:
    with force_locale(_language()):
        shown = {"lang": _language(), "languages": parts().regency.languages, "told": None}
        page = render_template(template, **(shown | given))
    return _headed(current_app.make_response((page, status)))


def _headed(answer: Any) -> Response:
    response: Response = current_app.make_response(answer)
    response.headers.update(for_everybody(forms=True) | _PRIVATE)
    return response
