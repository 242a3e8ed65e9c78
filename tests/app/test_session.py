"""Log-ins, cookies, forgery tokens and headers: what holds for every answer."""

import re
import time
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import channel
from app.api import streams
from app.auth import sessions
from app.auth.guard import safe_next
from app.security import COOKIE
from tests.app.sweep import WRITES
from tests.cluster import DEMO_PASSWORD
from tests.world import NOON, World, post_form, token_of

WRONG = "not the password at all"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example",
    "/\t/evil.example",
    "/\t\\evil.example",
    "\n//evil.example",
    "javascript:alert(1)",
    "evil.example",
    "",
]


def log_in(client, login="operator1", password=DEMO_PASSWORD, **fields):
    return post_form(client, "/masuk", {"login": login, "password": password, **fields})


@pytest.fixture(autouse=True)
def nobody_has_failed(shared_world: World):
    """One test's wrong passwords are not the next one's wait."""
    yield
    with shared_world.as_owner() as session:
        session.execute(text("UPDATE app_user SET failed_logins = 0, failed_at = NULL"))


@pytest.fixture
def clock(shared_world: World):
    """The hands of the app's clock: clock[0] is now."""
    real, hands = shared_world.parts.now, [NOON]
    shared_world.parts.now = lambda: hands[0]
    yield hands
    shared_world.parts.now = real


def test_passwords_are_kept_as_argon2id(shared_world: World):
    with shared_world.as_owner() as session:
        kept = session.execute(text("SELECT password_hash FROM app_user")).scalars().all()
    assert kept
    assert all(k.startswith("$argon2id$") for k in kept)
    assert not any(DEMO_PASSWORD in k for k in kept)


@pytest.mark.parametrize("login", ["operator1", "nobody", "", "\x00", "' OR 1=1 --"])
def test_a_wrong_password_gets_the_same_answer_whoever_it_is(shared_world: World, login):
    client = shared_world.client()
    answer = log_in(client, login, WRONG)
    assert answer.status_code == 401
    assert "Nama atau kata sandi tidak cocok" in answer.get_data(as_text=True)
    assert client.get("/api/me").status_code == 401


def test_five_tries_are_free_then_one_waits_but_is_never_locked_out(shared_world: World, clock):
    client = shared_world.client()
    for _ in range(sessions.FREE_TRIES):
        assert log_in(client, password=WRONG).status_code == 401
    refused = log_in(client)
    assert refused.status_code == 401
    assert "Terlalu banyak percobaan" in refused.get_data(as_text=True)
    clock[0] += timedelta(seconds=3)
    assert log_in(client).status_code == 302


def test_after_days_of_wrong_tries_a_minute_is_still_the_longest_wait(shared_world: World, clock):
    with shared_world.as_owner() as session:
        session.execute(
            text("UPDATE app_user SET failed_logins = 5000, failed_at = :at WHERE login = :login"),
            {"at": clock[0], "login": "operator2"},
        )
    client = shared_world.client()
    assert log_in(client, "operator2").status_code == 401
    clock[0] += sessions.LONGEST_WAIT + timedelta(seconds=1)
    assert log_in(client, "operator2").status_code == 302


