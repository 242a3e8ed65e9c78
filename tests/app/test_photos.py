"""Photos from the field: what may come in, what is left of it, and who sees it."""

import io
from datetime import UTC, datetime

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from dispatch import photos, pictures
from dispatch.errors import BadImage
from dispatch.pictures import MOST_BYTES, Picture, plain
from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office
from tests.faults.listen import Stream
from tests.faults.talk import log_in
from tests.world import Server, World, token_of


def picture(size=(640, 480), colour=(200, 40, 30), kind="JPEG", **more):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind, **more)
    return out.getvalue()


def opened(image):
    return Image.open(io.BytesIO(image))


# What is left of a picture


def test_a_picture_comes_out_as_a_small_jpeg():
    made = plain(picture((4000, 3000)))
    seen = opened(made.image)
    assert (seen.format, seen.mode, seen.size) == ("JPEG", "RGB", (1600, 1200))
    assert (made.width, made.height) == (1600, 1200)


def test_a_small_picture_is_not_made_larger():
    assert opened(plain(picture((30, 20))).image).size == (30, 20)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_colours_stay(kind):
    red, green, blue = opened(plain(picture(kind=kind)).image).getpixel((300, 200))
    assert (abs(red - 200) < 12, abs(green - 40) < 12, abs(blue - 30) < 12) == (True, True, True)


def full_of_secrets(kind="JPEG"):
    """A picture with place, owner, profile, comment and a tail."""
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "kenari-merek"
    exif[ExifTags.Base.Artist] = "kenari-nama"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (6.0, 35.0, 1.5)
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSMapDatum] = "kenari-gps"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more = {"exif": exif, "icc_profile": profile}
    if kind == "PNG":
        notes = PngImagePlugin.PngInfo()
        notes.add_text("Comment", "kenari-catatan")
        more["pnginfo"] = notes
    if kind == "JPEG":
        more["comment"] = b"kenari-catatan"
    return picture(kind=kind, **more) + b"<script>kenari-ekor</script>"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_goes_over_but_what_is_to_be_seen(kind):
    sent = full_of_secrets(kind)
    assert b"kenari" in sent, "the control"
    made = plain(sent).image
    seen = opened(made)
    assert b"kenari" not in made
    assert b"Exif" not in made
    assert b"ICC_PROFILE" not in made
    assert not seen.getexif()
    assert not {"exif", "icc_profile", "comment", "xmp"} & seen.info.keys()


def test_a_picture_taken_on_its_side_stands_upright():
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    left_red = Image.new("RGB", (400, 200), (0, 0, 200))
    left_red.paste((200, 0, 0), (0, 0, 200, 200))
    out = io.BytesIO()
    left_red.save(out, "JPEG", exif=exif)
    seen = opened(plain(out.getvalue()).image)
    assert seen.size == (200, 400)
    assert seen.getpixel((100, 40))[0] > 150, "what was left is above"
    assert seen.getpixel((100, 360))[2] > 150


def test_what_is_seen_through_is_seen_on_white():
    out = io.BytesIO()
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(plain(out.getvalue()).image).getpixel((20, 20)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16", "CMYK"])
def test_pictures_of_any_kind_of_colour_are_read(mode):
    out = io.BytesIO()
    Image.new(mode, (64, 64)).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert opened(plain(out.getvalue()).image).size == (64, 64)


def test_noise_is_pressed_below_2_mb():
    noise = Image.effect_noise((1600, 1600), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    assert len(plain(out.getvalue()).image) <= pictures.MOST_BYTES


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GIF89a" + bytes(100),
        SVG,
        b"<?xml version='1.0'?>" + SVG,
        b"%PDF-1.7 " + bytes(200),
        picture(kind="GIF"),
        picture(kind="BMP"),
        picture(kind="TIFF"),
        picture((800, 600))[:-400],  # truncated
        picture((800, 600))[:300],
        picture((800, 600), kind="PNG")[:-200],
        picture((800, 600), kind="WEBP")[:-200],
        b"\xff\xd8\xff\xe0" + bytes(5000),
        b"\x89PNG\r\n\x1a\n" + bytes(5000),
        b"RIFF\x00\x10\x00\x00WEBPVP8 " + bytes(5000),
    ],
    ids=range(15),
)
def test_what_is_no_whole_picture_is_refused(sent):
    with pytest.raises(BadImage):
        plain(sent)


