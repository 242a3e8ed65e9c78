"""Every route names a right, and lets in only who has it: generated from the route table."""

from dataclasses import replace

import pytest

from app.auth.guard import right_of
from app.auth.roles import HOME, RIGHTS, Right, may
from app.factory import create_app
from dispatch.scope import Role
from tests.app.conftest import Office

OPEN = {
    "static",
    "house.get_health",
    "positions.get_osmand",
    "positions.post_osmand",
    "positions.post_owntracks",
    "positions.post_positions",
    "public.get_embed",
    "public.get_embed_counter",
    "public.get_public_counter",
    "public.get_public_map",
    "public_api.get_outlines",
    "public_api.get_public",
    "session.get_login",
    "session.post_login",
    "session.post_language",
    # The code or the link in the address is what lets in.
    "track.get_form",
    "track.get_picture",
    "track.get_report",
    "track.post_form",
    "track.post_rating",
    "track.post_reopen",
    "track.post_reply",
    "work_link.get_task",
    "work_link.post_done",
    "work_link.post_photo",
}
LOGINS = {
    Role.OPERATOR: "operator1",
    Role.DISPATCHER: "dispatcher1",
    Role.AGENCY_OFFICER: "dinkes1",
    Role.FIELD_UNIT: "ambulans",
    Role.VILLAGE_HEAD: "tegalsambi",
    Role.PLANNER: "perencana",
    Role.LEADER: "bupati",
    Role.ADMINISTRATOR: "admin",
    Role.DATA_PROTECTION: "pdp",
    Role.WALLBOARD: "dinding",
}


def routes(world):
    """(endpoint, method, path) of every route; ids are 1, which is right for nobody."""
    bound = world.app.url_map.bind("localhost", url_scheme="https")
    for rule in world.app.url_map.iter_rules():
        values = dict.fromkeys(rule.arguments, 1)
        if rule.endpoint == "static":
            values = {"filename": "css/base.css"}
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, bound.build(rule.endpoint, values)


def status(client, method, path):
    """Without a forgery token: who may come in gets a 400 where something would be written."""
    with client.open(path, method=method) as answer:
        return answer.status_code


def test_every_route_names_a_right(office: Office):
    app = office.app
    nameless = [e for e in app.view_functions if right_of(app, e) is None]
    assert nameless == []


def test_only_the_log_in_and_the_watchdog_are_open(office: Office):
    app = office.app
    assert {e for e in app.view_functions if right_of(app, e) is Right.OPEN} == OPEN


def test_nobody_logged_in_gets_in_only_where_it_is_open(office: Office):
    client = office.client()
    for endpoint, method, path in routes(office):
        got = status(client, method, path)
        if endpoint in OPEN:
            # No village 1 to frame, no count before the timer has made one; 429 to who guesses.
            assert got in (200, 400, 401, 404, 429, 503), path
        elif path.startswith("/api/") or method != "GET":
            assert got == 401, path
        else:
            assert got == 302, path


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
def test_head_and_options_are_no_way_round(office: Office, method):
    client = office.client()
    for endpoint, first, path in routes(office):
        if endpoint not in OPEN and first == "GET":
            assert status(client, method, path) in (302, 401, 405), path


@pytest.mark.parametrize("role", LOGINS)
def test_a_role_gets_in_where_it_has_the_right_and_nowhere_else(office: Office, role):
    client = office.client(LOGINS[role])
    for endpoint, method, path in routes(office):
        if endpoint in ("board.get_events", "session.post_logout"):
            continue  # a stream without a cursor is a 422 all the same; a logout ends the test
        if endpoint == "positions.post_positions":
            continue  # open to devices with a token; of those logged in to crews alone
        right = right_of(office.app, endpoint)
        allowed = right is not None and may(role, right)
        if role is Role.PLANNER and endpoint.startswith(("exports.get_cases", "ticket_exports.")):
            allowed = False  # counts only, by row security
        assert (status(client, method, path) != 403) == allowed, (path, right)


def test_a_route_without_a_right_answers_nobody(office: Office):
    app = create_app(office.settings, office.parts)
    app.test_client_class = office.app.test_client_class
    app.add_url_rule("/lupa", "lupa", lambda: "private")
    app.add_url_rule("/api/lupa", "api_lupa", lambda: "private")
    forgetful = replace(office, app=app, browsers={})
    for login in ("dispatcher1", "admin"):
        client = forgetful.client(login)
        assert client.get("/lupa").status_code == 403
        assert client.get("/api/lupa").status_code == 403
    assert forgetful.client().get("/api/lupa").status_code == 401


def test_every_role_has_rights_a_home_and_a_demo_login(office: Office):
    assert RIGHTS.keys() == HOME.keys() == LOGINS.keys() == set(Role)
    for role, login in LOGINS.items():
        client = office.client(login)
        assert client.get("/").headers["Location"] == HOME[role]
        assert client.get(HOME[role]).status_code == 200
        assert client.get("/api/me").get_json()["role"] == role


def test_who_manages_accounts_sees_no_case_and_who_reads_the_log_neither():
    case = {Right.SEE_BOARD, Right.SEE_INCIDENT, Right.SEE_CONTACT, Right.SEE_LOAD, Right.LOG_CALLS}
    assert not RIGHTS[Role.ADMINISTRATOR] & case
    assert not RIGHTS[Role.DATA_PROTECTION] & case
