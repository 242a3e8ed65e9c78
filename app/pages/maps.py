"""The map of the load as a file: to save, to send, to print."""

from flask import Blueprint, Response
from flask_babel import gettext as _

from app.auth.guard import me, needs
from app.auth.roles import Right
from app.maps import MappedVillage, load_map
from app.parts import parts
from dispatch import board
from dispatch.scope import Role
from geo.villages import villages_of

bp = Blueprint("maps", __name__)

# folium writes inline scripts: the page gets a box of its own, without our cookies or our origin.
_SANDBOX = (
    "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline';"
    " style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'"
)


@bp.get("/laporan/beban")
@needs(Right.SEE_LOAD)
def get_load_map() -> Response:
    """Open incidents by village, of those that the asker may count."""
    ground, person = parts().ground(), me()
    with parts().transaction(person.scope) as session:
        load = board.load(session)
        rows = villages_of(session, ground.locator.edition_id)
    own = person.scope.village_code if person.role is Role.VILLAGE_HEAD else None
    villages = [
        MappedVillage(v.code, v.name, v.kind, v.district, v.area)
        for v in rows
        if own is None or v.code == own
    ]
    notes = [
        _("Batas desa: %(title)s (%(status)s).", title=ground.title, status=ground.locator.status)
    ]
    if person.role in (Role.AGENCY_OFFICER, Role.FIELD_UNIT):
        notes.append(_("Hanya kejadian yang menjadi tugas Anda."))
    page = load_map(
        f"{parts().regency.service}: {_('laporan terbuka per desa')}",
        parts().now().astimezone(parts().regency.hours.zone),
        villages,
        load,
        notes,
    )
    return Response(
        page,
        mimetype="text/html",
        headers={
            "Content-Security-Policy": _SANDBOX,
            "Content-Disposition": 'inline; filename="beban-desa.html"',
        },
    )
