"""Stored filters are one's own; a shift is handed over with its figures, and taken once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import DBAPIError

from dispatch import desk as desks
from dispatch.desk import BadDesk, NoShift, TakenAlready
from dispatch.errors import Unknown
from dispatch.schema import Handover
from tests.dispatch.ticket_desk import Desk, open_desk
from tests.world import World

FIGURES = {"open": 4, "late": 1, "new": 2, "mine": 0}


@pytest.fixture(scope="module")
def desk(shared_world: World) -> Desk:
    return open_desk(shared_world)


def leave(desk: Desk, who: str, words: str = "jaga pompa di timur") -> int:
    now = desk.tick()
    number: int = desk.do(desk[who], lambda s: desks.hand_over(s, words, FIGURES, now).id)
    return number


def take(desk: Desk, who: str, number: int) -> tuple[str | None, object]:
    now = desk.tick()

    def act(session):
        taken = desks.take_over(session, number, now)
        return taken.taken_by, taken.taken_at

    return desk.do(desk[who], act)


def test_filters_are_kept_by_name_and_are_ones_own(desk: Desk):
    keep = lambda who, name, query: desk.do(  # noqa: E731
        desk[who], lambda s: desks.keep_filter(s, name, query).id
    )
    names = lambda who: desk.do(  # noqa: E731
        desk[who], lambda s: [(f.name, f.query) for f in desks.filters(s)]
    )
    first = keep("pupr1", "  Terlambat  saya ", "?box=saya&late=1")
    again = keep("pupr1", "Terlambat saya", "box=saya")
    assert first == again
    assert names("pupr1") == [("Terlambat saya", "box=saya")]
    assert names("pupr2") == []
    with pytest.raises(Unknown):
        desk.do(desk["pupr2"], lambda s: desks.drop_filter(s, first))
    desk.do(desk["pupr1"], lambda s: desks.drop_filter(s, first))
    assert names("pupr1") == []


@pytest.mark.parametrize(
    ("name", "query", "field"),
    [("", "box=saya", "name"), ("x" * 81, "a=1", "name"), ("x", "", "query"),
     ("x", "q=" + "x" * 2000, "query")],
)  # fmt: skip
def test_a_filter_that_cannot_be_kept_is_refused_by_its_field(desk, name, query, field):
    with pytest.raises(BadDesk) as refused:
        desk.do(desk["pupr1"], lambda s: desks.keep_filter(s, name, query))
    assert refused.value.field == field


def test_nobody_keeps_filters_without_end(desk: Desk):
    for number in range(desks.MOST_FILTERS):
        desk.do(desk["pupr2"], lambda s, n=number: desks.keep_filter(s, f"f{n}", "box=saya"))
    with pytest.raises(BadDesk, match="name: there are 40 already"):
        desk.do(desk["pupr2"], lambda s: desks.keep_filter(s, "one more", "box=saya"))
    desk.do(desk["pupr2"], lambda s: desks.keep_filter(s, "f0", "box=menunggu"))


def test_the_next_shift_is_shown_what_the_last_one_left(desk: Desk):
    number = leave(desk, "pupr1", '=1+1 <b>hati-hati</b>\n"tanggul"')
    waits = lambda who: desk.do(  # noqa: E731
        desk[who], lambda s: getattr(desks.waiting_handover(s), "id", None)
    )
    assert waits("pupr2") == number
    assert waits("damkar1") is None  # of another agency
    assert waits("operator1") is None  # of the room
    assert waits("bupati") is None
    found = desk.do(desk["pupr2"], desks.handovers)[0]
    assert (found.text, found.figures, found.by_name, found.agency_id) == (
        '=1+1 <b>hati-hati</b>\n"tanggul"',
        FIGURES,
        "Endah Lestari",
        desk["pupr1"].agency_id,
    )
    by, at = take(desk, "pupr2", number)
    assert by == "Joko Susilo"
    assert waits("pupr2") is None
    assert take(desk, "pupr2", number) == (by, at)  # the same person again changes nothing
    with pytest.raises(TakenAlready) as refused:
        take(desk, "pupr1", number)
    assert (refused.value.by, refused.value.at) == (by, at)


def test_a_shift_that_was_taken_hides_the_older_ones(desk: Desk):
    leave(desk, "operator1", "lama")
    newer = leave(desk, "operator2", "baru")
    take(desk, "dispatcher1", newer)
    assert desk.do(desk["operator1"], desks.waiting_handover) is None


def test_of_two_who_take_it_at_once_one_gets_it(desk: Desk):
    number = leave(desk, "operator1")
    now = desk.tick()

    def try_(who: str) -> str:
        try:
            return desk.do(desk[who], lambda s: desks.take_over(s, number, now).taken_by)
        except TakenAlready as lost:
            return f"lost to {lost.by}"

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(try_, ["operator1", "operator2", "dispatcher1", "dispatcher2"]))
    winners = [name for name in told if not name.startswith("lost to")]
    assert len(winners) == 1
    assert sorted(told) == sorted([*winners, *[f"lost to {winners[0]}"] * 3])


def test_another_agencys_shift_is_not_there(desk: Desk):
    number = leave(desk, "pupr1")
    for who in ("damkar1", "operator1", "bupati", "tegalsambi"):
        with pytest.raises(Unknown):
            take(desk, who, number)


def test_a_leader_and_a_village_head_have_no_shift(desk: Desk):
    for who in ("bupati", "tegalsambi", "perencana"):
        with pytest.raises(NoShift):
            leave(desk, who)


def test_words_are_needed_and_have_an_end(desk: Desk):
    for words in ("", " \x00 ", "x" * 5001):
        with pytest.raises(BadDesk, match="text: give 1 to 5000"):
            leave(desk, "pupr1", words)


def test_a_shift_is_left_in_ones_own_name_and_side_alone(desk: Desk):
    with pytest.raises(DBAPIError, match="row-level security"):
        desk.do(
            desk["pupr1"],
            lambda s: s.add(
                Handover(agency_id=None, at=desk.now, by_user=desk["pupr1"].user_id,
                         by_name="x", text="x", figures={})
            ),
        )  # fmt: skip
