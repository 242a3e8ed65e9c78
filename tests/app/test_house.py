"""The house keeps its word: settings are told, commands explain themselves, the doctor sees."""

import importlib
import re

import orjson
import pytest
from click import Group
from click.testing import CliRunner
from sqlalchemy import text

from app.cli import COMMANDS, cli
from app.cli.doctor import CHECKS
from app.config import ROOT
from tests.cluster import SECRET
from tests.world import World

FSYNC = "PostgreSQL keeps what it has acknowledged"
COMMIT = "A commit waits for the disk"
PUBLIC = "What the public sees is fresh"
ROWS = "Row security holds on every private table"
REGISTRIES = (
    "registry." + "npmjs",
    "pypi" + ".org",
    "python" + "hosted.org",
    "npm" + "mirror",
    "docker" + ".io",
    "ghcr" + ".io",
)


@pytest.fixture
def diagnosis(shared_world: World):
    """What `tanggap doctor --json` finds wrong, by title, and its exit code."""

    def ask():
        environ = {
            "DATABASE_URL": shared_world.app_url,
            "DATABASE_ADMIN_URL": shared_world.owner_url,
            "SECRET_KEY": SECRET,
            "TANGGAP_VAR": str(shared_world.settings.state_folder),
        }
        result = CliRunner().invoke(cli, ["doctor", "--json"], env=environ)
        told = orjson.loads(result.stdout)
        found = {f["title"]: f["found"] for f in told if not f["ok"] and f["must"]}
        return found, result.exit_code

    return ask


def owner_says(world, statement):
    with world.as_owner() as session:
        answer = session.execute(text(statement))
        return answer.scalar_one() if answer.returns_rows else None


def test_every_setting_of_the_house_stands_in_the_readme():
    names = set(re.findall(r'"([A-Z]+_[A-Z_]+)"', (ROOT / "app/config.py").read_text()))
    assert {"DATABASE_URL", "SECRET_KEY", "TANGGAP_POOL"} <= names
    words = (ROOT / "README.md").read_text()
    assert sorted(n for n in names if f"`{n}`" not in words) == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name):
    module, attribute, line = COMMANDS[name]
    assert line.endswith(".")
    command = getattr(importlib.import_module(module), attribute)
    inner = list(command.commands.values()) if isinstance(command, Group) else []
    for told in (command, *inner):
        assert told.help, told.name
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert shown.exit_code == 0
    assert all(sub.name in shown.output for sub in inner)


def test_the_doctor_refuses_a_server_that_may_lose_what_it_acknowledged(
    shared_world: World, diagnosis
):
    """The throw-away cluster of the tests runs so; all the rest of it must be sound."""
    if owner_says(shared_world, "SHOW fsync") == "on":
        pytest.skip("this server keeps what it has acknowledged")
    found, exit_code = diagnosis()
    assert exit_code == 1
    assert "fsync" in found[FSYNC]
    assert "full_page_writes" in found[FSYNC]
    assert found[COMMIT] == "synchronous_commit = off"
    assert found.keys() == {FSYNC, COMMIT}


def test_the_doctor_sees_a_table_that_stands_open(shared_world: World, diagnosis):
    owner_says(shared_world, "ALTER TABLE call NO FORCE ROW LEVEL SECURITY")
    assert diagnosis()[0][ROWS] == "open: call"
    owner_says(shared_world, "ALTER TABLE call FORCE ROW LEVEL SECURITY")
    assert ROWS not in diagnosis()[0]


def test_the_doctor_sees_a_sensitive_group_that_nobody_watches(shared_world: World, diagnosis):
    members = "'perlindungan' = ANY(groups)"
    owner_says(shared_world, f"UPDATE app_user SET active = false WHERE {members}")
    assert "perlindungan" in str(diagnosis()[0].values())
    owner_says(shared_world, "UPDATE app_user SET active = true")


def test_the_doctor_sees_that_the_public_is_shown_an_old_count(shared_world: World, diagnosis):
    made = "INSERT INTO public_snapshot (at, body) VALUES (now() - interval '{}', '{{}}')"
    assert PUBLIC not in diagnosis()[0]  # none yet: nothing is shown
    owner_says(shared_world, made.format("1 day"))
    assert diagnosis()[0][PUBLIC].startswith("the last one is of 20")
    owner_says(shared_world, made.format("1 hour"))
    assert PUBLIC not in diagnosis()[0]
    owner_says(shared_world, "DELETE FROM public_snapshot")


def test_every_finding_comes_with_what_to_do():
    assert all(c.title and c.hint and c.ask.__doc__ for c in CHECKS)
    assert len({c.title for c in CHECKS}) == len(CHECKS)


def test_no_file_of_ours_names_a_registry():
    kinds = {".py", ".js", ".json", ".toml", ".cfg", ".txt", ".sh", ".md", ".html", ".yml", ""}
    folders = ["app", "dispatch", "geo", "scripts", "static/js", "tests", "docs", "requirements"]
    files = [p for f in folders for p in (ROOT / f).rglob("*") if p.suffix in kinds and p.is_file()]
    files += [p for p in ROOT.iterdir() if p.is_file() and p.suffix in kinds]
    guilty = [
        f"{p.relative_to(ROOT)}: {name}"
        for p in files
        if "__pycache__" not in p.parts
        for name in REGISTRIES
        if name in p.read_text(errors="ignore")
    ]
    assert guilty == []
