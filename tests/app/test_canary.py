"""Nobody gets what is not theirs, on any route, in any format: docs/decisions/0006 as a table."""

import json
import re
import time
from collections import Counter

import orjson
import pytest

from app.api import analyses, coverage, whatif
from app.api.streams import TICK
from app.channel import Screen
from tests.app.canaries import TEGALSAMBI, Planted, plant
from tests.app.canaries_analysis import plant_analysis
from tests.app.canaries_tickets import plant_tickets
from tests.app.conftest import Office
from tests.app.sweep import FILTERS, LAST, MISSING, all_of, every_ask, untaught
from tests.app.sweep_analysis import PERIOD, SINCE, UNTIL
from tests.world import World

FEATURE = ("place", "pin")
FOUND = ("label", "shape", "against")  # where it may be, and what speaks against it
DRAWN = ("shape", "against")  # for an agency's officer
FILE = (*FEATURE, "words", "mask")
CONTACT = (*FILE, "phone", "name")
ASKED = (*FILE, "phone!", "name!")  # number and name only for a reason


def of(case, parts, *more):
    return {f"{case}.{part}" for part in (*parts, *more)}


# Of a ticket: what colleagues wrote, what was answered, proof, who brings it, what a leader wants.
DESK = ("note", "answer", "step", "proof", "picture", "contractor", "instruction")
SAID = (*DESK, "reply")  # and the reporter's own words, which are not for the leader
POSITIONS = {"unit.DMK-01", "unit.AMB-12", "unit.POL-33"}
TRACKS = {"track.DMK-01", "track.AMB-12", "track.POL-33"}
MARK = of("fire", ("mark", "head"))  # what the head of the village said of it, and who that is
PLANS = {"analysis.note", "analysis.result", "analysis.file"}  # what planners left behind
ROOM = {
    *TRACKS,
    *MARK,
    "fire.photo",
    "medical.photo",
    *of("fire", CONTACT, *FOUND),
    *of("road", CONTACT, *FOUND),
    *of("theft", CONTACT, *FOUND),
    *of("lost", CONTACT, *FOUND) - {"lost.pin"},
    *of("old", ASKED, *FOUND),
    *of("medical", CONTACT, *FOUND, "category"),
    *of("prank", ("phone!", "name!")),
    *of("fire", SAID),
    *of("road", SAID),
    "old.outcome",  # how it ended, for whoever sees its ticket
    *POSITIONS,
}
PROTECTION = of("violence", CONTACT, *FOUND, "category") | of("own", CONTACT, *FOUND, "category")
PROTECTION |= {"violence.photo", *of("violence", SAID)}

# Shifts of the own side, templates, the own filters; who manages notices sees where they go.
# The secret of a webhook is told to nobody.
SHIFT = {"shift.room", "template"}
NOTICES = {"hook"}

