"""/api/tickets/ID/proofs, /api/proofs/ID, /api/tickets/ID/links: proof of work, who brings it."""

import hashlib
import threading
from typing import Annotated, Any

import gevent
from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _
from gevent.monkey import is_module_patched
from pydantic import BeforeValidator, Field
from sqlalchemy.orm import Session

from app.api import reading, wire_proofs
from app.api.reading import Body, Line, plain
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right, may
from app.errors import BadRequestField, NotAllowed
from app.parts import parts
from dispatch import contractors, pictures, proofs, ticket_file, tickets
from dispatch.pictures import BadPhoto, SealedPhoto
from dispatch.proofs import Looked
from dispatch.rules.post_links import BadLink
from dispatch.rules.ticketing import TicketState

bp = Blueprint("proofs", __name__, url_prefix="/api")

# Pictures that one process reads at a time, beside those of crews: each may take 200 MB.
_AT_ONCE = threading.BoundedSemaphore(1)
REJECTED = "bukti_tidak_sesuai"  # reason of the step back to work

Key = Annotated[str, Field(min_length=1, max_length=proofs.LONGEST_KEY)]
Note = Annotated[
    str,
    BeforeValidator(lambda value: value.replace("\x00", "") if isinstance(value, str) else value),
    Field(max_length=proofs.LONGEST_NOTE),
]


class PostBody(Body):
    """A link to the agency's post."""

    url: Annotated[str, Field(max_length=2000)]
    key: Key
    note: Note = ""


class LookBody(Body):
    """What the room thinks of a proof."""

    accepted: bool
    reason: Note = ""


class LinkBody(Body):
    """A link for a contractor."""

    name: Annotated[Line, Field(min_length=1, max_length=contractors.LONGEST_NAME)]
    days: Annotated[int, Field(ge=1, le=contractors.MOST_DAYS)]
    note: Note = ""


@bp.post("/tickets/<int(max=4611686018427387904):ticket_id>/proofs")
@needs(Right.SEE_INBOX)
def post_proof(ticket_id: int) -> tuple[Json, int]:
    """A photo (multipart: photo, note, key) or the address of a post (JSON: url, note, key)."""
    _check_works()
    if request.is_json:
        return _post_link(ticket_id)
    key, note = form_key(), form_note("note")
    with parts().transaction(me().scope) as session:
        there = proofs.known(session, ticket_id, key)
    if there is not None:
        return _told(there), 200
    photo = read_photo(sent_photo())  # with no session open
    with parts().transaction(me().scope) as session:
        brought = proofs.add_photo(
            session, ticket_id, photo, note, key, parts().now(), parts().ground()
        )
        row = proofs.find(session, brought.id)
    return _told(row), 200 if brought.again else 201


