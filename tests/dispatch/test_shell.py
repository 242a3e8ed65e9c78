"""The commands demo, units, users and regency, as somebody types them."""

from collections.abc import Callable
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from app.cli import cli
from dispatch.scope import Role
from tests.cluster import DEMO_PASSWORD, ROOT, SECRET
from tests.world import World

JEPARA = ROOT / "data/regency/jepara"
Shell = Callable[..., Result]


@pytest.fixture
def shell(shared_world: World) -> Shell:
    """`tanggap` on a filled installation."""
    world = shared_world
    Path(world.settings.state_folder, "demo_password").write_text(DEMO_PASSWORD)
    environ = {
        "DATABASE_URL": world.app_url,
        "DATABASE_ADMIN_URL": world.owner_url,
        "SECRET_KEY": SECRET,
        "TANGGAP_VAR": str(world.settings.state_folder),
        "TANGGAP_REGENCY": str(world.settings.regency_folder),
    }

    def run(*words: str) -> Result:
        return CliRunner().invoke(cli, list(words), env=environ)

    return run


def said(result: Result) -> str:
    assert result.exit_code == 0, result.output
    return result.output


def test_a_demonstration_comes_and_goes(shell):
    assert "Tidak ada peragaan" in said(shell("demo", "status"))
    assert "karangan" in said(shell("demo", "day"))
    assert "sudah ada" in said(shell("demo", "day"))
    status = orjson.loads(said(shell("demo", "status", "--json")))
    assert status["on"]
    assert status["calls"] >= 60
    assert f"Dihapus: {status['calls']} panggilan" in said(shell("demo", "clear"))
    assert not orjson.loads(said(shell("demo", "status", "--json")))["on"]


def test_a_demonstration_plays_by_itself_and_goes_on_with_what_it_finds(shell):
    said(shell("demo", "day", "--seed", "5"))
    before = orjson.loads(said(shell("demo", "status", "--json")))["calls"]
    played = said(shell("demo", "start", "--speed", "3600", "--hours", "2", "--seed", "5"))
    assert "PERAGAAN" in played
    after = orjson.loads(said(shell("demo", "status", "--json")))["calls"]
    assert after > before
    said(shell("demo", "clear"))


def test_units_are_listed_and_go_off_duty(shell):
    assert "AMB-12" in said(shell("units", "list"))
    said(shell("units", "state", "amb-12", "lepas_dinas"))
    states = {
        u["call_sign"]: u["state"] for u in orjson.loads(said(shell("units", "list", "--json")))
    }
    assert states["AMB-12"] == "lepas_dinas"
    said(shell("units", "state", "AMB-12", "siap"))


def test_a_state_that_follows_from_orders_is_not_offered(shell):
    assert shell("units", "state", "AMB-12", "di_lokasi").exit_code == 2


def test_there_is_one_log_in_for_every_role(shell):
    rows = orjson.loads(said(shell("users", "logins", "--json")))
    assert [row["role"] for row in rows] == [role.value for role in Role]
    assert {row["password"] for row in rows} == {DEMO_PASSWORD}


def test_a_user_is_added_gets_a_new_password_and_is_shut_out(shell):
    made = said(
        shell("users", "add", "Lurah.Bulu", "--name", "Lurah", "--role", "village_head",
              "--village", "33.20.06.1008")
    )  # fmt: skip
    assert "lurah.bulu ditambahkan. Kata sandi: " in made
    assert (
        "sudah dipakai"
        in shell("users", "add", "lurah.bulu", "--name", "L", "--role", "planner").output
    )
    assert said(shell("users", "password", "lurah.bulu")) != made
    said(shell("users", "disable", "lurah.bulu"))
    users = {u["login"]: u for u in orjson.loads(said(shell("users", "list", "--json")))}
    assert users["lurah.bulu"]["active"] is False
    assert "password" not in str(users)
    assert "lurah.bulu" in said(shell("users", "enable", "lurah.bulu"))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--role", "village_head"], "perlu --village"),
        (["--role", "village_head", "--village", "33.20.99.2001"], "tidak ada desa"),
        (["--role", "agency_officer"], "perlu --agency"),
        (["--role", "agency_officer", "--agency", "dinas"], "pilih dari"),
        (["--role", "field_unit", "--unit", "X-1"], "tidak ada unit itu"),
        (["--role", "operator", "--group", "rahasia"], "pilih dari"),
        (["--role", "boss"], "Invalid value for '--role'"),
    ],
)
def test_a_user_without_the_key_to_the_role_is_refused_with_what_is_missing(shell, words, why):
    result = shell("users", "add", "baru", "--name", "Baru", *words)
    assert result.exit_code == 2
    assert why in result.output


def test_a_configuration_is_checked_without_a_database():
    result = CliRunner().invoke(cli, ["regency", "check", str(JEPARA), "--json"], env={})
    assert orjson.loads(said(result))["ok"]
    assert "perkiraan" in said(CliRunner().invoke(cli, ["regency", "check", str(JEPARA)]))


def test_what_is_wrong_with_a_configuration_is_said_with_exit_code_1(tmp_path):
    result = CliRunner().invoke(cli, ["regency", "check", str(tmp_path)])
    assert result.exit_code == 1
    assert "regency.toml" in result.output
    as_json = CliRunner().invoke(cli, ["regency", "check", str(tmp_path), "--json"])
    assert orjson.loads(as_json.stdout)["ok"] is False


def test_every_command_says_what_it_does():
    for group in ("demo", "units", "users", "regency"):
        assert "Commands:" in said(CliRunner().invoke(cli, [group, "--help"]))
