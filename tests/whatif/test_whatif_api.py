"""A trial through the door: what is wrong is named, what is right becomes a job with an answer."""

from copy import deepcopy

import pytest

from app.api import whatif
from app.worker import loop
from dispatch.rules.doing import Doing
from dispatch.whatif import asking
from dispatch.whatif.plan import BadPlan, Plan
from tests.whatif.small import post, team

IN_JEPARA = [110.66, -6.59]
BODY = {
    "changes": [{"do": "hapus_unit", "unit": "AMB-01"}],
    "since": "2025-09-01",
    "until": "2026-03-01",
    "repeats": 2,
}


def told(office, body):
    answer = office.client("perencana").post("/api/whatif", json=body)
    return answer.status_code, answer.get_json()


def test_the_plan_names_what_changes_can_name(office):
    plan = office.client("perencana").get("/api/whatif/plan").get_json()
    codes = {station["code"] for station in plan["stations"]}
    assert {unit["station"] for unit in plan["units"]} <= codes
    assert sum(station["units"] for station in plan["stations"]) == len(plan["units"])
    assert plan["units"][0].keys() == {
        "call_sign", "station", "kind", "skills", "by_sea", "shift",
    }  # fmt: skip


def change(**fields):
    return BODY | {"changes": [fields]}


NEW = {"do": "tambah_unit", "station": "pkm-pecangaan", "kind": "ambulans", "skills": ["medis"]}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ([], "body"),
        (BODY | {"changes": []}, "changes"),
        (BODY | {"since": "2026-03-02"}, "since"),
        (BODY | {"since": "kemarin"}, "since"),
        (BODY | {"since": "1990-01-01"}, "since"),
        (BODY | {"repeats": 0}, "repeats"),
        (BODY | {"repeats": True}, "repeats"),
        (BODY | {"simulate_days": 1000}, "simulate_days"),
        (BODY | {"target_s": "900"}, "target_s"),
        (BODY | {"categories": ["kekerasan"]}, "categories"),
        (BODY | {"wishes": 3}, "wishes"),
        (change(do="sulap"), "changes.0.do"),
        (change(do="hapus_unit", unit="AMB-999"), "changes.0.unit"),
        (change(do="hapus_unit", unit="AMB-01", why="x"), "changes.0.why"),
        (change(do="pindah_unit", unit="AMB-01", station="bulan"), "changes.0.station"),
        (change(do="tambah_pos", name="Pos laut", at=[110.3, -6.2]), "changes.0.at"),
        (change(do="tambah_pos", name="Pos", at=[None, -6.2]), "changes.0.at"),
        (change(do="giliran", shift="25:00"), "changes.0.shift"),
        (change(do="giliran", shift="07-21", unit="A", station="B"), "changes.0.unit"),
        (change(do="keahlian", unit="AMB-01", skills=["terbang"]), "changes.0.skills"),
        (change(**NEW | {"kind": "helikopter"}), "changes.0.kind"),
        (change(**NEW | {"shift": "07-25"}), "changes.0.shift"),
        (change(**NEW | {"call_sign": "AMB-01"}), "changes.0.call_sign"),
        (change(**NEW | {"call_sign": ""}), "changes.0.call_sign"),
        (change(**NEW | {"by_sea": "ya"}), "changes.0.by_sea"),
    ],
)
def test_what_is_wrong_is_named_and_what_would_be_right(office, body, field):
    status, problem = told(office, body)
    assert (status, problem["field"]) == (422, field)
    assert problem["detail"].startswith(field)
    assert len(problem["detail"]) > len(field) + 10


def test_a_plan_without_any_unit_is_refused(office):
    alone = Plan.of([post("A")], [team("AMB-01")])
    with pytest.raises(BadPlan, match="tidak ada unit lagi"):
        asking.read(BODY, alone, office.parts.ground())


def test_who_does_not_plan_may_not_ask(office):
    for login in ("operator1", "admin"):
        answer = office.client(login).post("/api/whatif", json=BODY)
        assert answer.status_code == 403


def test_a_right_question_becomes_one_job(office):
    status, first = told(office, BODY)
    assert status == 202
    assert first["job"]["new"]
    again = told(office, deepcopy(BODY))[1]["job"]
    assert again == {"id": first["job"]["id"], "new": False}


