"""An instruction has its own clock: given by a leader, answered by who has the ticket."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import DBAPIError

from dispatch import desk as desks
from dispatch import instructions
from dispatch.errors import IllegalMove, KeyReused, Unknown
from dispatch.instructions import AnsweredAlready, BadInstruction
from dispatch.rules.ticketing import TicketState
from tests.dispatch.ticket_desk import ROAD, VIOLENCE, Case, Desk, open_desk
from tests.world import World

S = TicketState
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


@pytest.fixture
def road(desk: Desk) -> Case:
    return desk.open(ROAD)


def give(desk: Desk, ticket: int, key: str, *, who="bupati", words="Selesaikan.", due=DAY) -> int:
    now, regency = desk.tick(), desk.world.parts.regency
    due_at = now + due if isinstance(due, timedelta) else due
    number: int = desk.do(
        desk[who], lambda s: instructions.give(s, ticket, words, due_at, key, now, regency)
    )
    return number


def waiting(desk: Desk, who: str, ticket: int) -> list:
    rows = desk.do(desk[who], instructions.waiting)
    return [row for row in rows if row.ticket_id == ticket]


def answer(desk: Desk, who: str, number: int, words: str = "Sudah.") -> int:
    now = desk.tick()
    ticket: int = desk.do(desk[who], lambda s: instructions.answer(s, number, words, now))
    return ticket


def notices(desk: Desk, who: str) -> list[tuple[str, int | None]]:
    return desk.do(desk[who], lambda s: [(n.kind, n.ticket_id) for n in desks.notices(s)[1]])


def test_it_waits_with_its_agency_and_the_room_until_it_is_answered(desk: Desk, road: Case):
    number = give(desk, road.ticket, "waits", words="=1+1 <b>segera</b>")
    for who in ("pupr1", "operator1", "bupati"):
        [row] = waiting(desk, who, road.ticket)
        assert (row.id, row.text, row.by_name) == (
            number,
            "=1+1 <b>segera</b>",
            "Bupati (contoh)",
        )
    assert waiting(desk, "damkar1", road.ticket) == []
    assert ("instruksi", road.ticket) in notices(desk, "pupr1")
    assert answer(desk, "pupr1", number) == road.ticket
    assert waiting(desk, "bupati", road.ticket) == []
    assert ("instruksi_dijawab", road.ticket) in notices(desk, "bupati")


def test_the_same_key_gives_it_once(desk: Desk, road: Case):
    due_at = desk.now + 3 * DAY
    first = give(desk, road.ticket, "once", due=due_at)
    assert give(desk, road.ticket, "once", due=due_at) == first
    with pytest.raises(KeyReused):
        give(desk, road.ticket, "once", due=due_at + DAY)
    assert len(waiting(desk, "bupati", road.ticket)) == 1
    assert notices(desk, "pupr1").count(("instruksi", road.ticket)) == 1


def test_it_is_answered_once(desk: Desk, road: Case):
    number = give(desk, road.ticket, "answered")
    answer(desk, "operator1", number, "Sudah.")
    answer(desk, "operator1", number, "Sudah.")  # sent twice
    with pytest.raises(AnsweredAlready) as refused:
        answer(desk, "pupr1", number, "Belum.")
    assert refused.value.by == desk["operator1"].name


def test_due_first_comes_first(desk: Desk, road: Case):
    late = give(desk, road.ticket, "later", due=9 * DAY)
    soon = give(desk, road.ticket, "sooner", due=2 * DAY)
    assert [row.id for row in waiting(desk, "pupr1", road.ticket)] == [soon, late]


@pytest.mark.parametrize(
    ("due", "words", "field"),
    [
        (timedelta(0), "x", "due_at"),
        (-DAY, "x", "due_at"),
        (367 * DAY, "x", "due_at"),
        (DAY, " \x00", "text"),
        (DAY, "x" * 2001, "text"),
    ],
)
def test_a_time_that_is_past_or_far_and_no_words_are_refused(desk, road, due, words, field):
    with pytest.raises(BadInstruction) as refused:
        give(desk, road.ticket, "refused", due=due, words=words)
    assert refused.value.field == field
    assert waiting(desk, "bupati", road.ticket) == []


def test_only_a_leader_gives_one_and_a_leader_answers_none(desk: Desk, road: Case):
    for who in ("pupr1", "operator1"):
        with pytest.raises(DBAPIError, match="row-level security"):
            give(desk, road.ticket, f"by-{who}", who=who)
    for who in ("tegalsambi", "damkar1"):
        with pytest.raises(Unknown):
            give(desk, road.ticket, f"by-{who}", who=who)
    number = give(desk, road.ticket, "by-leader")
    for who in ("bupati", "damkar1"):
        with pytest.raises(Unknown):
            answer(desk, who, number)
    assert len(waiting(desk, "pupr1", road.ticket)) == 1


def test_a_sensitive_ticket_is_not_a_leaders(desk: Desk):
    case = desk.open(VIOLENCE)
    with pytest.raises(Unknown):
        give(desk, case.ticket, "sensitive")


def test_what_is_over_is_opened_again_first(desk: Desk, road: Case):
    desk.move("dispatcher2", road.ticket, S.ARCHIVED, reason="ganda")
    with pytest.raises(IllegalMove, match="opened again first"):
        give(desk, road.ticket, "over")
