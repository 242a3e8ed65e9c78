"""Proof of work over HTTP: what is taken, what is found, who sees it, and what the room says."""

import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from PIL import ExifTags, Image
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dispatch import pictures
from dispatch.scope import CONTRACTOR, Scope
from tests.app.canaries import TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.app.forms import FORM, form_of
from tests.scenes import Scene, copies, jpeg
from tests.world import token_of

KEYS = iter(f"proof-{n:06d}" for n in range(10_000))
ROOM, OFFICER = "dispatcher1", "pupr1"


def take(office: Office, category="jalan", login="operator1"):
    """A case with a ticket of the road agency: ids of both, its pin, and when it was opened."""
    pin = inside(office, TEGALSAMBI)
    body = {"where": "dekat kenari3rumah", "what": "kenari3kata", "category": category, "pin": pin}
    headers = {"Idempotency-Key": next(KEYS)}
    answer = office.client(login).post("/api/calls", json=body, headers=headers)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    incident = answer.get_json()["incident"]["id"]
    with office.as_owner() as session:
        row = session.execute(
            text("SELECT id, opened_at FROM ticket WHERE incident_id = :id ORDER BY id"),
            {"id": incident},
        ).first()
    return {"ticket": row.id, "incident": incident, "pin": pin, "opened_at": row.opened_at}


def shot(scene, at=None, pin=None, offset="+07:00", **more):
    """A photo as a phone writes it, with time and place where they are given."""
    exif = Image.Exif()
    if at is not None:
        local = at + timedelta(hours=7)
        directory = exif.get_ifd(ExifTags.IFD.Exif)
        directory[ExifTags.Base.DateTimeOriginal] = local.strftime("%Y:%m:%d %H:%M:%S")
        if offset:
            directory[ExifTags.Base.OffsetTimeOriginal] = offset
    if pin is not None:
        gps = exif.get_ifd(ExifTags.IFD.GPSInfo)
        gps[ExifTags.GPS.GPSLatitudeRef] = "N" if pin["lat"] > 0 else "S"
        gps[ExifTags.GPS.GPSLatitude] = dms(pin["lat"])
        gps[ExifTags.GPS.GPSLongitudeRef] = "E"
        gps[ExifTags.GPS.GPSLongitude] = dms(pin["lon"])
    return jpeg(scene if isinstance(scene, Image.Image) else Scene(scene).drawn(), exif=exif)


def dms(degrees):
    whole, rest = divmod(abs(degrees), 1)
    minutes, rest = divmod(rest * 60, 1)
    return (whole, minutes, round(rest * 60, 3))


def add(office, ticket, photo, login=OFFICER, key=None, **fields):
    client = office.client(login)
    return client.post(
        f"/api/tickets/{ticket}/proofs",
        data=form_of({"key": key or next(KEYS)} | fields, photo),
        content_type=FORM,
        headers={"X-CSRF-Token": token_of(client), "Referer": "https://localhost/"},
    )


def link(office, ticket, url, login=OFFICER, **more):
    body = {"url": url, "key": next(KEYS)} | more
    return office.client(login).post(f"/api/tickets/{ticket}/proofs", json=body)


def ticket_row(office, ticket):
    with office.as_owner() as session:
        return session.execute(
            text("SELECT state, proofs, flags, version FROM ticket WHERE id = :id"), {"id": ticket}
        ).one()


def move(office, login, ticket, to, **more):
    version = ticket_row(office, ticket).version
    body = {"to": to, "version": version, "key": next(KEYS)} | more
    answer = office.client(login).post(f"/api/tickets/{ticket}/moves", json=body)
    assert answer.status_code == 200, answer.get_data(as_text=True)


@pytest.fixture(scope="module")
def hole(office: Office):
    """A hole in a road."""
    return take(office)


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


# What is refused


def bomb():
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG", optimize=True)
    return out.getvalue()


def huge():
    out = io.BytesIO()
    Image.new("L", (9000, 9000), 90).save(out, "JPEG", quality=30)  # 81 megapixels
    return out.getvalue()


def moving(kind):
    out = io.BytesIO()
    frames = [Image.new("RGB", (60, 60), (n * 60, 0, 0)) for n in range(3)]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def with_archive():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("index.html", "<html>")
    return shot(109) + out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
