"""The JSON of the API: how answers are written, and what of them a role may see."""

from types import SimpleNamespace
from typing import Any

import orjson

from app.api import doubtful, wire_choice, wire_load, wire_marks, wire_units
from app.api.wire_forms import Json, feature, time_of
from app.live import News
from dispatch.board import Board
from dispatch.calls import TakenCall
from dispatch.ground import Ground
from dispatch.record import CaseFile
from dispatch.rules.workflow import IncidentState
from dispatch.scope import Role, Scope
from geo.finding import Asking
from geo.placement import Placement, VillageRef

load = wire_load.load  # by this name for all who answer with a load

SPECIAL = "prioritas_khusus"  # what a unit is told instead of a sensitive category
# A village head sees what happens, not where in whose house, and not who is sent.
_NOT_FOR_VILLAGE = (
    "place", "units", "level", "parts", "plan", "border_m", "off_m", "location",
    "contradictions",
)  # fmt: skip
_NOT_FOR_LEADER = ("location", "contradictions")
# Whoever passes by reads what hangs on a wall: neither the caller's words nor where in whose house.
_NOT_FOR_WALL = ("place", "location", "contradictions")
_CREW = ("crew", "shift_ends_at")


def incident_feature(
    row: Any, ground: Ground, scope: Scope, question: Asking | None = None
) -> Json:
    """An incident as GeoJSON (RFC 7946: lon, lat), cut to what the scope may see."""
    return _for_scope(row, _properties(row, ground, question), scope)


def _for_scope(row: Any, properties: Json, scope: Scope) -> Json:
    """The feature with what the scope may see of the properties, which stay as they are."""
    properties = dict(properties)
    if scope.role == Role.VILLAGE_HEAD:
        properties["chance"] = doubtful.chance_for(row, scope.village_code)
    lon, lat = (None, None) if scope.role == Role.WALLBOARD else (row.lon, row.lat)
    return feature(row.id, lon, lat, cut(properties, row.restricted_group, scope))


def _properties(row: Any, ground: Ground, question: Asking | None = None) -> Json:
    """All that the row tells of an incident, before any of it is cut: the same for every scope."""
    category = ground.catalogue.category(row.category_code)
    return {
        "kind": "incident",
        "category": category.code,
        "category_name": category.name_id,
        "category_name_en": category.name_en,
        "category_kind": category.kind,
        "restricted": row.restricted_group is not None,
        "priority": row.priority,
        "state": str(row.state),
        "place": row.place_text,
        "village": _village_of_row(row),
        "border_m": _rounded(row.border_m),
        "off_m": _rounded(row.off_m),
        "outside": row.outside,
        "opened_at": time_of(row.opened_at),
        "closed_at": time_of(row.closed_at),
        "after_hours": row.after_hours,
        "agencies": ground.catalogue.shorts(row.agency_ids),
        "units": list(row.call_signs),
        "level": row.level,
        "parts": list(row.parts),
        "plan": wire_choice.plan_of_row(row, ground),
        "demo": row.demo,
        "version": row.version,
        "edition": row.edition,
        "edition_status": row.edition_status,
        **doubtful.doubt_of(row, ground),
        "location": doubtful.location_of(row, ground, question),
    }


class _Alike:
    """What was made of the rows that the live wire told last.

    It reads each change for each scope, as row security lets it. Where two scopes read equal rows,
    their properties need not be made twice: in a flood that was most of the wire's work.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._ground: Ground | None = None
        self._made: dict[int, tuple[Any, Json]] = {}  # by incident

    def properties(self, row: Any, ground: Ground) -> Json:
        """As _properties(); not to be changed."""
        if ground is not self._ground or len(self._made) >= self._most:
            self._ground, self._made = ground, {}
        known = self._made.get(row.id)
        if known is None or known[0] != row:
            known = self._made[row.id] = (row, _properties(row, ground))
        return known[1]


_TOLD_LAST = _Alike(most=1000)


def cut(properties: Json, restricted_group: str | None, scope: Scope) -> Json:
    """The properties of an incident without what the scope's role may not see."""
    if scope.role == Role.VILLAGE_HEAD:
        return {k: v for k, v in properties.items() if k not in _NOT_FOR_VILLAGE}
    if scope.role == Role.LEADER:
        return {k: v for k, v in properties.items() if k not in _NOT_FOR_LEADER}
    if scope.role == Role.WALLBOARD:
        return {k: v for k, v in properties.items() if k not in _NOT_FOR_WALL}
    properties |= {"location": doubtful.cut_location(properties["location"], scope)}
    hidden = restricted_group is not None and restricted_group not in scope.groups
    if scope.role == Role.FIELD_UNIT and hidden:
        return properties | {
            "category": SPECIAL,
            "category_name": "Prioritas khusus",
            "category_name_en": "Special priority",
            "agencies": [],  # whose case it is would say what it is, and so would what it needs
            "parts": [],
            "plan": None,
            "contradictions": [],  # made of the caller's words
        }
    return properties


def unit_feature(row: Any, ground: Ground, scope: Scope) -> Json:
    """A unit as GeoJSON, cut to what the scope may see: a wallboard shows units, not people."""
    whole = wire_units.unit_feature(row, ground)
    if scope.role != Role.WALLBOARD:
        return whole
    properties = {k: v for k, v in whole["properties"].items() if k not in _CREW}
    return whole | {"properties": properties | {"assignment": None}}


