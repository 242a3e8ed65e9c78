"""The sender is killed again and again while mails go out: each arrives, and is known by its id.

TANGGAP_KILLS=100 kills it a hundred times, which takes some minutes; the usual run fewer.
"""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from app.config import ROOT
from tests.app.receiver import MailServer, mail_server
from tests.cluster import SECRET
from tests.dispatch.outbox_house import House
from tests.world import World

KILLS = int(os.environ.get("TANGGAP_KILLS") or 8)
MAILS_A_KILL = 25
LEASE_S = 2.0
CHANCE = random.Random(112)  # noqa: S311 - a play, not a secret


def test_a_sender_killed_at_any_moment_loses_no_mail_and_none_has_two_effects(
    world: World, tmp_path: Path
):
    house = House(world)
    house.empty()
    expected = fill(house, KILLS * MAILS_A_KILL)
    with mail_server(tmp_path / "mail") as server:
        senders = start(world, server, tmp_path)
        assert senders.stdout is not None
        killed, pid = 0, int(senders.stdout.readline())
        while killed < KILLS:
            killed += work_a_while(pid, server)
            pid = int(senders.stdout.readline())
        await_none_waiting(house)
        os.kill(pid, signal.SIGTERM)
        assert senders.wait(20) == 0
        senders.stdout.close()
        arrived = Counter(mail["Message-ID"] for mail in server.mails())
    assert set(arrived) == expected, "each mail, and no other"
    twice = sum(many - 1 for many in arrived.values())
    # Between sending and marking there is one mail at a time: a kill repeats no more than that.
    assert twice <= killed
    assert {row.state for row in house.outbox()} == {"terkirim"}
    print(f"{killed} kills, {len(expected)} mails, {twice} came again under the id they had")  # noqa: T201


def await_none_waiting(house: House) -> None:
    """Until all is sent, also what dead senders held."""
    until = time.monotonic() + 120
    while house.one("SELECT count(*) FROM outgoing WHERE state = 'menunggu'"):
        assert time.monotonic() < until, "some still wait"
        time.sleep(0.1)


def fill(house: House, many: int) -> set[str]:
    """So many mails wait, urgent ones: none is put together with another. Their Message-IDs."""
    house.subscribe("dpupr", "aduan@dpupr.example")
    ticket = house.case("jalan")
    house.forget()
    house.sql(
        "INSERT INTO outgoing"
        ' (uid, once, channel, "to", template, facts, urgent, made_at, next_at)'
        " SELECT gen_random_uuid()::text, 'kill:' || n, 'surel', 'aduan@dpupr.example',"
        " 'instruksi', jsonb_build_object('ticket', CAST(:ticket AS bigint)), true, now(), now()"
        "  FROM generate_series(1, :many) AS n",
        ticket=ticket,
        many=many,
    )
    return {f"<{row.uid}@tanggap.example>" for row in house.outbox()}


def start(world: World, server: MailServer, folder: Path) -> "subprocess.Popen[bytes]":
    """Senders, each in a process of its own, one after the other; it says which."""
    given = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "TANGGAP_"))}
    given |= {
        "DATABASE_URL": world.app_url,
        "SECRET_KEY": SECRET,
        "TANGGAP_VAR": str(world.settings.state_folder),
        "TANGGAP_SMTP": server.url,
        "TANGGAP_URL": "https://tanggap.example",
    }
    options = ["--quiet", "--lease", str(LEASE_S)]
    with (folder / "sender.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.faults.sender_again", *options],
            cwd=ROOT,
            env=given,
            stdout=subprocess.PIPE,
            stderr=log,
        )


def work_a_while(pid: int, server: MailServer) -> bool:
    """Until it has sent some, and a random moment more; then it is killed. Whether it had sent."""
    before, until = server.doorman.taken, time.monotonic() + 2 * LEASE_S
    wanted = before + CHANCE.randint(1, MAILS_A_KILL)
    while server.doorman.taken < wanted and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(CHANCE.random() * 0.02)
    os.kill(pid, signal.SIGKILL)
    return server.doorman.taken > before