REFUSED = {
    "81 megapixels": (huge, "64 megapiksel"),
    "bomb": (bomb, "64 megapiksel"),
    "svg": (lambda: SVG, "bukan foto"),
    "pdf": (lambda: b"%PDF-1.7\n" + bytes(3000), "bukan foto"),
    "gif": (lambda: moving("GIF"), "bukan foto"),
    "empty": (lambda: b"", "bukan foto"),
    "zip": (with_archive, "berkas lain"),
    "html": (lambda: shot(110) + b"<html><script>alert(1)</script>", "berkas lain"),
    "php": (lambda: jpeg(Scene(110).drawn(), comment=b"<?php system(1)"), "berkas lain"),
    "11 MB": (lambda: shot(111) + bytes(11_000_000), "10 MB"),
    "apng": (lambda: moving("PNG"), "bergerak"),
    "webp": (lambda: moving("WEBP"), "bergerak"),
    "truncated": (lambda: shot(112)[:-20_000], "tidak utuh"),
    "header only": (lambda: b"\xff\xd8\xff\xe0" + bytes(5000), "tidak utuh"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plain_photo_is_refused_in_one_sentence(office: Office, hole, name):
    make, words = REFUSED[name]
    before = ticket_row(office, hole["ticket"])
    answer = add(office, hole["ticket"], make())
    told = answer.get_json()
    assert (answer.status_code, told["field"]) == (422, "photo"), told
    assert words in told["detail"]
    assert told["detail"].count(".") <= 2
    assert ticket_row(office, hole["ticket"]) == before


def test_phones_that_append_films_and_depth_maps_are_let_in(office: Office):
    case, now = take(office), office.parts.now()
    film = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 500
    assert add(office, case["ticket"], shot(113, now, case["pin"]) + film).status_code == 201
    two = io.BytesIO()
    small = Scene(114).drawn().resize((300, 200))
    Scene(114).drawn().save(two, "MPO", save_all=True, append_images=[small])
    assert add(office, case["ticket"], two.getvalue()).status_code == 201


def test_what_is_missing_is_named(office: Office, hole):
    client = office.client(OFFICER)
    headers = {"X-CSRF-Token": token_of(client), "Referer": "https://localhost/"}
    path = f"/api/tickets/{hole['ticket']}/proofs"
    assert client.post(path, data={"key": "x"}, headers=headers).get_json()["field"] == "photo"
    assert add(office, hole["ticket"], shot(115), key=" ").get_json()["field"] == "key"
    assert add(office, hole["ticket"], shot(115), note="k" * 1001).get_json()["field"] == "note"
    assert add(office, hole["ticket"], bytes(17_000_000)).status_code == 413


# Links


@pytest.mark.parametrize(
    "url",
    [
        "http://instagram.com/p/abc",
        "javascript:alert(1)",
        "data:text/html,hai",
        "https://",
        "https://localhost/a",
        "https://192.0.2.7/a",
        "https://3221225985/a",
        "https://[2001:db8::1]/a",
        "https://instagram.com@contoh.invalid/p/abc",
        "https://instagram.com:8443/p/abc",
        "https://insta gram.com/p",
        'https://instagram.com/"><script>',
        "https://server.internal/a",
        "//instagram.com/p/abc",
        "https://instagram.com/" + "a" * 600,
    ],
)
def test_an_address_that_is_no_public_post_is_refused(office: Office, hole, url):
    answer = link(office, hole["ticket"], url)
    assert (answer.status_code, answer.get_json()["field"]) == (422, "url")


def test_a_link_counts_as_proof_and_shows_its_host(office: Office):
    case = take(office)
    answer = link(office, case["ticket"], " https://WWW.Instagram.com/p/abc?x=1 ", note="unggahan")
    assert answer.status_code == 201, answer.get_data(as_text=True)
    told = answer.get_json()
    assert (told["kind"], told["host"], told["found"]) == ("tautan", "www.instagram.com", [])
    assert told["url"] == "https://www.instagram.com/p/abc?x=1"
    assert ticket_row(office, case["ticket"])[1:3] == (1, [])
    lookalike = link(office, case["ticket"], "https://instаgram.com/p/abc").get_json()  # noqa: RUF001
    assert lookalike["host"].startswith("xn--"), "a Cyrillic letter is shown as what it is"
    assert office.client(ROOM).get(f"/api/proofs/{told['id']}").status_code == 404


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
