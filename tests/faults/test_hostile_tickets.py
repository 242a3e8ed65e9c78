"""What nobody should send about tickets gets one clear sentence, and changes nothing at all."""

import io
import json
import zlib
from datetime import timedelta
from struct import pack
from zipfile import ZipFile

import pytest
from PIL import Image
from sqlalchemy import text

from app.pages import track, work_link
from tests.app.conftest import Office
from tests.app.proving import OFFICER, ROOM, add, move, shot, take
from tests.world import post_form

# What is refused in the middle of its body is dropped, not closed.
pytestmark = pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")

LEADER = "bupati"
KEPT = (
    "incident", "ticket", "ticket_step", "ticket_message", "ticket_rating", "instruction", "merge",
    "proof", "proof_seal", "proof_band", "work_link", "notice", "handover", "stored_filter",
    "answer_template", "subscription", "push_subscription", "outgoing", "idempotency_key",
)  # fmt: skip
HUGE = 2**62


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch):
    """Bounds of its own for each test."""
    for module, names in ((track, ("WRONG", "WRONG_OF_ALL", "WRITTEN")), (work_link, ("WRONG",))):
        for name in names:
            bound = getattr(module, name)
            monkeypatch.setattr(module, name, type(bound)(bound._at_once, bound._per_s))


@pytest.fixture(scope="module")
def office(shared_world) -> Office:
    return Office(**vars(shared_world))


@pytest.fixture(scope="module")
def case(office: Office):
    """A road that its agency works on, with a proof, a link and an instruction."""
    case = take(office)
    move(office, ROOM, case["ticket"], "didisposisi")
    move(office, OFFICER, case["ticket"], "diterima_opd")
    assert (
        add(office, case["ticket"], shot(901, office.parts.now(), case["pin"])).status_code == 201
    )
    made = office.client(OFFICER).post(
        f"/api/tickets/{case['ticket']}/links", json={"name": "CV Uji", "days": 3}
    )
    assert made.status_code == 201
    due = (office.parts.now() + timedelta(days=2)).isoformat()
    given = office.client(LEADER).post(
        f"/api/tickets/{case['ticket']}/instructions",
        json={"text": "dahulukan", "due_at": due, "key": "hostile"},
    )
    assert given.status_code == 201, given.get_data(as_text=True)
    with office.as_owner() as session:
        row = session.execute(text("SELECT id, incident_id FROM ticket WHERE id = :t"),
                              {"t": case["ticket"]}).one()  # fmt: skip
        numbers = {
            "proof": session.scalar(text("SELECT max(id) FROM proof")),
            "instruction": session.scalar(text("SELECT max(id) FROM instruction")),
        }
    return case | numbers | {"incident": row.incident_id, "token": made.get_json()["url"][-43:]}


def everything(office: Office) -> dict[str, str]:
    """A sum of all that is kept about tickets, table by table."""
    query = "SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {} AS t"
    with office.as_owner() as session:
        return {name: session.scalar(text(query.format(name))) for name in KEPT}


def problem(answer, status=(400, 404, 409, 413, 422), field=None):
    """The refusal: one sentence that names the field, and nothing of our inside."""
    written = answer.get_data(as_text=True)
    assert answer.status_code in status, (answer.status_code, written[:400])
    assert "Traceback" not in written
    assert "psycopg" not in written
    told = answer.get_json()
    assert told["detail"]
    if field is not None:
        assert (told.get("field") or "").startswith(field), told
    return told


WRONG_TYPES = [None, 5, "x", [], {}, True, 1.5, "'; DROP TABLE ticket; --", "\x00", "9" * 400]
BODIES = {  # route: (who, path, a body that stays wrong whichever one field is set right)
    "moves": (OFFICER, "/api/tickets/{ticket}/moves",
              {"to": "dikerjakan", "version": 1, "key": "k"}),
    "claim": (OFFICER, "/api/tickets/{ticket}/claim", {"version": 1}),
    "extend": (OFFICER, "/api/tickets/{ticket}/extend", {"version": 1, "reason": "x"}),
    "add": (ROOM, "/api/incidents/{incident}/tickets", {"agency": "raja", "version": 0}),
    "messages": (OFFICER, "/api/tickets/{ticket}/messages",
                 {"kind": "surat", "text": "x", "mentions": [], "key": "k"}),
    "bulk": (OFFICER, "/api/tickets/bulk", {"ids": [1], "claim": False, "key": "k"}),
    "filter": (OFFICER, "/api/stored-filters", {"name": "", "query": "apa=1"}),
    "answer": (OFFICER, "/api/answers", {"title": "", "text": ""}),
    "handover": (OFFICER, "/api/handovers", {"text": "", "apa": 1}),
    "seen": (OFFICER, "/api/notices/seen", {"upto": -1}),
    "instruct": (LEADER, "/api/tickets/{ticket}/instructions",
                 {"text": "x", "due_at": "kemarin", "key": "k"}),
    "instruction": (OFFICER, "/api/instructions/{instruction}/answer", {"answer": "", "apa": 1}),
    "proof": (OFFICER, "/api/tickets/{ticket}/proofs", {"url": "ftp://x", "key": "k"}),
    "look": (ROOM, "/api/proofs/{proof}/look", {"accepted": False, "reason": "", "apa": 1}),
    "link": (OFFICER, "/api/tickets/{ticket}/links", {"name": "", "days": 0}),
    "merge": (ROOM, "/api/incidents/{incident}/merge",
              {"into": HUGE, "version": 1, "into_version": 1}),
    "undo": (ROOM, f"/api/merges/{HUGE}/undo", {"version": 1}),
    "owner": (ROOM, "/api/incidents/{incident}/owner", {"owner": "raja", "version": 0}),
    "subscription": (ROOM, "/api/subscriptions", {"channel": "merpati", "to": "x", "events": []}),
    "push": (OFFICER, "/api/push",
             {"endpoint": "javascript:1", "keys": {"p256dh": "", "auth": ""}}),
}  # fmt: skip


