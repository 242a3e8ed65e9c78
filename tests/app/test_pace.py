"""The wire rests little when there is little to tell, and works a bounded share in a flood."""

from app.pace import LEAST_S, MOST_S, SHARE, Pace


def played(each_s: float, gap_s: float, times: int) -> tuple[float, float]:
    """Share of the time that was worked, and the longest rest: each piece of work after a gap."""
    pace, now, worked, longest = Pace(0.0), 0.0, 0.0, 0.0
    for _ in range(times):
        now += each_s
        worked += each_s
        rest = pace.rest_s(each_s, now)
        longest = max(longest, rest)
        now += max(rest, gap_s)
    return worked / now, longest


def test_five_readings_a_second_are_never_held_back():
    assert played(0.03, 0.17, 1000)[1] == LEAST_S


def test_in_a_flood_the_wire_takes_its_share_and_no_more():
    share, longest = played(0.02, 0.0, 1000)
    assert SHARE * 0.9 < share < SHARE * 1.1
    assert longest <= MOST_S


def test_a_stall_is_not_paid_for_later():
    pace = Pace(0.0)
    assert pace.rest_s(30.0, 30.0) == MOST_S
    assert pace.rest_s(0.001, 30.0 + MOST_S + 0.001) < 0.05
