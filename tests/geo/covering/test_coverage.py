"""Who reaches which part of the land in time, and what is lost when one goes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from geo.coverage import Demand, best_move, leaving, within, worth

NAN = float("nan")


def villages(count: int, points: int = 1) -> Demand:
    """Unit squares in a row, of equal weight."""
    return Demand.of([box(n, 0, n + 1, 1) for n in range(count)], [None] * count, points)


def flags(*rows: str) -> np.ndarray:
    """One letter a point: x is covered."""
    return np.array([[sign == "x" for sign in row] for row in rows], dtype=bool)


def test_the_points_lie_inside_and_are_always_the_same():
    crescent = Polygon([(0, 0), (4, 0), (4, 3), (3.8, 0.2), (0, 0.2)])
    islands = MultiPolygon([box(10, 0, 11, 1), box(12, 0, 13, 1)])
    demand = Demand.of([crescent, islands], [None, None], points=8)
    again = Demand.of([crescent, islands], [None, None], points=8)
    assert (demand.spots == again.spots).all()
    assert list(demand.starts) == [0, 8]
    assert all(crescent.contains(_point(spot)) for spot in demand.spots[:8])
    assert all(islands.contains(_point(spot)) for spot in demand.spots[8:])


def _point(spot: np.ndarray) -> Point:
    return Point(*spot)


def test_a_sliver_still_has_a_point():
    sliver = Polygon([(0, 0), (1, 1), (1, 1 + 1e-9)])
    assert len(Demand.of([sliver], [None]).spots) >= 1


def test_a_village_weighs_as_many_people_as_it_has():
    areas = [box(0, 0, 1, 1), box(1, 0, 2, 1)]
    demand = Demand.of(areas, [3000, 1000], points=2)
    assert demand.by_village(demand.weights) == pytest.approx([0.75, 0.25])


def test_where_the_people_are_not_known_the_area_stands_for_them():
    areas = [box(0, 0, 1, 1), box(1, 0, 3, 1), box(3, 0, 4, 1)]
    weights = Demand.of(areas, [1000, 2000, None], points=1).weights
    assert weights == pytest.approx([0.25, 0.5, 0.25])
    assert Demand.of(areas, [None] * 3, points=1).weights == pytest.approx([0.25, 0.5, 0.25])


def test_no_way_is_no_cover():
    assert list(within(np.array([60.0, NAN, 900.0, 901.0]), 900)) == [True, False, True, False]


def test_a_village_is_reached_when_half_of_it_is():
    demand = villages(2, points=4)
    assert list(demand.reached(flags("xx..x...")[0])) == [True, False]
    assert demand.shares(flags("xx..x...")[0]) == pytest.approx([0.5, 0.25])


def test_the_soonest_is_when_half_is_reached_and_by_whom():
    demand = villages(2, points=2)
    times = np.array([[60, 70, NAN, NAN], [900, 30, NAN, 50]])
    seconds, who = demand.soonest(times)
    assert seconds[0] == 30
    assert list(who) == [1, 1]
    assert seconds[1] == 50
    nobody, none = demand.soonest(np.full((2, 4), NAN))
    assert np.isnan(nobody).all()
    assert list(none) == [-1, -1]
    assert list(demand.soonest(np.empty((0, 4)))[1]) == [-1, -1]


def test_who_goes_takes_the_villages_along_that_nobody_else_reaches():
    demand = villages(3)
    assert leaving(demand, flags("xx.", ".xx")).tolist() == [
        [True, False, False],
        [False, False, True],
    ]


def test_the_last_of_a_place_is_worth_more_than_one_of_two():
    demand = villages(3)
    covers = flags("xx.", ".xx")
    assert worth(demand, covers) == pytest.approx([1 / 3, 1 / 3])
    # with q = 0.3: alone 1 - q, one of two (1 - q) q
    assert worth(demand, covers, busy=0.3) == pytest.approx([(0.7 + 0.21) / 3] * 2)


def test_the_best_move_fills_the_greatest_gap():
    demand = villages(4)
    covers = flags("x...", "x...")
    stations = flags("x...", ".xx.", "...x")
    move = best_move(demand, covers, stations, np.ones((2, 3), dtype=bool))
    assert move is not None
    assert (move.unit, move.station) == (0, 1)
    assert move.villages.tolist() == [False, True, True, False]
    assert not move.lost.any()
    assert move.gain == pytest.approx(0.5)


def test_a_move_that_only_turns_the_gap_round_is_none():
    demand = villages(2)
    assert best_move(demand, flags("x."), flags(".x"), np.ones((1, 1), dtype=bool)) is None


def test_a_move_that_cannot_be_made_is_not_proposed():
    demand = villages(3)
    covers, stations = flags("x..", "x.."), flags(".x.", "..x")
    allowed = np.array([[False, False], [False, True]])
    move = best_move(demand, covers, stations, allowed)
    assert move is not None
    assert (move.unit, move.station) == (1, 1)
    assert best_move(demand, covers, stations, np.zeros((2, 2), dtype=bool)) is None
    assert best_move(demand, np.zeros((0, 3), dtype=bool), stations, np.zeros((0, 2), bool)) is None


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6), st.integers(1, 8), st.integers(1, 5), st.sampled_from([0.0, 0.3]))
def test_worth_and_gain_are_what_trying_it_out_gives(
    seed: int, units: int, stations: int, busy: float
):
    chance = np.random.default_rng(seed)
    demand = Demand.of([box(n, 0, n + 1, 1) for n in range(5)], [*range(1, 6)], 3)
    covers = chance.random((units, 15)) < 0.3
    reach = chance.random((stations, 15)) < 0.3

    def total(rows: np.ndarray) -> float:
        return float(demand.weights @ (1 - busy ** rows.sum(axis=0)))

    without = [total(np.delete(covers, unit, axis=0)) for unit in range(units)]
    assert worth(demand, covers, busy) == pytest.approx([total(covers) - w for w in without])
    lost = [
        demand.reached(covers.any(axis=0))
        & ~demand.reached(np.delete(covers, unit, axis=0).any(axis=0))
        for unit in range(units)
    ]
    assert (leaving(demand, covers) == np.array(lost)).all()
    move = best_move(demand, covers, reach, np.ones((units, stations), dtype=bool), busy)
    gains = {
        (unit, station): total(np.vstack([np.delete(covers, unit, axis=0), reach[station]]))
        - total(covers)
        for unit in range(units)
        for station in range(stations)
    }
    if move is not None:
        assert move.gain == pytest.approx(gains[move.unit, move.station])
        assert move.villages.sum() > move.lost.sum()
    else:
        assert all(
            gain <= 1e-9 or not _wins(demand, covers, reach, *at) for at, gain in gains.items()
        )


def _wins(demand: Demand, covers: np.ndarray, reach: np.ndarray, unit: int, station: int) -> bool:
    """Whether more villages are won than lost."""
    then = np.vstack([np.delete(covers, unit, axis=0), reach[station]]).any(axis=0)
    before, after = demand.reached(covers.any(axis=0)), demand.reached(then)
    return bool((after & ~before).sum() > (before & ~after).sum())
