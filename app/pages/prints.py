"""/laporan: maps and sheets to save, to send, to print; each as HTML, PNG or PDF."""

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    copy_current_request_context,
    current_app,
    redirect,
    render_template,
    request,
)
from flask_babel import gettext as _

from app import i18n
from app.api.reading_filters import choice
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.auth.sessions import Person
from app.errors import BadRequestField, NoPress, NotAllowed, TooBusy
from app.files import aside
from app.pages.prints_form import FILES, FORMS, Wish, empty_words, read_wish
from app.pages.prints_made import (
    counts_by_part,
    facts_of,
    gather,
    heading_of,
    poster_hint,
    public_address,
    shape_of,
)
from app.paper.cases import ROWS, cases_sheet, village_sheet
from app.paper.ground import Shape
from app.paper.load import LoadFigures, load_sheet, measure_name
from app.paper.poster import poster
from app.parts import parts
from app.press import Form, Press, PressFailed, find_program
from dispatch import board, exports
from dispatch.errors import Unknown
from dispatch.exports import Asked
from dispatch.ground import Ground
from dispatch.load import EMPTY, counted
from dispatch.scope import Role

log = logging.getLogger(__name__)
bp = Blueprint("prints", __name__)

_TYPES = {"html": "text/html", "png": "image/png", "pdf": "application/pdf"}
_ON_ONE_PAGE = 18  # rows of a table on a picture
_CLOSED_SHOWN = timedelta(days=30)
# folium writes inline scripts: the page gets a box of its own, without our cookies or our origin.
_SANDBOX = (
    "sandbox allow-scripts allow-downloads allow-modals; default-src 'none';"
    " script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none';"
    " form-action 'none'; frame-ancestors 'self'"
)


@bp.before_request
def leave_out_empty_words() -> Any:
    """A form sends a word for each field that was left open: ask again without them."""
    if (kept := empty_words()) is None:
        return None
    query = urlencode(kept, doseq=True)
    return redirect(f"{request.path}?{query}" if query else request.path)


@bp.get("/laporan")
@needs(Right.SEE_LOAD)
def get_index() -> str:
    """What can be printed and downloaded, with a form for what and when."""
    person, ground = me(), parts().ground()
    village = _own_village(person)
    seen = [v for v in ground.by_code.values() if village is None or v.code == village]
    return render_template(
        "print_index.html",
        villages=sorted(seen, key=lambda v: (v.district, v.name)),
        categories=choice(ground.catalogue, person.scope),
        language=i18n.language(),
        agencies=sorted(ground.catalogue.agencies.values(), key=lambda a: a.short),
        measures=[(m, measure_name(m)) for m in ("open", "late", "per_1000")],
        sees_cases=may(person.role, Right.SEE_LIST),
        exports=may(person.role, Right.EXPORT),
        exports_cases=may(person.role, Right.EXPORT) and person.role != Role.PLANNER,
        press=_press().program is not None,
        own=village,
    )


@bp.get("/laporan/beban")
@needs(Right.SEE_LOAD)
def get_load() -> Response:
    """Open cases by village, of those that the asker may count."""
    person, ground, now, wish = *_who(), _wish(files=True)
    if wish.form in FILES:
        return _as_file("load", wish)
    own = _own_village(person)
    with parts().transaction(person.scope) as session:
        loads = counted(session, now, wish.filter, catalogue=ground.catalogue)
        outlined = exports.outlines(session, ground.locator.edition_id, exports.PAPER_M)
        demo = board.has_demo(session)
    shapes = [shape_of(v) for v in outlined if own is None or v.code == own]
    heading = heading_of(measure_name(wish.measure), wish, ground, demo)
    figures = LoadFigures(loads, wish.measure, now)
    html = _drawn(load_sheet, heading, shapes, figures, _rows_of(wish))
    return answer_as(html, wish.form, "beban-desa")


@bp.get("/laporan/kejadian")
@needs(Right.SEE_LIST)
def get_cases() -> Response:
    """Cases: open ones, or all of a period, as far as the asker may see them."""
    person, ground, _now, wish = *_who(), _wish(files=True)
    if wish.form in FILES:
        return _as_file("incidents", wish)
    asked = Asked(wish.filter, _village(wish.village, person, ground) if wish.village else None)
    with parts().transaction(person.scope) as session:
        found = gather(session, asked, ground, person)
        outlined = exports.outlines(session, ground.locator.edition_id, exports.PAPER_M)
        demo = board.has_demo(session)
    title = _("Kejadian") if asked.closed else _("Kejadian terbuka")
    heading = heading_of(title, wish, ground, demo)
    shapes = [shape_of(v) for v in outlined]
    html = _drawn(cases_sheet, heading, shapes, found, _rows_of(wish) or ROWS)
    return answer_as(html, wish.form, "kejadian")


@bp.get("/laporan/desa")
@needs(Right.SEE_LOAD)
def get_chosen() -> Response:
    """From the form's choice of a village to the sheet or poster of it."""
    given = request.args.to_dict()
    code, poster_too = given.pop("village", ""), given.pop("print", "") == "poster"
    where = f"/laporan/desa/{_village(code, me(), parts().ground())}"
    query = urlencode(given)
    return current_app.make_response(redirect(f"{where}{'/poster' * poster_too}?{query}"))


