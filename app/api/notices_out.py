"""/api/subscriptions, /api/outbox: who is told of what, and what became of each message."""

from typing import Annotated, Any

from flask import Blueprint
from pydantic import Field

from app import seal
from app.api import reading
from app.api.reading import Body, Line
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import outbox, telling
from dispatch.regency.notices import CHANNELS, WANTED, is_address
from dispatch.rows import AnyRow
from dispatch.rules.telling import REPORTERS, SUBSCRIBABLE
from dispatch.schema import Subscription
from dispatch.telling import Change, NewSubscription

bp = Blueprint("notices_out", __name__, url_prefix="/api")

MOST = 100  # messages at a time
STATES = (outbox.WAITING, outbox.SENT, outbox.DEAD, outbox.DROPPED)
Events = Annotated[list[Line], Field(max_length=len(SUBSCRIBABLE))]


class SubscriptionBody(Body):
    """Body of POST /api/subscriptions."""

    agency: Line | None = None  # code; None: the room
    channel: Line
    to: Annotated[str, Field(min_length=1, max_length=500)]
    events: Events = Field(default_factory=list)
    digest: bool = False


class ChangeBody(Body):
    """Body of PATCH /api/subscriptions/ID."""

    events: Events | None = None
    digest: bool | None = None
    active: bool | None = None
    rotate: bool = False


@bp.get("/subscriptions")
@needs(Right.MANAGE_NOTICES)
def get_subscriptions() -> Json:
    """All who are told, and what can be chosen."""
    with parts().transaction(me().scope) as session:
        rows = telling.list_of(session)
        agencies = telling.agencies(session)
    return {
        "subscriptions": [_subscription(r.Subscription, r.code, r.short) for r in rows],
        "agencies": [{"code": a.code, "short": a.short, "name": a.name} for a in agencies],
        "events": [event.value for event in SUBSCRIBABLE],
        "channels": list(CHANNELS),
    }


@bp.post("/subscriptions")
@needs(Right.MANAGE_NOTICES)
def post_subscription() -> tuple[Json, int]:
    """Tell somebody from now on. The secret of a webhook is told in this answer and never again."""
    read = reading.body(SubscriptionBody)
    to = read.to.strip()
    if read.channel not in CHANNELS:
        raise BadRequestField("channel", f"channel: give one of {', '.join(CHANNELS)}")
    if not is_address(read.channel, to):
        raise BadRequestField("to", f"to: give {WANTED[read.channel]}")
    secret = seal.new_secret() if read.channel == "webhook" else None
    with parts().transaction(me().scope) as session:
        agency_id = telling.agency_id_of(session, read.agency) if read.agency else None
        new = NewSubscription(
            agency_id,
            read.channel,
            to,
            _events(read.events),
            read.digest,
            _sealed(secret) if secret else None,
        )
        row = telling.find(session, telling.add(session, new))
        return _subscription(row, read.agency) | ({"secret": secret} if secret else {}), 201


@bp.patch("/subscriptions/<int(max=2147483647):subscription_id>")
@needs(Right.MANAGE_NOTICES)
def patch_subscription(subscription_id: int) -> Json:
    """Change, stop, begin again; `rotate` gives a webhook a new secret beside the old one."""
    read = reading.body(ChangeBody)
    with parts().transaction(me().scope) as session:
        secret = None
        if read.rotate:
            secret = seal.new_secret()
            kept = _kept_secrets(telling.find(session, subscription_id))
            sealed = _sealed(" ".join([secret, *kept[:1]]))
        wanted = Change(
            events=None if read.events is None else _events(read.events),
            digest=read.digest,
            active=read.active,
            secret=sealed if secret else None,
        )
        row = telling.change(session, subscription_id, wanted)
        return _subscription(row) | ({"secret": secret} if secret else {})


@bp.delete("/subscriptions/<int(max=2147483647):subscription_id>")
@needs(Right.MANAGE_NOTICES)
def delete_subscription(subscription_id: int) -> Json:
    """Tell that address no longer."""
    with parts().transaction(me().scope) as session:
        telling.remove(session, subscription_id)
    return {"id": subscription_id}


@bp.post("/subscriptions/<int(max=2147483647):subscription_id>/try")
@needs(Right.MANAGE_NOTICES)
def post_trial(subscription_id: int) -> tuple[Json, int]:
    """Send a trial there; what becomes of it stands in the outbox."""
    with parts().transaction(me().scope) as session:
        message = telling.try_one(session, subscription_id, parts().now())
    return {"message": message}, 201


@bp.get("/outbox")
@needs(Right.MANAGE_NOTICES)
def get_outbox() -> Json:
    """Messages, the newest first, without what they say; and how the outbox does."""
    state = reading.query_word("state")
    if state is not None and state not in STATES:
        raise BadRequestField("state", f"state: give one of {', '.join(STATES)}")
    before = reading.query_word("before") and reading.query_whole("before", 1, 999_999_999)
    with parts().transaction(me().scope) as session:
        rows = outbox.page(session, state, before or None, MOST)
        standing = outbox.standing(session, parts().now())
    return {
        "messages": [_message(row) for row in rows],
        "next": rows[-1].id if len(rows) == MOST else None,
        "standing": {
            "waiting": standing.waiting,
            "dead": standing.dead,
            "sent_day": standing.sent_day,
            "overdue_since": time_of(standing.overdue_since),
        },
    }


@bp.post("/outbox/<int(max=9223372036854775807):message_id>/again")
@needs(Right.MANAGE_NOTICES)
def post_again(message_id: int) -> Json:
    """Try a dead letter anew."""
    with parts().transaction(me().scope) as session:
        return _message(outbox.send_again(session, message_id, parts().now()))


def _events(given: list[str]) -> tuple[str, ...]:
    """Each once, in the order of the list. Raises BadRequestField."""
    known = [event.value for event in SUBSCRIBABLE]
    for event in given:
        if event not in known:
            raise BadRequestField("events", f"events: give some of {', '.join(known)}")
    return tuple(event for event in known if event in given)


def _sealed(secrets: str) -> str:
    return seal.seal(secrets, parts().settings.secret_key)


def _kept_secrets(row: Subscription) -> list[str]:
    """Raises BadRequestField where the secret is not ours to change."""
    kept = row.secret or ""
    if row.channel != "webhook" or (kept and not kept.startswith(seal.MARK)):
        raise BadRequestField("rotate", "rotate: its secret stands in the settings, or it has none")
    try:
        return seal.unseal(kept, parts().settings.secret_key).split() if kept else []
    except seal.BrokenSeal:
        return []


def _subscription(row: Subscription, code: str | None = None, short: str | None = None) -> Json:
    return {
        "id": row.id,
        "agency": {"code": code, "short": short} if code is not None else None,
        "channel": row.channel,
        "to": row.to,
        "reporters": row.to == REPORTERS,
        "events": list(row.events),
        "digest": row.digest,
        "active": row.active,
        "from_files": row.from_files,
        "own_secret": (row.secret or "").startswith(seal.MARK),
    }


def _message(row: AnyRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "channel": row.channel,
        "to": row.to,
        "event": row.template,
        "urgent": row.urgent,
        "ticket": row.ticket_id,
        "made_at": time_of(row.made_at),
        "state": row.state,
        "tries": row.tries,
        "next_at": time_of(row.next_at),
        "sent_at": time_of(row.sent_at),
        "trouble": row.trouble,
    }
