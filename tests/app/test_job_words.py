"""What a job does and why it failed: kept as keys, read in the language of who looks."""

import pytest
from flask.testing import FlaskClient
from flask_babel import force_locale

from app import i18n
from app.job_words import step_words, trouble_words
from dispatch import jobs
from dispatch.rules.doing import Doing, Trouble, watching
from dispatch.scope import WORKER
from tests.app.conftest import Office
from tests.app.test_jobs_api import ask
from tests.world import NOON


def in_both(office: Office, words_of: object, key: str) -> tuple[str, str]:
    catalogue, told = office.parts.ground().catalogue, []
    for language in ("id", "en"):
        with office.app.test_request_context(), force_locale(language):
            if words_of is step_words:
                told.append(step_words(key, catalogue, language))
            else:
                told.append(trouble_words(key) or "")
    return told[0], told[1]


@pytest.mark.parametrize("step", [*Doing, watching("kebakaran")])
def test_every_step_has_words_of_its_own_in_both_languages(office: Office, step: str):
    indonesian, english = in_both(office, step_words, step)
    assert len({indonesian, english, str(step)}) == 3
    assert all((indonesian, english))


@pytest.mark.parametrize("trouble", Trouble)
def test_every_trouble_has_words_of_its_own_in_both_languages(office: Office, trouble: str):
    indonesian, english = in_both(office, trouble_words, trouble)
    assert len({indonesian, english, str(trouble)}) == 3
    assert all((indonesian, english))


def test_the_alarms_of_a_category_name_it_in_the_language_of_the_reader(office: Office):
    assert in_both(office, step_words, watching("kebakaran")) == (
        "menjaga lonjakan: Kebakaran",
        "watching for rises: Fire",
    )


def in_english(office: Office) -> FlaskClient:
    client = office.client("bupati")
    client.set_cookie(i18n.COOKIE, "en")
    return client


def test_one_and_the_same_job_is_read_in_each_language_and_old_words_stay_as_they_are(
    office: Office,
):
    path = f"/api/jobs/{ask(office, 31)}"
    indonesian, english = office.client("perencana"), in_english(office)
    with office.as_scope(WORKER) as session:
        held = jobs.take(session, "w", NOON)
        assert held is not None
        jobs.beat(session, held, 0.5, Doing.TABLES, NOON)
    assert indonesian.get(path).get_json()["step"] == "menyusun tabel"
    seen = english.get(path).get_json()
    assert (seen["step"], seen["words"]) == ("making the tables", "making the tables")
    with office.as_scope(WORKER) as session:
        jobs.beat(session, held, 0.5, "menyusun tabel lama", NOON)
    assert english.get(path).get_json()["step"] == "menyusun tabel lama"
    with office.as_scope(WORKER) as session:
        jobs.fail(session, held, Trouble.NO_MEMORY, NOON)
    seen = english.get(path).get_json()
    assert seen["trouble"] == seen["words"]
    assert seen["trouble"].startswith("Not enough memory")
    assert indonesian.get(path).get_json()["trouble"].startswith("Memori tidak cukup")


def test_old_troubles_stay_readable():
    assert trouble_words("since: harus sebelum until") == "since: harus sebelum until"
    assert trouble_words(None) is None
