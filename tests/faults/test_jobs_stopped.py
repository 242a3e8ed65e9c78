"""Long jobs of every kind, taken back in the middle, or never to be meant: how they end."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from app.parts import Parts
from app.progress import Progress
from app.worker import kinds, loop
from dispatch import jobs
from dispatch.jobs import Result
from dispatch.rules.doing import Doing, watching
from dispatch.scope import Scope
from tests.app.conftest import Office
from tests.cluster import database
from tests.conftest import BOUNDARIES
from tests.shared import shared
from tests.whatif.emergencies import fill_emergencies
from tests.world import NOON, make_world

DAYS = {"since": "2025-03-01", "until": "2026-03-01"}
HEXES = {**DAYS, "unit": "heksagon", "cell_m": 2000}
TRIAL = {"changes": [{"do": "hapus_unit", "unit": "AMB-01"}], **DAYS, "repeats": 20}
# kind of job: where it is asked for, what is asked, the step within which it is taken back
LONG: dict[str, tuple[str, dict[str, Any], str]] = {
    "gi": ("analyses", {**HEXES, "method": "gi"}, Doing.SHUFFLE_PLACES),
    "moran": ("analyses", {**HEXES, "method": "moran"}, Doing.SHUFFLE_PLACES),
    "emerging": ("analyses", {**HEXES, "method": "muncul"}, Doing.TEST_STEPS),
    "scan": ("analyses", {**HEXES, "method": "pindai"}, Doing.SHUFFLE_TIMES),
    "clusters": ("analyses", {**DAYS, "method": "gugus"}, Doing.CLUSTERS),
    "clusters of any density": (
        "analyses",
        {**DAYS, "method": "gugus_hdbscan"},
        Doing.DRAW_PLACES,
    ),
    "tables": ("analyses", {**HEXES, "method": "jumlah"}, Doing.TABLES),
    "density": ("analyses", {**DAYS, "method": "kepadatan"}, Doing.DENSITY),
    "alarms": ("analyses", {**DAYS, "method": "cusum"}, watching("kebakaran")),
    "what if": ("whatif", TRIAL, Doing.REPLAY),
    "isochrones": ("coverage", {"what": "isokron", "hour": 9}, Doing.DRAW_REACH),
    "sites": ("coverage", {"what": "lokasi", "hour": 9}, Doing.SITES),
}

BETWEEN = ("isochrones",)  # short steps, heard between them


@pytest.fixture(scope="module")
def house(admin: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Two years of cases, and a worker that hears at every word whether it shall stop."""
    shared(BOUNDARIES)
    with database(admin, "filled") as name:
        made = make_world(admin, name, tmp_path_factory.mktemp("stopped"))
        made.parts.now = lambda: NOON
        fill_emergencies(made, 4000)
        yield Office(**vars(made))
        made.close()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the worker's jobs say of their steps."""
    monkeypatch.setattr(loop, "TOLD_EACH_S", 0.0)
    return []


def listening(work: kinds.Work, at: Callable[[str], None]) -> kinds.Work:
    """The same work, of which each word is heard before the worker hears it."""

    def heard(parts: Parts, params: Mapping[str, Any], progress: Progress) -> Result:
        def word(share: float, step: str = "") -> None:
            at(step)
            progress(share, step)

        return work(parts, params, word)

    return heard


@pytest.mark.parametrize("kind", LONG)
def test_a_job_taken_back_in_the_middle_ends_cancelled_and_leaves_nothing(
    house: Office, told: list[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    where, asked, step = LONG[kind]
    planner = house.client("perencana")
    answer = planner.post(f"/api/{where}", json=asked)
    assert answer.status_code == 202, answer.get_data(as_text=True)
    path = f"/api/jobs/{answer.get_json()['job']['id']}"

    def take_back(word: str) -> None:
        told.append(word)
        if word == step and told.count(step) == nth:
            assert planner.delete(path, json={}).get_json()["cancelling"]

    nth = 1 if kind in BETWEEN else 2  # the second is heard within the step
    plain = kinds.work_of
    monkeypatch.setattr(loop, "work_of", lambda name: listening(plain(name), take_back))
    assert loop.one(loop.Office(house.parts))
    seen = planner.get(path).get_json()
    assert (seen["state"], seen["result"], seen["files"]) == ("batal", None, []), told
    assert told[-1] == step
    assert told.count(step) == nth
    assert {word.partition(":")[0] for word in told} <= {*Doing, ""}


DAY = "since=2026-01-01&until=2026-02-01"
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "method": ("analisis", {"query": f"{DAY}&method=ramalan"}),
    "since": ("analisis", {"query": "since=2026-02-01&until=2026-01-01"}),
    "changes": ("andai", {"changes": [], **DAYS}),
    "what": ("cakupan", {"what": "bulan"}),
}


@pytest.mark.parametrize("field", WRONG)
def test_what_cannot_be_meant_ends_in_words_and_is_not_tried_again(
    house: Office, field: str
) -> None:
    kind, params = WRONG[field]
    planner = house.client("perencana")
    with house.as_scope(Scope("planner", planner.get("/api/me").get_json()["id"])) as session:
        job_id, _ = jobs.ask(session, kind, params, NOON)
    assert loop.one(loop.Office(house.parts))
    seen = planner.get(f"/api/jobs/{job_id}").get_json()
    assert (seen["state"], seen["tries"], seen["result"]) == ("gagal", 1, None)
    assert seen["words"].startswith(f"{field}: ")
    assert len(seen["words"]) > len(field) + 10
