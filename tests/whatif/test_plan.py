"""Changes lead from one plan to another, and what cannot be is told by its field."""

import pytest

from dispatch.whatif.plan import (
    AddPost,
    AddUnit,
    BadPlan,
    MovePost,
    MoveUnit,
    Plan,
    RemovePost,
    RemoveUnit,
    SetShift,
    SetSkills,
    Shift,
    changed,
)
from geo.point import Point
from tests.whatif.small import FIRE, post, team

NOW = Plan.of([post("A"), post("B", 110.2)], [team("M1"), team("M2", "B")])


def test_changes_are_made_one_after_the_other():
    then = changed(
        NOW,
        [
            AddPost(post("C", 110.3)),
            AddUnit(team("M3", "C")),
            MoveUnit("M1", "C"),
            SetShift(Shift.parse("07-21"), post="C"),
            SetSkills("M2", FIRE),
            MovePost("B", Point(lon=111.0, lat=-6.5)),
        ],
    )
    assert [(u.call_sign, u.post, str(u.shift)) for u in then.units] == [
        ("M1", "C", "07:00-21:00"),
        ("M2", "B", "24"),
        ("M3", "C", "07:00-21:00"),
    ]
    assert then.units[1].skills == FIRE
    assert then.posts["B"].at.lon == 111.0
    assert NOW.posts["B"].at.lon == 110.2  # the plan as it is stays as it is


def test_a_post_takes_its_units_along():
    assert [u.call_sign for u in changed(NOW, [RemovePost("B")]).units] == ["M1"]


def test_the_order_of_units_does_not_hang_on_the_order_of_changes():
    one = changed(NOW, [AddUnit(team("M9")), AddUnit(team("M0"))])
    other = changed(NOW, [AddUnit(team("M0")), AddUnit(team("M9"))])
    assert one.units == other.units


@pytest.mark.parametrize(
    ("change", "field"),
    [
        (RemoveUnit("M7"), "changes.0.unit"),
        (MoveUnit("M1", "Z"), "changes.0.station"),
        (AddUnit(team("M1")), "changes.0.call_sign"),
        (AddUnit(team("M5", "Z")), "changes.0.station"),
        (AddPost(post("A")), "changes.0.code"),
        (RemovePost("Z"), "changes.0.station"),
        (SetShift(Shift(), call_sign="M7"), "changes.0.unit"),
    ],
)
def test_what_is_not_there_is_named(change, field):
    with pytest.raises(BadPlan) as told:
        changed(NOW, [change])
    assert told.value.field == field
    assert str(told.value).startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("written", "inside", "outside"),
    [
        ("07-21", [7 * 3600, 20.99 * 3600, (24 + 12) * 3600], [21 * 3600, 6.99 * 3600]),
        ("21:30-07", [22 * 3600, 0, 6.9 * 3600], [7 * 3600, 21.4 * 3600]),
        ("00-12", [0, 11.9 * 3600], [12 * 3600]),
        ("12-24", [12 * 3600, 23.9 * 3600], [0]),
        ("24", [0, 13 * 3600], []),
    ],
)
def test_a_shift_holds_its_hours(written, inside, outside):
    shift = Shift.parse(written)
    assert all(shift.holds(at) for at in inside)
    assert not any(shift.holds(at) for at in outside)
    assert Shift.parse(str(shift)) == shift


@pytest.mark.parametrize(
    "written", ["25:00", "07-25", "7", "", "07-07", "a-b", "07:60-21", "-", None, 24, "07-21-22"]
)
def test_a_shift_that_no_clock_knows_is_refused(written):
    with pytest.raises(BadPlan, match="shift: "):
        Shift.parse(written)
