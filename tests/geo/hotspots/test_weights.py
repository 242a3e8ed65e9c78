import math
from itertools import pairwise

import numpy as np
import pytest
import shapely
from scipy.sparse import csr_array

from geo.hotspots.errors import BadSetting
from geo.hotspots.grid import project_shape, zone_of
from geo.hotspots.weights import Weights, band, nearest, queen
from tests.geo.conftest import JEPARA, village_rows
from tests.geo.hotspots.cities import sacramento, toronto
from tests.geo.hotspots.pysal import quiet
from tests.shared import shared

# Three in a row, one that touches the last with a corner, one 30 m off, one far away.
BOXES = [
    shapely.box(0, 0, 100, 100),
    shapely.box(100, 0, 200, 100),
    shapely.box(200, 0, 300, 100),
    shapely.box(300, 100, 400, 200),
    shapely.box(0, 130, 100, 230),
    shapely.box(900, 900, 950, 950),
]


def neighbours(weights):
    runs = pairwise(weights.matrix.indptr.tolist())
    return [weights.matrix.indices[start:end].tolist() for start, end in runs]


def libpysal_weights():
    with quiet():
        return pytest.importorskip("libpysal").weights


def test_neighbours_meet_in_an_edge_or_a_corner_and_are_mutual():
    assert neighbours(queen(BOXES)) == [[1], [0, 2], [1, 3], [2], [], []]


def test_a_sliver_between_drawn_borders_can_count_as_meeting():
    found = queen(BOXES, within_m=40)
    assert neighbours(found)[4] == [0, 1]
    assert found.kind == "queen, gaps to 40 m"


def test_who_has_no_neighbour_is_an_island_and_can_be_joined_to_the_nearest():
    found = queen(BOXES)
    assert found.islands.tolist() == [False, False, False, False, True, True]
    assert found.counts.tolist() == [1, 2, 2, 1, 0, 0]
    middles = np.array([(box.centroid.x, box.centroid.y) for box in BOXES])
    joined = found.joined(middles)
    assert not joined.islands.any()
    assert neighbours(joined)[4:] == [[0], [3]]
    assert set(joined.matrix.data.tolist()) == {1.0}


def test_two_islands_that_are_nearest_to_each_other_join_once():
    apart = Weights.of(csr_array((3, 3)))
    joined = apart.joined(np.array([(0.0, 0.0), (1.0, 0.0), (9.0, 0.0)]))
    assert joined.matrix.toarray().tolist() == [[0, 1, 0], [1, 0, 1], [0, 1, 0]]


def test_the_villages_of_a_regency_touch_as_libpysal_says():
    zone = zone_of(110.7, -6.6)
    areas = [project_shape(row["area"], zone) for row in village_rows(shared(JEPARA))]
    with quiet():
        theirs = libpysal_weights().Queen.from_iterable(areas, silence_warnings=True)
    np.testing.assert_array_equal(queen(areas).matrix.toarray(), theirs.sparse.toarray())


def test_the_nearest_and_those_within_reach_are_those_of_libpysal():
    theirs = libpysal_weights()
    with quiet():
        six = theirs.KNN.from_array(sacramento().places, k=6).sparse
        reached = theirs.DistanceBand(toronto().places, 2200.0, silence_warnings=True).sparse
    np.testing.assert_array_equal(nearest(sacramento().places, 6).matrix.toarray(), six.toarray())
    np.testing.assert_array_equal(
        band(toronto().places, 2200.0).matrix.toarray(), reached.toarray()
    )


def test_places_on_the_very_same_spot_are_neighbours_of_each_other_not_of_themselves():
    spots = np.zeros((5, 2))
    found = nearest(spots, 2)
    assert found.counts.tolist() == [2] * 5
    assert found.matrix.diagonal().sum() == 0
    assert band(spots, 1.0).counts.tolist() == [4] * 5


def test_who_has_no_place_is_an_island():
    xy = np.array([(0.0, 0.0), (1.0, 0.0), (math.nan, math.nan), (2.5, 0.0)])
    assert neighbours(nearest(xy, 1)) == [[1], [0], [], [1]]
    assert neighbours(band(xy, 1.0)) == [[1], [0], [], []]
    assert band(np.full((2, 2), np.nan), 1.0).islands.all()


def test_a_band_reaches_to_and_including_its_end():
    assert band(np.array([(0.0, 0.0), (3.0, 4.0)]), 5.0).counts.tolist() == [1, 1]
    assert band(np.array([(0.0, 0.0), (3.0, 4.0)]), 4.999).counts.tolist() == [0, 0]


def test_rows_add_up_to_one_and_those_of_islands_to_nothing():
    shares = queen(BOXES).by_row()
    assert shares.sums.tolist() == [1, 1, 1, 1, 0, 0]
    assert shares.squares.tolist() == [1, 0.5, 0.5, 1, 0, 0]


def test_a_place_is_not_its_own_neighbour_whatever_is_given():
    assert Weights.of(np.ones((2, 2))).matrix.toarray().tolist() == [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    "matrix", [np.ones((2, 3)), np.array([[0, -1], [1, 0]]), np.array([[0, math.nan], [1, 0]])]
)
def test_weights_that_are_none_are_named(matrix):
    with pytest.raises(BadSetting, match="weights"):
        Weights.of(matrix)


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: nearest(np.zeros((3, 2)), 3), "k"),
        (lambda: nearest(np.zeros((3, 2)), 0), "k"),
        (lambda: nearest(np.full((3, 2), np.nan), 1), "k"),
        (lambda: band(np.zeros((3, 2)), 0.0), "reach_m"),
        (lambda: band(np.zeros((3, 2)), math.nan), "reach_m"),
        (lambda: queen(BOXES, within_m=-1), "within_m"),
    ],
)
def test_a_reach_that_makes_no_sense_is_named(make, field):
    with pytest.raises(BadSetting, match=field):
        make()