@bp.get("/laporan/desa/<code>")
@needs(Right.SEE_LOAD)
def get_village(code: str) -> Response:
    """One village: figures, outline, cases by age, counts by RT and RW where registered."""
    person, ground, now, wish = *_who(), _wish()
    code = _village(code, person, ground)
    asked = Asked(wish.filter, code)
    with parts().transaction(person.scope) as session:
        loads = counted(session, now, wish.filter, [code], ground.catalogue)
        found = gather(session, asked, ground, person, oldest_first=True) if _rows(person) else None
        closed = exports.closed_in(session, code, now - _CLOSED_SHOWN) if found else None
        register = counts_by_part(session, code) if found else []
        outlined = exports.outlines(session, ground.locator.edition_id)
        demo = board.has_demo(session)
    shapes = [shape_of(v) for v in outlined]
    own = next(s for s in shapes if s.code == code)
    heading = heading_of(f"{own.kind.capitalize()} {own.name}", wish, ground, demo)
    heading = replace(heading, sub=" · ".join(filter(None, (f"Kec. {own.district}", heading.sub))))
    facts = facts_of(own, loads.get(code, EMPTY), closed)
    most = _rows_of(wish) or ROWS
    html = _drawn(village_sheet, heading, shapes, own, facts, found, register, most)
    return answer_as(html, wish.form, f"desa-{code}")


@bp.get("/laporan/desa/<code>/poster")
@needs(Right.SEE_LOAD)
def get_poster(code: str) -> Response:
    """A poster for the village hall: what 112 is, and the way to the village's public page."""
    person, ground, _now, wish = *_who(), _wish()
    known = ground.by_code[_village(code, person, ground)]
    heading = heading_of("112", wish, ground, demo=False)
    shape = Shape(known.code, known.name, known.kind, known.district, "", None)
    html = poster(heading, shape, public_address(known.code), poster_hint())
    return answer_as(html, wish.form, f"poster-{known.code}")


@bp.errorhandler(NoPress)
@bp.errorhandler(TooBusy)
@bp.errorhandler(BadRequestField)
def say_why(error: Exception) -> tuple[str, int, dict[str, str]]:
    """A page that names what is wrong, and the way on."""
    words = {
        NoPress: _(
            "PNG dan PDF belum bisa dibuat di server ini. "
            "Buka sebagai halaman, lalu cetak atau simpan dari peramban."
        ),
        TooBusy: _("Beberapa cetakan sedang dibuat. Tunggu sebentar, lalu coba lagi."),
    }
    status = 422 if isinstance(error, BadRequestField) else 503
    kept = {name: value for name, value in request.args.items() if name != "as"}
    return (
        render_template(
            "print_problem.html",
            why=words.get(type(error), str(error)),
            page=f"{request.path}?{urlencode(kept)}" if status == 503 else None,
        ),
        status,
        {"Retry-After": "5"} if isinstance(error, TooBusy) else {},
    )


def _drawn(draw: Callable[..., str], *given: Any) -> str:
    """What `draw` makes, beside the worker's other requests: a map takes a good second."""
    return aside(copy_current_request_context(draw), *given)


def _who() -> tuple[Person, Ground, Any]:
    return me(), parts().ground(), parts().now()


def _wish(files: bool = False) -> Wish:
    forms = (*FORMS, *FILES) if files else FORMS
    return read_wish(parts().ground().catalogue, me().scope, parts().regency.hours.zone, forms)


def _as_file(what: str, wish: Wish) -> Response:
    """To the route that makes it, which asks for its own right and keeps the log."""
    words = [wish.filter.key(), urlencode({"village": wish.village}) if wish.village else ""]
    query = "&".join(filter(None, words))
    return current_app.make_response(redirect(f"/api/export/{what}.{wish.form}?{query}"))


def _own_village(person: Person) -> str | None:
    """The one village whose sheets a village head gets; None: any."""
    return person.scope.village_code if person.role == Role.VILLAGE_HEAD else None


def _village(code: str, person: Person, ground: Ground) -> str:
    """The code, if it is one. Raises Unknown, NotAllowed for another village than a head's own."""
    if code not in ground.by_code:
        raise Unknown(f"village {code[:40]}")
    if (own := _own_village(person)) is not None and code != own:
        raise NotAllowed("a village head prints the own village only")
    return code


def _rows(person: Person) -> bool:
    """Whether single cases are for that role: a village head's are, of the own village."""
    return may(person.role, Right.SEE_LIST) or person.role == Role.VILLAGE_HEAD


def _rows_of(wish: Wish) -> int | None:
    """Rows of a table: a picture has one page."""
    return _ON_ONE_PAGE if wish.form == "png" else None


def _press() -> Press:
    """The process's own, made at the first question."""
    made = current_app.extensions.get("press")
    if made is None:
        wanted = parts().settings.chromium
        made = current_app.extensions["press"] = Press(
            program=find_program(None if wanted is None else str(wanted))
        )
    press: Press = made
    return press


def answer_as(html: str, form: str, name: str) -> Response:
    """The print as html, png or pdf, as a file of that name."""
    made: str | bytes = html
    if form != "html":
        try:
            made = _press().print(html, Form(form))
        except PressFailed as failed:
            log.warning("no %s of %s: %s", form, name, failed)
            raise NoPress from failed
    answer = Response(made, mimetype=_TYPES[form])
    day = parts().now().astimezone(parts().regency.hours.zone)
    file = f"{name}-{day:%Y%m%d-%H%M}.{form}"
    answer.headers["Content-Disposition"] = f'inline; filename="{file}"'
    if form == "html":
        answer.headers["Content-Security-Policy"] = _SANDBOX
    return answer