def test_the_cookie_is_for_this_host_over_tls_and_out_of_reach_of_scripts(shared_world: World):
    cookie = log_in(shared_world.client()).headers["Set-Cookie"]
    assert cookie.startswith("__Host-tanggap=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_a_log_in_makes_a_new_token_and_a_new_forgery_token(shared_world: World):
    client = shared_world.client()
    before = token_of(client)
    cookies = []
    for _ in range(2):
        log_in(client)
        cookies.append(client.get_cookie(COOKIE, "localhost").value)
    assert cookies[0] != cookies[1]
    assert token_of(client) != before


def test_the_table_keeps_a_hash_and_not_the_token(shared_world: World):
    client = shared_world.client("operator1")
    with client.session_transaction(base_url="https://localhost") as inside:
        token = inside["token"]
    with shared_world.as_owner() as session:
        kept = session.execute(text("SELECT token_hash FROM user_session")).scalars().all()
    assert all(token.encode() not in bytes(k) and len(bytes(k)) == 32 for k in kept)


def test_logging_out_ends_the_session_at_once_and_says_who_in_the_log(shared_world: World):
    client = shared_world.client("operator1")
    with client.session_transaction(base_url="https://localhost") as inside:
        stolen = dict(inside)
    assert post_form(client, "/keluar", {}).headers["Location"] == "/masuk"
    assert client.get("/api/me").status_code == 401
    with client.session_transaction(base_url="https://localhost") as inside:
        inside.update(stolen)
    assert client.get("/api/me").status_code == 401
    log = shared_world.client("pdp").get("/api/log?kind=logout").get_json()["entries"]
    assert log[0]["facts"]["user"] is not None


def test_a_session_runs_out(shared_world: World, clock):
    client = shared_world.client("operator1")
    assert client.get("/api/me").status_code == 200
    clock[0] += timedelta(hours=shared_world.settings.session_hours, seconds=1)
    sessions.MEMORY._known.clear()
    assert client.get("/api/me").status_code == 401


def test_a_disabled_user_is_out_within_seconds_and_the_stream_ends(
    shared_world: World, monkeypatch
):
    monkeypatch.setattr(sessions, "MEMORY_S", 0.2)
    monkeypatch.setattr(streams, "RECHECK_S", 0.2)
    monkeypatch.setattr(channel, "KEEP_ALIVE_S", 0.2)
    client = shared_world.client("pupr1")
    who = client.get("/api/me").get_json()["id"]
    stream = client.get(f"/api/events?after={client.get('/api/board').get_json()['cursor']}")
    next(stream.response)
    admin = shared_world.client("admin")
    assert admin.patch(f"/api/users/{who}", json={"active": False}).status_code == 200
    began = time.monotonic()
    for _ in stream.response:
        assert time.monotonic() - began < 5
    stream.close()
    assert client.get("/api/me").status_code == 401
    assert log_in(shared_world.client(), "pupr1").status_code == 401
    admin.patch(f"/api/users/{who}", json={"active": True})
    assert log_in(shared_world.client(), "pupr1").status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(shared_world: World, monkeypatch):
    monkeypatch.setattr(sessions, "MEMORY_S", 0.0)
    client = shared_world.client("damkar1")
    who = client.get("/api/me").get_json()["id"]
    admin = shared_world.client("admin")
    admin.patch(f"/api/users/{who}", json={"password": "another password"})
    assert client.get("/api/me").status_code == 401
    assert log_in(shared_world.client(), "damkar1").status_code == 401
    admin.patch(f"/api/users/{who}", json={"password": DEMO_PASSWORD})


def test_every_write_needs_the_forgery_token(shared_world: World):
    client = shared_world.client("operator1")
    bound = shared_world.app.url_map.bind("localhost", url_scheme="https")
    for rule in shared_world.app.url_map.iter_rules():
        for method in (rule.methods or set()) & WRITES:
            path = bound.build(rule.endpoint, dict.fromkeys(rule.arguments, 1))
            got = client.open(path, method=method, data="{}", content_type="application/json")
            if got.status_code == 403:
                continue  # not this role's to write at all
            if rule.endpoint.startswith("positions."):
                assert got.status_code == 401, path  # a device's own token, no cookie
                continue
            if rule.endpoint.startswith("work_link."):
                assert got.status_code == 404, path  # the token in the address is what is secret
                continue
            assert got.status_code == 400, path
            if path.startswith("/api/"):
                assert got.get_json()["type"] == "CsrfFailed"
                assert got.mimetype == "application/problem+json"


def test_a_crew_that_is_logged_in_tells_its_position_with_the_forgery_token_only(
    shared_world: World,
):
    crew = shared_world.client("ambulans")
    got = crew.open("/api/positions", method="POST", data="{}", content_type="application/json")
    assert (got.status_code, got.get_json()["type"]) == (400, "CsrfFailed")


def test_anothers_forgery_token_does_not_fit(shared_world: World):
    stolen = token_of(shared_world.client("operator2"))
    client = shared_world.client("operator1")
    got = client.post("/api/callers", json={"phone": "112"}, headers={"X-CSRF-Token": stolen})
    assert got.status_code == 400


@pytest.mark.parametrize("target", ELSEWHERE)
def test_the_log_in_leads_to_no_other_site(shared_world: World, target):
    assert log_in(shared_world.client(), next=target).headers["Location"] == "/konsol"
    assert safe_next(target) is None


def test_the_log_in_leads_on_to_where_one_wanted_to_go(shared_world: World):
    client = shared_world.client()
    asked = client.get("/daftar?desa=33.20.11.2010")
    assert asked.status_code == 302
    assert asked.headers["Location"].startswith("/masuk?next=")
    there = log_in(client, next="/daftar?desa=33.20.11.2010")
    assert there.headers["Location"] == "/daftar?desa=33.20.11.2010"


HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), camera=(), microphone=()",
    "Strict-Transport-Security": "max-age=31536000",
}
# The crew's page alone may ask for the position and the camera.
ALLOWED_THERE = "geolocation=(self), camera=(self), microphone=()"
MORE = {
    ("/tugas", "Permissions-Policy"): ALLOWED_THERE,
    # A village head may show a place by standing there.
    ("/desa", "Permissions-Policy"): "geolocation=(self), camera=(), microphone=()",
}
PAGES = {
    "operator1": [
        "/konsol",
        "/papan",
        "/peta",
        "/daftar",
        "/laporan/beban",
        "/api/board",
        "/nowhere",
    ],
    "perencana": ["/analisis", "/analisis/andai", "/api/response", "/analisis/nowhere"],
    "tegalsambi": ["/desa", "/konsol"],
    "ambulans": ["/tugas", "/api/tasks"],
    "admin": ["/pengguna", "/api/users"],
    "pdp": ["/catatan", "/api/log", "/api/nowhere"],
    None: ["/masuk", "/", "/api/me", "/sehat", "/static/css/base.css"],
}


