"""Proof of work over HTTP: what is taken, what is found, who sees it, and what the room says."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from PIL import Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import pictures
from dispatch.scope import CONTRACTOR, Scope
from tests.app.conftest import Office
from tests.app.proving import OFFICER, ROOM, add, move, shot, take, ticket_row
from tests.scenes import Scene, copies

# What is found


def test_an_honest_photo_is_shown_bare_and_nothing_is_found(office: Office):
    case = take(office)
    now = office.parts.now()
    sent = shot(101, now, case["pin"])
    assert b"Exif" in sent, "the control"
    answer = add(office, case["ticket"], sent, note="sudah ditambal")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    told = answer.get_json()
    assert (told["found"], told["warnings"], told["same_as"]) == ([], [], [])
    assert told["far_m"] < 5
    assert (told["kind"], told["note"], told["accepted"]) == ("foto", "sudah ditambal", None)
    shown = office.client(ROOM).get(f"/api/proofs/{told['id']}")
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["Cache-Control"] == "no-store"
    bare = shown.get_data()
    for mark in (b"Exif", b"http://ns.adobe", b"ICC_PROFILE", b"kenari", b"2026:"):
        assert mark not in bare
    segments = [bare[i + 1] for i in range(2, bare.index(b"\xff\xda")) if bare[i] == 0xFF]
    assert not {0xE1, 0xE2, 0xED, 0xFE} & set(segments), "APP1, APP2, APP13, comment"
    etag = {"If-None-Match": shown.headers["ETag"]}
    assert office.client(ROOM).get(f"/api/proofs/{told['id']}", headers=etag).status_code == 304
    row = ticket_row(office, case["ticket"])
    assert (row.proofs, row.flags) == (1, [])
    with office.as_owner() as session:
        seal = session.execute(
            text(
                "SELECT taken_at, ST_X(position) AS lon, length(sha256) AS long,"
                "       (SELECT count(*) FROM proof_band AS b WHERE b.proof_id = :id) AS bands"
                "  FROM proof_seal WHERE proof_id = :id"
            ),
            {"id": told["id"]},
        ).one()
    assert abs((seal.taken_at - now).total_seconds()) < 1
    assert abs(seal.lon - case["pin"]["lon"]) < 1e-5
    assert (seal.long, seal.bands) == (32, 5)


def test_what_speaks_against_a_photo_is_said_and_flagged_and_forbids_nothing(office: Office):
    case, now = take(office), office.parts.now()
    far = {"lon": case["pin"]["lon"] + 0.02, "lat": case["pin"]["lat"]}
    told = add(office, case["ticket"], shot(102, now - timedelta(days=9), far)).get_json()
    assert told["found"] == ["jauh", "sebelum_kejadian", "lama"]
    assert 2000 < told["far_m"] < 2400
    assert "2,2 km" in told["warnings"][0]["text"]
    later = add(office, case["ticket"], shot(103, now + timedelta(hours=2), case["pin"]))
    assert later.get_json()["found"] == ["di_masa_depan"]
    bare = add(office, case["ticket"], shot(104)).get_json()
    assert bare["found"] == ["tanpa_lokasi", "tanpa_waktu"]
    assert bare["warnings"][0]["text"] == "Foto ini tidak memuat lokasi."
    row = ticket_row(office, case["ticket"])
    assert row.proofs == 3
    assert row.flags == [
        "bukti_di_masa_depan",
        "bukti_jauh",
        "bukti_lama",
        "bukti_sebelum_kejadian",
    ]


def test_wall_time_without_an_offset_is_local_time(office: Office):
    case, now = take(office), office.parts.now()
    assert (
        add(office, case["ticket"], shot(105, now, case["pin"], offset="")).get_json()["found"]
        == []
    )
    tokyo = shot(106, now, case["pin"], offset="+09:00")  # two hours ago, by its own clock
    assert add(office, case["ticket"], tokyo).get_json()["found"] == ["sebelum_kejadian"]


def test_a_photo_that_was_used_before_is_known_again_through_its_copies(office: Office):
    first, second, now = take(office), take(office), office.parts.now()
    scene = Scene(107).drawn()
    honest = add(office, first["ticket"], shot(scene, now, first["pin"])).get_json()
    for copy in copies(scene).values():
        if copy.size[1] == scene.size[1] and copy.size != scene.size:
            continue  # cut on one side: measured, not promised
        told = add(office, second["ticket"], shot(copy, now, second["pin"])).get_json()
        assert told["found"] == ["sama"], told
        assert told["same_as"] == [first["ticket"]]
        assert str(first["ticket"]) in told["warnings"][0]["text"]
    assert honest["found"] == []
    assert ticket_row(office, second["ticket"]).flags == ["bukti_sama"]
    # Twice in one ticket is a slip of the thumb; another ticket's order does not change.
    again = add(office, first["ticket"], shot(scene, now, first["pin"])).get_json()
    assert again["same_as"] == [second["ticket"]]
    other = add(office, second["ticket"], shot(108, now, second["pin"])).get_json()
    assert other["found"] == []


def test_of_two_who_send_the_same_photo_at_once_one_is_told(office: Office):
    first, second, now = take(office), take(office), office.parts.now()
    scene = Scene(130).drawn()
    files = {case["ticket"]: shot(scene, now, case["pin"]) for case in (first, second)}
    for login in (OFFICER, ROOM):
        office.client(login)
    start = Barrier(4)

    def send(ticket, login):
        start.wait()
        return add(office, ticket, files[ticket], login=login, key=f"serentak-{ticket}").get_json()

    with ThreadPoolExecutor(4) as threads:
        asked = [(ticket, login) for ticket in files for login in (OFFICER, ROOM)]
        told = list(threads.map(lambda one: send(*one), asked))
    assert sorted({(one["id"], *one["found"]) for one in told}, key=len)[1][1:] == ("sama",)
    assert len({one["id"] for one in told}) == 2, "twice under one key is one proof"
    assert [ticket_row(office, ticket).proofs for ticket in files] == [1, 1]


def test_pictures_that_show_nothing_are_the_same_only_as_files(office: Office):
    first, second, now = take(office), take(office), office.parts.now()
    dark = Image.new("RGB", (800, 600), (9, 9, 12))
    file = shot(dark, now, first["pin"])
    assert add(office, first["ticket"], file).get_json()["found"] == []
    night = shot(Image.new("RGB", (800, 600), (14, 12, 9)), now, second["pin"])
    assert add(office, second["ticket"], night).get_json()["found"] == []
    assert add(office, second["ticket"], file).get_json()["found"] == ["sama"]


# Keys, rights, row security


def test_the_same_key_again_is_the_same_proof(office: Office):
    case = take(office)
    photo = shot(116, office.parts.now(), case["pin"])
    first = add(office, case["ticket"], photo, key="sekali")
    again = add(office, case["ticket"], b"anything", key="sekali")
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()
    assert ticket_row(office, case["ticket"]).proofs == 1


def test_who_may_bring_and_who_may_see(office: Office):
    case = take(office)
    photo = shot(117, office.parts.now(), case["pin"])
    number = add(office, case["ticket"], photo).get_json()["id"]
    path = f"/api/proofs/{number}"
    seen = {login: office.client(login).get(path).status_code for login in (
        ROOM, "operator1", OFFICER, "bupati", "damkar1", "tegalsambi", "perencana", "admin", "pdp"
    )}  # fmt: skip
    assert seen == {
        ROOM: 200, "operator1": 200, OFFICER: 200, "bupati": 200, "damkar1": 404,
        "tegalsambi": 403, "perencana": 403, "admin": 403, "pdp": 403,
    }  # fmt: skip
    assert office.client().get(path).status_code == 401
    assert add(office, case["ticket"], photo, login="damkar1").status_code == 404
    for login in ("bupati", "tegalsambi", "admin"):
        assert add(office, case["ticket"], photo, login=login).status_code == 403
    assert add(office, 999_999, photo).status_code == 404
    client = office.client(OFFICER)
    bare = client.post(
        f"/api/tickets/{case['ticket']}/proofs",
        data={"key": "x", "photo": (io.BytesIO(photo), "a.jpg")},
    )
    assert (bare.status_code, bare.get_json()["type"]) == (400, "CsrfFailed")


def test_nobody_reads_a_seal_or_writes_what_is_not_theirs(office: Office):
    case = take(office)
    number = add(office, case["ticket"], shot(118)).get_json()["id"]
    with office.as_owner() as session:
        agency = session.scalar(
            text("SELECT agency_id FROM ticket WHERE id = :id"), {"id": case["ticket"]}
        )
    officer = Scope("agency_officer", user_id=1, agency_id=agency)
    room = Scope("dispatcher", user_id=1)
    refused = [
        (room, "SELECT * FROM proof_seal"),
        (officer, "SELECT phash FROM proof_seal"),
        (Scope("leader", user_id=1), "SELECT position FROM proof_seal"),
        (room, f"UPDATE proof SET found = '{{}}' WHERE id = {number}"),
        (room, f"DELETE FROM proof WHERE id = {number}"),
        (room, "SELECT * FROM proof_band WHERE false"),
    ]
    for scope, statement in refused:
        with (
            pytest.raises(DBAPIError, match="permission denied"),
            office.as_scope(scope) as session,
        ):
            session.execute(text(statement))
    # Only the room says whether a proof shows it.
    said = text("UPDATE proof SET accepted = true WHERE id = :id")
    for scope in (officer, Scope(CONTRACTOR, ticket_id=case["ticket"]), Scope("leader", user_id=1)):
        with office.as_scope(scope) as session:
            assert session.execute(said, {"id": number}).rowcount == 0


def test_a_sensitive_case_tells_nobody_outside_its_group_of_its_photos(office: Office):
    secret = take(office, "kdrt", "operator3")
    case, now = take(office), office.parts.now()
    scene = Scene(119).drawn()
    brought = add(office, secret["ticket"], shot(scene, now, secret["pin"]), login="dispatcher2")
    number = brought.get_json()["id"]
    told = add(office, case["ticket"], shot(scene, now, case["pin"])).get_json()
    assert (told["found"], told["same_as"]) == (["sama"], [])
    for login in (ROOM, "operator1", "bupati", OFFICER):
        assert office.client(login).get(f"/api/proofs/{number}").status_code == 404
    assert office.client("dispatcher2").get(f"/api/proofs/{number}").status_code == 200
    with office.as_owner() as session:
        looks = session.scalar(
            text(
                "SELECT count(*) FROM log_entry WHERE kind = 'case.read'"
                "   AND facts ->> 'proof' = :id"
            ),
            {"id": str(number)},
        )
    assert looks == 1


# What the room says


def test_the_room_rejects_with_a_reason_and_the_work_goes_on(office: Office):
    case, now = take(office), office.parts.now()
    ticket = case["ticket"]
    move(office, ROOM, ticket, "diverifikasi")
    move(office, ROOM, ticket, "didisposisi")
    move(office, OFFICER, ticket, "diterima_opd")
    number = add(office, ticket, shot(120, now, case["pin"])).get_json()["id"]
    move(office, OFFICER, ticket, "ditindaklanjuti")
    path = f"/api/proofs/{number}/look"
    bare = office.client(ROOM).post(path, json={"accepted": False})
    assert (bare.status_code, bare.get_json()["field"]) == (422, "reason")
    assert office.client(OFFICER).post(path, json={"accepted": True}).status_code == 403
    assert office.client(ROOM).post(path, json={"accepted": True}).get_json()["accepted"] is True
    assert ticket_row(office, ticket).state == "ditindaklanjuti"
    said = {"accepted": False, "reason": "lubangnya masih ada"}
    told = office.client(ROOM).post(path, json=said)
    assert told.status_code == 200, told.get_data(as_text=True)
    assert (told.get_json()["accepted"], told.get_json()["state"]) == (False, "dikerjakan")
    row = ticket_row(office, ticket)
    assert (row.state, row.proofs) == ("dikerjakan", 0)
    with office.as_owner() as session:
        step = session.execute(
            text(
                "SELECT reason, note FROM ticket_step WHERE ticket_id = :id"
                " ORDER BY id DESC LIMIT 1"
            ),
            {"id": ticket},
        ).one()
    assert tuple(step) == ("bukti_tidak_sesuai", "lubangnya masih ada")
    # The very same photo once more is no new proof.
    again = add(office, ticket, shot(120, now, case["pin"])).get_json()
    assert (again["found"], again["same_as"]) == (["sama"], [ticket])


def test_a_ticket_takes_so_many_proofs_and_none_when_it_is_over(office: Office, monkeypatch):
    case = take(office)
    monkeypatch.setattr("dispatch.proofs.MOST_OF_A_TICKET", 1)
    assert add(office, case["ticket"], shot(121)).status_code == 201
    full = add(office, case["ticket"], shot(122))
    assert (full.status_code, full.get_json()["type"]) == (422, "BadImage")
    over = take(office)
    move(office, ROOM, over["ticket"], "diarsipkan", reason="ganda")
    answer = add(office, over["ticket"], shot(123))
    assert (answer.status_code, answer.get_json()["type"]) == (409, "IllegalMove")


def test_the_limits_are_those_that_are_told():
    assert pictures.MOST_BYTES_PROOF == 10_000_000
    assert pictures.MOST_PIXELS == 64_000_000
