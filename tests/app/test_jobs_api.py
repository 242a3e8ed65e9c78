"""/api/jobs: how a job stands, its files, and taking it back; asked again it costs nothing."""

from typing import Any

import pytest

from dispatch import jobs
from dispatch.jobs import File, Result
from dispatch.scope import WORKER, Scope
from tests.app.conftest import Office
from tests.world import NOON


def planner(office: Office) -> Scope:
    return Scope("planner", user_id=office.client("perencana").get("/api/me").get_json()["id"])


def ask(office: Office, number: int) -> int:
    with office.as_scope(planner(office)) as session:
        return jobs.ask(session, "main", {"n": number}, NOON)[0]


def test_a_job_is_followed_from_asking_to_its_file(office: Office):
    client, job_id = office.client("perencana"), ask(office, 1)
    path = f"/api/jobs/{job_id}"
    first = client.get(path)
    seen = first.get_json()
    assert (seen["state"], seen["mine"], seen["files"]) == ("menunggu", True, [])
    same = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (same.status_code, same.get_data()) == (304, b"")
    with office.as_scope(WORKER) as session:
        held = jobs.take(session, "w", NOON)
        assert held is not None
        jobs.beat(session, held, 0.5, "menghitung desa", NOON)
    changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]}).get_json()
    assert (changed["progress"], changed["words"]) == (0.5, "menghitung desa")
    with office.as_scope(WORKER) as session:
        file = File("hasil.csv", "text/csv", b"desa,n\n")
        jobs.finish(session, held, Result({"n": 1}, (file,)), NOON)
    done = office.client("bupati").get(path).get_json()
    assert (done["state"], done["result"], done["mine"]) == ("selesai", {"n": 1}, False)
    got = client.get(f"{path}/files/hasil.csv")
    assert (got.data, got.mimetype) == (file.body, "text/csv")
    assert got.headers["Content-Disposition"] == 'attachment; filename="hasil.csv"'
    assert client.get(f"{path}/files/lain.csv").status_code == 404
    assert [job["id"] for job in client.get("/api/jobs").get_json()["jobs"]] == [job_id]


def test_only_who_asked_takes_it_back_and_only_while_it_is_not_over(office: Office):
    path = f"/api/jobs/{ask(office, 2)}"
    assert office.client("bupati").delete(path, json={}).status_code == 404
    gone = office.client("perencana").delete(path, json={})
    assert (gone.status_code, gone.get_json()["state"]) == (200, "batal")
    again = office.client("perencana").delete(path, json={})
    assert (again.status_code, again.get_json()["type"]) == (409, "JobOver")


def test_a_job_that_is_not_there_is_a_404_whatever_its_number(office: Office):
    for number in (0, 4_000_000, 2**63, 10**30):
        assert office.client("perencana").get(f"/api/jobs/{number}").status_code == 404


TRIAL = {
    "changes": [{"do": "giliran", "station": "pkm-kedung-1", "shift": "07-21"}],
    "since": "2025-09-01",
    "until": "2026-03-01",
    "repeats": 2,
}
ASKED: dict[str, tuple[str, dict[str, Any]]] = {
    "what if": ("whatif", TRIAL),
    "lines of reach": ("coverage", {"what": "isokron", "hour": 7}),
    "sites": ("coverage", {"what": "lokasi", "hour": 7}),
    "analysis": ("analyses", {"since": "2026-01-05", "until": "2026-02-02", "method": "gugus"}),
}


@pytest.mark.parametrize("kind", ASKED)
def test_an_answer_of_today_is_put_aside_only_where_it_is_wanted_anew(office: Office, kind: str):
    where, body = ASKED[kind]
    client = office.client("perencana")

    def asked(**more: Any) -> tuple[int, bool]:
        answer = client.post(f"/api/{where}", json={**body, **more})
        assert answer.status_code == 202, answer.get_data(as_text=True)
        return answer.get_json()["job"]["id"], answer.get_json()["job"]["new"]

    first, made = asked()
    assert made
    with office.as_scope(WORKER) as session:
        while (held := jobs.take(session, "w", NOON)) is not None:
            assert "anew" not in held.params
            jobs.finish(session, held, Result({"n": 1}), NOON)
    assert asked() == (first, False)
    assert asked(anew=False) == (first, False)
    again, made = asked(anew=True)
    assert made
    assert again != first
    assert asked() == (again, False)
    wrong = client.post(f"/api/{where}", json={**body, "anew": "ya"})
    assert (wrong.status_code, wrong.get_json()["field"]) == (422, "anew")
