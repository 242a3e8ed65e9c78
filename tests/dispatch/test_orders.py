"""The life of an assignment: sent, answered, followed, called off, taken over, sent elsewhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from dispatch import cases, orders
from dispatch.errors import (
    ChangedMeanwhile,
    IllegalMove,
    KeyReused,
    NotMoreUrgent,
    NotYet,
    UnitOffDuty,
    UnitTaken,
    Unknown,
)
from dispatch.rules.workflow import AssignmentState, Help, IncidentState, Reason, UnitState
from dispatch.schema import Told, Unit
from tests.dispatch import small_room as small
from tests.dispatch.small_room import NOON, Room, after

S = AssignmentState
WHOLE = (S.ACCEPTED, S.DEPARTED, S.ARRIVED, S.CARRYING, S.AT_FACILITY, S.DONE, S.RETURNED)


@pytest.fixture
def room(session) -> Room:
    return small.furnish(session)


@pytest.fixture
def sent(session, room) -> int:
    """Unit 0 is sent to case 0 (priority 1) at noon."""
    return orders.send_unit(session, room.incidents[0], room.units[0], NOON).assignment_id


def go(session, number, *states, start=60):
    for n, state in enumerate(states):
        orders.advance(session, number, state, after(start + 60 * n))


def test_an_order_holds_its_unit_and_asks_for_an_answer(session, room, sent):
    row = small.assignment(session, sent)
    assert (row.state, row.version, row.ack_due_at) == (S.SENT, 1, after(30))
    assert small.unit(session, room.units[0]).state == UnitState.SENT
    assert small.incident(session, room.incidents[0]).state == IncidentState.ASSIGNED
    assert small.steps(session, sent) == [("ditugaskan", None)]
    with pytest.raises(UnitTaken):
        orders.send_unit(session, room.incidents[1], room.units[0], NOON)


def test_the_whole_way_leaves_every_time_and_every_step(session, room, sent):
    go(session, sent, *WHOLE)
    row = small.assignment(session, sent)
    times = [
        row.sent_at, row.accepted_at, row.departed_at, row.arrived_at, row.carrying_at,
        row.at_facility_at, row.released_at, row.returned_at,
    ]  # fmt: skip
    assert times == [NOON, *(after(60 + 60 * n) for n in range(7))]
    assert [state for state, _ in small.steps(session, sent)] == [
        "ditugaskan", *(s.value for s in WHOLE)
    ]  # fmt: skip
    assert row.version == 8
    assert small.unit(session, room.units[0]).state == UnitState.FREE


def test_the_unit_does_what_its_assignment_says(session, room, sent):
    seen = []
    for n, state in enumerate(WHOLE):
        orders.advance(session, sent, state, after(n))
        seen.append(small.unit(session, room.units[0]).state.value)
    assert seen == [
        "ditugaskan", "berangkat", "di_lokasi", "membawa_pasien", "di_faskes", "kembali", "siap"
    ]  # fmt: skip


def test_a_unit_on_its_way_home_can_be_sent_and_its_old_order_ends_simply(session, room, sent):
    go(session, sent, S.DEPARTED, S.ARRIVED, S.DONE)
    again = orders.send_unit(session, room.incidents[1], room.units[0], after(600)).assignment_id
    assert small.assignment(session, sent).state == S.DONE
    with pytest.raises(IllegalMove, match="sent again"):
        orders.advance(session, sent, S.RETURNED, after(601))
    noted = orders.advance(session, sent, S.RETURNED, after(601), key="k1", claimed_at=after(590))
    assert noted.late
    assert small.unit(session, room.units[0]).state == UnitState.SENT
    assert small.assignment(session, again).state == S.SENT


def test_who_comes_home_from_the_second_case_does_not_come_home_from_the_first(session, room, sent):
    go(session, sent, S.DEPARTED, S.ARRIVED, S.DONE)
    again = orders.send_unit(session, room.incidents[1], room.units[0], after(600)).assignment_id
    go(session, again, S.DEPARTED, S.ARRIVED, S.DONE, start=700)
    assert orders.advance(session, sent, S.RETURNED, after(1000), key="k1").late
    assert small.unit(session, room.units[0]).state == UnitState.RETURNING
    orders.advance(session, again, S.RETURNED, after(1001))
    assert small.unit(session, room.units[0]).state == UnitState.FREE


def test_a_unit_off_duty_is_not_sent(session, room):
    orders.duty(session, room.units[0], NOON, state=UnitState.OFF_DUTY)
    with pytest.raises(UnitOffDuty):
        orders.send_unit(session, room.incidents[0], room.units[0], NOON)


def test_the_first_arrival_brings_the_incident_on_scene_and_the_second_changes_nothing(
    session, room, sent
):
    second = orders.send_unit(session, room.incidents[0], room.units[1], NOON).assignment_id
    go(session, sent, S.DEPARTED, S.ARRIVED)
    version = small.incident(session, room.incidents[0]).version
    go(session, second, S.DEPARTED, S.ARRIVED, start=300)
    there = small.incident(session, room.incidents[0])
    assert (there.state, there.version) == (IncidentState.ON_SCENE, version)


def test_a_case_whose_only_unit_is_called_back_waits_again(session, room, sent):
    orders.advance(session, sent, S.CANCELLED, after(5), reason=Reason.MISTAKE)
    assert small.incident(session, room.incidents[0]).state == IncidentState.NEW
    assert small.unit(session, room.units[0]).state == UnitState.FREE
    assert small.assignment(session, sent).reason == "salah_kirim"


def test_a_case_whose_unit_breaks_down_at_the_place_waits_for_the_one_under_way(
    session, room, sent
):
    orders.send_unit(session, room.incidents[0], room.units[1], NOON)
    go(session, sent, S.DEPARTED, S.ARRIVED)
    orders.advance(session, sent, S.CANCELLED, after(300), reason=Reason.BROKEN)
    assert small.incident(session, room.incidents[0]).state == IncidentState.ASSIGNED


def test_work_that_was_done_stays_done_when_reinforcement_is_called_back(session, room, sent):
    second = orders.send_unit(session, room.incidents[0], room.units[1], NOON).assignment_id
    go(session, sent, S.DEPARTED, S.ARRIVED, S.DONE)
    orders.advance(session, second, S.CANCELLED, after(900))
    assert small.incident(session, room.incidents[0]).state == IncidentState.ON_SCENE


def test_what_comes_before_cannot_come_after(session, sent):
    go(session, sent, S.DEPARTED)
    with pytest.raises(IllegalMove):
        orders.advance(session, sent, S.ACCEPTED, after(70))
    with pytest.raises(IllegalMove):
        orders.advance(session, sent, S.SENT, after(70))
    with pytest.raises(IllegalMove):
        orders.advance(session, sent, S.DIVERTED, after(70))
    with pytest.raises(Unknown):
        orders.advance(session, sent + 999, S.ARRIVED, after(70))


def test_the_same_key_counts_once(session, sent):
    first = orders.advance(session, sent, S.DEPARTED, after(10), key="tap-1")
    again = orders.advance(session, sent, S.DEPARTED, after(99), key="tap-1")
    assert (first.replay, again.replay) == (False, True)
    row = small.assignment(session, sent)
    assert (row.version, row.departed_at) == (2, after(10))
    assert len(small.steps(session, sent)) == 2
    with pytest.raises(KeyReused):
        orders.advance(session, sent, S.ARRIVED, after(100), key="tap-1")


def test_steps_out_of_a_dead_spot_arrive_late_and_in_order(session, room, sent):
    for n, state in enumerate((S.ACCEPTED, S.DEPARTED, S.ARRIVED)):
        done = orders.advance(
            session, sent, state, after(900), key=f"tap-{n}", claimed_at=after(60 * n)
        )
        assert not done.late
    row = small.assignment(session, sent)
    assert row.accepted_at == row.departed_at == row.arrived_at == after(900)
    assert small.incident(session, room.incidents[0]).state == IncidentState.ON_SCENE


def test_a_step_behind_what_is_known_is_noted_and_changes_nothing(session, sent):
    go(session, sent, S.DEPARTED, S.ARRIVED)
    before = small.assignment(session, sent)
    noted = orders.advance(session, sent, S.ACCEPTED, after(500), key="tap-1", claimed_at=after(5))
    again = orders.advance(session, sent, S.ACCEPTED, after(501), key="tap-1", claimed_at=after(5))
    assert (noted.late, noted.replay, again.late, again.replay) == (True, False, True, True)
    assert small.assignment(session, sent) == before
    assert small.steps(session, sent)[-1] == ("diterima", "terlambat")


def test_a_step_for_an_order_that_was_called_off_meanwhile_is_noted(session, room, sent):
    orders.advance(session, sent, S.CANCELLED, after(5))
    assert orders.advance(session, sent, S.ARRIVED, after(50), key="tap-1").late
    assert small.assignment(session, sent).state == S.CANCELLED
    assert small.unit(session, room.units[0]).state == UnitState.FREE


def test_times_never_run_backwards_even_when_the_clock_does(session, sent):
    orders.advance(session, sent, S.DEPARTED, after(100))
    orders.advance(session, sent, S.ARRIVED, after(40))
    assert small.assignment(session, sent).arrived_at == after(100)


def test_two_people_do_not_overwrite_one_another(session, sent):
    orders.advance(session, sent, S.DEPARTED, after(10), version=1)
    with pytest.raises(ChangedMeanwhile, match="version 2, not 1"):
        orders.advance(session, sent, S.CANCELLED, after(11), version=1)


def test_only_who_is_called_back_is_told_a_reason(session, room, sent):
    with pytest.raises(IllegalMove, match="reason"):
        orders.advance(session, sent, S.ACCEPTED, after(5), reason=Reason.MORE_URGENT)
    assert small.assignment(session, sent).reason is None


def test_a_patient_is_carried_to_a_facility_that_is_known(session, room, sent):
    go(session, sent, S.DEPARTED, S.ARRIVED)
    with pytest.raises(Unknown, match="station"):
        orders.advance(session, sent, S.CARRYING, after(300), facility=room.station + 99)
    orders.advance(session, sent, S.CARRYING, after(300), facility=room.station)
    orders.advance(session, sent, S.AT_FACILITY, after(400))
    assert small.assignment(session, sent).facility_id == room.station
    with pytest.raises(IllegalMove, match="facility"):
        orders.advance(session, sent, S.DONE, after(500), facility=room.station)


def test_only_to_what_is_more_urgent_a_unit_is_diverted(session, room):
    urgent, usual, low = room.incidents
    order = orders.send_unit(session, usual, room.units[0], NOON, part="pompa")
    with pytest.raises(NotMoreUrgent):
        orders.divert(session, order.assignment_id, low, after(9), 1)
    with pytest.raises(ChangedMeanwhile):
        orders.divert(session, order.assignment_id, urgent, after(9), 7)
    new = orders.divert(session, order.assignment_id, urgent, after(9), 1, part="pompa")
    old = small.assignment(session, order.assignment_id)
    assert (old.state, old.reason, old.next_id) == (S.DIVERTED, "lebih_gawat", new.assignment_id)
    assert small.assignment(session, new.assignment_id).incident_id == urgent
    assert small.unit(session, room.units[0]).state == UnitState.SENT
    assert small.incident(session, usual).state == IncidentState.NEW
    assert small.incident(session, urgent).state == IncidentState.ASSIGNED


def test_a_case_that_is_closed_gets_no_diverted_unit(session, room):
    urgent, usual, _ = room.incidents
    cases.close(session, urgent, "padam", 1, NOON)
    order = orders.send_unit(session, usual, room.units[0], NOON)
    with pytest.raises(IllegalMove), session.begin_nested():
        orders.divert(session, order.assignment_id, urgent, after(9), 1)
    assert small.assignment(session, order.assignment_id).state == S.SENT


def test_another_takes_over_when_nobody_answered_in_time(session, room, sent):
    with pytest.raises(NotYet):
        orders.take_over(session, sent, room.units[1], after(29), 1)
    with pytest.raises(IllegalMove, match="another"):
        orders.take_over(session, sent, room.units[0], after(31), 1)
    new = orders.take_over(session, sent, room.units[1], after(31), 1)
    old = small.assignment(session, sent)
    assert (old.state, old.reason, old.next_id) == (
        S.DIVERTED, "tidak_dijawab", new.assignment_id
    )  # fmt: skip
    silent = small.unit(session, room.units[0])
    assert (silent.state, silent.silent_since) == (UnitState.FREE, after(31))
    assert small.unit(session, room.units[1]).state == UnitState.SENT
    assert small.incident(session, room.incidents[0]).state == IncidentState.ASSIGNED


def test_an_order_that_was_answered_is_not_taken_over(session, room, sent):
    orders.advance(session, sent, S.ACCEPTED, after(20))
    with pytest.raises(IllegalMove, match="answered"):
        orders.take_over(session, sent, room.units[1], after(60), 2)


def test_a_silent_unit_that_answers_again_is_silent_no_more(session, room, sent):
    orders.take_over(session, sent, room.units[1], after(31), 1)
    again = orders.send_unit(session, room.incidents[1], room.units[0], after(60))
    assert small.unit(session, room.units[0]).silent_since == after(31)
    orders.advance(session, again.assignment_id, S.ACCEPTED, after(61))
    assert small.unit(session, room.units[0]).silent_since is None


def test_a_proposal_holds_no_unit_until_a_person_sends_it(session, room):
    one = small.propose(session, room.incidents[0], room.units[0], NOON)
    other = small.propose(session, room.incidents[1], room.units[0], NOON)
    assert small.unit(session, room.units[0]).state == UnitState.FREE
    orders.send_proposal(session, one, after(5))
    row = small.assignment(session, one)
    assert (row.state, row.sent_at, row.proposed_at) == (S.SENT, after(5), NOON)
    assert row.ack_due_at == after(35)
    with pytest.raises(UnitTaken):
        orders.send_proposal(session, other, after(6))
    assert small.assignment(session, other).state == S.PROPOSED
    with pytest.raises(IllegalMove):
        orders.send_proposal(session, one, after(7))
    late = small.propose(session, room.incidents[1], room.units[1], NOON)
    with pytest.raises(IllegalMove, match="too old"):
        orders.send_proposal(session, late, after(601))


def test_a_crew_asks_for_help_once_and_it_is_heard(session, sent):
    first = orders.help(session, sent, Help.DANGER, after(9), key="help-1")
    again = orders.help(session, sent, Help.DANGER, after(10), key="help-1")
    assert (first.replay, again.replay) == (False, True)
    orders.help_seen(session, sent, after(12))
    row = small.assignment(session, sent)
    assert (row.help_at, row.help_kind, row.help_seen_at) == (
        after(9), "petugas_terancam", after(12)
    )  # fmt: skip
    assert row.version == 1, "an alarm is no move"
    orders.help(session, sent, Help.MORE, after(20), key="help-2")
    assert small.assignment(session, sent).help_seen_at is None


def test_closing_brings_home_who_was_there_and_calls_back_who_was_not(session, room, sent):
    under_way = orders.send_unit(session, room.incidents[0], room.units[1], NOON).assignment_id
    proposed = small.propose(session, room.incidents[0], room.units[2], NOON)
    go(session, sent, S.DEPARTED, S.ARRIVED)
    version = small.incident(session, room.incidents[0]).version
    cases.close(session, room.incidents[0], "padam", version, after(900))
    ends = [small.assignment(session, n).state for n in (sent, under_way, proposed)]
    assert ends == [S.DONE, S.CANCELLED, S.CANCELLED]
    units = [small.unit(session, n).state for n in room.units]
    assert units == [UnitState.RETURNING, UnitState.FREE, UnitState.FREE]


def test_duty_keeps_the_shift_and_brings_who_is_on_the_way_home_to_its_post(session, room, sent):
    unit = room.units[0]
    ends = after(3600)
    orders.duty(session, unit, NOON, shift={"crew": 4, "shift_ends_at": ends})
    row = small.unit(session, unit)
    assert (row.crew, row.shift_ends_at, row.state) == (4, ends, UnitState.SENT)
    with pytest.raises(IllegalMove, match="out on"):
        orders.duty(session, unit, NOON, state=UnitState.OFF_DUTY)
    with pytest.raises(IllegalMove, match="by hand"):
        orders.duty(session, unit, NOON, state=UnitState.MOVING)
    go(session, sent, S.DEPARTED, S.ARRIVED, S.DONE)
    orders.duty(session, unit, after(900), state=UnitState.FREE)
    assert small.assignment(session, sent).state == S.RETURNED
    assert small.unit(session, unit).state == UnitState.FREE


def test_level_and_who_was_told_are_kept(session, room):
    case = room.incidents[0]
    orders.set_level(session, case, 2, 1, NOON)
    with pytest.raises(ChangedMeanwhile):
        orders.set_level(session, case, 3, 1, NOON)
    orders.told(session, case, room.agency, NOON)
    orders.told(session, case, room.agency, after(60))
    assert small.incident(session, case).level == 2
    assert session.scalars(select(Told.at)).all() == [NOON]
    with pytest.raises(Unknown):
        orders.told(session, case, room.agency + 99, NOON)


def test_the_log_alone_tells_how_every_assignment_stands(session, room, sent):
    go(session, sent, *WHOLE)
    kinds = [kind for kind in small.told(session) if kind.startswith("unit.")]
    assert kinds == ["unit.sent", *(f"unit.{s.value}" for s in WHOLE)]


def test_a_unit_that_is_switched_off_is_not_sent(session, room):
    session.execute(update(Unit).where(Unit.id == room.units[0]).values(active=False))
    with pytest.raises(UnitOffDuty):
        orders.send_unit(session, room.incidents[0], room.units[0], NOON + timedelta(1))