@pytest.mark.parametrize("route", BODIES)
def test_a_body_with_anything_wrong_in_it_is_refused_and_changes_nothing(office, case, route):
    login, path, right = BODIES[route]
    client, path = office.client(login), path.format(**case)
    before = everything(office)
    problem(client.post(path, json=right))  # wrong already in one way, each
    for body in ([], "x", 5, None):
        problem(client.post(path, data=json.dumps(body), content_type="application/json"))
    problem(client.post(path, data="{", content_type="application/json"))
    problem(client.post(path, json=right | {"demo": True}), (422,))  # a field nobody knows
    for name in right:
        for wrong in WRONG_TYPES:
            if type(wrong) is type(right[name]) and not isinstance(wrong, str):
                continue
            answer = client.post(path, json=right | {name: wrong})
            problem(answer)
        without = {key: value for key, value in right.items() if key != name}
        problem(client.post(path, json=without))
    assert everything(office) == before


@pytest.mark.parametrize("state", ["ditutup", "digabung", "dibuka_kembali", "baru", "selesai", "*"])
def test_a_state_that_is_not_the_officers_to_give_is_refused(office, case, state):
    with office.as_owner() as session:
        version = session.scalar(
            text("SELECT version FROM ticket WHERE id = :t"), {"t": case["ticket"]}
        )
    before = everything(office)
    for more in ({}, {"agency": "dlh"}, {"reason": "lainnya", "answer": "x"}):
        body = {"to": state, "version": version, "key": f"forged-{state}"} | more
        answer = office.client(OFFICER).post(f"/api/tickets/{case['ticket']}/moves", json=body)
        problem(answer, (409, 422))
    assert everything(office) == before


@pytest.mark.parametrize(
    "number", [0, HUGE, 2**63, 2**64, 10**30, "-1", "1e3", "0x1", "%31%00", "\u0663"]
)
@pytest.mark.parametrize(
    "path",
    ["/api/tickets/{}", "/api/proofs/{}", "/api/tickets/{}/colleagues",
     "/api/incidents/{}/same", "/laporan/tanda-terima/{}"],
)  # fmt: skip
def test_an_id_that_nobody_has_is_not_found(office, path, number):
    assert office.client(ROOM).get(path.format(number)).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=eyJhIjoxfQ", "after=%00", "limit=0", "limit=9999", "limit=x", "box=x",
     "state=x", "kind=x", "p=9", "holder=x", "holder=99999999999999999999", "sort=x", "late=x",
     "apa=1", "category=x", "agency=x", "village=x"],
)  # fmt: skip
def test_a_question_to_the_inbox_that_means_nothing_names_its_word(office, query):
    client = office.client(ROOM)
    answer = client.get(f"/api/tickets?{query}")
    told = problem(answer, (422,))
    assert query.split("=")[0] in (told.get("field") or told["detail"])


def test_a_cursor_of_another_order_is_no_cursor(office, case):
    take(office)
    client = office.client(ROOM)
    first = client.get("/api/tickets?box=semua&limit=1&sort=new").get_json()
    assert first["next"], "the control"
    problem(client.get(f"/api/tickets?box=semua&limit=1&sort=due&after={first['next']}"), (422,))
    forged = first["next"][:-2] + ("AA" if first["next"][-2:] != "AA" else "BB")
    answer = client.get(f"/api/tickets?box=semua&limit=1&sort=new&after={forged}")
    assert answer.status_code in (200, 422)


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return pack(">I", len(data)) + kind + data + pack(">I", zlib.crc32(kind + data))

    head = pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    row = b"\x00" * (1 + (width + 7) // 8)
    packed = zlib.compress(row * height, 9)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")
    )


