"""Shares of people: by group, on paper and by road, and what one busy unit takes away."""

import numpy as np
import pytest
from shapely.geometry import box

from geo.coverage import Demand
from geo.coverage.people import losses, paper, rolled, shares_within

NAN = float("nan")


def demand(*people: float, points: int = 2) -> Demand:
    """Unit squares in a row."""
    return Demand.of([box(n, 0, n + 1, 1) for n in range(len(people))], people, points)


def test_people_count_and_not_the_land():
    crowded = demand(900, 100, points=1)
    shares = shares_within(crowded, np.array([[100.0, NAN]]), [60, 100])
    assert shares.tolist() == [[0, 0], [1, 0]]
    whole = crowded.by_village(crowded.weights)
    assert rolled(shares, whole, np.zeros(2, dtype=np.intp), 1)[:, 0] == pytest.approx([0, 0.9])


def test_the_first_unit_counts_and_nobody_is_never():
    land = demand(1, 1, points=1)
    shares = shares_within(land, np.array([[50.0, NAN], [90.0, 70.0]]), [60, 80])
    assert shares.tolist() == [[1, 0], [1, 1]]
    assert shares_within(land, np.empty((0, 2)), [60]).tolist() == [[0, 0]]


def test_groups_of_nobody_have_no_share():
    shares = np.array([[1.0, 0.0, 0.5]])
    groups = np.array([0, 0, -1])
    found = rolled(shares, np.array([0.25, 0.25, 0.5]), groups, 2)
    assert found[0, 0] == 0.5
    assert np.isnan(found[0, 1])


def test_paper_promises_what_no_road_keeps():
    land = demand(1, 1, points=2)
    away_m = np.array([[100.0, 900, 2000, 3000], [9000, 9000, 9000, 800]])
    found = paper(land, away_m, 1000, np.array([True, False, True, False]))
    assert found.circle.tolist() == [1, 0.5]
    assert found.road.tolist() == [0.5, 0.5]
    assert found.only_circle.tolist() == [0.5, 0.5]
    assert found.only_road.tolist() == [0, 0.5]
    np.testing.assert_allclose(found.circle - found.only_circle, found.road - found.only_road)


def test_without_a_station_paper_promises_nothing():
    found = paper(demand(1), np.empty((0, 2)), 7500, np.array([False, False]))
    assert found.circle.tolist() == [0]


def test_a_busy_unit_loses_what_nobody_else_reaches():
    land = demand(100, 300, points=2)
    covers = np.array([[1, 1, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=bool)
    worst, second, least = losses(land, covers)
    assert [worst.unit, second.unit, least.unit] == [0, 2, 1]
    assert worst.weight == pytest.approx(0.5 * 100 / 400 + 0.5 * 300 / 400)
    assert worst.shares.tolist() == [0.5, 0.5]
    assert least.weight == 0
    assert not least.villages.any()


def test_the_losses_are_what_is_missing_when_one_tries_it():
    chance = np.random.default_rng(4)
    land = demand(*chance.uniform(10, 1000, 12), points=5)
    covers = chance.random((6, 60)) < 0.3
    whole = land.shares(covers.any(axis=0))
    for loss in losses(land, covers):
        without = land.shares(np.delete(covers, loss.unit, axis=0).any(axis=0))
        np.testing.assert_allclose(whole - without, loss.shares, atol=1e-12)
        gone = land.reached(covers.any(axis=0)) & ~land.reached(
            np.delete(covers, loss.unit, axis=0).any(axis=0)
        )
        assert (gone == loss.villages).all()