# Who may be told what. `!` only when a reason is given. What is not named here is a leak;
# what is named and never told is a hole in the test, or in the screens.
ALLOWED = {
    # Took the sensitive call: keeps case and words in sight, not the number.
    "operator1": ROOM | SHIFT | of("own", FILE, *FOUND, "category"),
    "operator2": ROOM | SHIFT | {"filter"},
    "operator3": ROOM | SHIFT | PROTECTION,
    "dispatcher1": ROOM | SHIFT | NOTICES,
    "dispatcher2": ROOM | SHIFT | NOTICES | PROTECTION,
    "dinkes1": of("medical", ASKED, *DRAWN, "category", "photo") | {"unit.AMB-12"},
    "damkar1": of("fire", ASKED, *DRAWN, "photo")
    | of("old", ASKED, *DRAWN)
    | of("fire", SAID)
    | {"unit.DMK-01", "old.outcome"}
    | MARK,
    "pupr1": of("road", ASKED, *DRAWN, *SAID) | {"shift.agency", "template"},
    "ppa1": of("violence", ASKED, *DRAWN, *SAID, "category", "photo")
    | of("own", ASKED, *DRAWN, "category"),
    # The crew of an ambulance belongs to the medical group; of another sensitive case a crew
    # is told where, not what.
    "ambulans": of("medical", CONTACT, *FOUND, "category", "photo") | {"unit.AMB-12"},
    "polisi": of("violence", FEATURE, "label", "shape", "photo") | {"unit.POL-33"},
    "pemadam": of("fire", CONTACT, *FOUND, "photo") | {"unit.DMK-01"} | MARK,
    # The road may lie in Tegalsambi, too. The beating may lie in Panggang, which is told nothing.
    "tegalsambi": {"fire.pin", "road.pin"},
    "panggang": {"road.pin"},
    "perencana": PLANS,
    "bupati": of("fire", FEATURE)
    | of("road", FEATURE)
    | of("old", FEATURE)
    | of("theft", FEATURE)
    | of("fire", DESK)
    | of("road", DESK)
    | {"lost.place", "old.outcome"}
    | POSITIONS
    | MARK
    | PLANS,
    # A screen on the wall: nothing sensitive, no word of a caller, and not in whose house.
    "dinding": {*POSITIONS},
    "admin": {"account"} | NOTICES,
    "pdp": {"reason"},
    None: set(),
}
HIDDEN_FROM = {  # cases that a role with the right to open cases must not know of
    "operator1": ("violence",),
    "operator2": ("violence", "own"),
    "dispatcher1": ("violence", "own"),
    "dinkes1": ("fire", "old", "road", "violence", "own", "lost", "theft"),
    "damkar1": ("road", "medical", "violence", "own", "lost", "theft"),
    "ppa1": ("fire", "old", "road", "medical", "lost", "theft"),
    "ambulans": ("fire", "old", "road", "violence", "own", "lost", "theft"),
    "pemadam": ("old", "road", "medical", "violence", "own", "lost", "theft"),
    "bupati": ("medical", "violence", "own"),
}

