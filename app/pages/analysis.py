"""/analisis and its sisters: where it clusters, whom help reaches too late, what if."""

from flask import Blueprint, render_template

from app import i18n
from app.api.ground import CHANNEL_NAMES
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.parts import parts

bp = Blueprint("analysis_page", __name__, url_prefix="/analisis")


@bp.get("")
@needs(Right.ANALYSE)
def get_analysis() -> str:
    """Hotspots: a question, a map, a chart, a table, and what not to conclude."""
    return _page("analysis.html", "titik")


@bp.get("/jangkauan")
@needs(Right.ANALYSE)
def get_coverage() -> str:
    """Whom help reaches too late."""
    return _page("analysis_coverage.html", "jangkauan")


@bp.get("/andai")
@needs(Right.ANALYSE)
def get_whatif() -> str:
    """Other stations, units and shifts, tried out on past calls."""
    return _page("analysis_whatif.html", "andai")


@bp.get("/tanggap")
@needs(Right.ANALYSE)
def get_response() -> str:
    """How long each step from the ring to the arrival takes."""
    return _page("analysis_response.html", "tanggap")


def _page(template: str, tab: str) -> str:
    person = me()
    return render_template(
        template,
        tab=tab,
        categories=_open_categories(),
        channels=[(channel.value, name) for channel, name in CHANNEL_NAMES.items()],
        skills=sorted({skill for unit in parts().regency.units for skill in unit.skills}),
        exports=may(person.role, Right.EXPORT),
    )


def _open_categories() -> list[tuple[str, str, str]]:
    """Code, name and kind of all that may be counted, also where the role sees no single case."""
    language, catalogue = i18n.language(), parts().ground().catalogue
    return [
        (c.code, c.name(language), c.kind)
        for c in catalogue.categories.values()
        if c.active and c.kept_group is None
    ]