def test_a_picture_that_would_fill_the_memory_is_refused_before_it_is_read():
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG", optimize=True)
    assert len(bomb.getvalue()) < 200_000, "small on the wire"
    with pytest.raises(BadImage, match="pixels"):
        plain(bomb.getvalue())


def test_more_than_15_mb_are_refused():
    with pytest.raises(BadImage, match="bytes"):
        plain(picture() + bytes(15_000_000))


def test_a_picture_that_is_a_page_as_well_is_only_a_picture_afterwards():
    made = plain(picture() + b"<html><script>alert(document.cookie)</script>").image
    assert b"<" not in made[-200:] or b"script" not in made
    assert made.endswith(b"\xff\xd9")


# Who adds and who sees


class Case:
    """An incident with a unit out for it."""

    def __init__(self, office, login, category, village, call_sign, number):
        body = {"what": category, "category": category, "where": "tempat"}
        taken = office.client(login).post(
            "/api/calls",
            json=body | {"pin": inside(office, village)},
            headers={"Idempotency-Key": f"photo-case-{number}"},
        )
        self.incident = taken.get_json()["incident"]["id"]
        with office.as_owner() as session:
            self.unit = session.execute(
                text("SELECT id FROM unit WHERE call_sign = :sign"), {"sign": call_sign}
            ).scalar_one()
        room = "dispatcher2" if category == "kdrt" else "dispatcher1"
        sent = office.client(room).post(
            f"/api/incidents/{self.incident}/assignments", json={"unit": self.unit}
        )
        assert sent.status_code == 201, sent.get_data(as_text=True)
        self.assignment = sent.get_json()["assignment"]


@pytest.fixture(scope="module")
def cases(office: Office):
    """A fire with the pump of `pemadam`, and a beating in a family with an ambulance."""
    with office.as_owner() as session:
        signs = dict(
            map(
                tuple,
                session.execute(
                    text(
                        "SELECT login, call_sign FROM app_user JOIN unit ON unit.id = unit_id"
                        " WHERE login IN ('pemadam', 'ambulans')"
                    )
                ).all(),
            )
        )
    return {
        "fire": Case(office, "operator1", "kebakaran", TEGALSAMBI, signs["pemadam"], 1),
        "violence": Case(office, "operator3", "kdrt", PANGGANG, signs["ambulans"], 2),
    }


def add(office, login, assignment, name, image=None, **fields):
    """Post a picture under the key `name`."""
    client = office.client(login)
    return client.post(
        f"/api/assignments/{assignment}/photos",
        data=form_of(name, image, fields),
        content_type="multipart/form-data; boundary=kertas",
        headers={"X-CSRF-Token": token_of(client), "Referer": "https://localhost/"},
    )


def form_of(name, image, fields):
    """As a browser writes a form with a file."""
    parts = [('name="image"; filename="../../etc/passwd.php"', image or picture())]
    given = {"key": name} | fields
    parts += [(f'name="{field}"', value.encode()) for field, value in given.items()]
    form = b"".join(
        b"--kertas\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n" % (head.encode(), body)
        for head, body in parts
    )
    return form + b"--kertas--\r\n"


def listed(office, login, incident):
    return office.client(login).get(f"/api/incidents/{incident}/photos")


