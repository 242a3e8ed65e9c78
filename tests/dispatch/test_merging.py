"""Two cases that are one event are merged, and parted exactly; what must not be is refused."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from dispatch import merging, orders
from dispatch.errors import ChangedMeanwhile, GroupOnly, Unknown
from dispatch.merging import (
    AlreadyMerged,
    CaseClosed,
    DemoAndReal,
    MergedInCircle,
    NothingToUndo,
    OtherGroup,
    UnitsOut,
)
from dispatch.rules import course
from dispatch.rules.duplicates import Reason
from dispatch.rules.ticketing import Actor, TicketState
from dispatch.schema import Incident, Merge, Ticket, TicketStep
from tests.dispatch import small_room
from tests.dispatch.small_room import NOON, Room, after, furnish

REASON = Reason("tempat", "80 m", 2.1)


@pytest.fixture
def room(session: Session) -> Room:
    made = furnish(session, priorities=(1, 2, 3, 3))
    for steps, incident in enumerate(made.incidents, 1):
        owe(session, incident, made.agency, steps + 2)
    return made


WAY = (
    ("baru", Actor.ROOM), ("didisposisi", Actor.ROOM), ("diterima_opd", Actor.AGENCY),
    ("dikerjakan", Actor.AGENCY), ("ditindaklanjuti", Actor.AGENCY), ("ditunda", Actor.AGENCY),
)  # fmt: skip


def owe(session: Session, incident: int, agency: int, steps: int = 4) -> None:
    """A ticket that has gone so many steps of the way."""
    gone = [
        TicketStep(
            incident_id=incident, at=after(n), state=TicketState(state), agency_id=agency,
            actor=actor, by_name="uji", reason="uji", facts={},
        )
        for n, (state, actor) in enumerate(WAY[:steps])
    ]  # fmt: skip
    ticket = Ticket(
        incident_id=incident, kind="darurat", rule="uji", category_code="kebakaran", priority=1,
        due_at=after(7200), **course.fold(gone).columns(),
    )  # fmt: skip
    session.add(ticket)
    session.flush()
    for step in gone:
        step.ticket_id = ticket.id
        session.add(step)
    session.flush()


def join(
    session: Session, one: int, other: int, seconds: float = 60, key: str = ""
) -> merging.Merged:
    a, b = version(session, one), version(session, other)
    return merging.merge(session, one, other, a, b, after(seconds), key=key, reasons=[REASON])


def part(session: Session, merge_id: int, seconds: float = 120) -> merging.Merged:
    row = session.get_one(Merge, merge_id)
    return merging.undo(session, merge_id, version(session, row.from_id), after(seconds))


def version(session: Session, incident: int) -> int:
    return session.execute(select(Incident.version).where(Incident.id == incident)).scalar_one()


def rows(session: Session) -> dict[str, list[Any]]:
    """All cases and tickets, but for their versions."""

    def of(table: Any) -> list[Any]:
        kept = [c for c in table.columns if c.name != "version"]
        return [tuple(r) for r in session.execute(select(*kept).order_by(table.c.id))]

    return {"incident": of(Incident.__table__), "ticket": of(Ticket.__table__)}


def test_a_merged_case_is_over_and_points_at_the_other_and_its_tickets_rest(session, room):
    one, other, *_ = room.incidents
    done = join(session, one, other)
    case = small_room.incident(session, one)
    assert (case.state, case.outcome, case.merged_into) == ("ditutup", "digabung", other)
    ticket = session.execute(
        select(Ticket.state, Ticket.before).where(Ticket.incident_id == one)
    ).one()
    assert tuple(ticket) == (TicketState.MERGED, TicketState.ACCEPTED)
    assert small_room.incident(session, other).state == "baru"
    kept = session.get_one(Merge, done.merge_id)
    assert kept.why["reasons"] == [{"code": "tempat", "text": "80 m", "weight": 2.1}]
    assert small_room.told(session)[-2:] == ["incident.merged", "incident.took_in"]


def test_parting_gives_back_every_column_as_it_was(session, room):
    one, other, *_ = room.incidents
    before = rows(session)
    done = join(session, one, other)
    part(session, done.merge_id)
    assert rows(session) == before
    with pytest.raises(NothingToUndo):
        part(session, done.merge_id)


def test_the_same_key_merges_once(session, room):
    one, other, *_ = room.incidents
    first = join(session, one, other, key="k-1")
    assert join(session, one, other, key="k-1") == first
    assert len(merging.standing(session, other)) == 1


def test_what_was_merged_into_what_was_merged_belongs_to_the_family(session, room):
    a, b, c, d = room.incidents
    join(session, a, b)
    join(session, b, c)
    assert merging.family(session, c) == sorted([a, b, c])
    assert merging.family(session, d) == [d]


def test_a_case_is_never_merged_into_itself_not_even_through_others(session, room):
    a, b, c, _ = room.incidents
    join(session, a, b)
    join(session, b, c)
    with pytest.raises(MergedInCircle, match="dirinya sendiri"):
        join(session, c, c)
    with pytest.raises(MergedInCircle, match=f"#{a} sudah digabung ke #{c}|pisahkan dulu"):
        join(session, c, a)


def test_what_is_merged_already_says_into_which(session, room):
    a, b, c, d = room.incidents
    join(session, a, b)
    with pytest.raises(AlreadyMerged, match=f"#{a} sudah digabung ke #{b}"):
        join(session, a, c)
    with pytest.raises(AlreadyMerged, match="pilih yang itu"):
        join(session, d, a)


def test_units_that_are_still_out_are_named(session, room):
    one, other, *_ = room.incidents
    orders.send_unit(session, one, room.units[0], after(1))
    with pytest.raises(UnitsOut, match="E1"):
        join(session, one, other)
    assert small_room.incident(session, one).merged_into is None
    join(session, other, one)  # the other way round it may be


def test_another_group_a_demo_and_a_closed_case_are_refused(session, room):
    one = room.incidents[0]
    secret = small_room.open_case(session, room.edition, 1, restricted_group="perlindungan")
    play = small_room.open_case(session, room.edition, 1, demo=True)
    over = small_room.open_case(
        session, room.edition, 1, state="ditutup", closed_at=NOON + timedelta(minutes=1)
    )
    for into, no in ((secret, OtherGroup), (play, DemoAndReal), (over, CaseClosed)):
        with pytest.raises(no):
            join(session, one, into)
        with pytest.raises(no):
            join(session, into, one)
    assert not issubclass(OtherGroup, GroupOnly)


def test_of_two_who_merge_at_once_the_second_is_told(session, room):
    one, other, *_ = room.incidents
    with pytest.raises(ChangedMeanwhile):
        merging.merge(session, one, other, 7, 1, after(1))
    with pytest.raises(Unknown):
        merging.merge(session, one, 999_999, 1, 1, after(1))


def test_a_proposal_for_the_merged_case_is_dropped(session, room):
    one, other, *_ = room.incidents
    proposal = small_room.propose(session, one, room.units[0], after(1))
    join(session, one, other)
    assert small_room.assignment(session, proposal).state == "dibatalkan"


STEP = st.tuples(st.integers(0, 3), st.integers(0, 3), st.booleans(), st.integers(0, 5))


@given(st.lists(STEP, min_size=1, max_size=14))
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_merges_undone_in_any_order_give_back_the_rows_bit_for_bit(session, room, plan):
    """Each merge and undo that is not refused is done; then all is undone, in the plan's order."""
    with session.begin_nested() as tried:
        before, stands, clock = rows(session), [], 60.0
        for one, other, undoes, which in plan:
            clock += 60
            if undoes and stands:
                part(session, stands.pop(which % len(stands)), clock)
                continue
            try:
                with session.begin_nested():
                    done = join(session, room.incidents[one], room.incidents[other], clock)
                    stands.append(done.merge_id)
            except (AlreadyMerged, MergedInCircle):
                pass
            consistent(session)
        for _, _, _, which in plan * 3:
            if stands:
                part(session, stands.pop(which % len(stands)), clock + 60)
                consistent(session)
        while stands:
            part(session, stands.pop(), clock + 60)
        assert rows(session) == before
        tried.rollback()


def consistent(session: Session) -> None:
    """Merged, closed and standing say the same; nobody is his own ancestor; no ticket stays."""
    wrong = text(
        "SELECT i.id FROM incident AS i LEFT JOIN merge AS m ON m.from_id = i.id"
        " AND m.undone_at IS NULL WHERE i.merged_into IS DISTINCT FROM m.into_id"
        " OR (i.merged_into IS NOT NULL AND EXISTS (SELECT FROM ticket AS t"
        "      WHERE t.incident_id = i.id AND t.closed_at IS NULL))"
    )
    session.expire_all()
    assert session.execute(wrong).all() == []
    ids = session.scalars(select(Incident.id).where(Incident.merged_into.is_not(None))).all()
    for number in ids:
        into = session.scalar(select(Incident.merged_into).where(Incident.id == number))
        assert into not in merging.family(session, number)
