"""/pekerjaan/TOKEN: a contractor sees one piece of work, brings photos of it, says it is done."""

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from babel.dates import format_datetime
from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge

from app import i18n
from app.api import wire_proofs
from app.api.devices import Bound, address_of_asker
from app.api.proofs import form_key, form_note, read_photo
from app.auth.guard import needs
from app.auth.roles import Right
from app.errors import BadRequestField, TooManyTries
from app.parts import parts
from dispatch import contractors, pictures, proofs
from dispatch.contractors import LinkShut, NoPhotoYet, Opened, Task, Why
from dispatch.errors import BadImage, IllegalMove
from dispatch.pictures import SealedPhoto
from dispatch.scope import AUTH

bp = Blueprint("work_link", __name__)

WRONG = Bound(at_once=20, per_s=0.1)  # tokens that open nothing, of one address
SENT = Bound(at_once=80, per_s=0.2)  # photos by one link
MOST_AT_ONCE = 4  # photos of one form
_GOOD: dict[bytes, float] = {}  # tokens that opened lately, by their hash: whoever is beside them
_GOOD_S = 600.0
_MOST_GOOD = 5000
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the page says beside the task, and what was typed."""

    error: str | None = None
    news: str | None = None
    note: str = ""
    done_note: str = ""
    status: int = 200


@bp.errorhandler(LinkShut)
def show_shut(error: LinkShut) -> Response:
    """One sentence, the same page and status for every reason."""
    if _wants_json():
        return _json({"detail": _shut(error.why), "shut": True}, 404)
    return _page("work_link_shut.html", 404, sentence=_shut(error.why), done=error.why == Why.USED)


@bp.errorhandler(TooManyTries)
def show_busy(error: TooManyTries) -> Response:
    """Ask again in a while."""
    sentence = _("Terlalu banyak permintaan. Tunggu satu menit, lalu coba lagi.")
    if _wants_json():
        answer = _json({"detail": sentence}, 429)
    else:
        answer = _page("work_link_shut.html", 429, sentence=sentence, done=False)
    answer.headers["Retry-After"] = "60"
    return answer


@bp.get("/pekerjaan/<token>")
@needs(Right.OPEN)
def get_task(token: str) -> Response:
    """What is to be done, and where the photos are sent from."""
    return _task(token, Said())


@bp.post("/pekerjaan/<token>/foto")
@needs(Right.OPEN)
def post_photo(token: str) -> Response:
    """A photo, or some: from the script one by one, from a plain form together."""
    _open(token)
    try:
        said = Said(note=_typed("note"), done_note=_typed("done_note"))
        brought = _bring(token)
    except RequestEntityTooLarge:
        return _refuse(token, Said(error=_too_large(), status=413))
    except BadRequestField as bad:
        typed = Said(note=said.note, done_note=said.done_note, error=str(bad), status=422)
        return _refuse(token, typed)
    if _wants_json():
        return _json({"photos": [_photo(row) for row in brought]}, 201)
    return _task(token, Said(news=_sent(len(brought)), done_note=said.done_note))


@bp.post("/pekerjaan/<token>/selesai")
@needs(Right.OPEN)
def post_done(token: str) -> Response:
    """It is done: photos that were chosen but not sent yet come along. Used up from here on."""
    _open(token)
    try:
        said = Said(note=_typed("note"), done_note=_typed("done_note"))
        if _chosen():
            _bring(token)
        with parts().transaction(AUTH) as session:
            opened = contractors.open_link(session, token, parts().now())
            contractors.say_done(session, opened, form_note("done_note"), parts().now())
    except RequestEntityTooLarge:
        return _refuse(token, Said(error=_too_large(), status=413))
    except NoPhotoYet:
        return _refuse(token, _again(said, _("Kirim paling sedikit satu foto dulu.")))
    except BadRequestField as bad:
        return _refuse(token, _again(said, str(bad)))
    if _wants_json():
        return _json({"done": True}, 200)
    return _page("work_link_shut.html", 200, sentence=_thanks(), done=True)


def _open(token: str) -> Opened:
    """The link, if it opens. Raises LinkShut, TooManyTries."""
    hashed, address = contractors.digest(token), address_of_asker()
    if time.monotonic() > _GOOD.get(hashed, 0.0) and not WRONG.is_open(address):
        raise TooManyTries("tunggu sebentar")
    try:
        with parts().transaction(AUTH) as session:
            opened = contractors.open_link(session, token, parts().now())
    except LinkShut:
        _GOOD.pop(hashed, None)
        WRONG.count(address)
        raise
    if len(_GOOD) > _MOST_GOOD:
        _GOOD.clear()
    _GOOD[hashed] = time.monotonic() + _GOOD_S
    return opened


def _bring(token: str) -> list[Any]:
    """The photos of the form, kept; rows of proofs.find(). Raises BadRequestField, LinkShut."""
    key, note, chosen = form_key(), form_note("note"), _chosen()
    if not chosen:
        raise BadRequestField("photo", _("Pilih sebuah foto dulu."))
    if len(chosen) > MOST_AT_ONCE:
        most = _("Kirim paling banyak %(most)s foto sekaligus.", most=MOST_AT_ONCE)
        raise BadRequestField("photo", most)
    brought = []
    for number, sent in enumerate(chosen):
        each = f"{key}-{number}" if number else key
        brought.append(_bring_one(token, each, note, sent))
    return brought


def _bring_one(token: str, key: str, note: str, sent: Any) -> Any:
    hashed = contractors.digest(token)
    if not SENT.is_open(hashed):
        raise TooManyTries("tunggu sebentar")
    SENT.count(hashed)
    with parts().transaction(AUTH) as session:
        opened = contractors.open_link(session, token, parts().now())
        there = proofs.known(session, opened.ticket_id, contractors.key_of(opened, key))
    if there is not None:
        return there
    photo = read_photo(sent.read(pictures.MOST_BYTES_PROOF + 1))  # with no session open
    return _keep(token, key, note, photo)


def _keep(token: str, key: str, note: str, photo: SealedPhoto) -> Any:
    now, ground = parts().now(), parts().ground()
    with parts().transaction(AUTH) as session:
        opened = contractors.open_link(session, token, now)
        own_key = contractors.key_of(opened, key)
        try:
            brought = proofs.add_photo(
                session, opened.ticket_id, photo, note, own_key, now, ground, opened.link_id
            )
        except BadImage:
            raise BadRequestField("photo", _("Foto untuk pekerjaan ini sudah penuh.")) from None
        except IllegalMove:
            raise LinkShut(Why.OVER) from None
        return proofs.find(session, brought.id)


def _refuse(token: str, said: Said) -> Response:
    if _wants_json():
        return _json({"detail": said.error}, said.status)
    return _task(token, said)


def _task(token: str, said: Said) -> Response:
    _open(token)
    with parts().transaction(AUTH) as session:
        opened = contractors.open_link(session, token, parts().now())
        task = contractors.task(session, opened, parts().ground())
    return _page(
        "work_link.html",
        said.status,
        said=said,
        link=opened,
        task=task,
        category=_category(task),
        photos=_photos(task.photos),
        until=_moment(opened.expires_at),
        token=token,
        key=secrets.token_urlsafe(16),
        longest=proofs.LONGEST_NOTE,
        most_bytes=pictures.MOST_BYTES_PROOF,
    )


def _page(template: str, status: int, **given: Any) -> Response:
    answer = current_app.make_response(render_template(template, **given))
    answer.status_code = status
    answer.headers.update(_HEADERS)
    return answer


def _json(body: dict[str, Any], status: int) -> Response:
    answer = current_app.make_response((body, status))
    answer.headers.update(_HEADERS)
    return answer


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"


def _typed(name: str) -> str:
    """As it was typed, to be shown again."""
    return request.form.get(name, "").replace("\x00", "")[: 2 * proofs.LONGEST_NOTE]


def _chosen() -> list[Any]:
    """The files of the form; a field in which none was chosen comes along without a name."""
    return [sent for sent in request.files.getlist("photo") if sent.filename]


def _again(said: Said, error: str) -> Said:
    return Said(note=said.note, done_note=said.done_note, error=error, status=422)


def _photo(row: Any) -> dict[str, Any]:
    return {"id": row.id, "at": _moment(row.at), "hint": _hint(row.found)}


def _photos(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{"at": _moment(row.at), "note": row.note, "hint": _hint(row.found)} for row in rows]


def _hint(found: Sequence[str]) -> str | None:
    """What helps a contractor who means well; what the check suspects is the officer's to know."""
    if "tanpa_lokasi" in found:
        return str(_("Foto ini tidak memuat lokasi."))
    return None


