"""The door of the analyses: at once or by a job, by permalink, with marks, and clear refusals."""

from typing import Any

import pytest

from app.api.analyses import work
from app.errors import problem_body
from dispatch import jobs
from dispatch.reports.ask import from_words
from dispatch.reports.hotspots import is_quick
from dispatch.scope import WORKER
from geo.hotspots.errors import NothingToAnalyse, TooFew
from tests.reports.conftest import SINCE, UNTIL, Town

DAYS = {"since": SINCE, "until": UNTIL}
PERMALINK = f"/api/analyses?since={SINCE}&until={UNTIL}"


def done(town: Town, job: int) -> None:
    """As the worker does it."""
    with town.as_scope(WORKER) as session:
        held = jobs.take(session, "tes", town.parts.now())
    assert held is not None
    assert held.id == job
    steps: list[float] = []
    result = work(town.parts, held.params, lambda share, step="": steps.append(share))
    with town.as_scope(WORKER) as session:
        jobs.finish(session, held, result, town.parts.now())
    assert steps == sorted(steps)


def test_a_quick_question_is_answered_at_once_and_the_same_by_permalink(town: Town) -> None:
    client = town.client("perencana")
    asked = client.post("/api/analyses", json={**DAYS, "method": "gi", "category": ["jalan"]})
    assert asked.status_code == 200
    told = asked.get_json()
    again = client.get(f"/api/analyses?{told['query']}")
    assert again.get_json() == told
    mark = again.headers["ETag"]
    unchanged = client.get(f"/api/analyses?{told['query']}", headers={"If-None-Match": mark})
    assert unchanged.status_code == 304


def test_a_long_question_becomes_one_job_whose_answer_the_permalink_shows(town: Town) -> None:
    client = town.client("perencana")
    body = {**DAYS, "method": "kepadatan", "category": ["jalan"], "bandwidth_m": 900}
    link = f"{PERMALINK}&category=jalan&method=kepadatan&bandwidth_m=900"
    refused = client.get(link)
    assert (refused.status_code, refused.get_json()["type"]) == (409, "NeedsJob")
    first, second = (client.post("/api/analyses", json=body) for _ in range(2))
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.get_json()["job"]["id"] == second.get_json()["job"]["id"]
    done(town, first.get_json()["job"]["id"])
    told = client.get(link).get_json()
    grid = told["grid"]
    assert len(grid["values"]) == grid["rows"] * grid["cols"]
    assert grid["bandwidth_m"] == 900
    pdf = client.get(link.replace("/api/analyses?", "/api/analyses/file.geojson?"))
    assert pdf.status_code == 200
    pdf.close()


def test_shapes_are_kept_by_their_mark_and_fit_the_table(town: Town) -> None:
    client = town.client("bupati")
    answer = client.get("/api/analyses/shapes?unit=desa")
    found = answer.get_json(force=True)
    table = client.get(PERMALINK).get_json()["places"]
    assert {f["id"] for f in found["features"]} == {place["id"] for place in table}
    again = client.get(
        "/api/analyses/shapes?unit=desa", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304
    assert not again.get_data()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"),
        ({**DAYS, "until": SINCE}, "since"),
        ({**DAYS, "category": ["tidak_ada"]}, "category"),
        ({**DAYS, "category": ["kekerasan"]}, "category"),
        ({**DAYS, "method": 7}, "method"),
        ({**DAYS, "sihir": 1}, "sihir"),
        ([1], "body"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name(town: Town, body: Any, field: str) -> None:
    answer = town.client("perencana").post("/api/analyses", json=body)
    assert answer.status_code == 422, answer.get_data(as_text=True)
    assert answer.get_json()["field"] == field


def test_an_error_of_the_library_is_told_in_words(town: Town) -> None:
    app = town.client("perencana").application
    with app.test_request_context("/api/analyses"):
        few, none = problem_body(TooFew(4, 1, "steps")), problem_body(NothingToAnalyse())
    assert (few["status"], none["status"]) == (422, 422)
    assert few["detail"] == "Terlalu sedikit: perlu 4, ada 1."
    assert none["detail"].startswith("Tidak ada kejadian")


@pytest.mark.parametrize(
    ("words", "quick"),
    [
        ("", True), ("method=gi", True), ("unit=kecamatan", True), ("step=hari", True),
        ("unit=heksagon&cell_m=5000", True), ("unit=heksagon&cell_m=1000", False),
        ("step=hari&since=2020-01-01", False), ("method=gi&permutations=9999", False),
    ],
)  # fmt: skip
def test_what_may_take_long_of_a_million_is_a_job(words: str, quick: bool) -> None:
    given = dict(pair.split("=") for pair in words.split("&") if pair)
    assert is_quick(from_words({**DAYS, **given})) is quick


def test_too_many_hexagons_are_refused_with_what_would_be_right(town: Town) -> None:
    answer = town.client("perencana").get("/api/analyses/shapes?unit=heksagon&cell_m=100")
    assert answer.status_code == 422
    assert answer.get_json()["field"] == "cell_m"


@pytest.mark.parametrize("login", ["operator1", "dispatcher1", "tegalsambi", "dinding", None])
def test_only_planners_and_leaders_ask(town: Town, login: str | None) -> None:
    client = town.client(login)
    for path in (PERMALINK, "/api/analyses/shapes", f"/api/analyses/file.csv?{PERMALINK[14:]}"):
        assert client.get(path).status_code in (401, 403)
    assert client.post("/api/analyses", json=DAYS).status_code in (401, 403)
