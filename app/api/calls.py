"""/api/calls: a call comes in; and what belongs to a caller."""

from typing import Any

from flask import Blueprint, Response, jsonify, request

from app import i18n
from app.api import reading, wire
from app.api.reading import CallBody, PhoneBody, ReasonBody
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import contacts, history
from dispatch.calls import take_call
from dispatch.rules.tracking import code_of

bp = Blueprint("calls", __name__, url_prefix="/api")


@bp.post("/calls")
@needs(Right.LOG_CALLS)
def post_call() -> tuple[Response, int]:
    """Take a call. The same key gets the same answer, however often it is sent."""
    report = reading.call_report(reading.body(CallBody))
    key, scope, ground = _key(), me().scope, parts().ground()
    with parts().transaction(scope) as session:
        answer = take_call(
            session,
            report,
            parts().now(),
            ground,
            key=key,
            phone_key=parts().phone_key,
            write_answer=lambda taken: {
                **wire.taken_call(taken, ground, scope),
                "code": code_of(taken.call_id, parts().tracking_key),
            },
            language=i18n.language(),
            learns=parts().learns,
        )
    response = jsonify(answer.body)
    if answer.replayed:
        response.headers["Idempotent-Replay"] = "true"
    return response, 201


@bp.post("/callers")
@needs(Right.LOG_CALLS)
def post_caller() -> dict[str, Any]:
    """How often a number called before. In the body: a number has no place in an address."""
    phone = reading.body(PhoneBody).phone
    with parts().transaction(me().scope) as session:
        known = history.of_caller(session, phone, parts().phone_key)
    last = known.last_at.isoformat() if known.last_at else None
    return {"calls": known.calls, "pranks": known.pranks, "last_at": last}


@bp.post("/calls/<int:call_id>/contact")
@needs(Right.SEE_CONTACT)
def post_contact(call_id: int) -> dict[str, Any]:
    """Number and name of a caller; every look is logged."""
    reason = reading.body(ReasonBody).reason
    with parts().transaction(me().scope) as session:
        contact = contacts.contact_of(session, call_id, reason)
    return {"phone": contact.phone, "name": contact.name}


@bp.get("/calls/<int(max=4611686018427387904):call_id>/code")
@needs(Right.LOG_CALLS)
def get_code(call_id: int) -> dict[str, str]:
    """The code with which the reporter sees the report; every look is logged."""
    with parts().transaction(me().scope) as session:
        contacts.code_given(session, call_id)
    code = code_of(call_id, parts().tracking_key)
    base = (parts().settings.public_url or request.url_root).rstrip("/")
    return {"code": code, "url": f"{base}/lacak/{code}"}


def _key() -> str:
    """The client's idempotency key. Raises BadRequestField."""
    key = request.headers.get("Idempotency-Key", "")
    if not (8 <= len(key) <= 200 and key.isascii() and key.isprintable()):
        raise BadRequestField("Idempotency-Key", "send a header with 8 to 200 ASCII characters")
    return key