def test_a_crew_adds_a_photo_and_gets_it_back(office: Office, cases):
    fire = cases["fire"]
    answer = add(
        office, "pemadam", fire.assignment, "crew-1", claimed_at="2026-11-22T10:00:00+07:00"
    )
    assert answer.status_code == 201, answer.get_data(as_text=True)
    photo = answer.get_json()["photo"]
    assert (photo["width"], photo["height"]) == (640, 480)
    assert photo["claimed_at"] == "2026-11-22T03:00:00+00:00"
    assert photo["by"]
    shown = office.client("pemadam").get(photo["url"])
    assert (shown.status_code, shown.content_type) == (200, "image/jpeg")
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["Content-Disposition"] == f'inline; filename="foto-{photo["id"]}.jpg"'
    assert shown.headers["Cache-Control"] == "no-store"  # a phone that goes from hand to hand
    room = office.client("dispatcher1").get(photo["url"])
    assert room.headers["Cache-Control"] == "private, max-age=3600"
    assert opened(shown.get_data()).size == (640, 480)
    assert photo in listed(office, "pemadam", fire.incident).get_json()["photos"]
    with office.as_owner() as session:
        told = session.execute(
            text("SELECT incident_id, unit_id, facts FROM log_entry WHERE kind = 'photo.added'")
        ).all()
    assert (fire.incident, fire.unit, {"photo": photo["id"]}) in list(map(tuple, told))


def test_the_same_key_again_is_the_same_photo(office: Office, cases):
    fire = cases["fire"]
    first = add(office, "pemadam", fire.assignment, "again")
    again = add(office, "pemadam", fire.assignment, "again", picture((10, 10)))
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.get_json() == first.get_json()


def test_a_large_photo_comes_through(office: Office, cases):
    noise = io.BytesIO()
    Image.effect_noise((2400, 1800), 80).convert("RGB").save(noise, "PNG")
    assert len(noise.getvalue()) > 4_000_000
    answer = add(office, "pemadam", cases["fire"].assignment, "large", noise.getvalue())
    assert answer.status_code == 201
    assert max(answer.get_json()["photo"]["width"], 0) == 1600


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        ({"key": ""}, 422, "key"),
        ({"key": "k" * 201}, 422, "key"),
        ({"claimed_at": "kemarin"}, 422, "claimed_at"),
    ],
)
def test_what_is_missing_is_named(office: Office, cases, fields, status, field):
    answer = add(office, "pemadam", cases["fire"].assignment, "x", **fields)
    assert (answer.status_code, answer.get_json()["field"]) == (status, field)


def test_no_picture_is_named_and_a_wrong_one_too(office: Office, cases):
    client, path = office.client("pemadam"), f"/api/assignments/{cases['fire'].assignment}/photos"
    headers = {"X-CSRF-Token": token_of(client), "Referer": "https://localhost/"}
    missing = client.post(path, data={"key": "x"}, headers=headers)
    assert (missing.status_code, missing.get_json()["field"]) == (422, "image")
    wrong = add(office, "pemadam", cases["fire"].assignment, "svg", SVG)
    assert (wrong.status_code, wrong.get_json()["type"]) == (422, "BadImage")
    huge = add(office, "pemadam", cases["fire"].assignment, "huge", bytes(16_000_000))
    assert huge.status_code == 413


def test_a_photo_needs_the_forgery_token(office: Office, cases):
    answer = office.client("pemadam").post(
        f"/api/assignments/{cases['fire'].assignment}/photos",
        data={"key": "x", "image": (io.BytesIO(picture()), "a.jpg")},
    )
    assert (answer.status_code, answer.get_json()["type"]) == (400, "CsrfFailed")


def test_a_crew_adds_nothing_to_what_is_not_its_own(office: Office, cases):
    assert add(office, "ambulans", cases["fire"].assignment, "not-mine").status_code == 404
    assert add(office, "pemadam", 999_999, "none").status_code == 404
    for login in ("dinkes1", "tegalsambi", "bupati", "admin"):
        assert add(office, login, cases["fire"].assignment, "no-right").status_code == 403


