"""A contractor's link over HTTP: what it shows, what it takes, and what a wrong one opens."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.pages import work_link
from dispatch.scope import AUTH, CONTRACTOR, Scope
from tests.app.conftest import Office
from tests.app.forms import FORM, form_of
from tests.app.proving import OFFICER, ROOM, add, move, shot, take, ticket_row

KEYS = iter(f"work-{n:06d}" for n in range(10_000))


@pytest.fixture(autouse=True)
def fresh_bounds(monkeypatch):
    """Every test is an address that has done nothing wrong."""
    monkeypatch.setattr(work_link, "WRONG", work_link.Bound(at_once=20, per_s=0.1))
    monkeypatch.setattr(work_link, "_GOOD", {})


def make(office: Office, ticket, login=OFFICER, **more):
    body = {"name": "CV Kenari Jaya", "days": 7, "note": "Tambal lubang di dua sisi."} | more
    return office.client(login).post(f"/api/tickets/{ticket}/links", json=body)


def path_of(answer):
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return "/pekerjaan/" + answer.get_json()["url"].rpartition("/")[2]


def send(office, path, *photos, verb="foto", accept="application/json", **fields):
    fields = {"key": next(KEYS)} | fields
    return office.client().post(
        f"{path}/{verb}",
        data=form_of(fields, *photos),
        content_type=FORM,
        headers={"Accept": accept},
    )


def rows(office, statement, **values):
    with office.as_owner() as session:
        return session.execute(text(statement), values).all()


def test_the_page_says_what_and_where_and_nothing_of_the_reporter(office: Office):
    case = take(office)
    path = path_of(make(office, case["ticket"]))
    answer = office.client().get(path)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for word in ("CV Kenari Jaya", "Tegalsambi", "Tambal lubang", f"{case['pin']['lat']:.6f}"):
        assert word in page
    assert "kenari3" not in page, "neither words nor place of the reporter"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert "Set-Cookie" not in answer.headers
    kept = rows(office, "SELECT * FROM work_link WHERE ticket_id = :id", id=case["ticket"])
    token = path.rpartition("/")[2]
    assert len(token) == 43, "256 bits"
    assert token not in str(kept)
    assert token not in str(rows(office, "SELECT facts FROM log_entry"))


def test_photos_come_the_work_is_said_to_be_done_and_the_link_is_used_up(office: Office):
    case, now = take(office), office.parts.now()
    ticket = case["ticket"]
    made = make(office, ticket)
    path = path_of(made)
    early = send(office, path, verb="selesai", done_note="beres")
    assert (early.status_code, "satu foto" in early.get_json()["detail"]) == (422, True)
    photo = shot(301, now, case["pin"])
    sent = send(office, path, photo, key="satu", note="sisi utara")
    assert sent.status_code == 201, sent.get_data(as_text=True)
    again = send(office, path, photo, key="satu")
    assert again.get_json()["photos"][0]["id"] == sent.get_json()["photos"][0]["id"]
    bare = send(office, path, shot(302)).get_json()
    assert bare["photos"][0]["hint"] == "Foto ini tidak memuat lokasi."
    row = ticket_row(office, ticket)
    assert (row.state, row.proofs) == ("baru", 2), "a contractor moves nothing"
    proofs = rows(
        office,
        "SELECT by_name, by_user, note, link_id FROM proof WHERE ticket_id = :id ORDER BY id",
        id=ticket,
    )
    assert tuple(proofs[0]) == ("CV Kenari Jaya", None, "sisi utara", made.get_json()["id"])
    # The officer's own count goes on from there.
    add(office, ticket, shot(303, now, case["pin"]))
    assert ticket_row(office, ticket).proofs == 3
    done = send(office, path, verb="selesai", done_note="Ditambal aspal.", accept="text/html")
    assert (done.status_code, "Terima kasih" in done.get_data(as_text=True)) == (200, True)
    for again in (office.client().get(path), send(office, path, photo)):
        assert again.status_code == 404
        assert "sudah dilaporkan selesai" in again.get_data(as_text=True)
    link = office.client(OFFICER).get(f"/api/tickets/{ticket}/links").get_json()["links"][0]
    assert (link["name"], link["done_note"]) == ("CV Kenari Jaya", "Ditambal aspal.")
    assert link["done_at"]
    told = rows(
        office,
        "SELECT login, kind FROM notice JOIN app_user ON app_user.id = user_id"
        " WHERE ticket_id = :id",
        id=ticket,
    )
    assert (OFFICER, "rekanan_selesai") in [tuple(row) for row in told]
    assert ticket_row(office, ticket).state == "baru"


def test_without_a_script_a_form_does_it_and_what_was_typed_stays(office: Office):
    case, now = take(office), office.parts.now()
    path = path_of(make(office, case["ticket"]))
    plain = {"accept": "text/html"}
    bad = send(office, path, b"%PDF-1.7", note="sisi barat", done_note="Aspal <b>2</b> m", **plain)
    page = bad.get_data(as_text=True)
    assert bad.status_code == 422
    assert "bukan foto" in page
    assert 'value="sisi barat"' in page
    assert "Aspal &lt;b&gt;2&lt;/b&gt; m</textarea>" in page
    huge = send(office, path, bytes(26_000_000), done_note="tetap", **plain)
    assert (huge.status_code, "10 MB" in huge.get_data(as_text=True)) == (413, True)
    two = send(
        office, path, shot(304, now, case["pin"]), shot(305, now, case["pin"]),
        note="dua sisi", done_note="Selesai besok", **plain,
    )  # fmt: skip
    page = two.get_data(as_text=True)
    assert (two.status_code, "2 foto terkirim" in page) == (200, True)
    assert "Selesai besok</textarea>" in page
    assert "dua sisi" in page
    none = send(office, path, **plain)
    assert (none.status_code, "Pilih sebuah foto" in none.get_data(as_text=True)) == (422, True)
    # A photo that was chosen but not sent comes along when it is said to be done.
    last = send(office, path, shot(306, now, case["pin"]), verb="selesai", **plain)
    assert last.status_code == 200
    assert ticket_row(office, case["ticket"]).proofs == 3


def test_every_link_that_opens_nothing_gets_the_same_page_with_its_sentence(office: Office):
    now = office.parts.now()
    tickets = {name: take(office) for name in ("revoked", "expired", "over", "moved")}
    made = {name: make(office, case["ticket"]) for name, case in tickets.items()}
    paths = {name: path_of(answer) for name, answer in made.items()}
    revoked = office.client(OFFICER).delete(
        f"/api/links/{made['revoked'].get_json()['id']}", json={}
    )
    assert revoked.status_code == 200
    with office.as_owner() as session:
        session.execute(
            text("UPDATE work_link SET expires_at = :at, made_at = :at WHERE ticket_id = :id"),
            {"at": now - timedelta(days=1), "id": tickets["expired"]["ticket"]},
        )
    move(office, ROOM, tickets["over"]["ticket"], "diarsipkan", reason="ganda")
    move(office, ROOM, tickets["moved"]["ticket"], "didisposisi", agency="dlh")
    shut = {
        "/pekerjaan/" + "A" * 43: "tidak dikenal",
        "/pekerjaan/x": "tidak dikenal",
        "/pekerjaan/" + "k" * 400: "tidak dikenal",
        paths["revoked"]: "dicabut",
        paths["expired"]: "sudah lewat",
        paths["over"]: "sudah ditutup",
        paths["moved"]: "dicabut",
    }
    for path, words in shut.items():
        got = office.client().get(path)
        sent = send(office, path, shot(307))
        assert (got.status_code, sent.status_code) == (404, 404), path
        assert words in got.get_data(as_text=True), path
        assert words in sent.get_json()["detail"]
        assert "Tegalsambi" not in got.get_data(as_text=True)
        assert got.headers["Cache-Control"] == "no-store"


def test_who_guesses_is_stopped_and_who_has_a_link_goes_on(office: Office):
    case = take(office)
    path = path_of(make(office, case["ticket"]))
    assert office.client().get(path).status_code == 200
    guesses = [office.client().get(f"/pekerjaan/{n:043d}").status_code for n in range(25)]
    assert (guesses[0], guesses[-1]) == (404, 429)
    assert office.client().get(path).status_code == 200, "the same address, a good link"


def test_a_link_opens_its_own_ticket_alone(office: Office):
    mine, other, now = take(office), take(office), office.parts.now()
    path = path_of(make(office, mine["ticket"]))
    theirs = add(office, other["ticket"], shot(308, now, other["pin"]), key="kunci").get_json()
    own = add(office, mine["ticket"], shot(309, now, mine["pin"]), key="kunci").get_json()
    # The key of somebody else's photo tells nothing of it: it is a new photo here.
    sent = send(office, path, shot(310, now, mine["pin"]), key="kunci").get_json()["photos"][0]
    assert sent["id"] not in (theirs["id"], own["id"])
    assert ticket_row(office, other["ticket"]).proofs == 1
    for address in (f"/api/proofs/{theirs['id']}", f"/api/proofs/{own['id']}", path + "/foto/1"):
        assert office.client().get(address).status_code in (401, 404)
    # With a contractor's eyes nothing else is there, and nothing else can be written.
    eyes = Scope(CONTRACTOR, ticket_id=mine["ticket"], name="CV Kenari Jaya")
    with office.as_scope(eyes) as session:
        count = "SELECT (SELECT count(*) FROM ticket), (SELECT count(*) FROM incident),"
        count += " (SELECT count(*) FROM call), (SELECT count(*) FROM ticket_message),"
        count += " (SELECT count(*) FROM proof), (SELECT count(*) FROM call_contact)"
        assert tuple(session.execute(text(count)).one()) == (1, 1, 0, 0, 1, 0)
    for statement in (
        "UPDATE ticket SET state = 'ditutup', closed_at = now()",
        "UPDATE ticket SET due_at = NULL, version = 99",
        "UPDATE work_link SET revoked_at = now()",
        "UPDATE work_link SET expires_at = now() + interval '1 year'",
        "INSERT INTO proof (ticket_id, incident_id, kind, at, by_name, url, key)"
        f" VALUES ({other['ticket']}, {other['incident']}, 'tautan', now(), 'x', 'https://a', 'k')",
    ):
        with pytest.raises(DBAPIError), office.as_scope(eyes) as session:
            session.execute(text(statement))
    with office.as_scope(AUTH) as session:  # the log-in finds links, and changes none
        assert session.execute(text("UPDATE work_link SET done_note = 'x'")).rowcount == 0


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"days": 0}, "days"),
        ({"days": 31}, "days"),
        ({"days": "7"}, "days"),
        ({"name": ""}, "name"),
        ({"name": " \t "}, "name"),
        ({"name": "k" * 101}, "name"),
        ({"note": "k" * 1001}, "note"),
    ],
)
def test_what_a_link_needs_is_named(office: Office, body, field):
    case = take(office)
    answer = make(office, case["ticket"], **body)
    assert (answer.status_code, answer.get_json()["field"]) == (422, field)


def test_who_may_make_links_and_for_what(office: Office):
    case = take(office)
    assert make(office, case["ticket"], login="damkar1").status_code == 404
    for login in ("bupati", "tegalsambi", "admin", "operator1"):
        assert make(office, case["ticket"], login=login).status_code == 403
    number = make(office, case["ticket"]).get_json()["id"]
    assert office.client("damkar1").delete(f"/api/links/{number}", json={}).status_code == 404
    for _ in range(2):  # twice is as good as once
        gone = office.client(OFFICER).delete(f"/api/links/{number}", json={})
        assert gone.status_code == 200
