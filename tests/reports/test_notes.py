"""Notes for a meeting: who sees them, who takes them back, what is refused, what the log keeps."""

import io
from typing import Any

import numpy as np
import pytest
import shapely
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app import i18n
from app.press import find_program
from dispatch import analysis_notes
from dispatch.analysis_notes import LONGEST_MEETING, LONGEST_WORDS, MOST_NOTES
from dispatch.errors import Unknown
from dispatch.scope import Scope
from geo.point import Point
from tests.reports.conftest import SINCE, UNTIL, Town

PATH = "/api/analysis-notes"
SPOT = {"lon": 110.66, "lat": -6.6}
QUERY = f"since={SINCE}&until={UNTIL}&category=jalan"


def write(client: FlaskClient, words: str, meeting: str = "", **more: Any) -> dict[str, Any]:
    answer = client.post(PATH, json={"words": words, "meeting": meeting, **SPOT, **more})
    assert answer.status_code == 201, answer.get_data(as_text=True)
    note: dict[str, Any] = answer.get_json()
    return note


def words_of(client: FlaskClient, meeting: str = "") -> list[str]:
    answer = client.get(PATH, query_string={"meeting": meeting})
    assert answer.status_code == 200
    return [note["words"] for note in answer.get_json()["notes"]]


def logged(town: Town, kind: str) -> list[Any]:
    with town.as_owner() as session:
        found = session.execute(
            text("SELECT actor, facts FROM log_entry WHERE kind = :kind ORDER BY id"),
            {"kind": kind},
        )
        return list(found.all())


def scope_of(town: Town, login: str) -> Scope:
    with town.as_owner() as session:
        role, user, name = session.execute(
            text("SELECT role, id, name FROM app_user WHERE login = :login"), {"login": login}
        ).one()
    return Scope(role, user_id=user, name=name)


def test_only_its_writer_takes_a_note_back_and_the_log_keeps_both_without_its_words(
    town: Town,
) -> None:
    planner, regent = town.client("perencana"), town.client("bupati")
    note = write(planner, "kenari7 jembatan", "Lapangan")
    assert note["own"]
    assert words_of(regent, "Lapangan") == ["kenari7 jembatan"]
    assert regent.delete(f"{PATH}/{note['id']}", json={}).status_code == 404
    assert words_of(planner, "Lapangan") == ["kenari7 jembatan"]
    assert planner.delete(f"{PATH}/{note['id']}", json={}).status_code == 200
    assert planner.delete(f"{PATH}/{note['id']}", json={}).status_code == 404
    assert words_of(regent, "Lapangan") == []
    made = [facts for _, facts in logged(town, "analysis.noted") if facts["note"] == note["id"]]
    gone = [facts for _, facts in logged(town, "analysis.note_removed")]
    assert made == gone == [{"note": note["id"]}]
    assert "kenari7" not in str(logged(town, "analysis.noted"))


def test_notes_of_no_meeting_and_of_each_meeting_are_kept_apart(town: Town) -> None:
    planner = town.client("perencana")
    write(planner, "tanpa rapat", "   ")
    write(planner, "rapat satu", "Rapat   satu")
    assert words_of(planner, "") == ["tanpa rapat"]
    assert words_of(planner, "Rapat satu") == ["rapat satu"]
    assert words_of(planner, "Rapat dua") == []
    meetings = planner.get(PATH).get_json()["meetings"]
    assert "Rapat satu" in meetings
    assert "" not in meetings


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"words": "   "}, "words"),
        ({"words": "a" * (LONGEST_WORDS + 1)}, "words"),
        ({"meeting": "a" * (LONGEST_MEETING + 1)}, "meeting"),
        ({"lat": "utara"}, "lat"),
        ({"lon": None}, "lon"),
    ],
)
def test_a_note_that_cannot_be_kept_is_refused_by_its_field(
    town: Town, body: dict[str, Any], field: str
) -> None:
    client = town.client("perencana")
    before = len(logged(town, "analysis.noted"))
    answer = client.post(PATH, json={"words": "boleh", "meeting": "", **SPOT, **body})
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.get_json()["field"] == field
    assert len(logged(town, "analysis.noted")) == before


def test_a_note_outside_the_country_is_refused_with_its_numbers(town: Town) -> None:
    client = town.client("perencana")
    answer = client.post(PATH, json={"words": "boleh", "lon": 300, "lat": -6.6})
    assert answer.status_code == 422
    assert "300" in answer.get_json()["detail"]


def off_shore(town: Town, metres: float) -> Point:
    """A place so far north of the coast, with no village nearer."""
    ground = town.parts.ground()
    west, _, east, north = ground.bounds
    for lon in np.linspace(west, east, 200):
        column = shapely.LineString([(lon, north + 0.1), (lon, north - 1)])
        met = shapely.intersection(column, shapely.union_all(list(ground.locator.areas)))
        if met.is_empty:
            continue
        place = Point(lon=float(lon), lat=float(met.bounds[3] + metres / 110_600))
        near = ground.locator.placement_at(place).nearest
        if near is not None and abs(near.distance_m - metres) < 20:
            return place
    raise AssertionError("no straight coast")


def post_at(town: Town, place: Point, login: str = "perencana") -> Any:
    body = {"words": "di sini", "lon": place.lon, "lat": place.lat}
    return town.client(login).post(PATH, json=body)


