"""Two at one ticket, and who may see and move it, on the real database."""

import pytest

from dispatch import ticket_file, tickets
from dispatch.errors import ChangedMeanwhile, GroupOnly, IllegalMove, KeyReused, Unknown
from dispatch.rules.ticketing import TicketState
from dispatch.tickets import HeldByAnother
from tests.dispatch.ticket_desk import ROAD, VIOLENCE, Case, Desk, open_desk
from tests.world import World

S = TicketState


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


@pytest.fixture
def road(desk: Desk) -> Case:
    """A road that dpupr answers for."""
    return desk.open(ROAD)


# Two at once.


def test_two_do_not_work_on_one(desk: Desk, road: Case):
    desk.walk(road.ticket, S.VERIFIED, S.REFERRED)
    version, now = desk.ticket(road.ticket).version, desk.tick()
    first, second = desk["pupr1"], desk["pupr2"]
    desk.do(first, lambda s: tickets.claim(s, road.ticket, version, now))
    assert desk.do(first, lambda s: tickets.claim(s, road.ticket, 1, now)).version == version + 1
    with pytest.raises(HeldByAnother) as held:
        desk.move("pupr2", road.ticket, S.ACCEPTED)
    assert (held.value.by, held.value.at) == ("Endah Lestari", now)
    with pytest.raises(HeldByAnother):
        desk.do(second, lambda s: tickets.claim(s, road.ticket, version + 1, now))
    with pytest.raises(HeldByAnother):
        desk.do(second, lambda s: tickets.release(s, road.ticket, version + 1))
    desk.do(second, lambda s: tickets.claim(s, road.ticket, version + 1, now, take_over=True))
    desk.move("pupr2", road.ticket, S.ACCEPTED)
    assert desk.ticket(road.ticket).holder == "Joko Susilo"  # it goes on working
    desk.move("pupr2", road.ticket, S.NOT_OURS, reason="bukan_tugas")
    assert desk.ticket(road.ticket).holder_id is None  # now it is the room's turn
    desk.move("dispatcher2", road.ticket, S.ARCHIVED, reason="lainnya")
    current = desk.ticket(road.ticket).version
    with pytest.raises(IllegalMove):
        desk.do(desk["dispatcher2"], lambda s: tickets.claim(s, road.ticket, current, now))


def test_whoever_read_it_before_the_last_change_is_told_who_changed_it(desk: Desk, road: Case):
    desk.move("dispatcher2", road.ticket, S.VERIFIED)
    with pytest.raises(ChangedMeanwhile) as changed:
        desk.move("dispatcher2", road.ticket, S.REFERRED, version=1)
    assert (changed.value.by, changed.value.at) == (
        "Ratna Kusumawardani",
        desk.steps(road.ticket)[-1].at,
    )


def test_the_same_key_moves_it_once(desk: Desk, road: Case):
    desk.move("dispatcher2", road.ticket, S.VERIFIED, key="k")
    again = desk.move("dispatcher2", road.ticket, S.VERIFIED, key="k", version=1)
    assert again.replay
    assert len(desk.steps(road.ticket)) == 2
    with pytest.raises(KeyReused):
        desk.move("dispatcher2", road.ticket, S.REFERRED, key="k")


# Who sees what.


def test_a_sensitive_ticket_is_the_groups(desk: Desk):
    case = desk.open(VIOLENCE)
    for who in ("dispatcher1", "pupr1", "bupati"):
        with pytest.raises(Unknown):
            desk.do(desk[who], lambda s: ticket_file.row(s, case.ticket))
        with pytest.raises(Unknown):
            desk.move(who, case.ticket, S.VERIFIED)
    desk.move("dispatcher2", case.ticket, S.VERIFIED)
    desk.move("ppa1", case.ticket, S.ACCEPTED)
    for ticket_id in case.tickets:
        desk.course(ticket_id)


def test_who_took_a_sensitive_call_sees_its_case_but_moves_nothing(desk: Desk):
    case = desk.open(VIOLENCE, by="operator1")
    assert case.tickets
    with pytest.raises(Unknown):
        desk.move("operator1", case.ticket, S.VERIFIED)
    now = desk.tick()
    with pytest.raises(GroupOnly):
        desk.do(
            desk["operator1"],
            lambda s: tickets.add(s, case.incident, "dlh", 1, now, desk.ground),
        )


def test_a_whole_ticket_says_what_its_asker_may_do(desk: Desk, road: Case):
    whole = lambda who: desk.do(  # noqa: E731
        desk[who], lambda s: ticket_file.whole(s, road.ticket, desk.now, desk.ground)
    )
    assert [m.value for m in whole("dispatcher2").moves] == [
        "diverifikasi", "didisposisi", "ditunda", "diarsipkan",
    ]  # fmt: skip
    assert [m.value for m in whole("pupr1").moves] == ["diterima_opd", "bukan_wewenang"]
    assert whole("bupati").moves == []
    assert whole("bupati").listed.row.reports == 1  # the number, though no call is shown
    assert whole("bupati").case.calls == []