def bad_photos():
    whole = shot(902)
    gif, archive = io.BytesIO(), io.BytesIO()
    with ZipFile(archive, "w") as inside:
        inside.writestr("x.html", "<script>1</script>")
    Image.new("RGB", (60, 40)).save(gif, "GIF")
    return {
        "81 megapixels": png_of(9000, 9000),
        "a drawing in SVG": b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>',
        "a page at the same time": whole + b"<html><script>alert(1)</script></html>",
        "an archive at the same time": whole + archive.getvalue(),
        "a PDF by the name of a photo": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF",
        "11 MB": whole + b"\x00" * 11_000_000,
        "a GIF": gif.getvalue(),
        "half a photo": whole[: len(whole) // 2],
        "nothing": b"",
        "words": b"bukan foto",
    }


@pytest.mark.parametrize("name", bad_photos())
def test_a_file_that_is_no_honest_photo_is_refused_by_both_doors(office, case, name):
    sent, before = bad_photos()[name], everything(office)
    told = problem(add(office, case["ticket"], sent), (413, 422), None)
    assert len(told["detail"]) < 200
    contractor = office.client().post(
        f"/pekerjaan/{case['token']}/foto",
        data={"key": "k-hostile", "note": "kenari tetap", "photo": (io.BytesIO(sent), "a.jpg")},
        headers={"Accept": "text/html"},
    )
    assert contractor.status_code in (413, 422), contractor.get_data(as_text=True)[:300]
    written = contractor.get_data(as_text=True)
    assert 'role="alert"' in written
    assert contractor.status_code == 413 or "kenari tetap" in written, "what was typed stays"
    assert everything(office) == before


FORGED = ["x", "0" * 43, "%00", "a" * 3000, "..%2F..", "' OR 1=1 --", "%F0%9F%92%A3"]


@pytest.mark.parametrize("token", FORGED)
def test_a_forged_link_opens_nothing(office, case, token):
    before, client = everything(office), office.client()
    assert client.get(f"/pekerjaan/{token}").status_code == 404
    assert client.post(f"/pekerjaan/{token}/selesai", data={}).status_code == 404
    photo = {"key": "k", "photo": (io.BytesIO(shot(903)), "a.jpg")}
    assert client.post(f"/pekerjaan/{token}/foto", data=photo).status_code == 404
    assert client.get(f"/lacak/{token}").status_code == 404
    assert everything(office) == before


WORDS = '=HYPERLINK("http://x")<script>alert(1)</script>{{7*7}}\u202e\'; --'


def test_words_that_would_be_more_than_words_stay_words(office, case):
    client = office.client(OFFICER)
    body = {"kind": "catatan", "text": WORDS, "mentions": [], "key": "words"}
    said = client.post(f"/api/tickets/{case['ticket']}/messages", json=body)
    assert said.status_code == 200
    assert [m["text"] for m in said.get_json()["messages"]][-1] == WORDS
    page = client.get(f"/tiket/{case['ticket']}").get_data(as_text=True)
    assert "<script>alert" not in page
    assert "49" not in page.split("<main")[-1].split(WORDS[:5])[-1][:50] or WORDS not in page
    told = client.get("/api/exports/tickets.csv?box=semua").get_data(as_text=True)
    cells = [cell for line in told.splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.lstrip('"').startswith(("=", "+", "@"))]


def test_a_formula_as_the_place_of_a_case_is_words_in_a_table(office):
    body = {"where": "=1+1", "what": "x", "category": "jalan"}
    headers = {"Idempotency-Key": "hostile-formula"}
    taken = office.client("operator1").post("/api/calls", json=body, headers=headers)
    assert taken.status_code == 201
    told = office.client(ROOM).get("/api/exports/tickets.csv?box=semua").get_data(as_text=True)
    assert "=1+1" in told
    cells = [cell.lstrip('"') for line in told.splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell.startswith("=")]


@pytest.mark.parametrize("stars", ["0", "6", "-1", "lima", "", "5; --", "\u0665"])
def test_a_rating_that_is_none_is_refused_to_the_reporter(office, case, stars):
    headers = {"Idempotency-Key": f"hostile-stars-{stars.encode().hex()}"}
    body = {"where": "x", "what": "x", "category": "jalan"}
    taken = office.client("operator1").post("/api/calls", json=body, headers=headers).get_json()
    before = everything(office)
    with office.as_owner() as session:
        query = text("SELECT min(id) FROM ticket WHERE incident_id = :i")
        ticket = session.scalar(query, {"i": taken["incident"]["id"]})
    path = f"/lacak/{taken['code']}/{ticket}/nilai"
    answer = post_form(office.client(), path, {"stars": stars})
    assert answer.status_code == 422
    assert "bintang" in answer.get_data(as_text=True)
    # Another report's ticket, with a code that is right.
    other = f"/lacak/{taken['code']}/{case['ticket']}/nilai"
    assert post_form(office.client(), other, {"stars": "5"}).status_code in (404, 409)
    assert everything(office) == before