def test_a_note_lies_in_the_regency_or_just_off_its_shore(town: Town) -> None:
    shore = town.parts.regency.shore_m
    inside = post_at(town, off_shore(town, shore - 40))
    assert inside.status_code == 201, inside.get_data(as_text=True)
    kudus, java_sea = Point(lon=110.84, lat=-6.8), Point(lon=110.55, lat=-6.1)
    noted = len(logged(town, "analysis.noted"))
    for place in (off_shore(town, shore + 60), kudus, java_sea):
        refused = post_at(town, place)
        assert (refused.status_code, refused.get_json()["field"]) == (422, "lon")
        told = refused.get_json()["detail"]
        assert all(word in told for word in (str(place.lon), str(place.lat), f"{shore:g} m"))
    assert len(logged(town, "analysis.noted")) == noted


def test_on_the_english_screen_a_note_elsewhere_is_refused_in_english(town: Town) -> None:
    client = town.client("bupati")
    client.set_cookie(i18n.COOKIE, "en")
    refused = client.post(PATH, json={"words": "here", "lon": 110.84, "lat": -6.8})
    assert "lies outside the regency" in refused.get_json()["detail"]


def test_a_meeting_takes_only_as_many_notes_as_can_be_talked_about(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_NOTES > 2
    monkeypatch.setattr(analysis_notes, "MOST_NOTES", 2)
    planner = town.client("perencana")
    for nth in range(2):
        write(planner, f"catatan {nth}", "Penuh")
    full = planner.post(PATH, json={"words": "satu lagi", "meeting": "Penuh", **SPOT})
    assert (full.status_code, full.get_json()["type"]) == (409, "TooManyNotes")
    write(planner, "di rapat lain", "Belum penuh")


def test_the_database_itself_hides_notes_and_lets_nobody_write_as_another(town: Town) -> None:
    note = write(town.client("perencana"), "hanya untuk perencana", "Tertutup")
    for login in ("operator1", "dispatcher1", "tegalsambi", "pupr1"):
        with town.as_scope(scope_of(town, login)) as session:
            assert analysis_notes.read(session, "Tertutup") == []
            assert session.scalar(text("SELECT count(*) FROM analysis_note")) == 0
        assert town.client(login).get(PATH).status_code == 403
    regent, planner = scope_of(town, "bupati"), scope_of(town, "perencana")
    with town.as_scope(regent) as session:
        assert [one.words for one in analysis_notes.read(session, "Tertutup")] == [note["words"]]
        with pytest.raises(Unknown):
            analysis_notes.remove(session, note["id"], town.parts.now())
        changed = session.execute(text("UPDATE analysis_note SET text = 'lain'"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]  # of an UPDATE there is one
    forged = text(
        "INSERT INTO analysis_note (ask, point, text, by_user, by_name, at) VALUES"
        " ('{}', ST_SetSRID(ST_MakePoint(110.6, -6.6), 4326), 'palsu', :user, 'palsu', now())"
    )
    with pytest.raises(ProgrammingError, match="row-level security"), town.as_scope(regent) as s:
        s.execute(forged, {"user": planner.user_id})


def test_a_note_belongs_to_who_asks_in_the_library_too(town: Town) -> None:
    with town.as_scope(scope_of(town, "bupati")) as session:
        note = analysis_notes.add(
            session, " Rapat  kecil ", Point(lon=110.7, lat=-6.5), " ya ", town.parts.now()
        )
    assert (note.meeting, note.words) == ("Rapat kecil", "ya")
    assert note.author
    with (
        town.as_scope(scope_of(town, "perencana")) as session,
        pytest.raises(analysis_notes.BadNote) as refused,
    ):
        analysis_notes.add(session, "", Point(lon=110.7, lat=-6.5), "", town.parts.now())
    assert refused.value.field == "words"


def file(town: Town, form: str, more: str = "") -> bytes:
    answer = town.client("perencana").get(f"/api/analyses/file.{form}?{QUERY}{more}")
    assert answer.status_code == 200, answer.get_data(as_text=True)[:400]
    return bytes(answer.get_data())


def test_notes_of_the_meeting_stand_on_map_sheet_and_picture(town: Town) -> None:
    planner = town.client("perencana")
    for nth in range(6):
        write(planner, f"Pokok bahasan {nth}: periksa lampu di simpang ini", "Cetak")
    page = file(town, "html", "&rapat=%20Cetak").decode()  # as forgiving as the notes' own door
    assert page.count("note-sign") > 6  # on the map, beside what the style sheet says
    assert "Pokok bahasan 5" in page
    assert "Pokok bahasan" not in file(town, "html", "&rapat=Lain").decode()
    assert "Pokok bahasan" not in file(town, "html").decode()
    if find_program() is None:
        pytest.skip("no Chromium is installed")
    plain, noted = (
        Image.open(io.BytesIO(file(town, "png", more))) for more in ("", "&rapat=Cetak")
    )
    assert noted.height > plain.height + 60  # six lines more
    with_notes, without = (file(town, "pdf", more) for more in ("&rapat=Cetak", ""))
    assert with_notes.startswith(b"%PDF-")
    assert len(with_notes) != len(without)