# What planners may have reckoned, over all the cases.
JOBS = {
    "coverage": (coverage, {"what": "isokron", "cell_m": 1000}),
    "sites": (coverage, {"what": "lokasi"}),
    "what if": (
        whatif,
        {"changes": [{"do": "hapus_unit", "unit": "AMB-01"}], "since": SINCE, "until": UNTIL,
         "repeats": 2},
    ),
    "clusters": (analyses, {"query": f"{PERIOD}&method=gugus"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def planted(office: Office) -> Planted:
    planted = plant(office)
    plant_tickets(planted)
    plant_analysis(planted)
    return planted


def test_every_route_is_one_that_the_generator_can_ask(shared_world: World):
    assert untaught(shared_world) == []


@pytest.mark.parametrize("login", ALLOWED, ids=str)
def test_all_that_a_role_is_told_is_what_the_table_allows(planted: Planted, login):
    told: dict[str, str] = {}
    client = World.client(planted.world, login)  # of its own: the sweep ends by logging out
    # What needs no reason first, so that `!` marks what came by a reason alone.
    for ask in sorted(every_ask(planted), key=lambda a: (a.endpoint == LAST, a.by_reason)):
        answer = ask.of(client)
        words = all_of(answer)
        assert answer.status_code < 500, (ask, words)
        for secret in planted.seen_in(words):
            if secret not in told:
                told.setdefault(secret + "!" * ask.by_reason, f"{ask.method} {ask.path}")
    leaks = {s: where for s, where in told.items() if s not in ALLOWED[login]}
    assert leaks == {}
    assert set(told) == ALLOWED[login]


@pytest.mark.parametrize("kind", JOBS)
def test_what_a_planners_job_comes_to_tells_of_no_case(planted: Planted, kind):
    """The sweep makes no jobs: what the worker would write is read here."""
    module, params = JOBS[kind]
    found = module.work(planted.world.parts, params, lambda *_: None)
    words = orjson.dumps(found.document).decode() + "".join(
        file.body.decode("utf-8", "replace") for file in found.files
    )
    assert len(words) > 1000
    assert planted.seen_in(words) == set()


@pytest.mark.parametrize("login", HIDDEN_FROM)
def test_a_hidden_case_answers_as_one_that_does_not_exist(planted: Planted, login):
    client = planted.world.client(login)
    for case in (planted.cases[name] for name in HIDDEN_FROM[login]):
        for path, body in (
            (f"/api/incidents/{case.incident}", None),
            (f"/api/incidents/{case.incident}/suggestions", None),
            (f"/api/incidents/{case.incident}/pin", {"lon": 110.65, "lat": -6.62, "version": 1}),
            (f"/api/incidents/{case.incident}/close", {"outcome": "x", "version": 1}),
            (f"/api/incidents/{case.incident}/assignments", {"unit": planted.units["AMB-12"]}),
            (f"/api/incidents/{case.incident}/photos", None),
            (f"/api/incidents/{case.incident}/level", {"level": 2, "version": 1}),
            (f"/api/incidents/{case.incident}/told", {"agency": 1}),
            (f"/api/calls/{case.call}/contact", {"reason": "menelepon kembali pelapor"}),
            (f"/api/assignments/{case.assignment}/state", {"state": "tiba"}),
        ):
            # A unit may know of its own old assignment, though not of the case any more.
            if "None" in path or (login == "pemadam" and "/assignments/1/" in path):
                continue
            nobody = re.sub(r"\d+", str(MISSING), path)
            assert told(client, path, body) == told(client, nobody, body), path


def told(client, path, body):
    """Status, and the answer but for the id that was asked."""
    answer = client.get(path) if body is None else client.post(path, json=body)
    assert answer.status_code in (403, 404), path
    return answer.status_code, re.sub(r"\d+", "#", answer.get_data(as_text=True))


def test_a_field_unit_cannot_tell_the_sensitive_case_by_its_agencies(planted: Planted):
    task = planted.world.client("polisi").get("/api/tasks").get_json()["tasks"][0]
    assert task["incident"]["properties"]["category"] == "prioritas_khusus"
    assert task["incident"]["properties"]["agencies"] == []


def test_the_crew_of_the_group_knows_what_it_is_sent_to(planted: Planted):
    task = planted.world.client("ambulans").get("/api/tasks").get_json()["tasks"][0]
    assert task["incident"]["properties"]["category"] == "kesehatan"


@pytest.mark.parametrize(
    "login", ["tegalsambi", "perencana", "bupati", "operator2", "damkar1", "dinding"]
)
def test_a_sensitive_case_more_changes_no_count(planted: Planted, login):
    client = planted.world.client(login)
    before = counts(client)
    body = {"what": "x", "category": "kekerasan_seksual", "pin": planted.cases["fire"].pin}
    key = {"Idempotency-Key": f"one-more-{login}"}
    taken = planted.world.client("operator3").post("/api/calls", json=body, headers=key)
    assert taken.status_code == 201
    assert counts(client) == before


def counts(client):
    """All figures of the board, the load and the map for paper."""
    board = client.get("/api/board").get_json()
    page = client.get("/laporan/beban").get_data(as_text=True)
    figures = Counter(re.findall(r"\"open\": ?\d+|\d+ terbuka", page))  # ages go on meanwhile
    loads = [client.get(f"/api/load?{asked}").get_json() for asked in FILTERS]
    told = [(load.get("villages"), load.get("total")) for load in loads]
    lists = [client.get(f"/api/incidents/list?{asked}").get_json() for asked in FILTERS]
    return board["counts"], board["load"], told, [one.get("total") for one in lists], figures


def test_a_village_head_and_a_planner_count_only_what_is_not_sensitive(planted: Planted):
    # The fire; not the sick, not the beaten. What is for the room alone is not for the village.
    for login, expected in (("tegalsambi", 1), ("perencana", 2), ("bupati", 2), ("dinding", 2)):
        load = planted.world.client(login).get("/api/load").get_json()["villages"]
        assert load[TEGALSAMBI]["open"] == expected, login
    load = planted.world.client("tegalsambi").get("/api/load").get_json()
    assert load["villages"].keys() == {TEGALSAMBI}


def test_the_live_stream_tells_each_role_its_own(planted: Planted, monkeypatch):
    """Every case is touched while all are listening."""
    monkeypatch.setattr(Screen.wait, "__defaults__", (None, 0.1))
    # Who sees all is asked first: what they were told, the others were told with it.
    logins = sorted(filter(None, ALLOWED), key=lambda login: login != "dispatcher2")
    streams = {login: listen(planted, login) for login in logins}
    touch(planted)
    for login, stream in streams.items():
        if stream is None:
            continue
        heard = hear(stream, lambda words, who=login: planted.seen_in(words) >= live_part(who))
        leaks = planted.seen_in(heard) - ALLOWED[login]
        assert leaks == set(), (login, heard)
        assert planted.seen_in(heard) == live_part(login), login


def listen(planted: Planted, login):
    """An open stream whose first message is read; None for who has no right to one."""
    client = planted.world.client(login)
    board = client.get("/api/board")
    if board.status_code == 403:
        return None
    stream = client.get(f"/api/events?after={board.get_json()['cursor']}")
    next(stream.response)
    return stream


def touch(planted: Planted):
    """A second call for each open case, and the units move on."""
    operator = planted.world.client("operator3")
    for name in ("fire", "road", "medical", "violence", "own", "lost", "theft"):
        number = planted.cases[name].incident
        key = {"Idempotency-Key": f"again-{name:-<8}"}
        assert operator.post("/api/calls", json={"joins": number}, headers=key).status_code == 201
    dispatcher = planted.world.client("dispatcher2")
    for name in ("fire", "medical", "violence"):
        path = f"/api/assignments/{planted.cases[name].assignment}/state"
        assert dispatcher.post(path, json={"state": "berangkat"}).status_code == 200


def hear(stream, until):
    """All that comes until it is enough, and then until it is still."""
    heard, deadline = b"", time.monotonic() + 20
    while True:
        message = next(stream.response)
        heard += message
        if message == TICK and (until(heard.decode()) or time.monotonic() > deadline):
            stream.close()
            return heard.decode()


def live_part(login):
    """What of the table a stream can tell: features of open cases, and of units."""
    parts = ("place", "pin", "category", "label", "against")
    told = {s for s in ALLOWED[login] if s.split(".")[-1] in parts and not s.startswith("old.")}
    # One stream serves all with the same eyes: it does not know who took which call.
    mine = {s for s in told if s.startswith("own.")} if login == "operator1" else set()
    return told - mine | {s for s in ALLOWED[login] if s.startswith("unit.")}


def test_a_released_unit_is_told_that_its_case_is_gone(planted: Planted, monkeypatch):
    monkeypatch.setattr(Screen.wait, "__defaults__", (None, 0.1))
    fire, crew = planted.cases["fire"], planted.world.client("pemadam")
    stream = listen(planted, "pemadam")
    for state in ("tiba", "selesai"):
        path = f"/api/assignments/{fire.assignment}/state"
        assert crew.post(path, json={"state": state}).status_code == 200
    heard = hear(stream, lambda words: "event: gone" in words)
    gone = [json.loads(d) for d in re.findall(r"event: gone\ndata: (.*)", heard)]
    assert gone == [{"kind": "incident", "id": fire.incident}]
    assert crew.get(f"/api/incidents/{fire.incident}").status_code == 404
    assert crew.post(f"/api/calls/{fire.call}/contact", json={}).status_code == 404
    # Where it stands itself, and nothing of the case any more.
    assert planted.seen_in(all_of(crew.get("/api/tasks"))) == {"unit.DMK-01"}


def test_a_crew_released_while_its_line_was_cut_is_told_to_read_all_again(planted: Planted):
    crew, road = planted.world.client("pemadam"), planted.cases["road"]
    dispatcher = planted.world.client("dispatcher1")
    body = {"unit": planted.units["DMK-01"]}
    sent = dispatcher.post(f"/api/incidents/{road.incident}/assignments", json=body).get_json()
    cursor = crew.get("/api/board").get_json()["cursor"]
    path = f"/api/assignments/{sent['assignment']}/state"
    assert dispatcher.post(path, json={"state": "dibatalkan"}).status_code == 200
    heard = all_of(crew.get(f"/api/events?after={cursor}"))
    assert "event: resync" in heard
    assert planted.seen_in(heard) == set()
    assert f'"id":{road.incident}' not in heard
