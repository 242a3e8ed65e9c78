"""/api/analysis-notes: what planners wrote on the map of an analysis, for a meeting."""

from typing import Annotated

from flask import Blueprint, request
from flask_babel import gettext as _
from pydantic import BeforeValidator, Field

from app.api import reading
from app.api.reading import Body, Line, plain
from app.api.reading_filters import only_known
from app.api.wire_forms import Json, time_of
from app.auth.guard import me, needs
from app.auth.roles import Right
from app.errors import BadRequestField
from app.parts import parts
from dispatch import analysis_notes
from dispatch.analysis_notes import LONGEST_MEETING, LONGEST_WORDS, Note
from dispatch.placing import attribute_pin
from geo.point import Point, pin_at

bp = Blueprint("analysis_notes", __name__, url_prefix="/api/analysis-notes")


class NoteBody(Body):
    """Body of POST /api/analysis-notes."""

    meeting: Line = ""
    lon: float
    lat: float
    words: Annotated[
        str,
        BeforeValidator(lambda value: plain(value) if isinstance(value, str) else value),
        Field(max_length=20_000),
    ]


@bp.get("")
@needs(Right.ANALYSE)
def get_notes() -> Json:
    """Notes of ?meeting= ("" where none is given), and the meetings that have any."""
    only_known(("meeting",))
    meeting = _meeting(request.args.get("meeting", ""))
    with parts().transaction(me().scope) as session:
        notes = analysis_notes.read(session, meeting)
        known = analysis_notes.meetings(session)
    return {"meeting": meeting, "meetings": list(known), "notes": [_wire(note) for note in notes]}


@bp.post("")
@needs(Right.ANALYSE)
def post_note() -> tuple[Json, int]:
    """Write a note at a point of the regency."""
    read = reading.body(NoteBody)
    words = read.words.strip()
    if not 1 <= len(words) <= LONGEST_WORDS:
        raise BadRequestField(
            "words", _("words: tulis catatannya, paling banyak %(n)s huruf", n=LONGEST_WORDS)
        )
    with parts().transaction(me().scope) as session:
        note = analysis_notes.add(
            session, _meeting(read.meeting), _place(read), words, parts().now()
        )
    return _wire(note), 201


@bp.delete("/<int(max=9223372036854775807):note_id>")
@needs(Right.ANALYSE)
def delete_note(note_id: int) -> Json:
    """Take back an own note; 404 for anybody else's."""
    with parts().transaction(me().scope) as session:
        analysis_notes.remove(session, note_id, parts().now())
    return {"id": note_id}


def _place(read: NoteBody) -> Point:
    """Where the note is put, on the regency's ground or just off its shore.

    Raises BadPoint for what is no place of the country, BadRequestField for one elsewhere.
    """
    place, ground = pin_at(read.lon, read.lat), parts().ground()
    if attribute_pin(place, ground).outside:
        west, south, east, north = (round(float(edge), 3) for edge in ground.bounds)
        raise BadRequestField(
            "lon",
            _(
                "lon, lat: %(lon)s, %(lat)s di luar wilayah; beri titik di salah satu desa atau "
                "paling jauh %(shore)s m dari pantainya (bujur %(west)s sampai %(east)s, lintang "
                "%(south)s sampai %(north)s)",
                lon=read.lon, lat=read.lat, shore=round(ground.regency.shore_m),
                west=west, east=east, south=south, north=north,
            ),
        )  # fmt: skip
    return place


def _meeting(written: str) -> str:
    """The name of the meeting with single spaces. Raises BadRequestField."""
    meeting = " ".join(plain(written).split())
    if len(meeting) > LONGEST_MEETING:
        raise BadRequestField(
            "meeting", _("meeting: nama rapat paling banyak %(n)s huruf", n=LONGEST_MEETING)
        )
    return meeting


def _wire(note: Note) -> Json:
    return {
        "id": note.id,
        "meeting": note.meeting,
        "lon": round(note.point.lon, 6),
        "lat": round(note.point.lat, 6),
        "words": note.words,
        "author": note.author,
        "made_at": time_of(note.made_at),
        "own": note.user_id == me().scope.user_id,
    }
