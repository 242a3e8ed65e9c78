"""/pimpinan: what is late, where and with whom; /kotak/angka: an officer's own agency."""

from flask import Blueprint, render_template

from app import i18n
from app.api.reading_filters import choice
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.parts import parts

bp = Blueprint("leaders_page", __name__)


@bp.get("/pimpinan")
@needs(Right.SEE_LEADERS)
def get_leaders() -> str:
    """The leader's page."""
    return _page("/api/leaders", agency=None)


@bp.get("/kotak/angka")
@needs(Right.WORK_TICKET)
def get_own() -> str:
    """The figures of the officer's own agency."""
    agency = parts().ground().catalogue.agencies.get(me().scope.agency_id or 0)
    return _page("/api/agency-figures", agency.short if agency else None)


def _page(source: str, agency: str | None) -> str:
    person, ground = me(), parts().ground()
    return render_template(
        "leaders.html",
        source=source,
        agency=agency,
        instructs=may(person.role, Right.INSTRUCT),
        exports=may(person.role, Right.EXPORT),
        prints=may(person.role, Right.SEE_LEADERS),
        language=i18n.language(),
        categories=choice(ground.catalogue, person.scope),
    )
