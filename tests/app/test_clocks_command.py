"""`tanggap clocks`: what is due when and why, and due dates reckoned anew."""

from shutil import copytree

import pytest
from click.testing import CliRunner

from app.cli import clocks as command
from dispatch.rules.ticketing import TicketState
from dispatch.schema import LogEntry
from tests.dispatch.ticket_desk import FIRE, POWER, ROAD, open_desk
from tests.world import World


@pytest.fixture
def run(shared_world: World, monkeypatch):
    """Runs a command on an installation as `tanggap up` leaves it."""
    monkeypatch.setenv("DATABASE_URL", shared_world.app_url)
    monkeypatch.setenv("DATABASE_ADMIN_URL", shared_world.owner_url)
    monkeypatch.setenv("SECRET_KEY", "a secret for tests")
    return lambda *arguments: CliRunner().invoke(command.clocks, arguments)


def test_it_says_what_is_due_and_which_days_off_lie_on_the_way(run):
    said = run("due", "aduan", "--class", "normatif", "--at", "2026-12-18 22:00")
    assert said.exit_code == 0, said.output
    assert said.output.splitlines() == [
        "dilaporkan       2026-12-18 22:00 WIB",
        "verifikasi       2026-12-23 16:00 WIB",
        "jawaban pertama  2026-12-29 16:00 WIB",
        "selesai          2026-12-29 16:00 WIB",
        "  libur          2026-12-24  Cuti Bersama Hari Raya Natal",
        "  libur          2026-12-25  Hari Raya Natal",
    ]


def test_an_emergency_has_no_days_off(run):
    said = run("due", "darurat", "--priority", "1", "--at", "2026-12-24 23:30").output
    assert said.splitlines()[-1] == "selesai          2026-12-25 00:30 WIB"


def test_a_ramadan_that_nobody_has_typed_in_is_missed(run):
    said = run("due", "aduan", "--at", "2031-11-03 08:00")
    assert "Ramadan 2031 belum ada di calendar.toml" in said.stderr
    assert "perhatikan" not in run("due", "aduan", "--at", "2026-11-03 08:00").output


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("aduan", "--at", "kemarin"), 'give a time as "2026-11-21 22:00"'),
        (("aduan", "--class", "kilat"), "'kilat' is none of: non_pengawasan, normatif"),
        (("aduhan",), "'aduhan' is not one of"),
    ],
)
def test_what_is_wrong_is_said(run, arguments, why):
    said = run("due", *arguments)
    assert said.exit_code == 2
    assert why in said.output


def test_a_day_off_that_is_added_moves_what_is_open_and_nothing_else(
    run, shared_world: World, tmp_path, monkeypatch
):
    desk = open_desk(shared_world)
    road, lamp, fire, over = (desk.open(what) for what in (ROAD, POWER, FIRE, ROAD))
    desk.move("dispatcher2", over.ticket, TicketState.ARCHIVED, reason="palsu")
    cases = (road, lamp, fire, over)
    before = [desk.ticket(case.ticket) for case in cases]
    assert "0 tenggatnya berubah" in run("anew").output, "nothing was changed yet"

    data = copytree("data", tmp_path / "data")
    with (data / "regency/jepara/calendar.toml").open("a") as calendar:
        calendar.write('\n[[off]]\nday = "2026-03-09"\nname = "Pemungutan suara"\n')
    monkeypatch.setenv("TANGGAP_REGENCY", str(data / "regency/jepara"))
    said = run("anew")
    assert said.exit_code == 0, said.output
    assert "2 tenggatnya berubah" in said.output

    after = [desk.ticket(case.ticket) for case in cases]
    days = [(new.due_at - old.due_at).days for old, new in zip(before, after, strict=True)]
    # The road from Friday to Monday, the lamp, with five working days, from Monday to Tuesday;
    # the emergency goes by the wall, and what is over stays as it was.
    assert days == [3, 1, 0, 0]
    assert [row.version for row in after] == [row.version for row in before]
    assert desk.incident(road.incident).due_at == after[0].due_at
    assert desk.incident(fire.incident).due_at == after[2].due_at
    with shared_world.as_owner() as session:
        told = session.query(LogEntry.incident_id).filter(LogEntry.kind == "ticket.reckoned")
        assert sorted(row.incident_id for row in told) == sorted([road.incident, lamp.incident])