def test_the_job_answers_with_figures_words_and_caveats(office):
    body = BODY | {
        "changes": [
            {"do": "tambah_pos", "code": "pos-baru", "name": "Pos Baru", "at": IN_JEPARA},
            NEW | {"station": "pos-baru"},
            {"do": "giliran", "unit": "AMB-01", "shift": "07-21"},
        ],
        "target_s": 900,
    }
    steps = []
    result = whatif.work(office.parts, body, lambda share, step="": steps.append((share, step)))
    found = result.document
    assert found["calls"] > 100
    assert found["ask"] == body
    for plan in ("before", "after"):
        assert 0 < found["total"][plan]["in_time"] < 1
        assert found["total"][plan]["calls"] == found["calls"]
    change = found["total"]["change"]["in_time"]
    assert change["low"] <= change["by"] <= change["high"]
    units = {unit["call_sign"]: unit for unit in found["units"]}
    new = next(unit for sign, unit in units.items() if sign.startswith("BARU"))
    assert new["before"] is None
    assert new["after"]["post_name"] == "Pos Baru"
    assert units["AMB-01"]["after"]["shift"] == "07:00-21:00"
    assert all(group["n"] >= 5 for groups in found["groups"].values() for group in groups)
    assert {c["code"] for c in found["caveats"]} >= {"kategori_peka", "lama_diundi", "latihan"}
    assert "15 menit" in found["words"] or "berubah" in found["words"]
    shares = [share for share, _ in steps]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert 0.9 < shares[-1] <= 1
    assert {step for _, step in steps} == {Doing.READ_CALLS, Doing.WAYS, Doing.REPLAY}


def test_a_unit_that_stays_where_it_is_changes_nothing(office):
    body = BODY | {"changes": [{"do": "pindah_unit", "unit": "AMB-01", "station": "pkm-kedung-1"}]}
    found = whatif.work(office.parts, body | {"simulate_days": 30}, lambda *_: None).document
    assert found["words"] == "Tidak ada yang berubah."
    assert found["total"]["before"] == found["total"]["after"]
    assert found["simulated"]


def test_a_new_unit_that_no_call_needs_is_told_of(office):
    body = change(**NEW) | {"categories": ["kebakaran"], "repeats": 1}
    found = whatif.work(office.parts, body, lambda *_: None).document
    assert "tak_dibutuhkan" not in {c["code"] for c in found["caveats"]}  # it stands by
    lorry = NEW | {"kind": "regu", "skills": ["listrik"]}
    body |= {"changes": change(**lorry)["changes"]}
    found = whatif.work(office.parts, body, lambda *_: None)
    told = next(c for c in found.document["caveats"] if c["code"] == "tak_dibutuhkan")
    assert "BARU-1" in told["text"]


class Stopped(Exception):
    """As the worker's own."""


def test_a_job_can_be_stopped_on_its_way(office):
    def stop(share, _step=""):
        if share > 0.5:
            raise Stopped

    with pytest.raises(Stopped):
        whatif.work(office.parts, BODY, stop)


def test_a_period_without_emergencies_ends_in_words(office):
    with pytest.raises(BadPlan, match="tidak ada kegawatan"):
        whatif.work(
            office.parts, BODY | {"since": "2031-01-01", "until": "2031-02-01"}, lambda *_: None
        )


def test_the_worker_does_it_and_the_planner_reads_the_answer(office):
    planner = office.client("perencana")
    right = told(office, BODY | {"seed": 5})[1]["job"]["id"]
    empty = told(office, BODY | {"since": "2031-01-01", "until": "2031-02-01"})[1]["job"]["id"]
    taken_back = told(office, BODY | {"seed": 6})[1]["job"]["id"]
    assert planner.delete(f"/api/jobs/{taken_back}", json={}).status_code == 200
    worker = loop.Office(office.parts)
    while loop.one(worker):
        pass
    found = planner.get(f"/api/jobs/{right}").get_json()
    assert found["state"] == "selesai"
    assert found["result"]["total"]["before"]["calls"] == found["result"]["calls"]
    failed = planner.get(f"/api/jobs/{empty}").get_json()
    assert failed["state"] == "gagal"
    assert "tidak ada kegawatan" in failed["trouble"]
    assert planner.get(f"/api/jobs/{taken_back}").get_json()["state"] == "batal"
