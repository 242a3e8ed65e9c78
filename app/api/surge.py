"""/api/surge and /api/proposals: many incidents at once, proposed together, sent by a person."""

from time import perf_counter
from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from app.api import reading
from app.api.reading import Body, Line, Number
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import surge
from dispatch.rules.matching import Level, Matching
from dispatch.surge import Kept, Surge, Wanted

bp = Blueprint("surge", __name__, url_prefix="/api")

MOST = 500
Id = Annotated[int, Field(ge=1, le=2**62)]


class SurgeBody(Body):
    incidents: Annotated[list[Id], Field(min_length=1, max_length=MOST)] | None = None


class ProposalBody(Body):
    incident: Id
    unit: Number
    part: Line | None = None


class ProposalsBody(Body):
    proposals: Annotated[list[ProposalBody], Field(min_length=1, max_length=MOST)]


class IdsBody(Body):
    ids: Annotated[list[Id], Field(min_length=1, max_length=MOST)]


@bp.post("/surge")
@needs(Right.DISPATCH)
def post_surge() -> Json:
    """Who should go where, for all that lacks something. Nothing is sent, nothing kept."""
    asked = reading.body(SurgeBody).incidents
    began = perf_counter()
    with parts().transaction(me().scope) as session:
        found = surge.propose(session, parts().ground(), asked, parts().now())
    return _surge(found) | {"milliseconds": round(1000 * (perf_counter() - began))}


@bp.get("/proposals")
@needs(Right.DISPATCH)
def get_proposals() -> Json:
    """What is proposed and waits for a person."""
    with parts().transaction(me().scope) as session:
        return {"proposals": [_kept(one) for one in surge.proposals(session)]}


@bp.post("/proposals")
@needs(Right.DISPATCH)
def post_proposals() -> Json:
    """Keep them for all dispatchers."""
    wanted = [Wanted(p.incident, p.unit, p.part) for p in reading.body(ProposalsBody).proposals]
    _check_once(wanted)
    with parts().transaction(me().scope) as session:
        kept = surge.keep(session, parts().ground(), wanted, parts().now())
    return {"proposals": [_kept(one) for one in kept]}


@bp.post("/proposals/send")
@needs(Right.DISPATCH)
def post_proposals_send() -> Json:
    """Send each that still can be; the others are told why not."""
    sent: list[int] = []
    refused: list[Json] = []
    for proposal_id in dict.fromkeys(reading.body(IdsBody).ids):
        with parts().transaction(me().scope) as session:
            why = surge.send_one(session, parts().ground(), proposal_id, parts().now())
        if why is None:
            sent.append(proposal_id)
        else:
            refused.append({"id": proposal_id, "why": why})
    return {"sent": sent, "refused": refused}


@bp.post("/proposals/drop")
@needs(Right.DISPATCH)
def post_proposals_drop() -> Json:
    """Take them back."""
    ids = reading.body(IdsBody).ids
    with parts().transaction(me().scope) as session:
        return {"dropped": surge.drop(session, ids, parts().now())}


def _check_once(wanted: list[Wanted]) -> None:
    """One unit goes to one place."""
    seen: set[int] = set()
    for one in wanted:
        if one.unit_id in seen:
            raise BadRequestField("proposals", f"unit {one.unit_id} stands there twice: once only")
        seen.add(one.unit_id)


def _surge(found: Surge) -> Json:
    return {
        "as_of": time_of(found.as_of),
        "proposals": [
            {
                "incident": p.incident_id,
                "unit": p.unit_id,
                "call_sign": p.call_sign,
                "part": p.part,
                "expected_s": round(p.expected_s),
                "p_target": round(p.p_target, 3),
                "why": p.why,
                "why_en": p.why_en,
            }
            for p in found.proposals
        ],
        "unmet": [
            {
                "incident": u.incident_id,
                "part": u.part,
                "why": u.why,
                "why_en": u.why_en,
                "wished": u.wished,
            }
            for u in found.unmet
        ],
        "objective": _objective(found.ours),
        "nearest_first": _objective(found.nearest_first),
        "better": found.better,
        "better_en": found.better_en,
        "proven": found.ours.proven,
    }


def _objective(matching: Matching) -> Json:
    return {
        "unmet": sum(level.empty for level in matching.levels),
        "seconds": round(sum(level.times_s for level in matching.levels)),
        "levels": [_level(level) for level in matching.levels],
    }


def _level(level: Level) -> Json:
    return {
        "priority": level.priority,
        "slots": level.slots,
        "unmet": level.empty,
        "seconds": round(level.times_s),
        "longest_s": round(level.longest_s),
        "cost_s": level.cost / 10,
    }


def _kept(one: Kept) -> dict[str, Any]:
    return {
        "id": one.assignment_id,
        "incident": one.incident_id,
        "unit": one.unit_id,
        "call_sign": one.call_sign,
        "part": one.part,
        "eta": one.eta,
        "proposed_at": time_of(one.proposed_at),
        "by": one.by,
    }
