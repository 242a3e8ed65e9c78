"""/api/assignments/ID/photos, /api/incidents/ID/photos, /api/photos/ID: pictures from the field."""

import threading
from datetime import datetime
from typing import Any

import gevent
from flask import Blueprint, Response, current_app, request, url_for
from gevent.monkey import is_module_patched

from app.api.fix_forms import iso
from app.api.reading import plain
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import photos, pictures
from dispatch.pictures import Picture
from dispatch.scope import Role

bp = Blueprint("photos", __name__, url_prefix="/api")

# Pictures that one process reads at a time: each may take 200 MB for a moment.
_AT_ONCE = threading.BoundedSemaphore(2)


@bp.post("/assignments/<int(max=4611686018427387904):assignment_id>/photos")
@needs(Right.MOVE_ASSIGNMENT)
def post_photo(assignment_id: int) -> tuple[Json, int]:
    """A picture of where the unit was sent to; under the same key it comes once."""
    key, claimed_at, sent = _key(), _claimed_at(), _image()
    scope = me().scope
    with parts().transaction(scope) as session:
        there = photos.known(session, assignment_id, key)
        if there is not None:
            return {"photo": _photo(photos.find(session, there))}, 200
    picture = _plain(sent)  # with no session open
    with parts().transaction(scope) as session:
        added = photos.add(session, assignment_id, picture, key, claimed_at, parts().now())
        row = photos.find(session, added.id) if added.id is not None else None
    return {"photo": _photo(row)}, 200 if added.again else 201


@bp.get("/incidents/<int(max=4611686018427387904):incident_id>/photos")
@needs(Right.SEE_INCIDENT)
def get_photos(incident_id: int) -> dict[str, Any]:
    """The photos of a case, oldest first."""
    with parts().transaction(me().scope) as session:
        rows = photos.of_incident(session, incident_id)
    return {"photos": [_photo(row) for row in rows]}


@bp.get("/photos/<int(max=4611686018427387904):photo_id>")
@needs(Right.SEE_PHOTO)
def get_photo(photo_id: int) -> Response:
    """The picture itself."""
    with parts().transaction(me().scope) as session:
        image, sensitive = photos.image_of(session, photo_id)
    answer = current_app.response_class(image, mimetype="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="foto-{photo_id}.jpg"'
    # A crew's phone goes from hand to hand: nothing of a case stays in it.
    passing = sensitive or me().role == Role.FIELD_UNIT
    answer.headers["Cache-Control"] = "no-store" if passing else "private, max-age=3600"
    return answer


def _key() -> str:
    key = plain(request.form.get("key", "")).strip()
    if not 1 <= len(key) <= photos.LONGEST_KEY:
        raise BadRequestField("key", f"key: give 1 to {photos.LONGEST_KEY} characters")
    return key


def _claimed_at() -> datetime | None:
    written = request.form.get("claimed_at", "")
    return iso("claimed_at", written) if written else None


def _image() -> bytes:
    sent = request.files.get("image")
    if sent is None:
        raise BadRequestField("image", "image: send a multipart form with a file named image")
    read: bytes = sent.read(pictures.MOST_BYTES_IN + 1)
    return read


def _plain(sent: bytes) -> Picture:
    """As pictures.plain, beside the worker's other requests, which would all wait for it."""
    with _AT_ONCE:
        if not is_module_patched("threading"):  # no gevent: this is a thread of its own
            return pictures.plain(sent)
        made: Picture = gevent.get_hub().threadpool.apply(pictures.plain, (sent,))
        return made


def _photo(row: Any) -> Json | None:
    """None for one that came from a crew whose task is over: it is there, but not theirs to see."""
    if row is None:
        return None
    return {
        "id": row.id,
        "at": time_of(row.at),
        "claimed_at": time_of(row.claimed_at),
        "by": row.by_name,
        "width": row.width,
        "height": row.height,
        "url": url_for("photos.get_photo", photo_id=row.id),
    }
