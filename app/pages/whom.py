"""/kontak: whom to call for what, where, now."""

from flask import Blueprint, render_template

from app import i18n
from app.auth.guard import needs
from app.auth.roles import Right
from app.parts import parts

bp = Blueprint("whom_page", __name__)


@bp.get("/kontak")
@needs(Right.SEE_WHOM)
def get_whom() -> str:
    """What may be asked for; the answers come through the API."""
    ground, language = parts().ground(), i18n.language()
    categories = [c for c in ground.catalogue.categories.values() if c.active]
    return render_template(
        "whom.html",
        categories=[(c.code, c.name(language), c.kind) for c in categories],
        villages=sorted((v.name, v.district, v.code) for v in ground.by_code.values()),
        owners=[(kind.code, kind.name) for kind in parts().regency.owners.kinds],
    )