@pytest.mark.parametrize(
    ("login", "fire", "violence"),
    [
        ("operator1", True, False),
        ("operator3", True, True),
        ("dispatcher1", True, False),
        ("dispatcher2", True, True),
        ("pemadam", True, False),
        ("ambulans", False, True),
        ("damkar1", True, False),
        ("dinkes1", False, False),
        ("pupr1", False, False),
        ("tegalsambi", False, False),
        ("perencana", False, False),
        ("bupati", False, False),
        ("admin", False, False),
        ("pdp", False, False),
    ],
)
def test_who_sees_the_case_sees_its_photos_and_nobody_else(
    office: Office, cases, login, fire, violence
):
    for name, may_see in (("fire", fire), ("violence", violence)):
        case = cases[name]
        by = "pemadam" if name == "fire" else "ambulans"
        photo = add(office, by, case.assignment, "seen").get_json()["photo"]
        seen = office.client(login).get(photo["url"])
        assert (seen.status_code == 200) is may_see, name
        assert may_see or b"JFIF" not in seen.get_data()
        told = listed(office, login, case.incident)
        shown = told.get_json().get("photos", []) if told.status_code == 200 else []
        assert bool(shown) is may_see, name
        if may_see and name == "violence":
            assert seen.headers["Cache-Control"] == "no-store"


def test_a_photo_out_of_a_dead_spot_comes_after_the_task_is_over(office: Office, cases):
    fire = cases["fire"]
    with office.as_owner() as session:
        before = session.execute(
            text("SELECT state, released_at FROM assignment WHERE id = :id"),
            {"id": fire.assignment},
        ).one()
        over = text(
            "UPDATE assignment SET state = 'selesai', released_at = clock_timestamp()"
            " - CAST(:ago AS interval), sent_at = least(sent_at, clock_timestamp()"
            " - CAST(:ago AS interval)) WHERE id = :id"
        )
        session.execute(over, {"id": fire.assignment, "ago": "1 hour"})
    try:
        late = add(office, "pemadam", fire.assignment, "late")
        assert (late.status_code, late.get_json()) == (201, {"photo": None})
        again = add(office, "pemadam", fire.assignment, "late")
        assert (again.status_code, again.get_json()) == (200, {"photo": None})
        assert len(keys(office, "late")) == 1
        with office.as_owner() as session:
            session.execute(over, {"id": fire.assignment, "ago": "2 days"})
        assert add(office, "pemadam", fire.assignment, "too-late").status_code == 404
    finally:
        with office.as_owner() as session:
            session.execute(
                text("UPDATE assignment SET state = :state, released_at = :at WHERE id = :id"),
                {"state": before.state, "at": before.released_at, "id": fire.assignment},
            )


def keys(office, key):
    with office.as_owner() as session:
        return session.execute(text("SELECT id FROM photo WHERE key = :k"), {"k": key}).all()


def test_a_picture_that_the_table_refuses_is_not_said_to_be_there(office: Office, cases):
    huge = Picture(bytes(MOST_BYTES + 1), 10, 10)
    with pytest.raises(IntegrityError), office.as_owner() as session:
        photos.add(session, cases["fire"].assignment, huge, "huge", None, datetime.now(UTC))


def test_a_worker_of_the_real_server_reads_pictures_beside_its_streams(
    live_server: Server, world: World
):
    room, crew = log_in(live_server.url, "operator1"), log_in(live_server.url, "pemadam")
    with world.as_owner() as session:
        unit = session.execute(
            text("SELECT unit_id FROM app_user WHERE login = 'pemadam'")
        ).scalar_one()
    fire = {"what": "api", "category": "kebakaran", "pin": inside(world, TEGALSAMBI)}
    cursor = room.ask("GET", "/api/board").json["cursor"]
    with Stream(room, cursor) as stream:
        incident = room.call(fire, "photo-fire-1").json["incident"]["id"]
        stream.wait_for({incident}, 20)
        sent = room.ask("POST", f"/api/incidents/{incident}/assignments", {"unit": unit}).json
        answer = crew.ask(
            "POST",
            f"/api/assignments/{sent['assignment']}/photos",
            raw=form_of("k", picture((4000, 3000)), {}),
            Content_Type="multipart/form-data; boundary=kertas",
        )
        assert answer.status == 201, answer.body
        assert opened(room.ask("GET", answer.json["photo"]["url"]).body).size == (1600, 1200)
        broken = crew.ask(
            "POST",
            f"/api/assignments/{sent['assignment']}/photos",
            raw=form_of("k2", picture((4000, 3000))[:-500], {}),
            Content_Type="multipart/form-data; boundary=kertas",
        )
        assert (broken.status, broken.json["type"]) == (422, "BadImage")
