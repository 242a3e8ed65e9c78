"""The wire tells at once while little happens, and four times a second in a flood."""

from app.pace import CALM_PER_S, LEAST_S, MOST_S, Pace


def played(changes_per_s: float, reading_s: float, seconds: float) -> tuple[float, list[float]]:
    """Readings a second, and their rests: each brings what came since the one before."""
    pace, now, told, rests = Pace(0.0), 0.0, 0, []
    while now < seconds:
        came = int(now * changes_per_s) - told
        if came == 0:
            now += 0.001
            continue
        told += came
        now += reading_s
        rests.append(pace.rest_s(came, now))
        now += rests[-1]
    return len(rests) / now, rests


def test_five_changes_a_second_are_never_held_back():
    assert set(played(5.0, 0.03, 60)[1]) == {LEAST_S}


def test_a_machine_with_much_else_to_do_does_not_make_it_rest():
    assert set(played(5.0, 0.15, 60)[1]) == {LEAST_S}


def test_in_a_flood_all_that_came_is_told_four_times_a_second():
    a_second, rests = played(100.0, 0.02, 60)
    assert set(rests[int(CALM_PER_S) :]) == {MOST_S}
    assert 3 < a_second < 1 / MOST_S


def test_a_handful_that_comes_together_is_no_flood():
    pace = Pace(0.0)
    assert [pace.rest_s(1, 0.01 * n) for n in range(10)] == [LEAST_S] * 10


def test_a_flood_that_is_over_is_not_paid_for_later():
    pace = Pace(0.0)
    assert pace.rest_s(1000, 30.0) == MOST_S
    assert pace.flood
    assert pace.rest_s(1, 30.0 + 2 * MOST_S) == LEAST_S
    assert not pace.flood
