"""/api/push: a browser of the asker takes Web Push, or no longer."""

from typing import Annotated
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from flask import Blueprint, request
from pydantic import Field

from app import vapid
from app.api import reading
from app.api.reading import Body
from app.api.wire_forms import Json
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import telling

bp = Blueprint("push", __name__, url_prefix="/api")

AUTH_BYTES = 16
LONGEST = 1000


class KeysBody(Body):
    """What only this browser can read by."""

    p256dh: Annotated[str, Field(max_length=200)]
    auth: Annotated[str, Field(max_length=100)]


class PushBody(Body):
    """Body of POST /api/push: a PushSubscription as browsers write it."""

    endpoint: Annotated[str, Field(max_length=LONGEST)]
    keys: KeysBody


@bp.get("/push")
@needs(Right.LOGGED_IN)
def get_push() -> Json:
    """The key that a browser needs to subscribe, and how many browsers the asker has."""
    key = vapid.ensure(parts().settings.state_folder)
    with parts().transaction(me().scope) as session:
        return {"key": vapid.public(key), "browsers": telling.browsers_of(session)}


@bp.post("/push")
@needs(Right.LOGGED_IN)
def post_push() -> tuple[Json, int]:
    """From now on this browser takes pushes for the asker."""
    read = reading.body(PushBody)
    _check_endpoint(read.endpoint)
    _check_keys(read.keys)
    with parts().transaction(me().scope) as session:
        browser = telling.take_browser(
            session, read.endpoint, read.keys.p256dh, read.keys.auth, parts().now()
        )
    return {"id": browser}, 201


@bp.delete("/push")
@needs(Right.LOGGED_IN)
def delete_push() -> Json:
    """No pushes to the browser whose address stands in ?endpoint= any more."""
    with parts().transaction(me().scope) as session:
        telling.leave_browser(session, request.args.get("endpoint", "").replace("\x00", ""))
    return {}


def _check_endpoint(endpoint: str) -> None:
    """Its form; whether it is public is seen when it is called (app/sender/guarded.py)."""
    try:
        right = urlsplit(endpoint).scheme == "https" and bool(urlsplit(endpoint).hostname)
    except ValueError:
        right = False
    if not (right and endpoint.isascii() and endpoint.isprintable()):
        raise BadRequestField("endpoint", "endpoint: give the https address of a push service")


def _check_keys(keys: KeysBody) -> None:
    try:
        point = vapid.unb64(keys.p256dh)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise BadRequestField("keys.p256dh", "keys.p256dh: no point of the curve P-256") from None
    try:
        right = len(vapid.unb64(keys.auth)) == AUTH_BYTES
    except ValueError:
        right = False
    if not right:
        raise BadRequestField("keys.auth", f"keys.auth: give {AUTH_BYTES} bytes")