def _category(task: Task) -> str:
    return parts().ground().catalogue.category(task.category).name(i18n.language())


def _moment(at: Any) -> str:
    """Day and time by the regency's clock: 22 November 2026 20.05 WIB."""
    hours = parts().regency.hours
    local = at.astimezone(hours.zone)
    written = format_datetime(local, "d MMMM y HH.mm", locale=i18n.language())
    return f"{written} {hours.zone_name}"


def _sent(many: int) -> str:
    if many == 1:
        return str(_("Foto terkirim."))
    return str(_("%(many)s foto terkirim.", many=many))


def _thanks() -> str:
    return str(
        _("Terima kasih. Pekerjaan ini sudah dilaporkan selesai; petugas akan memeriksanya.")
    )


def _too_large() -> str:
    return wire_proofs.refused(pictures.Why.TOO_LARGE)


def _shut(why: Why) -> str:
    sentences: dict[Why, str] = {
        Why.UNKNOWN: _("Tautan ini tidak dikenal. Salin lagi seluruhnya dari pesan petugas."),
        Why.EXPIRED: _("Masa tautan ini sudah lewat. Minta tautan baru kepada petugas."),
        Why.REVOKED: _("Tautan ini sudah dicabut oleh petugas."),
        Why.USED: _("Pekerjaan ini sudah dilaporkan selesai. Tautan ini tidak dapat dipakai lagi."),
        Why.OVER: _("Laporan tentang pekerjaan ini sudah ditutup."),
    }
    return sentences[why]
