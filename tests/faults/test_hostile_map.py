"""What nobody should ask of the map gets a clear 4xx that names the word, and writes nothing."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.app.canaries import PANGGANG, TEGALSAMBI, inside
from tests.app.conftest import Office, office
from tests.world import World

__all__ = ["office"]

FILTERED = (
    "/api/load", "/api/incidents/list", "/api/tiles/incidents/9/413/265",
    "/api/export/incidents.geojson", "/api/export/load.gpkg",
)  # fmt: skip
BAD_FILTERS = {
    "kind=banjir": "kind", "kind=darurat&kind=aduan": "kind", "kind=": "kind",
    "category=naga": "category", "category=jalan,jalan": "category", "category=": "category",
    "category=jalan%00": "category", "agency=%27%20OR%201%3D1": "agency", "agency=1": "agency",
    "channel=merpati": "channel", "channel=112,desa": "channel", "p=0": "p", "p=5": "p",
    "p=1,1": "p", "p=%D9%A1": "p", "p=1.0": "p", "late=ya": "late", "late=1&late=1": "late",
    "since=kapan": "since", "since=2026-11-01T00:00:00": "since", "until=9999-99-99": "until",
    "since=2026-11-02T00:00:00Z&until=2026-11-01T00:00:00Z": "", "hours=-1": "hours",
    "hours=NaN": "hours", "hours=1e9": "hours", "hours=24&since=2026-11-01T00:00:00Z": "",
    "zoom=3": "zoom", "P=1": "P", "kategori[]=jalan": "kategori[]", f"{'x' * 3000}=1": "x",
}  # fmt: skip
BAD_SPOTS = {
    "bbox=NaN,NaN,NaN,NaN": "bbox", "bbox=110,-7,inf,-6": "bbox", "bbox=1,2,3": "bbox",
    "bbox=111,-7,110,-6": "bbox", "bbox=-999,-999,999,999": "bbox", "bbox=": "bbox",
    "bbox=a,b,c,d": "bbox", "bbox=110,-7,110,-7": "bbox", "cell=9/413/265/0/99": "cell",
    "cell=99/1/1/0/0": "cell", "cell=9/512/265/0/0": "cell", "cell=9/-1/265/0/0": "cell",
    "cell=9/413/265": "cell", "cell=9/413/265/0/0/0": "cell", "cell=x": "cell",
    "village=33.20.99.9999": "village", "village=%27": "village", "limit=0": "limit",
    "limit=-1": "limit", "limit=100000": "limit", "limit=x": "limit", "after=x": "after",
    "after=-1": "after", "after=99999999999999999999999": "after",
    "bbox=110,-7,111,-6&bbox=110,-7,111,-6": "bbox", "unpinned=ya": "unpinned",
}  # fmt: skip
BAD_TILES = (
    "incidents/-1/0/0", "incidents/9/512/0", "incidents/9/0/512", "incidents/19/1/1",
    "incidents/99/1/1", "incidents/9/99999999999999999999/1", "incidents/9/1.5/1",
    "incidents/9/a/b", "incidents/9/1", "incidents/9/1/1/1", "incidents/+9/1/1",
    "awan/9/413/265", "..%2F..%2Fetc/9/413/265", "users/9/413/265",
    "villages/1/19/1/1", "villages/1/9/512/512", "villages/x/9/413/265",
)  # fmt: skip
BAD_BODIES = {  # of POST /api/village/incidents/ID/here
    '{"version": 1, "lon": "110.6", "lat": "-6.6"}': "lon",
    '{"version": 1, "lon": NaN, "lat": -6.6}': "",
    '{"version": 1, "lon": 110.65}': "lat",
    '{"version": 1, "lon": -6.6, "lat": 110.6}': "",
    '{"version": 1, "lon": 110.7, "lat": 7000}': "",
    '{"version": "satu"}': "version",
    '{"version": 99999999999999999999}': "version",
    '{"version": null}': "version",
    '{"version": 1, "village": "33.20.06.1006"}': "village",
    '{"version": 1, "audience": "umum"}': "audience",
    '{}': "version",
    '[]': "",
    '{': "",
    '': "",
}  # fmt: skip


@pytest.fixture(scope="module")
def there(office: Office) -> dict[str, int]:
    """A tree in each of two villages, and one that is nobody's but the room's."""
    ids = {}
    cases = (("own", "pohon_tumbang", TEGALSAMBI), ("other", "pohon_tumbang", PANGGANG))
    for name, category, village in (*cases, ("room", "kepolisian", TEGALSAMBI)):
        taken = office.client("operator1").post(
            "/api/calls",
            json={"what": "x", "category": category, "pin": inside(office, village)},
            headers={"Idempotency-Key": f"hostile-map-{name}"},
        )
        ids[name] = taken.get_json()["incident"]["id"]
    return ids


WRITTEN = (
    "SELECT (SELECT sum(version) FROM incident), (SELECT count(*) FROM village_mark),"
    " (SELECT count(*) FROM log_entry WHERE kind NOT LIKE 'login%'),"
    " (SELECT count(*) FROM public_snapshot), (SELECT count(*) FROM village_part)"
)


@pytest.fixture(autouse=True)
def nothing_written(office: Office, there) -> Iterator[None]:
    """Whatever was refused left no trace."""

    def written():
        with office.as_owner() as session:
            return tuple(session.execute(text(WRITTEN)).one())

    before = written()
    yield
    assert written() == before


def refused(answer, field: str = "", statuses=(400, 404, 422)) -> None:
    """One sentence, which names the field where there is one."""
    body = answer.get_data(as_text=True)
    assert answer.status_code in statuses, (answer.status_code, body[:300])
    problem = answer.get_json()
    assert problem["detail"], body
    assert "Traceback" not in body
    assert len(problem["detail"]) < 1500
    if field:
        assert problem.get("field", "").startswith(field), body[:300]


@pytest.mark.parametrize("path", FILTERED)
def test_a_filter_that_is_none_is_refused_by_name(office: Office, path: str):
    client = office.client("dispatcher1")
    for query, field in BAD_FILTERS.items():
        refused(client.get(f"{path}?{query}"), field, statuses=(400, 422))


def test_a_spot_that_is_none_is_refused_by_name(office: Office):
    client = office.client("dispatcher1")
    for query, field in BAD_SPOTS.items():
        refused(client.get(f"/api/incidents/list?{query}"), field, statuses=(400, 422))


@pytest.mark.parametrize("login", ["dispatcher1", "tegalsambi", "perencana"])
def test_a_tile_that_is_none_is_not_found(office: Office, login: str):
    client = office.client(login)
    for path in BAD_TILES:
        answer = client.get(f"/api/tiles/{path}")
        assert answer.status_code == 404, path
        refused(answer, statuses=(404,))


def test_a_tile_of_an_edition_that_is_not_yet_there_is_not_kept_for_ever(office: Office):
    answer = office.client("dispatcher1").get("/api/tiles/villages/999999/9/413/265")
    assert answer.status_code == 404 or not answer.get_data()
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_head_says_nothing_of_a_case_elsewhere_or_of_the_room(office: Office, there):
    head = office.client("tegalsambi")
    for name in ("other", "room"):
        for verb, body in (("seen", {}), ("here", {"version": 1}), ("not-here", {"version": 1})):
            path = f"/api/village/incidents/{{}}/{verb}"
            answer = head.post(path.format(there[name]), json=body)
            refused(answer, statuses=(404,))
            nobody = head.post(path.format(4_000_000), json=body)
            assert re.sub(r"\d+", "#", answer.get_data(as_text=True)) == re.sub(
                r"\d+", "#", nobody.get_data(as_text=True)
            )


@pytest.mark.parametrize("body", BAD_BODIES)
def test_a_place_that_cannot_be_is_refused_by_name(office: Office, there, body: str):
    head = office.client("tegalsambi")
    path = f"/api/village/incidents/{there['own']}/here"
    refused(post(head, path, body), BAD_BODIES[body], statuses=(400, 422))


def test_a_head_points_nowhere_off_the_own_village(office: Office, there):
    head, path = office.client("tegalsambi"), f"/api/village/incidents/{there['own']}/here"
    answer = head.post(path, json={"version": 1} | inside(office, PANGGANG))
    refused(answer, statuses=(422,))
    assert answer.get_json()["type"] == "OutsideOwnVillage"
    stale = head.post(path, json={"version": 0} | inside(office, TEGALSAMBI))
    refused(stale, statuses=(409,))


@pytest.mark.parametrize("login", ["operator1", "dinding", "perencana", "pemadam", "bupati"])
def test_nobody_else_speaks_for_a_village(office: Office, there, login: str):
    client = office.client(login)
    refused(client.get("/api/village"), statuses=(403,))
    for verb in ("seen", "here", "not-here"):
        path = f"/api/village/incidents/{there['own']}/{verb}"
        refused(client.post(path, json={}), statuses=(403,))


@pytest.mark.parametrize(
    "path",
    [
        "/api/public?village=33.20.11.2010", "/api/public?at=2026-11-01", "/api/public?x",
        "/api/public/villages.geojson?edition=tidak-ada", "/api/public/villages.geojson",
        "/api/public/villages.geojson?edition=../../etc/passwd",
    ],
)  # fmt: skip
def test_the_public_asks_for_nothing_else(office: Office, path: str):
    refused(office.client().get(path))


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/sematan/33.20.99.9999", 404), ("/sematan/x/angka", 404), ("/sematan/%27", 404),
    ],
)  # fmt: skip
def test_a_public_page_that_is_none_says_so(office: Office, path: str, status: int):
    answer = office.client().get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)[:300]
    assert "Set-Cookie" not in answer.headers


def test_a_public_page_cannot_be_asked_for_less_than_all(office: Office):
    plain = office.client().get("/publik").get_data()
    for query in ("lang=xx", "village=33.20.11.2010", "category=jalan", "at=2026-11-01"):
        answer = office.client().get(f"/publik?{query}")
        assert answer.status_code == 400 or answer.get_data() == plain, query


@pytest.mark.parametrize(
    ("login", "path", "statuses"),
    [
        ("dispatcher1", "/laporan/beban?as=exe", (400, 404, 422)),
        ("dispatcher1", "/laporan/beban?as=pdf&as=png", (400, 404, 422)),
        ("dispatcher1", "/laporan/kejadian?p=9", (400, 422)),
        ("dispatcher1", "/laporan/kejadian?since=kapan", (400, 422)),
        ("dispatcher1", "/laporan/desa/33.20.99.9999", (404,)),
        ("dispatcher1", "/laporan/desa/%3Cscript%3E", (404,)),
        ("tegalsambi", f"/laporan/desa/{PANGGANG}", (403,)),
        ("tegalsambi", f"/laporan/desa/{PANGGANG}/poster", (403,)),
        ("tegalsambi", "/laporan/kejadian", (403,)),
        ("perencana", "/api/export/incidents.geojson", (403,)),
        ("tegalsambi", "/api/export/load.gpkg", (403,)),
        ("dinding", "/api/export/load.geojson", (403,)),
    ],
)
def test_a_print_or_a_file_that_is_not_theirs_is_refused(office: Office, login, path, statuses):
    answer = office.client(login).get(path)
    words = answer.get_data(as_text=True)
    assert answer.status_code in statuses, words[:300]
    assert "<script>" not in re.sub(r"<script [^>]*>", "", words).replace("<script>window", "")


def post(client, path: str, body: str):
    """A body as it stands, with the forgery token."""
    if client.forgery_token is None:
        client.post("/api/village/incidents/1/seen", json={})
    headers = {
        "Content-Type": "application/json",
        "X-CSRF-Token": client.forgery_token,
        "Referer": "https://localhost/",
    }
    return client.post(path, data=body, headers=headers)


def test_the_control_a_right_question_is_answered(office: Office, there):
    """It is the word that is refused above, not the route."""
    client: World = office.client("dispatcher1")
    for query in ("kind=aduan&category=pohon_tumbang&p=1,2,3,4", "hours=24", "late=1&channel=112"):
        assert client.get(f"/api/load?{query}").status_code == 200
        assert client.get(f"/api/incidents/list?{query}").status_code == 200
    found = client.get(f"/api/incidents/list?village={TEGALSAMBI}&bbox=110,-7,111,-6&limit=1")
    assert found.get_json()["total"] == 2