def taken_feature(taken: TakenCall, ground: Ground, scope: Scope) -> Json | None:
    """The incident that a call has just opened, as its row will be read; None where it has none."""
    if not taken.opens or taken.incident_id is None:
        return None
    where, pin = taken.attribution, taken.report.pin
    standing = taken.placed.standing
    row = SimpleNamespace(
        id=taken.incident_id,
        category_code=taken.category.code,
        priority=taken.priority,
        state=IncidentState.NEW,
        place_text=taken.report.where,
        lon=pin.lon if pin else None,
        lat=pin.lat if pin else None,
        village_code=where.village.code if where.village else None,
        village_name=where.village.name if where.village else None,
        village_kind=where.village.kind if where.village else None,
        district=where.village.district if where.village else None,
        border_m=where.placement.border_m if where.placement else None,
        off_m=where.off_m,
        outside=where.outside,
        opened_at=taken.at,
        closed_at=None,
        after_hours=taken.after_hours,
        agency_ids=taken.agency_ids,
        restricted_group=taken.restricted_group,
        demo=taken.report.demo,
        version=1,
        edition=ground.locator.edition,
        edition_status=ground.locator.status,
        level=1,
        call_signs=(),
        parts=(),
        location=taken.placed.record,
        village_p=standing.village_p,
        doubt=standing.doubt,
        also_villages=standing.also,
        contradictions=taken.placed.contradictions,
    )
    return incident_feature(row, ground, scope, taken.placed.question)


def taken_call(taken: TakenCall, ground: Ground, scope: Scope) -> Json:
    """The answer to POST /api/calls, which is also kept for a repeated request."""
    placed, kept = taken.attribution.placement, taken.placed.record or {}
    against, village = taken.placed.contradictions, taken.attribution.village
    return {
        "call": taken.call_id,
        "incident": taken_feature(taken, ground, scope),
        "joined": None if taken.opens else taken.incident_id,
        "placement": placement(placed, taken.attribution.outside) if placed else None,
        "rule": taken.rule,
        "warnings": list(taken.warnings),
        "contradictions": doubtful.contradictions(against, kept, village, ground),
    }


def placement(placed: Placement, outside: bool | None = None) -> Json:
    """Where a point lies, with edition and status: no border is exact."""
    near = placed.nearest
    return {
        "village": village(placed.village),
        "border_m": _rounded(placed.border_m),
        "neighbour": village(placed.neighbour),
        "nearest": {**(village(near.village) or {}), "distance_m": _rounded(near.distance_m)}
        if near
        else None,
        "outside": placed.village is None if outside is None else outside,
        "edition": placed.edition,
        "status": placed.status,
    }


def village(of: VillageRef | None) -> Json | None:
    """A village by name and code."""
    if of is None:
        return None
    return {"code": of.code, "name": of.name, "kind": of.kind, "district": of.district}


def board(shown: Board, ground: Ground, scope: Scope) -> Json:
    """All that is open, and the cursor from which to listen on."""
    incidents = [incident_feature(r, ground, scope) for r in shown.incidents]
    return {
        "cursor": str(shown.cursor),
        "incidents": {"type": "FeatureCollection", "features": incidents},
        "units": {
            "type": "FeatureCollection",
            "features": [unit_feature(r, ground, scope) for r in shown.units],
        },
        "load": load(shown.load),
        "counts": wire_load.counts(shown),
        "total": wire_load.total(shown.total),
        "truncated": shown.truncated,
    }


def case(file: CaseFile) -> Json:
    """What belongs to a case beside the incident itself."""
    return {
        "calls": [
            {
                "id": c.id,
                "channel": str(c.channel),
                "class": str(c.call_class),
                "at": time_of(c.at),
                "where": c.said_where,
                "what": c.said_what,
                "phone_masked": c.phone_masked,
            }
            for c in file.calls
        ],
        "tickets": [
            {
                "id": t.id,
                "agency": t.short,
                "agency_code": t.code,
                "state": str(t.state),
                "rule": t.rule,
                "at": time_of(t.opened_at),
            }
            for t in file.tickets
        ],
        "assignments": [wire_units.assignment(a, file.steps) for a in file.assignments],
        "told": [wire_units.told(row) for row in file.told],
        "marks": [wire_marks.mark(row) for row in file.marks],
        "timeline": [
            {"at": time_of(h.at), "kind": h.kind, "by": h.actor, "unit": h.unit_id}
            for h in file.history
        ],
    }


def news(scope: Scope, told: News, ground: Ground) -> bytes:
    """Server-sent events; the id, on the last of them, lets a screen read on after a cut.

    Without an id while a load that belongs to them is still to be told.
    """
    if told.edition:
        return _event("edition", {}, told)
    events = [
        ("incident", _for_scope(r, _TOLD_LAST.properties(r, ground), scope)) for r in told.incidents
    ]
    events += [("unit", unit_feature(r, ground, scope)) for r in told.units]
    events += [("gone", {"kind": kind, "id": number}) for kind, number in told.gone]
    if told.load is not None:
        if told.load.villages:
            events.append(("load", load(told.load.villages)))
        events.append(("total", wire_load.total(told.load.total)))
    if not events:
        return b""
    *first, last = events
    return b"".join(_event(name, body) for name, body in first) + _event(*last, told)


def _event(name: str, body: Json, told: News | None = None) -> bytes:
    number = f"id: {told.cursor}\n" if told and told.whole else ""
    return f"{number}event: {name}\ndata: ".encode() + orjson.dumps(body) + b"\n\n"


def _village_of_row(row: Any) -> Json | None:
    if row.village_code is None:
        return None
    return {
        "code": row.village_code,
        "name": row.village_name,
        "kind": row.village_kind,
        "district": row.district,
    }


def _rounded(metres: float | None) -> float | None:
    return None if metres is None else round(metres, 1)