@pytest.mark.parametrize("login", PAGES, ids=str)
def test_every_answer_carries_the_headers(shared_world: World, login):
    client = shared_world.client(login)
    for path in PAGES[login]:
        with client.get(path) as answer:
            for name, value in HEADERS.items():
                assert answer.headers[name] == MORE.get((path, name), value), path
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy, path
            assert ("sandbox" in policy) == (path == "/laporan/beban")
            if "sandbox" not in policy:
                assert "unsafe" not in policy, path
                assert "frame-ancestors 'none'" in policy, path
            if not path.startswith("/static/"):
                assert answer.headers["Cache-Control"] == "no-store", path


@pytest.mark.parametrize("login", PAGES, ids=str)
def test_no_page_has_a_script_a_style_or_a_handler_in_line(shared_world: World, login):
    client = shared_world.client(login)
    for path in (p for p in PAGES[login] if p != "/laporan/beban"):
        with client.get(path) as answer:
            if answer.mimetype != "text/html":
                continue
            page, policy = answer.get_data(as_text=True), answer.headers["Content-Security-Policy"]
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", page, re.DOTALL):
            data = 'type="application/json"' in attributes
            nonce = re.search(r'nonce="([^"]+)"', attributes)
            assert not body.strip() or data or (nonce and nonce[1] in policy), path
        assert not re.search(r"<[^>]+\son\w+\s*=", page), path
        assert not re.search(r"<style|<[^>]+\sstyle\s*=", page), path
        assert not re.search(r"(src|href)=[\"'](https?:)?//", page), path


def test_the_language_switches_and_stays(shared_world: World):
    client = shared_world.client()
    assert 'lang="id"' in client.get("/masuk").get_data(as_text=True)
    switched = post_form(client, "/bahasa", {"lang": "en", "next": "/masuk"})
    assert switched.headers["Location"] == "/masuk"
    for part in ("Secure", "HttpOnly", "SameSite=Lax"):
        assert part in switched.headers["Set-Cookie"]
    assert 'lang="en"' in client.get("/masuk").get_data(as_text=True)
    unknown = post_form(client, "/bahasa", {"lang": "xx", "next": "//evil.example"})
    assert unknown.headers["Location"] == "/"
    assert 'lang="en"' in client.get("/masuk").get_data(as_text=True)
