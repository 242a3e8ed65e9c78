"""Whatever fails on the way, both sides say the same at the end, and every report is there once."""

import os
import random

import pytest

from app.exchange import worker
from dispatch.rules.ticketing import TicketState
from tests.dispatch.ticket_desk import POWER, ROAD
from tests.sp4n.conftest import Both
from tests.sp4n.mock import FAULTS

S = TicketState
PLAYS = int(os.environ.get("TANGGAP_SP4N_PLAYS", "4"))
SEED = int(os.environ.get("TANGGAP_SP4N_SEED", "112"))
WAY = {S.NEW: S.VERIFIED, S.VERIFIED: S.REFERRED, S.REFERRED: S.ACCEPTED, S.ACCEPTED: S.FOLLOWED_UP}


class Play:
    """People on both sides do things while the line between them fails."""

    def __init__(self, both: Both, seed: int) -> None:
        self.both, self.chance, self.ours = both, random.Random(seed), []  # noqa: S311
        both.there.ordered = self.chance.random() < 0.5

    def step(self) -> None:
        """One thing that happens."""
        act = self.chance.choice(
            [
                self.call,
                self.move,
                self.file,
                self.reply,
                self.edit,
                self.push,
                self.push,
                self.pull,
            ]
        )
        act()
        self.both.later(minutes=self.chance.choice([1, 20, 300]))

    def call(self) -> None:
        category = self.chance.choice([ROAD, POWER])
        self.ours.append(self.both.desk.open(category).ticket)

    def move(self) -> None:
        tickets = [link.ticket_id for link in self.both.links() if link.ticket_id] + self.ours
        if not tickets:
            return
        ticket = self.chance.choice(tickets)
        row = self.both.desk.ticket(ticket)
        state = S(row.state)
        if (wanted := WAY.get(state)) is None or (wanted is S.FOLLOWED_UP and row.proof_needed):
            return
        catalogue = self.both.desk.ground.catalogue
        self.both.desk.walk(ticket, wanted, officer=catalogue.agencies[row.agency_id].code)

    def file(self) -> None:
        kind = self.chance.choice(["infrastruktur_jalan", "ketenagalistrikan", "lain-lain"])
        self.both.there.file(f"Laporan {self.chance.random()}", kategori=kind)

    def reply(self) -> None:
        if number := self._number():
            self.both.there.reply(number, f"Belum ada kabar {self.chance.random()}")

    def edit(self) -> None:
        if number := self._number():
            field = self.chance.choice(["isi", "status", "tindak_lanjut"])
            words = {"status": "tunda"}.get(field, f"diubah {self.chance.random()}")
            self.both.there.change(number, **{field: words})

    def _number(self) -> str | None:
        """Of a report over there that we know."""
        known = [link.remote_id for link in self.both.links() if link.remote_id]
        return self.chance.choice(known) if known else None

    def push(self) -> None:
        faults = [fault for fault in FAULTS if fault != "422"]
        self.both.there.faults = self.chance.choices([*faults, ""], k=self.chance.randint(0, 4))
        try:
            worker.push(self.both.office)
        except worker.Refused:
            return

    def pull(self) -> None:
        worker.pull(self.both.office)


@pytest.mark.parametrize("seed", range(SEED, SEED + PLAYS))
def test_both_sides_are_even_at_the_end_and_each_report_is_there_once(both: Both, seed: int):
    play = Play(both, seed)
    for _ in range(30):
        play.step()
    both.there.faults = []
    both.push_all()
    both.there.settle()
    for _ in range(3):
        worker.pull(both.office)
        both.compare(repair=True)
        both.push_all()
    run = both.compare()
    assert run.found == ()
    assert run.ours == run.theirs == len(both.there.reports)
    links = both.links()
    assert len({link.ticket_id for link in links}) == len(links) == len(both.there.reports)
    assert {link.remote_id for link in links} == set(both.there.reports)
    assert {link.state for link in links} <= {"selaras"}
    keys = [r["kunci"] for r in both.there.reports.values() if r["asal"] == "tanggap"]
    assert len(set(keys)) == len(keys) == len(play.ours)


def test_a_report_that_they_lost_is_there_again_and_one_we_missed_comes_in(both: Both):
    case = both.desk.open(ROAD)
    both.push_all()
    (number,) = both.there.reports
    both.there.lose(number)
    both.there.file("Belum pernah dibaca")
    run = both.compare()
    assert {f.kind.value for f in run.found} == {"tidak_ada_di_sana", "tidak_ada_di_sini"}
    assert both.compare(repair=True).found == ()
    assert both.link(ticket=case.ticket).remote_id in both.there.reports


def test_two_under_one_key_are_shown_and_left_to_people(both: Both):
    both.desk.open(ROAD)
    both.push_all()
    both.there.copy(next(iter(both.there.reports)))
    for repair in (False, True):
        assert [f.kind.value for f in both.compare(repair=repair).found] == ["ganda"]
    both.there.file("asal mengaku", asal="tanggap", kunci="bukan-milik-kami")
    assert {f.kind.value for f in both.compare().found} == {"ganda", "tak_dikenal"}