@bp.get("/proofs/<int(max=4611686018427387904):proof_id>")
@needs(Right.SEE_INBOX)
def get_proof(proof_id: int) -> Response:
    """The photo itself."""
    with parts().transaction(me().scope) as session:
        image = proofs.image_of(session, proof_id)
    answer = current_app.response_class(image, mimetype="image/jpeg")
    answer.headers["Content-Disposition"] = f'inline; filename="bukti-{proof_id}.jpg"'
    answer.headers["Cache-Control"] = "no-store"
    answer.set_etag(hashlib.sha256(image).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


@bp.post("/proofs/<int(max=4611686018427387904):proof_id>/look")
@needs(Right.VERIFY)
def post_look(proof_id: int) -> Json:
    """The room takes a proof, or rejects it with a reason: then the work goes on."""
    said = reading.body(LookBody)
    reason = said.reason.strip()
    if not said.accepted and len(reason) < 3:
        raise BadRequestField("reason", _("Tulis mengapa bukti ini ditolak."))
    with parts().transaction(me().scope) as session:
        if not said.accepted:
            _send_back(session, proof_id, reason)
        looked = proofs.look(session, proof_id, accepted=said.accepted)
        row = proofs.find(session, proof_id)
    return wire_proofs.proof(row) | _stands(looked)


@bp.get("/tickets/<int(max=4611686018427387904):ticket_id>/links")
@needs(Right.SEE_INBOX)
def get_links(ticket_id: int) -> Json:
    """Links of the ticket, the newest first; what opens is not among it."""
    with parts().transaction(me().scope) as session:
        ticket_file.check_seen(session, ticket_id)
        rows = contractors.of_ticket(session, ticket_id)
    return {"links": [wire_proofs.link(row) for row in rows]}


@bp.post("/tickets/<int(max=4611686018427387904):ticket_id>/links")
@needs(Right.WORK_TICKET)
def post_link(ticket_id: int) -> tuple[Json, int]:
    """A new link: its address is told in this answer and never again."""
    said, scope = reading.body(LinkBody), me().scope
    name = " ".join(plain(said.name).split())
    if not name:
        raise BadRequestField("name", _("Tulis nama rekanan."))
    with parts().transaction(scope) as session:
        made = contractors.make(session, ticket_id, name, said.days, said.note, parts().now())
    base = (parts().settings.public_url or request.url_root).rstrip("/")
    url = base + url_for("work_link.get_task", token=made.token)
    return {"id": made.id, "url": url, "expires_at": time_of(made.expires_at)}, 201


@bp.delete("/links/<int(max=2147483647):link_id>")
@needs(Right.WORK_TICKET)
def delete_link(link_id: int) -> Json:
    """It opens nothing any more."""
    with parts().transaction(me().scope) as session:
        ticket_id = contractors.revoke(session, link_id, parts().now())
    return {"id": link_id, "ticket": ticket_id}


def sent_photo() -> bytes:
    """The file of the form. Raises BadRequestField."""
    sent = request.files.get("photo")
    if sent is None or not sent.filename:
        raise BadRequestField("photo", _("Pilih sebuah foto dulu."))
    read: bytes = sent.read(pictures.MOST_BYTES_PROOF + 1)
    return read


def form_key() -> str:
    """The client's key of the form. Raises BadRequestField."""
    key = plain(request.form.get("key", "")).strip()
    if not 1 <= len(key) <= proofs.LONGEST_KEY:
        raise BadRequestField("key", f"key: give 1 to {proofs.LONGEST_KEY} characters")
    return key


def form_note(name: str) -> str:
    """Words of the form, without zero bytes. Raises BadRequestField."""
    note = request.form.get(name, "").replace("\x00", "").strip()
    if len(note) > proofs.LONGEST_NOTE:
        most = proofs.LONGEST_NOTE
        raise BadRequestField(name, _("Keterangan paling panjang %(most)s huruf.", most=most))
    return note


def read_photo(sent: bytes) -> SealedPhoto:
    """As pictures.sealed, beside the worker's other requests. Raises BadRequestField."""
    try:
        return _read(sent)
    except BadPhoto as bad:
        raise BadRequestField("photo", wire_proofs.refused(bad.why)) from None


def _read(sent: bytes) -> SealedPhoto:
    zone = parts().regency.hours.zone
    with _AT_ONCE:
        if not is_module_patched("threading"):  # no gevent: this is a thread of its own
            return pictures.sealed(sent, zone)
        made: SealedPhoto = gevent.get_hub().threadpool.apply(pictures.sealed, (sent, zone))
        return made


def _check_works() -> None:
    """Whoever sees an inbox but neither works nor verifies, a leader, brings no proof."""
    if not (may(me().role, Right.WORK_TICKET) or may(me().role, Right.VERIFY)):
        raise NotAllowed(f"{me().role} brings no proof")


def _post_link(ticket_id: int) -> tuple[Json, int]:
    said = reading.body(PostBody)
    key = plain(said.key).strip() or said.key
    with parts().transaction(me().scope) as session:
        try:
            brought = proofs.add_link(session, ticket_id, said.url, said.note, key, parts().now())
        except BadLink as bad:
            sentence = _(
                "Tautan ini tidak dapat dipakai. Salin alamat lengkap unggahan, mulai https://"
            )
            raise BadRequestField("url", f"{sentence} ({bad})") from None
        row = proofs.find(session, brought.id)
    return _told(row), 200 if brought.again else 201


def _send_back(session: Session, proof_id: int, reason: str) -> None:
    """What was said to be done is not: the ticket goes back to work.

    Before the proof is written, for a move locks the case first.
    """
    stands = proofs.ticket_of(session, proof_id)
    if stands.state is not TicketState.FOLLOWED_UP:
        return
    move = tickets.Move(to=TicketState.IN_WORK, reason=REJECTED, note=reason)
    now, ground = parts().now(), parts().ground()
    tickets.move(session, stands.ticket_id, move, stands.version, now, ground)


def _told(row: Any) -> Json:
    return wire_proofs.proof(row) | {"warnings": wire_proofs.warnings(row)}


def _stands(looked: Looked) -> Json:
    return {"ticket": looked.ticket_id, "state": looked.state.value, "version": looked.version}
