"""Many tickets at once: each by itself, with a result of its own; twice is as good as once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from dispatch import bulk, tickets
from dispatch.errors import IllegalMove, Unknown
from dispatch.rules.ticketing import TicketState
from dispatch.tickets import HeldByAnother, Move, MoveLacks
from tests.dispatch.ticket_desk import FIRE, POWER, ROAD, Desk, open_desk
from tests.world import World

S = TicketState


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


def move_all(desk: Desk, who: str, ids, to: TicketState, key: str, **said):
    now = desk.tick()

    def one(session, number, version):
        move = Move(to=to, key=f"{key}:{number}", **said)
        return tickets.move(session, number, move, version, now, desk.ground)

    return desk.do(desk[who], lambda s: bulk.carry_out(s, ids, one))


def test_what_cannot_be_done_to_one_leaves_the_others(desk: Desk):
    free, held, over, elsewhere = (desk.open(c) for c in (ROAD, ROAD, ROAD, FIRE))
    now = desk.tick()
    desk.do(desk["pupr2"], lambda s: tickets.claim(s, held.ticket, 1, now))
    desk.move("dispatcher2", over.ticket, S.ARCHIVED, reason="ganda")
    for case in (free, held):
        desk.walk(case.ticket, S.VERIFIED, S.REFERRED) if case is free else None
    ids = [elsewhere.ticket, over.ticket, free.ticket, held.ticket, free.ticket, 10**12]
    results = move_all(desk, "pupr1", ids, S.ACCEPTED, "mixed")
    assert [r.ticket_id for r in results] == [*ids[:4], 10**12]
    assert [type(r.error) for r in results] == [
        Unknown, IllegalMove, type(None), HeldByAnother, Unknown
    ]  # fmt: skip
    assert desk.ticket(free.ticket).state == S.ACCEPTED
    assert desk.ticket(held.ticket).state == S.NEW
    assert desk.ticket(elsewhere.ticket).version == 1
    for case in (free, held, over):
        desk.course(case.ticket)


def test_the_same_key_moves_each_once(desk: Desk):
    cases = [desk.open(POWER) for _ in range(4)]
    ids = [case.ticket for case in cases]
    first = move_all(desk, "dispatcher2", ids, S.VERIFIED, "twice")
    again = move_all(desk, "dispatcher2", ids, S.VERIFIED, "twice")
    assert all(r.moved and not r.moved.replay for r in first)
    assert all(r.moved and r.moved.replay for r in again)
    assert [len(desk.steps(number)) for number in ids] == [2] * 4


def test_what_has_to_be_said_is_asked_of_each(desk: Desk):
    case = desk.open(ROAD)
    [result] = move_all(desk, "dispatcher2", [case.ticket], S.ARCHIVED, "said")
    assert isinstance(result.error, MoveLacks)
    assert result.error.field == "reason"
    assert desk.ticket(case.ticket).state == S.NEW


def test_two_hundred_at_a_time_and_no_more(desk: Desk):
    with pytest.raises(bulk.TooMany, match="201 tickets; give at most 200"):
        move_all(desk, "dispatcher2", range(1, 202), S.VERIFIED, "many")
    results = move_all(desk, "tegalsambi", range(1, 201), S.VERIFIED, "unseen")
    assert {type(r.error) for r in results} == {Unknown}


def test_two_who_claim_the_same_at_once_do_not_wait_in_a_circle(desk: Desk):
    ids = [desk.open(ROAD).ticket for _ in range(12)]
    now = desk.tick()

    def claim_all(who: str) -> list[bool]:
        order = ids if who == "pupr1" else ids[::-1]
        act = lambda s: bulk.carry_out(  # noqa: E731
            s, order, lambda session, n, version: tickets.claim(session, n, version, now)
        )
        results = {r.ticket_id: r for r in desk.do(desk[who], act)}
        return [results[number].moved is not None for number in ids]

    with ThreadPoolExecutor(2) as pool:
        one, other = pool.map(claim_all, ["pupr1", "pupr2"])
    assert all(a != b for a, b in zip(one, other, strict=True))
    holders = {desk.ticket(number).holder_id for number in ids}
    assert holders <= {desk["pupr1"].user_id, desk["pupr2"].user_id}
