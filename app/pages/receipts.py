"""/laporan/tanda-terima: the receipt of a report, for who stands at the desk."""

from flask import Blueprint, Response, request
from flask_babel import force_locale
from flask_babel import gettext as _

from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.pages import track_words
from app.pages.prints import answer_as
from app.pages.prints_made import poster_hint
from app.paper.page import Heading
from app.paper.receipt import Receipt, receipt
from app.parts import parts
from dispatch import contacts, reporter
from dispatch.rules.tracking import code_of
from dispatch.scope import REPORTER, Scope

bp = Blueprint("receipts", __name__)
FORMS = ("html", "pdf")


@bp.get("/laporan/tanda-terima/<int(max=4611686018427387904):call_id>")
@needs(Right.LOG_CALLS)
def get_receipt(call_id: int) -> Response:
    """The receipt, as a page or as a PDF. That it was made is logged: it carries the code."""
    form = request.args.get("as", "html")
    if form not in FORMS:
        raise BadRequestField("as", _("as: beri html atau pdf"))
    ground, now = parts().ground(), parts().now()
    with parts().transaction(me().scope) as session:
        contacts.code_given(session, call_id)
    # With the reporter's own eyes: on paper stands what the page would say, and no more.
    with parts().transaction(Scope(REPORTER, call_id=call_id)) as session:
        report = reporter.read(session, ground)
    hours = ground.regency.hours
    heading = Heading(
        title=str(_("Tanda terima")),
        service=ground.regency.service,
        as_of=now.astimezone(hours.zone),
        zone=hours.zone_name,
        demo=report.demo,
    )
    with force_locale("id"):
        clock = track_words.Clock(hours.zone, hours.zone_name, now)
        html = receipt(heading, _told(report, clock), poster_hint())
    return answer_as(html, form, f"tanda-terima-{call_id}")


def _told(report: reporter.Report, clock: track_words.Clock) -> Receipt:
    code = code_of(report.number, parts().tracking_key)
    base = (parts().settings.public_url or request.url_root).rstrip("/")
    said = [(of.agency.name, track_words.sentences(of, clock)) for of in report.followed]
    return Receipt(
        code=code,
        about=track_words.heading(report),
        at=clock.at(report.at),
        stands=tuple((agency, say.now, say.next) for agency, say in said),
        alone=track_words.alone(report),
        address=f"{base}/lacak/{code}",
    )
