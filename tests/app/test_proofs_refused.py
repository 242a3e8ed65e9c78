"""Files and addresses that are no proof: refused in one sentence, and nothing changes."""

import io
import zipfile

import pytest
from PIL import Image

from tests.app.conftest import Office
from tests.app.proving import OFFICER, ROOM, add, link, shot, take, ticket_row
from tests.scenes import Scene, jpeg
from tests.world import token_of


@pytest.fixture(scope="module")
def hole(office: Office):
    """A hole in a road."""
    return take(office)


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
