"""The facts are read before anybody asks, and what goes wrong with that harms nobody."""

import os
import subprocess
import sys

import pytest
from sqlalchemy.exc import OperationalError

from app.facts_shelf import facts_now, forget, warm_facts
from tests.cluster import ROOT, SECRET
from tests.dispatch.facts.archive import PANGGANG, Archive
from tests.world import World

# The process as it is, but for one thing: it tells how many were read ahead, and ends.
AHEAD = """
import os
from app import facts_shelf
read = facts_shelf.warm_facts
def tell(parts):
    print(read(parts), flush=True)
    os._exit(0)
facts_shelf.warm_facts, facts_shelf.WARM_AFTER_S, facts_shelf.APART_S = tell, 0, 0
import app.wsgi, time
time.sleep(60)
"""


@pytest.fixture
def archive(shared_world: World) -> Archive:
    archive = Archive(shared_world)
    archive.empty()
    forget(shared_world.parts)
    return archive


def test_a_web_process_reads_the_facts_by_itself(archive: Archive):
    archive.add(many=3)
    settings = archive.world.settings
    given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "TANGGAP_"))}
    given |= {"DATABASE_URL": archive.world.app_url, "SECRET_KEY": SECRET}
    given |= {"TANGGAP_VAR": str(settings.state_folder), "PYTHONPATH": str(ROOT)}
    given |= {"TANGGAP_REGENCY": str(settings.regency_folder)}
    told = subprocess.run([sys.executable, "-c", AHEAD], cwd=ROOT, env=given,
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    assert (told.returncode, told.stdout) == (0, "3\n"), told.stderr


def test_what_was_read_ahead_serves_the_first_question(archive: Archive):
    archive.add(many=2)
    parts = archive.world.parts
    assert warm_facts(parts) == 2
    archive.add(village=PANGGANG)
    assert len(facts_now(parts)) == 2, "the log tells of no third: these are the ones read ahead"


def test_what_cannot_be_read_ahead_is_read_when_somebody_asks(archive: Archive, monkeypatch):
    archive.add()
    parts = archive.world.parts

    def cut(_scope: object) -> None:
        raise OperationalError("the line is cut", None, Exception())

    with monkeypatch.context() as broken:
        broken.setattr(parts, "transaction", cut)
        assert warm_facts(parts) == 0
    assert len(facts_now(parts)) == 1
