"""/api/whom: whom to call for what, where, now; /api/incidents/ID/owner: whose the thing is."""

from datetime import datetime
from typing import Any

from flask import Blueprint, request

from app.api import reading, wire
from app.api.reading import Body, Line, Version
from app.api.wire_forms import time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import board, responsible
from dispatch.regency.contacts import ContactEntry
from dispatch.whom import Ask, Ranked, Whom, whom
from geo.placement import VillageRef
from geo.point import Point

bp = Blueprint("whom", __name__, url_prefix="/api")


class OwnerBody(Body):
    owner: Line | None
    version: Version


@bp.get("/whom")
@needs(Right.SEE_WHOM)
def get_whom() -> dict[str, Any]:
    """Who answers by rule, and which posts to call; without a category all posts."""
    ground, ask, at = parts().ground(), _ask(), _at()
    with parts().transaction(me().scope) as session:
        found = whom(session, ask, at, ground)
    return _written(found) | {"owners": _owners(ask.category), "at": time_of(at)}


def _owners(category: str | None) -> list[dict[str, str]]:
    """Owners by whom it is decided who answers for the category."""
    kinds = parts().ground().catalogue.owners_of(category) if category else []
    return [{"code": kind.code, "name": kind.name} for kind in kinds]


def _ask() -> Ask:
    """Raises BadRequestField, naming the field."""
    ground = parts().ground()
    category, owner = reading.query_word("category"), reading.query_word("owner")
    if category is not None and category not in ground.catalogue.categories:
        raise BadRequestField("category", f"category: {category[:40]!r} is no category")
    if owner is not None:
        responsible.check_owner(ground, owner)
    pin = _pin()
    words = reading.query_text("q")
    return Ask(
        category=category,
        village=_village(pin),
        owner=owner,
        texts=(words,) if words else (),
        pin=pin,
    )


def _pin() -> Point | None:
    if not request.args.get("lon") and not request.args.get("lat"):
        return None
    return reading.query_point()


def _village(pin: Point | None) -> VillageRef | None:
    code = reading.query_word("village")
    if code is None:
        return None if pin is None else parts().ground().locator.village_at(pin.lon, pin.lat)
    village = parts().ground().by_code.get(code)
    if village is None:
        raise BadRequestField("village", f"village: {code[:40]!r} is no village in force")
    return village


def _at() -> datetime:
    return reading.moment("at", reading.query_word("at")) or parts().now()


def _written(found: Whom) -> dict[str, Any]:
    catalogue = parts().ground().catalogue
    return {
        "responsible": [
            {"agency": _agency_of(catalogue.agencies[a.agency_id].code), "why": a.why}
            for a in found.responsible
            if a.agency_id in catalogue.agencies
        ],
        "owner": found.owner.record() | {"name": catalogue.owners.name_of(found.owner.code)},
        "contacts": [_contact(ranked) for ranked in found.contacts],
        "warning": found.warnings[0].text if found.warnings else None,
        "warnings": [{"code": w.code, "text": w.text} for w in found.warnings],
    }


def _contact(ranked: Ranked) -> dict[str, Any]:
    entry = ranked.entry
    return {
        "code": entry.code,
        "agency": _agency_of(entry.agency),
        "post": entry.post,
        "phone": entry.phone,
        "open": ranked.open,
        "until": time_of(ranked.until),
        "order": ranked.order,
        "responsible": ranked.responsible,
        "stands_in_for": _served(entry),
        "stands_in_now": ranked.stands_in,
        "note": entry.note or None,
    }


def _served(entry: ContactEntry) -> str | None:
    """The post that it stands in for, as it is called."""
    contacts = {c.code: c.post for c in parts().regency.contacts}
    return contacts.get(entry.stands_in_for or "")


def _agency_of(code: str) -> dict[str, str]:
    agency = parts().ground().catalogue.agency(code)
    if agency is None:
        return {"code": code, "short": code, "name": code, "kind": ""}
    return {
        "code": agency.code,
        "short": agency.short,
        "name": agency.name,
        "kind": agency.kind,
    }


@bp.post("/incidents/<int(max=4611686018427387904):incident_id>/owner")
@needs(Right.VERIFY)
def post_owner(incident_id: int) -> dict[str, Any]:
    """Say whose the thing is; who would answer then comes back. The tickets stay where they are."""
    read, ground, now = reading.body(OwnerBody), parts().ground(), parts().now()
    with parts().transaction(me().scope) as session:
        responsible.say_owner(session, incident_id, read.owner, read.version, ground)
        row = board.incident_of(session, incident_id)
        village = ground.by_code.get(row.village_code or "")
        ask = Ask(category=row.category_code, village=village, owner=read.owner)
        found = whom(session, ask, now, ground)
    incident = wire.incident_feature(row, ground, me().scope)
    return {"incident": incident, "responsible": _written(found)["responsible"]}
